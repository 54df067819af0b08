# gem install google-cloud-secret_manager
require "google/cloud/secret_manager"

# Log-in by Application Default Credentials; one client a process.
client = Google::Cloud::SecretManager.secret_manager_service
name = "projects/#{ENV.fetch("GOOGLE_CLOUD_PROJECT")}/secrets/@slug@/versions/latest"
@var@ = client.access_secret_version(name: name).payload.data
