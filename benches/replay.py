#!/usr/bin/env python3
"""replay.py [options] REPOSITORY...: the pre-commit decisions on the last non-merge commits of real histories.

For each commit, a scratch clone gets that commit's tree as its index and the parent as HEAD. The program then runs as
its hook would, so the staged change is the one that the author had staged. REPOSITORY may be bare and is never
written.

  --tool NAME      stanch (default), gitleaks, betterleaks, kingfisher, ripsecrets, detect-secrets, git-secrets
  --program PATH   the tool's program, if it is not on PATH under its name
  --commits N      commits to go back (1500)
  --every K        only every K-th commit (1): a sample for slow tools
  --batch          runs once for all commits of a history: gitleaks and betterleaks read its log; for the others each
                   change of a file is staged in its own folder
  --out DIR        keeps the decisions, one JSON per line and commit, in DIR/TOOL-REPOSITORY.jsonl; an interrupted
                   run continues there
  --show           prints each finding

A tool blocks if its exit status says so, or in a batch if it reports a finding. Warnings of stanch are counted
separately.
"""
import argparse, json, os, pathlib, re, shutil, subprocess, sys, tempfile

sys.path.append(os.path.join(os.path.dirname(__file__), "plant"))
from stage import score

ENV = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GOMAXPROCS": "1"}
# kingfisher commits the staged files and needs a name for that.
ENV |= {f"GIT_{who}_{what}": "replay@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


# Files per batch; their names must fit in a command line.
BATCH = 5000


def run(command, cwd, stdin=None):
    return subprocess.run(command, cwd=cwd, env=ENV, input=stdin, capture_output=True, text=True,
                          errors="surrogateescape")


def git(*args, cwd=None):
    done = run(["git", *args], cwd)
    if done.returncode:
        raise RuntimeError(f"git {args[0]}: {done.stderr.strip()[:200]}")
    return done.stdout


def json_lines(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def report(path):
    """The findings of gitleaks and betterleaks: a JSON list, or nothing if there are none."""
    text = pathlib.Path(path).read_text() if os.path.exists(path) else ""
    pathlib.Path(path).unlink(missing_ok=True)
    found = json.loads(text or "[]") or []
    return found["findings"] or [] if isinstance(found, dict) else found


def stanch(program, where, _files, _log):
    done = run([program, "scan", "--staged", "--format", "jsonl", "--explain-score"], where)
    rows = [{k: r.get(k) for k in ("decision", "rule", "path", "line")} | score(r) for r in json_lines(done.stdout)
            if "part_of" not in r and r.get("decision") != "suppress"]
    return done.returncode, {1}, rows, done.stderr


def gitleaks(program, where, _files, log):
    done = run([program, "git", *(log or ["--staged"]), "--no-banner", "-f", "json", "-r", ".git/report", "--exit-code",
                "9"], where)
    rows = [{"rule": r["RuleID"], "path": r["File"], "line": r["StartLine"], "commit": r["Commit"]}
            for r in report(f"{where}/.git/report")]
    return done.returncode, {9}, rows, done.stderr


def betterleaks(program, where, _files, log):
    done = run([program, "git", *(log or ["--staged"]), "--no-banner", "-s", "-o", ".git/report.json", "--exit-code",
                "9"], where)
    rows = [{"rule": r["rule_id"], "confidence": r["confidence"], "path": r["location"]["path"],
             "line": r["location"]["start_line"], "commit": r["attributes"].get("git.sha")}
            for r in report(f"{where}/.git/report.json")]
    return done.returncode, {9}, rows, done.stderr


def kingfisher(program, where, _files, _log):
    done = run([program, "scan", ".", "--staged", "--no-dedup", "--no-validate", "--no-update-check", "--quiet", "-f",
                "jsonl"], where)
    rows = [{"rule": r["rule"]["id"], "path": r["finding"].get("path"), "line": r["finding"].get("line")}
            for r in json_lines(done.stdout) if "finding" in r]
    # It exits with 0 even if it could not scan.
    status = -1 if "ERROR" in done.stderr else done.returncode
    return status, {200, 205}, rows, done.stderr


def lines_named(text):
    """PATH:LINE at the start of each report line."""
    found = map(re.compile(r"(?:Location:\s+)?(.+?):(\d+)(?::|$)").match, text.splitlines())
    return [{"path": m[1], "line": int(m[2])} for m in found if m]


def git_secrets(_program, where, _files, _log):
    done = run(["git", "secrets", "--pre_commit_hook"], where)
    return done.returncode, {1}, lines_named(done.stderr), done.stderr


def over_files(*command):
    """Tools whose hook gets the names of the staged files and reads the whole files."""
    def check(program, where, files, _log):
        there = [f for f in files if os.path.isfile(f"{where}/{f}")]
        if not there:
            return 0, {1}, [], ""
        done = run([program, *command, *there], where)
        return done.returncode, {1}, lines_named(done.stdout), done.stderr
    return check


TOOLS = {
    "stanch": stanch, "gitleaks": gitleaks, "betterleaks": betterleaks, "kingfisher": kingfisher,
    "ripsecrets": over_files("--strict-ignore"), "detect-secrets": over_files("--no-verify"),
    "git-secrets": git_secrets,
}
PROGRAMS = {"detect-secrets": "detect-secrets-hook"}
READ_FILES = {"ripsecrets", "detect-secrets"}
READ_LOGS = {"gitleaks", "betterleaks"}


def ask(args, program, where, files=(), log=None):
    """The tool's status (None if it could not scan), its findings and its output."""
    if args.tool in READ_FILES:
        run(["git", "checkout-index", "-f", "-q", "-z", "--stdin"], where, "\0".join(files))
    try:
        status, blocking, rows, said = TOOLS[args.tool](program, where, files, log)
    except (ValueError, KeyError) as error:
        status, blocking, rows, said = None, set(), [], repr(error)
    if args.tool in READ_FILES:
        for f in files:
            pathlib.Path(where, f).unlink(missing_ok=True)
    return status in blocking if status in blocking | {0} else None, rows, said.strip()[-200:]


def one_by_one(args, program, where, commits):
    for commit, parent in commits:
        # HEAD is detached at the parent; writing the file is faster than running git.
        pathlib.Path(where, ".git/HEAD").write_text(parent + "\n")
        git("read-tree", commit, cwd=where)
        changed = git("diff", "--cached", "--name-only", "-z", "--diff-filter=d", "--no-renames", cwd=where)
        blocked, rows, said = ask(args, program, where, [f for f in changed.split("\0") if f])
        yield commit, blocked, rows, said


def changes(where, commits):
    """(commit, old blob, new blob, path) of each file that the commits changed, without links and submodules."""
    raw = run(["git", "diff-tree", "--stdin", "-r", "-z", "--no-renames", "--root"], where,
              "".join(commit + "\n" for commit, _ in commits)).stdout
    commit, parts = None, iter(raw.split("\0"))
    for part in parts:
        if part.startswith(":"):
            _, mode, old, new, _ = part.split()
            path = next(parts)
            if not mode.startswith(("12", "16")):
                yield commit, old, new, path
        else:
            commit = part


def in_batches(args, program, where, commits):
    """All at once: stages each changed file as NUMBER/PATH, on top of a commit with the old version at that path."""
    changed = list(changes(where, commits))
    if args.tool == "stanch":
        # A moved file is compared with the files that its commit removes.
        adds, removes = ({change[0] for change in changed if not change[i].strip("0")} for i in (1, 2))
        yield from one_by_one(args, program, where, [c for c in commits if c[0] in adds & removes])
        commits = [c for c in commits if c[0] not in adds & removes]
        changed = [change for change in changed if change[0] not in adds & removes]
    blobs = {blob for _, old, new, _ in changed for blob in (old, new) if blob.strip("0")}
    has = run(["git", "cat-file", "--batch-check"], where, "".join(blob + "\n" for blob in blobs)).stdout
    missing = {line.split()[0] for line in has.splitlines() if line.endswith("missing")}
    lacking = {commit for commit, old, new, _ in changed if {old, new} & missing}
    found = {commit: [] for commit, _ in commits if commit not in lacking}
    failed = {commit: "a blob is missing" for commit in lacking}
    if args.tool in READ_LOGS:
        log = ["--log-opts=" + " ".join(["--no-walk=unsorted", *found])]
        blocked, rows, said = ask(args, program, where, log=log)
        for r in rows:
            found[r.pop("commit")].append(r)
        failed |= {commit: said for commit in found if blocked is None}
    else:
        steps = {}
        for commit, old, new, path in changed:
            if commit in found and new.strip("0"):
                steps.setdefault((old, new, path), []).append(commit)
        for start in range(0, len(steps), BATCH):
            part = list(steps.items())[start:start + BATCH]
            names = [f"{number}/{path}" for number, ((_, _, path), _) in enumerate(part)]
            stage(where, [(old, name) for ((old, _, _), _), name in zip(part, names)])
            head = git("commit-tree", git("write-tree", cwd=where).strip(), "-m", "before", cwd=where)
            pathlib.Path(where, ".git/HEAD").write_text(head)
            stage(where, [(new, name) for ((_, new, _), _), name in zip(part, names)])
            blocked, rows, said = ask(args, program, where, names)
            for r in rows:
                number, r["path"] = r["path"].removeprefix("./").split("/", 1)
                for commit in part[int(number)][1]:
                    found[commit].append(r)
            if blocked is None or blocked != any(map(blocks, rows)):
                failed |= {commit: f"{blocked}: {said}" for _, those in part for commit in those}
    for commit, _ in commits:
        rows = found.get(commit, [])
        yield commit, None if commit in failed else any(map(blocks, rows)), rows, failed.get(commit, "")


def stage(where, files):
    git("read-tree", "--empty", cwd=where)
    run(["git", "update-index", "-z", "--index-info"], where,
        "".join(f"100644 {blob}\t{name}\0" for blob, name in files if blob.strip("0")))


def blocks(row):
    return row.get("decision", "block") == "block"


def replay(args, source, program):
    name = re.sub(r"(/repo)?(/\.git|\.git)?/*$", "", source).rsplit("/", 1)[-1]
    kept = pathlib.Path(args.out or tempfile.mkdtemp()) / f"{args.tool}-{name}.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    done = {r["commit"]: r for r in json_lines(kept.read_text())} if kept.exists() else {}
    with tempfile.TemporaryDirectory() as where, kept.open("a") as out:
        git("clone", "--quiet", "--shared", "--no-checkout", source, where)
        git("config", "core.fsmonitor", "false", cwd=where)
        if args.tool == "git-secrets":
            git("secrets", "--register-aws", cwd=where)
        log = git("log", "--no-merges", "--min-parents=1", f"-{args.commits}", "--format=%H %P", "HEAD", cwd=where)
        commits = [line.split()[:2] for line in log.splitlines()][:: args.every]
        left = [(commit, parent) for commit, parent in commits if commit not in done]
        for commit, blocked, rows, said in (in_batches if args.batch else one_by_one)(args, program, where, left):
            row = {"commit": commit, "blocked": bool(blocked), "findings": rows}
            if blocked is None:
                row["failed"] = said
            done[commit] = row
            print(json.dumps(row), file=out, flush=True)
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
    sys.stdout.reconfigure(errors="replace")
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--tool", default="stanch", choices=TOOLS)
    parser.add_argument("--program")
    parser.add_argument("--commits", type=int, default=1500)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--batch", action="store_true")
    parser.add_argument("--out")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("repositories", nargs="+")
    args = parser.parse_args()
    name = args.program or PROGRAMS.get(args.tool, args.tool)
    program = shutil.which(name) or sys.exit(f"no program {name}: name it with --program")
    for source in args.repositories:
        replay(args, os.path.abspath(source), os.path.abspath(program))


main()
