#!/bin/sh
# Scores stanch, and other installed tools, on the development half of CredData.
#
#   benches/creddata.sh DATA LABELS.csv SCORE.py [OUT]
#
# DATA is the folder of labelled files and LABELS.csv their labels, rebuilt from
# https://github.com/Samsung/CredData as its README says; half of its repositories are used here. SCORE.py
# prints precision, recall and F1 by line. STANCH names the program (default: target/release/stanch). Other
# tools are run if they are on PATH: gitleaks, betterleaks, kingfisher, ripsecrets, detect-secrets. OUT keeps
# their reports; existing reports are reused. The line "blocks" counts only what stanch blocks; "outside tests" leaves
# out labelled files below a folder of tests, specs, mocks or fixtures.
set -eu
data=$(realpath "$1") labels=$2 score=$3 out=${4:-$(mktemp -d)}
stanch=${STANCH:-target/release/stanch}
mkdir -p "$out"
rm -f "$out"/*.jsonl
here() { command -v "$1" > /dev/null; }

"$stanch" --version
# Exit status 1 means that something would block, which is expected on labelled secrets.
"$stanch" scan --no-ignore --format jsonl "$data" > "$out/stanch.jsonl" || [ $? = 1 ]

lines() { # lines TOOL REPORT PYTHON: prints the expression's tuples (path, first line, last line), one JSON per line
    python3 - "$1" "$2" "$3" > "$out/$1.jsonl" << 'PY'
import json, re, sys
tool, report, expression = sys.argv[1:]
text = open(report, errors="replace").read()
for path, line, end in eval(expression, {"text": text, "json": json, "re": re}):
    print(json.dumps({"path": path, "line": int(line), "end_line": int(end)}))
PY
}
if here gitleaks; then
    echo "gitleaks $(gitleaks version)"
    [ -e "$out/gitleaks.report" ] || gitleaks dir --no-banner -f json -r "$out/gitleaks.report" --exit-code 0 "$data" 2> /dev/null
    lines gitleaks "$out/gitleaks.report" '((r["File"], r["StartLine"], r["EndLine"]) for r in json.loads(text) or [])'
fi
if here betterleaks; then
    betterleaks --version
    [ -e "$out/betterleaks.json" ] || betterleaks fs --no-banner -s -o "$out/betterleaks.json" --exit-code 0 "$data" 2> /dev/null
    for level in default high; do
        lines betterleaks-$level "$out/betterleaks.json" '((l["path"], l["start_line"], l["end_line"])
            for r in json.loads(text)["findings"] or [] for l in [r["location"]]
            if r["confidence"] == "high" or "'$level'" == "default")'
    done
fi
if here kingfisher; then
    kingfisher --version
    [ -e "$out/kingfisher.report" ] ||
        kingfisher scan "$data" --no-validate --git-history none --no-update-check -q -f jsonl > "$out/kingfisher.report" ||
        [ $? = 200 ]
    lines kingfisher "$out/kingfisher.report" '((f["path"], f["line"], f["line"])
        for row in text.splitlines() for f in [json.loads(row).get("finding")] if f)'
fi
if here ripsecrets; then
    ripsecrets --version
    [ -e "$out/ripsecrets.report" ] || (cd "$data" && ripsecrets . || true) > "$out/ripsecrets.report"
    # PATH:LINE:TEXT
    lines ripsecrets "$out/ripsecrets.report" '((m[1], m[2], m[2]) for m in re.finditer(r"(?m)^(.*?):(\d+):", text))'
fi
if here detect-secrets; then
    echo "detect-secrets $(detect-secrets --version)"
    # Takes about five minutes of processor time.
    [ -e "$out/detect-secrets.report" ] ||
        (cd "$data" && detect-secrets scan --all-files --no-verify .) > "$out/detect-secrets.report"
    lines detect-secrets "$out/detect-secrets.report" \
        '((p, r["line_number"], r["line_number"]) for p, found in json.loads(text)["results"].items() for r in found)'
fi
mkdir -p "$out/blocks"
grep '"decision":"block"' "$out/stanch.jsonl" > "$out/blocks/blocks.jsonl"
tests='/(test|spec|mock|fixture)[^,"]*/'
grep -vE "$tests" "$labels" > "$out/blocks/outside.csv"
grep -vE "\"path\":\"[^\"]*$tests" "$out/blocks/blocks.jsonl" > "$out/blocks/outside.jsonl"
echo "# blocks"
python3 "$score" "$labels" "$out/blocks/blocks.jsonl" --split dev --brief
echo "# blocks, outside tests"
python3 "$score" "$out/blocks/outside.csv" "$out/blocks/outside.jsonl" --split dev --brief
echo "# all findings"
exec python3 "$score" "$labels" "$out"/*.jsonl --split dev --brief
