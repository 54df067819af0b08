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
The program is run once, for its pages: STANCH_RUN names the emulator, STANCH_PAGES another stanch of this version.
TEXT
}

case ${1-} in -h | --help) usage; exit 0 ;; '') usage >&2; exit 2 ;; esac
target=$1
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
mkdir -p "${2:-dist}"
out=$(cd "${2:-dist}" && pwd)
host=$(rustc -vV | sed -n 's/^host: //p')
exe=
[[ $target != *windows* ]] || exe=.exe

# No path of this machine may stand in the program: neither in Rust's messages nor in C's assertions.
built=${CARGO_TARGET_DIR:-$root/target}
cargo_home=${CARGO_HOME:-$HOME/.cargo}
flags="--remap-path-prefix=$root=. --remap-path-prefix=$built=target --remap-path-prefix=$cargo_home=cargo"
cflags="-ffile-prefix-map=$root=. -ffile-prefix-map=$built=target -ffile-prefix-map=$cargo_home=cargo"
variable() { printf '%s' "$1" | tr 'a-z-' 'A-Z_'; }
# For the C compiler and the linker of TARGET; what the caller has set already stays.
tool() {
    local cc="CC_${target//-/_}" linker
    linker="CARGO_TARGET_$(variable "$target")_LINKER"
    export "$cc=${!cc:-$1}" "$linker=${!linker:-$1}"
}
run=${STANCH_RUN-}
case $target in
    *-linux-musl)
        # A static program at a fixed address: docs/decisions/fixed-address.md.
        flags="$flags -C relocation-model=static"
        if [ "${host%%-*}" = "${target%%-*}" ]; then
            tool musl-gcc
        else
            gcc=${target%%-*}-linux-gnu-gcc
            headers=${MUSL_INCLUDE:-/usr/include/${target%%-*}-linux-musl}
            [ -f "$headers/stdio.h" ] || { echo "build.sh: no headers of musl in $headers: set MUSL_INCLUDE" >&2; exit 1; }
            tool "$gcc"
            cflags="$cflags -nostdinc -isystem $headers -isystem $("$gcc" -print-file-name=include)"
            # The linker of the other C library must not add its start files: Rust brings musl's.
            flags="$flags -C link-self-contained=yes"
            run=${run:-qemu-${target%%-*}}
        fi ;;
    *-windows-gnu)
        tool "${target%%-*}-w64-mingw32-gcc"
        # Without it the linker writes the hour of the build into the program.
        flags="$flags -C link-arg=-Wl,--no-insert-timestamp"
        [ "$host" = "$target" ] || run=${run:-wine} ;;
    *-windows-msvc)
        flags="$flags -C link-arg=/Brepro -C target-feature=+crt-static"
        cflags= ;;
esac
export RUSTFLAGS="${RUSTFLAGS-} $flags"
name="CFLAGS_${target//-/_}"
export "$name=${!name-} $cflags"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH CARGO_INCREMENTAL=0

cargo build --release --locked --bin stanch --target "$target"
program=$built/$target/release/stanch$exe

pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
# shellcheck disable=SC2086
STANCH_RUN=$run packaging/pages.sh "${STANCH_PAGES:-$program}" "$pages"
python3 packaging/archive.py "$target" "$program" "$pages" "$out"
