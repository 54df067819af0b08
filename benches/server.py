#!/usr/bin/env python3
"""A server under load: real pushes over file:// to real bare repositories with stanch as their pre-receive hook.

    benches/server.py STANCH

Three servers: fifty pushes at once, every second with a key that a later commit takes out again; a push to a repository
of ten thousand refs; a first push of fifty thousand commits. Memory is capped (`ulimit -v`, half a gigabyte) and so is
time (`stanch.receiveSeconds`): a hook that needs more fails, and its push is refused. Checks that no key came in and that
no clean push was refused. Needs GNU time. Prints a table and writes it into docs/performance.md.
"""
import os, pathlib, statistics, subprocess, sys, tempfile, time
from turns import ENV, write

stanch = os.path.realpath(sys.argv[1])
WHO = dict(ENV, **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
                   for what, value in (("NAME", "b"), ("EMAIL", "b@localhost"), ("DATE", "1700000000 +0000"))})
WHO["HOME"] = os.devnull
PUSHES, REFS, COMMITS = 50, 10_000, 50_000
KILOBYTES, SECONDS = 512 << 10, 120


def git(where, *args, feed=None, check=True):
    quick = ["-c", "core.fsync=none", "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "protocol.file.allow=always"]
    done = subprocess.run(["git", *quick, *args], cwd=where, env=WHO, input=feed, capture_output=True)
    if check and done.returncode:
        sys.exit(f"git {args} in {where}: {done.stderr.decode()}")
    return done


def key(seed):
    """A made-up key in the form of a provider's whose rule blocks."""
    digits = "".join(f"{(seed * 7919 + i * 104729) * 2654435761 >> 7 & 0xf:x}" for i in range(34))
    return "pk" + "_" + digits


def server(folder, name):
    """A bare repository with the hook, whose time and peak go to a file."""
    bare = folder / f"{name}.git"
    git(folder, "init", "-q", "--bare", "-b", "main", bare.name)
    git(bare, "config", "stanch.receiveSeconds", str(SECONDS))
    hook = bare / "hooks" / "pre-receive"
    hook.write_text(f"#!/bin/sh\nulimit -v {KILOBYTES}\n"
                    f"exec /usr/bin/time -a -o '{bare}/took' -f '%e %M' '{stanch}' hook pre-receive\n")
    hook.chmod(0o755)
    return bare


def took(bare):
    """Seconds and peaks in MB of the hooks that ran."""
    lines = [line.split() for line in (bare / "took").read_text().splitlines() if line[0].isdigit()]
    return [float(s) for s, _ in lines], [int(k) / 1024 for _, k in lines]


def stream(branch, commits, parent, seed, with_key):
    """A branch for fast-import: small files that change; a key in the middle, and out again."""
    out = []
    for i in range(commits):
        files = [(f"src/{i % 97}/file{i % 29}.txt", f"{branch} {seed} {i}\n" * (1 + i % 20))]
        if with_key and i == commits // 2:
            files.append(("a.env", f"KLAVIYO_API_KEY={key(seed)}\n"))
        if with_key and i == commits // 2 + 1:
            files.append(("a.env", "A=1\n"))
        out.append(f"commit refs/heads/{branch}\ncommitter b <b@localhost> {1700000000 + i} +0000\ndata 4\nstep\n")
        if i == 0 and parent:
            out.append(f"from {parent}\n")
        out += [f"M 100644 inline {path}\ndata {len(text)}\n{text}\n" for path, text in files]
    return "".join(out).encode()


def row(what, bare, wall, note):
    seconds, peaks = took(bare)
    return (f"| {what} | {wall:.1f} | {statistics.median(seconds):.2f} | {max(seconds):.2f} | {max(peaks):.0f} "
            f"| {note} |\n")


def at_once(folder):
    bare, clone = server(folder, "once"), folder / "once"
    git(folder, "init", "-q", "-b", "main", clone.name)
    git(clone, "fast-import", "--quiet", feed=stream("main", 20, None, 1, False))
    git(clone, "push", "-q", bare.as_uri(), "main")
    (bare / "took").unlink()
    for i in range(PUSHES):
        git(clone, "fast-import", "--quiet", feed=stream(f"topic{i}", 20, "refs/heads/main^0", i, i % 2 == 0))
    begun = time.perf_counter()
    running = [subprocess.Popen(["git", "push", "-q", bare.as_uri(), f"topic{i}"], cwd=clone, env=WHO,
                                stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for i in range(PUSHES)]
    codes = [push.wait() for push in running]
    wall = time.perf_counter() - begun
    came = git(bare, "for-each-ref", "--format=%(refname:short)").stdout.decode().split()
    clean = {f"topic{i}" for i in range(1, PUSHES, 2)}
    assert set(came) == clean | {"main"}, f"came in: {came}"
    assert [c == 0 for c in codes] == [i % 2 == 1 for i in range(PUSHES)], codes
    for i in range(0, PUSHES, 2):
        blob = git(clone, "rev-parse", f"topic{i}~9:a.env").stdout.decode().strip()
        assert git(bare, "cat-file", "-e", blob, check=False).returncode, "a key came in"
    return row(f"{PUSHES} pushes at once, 20 commits each", bare, wall, f"{PUSHES // 2} refused, {PUSHES // 2} taken")


def many_refs(folder):
    bare, clone = server(folder, "refs"), folder / "refs"
    git(folder, "init", "-q", "-b", "main", clone.name)
    git(clone, "fast-import", "--quiet", feed=stream("main", 200, None, 1, False))
    git(clone, "push", "-q", bare.as_uri(), "main")
    ids = git(clone, "rev-list", "main").stdout.decode().split()
    git(bare, "update-ref", "--stdin",
        feed="".join(f"create refs/heads/old/{i} {ids[i % len(ids)]}\n" for i in range(REFS)).encode())
    git(bare, "pack-refs", "--all")
    (bare / "took").unlink()
    git(clone, "fast-import", "--quiet", feed=stream("topic", 20, "refs/heads/main^0", 2, False))
    git(clone, "fast-import", "--quiet", feed=stream("bad", 20, "refs/heads/main^0", 3, True))
    begun = time.perf_counter()
    git(clone, "push", "-q", bare.as_uri(), "topic")
    assert git(clone, "push", "-q", bare.as_uri(), "bad", check=False).returncode
    # Taken over by a branch that is there: nothing of it is new to the server.
    git(clone, "push", "-q", bare.as_uri(), "topic:refs/heads/old/0", "--force")
    return row(f"3 pushes to {REFS:,} refs", bare, time.perf_counter() - begun, "1 refused, 2 taken")


def first_push(folder):
    bare, clone = server(folder, "first"), folder / "first"
    git(folder, "init", "-q", "-b", "main", clone.name)
    git(clone, "fast-import", "--quiet", feed=stream("main", COMMITS, None, 1, True))
    begun = time.perf_counter()
    assert git(clone, "push", "-q", bare.as_uri(), "main", check=False).returncode
    assert not git(bare, "for-each-ref").stdout
    # A branch that is checked out moves this way only.
    git(clone, "update-ref", "refs/heads/main", f"main~{COMMITS // 2}")
    git(clone, "push", "-q", bare.as_uri(), "main")
    return row(f"first pushes of {COMMITS:,} and {COMMITS // 2:,} commits", bare, time.perf_counter() - begun,
               "the one with a key refused, the other taken")


def main():
    table = "| work | wall, s | hook, median s | slowest s | peak, MB | outcome |\n|---|---|---|---|---|---|\n"
    with tempfile.TemporaryDirectory() as folder:
        for work in (at_once, many_refs, first_push):
            table += work(pathlib.Path(folder))
            print(table.splitlines()[-1], file=sys.stderr, flush=True)
    write("server", table)


if __name__ == "__main__":
    main()
