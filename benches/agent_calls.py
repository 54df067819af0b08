#!/usr/bin/env python3
"""Ordinary tool calls of a coding assistant, made from the files and commands of real repositories, and what
`stanch agent hook` answers to each. A refused call is printed to be read: it is a false one unless the file or
command really has a secret.

    benches/agent_calls.py PROGRAM FOLDER... [--calls 3000] [--each 80] [--out FILE]

FOLDER is a git repository, bare or not. Its head is unpacked into a temporary folder, where the calls "run"; nothing
of it is executed, and no data is kept.
"""

import argparse
import collections
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

FENCE = re.compile(r"```(?:bash|sh|shell|console|zsh)\n(.*?)```", re.S)
RUN = re.compile(r"^(\s*)(?:- )?run:\s*(\|[-+]?)?(.*)$")
WIDEST = 40_000


def unpack(repository, folder):
    """Writes the tree of a repository's head; returns its files, or nothing if there is no head."""
    git = ["git", "-c", "safe.directory=*", "-C", repository]
    tree = subprocess.run(git + ["archive", "HEAD"], capture_output=True)
    if tree.returncode != 0:
        return []
    subprocess.run(["tar", "x", "-C", folder], input=tree.stdout, check=False)
    # Recorded, as in a clone: a commit would otherwise bring every file.
    here = ["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@localhost"]
    subprocess.run(["git", "init", "-q", folder], check=True)
    subprocess.run([*here, "add", "-A"], check=False, capture_output=True)
    subprocess.run([*here, "commit", "-q", "--allow-empty", "-m", "head"], check=False, capture_output=True)
    found = []
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if f not in (".git", "node_modules", "vendor"))
        found += [os.path.relpath(os.path.join(top, name), folder) for name in sorted(names)]
    return found


def text_of(folder, name):
    path = os.path.join(folder, name)
    if os.path.islink(path) or not os.path.isfile(path) or os.path.getsize(path) > WIDEST:
        return None
    try:
        return open(path, encoding="utf-8").read()
    except UnicodeDecodeError:
        return None


def commands_of(name, text):
    """The commands that a file of a project has: in its documents, workflows, scripts and images."""
    base = os.path.basename(name)
    if name.endswith((".md", ".rst", ".txt")):
        for block in FENCE.findall(text):
            lines = [re.sub(r"^\s*[$>#] ", "", line) for line in block.splitlines()]
            yield "\n".join(lines).strip()
            for line in lines:
                yield line.strip()
    elif name.endswith((".yml", ".yaml")):
        lines = text.splitlines()
        for at, line in enumerate(lines):
            found = RUN.match(line)
            if found and found.group(3).strip():
                yield found.group(3).strip()
            elif found and found.group(2):
                indent = len(found.group(1)) + 2
                body = []
                for inner in lines[at + 1:]:
                    if inner.strip() and len(inner) - len(inner.lstrip()) < indent:
                        break
                    body.append(inner[indent:])
                yield "\n".join(body).strip()
    elif base == "package.json":
        try:
            scripts = json.loads(text).get("scripts", {})
        except (ValueError, AttributeError):
            scripts = {}
        for script, command in scripts.items():
            yield f"npm run {script}"
            yield str(command)
    elif base == "Makefile":
        for line in text.splitlines():
            if line.startswith("\t"):
                yield line.strip().lstrip("@-").replace("$$", "$")
    elif base.startswith("Dockerfile"):
        for line in text.replace("\\\n", " ").splitlines():
            if line.upper().startswith("RUN "):
                yield line[4:].strip()
    elif name.endswith(".sh"):
        for line in text.splitlines():
            if line.strip() and not line.startswith("#"):
                yield line.strip()


def made(names, dice):
    """Commands as an assistant types them while it looks around."""
    name = dice.choice(names)
    other = dice.choice(names)
    folder = os.path.dirname(name) or "."
    word = dice.choice(["TODO", "import", "config", "token", "password", "error", "function", "key"])
    quote = lambda text: "'" + text.replace("'", "'\\''") + "'"
    return dice.choice([
        f"cat {quote(name)}",
        f"sed -n '1,80p' {quote(name)}",
        f"head -50 {quote(name)}",
        f"tail -n 20 {quote(name)} | cat -A",
        f"wc -l {quote(name)} {quote(other)}",
        f"grep -rn {word} {quote(folder)} | head -20",
        f"grep -n {word} {quote(name)}",
        f"rg -n {word} --glob '*.py'",
        f"ls -la {quote(folder)}",
        f"find {quote(folder)} -type f | head -50",
        f"git log --oneline -5 -- {quote(name)}",
        f"git diff HEAD -- {quote(name)}",
        f"git show HEAD:{quote(name)} | head -40",
        f"git blame -L 1,10 {quote(name)}",
        f"diff {quote(name)} {quote(other)}",
        f"git add {quote(name)} && git commit -m 'update {os.path.basename(name)}'",
        "git push -u origin HEAD",
        "git stash && git pull --rebase && git stash pop",
        f"python3 -c \"print(open({name!r}).read()[:200])\"",
        f"awk 'NR<20' {quote(name)}",
        "env | grep -i path",
        "echo $HOME && pwd",
        f"cp {quote(name)} /tmp/before && diff /tmp/before {quote(name)}",
        f"sed -i 's/foo/bar/g' {quote(name)}",
    ])


def calls(folder, names, each, dice):
    """Calls in the form of Claude Code's hooks."""
    texts = {}
    for name in names:
        text = text_of(folder, name)
        if text:
            texts[name] = text
    if not texts:
        return
    out = []

    def tool(tool_name, tool_input):
        out.append(("PreToolUse", {"tool_name": tool_name, "tool_input": tool_input}))

    some = list(texts)
    for name in dice.sample(some, min(len(some), each // 4)):
        tool("Read", {"file_path": os.path.join(folder, name)})
    found = [c for name, text in texts.items() for c in commands_of(name, text) if 1 < len(c) < 4000]
    for command in dice.sample(sorted(set(found)), min(len(set(found)), each // 3)):
        tool("Bash", {"command": command, "description": "from the project"})
    for _ in range(each // 5):
        tool("Bash", {"command": made(some, dice), "description": "look around"})
    for name in dice.sample(some, min(len(some), each // 10)):
        tool("Write", {"file_path": os.path.join(folder, "copy", name), "content": texts[name]})
    for name in dice.sample(some, min(len(some), each // 10)):
        lines = [line for line in texts[name].splitlines() if line.strip()]
        if lines:
            line = dice.choice(lines)
            tool("Edit", {"file_path": os.path.join(folder, name), "old_string": line, "new_string": line + "\n" + dice.choice(lines)})
    tool("Grep", {"pattern": "TODO", "path": folder, "output_mode": "content"})
    tool("Glob", {"pattern": "**/*.py"})
    tool("mcp__files__list", {"path": folder})
    for name in [n for n in some if n.endswith(".md")][:2]:
        out.append(("UserPromptSubmit", {"prompt": "Please read this and improve it:\n\n" + texts[name][:3000]}))
    dice.shuffle(out)
    yield from out[:each]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--each", type=int, default=80)
    parser.add_argument("--out")
    args = parser.parse_args()
    dice = random.Random(18)
    scratch = tempfile.mkdtemp(prefix="agent-calls-")
    home = os.path.join(scratch, "home")
    os.makedirs(home)
    environment = {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1"}
    answers, times, refused = collections.Counter(), [], []
    out = open(args.out, "w", encoding="utf-8") if args.out else None
    done = 0
    for repository in args.folders:
        if done >= args.calls:
            break
        folder = os.path.join(scratch, "repo")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        for event, call in calls(folder, unpack(repository, folder), args.each, dice):
            payload = {"session_id": "s", "transcript_path": "/tmp/t", "cwd": folder, "hook_event_name": event, **call}
            started = time.perf_counter()
            run = subprocess.run([args.program, "agent", "hook", "claude"], input=json.dumps(payload).encode(),
                                 capture_output=True, cwd=folder, env=environment)
            times.append((time.perf_counter() - started) * 1000)
            text = run.stdout.decode("utf-8", "replace")
            try:
                answer = json.loads(text) if text.strip() else {}
            except ValueError:
                answer = {"decision": "not JSON"}
            specific = answer.get("hookSpecificOutput", {})
            verdict = specific.get("permissionDecision") or answer.get("decision") or ("error" if run.returncode else "pass")
            answers[f"{event} {call.get('tool_name', '')} {verdict}"] += 1
            if verdict not in ("pass", "allow"):
                refused.append((repository, verdict, call, specific.get("permissionDecisionReason") or answer.get("reason") or run.stderr.decode()[:300]))
            if out:
                out.write(json.dumps({"call": payload, "code": run.returncode, "stdout": text}) + "\n")
            done += 1
    shutil.rmtree(scratch, ignore_errors=True)
    for repository, verdict, call, reason in refused:
        shown = json.dumps(call)
        print(f"{verdict}  {repository}\n    {shown[:400]}\n    {str(reason)[:600]}")
    times.sort()
    print(f"{done} calls; median {times[len(times) // 2]:.1f} ms, 99 of 100 under {times[len(times) * 99 // 100]:.1f} ms")
    for answer, count in sorted(answers.items()):
        print(f"{count:6}  {answer}")


if __name__ == "__main__":
    sys.exit(main())
