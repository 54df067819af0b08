#!/usr/bin/env python3
"""replay.py STANCH REPOSITORY [COMMITS]: the pre-commit decision over the last non-merge commits of a real history.

For each commit the index of a scratch clone is made that commit's tree, HEAD its parent, and `stanch scan --staged`
asked: what is staged then is what its author had staged. Prints each finding and, at the end, how many commits would
have been blocked and how many only warned. Nothing is written to REPOSITORY (a bare one will do).
"""
import json, os, subprocess, sys, tempfile

stanch, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
wanted = int(sys.argv[3]) if len(sys.argv) > 3 else 1500
env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def git(*args, cwd):
    return subprocess.run(["git", *args], cwd=cwd, env=env, check=True, capture_output=True, text=True).stdout


with tempfile.TemporaryDirectory() as scratch:
    git("clone", "--quiet", "--shared", "--no-checkout", source, scratch, cwd=None)
    log = git("log", "--no-merges", "--min-parents=1", f"-{wanted}", "--format=%H %P", "HEAD", cwd=scratch)
    blocked = warned = failed = 0
    commits = [line.split() for line in log.splitlines()]
    git("config", "core.fsmonitor", "false", cwd=scratch)
    for commit, parent in commits:
        git("update-ref", "--no-deref", "HEAD", parent, cwd=scratch)
        git("read-tree", commit, cwd=scratch)
        run = subprocess.run([stanch, "scan", "--staged", "--format", "jsonl"], cwd=scratch, env=env, capture_output=True, text=True)
        if run.returncode not in (0, 1):
            failed += 1
            print(commit[:12], "could not check:", run.stderr.strip()[:200])
            continue
        rows = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
        blocked += run.returncode == 1
        warned += run.returncode == 0 and bool(rows)
        for r in rows:
            print(commit[:12], r.get("decision"), r["rule"], r["path"], r["line"])
    print(f"{len(commits)} commits: {blocked} blocked, {warned} only warned, {failed} not checked")
