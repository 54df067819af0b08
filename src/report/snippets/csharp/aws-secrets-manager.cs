// dotnet add package AWSSDK.SecretsManager
using System;
using System.Threading.Tasks;
using Amazon.SecretsManager;
using Amazon.SecretsManager.Model;

static class Secrets
{
    /// <summary>Region from AWS_REGION; log-in from the role that it runs as.</summary>
    public static async Task<string> @Pascal@()
    {
        using (var client = new AmazonSecretsManagerClient())
        {
            var request = new GetSecretValueRequest { SecretId = "@slug@" };
            // A key/value secret is one JSON text: parse it, then take the field.
            return (await client.GetSecretValueAsync(request)).SecretString
                ?? throw new InvalidOperationException("@slug@ has no text value");
        }
    }
}
