#!/usr/bin/env python3
"""replay.py [options] REPOSITORY...: the pre-commit decision over the last non-merge commits of real histories.

For each commit the index of a scratch clone is made that commit's tree, HEAD its parent, and the program asked as its
hook would ask: what is staged then is what the author had staged. Nothing is written to REPOSITORY (bare ones will do).

  --tool NAME      stanch (default), gitleaks, betterleaks, kingfisher, ripsecrets, detect-secrets, git-secrets
  --program PATH   the tool's program, if it is not on PATH under its name
  --commits N      how many commits back (1500)
  --every K        only each K-th of them (1): a sample for slow tools
  --out DIR        keeps what was decided, one JSON line a commit, in DIR/TOOL-REPOSITORY.jsonl; a run that was broken
                   off goes on from there
  --show           prints each finding

A tool blocks when its status says so; stanch's findings that only warn are counted apart.
"""
import argparse, json, os, pathlib, re, shutil, subprocess, sys, tempfile

ENV = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GOMAXPROCS": "1"}
# kingfisher makes a commit of what is staged and needs a name for it.
ENV |= {f"GIT_{who}_{what}": "replay@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def run(command, cwd):
    return subprocess.run(command, cwd=cwd, env=ENV, capture_output=True, text=True, errors="replace")


def git(*args, cwd=None):
    done = run(["git", *args], cwd)
    if done.returncode:
        raise RuntimeError(f"git {args[0]}: {done.stderr.strip()[:200]}")
    return done.stdout


def json_lines(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def report(path):
    """The findings of gitleaks and betterleaks: a JSON list, or nothing when there are none."""
    text = pathlib.Path(path).read_text() if os.path.exists(path) else ""
    pathlib.Path(path).unlink(missing_ok=True)
    found = json.loads(text or "[]") or []
    return found["findings"] or [] if isinstance(found, dict) else found


def stanch(program, where, _files):
    done = run([program, "scan", "--staged", "--format", "jsonl"], where)
    rows = [{k: r.get(k) for k in ("decision", "rule", "path", "line")} for r in json_lines(done.stdout)
            if "part_of" not in r]
    return done.returncode, {1}, rows, done.stderr


def gitleaks(program, where, _files):
    done = run([program, "git", "--staged", "--no-banner", "-f", "json", "-r", ".git/report", "--exit-code", "9"], where)
    rows = report(f"{where}/.git/report")
    return done.returncode, {9}, [{"rule": r["RuleID"], "path": r["File"], "line": r["StartLine"]} for r in rows], done.stderr


def betterleaks(program, where, _files):
    done = run([program, "git", "--staged", "--no-banner", "-s", "-o", ".git/report.json", "--exit-code", "9"], where)
    rows = [{"rule": r["rule_id"], "confidence": r["confidence"], "path": r["location"]["path"],
             "line": r["location"]["start_line"]} for r in report(f"{where}/.git/report.json")]
    return done.returncode, {9}, rows, done.stderr


def kingfisher(program, where, _files):
    done = run([program, "scan", ".", "--staged", "--no-validate", "--no-update-check", "--quiet", "-f", "jsonl"], where)
    rows = [{"rule": r["rule"]["id"], "path": r["finding"].get("path"), "line": r["finding"].get("line")}
            for r in json_lines(done.stdout) if "finding" in r]
    # It ends with 0 where it could not look.
    status = -1 if "ERROR" in done.stderr else done.returncode
    return status, {200, 205}, rows, done.stderr


def over_files(command):
    """Tools whose hook is given the names of the staged files and reads those whole."""
    def check(program, where, files):
        there = [f for f in files if os.path.isfile(f"{where}/{f}")]
        if not there:
            return 0, {1}, [], ""
        done = run([program, *command, *there], where)
        rows = [{"rule": "", "path": m[1], "line": int(m[2])}
                for m in map(re.compile(r"(?:Location:\s+)?(.+?):(\d+)(?::|$)").match, done.stdout.splitlines()) if m]
        return done.returncode, {1}, rows, done.stderr
    return check


TOOLS = {
    "stanch": stanch, "gitleaks": gitleaks, "betterleaks": betterleaks, "kingfisher": kingfisher,
    "ripsecrets": over_files(["--strict-ignore"]), "detect-secrets": over_files([]), "git-secrets": over_files(["--scan"]),
}
PROGRAMS = {"detect-secrets": "detect-secrets-hook"}
READ_FILES = {"ripsecrets", "detect-secrets", "git-secrets"}


def replay(args, source, program):
    name = re.sub(r"(/repo)?(/\.git|\.git)?/*$", "", source).rsplit("/", 1)[-1]
    kept = pathlib.Path(args.out or tempfile.mkdtemp()) / f"{args.tool}-{name}.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    done = {r["commit"]: r for r in json_lines(kept.read_text())} if kept.exists() else {}
    with tempfile.TemporaryDirectory() as scratch, kept.open("a") as out:
        git("clone", "--quiet", "--shared", "--no-checkout", source, scratch)
        git("config", "core.fsmonitor", "false", cwd=scratch)
        if args.tool == "git-secrets":
            git("secrets", "--register-aws", cwd=scratch)
        log = git("log", "--no-merges", "--min-parents=1", f"-{args.commits}", "--format=%H %P", "HEAD", cwd=scratch)
        commits = [line.split()[:2] for line in log.splitlines()][:: args.every]
        for commit, parent in commits:
            if commit in done:
                continue
            # HEAD is detached at the parent; a file is quicker than a process.
            pathlib.Path(scratch, ".git/HEAD").write_text(parent + "\n")
            git("read-tree", commit, cwd=scratch)
            files = []
            if args.tool in READ_FILES:
                changed = git("diff", "--cached", "--name-only", "-z", "--diff-filter=d", "--no-renames", cwd=scratch)
                files = [f for f in changed.split("\0") if f]
                run(["git", "checkout-index", "-f", "-q", "--", *files], scratch)
            try:
                status, blocking, rows, said = TOOLS[args.tool](program, scratch, files)
            except (ValueError, KeyError) as error:
                status, blocking, rows, said = -1, set(), [], repr(error)
            row = {"commit": commit, "blocked": status in blocking, "findings": rows}
            if status not in blocking | {0}:
                row["failed"] = said.strip()[-200:]
            done[commit] = row
            print(json.dumps(row), file=out, flush=True)
            for f in files:
                pathlib.Path(scratch, f).unlink(missing_ok=True)
    rows = [done[c] for c, _ in commits]
    if args.show:
        for r in rows:
            for f in r["findings"]:
                print(r["commit"][:12], *(str(v) for v in f.values()))
    blocked = sum(r["blocked"] for r in rows)
    warned = sum(not r["blocked"] and bool(r["findings"]) for r in rows)
    failed = sum("failed" in r for r in rows)
    print(f"{args.tool} {name}: {len(rows)} commits, {blocked} blocked, {warned} only warned, {failed} not checked", flush=True)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--tool", default="stanch", choices=TOOLS)
    parser.add_argument("--program")
    parser.add_argument("--commits", type=int, default=1500)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--out")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("repositories", nargs="+")
    args = parser.parse_args()
    name = args.program or PROGRAMS.get(args.tool, args.tool)
    program = shutil.which(name) or sys.exit(f"no program {name}: name it with --program")
    for source in args.repositories:
        replay(args, os.path.abspath(source), os.path.abspath(program))


main()
