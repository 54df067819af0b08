#!/bin/sh
# Counts the blocking findings and warnings in clean trees, and the findings of the other tools on PATH.
#
#   benches/quiet.sh FOLDER [OUT]
#
# FOLDER holds the trees, each a folder of source (git archive HEAD | tar x). Prints a Markdown table, then
# every blocking finding of stanch for review. STANCH names the program. OUT keeps the reports, and existing
# reports are reused, so an interrupted run continues. To test a new stanch alone, remove its reports
# (OUT/stanch-*).
set -eu
stanch=$(realpath "${STANCH:-target/release/stanch}")
folder=$(realpath "$1") out=${2:-$(mktemp -d)}
mkdir -p "$out"
out=$(realpath "$out")
cd "$folder"
export GOMAXPROCS="${GOMAXPROCS:-1}"

once() { # once TOOL TREE COMMAND...: its output as OUT/TOOL-TREE, unless that is there
    report=$out/$1-$2
    shift 2
    [ -e "$report" ] || { "$@" > "$report.part" 2> /dev/null || true; mv "$report.part" "$report"; }
}
tool() { # tool NAME TREE COMMAND...: once, if the tool is there
    command -v "$1" > /dev/null && once "$@" || true
}
"$stanch" --version
for tree in *; do
    [ -d "$tree" ] || continue
    once lines "$tree" sh -c 'find "$0" -type f -exec cat {} + | wc -l' "$tree"
    once stanch "$tree" "$stanch" scan --no-ignore --format jsonl "$tree"
    tool gitleaks "$tree" gitleaks dir --no-banner -f json -r - --exit-code 0 "$tree"
    tool betterleaks "$tree" betterleaks fs --no-banner --jsonl --exit-code 0 "$tree"
    tool kingfisher "$tree" kingfisher scan "$tree" --no-validate --git-history none --no-update-check -q -f jsonl
    tool ripsecrets "$tree" ripsecrets "$tree"
done
exec python3 - "$out" << 'PY'
import collections, json, os, re, sys

out = sys.argv[1]
TOOLS = ["gitleaks", "betterleaks", "betterleaks, high", "kingfisher", "ripsecrets"]


def text(tool, tree):
    path = f"{out}/{tool}-{tree}"
    return open(path, errors="replace").read() if os.path.exists(path) else None


def rows(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def alarms(tool, tree):
    """How many findings a tool has in a tree, None where it was not run."""
    said = text(tool.split(",")[0], tree)
    if said is None:
        return None
    if tool == "gitleaks":
        return len(json.loads(said or "[]") or [])
    if tool == "ripsecrets":
        return len(re.findall(r"(?m)^[^\n]*?:\d+:", said))
    found = [r["finding"] for r in rows(said) if "finding" in r]
    return sum(tool != "betterleaks, high" or r["confidence"] == "high" for r in found)


trees = sorted(f[7:] for f in os.listdir(out) if f.startswith("stanch-"))
total, blocks = collections.Counter(), []
there = [t for t in TOOLS if any(alarms(t, tree) is not None for tree in trees)]
print("| tree | lines | stanch blocks | of them private keys | only warns | " + " | ".join(there) + " |")
print("|---" * (5 + len(there)) + "|")
for tree in trees:
    found = [r for r in rows(text("stanch", tree)) if "part_of" not in r]
    stop = [r for r in found if r.get("decision") == "block"]
    keys = sum(r["rule"].startswith(("private-key", "key-store")) for r in stop)
    blocks += stop
    cells = [int(text("lines", tree)), len(stop), keys, len(found) - len(stop), *(alarms(t, tree) or 0 for t in there)]
    total.update(dict(enumerate(cells)))
    print(f"| {tree} | " + " | ".join(map(str, cells)) + " |")
print("| all | " + " | ".join(str(total[i]) for i in range(4 + len(there))) + " |")
print("| in 500,000 lines | | " + " | ".join(f"{total[i] * 5e5 / (total[0] or 1):.1f}" for i in range(1, 4 + len(there))) + " |\n")
for r in blocks:
    print(r["rule"], r["path"], r["line"])
PY
