#!/bin/bash
# Makes all tables of docs/performance.md from one program; takes about 20 minutes on an idle machine.
#
#   benches/all.sh STANCH LAB PEERS RULES HISTORY ...
#
# LAB is a folder made by benches/lab.sh, PEERS one by benches/peers.sh (or "-" for the tools on PATH), RULES
# one by benches/rules.sh. HISTORY are repositories whose newest commits are pushed, besides LAB/linux-push.
# Counts come first, then times. COUNT=only takes just the counts, which a busy machine does not distort;
# COUNT=no leaves them out.
set -euo pipefail
[ $# -ge 4 ] || { echo "usage: all.sh STANCH LAB PEERS RULES HISTORY ..." >&2; exit 2; }
here=$(realpath "$(dirname "$0")")
stanch=$(realpath "$1") lab=$(realpath "$2") peers=$3 rules=$(realpath "$4")
shift 4
export PYTHONDONTWRITEBYTECODE=1
if [ "${COUNT:-}" != no ]; then
    "$here/instructions.sh" "$stanch" "$lab" --write
    python3 "$here/growth.py" "$stanch" "$here/../docs/growth.svg" "$rules"
fi
[ "${COUNT:-}" != only ] || exit 0
uptime
python3 - "$stanch" "$peers" <<PY
import datetime, json, os, platform, re, subprocess, sys
sys.path.insert(0, "$here")
from turns import Peers, write
run = lambda *command: subprocess.run(command, capture_output=True, text=True).stdout
rules = len(json.loads(run(sys.argv[1], "rules", "list", "--format", "json")))
peers = Peers("" if sys.argv[2] == "-" else os.path.realpath(sys.argv[2]))
flag = {"gitleaks": "version"}
version = lambda name: re.search(r"[0-9]+[.][0-9.]+[0-9a-z.-]*", run(peers.path[name], flag.get(name, "--version")))
others = [f"{n} {v[0]}" for n in ("kingfisher", "betterleaks", "gitleaks", "ripsecrets", "secretlint", "detect-secrets")
          if peers.path[n] and (v := version(n))]
model = re.search("model name.*: (.*)", open("/proc/cpuinfo").read())
write("facts", f"{datetime.date.today()}: stanch {run(sys.argv[1], '--version').split()[1]} with {rules:,} rules, "
      f"{run('git', '--version').split()[2]} of git; {os.cpu_count()} cores ({model[1] if model else platform.machine()}), "
      f"warm cache. Others: {', '.join(others)}.")
PY
python3 "$here/start.py" "$lab" "$rules"
"$here/hook.sh" "$stanch" "$lab" "$peers"
python3 "$here/push.py" "$stanch" "$peers" "$lab/linux-push" "$@"
python3 "$here/hostile.py" "$stanch"
"$here/tree.sh" "$stanch" "$lab/kubernetes-tree" "$peers"
python3 "$here/two_readers.py" "$stanch" "$lab" "${1:--}"
uptime
