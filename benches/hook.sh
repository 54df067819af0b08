#!/bin/bash
# The cost of a commit: stanch, git's own diff and other installed tools, in alternating runs.
#
#   benches/hook.sh STANCH LAB [PEERS [ROUNDS]]
#
# LAB is a folder made by benches/lab.sh, PEERS one by benches/peers.sh (or "-" for the tools on PATH). Times
# are medians of ROUNDS rounds (21).
# Prints two tables and writes them into docs/performance.md.
set -euo pipefail
stanch=$(realpath "${1:?usage: hook.sh STANCH LAB [PEERS [ROUNDS]]}") lab=$(realpath "${2:?}") peers=${3:--} rounds=${4:-21}
[ "$peers" = - ] && peers= || peers=$(realpath "$peers")
export PYTHONPATH PYTHONDONTWRITEBYTECODE=1
PYTHONPATH=$(realpath "$(dirname "$0")")
exec python3 - "$stanch" "$lab" "$peers" "$rounds" <<'PY'
import pathlib, subprocess, sys
from turns import ENV, Peers, Run, megabytes, turns, write

stanch, lab, rounds = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[4])
peers = Peers(sys.argv[3])
NAMES = ["git-secrets", "betterleaks", "ripsecrets", "secretlint", "gitleaks", "kingfisher", "detect-secrets"]
own = ("| work | `true` | stanch | `git diff --cached --quiet` | `git diff --cached -U0` | stanch / true "
       "| stanch / quiet | stanch / -U0 | peak, MB |\n|---|---|---|---|---|---|---|---|---|\n")
others = "| work | stanch | " + " | ".join(NAMES) + " |\n|---|---|" + "---|" * len(NAMES) + "\n"
peak = dict.fromkeys(["stanch", *NAMES], 0)
for repo in sorted(lab.glob("*-w[0-3]")):
    listed = subprocess.run(["git", "diff", "--cached", "--name-only", "-z"], cwd=repo, env=ENV, capture_output=True,
                            check=True).stdout
    # Tools that take file names read the work tree.
    subprocess.run(["git", "checkout-index", "-f", "-z", "--stdin"], cwd=repo, env=ENV, input=listed, check=True)
    staged = [f.decode() for f in listed.split(b"\0") if f]
    commands = {
        "true": ["true"],
        "stanch": [stanch, "hook", "pre-commit"],
        "quiet": ["git", "diff", "--cached", "--quiet"],
        "U0": ["git", "diff", "--cached", "-U0"],
    }
    mine = {n: (lambda c=c: Run(c, repo)) for n, c in commands.items()}
    theirs = peers.hooks(repo, staged)
    m = turns(mine | theirs, rounds, seldom=theirs)
    ms = {n: t.wall * 1000 for n, t in m.items()}
    for n in peak:
        peak[n] = max(peak[n], m[n].peak if n in m else 0)
    row = (f"| {repo.name.replace('-', ' ')} | {ms['true']:.1f} | {ms['stanch']:.1f} | {ms['quiet']:.1f} | {ms['U0']:.1f} "
           f"| {ms['stanch'] / ms['true']:.1f} | {ms['stanch'] / ms['quiet']:.2f} | {ms['stanch'] / ms['U0']:.2f} "
           f"| {megabytes(m['stanch'].peak)} |\n")
    own += row
    cells = [f"{ms[n]:.0f}" if n in ms else "-" for n in NAMES]
    others += f"| {repo.name.replace('-', ' ')} | {ms['stanch']:.1f} | " + " | ".join(cells) + " |\n"
    print(row + "  ".join(f"{n} {t:.1f}" for n, t in ms.items()), file=sys.stderr, flush=True)
others += "| peak, MB | " + " | ".join(megabytes(p) if p else "-" for p in peak.values()) + " |\n"
write("hook", own)
write("hook-others", others)
PY
