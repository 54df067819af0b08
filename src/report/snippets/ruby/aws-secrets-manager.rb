# gem install aws-sdk-secretsmanager
require "aws-sdk-secretsmanager"

# Region from AWS_REGION; log-in from the role that it runs as.
client = Aws::SecretsManager::Client.new
# A key/value secret is one JSON text: JSON.parse(...).fetch("FIELD").
@var@ = client.get_secret_value(secret_id: "@slug@").secret_string
raise "@slug@ has no text value" if @var@.nil?
