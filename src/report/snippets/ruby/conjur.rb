# gem install conjur-api
require "conjur-api"

Conjur.configuration.appliance_url = ENV.fetch("CONJUR_APPLIANCE_URL")
Conjur.configuration.account = ENV.fetch("CONJUR_ACCOUNT")
api = Conjur::API.new_from_key(ENV.fetch("CONJUR_AUTHN_LOGIN"), ENV.fetch("CONJUR_AUTHN_API_KEY"))
@var@ = api.resource("#{Conjur.configuration.account}:variable:apps/@slug@").value
