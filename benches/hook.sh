#!/bin/bash
# What a commit costs: stanch beside git's own diff and the tools that are installed, in runs that take turns.
#
#   benches/hook.sh STANCH DIR [RUNS]     DIR as benches/lab.sh made it; prints a Markdown table
#
# Each round runs every command once, so a busy machine is busy for all of them; medians of RUNS rounds (21).
# Tools are taken from PATH: gitleaks, betterleaks, git-secrets, kingfisher, detect-secrets-hook, ripsecrets.
set -euo pipefail
stanch=$(realpath "${1:?usage: hook.sh STANCH DIR [RUNS]}") dir=$(realpath "${2:?}") runs=${3:-21}
exec python3 - "$stanch" "$dir" "$runs" <<'PY'
import os, pathlib, shutil, statistics, sys, time

stanch, root, runs = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
env = dict(os.environ, GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_SYSTEM=os.devnull)
PEERS = {
    "git-secrets": ["git", "secrets", "--pre_commit_hook"],
    "gitleaks": ["gitleaks", "git", "--staged", "--no-banner"],
    "betterleaks": ["betterleaks", "git", "--staged", "--no-banner"],
}


NULL = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]


def run(command, where):
    """Milliseconds of one run."""
    os.chdir(where)
    start = time.perf_counter()
    os.waitpid(os.posix_spawnp(command[0], command, env, file_actions=NULL), 0)
    return (time.perf_counter() - start) * 1000


def memory(command, where):
    """Peak resident memory in MB, as the kernel counts it."""
    os.chdir(where)
    pid = os.posix_spawnp(command[0], command, env, file_actions=NULL)
    return os.wait4(pid, 0)[2].ru_maxrss // 1024


print("| work | " + " | ".join(["true", "stanch", "git diff --cached --quiet", "git diff --cached -U0"])
      + " | stanch / quiet | stanch / -U0 | peak MB | others |")
print("|---|---|---|---|---|---|---|---|---|")
for repo in sorted(root.glob("*-w[0-3]")):
    hook = [stanch, "hook", "pre-commit"]
    commands = {
        "true": ["true"],
        "stanch": hook,
        "quiet": ["git", "diff", "--cached", "--quiet"],
        "U0": ["git", "diff", "--cached", "-U0"],
    }
    peers = {n: c for n, c in PEERS.items() if shutil.which(n)}
    times = {n: [] for n in [*commands, *peers]}
    for turn in range(runs + 2):
        for name, command in commands.items():
            took = run(command, repo)
            if turn >= 2:  # The first two fill the caches.
                times[name].append(took)
        if turn % 4 == 2:
            for name, command in peers.items():
                times[name].append(run(command, repo))
    m = {n: statistics.median(t) for n, t in times.items()}
    others = ", ".join(f"{n} {m[n]:.0f}" for n in peers) or "-"
    print(f"| {repo.name} | {m['true']:.1f} | {m['stanch']:.1f} | {m['quiet']:.1f} | {m['U0']:.1f} "
          f"| {m['stanch'] / m['quiet']:.2f} | {m['stanch'] / m['U0']:.2f} | {memory(hook, repo)} | {others} |", flush=True)
PY
