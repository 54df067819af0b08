# pip install azure-keyvault-secrets azure-identity
import os

from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient

# AZURE_KEYVAULT_URL is your own setting: https://NAME.vault.azure.net
client = SecretClient(vault_url=os.environ["AZURE_KEYVAULT_URL"], credential=DefaultAzureCredential())
@var@ = client.get_secret("@slug@").value
