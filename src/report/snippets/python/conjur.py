# pip install conjur-api
import asyncio
import os

from conjur_api import Client
from conjur_api.models import ConjurConnectionInfo, CredentialsData, SslVerificationMode
from conjur_api.providers import AuthnAuthenticationStrategy, SimpleCredentialsProvider


async def read_secret() -> str:
    url = os.environ["CONJUR_APPLIANCE_URL"]
    # The client logs in with the API key by itself; its login() is for a password.
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
    )
    value = await client.get("apps/@slug@")
    if not value:
        raise RuntimeError("apps/@slug@ has no value")
    return value.decode()


@var@ = asyncio.run(read_secret())
