#!/bin/sh
# Scores stanch, and any other tool that is installed, on the development half of CredData.
#
#   benches/creddata.sh DATA LABELS.csv SCORE.py [OUT]
#
# DATA is the folder of labelled files and LABELS.csv their labels, rebuilt from https://github.com/Samsung/CredData
# (its README says how; a half of its repositories is used here). SCORE.py prints precision, recall and F1 by line.
# STANCH names the program (default: target/release/stanch). Other tools are taken from PATH when they are there.
set -eu
data=$1 labels=$2 score=$3 out=${4:-$(mktemp -d)}
stanch=${STANCH:-target/release/stanch}
mkdir -p "$out"

"$stanch" --version
# The exit status 1 says that something would block; a scan of labelled secrets had better say so.
"$stanch" scan --no-ignore --format jsonl "$data" > "$out/stanch.jsonl" || [ $? = 1 ]

lines() { # lines TOOL REPORT PYTHON-EXPRESSION: a report as one {"path", "line"} a line
    python3 - "$1" "$2" "$3" > "$out/$1.jsonl" <<'PY'
import json, sys
tool, report, expression = sys.argv[1:]
rows = eval(expression, {"d": json.load(open(report)), "json": json})
for path, line in rows:
    print(json.dumps({"path": path, "line": line}))
PY
}
if command -v gitleaks > /dev/null; then
    gitleaks version
    gitleaks dir --no-banner -f json -r "$out/gitleaks.json" --exit-code 0 "$data" 2> /dev/null
    lines gitleaks "$out/gitleaks.json" '[(r["File"], r["StartLine"]) for r in d]'
fi
if command -v betterleaks > /dev/null; then
    betterleaks version
    betterleaks dir --no-banner -f json -r "$out/betterleaks.json" --exit-code 0 "$data" 2> /dev/null
    lines betterleaks "$out/betterleaks.json" '[(r["File"], r["StartLine"]) for r in d]'
fi
if command -v detect-secrets > /dev/null; then
    detect-secrets --version
    (cd "$data" && detect-secrets scan --all-files .) > "$out/detect-secrets.json"
    lines detect-secrets "$out/detect-secrets.json" \
        '[(p, r["line_number"]) for p, l in d["results"].items() for r in l]'
fi
if command -v ripsecrets > /dev/null; then
    ripsecrets --version
    # Prints PATH:LINE:TEXT.
    (cd "$data" && ripsecrets . || true) | python3 -c '
import json, re, sys
for l in sys.stdin.buffer:
    m = re.match(rb"(.*?):(\d+):", l)
    if m: print(json.dumps({"path": m[1].decode("utf8", "replace"), "line": int(m[2])}))' > "$out/ripsecrets.jsonl"
fi
python3 "$score" "$labels" "$out"/*.jsonl --split dev
