#!/bin/bash
# Builds the wheel for TARGET with maturin (which must be on PATH), from the very program of the archive.
# usage: packaging/wheel.sh TARGET [FOLDER]
set -euo pipefail
target=${1:?usage: packaging/wheel.sh TARGET [FOLDER]}
# shellcheck source=packaging/flags.sh
. "$(dirname "$0")/flags.sh"
mkdir -p "${2:-dist}"
out=$(cd "${2:-dist}" && pwd)
# A static program asks for no C library: it runs where glibc is and where musl is.
compatibility=()
case $target in
    *-linux-musl) compatibility=(--compatibility manylinux2014 --compatibility musllinux_1_1) ;;
esac
cd packaging/python
maturin build --release --target "$target" --out "$out" "${compatibility[@]}"
