#!/bin/bash
# What a whole tree costs: `stanch scan` beside `rg` and the tools that are installed, in runs that take turns.
#
#   benches/tree.sh STANCH TREE [RUNS]    prints a Markdown table: medians of RUNS rounds (5)
#
# Tools are taken from PATH: kingfisher, betterleaks, gitleaks, ripsecrets, detect-secrets.
set -euo pipefail
stanch=$(realpath "${1:?usage: tree.sh STANCH TREE [RUNS]}") tree=$(realpath "${2:?}") runs=${3:-5}
exec python3 - "$stanch" "$tree" "$runs" <<'PY'
import os, shutil, statistics, subprocess, sys, time

stanch, tree, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
COMMANDS = {
    "stanch": [stanch, "scan", "."],
    "rg": ["rg", "-c", "zzzzqqq", "."],
    "kingfisher": ["kingfisher", "scan", ".", "--no-validate", "--git-history", "none", "--no-update-check"],
    "betterleaks": ["betterleaks", "."],
    "gitleaks": ["gitleaks", "dir", "--no-banner", "."],
    "ripsecrets": ["ripsecrets", "."],
}


def run(command):
    """Wall seconds, processor seconds and peak MB of one run."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=tree, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(child.pid, 0)
    child.returncode = 0
    return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


there = {n: c for n, c in COMMANDS.items() if os.path.exists(c[0]) or shutil.which(c[0])}
took = {n: [] for n in there}
for command in there.values():
    run(command)
for _ in range(runs):
    for name, command in there.items():
        took[name].append(run(command))
print("| tool | wall, s | processor, s | peak, MB |\n|---|---|---|---|")
for name, all_runs in took.items():
    wall, cpu, peak = (statistics.median(x) for x in zip(*all_runs))
    print(f"| {name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} |")
PY
