#!/usr/bin/env python3
"""growth.py STANCH OUT.svg [RULES]: how a hook's cost grows with the repository and with the change.

Counts instructions with valgrind's callgrind, so a busy machine gives the same curve as an idle one. Makes its
repositories in a temporary folder. Prints the numbers as a Markdown table and draws one panel for each of:

  entries in the index (ten lines staged)
  kilobytes staged in one file
  commits in a push (one changed file each)
  rules (ten lines staged); RULES is a folder made by benches/rules.sh, with a program for each number of rules
"""
import os, pathlib, random, re, subprocess, sys, tempfile
from turns import write

stanch, out = os.path.realpath(sys.argv[1]), sys.argv[2]
ENV = dict(os.environ, GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_SYSTEM=os.devnull, GIT_AUTHOR_NAME="b",
           GIT_AUTHOR_EMAIL="b@localhost", GIT_COMMITTER_NAME="b", GIT_COMMITTER_EMAIL="b@localhost")


def git(where, *args, feed=None):
    # Thousands of small objects: fast without fsync, and without background maintenance.
    quick = ["-c", "core.fsync=none", "-c", "gc.auto=0", "-c", "maintenance.auto=false"]
    done = subprocess.run(["git", *quick, *args], cwd=where, env=ENV, input=feed, capture_output=True, check=True)
    return done.stdout.decode().strip()


def instructions(where, *args, feed=b"", program=stanch):
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, *args],
                          cwd=where, env=ENV, input=feed, capture_output=True)
    return int(re.search(rb"Collected : (\d+)", done.stderr).group(1)) / 1e6


def text(size, seed):
    """Lines of code without findings."""
    rng, lines, n = random.Random(seed), [], 0
    while n < size:
        line = f"    total_{rng.randrange(999)} = combine(left_{rng.randrange(99)}, right_{rng.randrange(99)})  // step\n"
        lines.append(line)
        n += len(line)
    return "".join(lines)[:size].encode()


def repository(where, entries):
    """A commit of `entries` small files, thirty per folder."""
    git(where, "init", "-q", "-b", "main")
    blob = git(where, "hash-object", "-w", "--stdin", feed=b"unchanged\n")
    listing = "".join(f"100644 {blob}\tsrc/{i // 900}/{i // 30 % 30}/file{i % 30}.c\n" for i in range(entries))
    git(where, "update-index", "--index-info", feed=listing.encode())
    git(where, "commit", "-q", "-m", "base")
    return blob


def stage(where, path, content):
    blob = git(where, "hash-object", "-w", "--stdin", feed=content)
    git(where, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")


def by_index(entries):
    with tempfile.TemporaryDirectory() as where:
        repository(where, entries)
        stage(where, "src/0/0/file0.c", text(700, 1))
        return instructions(where, "hook", "pre-commit")


def by_bytes(kilobytes):
    with tempfile.TemporaryDirectory() as where:
        repository(where, 1000)
        stage(where, "src/0/0/file0.c", text(kilobytes * 1000, 2))
        return instructions(where, "hook", "pre-commit")


def by_commits(commits):
    with tempfile.TemporaryDirectory() as where:
        repository(where, 1000)
        base = git(where, "rev-parse", "HEAD")
        for i in range(commits):
            stage(where, f"src/0/0/file{i % 30}.c", text(2000, i))
            git(where, "commit", "-q", "-m", f"step {i}")
        git(where, "update-ref", "-m", "fetch origin: storing head", "refs/remotes/origin/main", base)
        git(where, "config", "remote.origin.url", "https://localhost/none.git")
        git(where, "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
        tip = git(where, "rev-parse", "HEAD")
        line = f"refs/heads/main {tip} refs/heads/main {base}\n".encode()
        return instructions(where, "hook", "pre-push", "origin", "https://localhost/none.git", feed=line)


def by_rules(count):
    with tempfile.TemporaryDirectory() as where:
        repository(where, 1000)
        stage(where, "src/0/0/file0.c", text(700, 1))
        return instructions(where, "hook", "pre-commit", program=built[count])


built = {int(p.name.split("-")[1]): str(p) for p in pathlib.Path(sys.argv[3]).resolve().glob("stanch-*")} if sys.argv[3:] else {}
PANELS = [
    ("entries in the index", by_index, [1000, 10_000, 25_000, 50_000, 100_000, 200_000]),
    ("kilobytes staged", by_bytes, [1, 100, 500, 1000, 2000, 5000]),
    ("commits in a push", by_commits, [1, 25, 50, 100, 200]),
]
if built:
    PANELS.append(("rules", by_rules, sorted(built)))
W, H, PAD = 300, 200, 46
svg = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(PANELS) * W} {H}" font-family="sans-serif" '
       f'font-size="10" fill="#555">', f'<rect width="{len(PANELS) * W}" height="{H}" fill="#fff"/>']
table = "| | | | | | | |\n|---|---|---|---|---|---|---|\n"
for n, (name, measure, values) in enumerate(PANELS):
    took = [measure(v) for v in values]
    table += f"| {name} | " + " | ".join(f"{v:,}" for v in values) + " |\n"
    table += "| million instructions | " + " | ".join(f"{t:.1f}" for t in took) + " |\n"
    left, right, top, bottom = n * W + PAD, (n + 1) * W - 16, 16, H - 36
    x = lambda v: left + (right - left) * v / values[-1]
    y = lambda t: bottom - (bottom - top) * t / (max(took) * 1.1)
    svg.append(f'<path d="M{left} {top}V{bottom}H{right}" fill="none" stroke="#999"/>')
    svg.append(f'<polyline points="{" ".join(f"{x(v):.1f},{y(t):.1f}" for v, t in zip(values, took))}" '
               'fill="none" stroke="#2060c0" stroke-width="2"/>')
    svg += [f'<circle cx="{x(v):.1f}" cy="{y(t):.1f}" r="2.5" fill="#2060c0"/>' for v, t in zip(values, took)]
    svg.append(f'<text x="{(left + right) / 2}" y="{H - 8}" text-anchor="middle">{name}</text>')
    svg.append(f'<text x="{right}" y="{H - 22}" text-anchor="end">{values[-1]:,}</text>')
    svg.append(f'<text x="{left - 4}" y="{y(took[-1]) + 3:.1f}" text-anchor="end">{took[-1]:.{0 if took[-1] > 10 else 1}f} M</text>')
    svg.append(f'<text x="{left - 4}" y="{bottom + 3}" text-anchor="end">0</text>')
svg.append("</svg>")
with open(out, "w", encoding="ascii") as file:
    file.write("\n".join(svg) + "\n")
write("growth", table)
