#!/bin/bash
# The cost of a whole tree: `stanch scan`, `rg` and other installed tools, in alternating runs.
#
#   benches/tree.sh STANCH TREE [PEERS [ROUNDS]]
#
# PEERS is a folder made by benches/peers.sh (or "-" for the tools on PATH). Times are medians of ROUNDS
# rounds (13). Other tools run in every sixth round, and a slow one only once. Prints a table and writes it
# into docs/performance.md.
set -euo pipefail
stanch=$(realpath "${1:?usage: tree.sh STANCH TREE [PEERS [ROUNDS]]}") tree=$(realpath "${2:?}") peers=${3:--} rounds=${4:-13}
[ "$peers" = - ] && peers= || peers=$(realpath "$peers")
export PYTHONPATH PYTHONDONTWRITEBYTECODE=1
PYTHONPATH=$(realpath "$(dirname "$0")")
exec python3 - "$stanch" "$tree" "$peers" "$rounds" <<'PY'
import sys
from turns import Peers, Run, megabytes, turns, write

stanch, tree, rounds = sys.argv[1], sys.argv[2], int(sys.argv[4])
commands = {
    "stanch scan": lambda: Run([stanch, "scan", "."], tree),
    "`rg -c zzzzqqq`": lambda: Run(["rg", "-c", "zzzzqqq", "."], tree),
}
theirs = Peers(sys.argv[3]).trees(tree)
m = turns(commands | theirs, rounds, seldom=theirs)
rg = m["`rg -c zzzzqqq`"].wall
table = "| tool | wall, s | processor, s | peak, MB | wall / rg | runs |\n|---|---|---|---|---|---|\n"
for name, t in sorted(m.items(), key=lambda i: i[1].processor):
    over = "over " if t.wall >= 149 else ""
    table += f"| {name} | {over}{t.wall:.2f} | {t.processor:.2f} | {megabytes(t.peak)} | {t.wall / rg:.1f} | {t.runs} |\n"
write("tree", table)
PY
