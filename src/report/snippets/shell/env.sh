#!/usr/bin/env bash
set -euo pipefail

# Stops here when it is not set. Not on a command line: other users can see arguments.
: "${@VAR@:?is not set}"
export @VAR@
