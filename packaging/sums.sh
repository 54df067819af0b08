#!/bin/bash
# Writes SHA256SUMS over everything in a folder: usage: packaging/sums.sh FOLDER
set -euo pipefail
cd "${1:?usage: packaging/sums.sh FOLDER}"
rm -f SHA256SUMS
find . -maxdepth 1 -type f ! -name '*.sha256' ! -name SHA256SUMS -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum >SHA256SUMS.new
mv SHA256SUMS.new SHA256SUMS
cat SHA256SUMS
