#!/usr/bin/env python3
"""The plain reader and the fast one, on the same work: instructions, time in alternating runs, and peak memory.

    benches/two_readers.py STANCH LAB [HISTORY [ROUNDS]]

LAB is a folder made by benches/lab.sh, HISTORY a repository of which all commits are read. Instructions are counted by
valgrind's callgrind; times are medians of ROUNDS rounds (9), told as ratios. Prints a table and writes it into
docs/performance.md.
"""
import os, pathlib, re, subprocess, sys
from turns import ENV, Run, megabytes, turns, write

READERS = ["fast", "plain"]


def works(stanch, lab, history):
    """Name, folder, command and standard input of each work."""
    hook = [stanch, "hook", "pre-commit"]
    for repo in sorted(lab.glob("*-w[0-3]")):
        yield f"commit, {repo.name.replace('-', ' ')}", repo, hook, b""
    for repo in sorted(lab.glob("*-push")):
        ids = subprocess.run(["git", "rev-parse", "HEAD", "HEAD~100"], cwd=repo, env=ENV, check=True,
                             capture_output=True, text=True).stdout.split()
        refs = "refs/heads/main {} refs/heads/main {}\n".format(*ids).encode()
        yield f"push of 100 commits, {repo.name}", repo, [stanch, "hook", "pre-push", "bench", "bench"], refs
    for tree in sorted(lab.glob("*-tree")):
        yield f"tree, {tree.name}", tree, [stanch, "scan", "."], b""
    if history:
        name = (history.parent if history.name == "repo" else history).name.split("+")[-1]
        yield f"history, {name}", history, [stanch, "scan", "--history"], b""


def instructions(command, where, feed, env):
    tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    said = subprocess.run(tool + command, cwd=where, env=env, input=feed, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE).stderr.decode(errors="replace")
    return int(re.search(r"Collected : (\d+)", said)[1]) / 1e6


def main():
    stanch, lab = os.path.realpath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    history = pathlib.Path(sys.argv[3]).resolve() if len(sys.argv) > 3 and sys.argv[3] != "-" else None
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 9
    table = ("| work | fast, million instructions | plain | plain / fast | plain / fast, time | fast, peak MB | plain |\n"
             "|---|---|---|---|---|---|---|\n")
    for name, where, command, feed in works(stanch, lab, history):
        envs = {reader: dict(ENV, STANCH_ENGINE=reader) for reader in READERS}
        count = {r: instructions(command, where, feed, envs[r]) for r in READERS}
        m = turns({r: (lambda r=r: Run(command, where, feed, env=envs[r])) for r in READERS}, rounds)
        table += (f"| {name} | {count['fast']:.1f} | {count['plain']:.1f} | {count['plain'] / count['fast']:.2f} "
                  f"| {m['plain'].wall / m['fast'].wall:.2f} | {megabytes(m['fast'].peak)} | {megabytes(m['plain'].peak)} |\n")
        print(table.splitlines()[-1], file=sys.stderr, flush=True)
    write("two-readers", table)


if __name__ == "__main__":
    main()
