# pip install onepassword-sdk
import asyncio
import os

from onepassword.client import Client


async def read_secret() -> str:
    client = await Client.authenticate(
        auth=os.environ["OP_SERVICE_ACCOUNT_TOKEN"],
        integration_name="app",
        integration_version="1.0.0",
    )
    return await client.secrets.resolve("op://Production/@slug@/credential")


@var@ = asyncio.run(read_secret())
