#!/usr/bin/env bash
set -euo pipefail

# After conjur init and conjur login.
@VAR@=$(conjur variable get -i apps/@slug@)
export @VAR@
