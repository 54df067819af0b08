# ephemeral keeps the value out of the state; a data source of the same name would write it there.
ephemeral "vault_kv_secret_v2" "@var@" {
  mount = "secret"
  name  = "@provider@"
}

locals {
  @var@ = ephemeral.vault_kv_secret_v2.@var@.data["@VAR@"]
}
