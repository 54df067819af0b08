#!/bin/bash
# Lists the examples of rules that were found at BASE and are not found now: what a review of rules must look at.
# A commit that means it says so: a line `Silenced: RULE` at the end of its message, for each rule.
# usage: packaging/silent-rules.sh BASE
set -euo pipefail
base=${1:?usage: packaging/silent-rules.sh BASE}
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
git archive "$base" src/rules/catalogue | tar -x -C "$scratch"
if STANCH_BASE_CATALOGUE=$scratch/src/rules/catalogue cargo test -q --locked --test suite no_example_of_before_is_silent_now \
    >"$scratch/log" 2>&1; then
    echo "every example of $base is found"
    exit
fi
# From the head line of the failure to the empty line or the backtrace behind it.
sed -n '/SILENT [0-9]/,/^stack backtrace\|^note:\|^$/p' "$scratch/log" | grep -E '^[^ ]+: ' >"$scratch/silent" || { cat "$scratch/log" >&2; exit 1; }
git log --format='%(trailers:key=Silenced,valueonly)' "$base..HEAD" | sed '/^$/d' | sort -u >"$scratch/meant"
left=0
while IFS= read -r line; do
    rule=${line%%:*}
    if grep -qxF "$rule" "$scratch/meant"; then echo "meant: $line"; else echo "SILENT: $line"; left=1; fi
done <"$scratch/silent"
exit "$left"
