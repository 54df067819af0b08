#!/bin/bash
# Counts the instructions of a hook run with valgrind's callgrind; a busy machine gives the same counts as an
# idle one.
#
#   benches/instructions.sh STANCH DIR            compares with benches/instructions.txt, fails if over 3 % more
#   benches/instructions.sh STANCH DIR --write    writes that file
#
# DIR is a folder made by benches/lab.sh. Counts hold for one compiler and one build profile; rewrite the file
# if either changes.
set -euo pipefail
stanch=$(realpath "${1:?usage: instructions.sh STANCH DIR [--write]}") dir=$(realpath "${2:?}")
file=$(realpath "$(dirname "$0")")/instructions.txt
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$stanch" hook pre-commit 2>&1 |
        sed -n 's/.*Collected : //p'
}
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
status=0
new=$(for repo in "$dir"/*-w[0-3]; do
    cd "$repo"
    printf '%s %s\n' "$(basename "$repo")" "$(count)"
done)
if [ "${3:-}" = --write ]; then
    printf '%s\n' "$new" | tee "$file"
    exit
fi
while read -r name now; do
    before=$(sed -n "s/^$name //p" "$file")
    [ -n "$before" ] || { echo "$name $now (not in the file)"; continue; }
    change=$(awk "BEGIN { printf \"%+.1f\", 100 * ($now - $before) / $before }")
    echo "$name $before -> $now ($change %)"
    awk "BEGIN { exit !($now > $before * 1.03) }" && status=1
done <<<"$new"
exit $status
