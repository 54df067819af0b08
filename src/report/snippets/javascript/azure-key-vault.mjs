// npm install @azure/keyvault-secrets @azure/identity
import { DefaultAzureCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";

// AZURE_KEYVAULT_URL is your own setting: https://NAME.vault.azure.net
const client = new SecretClient(process.env.AZURE_KEYVAULT_URL ?? "", new DefaultAzureCredential());
const @camel@ = (await client.getSecret("@slug@")).value;
if (!@camel@) {
  throw new Error("@slug@ is empty");
}
