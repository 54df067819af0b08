// What the C# snippets use of libraries that no registry here has: the declarations alone; see java.txt.
using System;
using System.Collections.Generic;
using System.Net;
using System.Threading.Tasks;

namespace Amazon.SecretsManager.Model
{
    public class GetSecretValueRequest
    {
        public string SecretId { get; set; }
    }

    public class GetSecretValueResponse
    {
        public string SecretString { get; set; }
    }
}

namespace Amazon.SecretsManager
{
    using System.Threading;
    using Amazon.SecretsManager.Model;

    public class AmazonSecretsManagerClient : IDisposable
    {
        public virtual Task<GetSecretValueResponse> GetSecretValueAsync(
            GetSecretValueRequest request, CancellationToken token = default(CancellationToken))
        {
            throw new NotImplementedException();
        }

        public void Dispose()
        {
        }
    }
}

namespace VaultSharp.V1.AuthMethods
{
    public interface IAuthMethodInfo
    {
    }
}

namespace VaultSharp.V1.AuthMethods.Token
{
    public class TokenAuthMethodInfo : IAuthMethodInfo
    {
        public TokenAuthMethodInfo(string token)
        {
        }
    }
}

namespace VaultSharp.V1
{
    public class Secret<T>
    {
        public T Data { get; set; }
    }

    public class SecretData
    {
        public IDictionary<string, object> Data { get; set; }
    }

    public interface IKeyValueV2
    {
        Task<Secret<SecretData>> ReadSecretAsync(
            string path, int? version = null, string mountPoint = null, string wrapTimeToLive = null);
    }

    public interface IKeyValue
    {
        IKeyValueV2 V2 { get; }
    }

    public interface ISecretsEngine
    {
        IKeyValue KeyValue { get; }
    }

    public interface IVaultClientV1
    {
        ISecretsEngine Secrets { get; }
    }
}

namespace VaultSharp
{
    public class VaultClientSettings
    {
        public VaultClientSettings(string address, V1.AuthMethods.IAuthMethodInfo method)
        {
        }
    }

    public class VaultClient
    {
        public VaultClient(VaultClientSettings settings)
        {
        }

        public V1.IVaultClientV1 V1 { get; private set; }
    }
}

namespace Conjur
{
    public class Variable
    {
        public Task<string> GetValueAsync()
        {
            throw new NotImplementedException();
        }
    }

    public class Client
    {
        public Client(string applianceUri, string account)
        {
        }

        public NetworkCredential Credential { get; set; }

        public Variable Variable(string name)
        {
            throw new NotImplementedException();
        }
    }
}

namespace Google.Protobuf
{
    public sealed class ByteString
    {
        public string ToStringUtf8()
        {
            throw new NotImplementedException();
        }
    }
}

namespace Google.Cloud.SecretManager.V1
{
    public sealed class SecretVersionName
    {
        public SecretVersionName(string project, string secret, string version)
        {
        }
    }

    public sealed class SecretPayload
    {
        public Protobuf.ByteString Data { get; set; }
    }

    public sealed class AccessSecretVersionResponse
    {
        public SecretPayload Payload { get; set; }
    }

    public abstract class SecretManagerServiceClient
    {
        public static SecretManagerServiceClient Create()
        {
            throw new NotImplementedException();
        }

        public virtual AccessSecretVersionResponse AccessSecretVersion(SecretVersionName name)
        {
            throw new NotImplementedException();
        }
    }
}

namespace Azure
{
    public abstract class Response<T>
    {
        public abstract T Value { get; }
    }
}

namespace Azure.Core
{
    public abstract class TokenCredential
    {
    }
}

namespace Azure.Identity
{
    public class DefaultAzureCredential : Core.TokenCredential
    {
        public DefaultAzureCredential(bool includeInteractiveCredentials = false)
        {
        }
    }
}

namespace Azure.Security.KeyVault.Secrets
{
    using System.Threading;

    public class KeyVaultSecret
    {
        public string Value { get; private set; }
    }

    public class SecretClient
    {
        public SecretClient(Uri vault, Core.TokenCredential credential)
        {
        }

        public virtual Task<Response<KeyVaultSecret>> GetSecretAsync(
            string name, string version = null, CancellationToken token = default(CancellationToken))
        {
            throw new NotImplementedException();
        }
    }
}
