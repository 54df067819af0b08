// dotnet add package VaultSharp
using System;
using System.Threading.Tasks;
using VaultSharp;
using VaultSharp.V1.AuthMethods.Token;

static class Secrets
{
    public static async Task<string> @Pascal@()
    {
        // VaultSharp reads no variables by itself. Prefer a log-in of the platform to a token.
        var token = new TokenAuthMethodInfo(Environment.GetEnvironmentVariable("VAULT_TOKEN"));
        var client = new VaultClient(new VaultClientSettings(Environment.GetEnvironmentVariable("VAULT_ADDR"), token));
        var secret = await client.V1.Secrets.KeyValue.V2.ReadSecretAsync(path: "@provider@", mountPoint: "secret");
        return secret.Data.Data["@VAR@"].ToString();
    }
}
