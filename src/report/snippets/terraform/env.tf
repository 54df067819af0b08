# Set TF_VAR_@var@ in the environment of terraform.
# ephemeral (1.10 and later) keeps it out of state and plan; sensitive alone only hides it from output.
variable "@var@" {
  type      = string
  sensitive = true
  ephemeral = true
}
