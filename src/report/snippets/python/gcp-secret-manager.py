# pip install google-cloud-secret-manager
import os

from google.cloud import secretmanager

# Log-in by Application Default Credentials; one client a process.
client = secretmanager.SecretManagerServiceClient()
name = client.secret_version_path(os.environ["GOOGLE_CLOUD_PROJECT"], "@slug@", "latest")
@var@ = client.access_secret_version(name=name).payload.data.decode()
