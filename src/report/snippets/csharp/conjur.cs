// https://github.com/cyberark/conjur-api-dotnet
using System;
using System.Net;
using System.Threading.Tasks;

static class Secrets
{
    public static Task<string> @Pascal@()
    {
        var client = new Conjur.Client(
            Environment.GetEnvironmentVariable("CONJUR_APPLIANCE_URL"),
            Environment.GetEnvironmentVariable("CONJUR_ACCOUNT"));
        client.Credential = new NetworkCredential(
            Environment.GetEnvironmentVariable("CONJUR_AUTHN_LOGIN"),
            Environment.GetEnvironmentVariable("CONJUR_AUTHN_API_KEY"));
        return client.Variable("apps/@slug@").GetValueAsync();
    }
}
