# pip install boto3
import boto3

# Region from AWS_DEFAULT_REGION or the profile; log-in from the role that it runs as.
client = boto3.client("secretsmanager")
# A key/value secret is one JSON text: json.loads(...)["FIELD"].
@var@ = client.get_secret_value(SecretId="@slug@")["SecretString"]
