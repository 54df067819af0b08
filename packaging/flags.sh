# How a release is compiled for $target: build.sh and wheel.sh source this, so both get the same program.
# Sets root, built, exe and run (an emulator), and exports what cargo and cc read.
# shellcheck shell=bash disable=SC2034,SC2054,SC2154

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit
host=$(rustc -vV | sed -n 's/^host: //p')
exe=
[[ $target != *windows* ]] || exe=.exe

built=${CARGO_TARGET_DIR:-$root/target}
# What asks to be copied into its callers is, up to this cost (LLVM's own limit is 325).
rust=(-C llvm-args=-inlinehint-threshold=260) c=()
# No path of this machine may stand in the program: neither in Rust's messages nor in C's assertions.
native() { if command -v cygpath >/dev/null; then cygpath -w "$1"; else printf '%s' "$1"; fi; }
forget() {
    rust+=("--remap-path-prefix=$(native "$1")=$2")
    [[ $target == *msvc* ]] || c+=("-ffile-prefix-map=$(native "$1")=$2")
}
forget "$root" .
forget "$built" target
forget "${CARGO_HOME:-$HOME/.cargo}" cargo

# The C compiler and the linker for the target; what the caller has set already stays.
cc=CC_${target//-/_}
linker=CARGO_TARGET_$(printf '%s' "$target" | tr 'a-z-' 'A-Z_')_LINKER
tool() { export "$cc=${!cc:-$1}" "$linker=${!linker:-$1}"; }
# The same, and what is linked loses what nothing reads.
lean() {
    export STANCH_LINKER=${!linker:-$1} STANCH_OBJCOPY=${STANCH_OBJCOPY:-$2}
    tool "$1"
    export "$linker=$root/packaging/lean-gcc.sh"
}
run=${STANCH_RUN-}
case $target in
    *-linux-musl)
        # A static program at a fixed address: docs/decisions/fixed-address.md.
        rust+=(-C relocation-model=static)
        if [ "${host%%-*}" = "${target%%-*}" ]; then
            lean musl-gcc objcopy
        else
            gcc=${target%%-*}-linux-gnu-gcc
            headers=${MUSL_INCLUDE:-/usr/include/${target%%-*}-linux-musl}
            [ -f "$headers/stdio.h" ] || { echo "flags.sh: no headers of musl in $headers: set MUSL_INCLUDE" >&2; exit 1; }
            lean "$gcc" "${gcc%gcc}objcopy"
            c+=(-nostdinc -isystem "$headers" -isystem "$("$gcc" -print-file-name=include)")
            # The linker of the other C library must not add its start files: Rust brings musl's.
            rust+=(-C link-self-contained=yes)
            run=${run:-qemu-${target%%-*}}
        fi ;;
    *-windows-gnu)
        tool "${target%%-*}-w64-mingw32-gcc"
        # Without it the linker writes the hour of the build into the program.
        rust+=(-C link-arg=-Wl,--no-insert-timestamp)
        [ "$host" = "$target" ] || run=${run:-wine} ;;
    *-windows-msvc) rust+=(-C link-arg=/Brepro -C target-feature=+crt-static) ;;
esac
# Arguments may hold blanks: cargo takes them with a separator of its own, cc as a shell would.
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && printf '%s' "${rust[*]}")
CC_SHELL_ESCAPED_FLAGS=1
name=CFLAGS_${target//-/_}
export "$name=${!name-}$([ ${#c[@]} = 0 ] || printf " '%s'" "${c[@]}")"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export CARGO_ENCODED_RUSTFLAGS CC_SHELL_ESCAPED_FLAGS SOURCE_DATE_EPOCH CARGO_INCREMENTAL=0
