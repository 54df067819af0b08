// npm install @google-cloud/secret-manager
import { SecretManagerServiceClient } from "@google-cloud/secret-manager";

// Log-in by Application Default Credentials; one client a process.
const client = new SecretManagerServiceClient();
const name = `projects/${process.env.GOOGLE_CLOUD_PROJECT}/secrets/@slug@/versions/latest`;
const [version] = await client.accessSecretVersion({ name });
const @camel@ = version.payload?.data?.toString();
if (!@camel@) {
  throw new Error("@slug@ is empty");
}
