#!/bin/sh
# Builds stanch from this folder, installs it, and makes git run it in the repository that you are in.
set -eu

usage() {
    cat <<'TEXT'
usage: ./install.sh [--no-hooks] | --uninstall | --help

Builds stanch with cargo and installs it into the first of these that applies:
  $PREFIX/bin                          when PREFIX is set
  ~/.local/bin, ~/.cargo/bin, ~/bin    the first of them that is on PATH
  ~/.local/bin                         otherwise; the line that puts it on PATH is told
Inside a git work tree it then installs stanch's hooks there (not with --no-hooks), and at the end it commits
a made-up key in a scratch repository to show that git refuses it. Running it again does no harm.

  --uninstall   take the hooks away from the repository that you are in, and the program from its folder
TEXT
}

say() { printf '%s\n' "$*"; }
fail() {
    printf 'install.sh: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }
on_path() { case ":$PATH:" in *":$1:"*) true ;; *) false ;; esac; }

hooks=yes action=install
for argument in "$@"; do
    case $argument in
        --no-hooks) hooks=no ;;
        --uninstall) action=uninstall ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

here=$PWD
source=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
: "${HOME:?install.sh: HOME is not set}"

# Where the program goes.
root=${PREFIX:-}
if [ -z "$root" ]; then
    root=$HOME/.local
    for candidate in "$HOME/.local" "$HOME/.cargo" "$HOME"; do
        if on_path "$candidate/bin"; then root=$candidate; break; fi
    done
fi
case $root in /*) ;; *) root=$here/$root ;; esac
program=$root/bin/stanch

in_work_tree() { [ "$(git -C "$here" rev-parse --is-inside-work-tree 2>/dev/null)" = true ]; }

if [ "$action" = uninstall ]; then
    [ -x "$program" ] || fail "there is no $program" 'set PREFIX to the value that it was installed with'
    if in_work_tree; then (cd "$here" && "$program" uninstall); fi
    if has git; then "$program" uninstall --global >/dev/null || true; fi
    rm -- "$program"
    say "removed $program"
    say 'Hooks in other repositories now stop every commit. In each of them: rm .git/hooks/pre-commit and so on,'
    say "or install stanch again and run \`stanch uninstall\` there first."
    exit 0
fi

# What the build needs, each with its remedy.
if ! has cargo && [ -x "$HOME/.cargo/bin/cargo" ]; then PATH=$PATH:$HOME/.cargo/bin; fi
has cargo || fail 'cargo is missing: it builds stanch' \
    'install Rust from https://rustup.rs, open a new terminal, and run install.sh again'
needed=$(sed -n 's/^rust-version = "1\.\([0-9]*\).*/\1/p' "$source/Cargo.toml")
found=$(cd "$source" && cargo --version | sed -n 's/^cargo 1\.\([0-9]*\).*/\1/p')
if [ -n "$found" ] && [ "$found" -lt "${needed:-0}" ]; then
    fail "cargo 1.$found is too old: stanch needs 1.$needed" "run \`rustup update\`, or install Rust from https://rustup.rs"
fi
has git || fail 'git is missing: stanch is a hook of git' \
    'install it (Debian: apt install git, Fedora: dnf install git, macOS: xcode-select --install)'
cc=${CC:-cc}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/stanch-install.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
printf '#include <stdlib.h>\nint main(void) { return EXIT_SUCCESS; }\n' >"$scratch/try.c"
# CC may hold flags beside the compiler's name, as make has it.
# shellcheck disable=SC2086
$cc -o "$scratch/try" "$scratch/try.c" >"$scratch/log" 2>&1 ||
    fail "a C compiler is missing, or it cannot build a program ($cc): stanch builds libgit2 from its sources" \
        'install one (Debian: apt install build-essential, Fedora: dnf install gcc, macOS: xcode-select --install)' \
        "$(sed -n 1p "$scratch/log")"

say "Building stanch (some minutes the first time) ..."
(cd "$source" && cargo install --quiet --path . --locked --no-track --force --root "$root") ||
    fail 'the build failed; cargo said why above' \
        "the first build needs the network, for the crates that Cargo.lock names"
say "installed $program"
if ! on_path "$root/bin"; then
    say "$root/bin is not on PATH. Add this line to ~/.profile (or your shell's own file):"
    say "    export PATH=\"$root/bin:\$PATH\""
elif [ "$(command -v stanch)" != "$program" ]; then
    say "note: another stanch comes first on PATH: $(command -v stanch)"
fi

cd "$here"
# Where the hooks belong to someone else, install says what to do and doctor ends with the exit code for it.
if [ "$hooks" = yes ] && in_work_tree; then "$program" install || true; fi
if [ "$hooks" = no ]; then cd "$scratch"; fi
"$program" doctor --prove
