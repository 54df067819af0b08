# Azure has no SDK for Ruby any more: two HTTP calls, the first to the machine's managed identity.
require "json"
require "net/http"

def get_json(uri, headers)
  uri = URI(uri)
  answer = Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == "https") do |http|
    http.get(uri.request_uri, headers)
  end
  raise "#{uri.host} answered #{answer.code}" unless answer.is_a?(Net::HTTPSuccess)

  JSON.parse(answer.body)
end

identity = "http://169.254.169.254/metadata/identity/oauth2/token" \
           "?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net"
token = get_json(identity, "Metadata" => "true").fetch("access_token")

# AZURE_KEYVAULT_URL is your own setting: https://NAME.vault.azure.net
secret = "#{ENV.fetch("AZURE_KEYVAULT_URL")}/secrets/@slug@?api-version=7.4"
@var@ = get_json(secret, "Authorization" => "Bearer #{token}").fetch("value")
