// npm install @1password/sdk
import { createClient } from "@1password/sdk";

const client = await createClient({
  auth: process.env.OP_SERVICE_ACCOUNT_TOKEN ?? "",
  integrationName: "app",
  integrationVersion: "1.0.0",
});
const @camel@ = await client.secrets.resolve("op://Production/@slug@/credential");
