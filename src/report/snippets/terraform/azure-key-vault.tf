# The vault is your own: azurerm_key_vault.main. ephemeral keeps the value out of the state.
ephemeral "azurerm_key_vault_secret" "@var@" {
  name         = "@slug@"
  key_vault_id = azurerm_key_vault.main.id
}

locals {
  @var@ = ephemeral.azurerm_key_vault_secret.@var@.value
}
