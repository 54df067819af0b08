"""Asks a program for the pre-commit decision on many changed files at once.

Each file is staged in a folder of its own, NUMBER/PATH, over a commit that has the old text there.
"""
import collections, json, os, pathlib, subprocess, tempfile

ENV = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GOMAXPROCS": "1"}
ENV |= {f"GIT_{who}_{what}": "plant@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
BATCH = 2000


def run(command, cwd, **more):
    return subprocess.run(command, cwd=cwd, env=ENV, capture_output=True, **more)


def git(where, *args):
    return run(["git", *args], where, check=True).stdout.decode(errors="replace")


def write(where, files, which):
    for number, file in enumerate(files):
        if file[which] is not None:
            path = pathlib.Path(where, str(number), file[0])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file[which])
    git(where, "add", "--all", "--force")


def score(row):
    """The sum of a judged finding, and what keeps it from blocking."""
    judged = row.get("score") or {}
    return {"sum": judged["sum"], "capped": judged.get("capped_by")} if "sum" in judged else {}


def stanch(program, where):
    """(path, first line, last line, decision, rule, score)"""
    out = run([program, "scan", "--staged", "--format", "jsonl", "--explain-score"], where).stdout
    for line in out.decode(errors="replace").splitlines():
        row = json.loads(line)
        if "path" in row and "part_of" not in row:
            end = row.get("end_line") or row["line"]
            yield row["path"], row["line"], end, row["decision"], row["rule"], score(row)


def leaks(program, where):
    """gitleaks and betterleaks."""
    report = f"{where}/.git/report.json"
    run([program, "git", "--staged", "--no-banner", "-f", "json", "-r", report, "--exit-code", "0", "."], where)
    for row in json.loads(pathlib.Path(report).read_text() or "[]") or []:
        yield row["File"], row["StartLine"], row["EndLine"], "block", row["RuleID"], {}


def betterleaks(program, where):
    report = f"{where}/.git/report.json"
    run([program, "git", "--staged", "--no-banner", "-s", "-o", report, "--exit-code", "0"], where)
    for row in json.loads(pathlib.Path(report).read_text() or "{}").get("findings") or []:
        at = row["location"]
        yield at["path"], at["start_line"], at.get("end_line") or at["start_line"], "block", row["rule_id"], {}


def ask(program, files):
    """The rows of each file (path, old text or None, new text)."""
    name = os.path.basename(program)
    tool = betterleaks if "betterleaks" in name else leaks if "gitleaks" in name else stanch
    answers = []
    for start in range(0, len(files), BATCH):
        part = files[start:start + BATCH]
        found = collections.defaultdict(list)
        with tempfile.TemporaryDirectory() as where:
            git(where, "init", "-q")
            write(where, part, 1)
            git(where, "commit", "-q", "--allow-empty", "-m", "before")
            write(where, part, 2)
            for path, *row in tool(program, where):
                found[int(path.split("/", 1)[0])].append(row)
        answers += [found[number] for number in range(len(part))]
    return answers


def decision(rows, lines):
    """The strictest finding that touches one of the lines."""
    on = [row for row in rows if any(row[0] <= line <= row[1] for line in lines)]
    order = {"block": 0, "warn": 1}
    _, _, made, rule, judged = min(on, key=lambda row: order.get(row[2], 2), default=(0, 0, "silent", "", {}))
    return {"decision": made if made in order else "silent", "rule": rule} | judged
