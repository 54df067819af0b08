#!/usr/bin/env bash
set -euo pipefail

# Log-in from the role that it runs as. For a key/value secret add: | jq -er .FIELD
@VAR@=$(aws secretsmanager get-secret-value --secret-id @slug@ --query SecretString --output text)
export @VAR@
