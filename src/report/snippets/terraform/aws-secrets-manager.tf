# ephemeral keeps the value out of the state; a data source of the same name would write it there.
ephemeral "aws_secretsmanager_secret_version" "@var@" {
  secret_id = "@slug@"
}

locals {
  @var@ = ephemeral.aws_secretsmanager_secret_version.@var@.secret_string
}
