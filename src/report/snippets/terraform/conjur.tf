# Provider cyberark/conjur. A data source writes its value to the state: keep that in an encrypted backend.
data "conjur_secret" "@var@" {
  name = "apps/@slug@"
}

locals {
  @var@ = data.conjur_secret.@var@.value
}
