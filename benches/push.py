#!/usr/bin/env python3
"""The cost of a push: the pre-push hook and `git diff-tree -p --stdin` on the same commits, in alternating runs.

    benches/push.py STANCH PEERS REPOSITORY ...

Measures the newest 1, 10 and 100 first-parent steps of HEAD, including the commits of merged branches. Nothing is
pushed: the hook gets the list of refs that git would give it. PEERS is a folder made by benches/peers.sh (or "-" for
the tools on PATH); tools that read a range of commits run at 100 steps. Prints a table and writes it into
docs/performance.md.
"""
import os, pathlib, subprocess, sys
from turns import ENV, Peers, Run, megabytes, turns, write

ROUNDS = 15
NAMES = ["betterleaks", "gitleaks", "kingfisher"]


def git(repo, *args):
    return subprocess.run(["git", *args], cwd=repo, env=ENV, check=True, capture_output=True, text=True).stdout.strip()


def main():
    stanch, peers = os.path.realpath(sys.argv[1]), Peers("" if sys.argv[2] == "-" else os.path.realpath(sys.argv[2]))
    table = ("| history | steps | commits | `git diff-tree -p` | stanch | stanch / git | peak, MB | "
             + " | ".join(NAMES) + " |\n|---|---|---|---|---|---|---|" + "---|" * len(NAMES) + "\n")
    for path in sys.argv[3:]:
        repo = pathlib.Path(path).resolve()
        name = repo.parent.name if repo.name == "repo" else repo.name
        tip = git(repo, "rev-parse", "HEAD")
        for steps in (1, 10, 100):
            base = git(repo, "rev-parse", f"HEAD~{steps}")
            commits = git(repo, "rev-list", f"{base}..{tip}")
            refs = f"refs/heads/main {tip} refs/heads/main {base}\n".encode()
            theirs = peers.pushes(repo, base, tip) if steps == 100 else {}
            m = turns({
                "git": lambda: Run(["git", "diff-tree", "-p", "--stdin"], repo, (commits + "\n").encode()),
                "stanch": lambda: Run([stanch, "hook", "pre-push", "bench", "bench"], repo, refs),
            } | theirs, ROUNDS, seldom=theirs)
            ms = {n: t.wall * 1000 for n, t in m.items()}
            cells = [("over " if ms[n] > 59_900 else "") + f"{ms[n]:.0f}" if n in ms else "-" for n in NAMES]
            table += (f"| {name.split('+')[-1]} | {steps} | {len(commits.splitlines())} | {ms['git']:.1f} | {ms['stanch']:.1f} "
                      f"| {ms['stanch'] / ms['git']:.2f} | {megabytes(m['stanch'].peak)} | " + " | ".join(cells) + " |\n")
            print(table.splitlines()[-1], file=sys.stderr, flush=True)
    write("push", table)


if __name__ == "__main__":
    main()
