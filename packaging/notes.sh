#!/bin/sh
# Prints the section of the changelog for a version: usage: packaging/notes.sh X.Y.Z
set -eu
awk -v start="## [$1]" 'index($0, start) == 1 { on = 1; next } /^## / { on = 0 } on' "$(dirname "$0")/../CHANGELOG.md"
