# gem install vault
require "vault"

# Address and token from VAULT_ADDR and VAULT_TOKEN. A missing path is nil, keys are symbols.
secret = Vault.kv("secret").read("@provider@")
raise "secret/@provider@ is missing" if secret.nil?

@var@ = secret.data.fetch(:@VAR@)
