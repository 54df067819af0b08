# ephemeral keeps the value out of the state; a data source of the same name would write it there.
ephemeral "google_secret_manager_secret_version" "@var@" {
  secret = "@slug@"
}

locals {
  @var@ = ephemeral.google_secret_manager_secret_version.@var@.secret_data
}
