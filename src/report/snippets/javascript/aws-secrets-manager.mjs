// npm install @aws-sdk/client-secrets-manager
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

// Region from AWS_REGION; log-in from the role that it runs as.
const client = new SecretsManagerClient({});
const answer = await client.send(new GetSecretValueCommand({ SecretId: "@slug@" }));
// A key/value secret is one JSON text: JSON.parse(...).FIELD.
const @camel@ = answer.SecretString;
if (!@camel@) {
  throw new Error("@slug@ has no text value");
}
