#!/bin/sh
# Writes what packages hold beside the program: manual pages and completions.
# usage: packaging/pages.sh PROGRAM FOLDER; STANCH_RUN names an emulator for PROGRAM.
set -eu
program=$1 out=$2
mkdir -p "$out/man" "$out/completions"
# An emulator may translate line ends and paths: only standard output is used.
ask() { ${STANCH_RUN-} "$program" "$@" | tr -d '\r'; }
ask completions bash >"$out/completions/stanch.bash"
ask completions zsh >"$out/completions/_stanch"
ask completions fish >"$out/completions/stanch.fish"
ask completions powershell >"$out/completions/_stanch.ps1"
if [ -z "${STANCH_RUN-}" ]; then
    "$program" man "$out/man"
else
    (cd "$out" && ${STANCH_RUN-} "$program" man man)
fi
[ -s "$out/man/stanch.1" ] && [ -s "$out/completions/_stanch" ] || { echo "pages.sh: $program wrote no pages" >&2; exit 1; }
