# pip install conjur-api
import os

from conjur_api import Client
from conjur_api.models import ConjurConnectionInfo, CredentialsData, SslVerificationMode
from conjur_api.providers import AuthnAuthenticationStrategy, SimpleCredentialsProvider

url = os.environ["CONJUR_APPLIANCE_URL"]
provider = SimpleCredentialsProvider()
provider.save(
    CredentialsData(
        machine=url,
        username=os.environ["CONJUR_AUTHN_LOGIN"],
        api_key=os.environ["CONJUR_AUTHN_API_KEY"],
    )
)
client = Client(
    ConjurConnectionInfo(conjur_url=url, account=os.environ["CONJUR_ACCOUNT"]),
    authn_strategy=AuthnAuthenticationStrategy(provider),
    ssl_verification_mode=SslVerificationMode.TRUST_STORE,
    async_mode=False,
)
client.login()
value = client.get("apps/@slug@")
if not value:
    raise RuntimeError("apps/@slug@ has no value")
@var@ = value.decode()
