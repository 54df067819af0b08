# Provider 1Password/onepassword. A data source writes its value to the state: keep that in an encrypted backend.
data "onepassword_item" "@var@" {
  vault = "Production"
  title = "@slug@"
}

locals {
  @var@ = data.onepassword_item.@var@.credential
}
