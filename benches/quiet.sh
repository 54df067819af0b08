#!/bin/sh
# What would block in clean trees: every blocking finding with its line, and their number in 500,000 lines.
#
#   benches/quiet.sh TREE...
#
# A TREE is a folder of source (git archive HEAD | tar x). STANCH names the program.
set -eu
stanch=${STANCH:-target/release/stanch}
"$stanch" --version
for tree in "$@"; do
    "$stanch" scan --no-ignore --format jsonl "$tree" > "${TMPDIR:-/tmp}/quiet.$$" || [ $? = 1 ]
    lines=$(find "$tree" -type f -print0 | xargs -0 cat 2> /dev/null | wc -l)
    python3 - "$tree" "$lines" "${TMPDIR:-/tmp}/quiet.$$" <<'PY'
import collections, json, sys
tree, lines, report = sys.argv[1], int(sys.argv[2]), sys.argv[3]
rows = [json.loads(l) for l in open(report)]
block = [r for r in rows if r.get("decision") == "block"]
kinds = collections.Counter(r["rule"] for r in block)
print(f"{tree}: {lines} lines, {len(block)} block, {len(rows) - len(block)} only warn; {dict(kinds)}")
for r in block:
    print("   ", r["rule"], r["path"], r["line"])
PY
    rm -f "${TMPDIR:-/tmp}/quiet.$$"
done
