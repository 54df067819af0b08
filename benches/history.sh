#!/bin/bash
# The cost of whole histories: `stanch scan --history` against git reading every object, in alternating runs.
#
#   benches/history.sh STANCH REPOSITORY... [-- ROUNDS]
#
# Times are medians of ROUNDS rounds (5). Bytes are what git unpacks of all objects. Prints a table and writes it into
# docs/scale.md. With STANCH_WITHOUT set to another build of the program, that build takes turns too.
set -euo pipefail
export PYTHONPATH PYTHONDONTWRITEBYTECODE=1
PYTHONPATH=$(realpath "$(dirname "$0")")
exec python3 - "$@" <<'PY'
import os, pathlib, re, subprocess, sys
import turns
from turns import ENV, Run, megabytes

words = sys.argv[1:]
rounds = 5
if "--" in words:
    rounds, words = int(words[-1]), words[: words.index("--")]
programs = {"stanch": os.path.realpath(words[0])}
if os.environ.get("STANCH_WITHOUT"):
    programs["stanch without"] = os.path.realpath(os.environ["STANCH_WITHOUT"])
turns.PAGE = pathlib.Path(turns.PAGE).with_name("scale.md")
ENV = dict(ENV, XDG_CONFIG_HOME="/nonexistent", HOME="/nonexistent")


def git(where, *args):
    return subprocess.run(["git", "-C", where, *args], env=ENV, check=True, capture_output=True, text=True).stdout


def size(where):
    """Commits that a ref reaches, and objects and bytes of all objects."""
    commits = int(git(where, "rev-list", "--all", "--count"))
    sizes = git(where, "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objecttype) %(objectsize)")
    blobs = [int(line.split()[1]) for line in sizes.splitlines() if line.startswith("blob")]
    return commits, len(blobs), sum(blobs)


table = (
    "| history | commits | blobs | MB of blobs | what | wall, s | processor, s | of `cat-file`: wall | processor | peak, MB |"
    " MB a core-second |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
)
for where in words[1:]:
    where = os.path.realpath(where)
    commits, blobs, total = size(where)
    cat = ["git", "cat-file", "--batch-all-objects", "--unordered", "--batch"]
    commands = {"`cat-file`": lambda: Run(cat, where, env=ENV)}
    commands["`rev-list --objects --all`"] = lambda: Run(["git", "rev-list", "--objects", "--all"], where, env=ENV)
    for name, program in programs.items():
        commands[name] = lambda program=program: Run([program, "scan", "--history", "--format", "jsonl"], where, env=ENV)
    m = turns.turns(commands, rounds)
    base = m["`cat-file`"]
    name = re.sub(r"(/repo|\.git)$", "", where).split("/")[-1].split("+")[-1]
    for what, t in m.items():
        row = [name, f"{commits:,}", f"{blobs:,}", f"{total / 1e6:.0f}", what, f"{t.wall:.2f}", f"{t.processor:.2f}",
               f"{t.wall / base.wall:.2f}", f"{t.processor / base.processor:.2f}", megabytes(t.peak),
               f"{total / 1e6 / t.processor:.0f}"]
        table += "| " + " | ".join(row) + " |\n"
turns.write("history", table)
PY
