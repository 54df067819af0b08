#!/usr/bin/env python3
"""make.py STANCH VERSION: what a released version writes into a repository, and what it decides there.

    git worktree add --detach /tmp/old TAG && (cd /tmp/old && cargo build --release)
    tests/frozen/make.py /tmp/old/target/release/stanch 0.1

Run once for a version that is released. `VERSION/repository.toml` holds the files as templates; this makes a repository of
them, lets that version allow secrets and take a baseline, and keeps what it wrote (`stanch.toml`, `baseline`) and decided
(`decisions.txt`). tests/frozen.rs asks today's program about the same repository. No value is stored.
"""
import json, os, pathlib, re, subprocess, sys, tempfile, tomllib

program, version = os.path.abspath(sys.argv[1]), sys.argv[2]
here = pathlib.Path(__file__).parent / version

ALPHABETS = {
    "hex-lower": "0123456789abcdef",
    "base62": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
}
MASK = (1 << 64) - 1


def expand(template, seed):
    """As src/scan/template.rs does it, for plain alphabets."""
    state = (seed * 0x9E3779B97F4A7C15 & MASK) | 1

    def draw():
        nonlocal state
        state ^= state >> 12
        state = (state ^ state << 25) & MASK
        state ^= state >> 27
        return (state * 0x2545F4914F6CDD1D & MASK) >> 32

    def form(match):
        alphabet = ALPHABETS[match[1]]
        return "".join(alphabet[draw() % len(alphabet)] for _ in range(int(match[2])))

    return re.sub(r"\$\{([a-z0-9-]+):(\d+)\}", form, template)


data = tomllib.loads((here / "repository.toml").read_text())
with tempfile.TemporaryDirectory() as top:
    home = pathlib.Path(top, "home")
    repo = pathlib.Path(top, "repo")
    home.mkdir()
    repo.mkdir()
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_CONFIG_HOME": str(home), "GIT_CONFIG_SYSTEM": os.devnull,
           "GIT_CONFIG_GLOBAL": os.devnull}
    for who in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{who}_NAME": "A. Person", f"GIT_{who}_EMAIL": "person@example.org"}

    def run(*command, may_fail=False):
        done = subprocess.run(command, cwd=repo, env=env, capture_output=True, text=True)
        assert may_fail or done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def findings():
        out = run(program, "scan", "--format", "jsonl", "--show-suppressed", may_fail=True)
        return sorted((json.loads(line) for line in out.splitlines()), key=lambda f: (f["path"], f["line"], f["rule"]))

    run("git", "init", "-q", ".")
    for file in data["file"]:
        path = repo / file["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [expand(line, file["seed"] + i) for i, line in enumerate(file["lines"])]
        path.write_text("".join(line + "\n" for line in lines))
    (repo / ".stanch.toml").write_text(data["configuration"])
    run("git", "add", "-A")
    run("git", "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "first")
    found = findings()
    at = {(f["path"], f["line"]): f["fingerprint"] for f in found}
    # A baseline takes all that is found; what is not to be in it is removed, as a person would.
    run(program, "baseline", "create")
    keep = {at[(path, line)] for path, line in data["baseline"]}
    written = (repo / ".stanch-baseline").read_text().splitlines()
    baseline = [line for line in written if line.startswith("#") or line.split()[0] in keep]
    (repo / ".stanch-baseline").write_text("".join(line + "\n" for line in baseline))
    for path, line in data["allow"]:
        run(program, "allow", at[(path, line)], "--reason", "the key of the public demo")
    run(program, "allow", "--path", "legacy/", "--rule", "generic-password", "--reason", "gone next year")
    run(program, "allow", "--regex", "acme_[0-9a-f]+", "--reason", "test keys")
    run("git", "add", "-A")
    run("git", "commit", "-qm", "policy")
    (here / "stanch.toml").write_text((repo / ".stanch.toml").read_text())
    (here / "baseline").write_text((repo / ".stanch-baseline").read_text())
    rows = [f"{f['path']}:{f['line']} {f['rule']} {f['fingerprint']} {f['decision']}" for f in findings()]
    (here / "decisions.txt").write_text("".join(row + "\n" for row in rows))
    print("\n".join(rows))
