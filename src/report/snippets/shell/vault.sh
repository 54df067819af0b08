#!/usr/bin/env bash
set -euo pipefail

# VAULT_ADDR, and a log-in of the platform or VAULT_TOKEN. No /data/ in this path.
@VAR@=$(vault kv get -mount=secret -field=@VAR@ @provider@)
export @VAR@
