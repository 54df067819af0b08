// dotnet add package Google.Cloud.SecretManager.V1
using System;
using Google.Cloud.SecretManager.V1;

static class Secrets
{
    /// <summary>Log-in by Application Default Credentials.</summary>
    public static string @Pascal@()
    {
        var project = Environment.GetEnvironmentVariable("GOOGLE_CLOUD_PROJECT");
        var client = SecretManagerServiceClient.Create();
        var version = client.AccessSecretVersion(new SecretVersionName(project, "@slug@", "latest"));
        return version.Payload.Data.ToStringUtf8();
    }
}
