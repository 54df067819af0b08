// dotnet add package Azure.Security.KeyVault.Secrets
// dotnet add package Azure.Identity
using System;
using System.Threading.Tasks;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;

static class Secrets
{
    public static async Task<string> @Pascal@()
    {
        // AZURE_KEYVAULT_URL is your own setting: https://NAME.vault.azure.net
        var vault = new Uri(Environment.GetEnvironmentVariable("AZURE_KEYVAULT_URL"));
        var client = new SecretClient(vault, new DefaultAzureCredential());
        // The first Value is the secret, the second its text.
        return (await client.GetSecretAsync("@slug@")).Value.Value;
    }
}
