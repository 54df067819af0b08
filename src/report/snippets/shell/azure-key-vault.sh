#!/usr/bin/env bash
set -euo pipefail

# tsv, not json: no quotes around the value.
@VAR@=$(az keyvault secret show --vault-name "${KEY_VAULT_NAME:?}" --name @slug@ --query value -o tsv)
export @VAR@
