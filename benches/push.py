#!/usr/bin/env python3
"""Times the pre-push hook beside `git diff-tree -p --stdin` on the same commits, turn and turn about.

    benches/push.py REPOSITORY [BINARY]

Reads the newest 1, 10 and 100 first-parent steps of HEAD (merged branches count as they come). Nothing is pushed: the
hook is given the list of refs that git would give it. Prints medians in milliseconds.
"""
import os
import statistics
import subprocess
import sys
import time

RUNS = 15


def git(repo, *args):
    return subprocess.run(["git", "-C", repo, *args], check=True, capture_output=True, text=True).stdout.strip()


def timed(command, repo, text):
    start = time.perf_counter()
    done = subprocess.run(command, cwd=repo, input=text.encode(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    took = (time.perf_counter() - start) * 1000
    assert done.returncode in (0, 1), f"{command} ended with {done.returncode}"
    return took


def main():
    repo = sys.argv[1]
    binary = os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else "target/release/stanch")
    tip = git(repo, "rev-parse", "HEAD")
    print(f"{'steps':>6} {'commits':>8} {'git diff-tree -p':>17} {'stanch':>8}")
    for steps in (1, 10, 100):
        base = git(repo, "rev-parse", f"HEAD~{steps}")
        commits = git(repo, "rev-list", f"{base}..{tip}")
        refs = f"refs/heads/main {tip} refs/heads/main {base}\n"
        ours, theirs = [], []
        for _ in range(RUNS):
            theirs.append(timed(["git", "diff-tree", "-p", "--stdin"], repo, commits + "\n"))
            ours.append(timed([binary, "hook", "pre-push", "bench", "bench"], repo, refs))
        count = len(commits.splitlines())
        print(f"{steps:>6} {count:>8} {statistics.median(theirs):>17.1f} {statistics.median(ours):>8.1f}")


if __name__ == "__main__":
    main()
