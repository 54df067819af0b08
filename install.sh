#!/bin/sh
# Installs stanch and makes git run it in the repository that you are in: built from this checkout, or prebuilt.
set -eu

usage() {
    cat <<'TEXT'
usage: ./install.sh [--from FILE [--sum SHA256]] [--no-hooks] | --uninstall | --help

Builds stanch with cargo and installs it into the first of these that applies:
  $PREFIX/bin                          if PREFIX is set
  ~/.local/bin, ~/.cargo/bin, ~/bin    the first of them that is on PATH
  ~/.local/bin                         otherwise; prints the line that puts it on PATH
Manual pages and completions go into share beside bin. Inside a git work tree it then installs stanch's hooks there,
and at the end it commits a made-up key in a scratch repository to show that git blocks it. Running it again is safe.

  --from FILE   install the archive of a release, without Rust; its sum must be in FILE.sha256
  --sum SHA256  the sum that FILE must have, in place of FILE.sha256
  --no-hooks    install the program alone
  --uninstall   remove the hooks of the repository that you are in, the program and its pages

In an unpacked archive of a release, it installs the program beside it.
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

hooks=yes action=install archive='' sum=''
while [ $# -gt 0 ]; do
    case $1 in
        --no-hooks) hooks=no ;;
        --uninstall) action=uninstall ;;
        --from) archive=${2:-}; [ -n "$archive" ] || { usage >&2; exit 2; }; shift ;;
        --sum) sum=${2:-}; [ -n "$sum" ] || { usage >&2; exit 2; }; shift ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
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
exe=
case ${MSYSTEM:-} in ?*) exe=.exe ;; esac
program=$root/bin/stanch$exe
share=$root/share

in_work_tree() { [ "$(git -C "$here" rev-parse --is-inside-work-tree 2>/dev/null)" = true ]; }

if [ "$action" = uninstall ]; then
    [ -x "$program" ] || fail "there is no $program" 'set PREFIX to the value that it was installed with'
    if in_work_tree; then (cd "$here" && "$program" uninstall); fi
    if has git; then "$program" uninstall --global >/dev/null || true; fi
    rm -f -- "$share/man/man1/stanch.1" "$share"/man/man1/stanch-*.1 "$share/bash-completion/completions/stanch" \
        "$share/zsh/site-functions/_stanch" "$share/fish/vendor_completions.d/stanch.fish"
    rm -- "$program"
    say "removed $program and its pages"
    say 'Hooks in other repositories now block every commit. In each of them: rm .git/hooks/pre-commit and so on,'
    say "or install stanch again and run \`stanch uninstall\` there first."
    exit 0
fi

# Everything that is missing, each with its remedy; all of it is told at once.
missing='' count=0
lacks() {
    count=$((count + 1))
    missing="$missing
  $count. $1
     $2"
}

scratch=$(mktemp -d "${TMPDIR:-/tmp}/stanch-install.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

has git || lacks 'git is missing: stanch is a hook of git' \
    'install it (Debian: apt install git, Fedora: dnf install git, macOS: xcode-select --install)'
# Before minutes of building: can it be written where it is to go?
writable() {
    mkdir -p "$root/bin" 2>"$scratch/log" && (: >"$root/bin/.stanch-try") 2>>"$scratch/log" && rm -f "$root/bin/.stanch-try"
}
writable || lacks "$root/bin cannot be written: $(sed -n '$s/.*: //p' "$scratch/log")" \
    "choose a folder of your own: PREFIX=\"\$HOME/.local\" $0"

if [ -n "$archive" ]; then
    from=archive
    [ -f "$archive" ] || lacks "there is no file $archive" 'name the archive of a release'
    [ -n "$sum" ] || [ -f "$archive.sha256" ] || lacks "$archive.sha256 is missing: the sum of the archive" \
        'download it from where the archive is from, or give the sum with --sum'
    if has sha256sum; then sum_of() { sha256sum "$1" | cut -d ' ' -f 1; }
    elif has shasum; then sum_of() { shasum -a 256 "$1" | cut -d ' ' -f 1; }
    else lacks 'sha256sum is missing: it checks the archive' 'install coreutils, or perl for shasum'
    fi
    case $archive in
        *.zip) has unzip || lacks 'unzip is missing: it unpacks the archive' 'install it (Debian: apt install unzip)' ;;
        *) { has tar && has gzip; } || lacks 'tar or gzip is missing: they unpack the archive' 'install them (Debian: apt install tar gzip)' ;;
    esac
elif [ ! -f "$source/Cargo.toml" ] && [ -f "$source/stanch$exe" ]; then
    from=beside
else
    from=checkout
    if ! has cargo && [ -x "$HOME/.cargo/bin/cargo" ]; then PATH=$PATH:$HOME/.cargo/bin; fi
    if has cargo; then
        needed=$(sed -n 's/^rust-version = "1\.\([0-9]*\).*/\1/p' "$source/Cargo.toml")
        found=$(cd "$source" && cargo --version 2>/dev/null | sed -n 's/^cargo 1\.\([0-9]*\).*/\1/p')
        if [ -n "$found" ] && [ "$found" -lt "${needed:-0}" ]; then
            lacks "cargo 1.$found is too old: stanch needs 1.$needed" "run \`rustup update\`, or install Rust from https://rustup.rs"
        fi
    else
        lacks 'cargo is missing: it builds stanch' \
            'install Rust from https://rustup.rs, open a new terminal, and run install.sh again'
    fi
    cc=${CC:-cc}
    printf '#include <stdlib.h>\nint main(void) { return EXIT_SUCCESS; }\n' >"$scratch/try.c"
    # CC may hold flags beside the compiler's name, as make has it.
    # shellcheck disable=SC2086
    $cc -o "$scratch/try" "$scratch/try.c" >"$scratch/log" 2>&1 ||
        lacks "a C compiler is missing, or it cannot build a program ($cc): stanch builds libgit2 from its sources" \
            "install one (Debian: apt install build-essential, Fedora: dnf install gcc, macOS: xcode-select --install); it said: $(sed -n 1p "$scratch/log")"
fi
if [ "$count" -gt 0 ]; then
    things='1 thing is'
    [ "$count" -eq 1 ] || things="$count things are"
    fail "$things missing; nothing was changed$missing"
fi

# Takes the place of an older program in one step: a hook that runs meanwhile has the old or the new one.
place() {
    cp -- "$1" "$program.new" && chmod 755 "$program.new" && mv -f -- "$program.new" "$program"
}
case $from in
    archive)
        [ -n "$sum" ] || sum=$(sed -n '1s/[ *].*//p' "$archive.sha256")
        found=$(sum_of "$archive")
        [ "$found" = "$sum" ] || fail "$archive is not what it should be: nothing was installed" \
            "its SHA-256 is  $found" "it should be    $sum" 'download it again; if that does not help, report it'
        say "sum checked: $found"
        mkdir "$scratch/out"
        case $archive in
            *.zip) unzip -q "$archive" -d "$scratch/out" ;;
            *) gzip -dc "$archive" | tar -xf - -C "$scratch/out" ;;
        esac || fail "$archive cannot be unpacked"
        unpacked=
        for candidate in "$scratch"/out/*/stanch "$scratch"/out/*/stanch.exe; do
            if [ -f "$candidate" ]; then unpacked=$candidate; fi
        done
        [ -n "$unpacked" ] || fail "$archive holds no stanch" 'name the archive of a release'
        "$unpacked" --version >/dev/null 2>"$scratch/log" || fail "the program in $archive does not run on this machine" \
            "$(sed -n 1p "$scratch/log")" 'choose the archive for this system and processor'
        place "$unpacked" ;;
    beside)
        "$source/stanch$exe" --version >/dev/null 2>"$scratch/log" || fail "$source/stanch$exe does not run on this machine" \
            "$(sed -n 1p "$scratch/log")" 'choose the archive for this system and processor'
        place "$source/stanch$exe" ;;
    checkout)
        say "Building stanch into $root/bin: about 150 crates, some minutes the first time; cargo shows how far it is."
        (cd "$source" && cargo install --path . --locked --no-track --force --root "$root") ||
            fail 'the build failed; cargo said why above' \
                'the first build needs the network, for the crates that Cargo.lock names' ;;
esac
say "installed $program ($("$program" --version))"

# The pages are a help: a share that cannot be written is told, and no error.
pages() {
    mkdir -p "$share/bash-completion/completions" "$share/zsh/site-functions" "$share/fish/vendor_completions.d" &&
        "$program" man "$share/man/man1" &&
        "$program" completions bash >"$share/bash-completion/completions/stanch" &&
        "$program" completions zsh >"$share/zsh/site-functions/_stanch" &&
        "$program" completions fish >"$share/fish/vendor_completions.d/stanch.fish"
}
if (pages) 2>/dev/null; then say "installed the manual pages and completions in $share"
else say "note: $share cannot be written: no manual pages, no completions"
fi

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
