#!/bin/bash
# Builds one release archive: the program for TARGET with its licences, manual pages and completions.
# The same commit gives the same bytes: packaging/reproducible.sh shows it.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: packaging/build.sh TARGET [FOLDER]

Builds stanch for TARGET and writes into FOLDER (default: dist)
    stanch-VERSION-TARGET.tar.gz (.zip on Windows) and its .sha256

TARGET: x86_64-unknown-linux-musl, aarch64-unknown-linux-musl, x86_64-unknown-linux-gnu,
        x86_64-pc-windows-gnu, x86_64-pc-windows-msvc, aarch64-pc-windows-msvc,
        x86_64-apple-darwin, aarch64-apple-darwin

Needs: the target (rustup target add TARGET), Python 3.8, and a C compiler for it, in Debian's names:
    x86_64 musl    musl-tools
    aarch64 musl   musl-tools on arm64; elsewhere gcc-aarch64-linux-gnu, qemu-user, and the headers of musl-dev:arm64
                   (MUSL_INCLUDE names their folder; default /usr/include/aarch64-linux-musl)
    windows-gnu    gcc-mingw-w64-x86-64, and wine to run the program
With STANCH_NO_NETWORK set the program has no network code: no `stanch verify`, no `stanch revoke`.
The program is run once, for its pages: STANCH_RUN names the emulator, STANCH_PAGES another stanch of this version.
TEXT
}

case ${1-} in -h | --help) usage; exit 0 ;; '') usage >&2; exit 2 ;; esac
target=$1
# shellcheck source=packaging/flags.sh disable=SC2154
. "$(dirname "$0")/flags.sh"
mkdir -p "${2:-dist}"
out=$(cd "${2:-dist}" && pwd)
# A download on a slow line, and a copy in every wheel and npm package: the limit is held at each build.
features='' most=14000000
# Windows asks for tables of each function's stack, 0.7 MB of them.
[[ $target != *windows* ]] || most=14500000
if [ -n "${STANCH_NO_NETWORK:-}" ]; then features=--no-default-features most=12000000; fi
cargo build --release --locked --bin stanch --target "$target" ${features:+"$features"}
program=$built/$target/release/stanch$exe
size=$(wc -c <"$program")
[ "$size" -le "$most" ] || { echo "build.sh: $program has $size bytes, and $most are allowed: see what grew with cargo bloat" >&2; exit 1; }

pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
# shellcheck disable=SC2086
STANCH_RUN=$run packaging/pages.sh "${STANCH_PAGES:-$program}" "$pages"
python3 packaging/archive.py "$target" "$program" "$pages" "$out"
