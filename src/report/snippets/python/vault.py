# pip install hvac
import hvac

# Address and token from VAULT_ADDR and VAULT_TOKEN; prefer a role of the platform to a token.
client = hvac.Client()
secret = client.secrets.kv.v2.read_secret_version(
    mount_point="secret", path="@provider@", raise_on_deleted_version=True
)
@var@ = secret["data"]["data"]["@VAR@"]
