#!/usr/bin/env bash
set -euo pipefail

# Logged in by OP_SERVICE_ACCOUNT_TOKEN, or by the app on a developer's machine.
@VAR@=$(op read --no-newline "op://Production/@slug@/credential")
export @VAR@
