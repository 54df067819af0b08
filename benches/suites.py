#!/usr/bin/env python3
"""suites.py PROGRAM FOLDER...: what is found in public collections of leaks, file by file.

FOLDER is a tree of one of these (git archive HEAD | tar x), told by its content:

  leaky-repo      .leaky-meta/secrets.csv lists how many lines of each file are a risk; as many found lines count at most
  valid/invalid   leaktk/fake-leaks: a file below valid/ holds a leak, one below invalid/ holds none
  any other       OWASP/wrongsecrets, GitGuardian/sample_secrets: prints the findings of each file for review
"""
import collections, json, pathlib, subprocess, sys


def findings(program, folder):
    """path -> [(line, decision, rule)]"""
    done = subprocess.run([program, "scan", "--no-ignore", "--format", "jsonl", "."], cwd=folder, capture_output=True)
    found = collections.defaultdict(list)
    for line in done.stdout.decode(errors="replace").splitlines():
        row = json.loads(line)
        if "path" in row and "part_of" not in row:
            found[row["path"].removeprefix("./")].append((row["line"], row["decision"], row["rule"]))
    return found


def leaky(folder, found):
    listed = [line.strip().rsplit(",", 2) for line in (folder / ".leaky-meta/secrets.csv").read_text().splitlines()
              if line.strip() and not line.startswith("#")]
    total = seen = blocked = 0
    for path, risk, _ in listed:
        lines = {line for line, _, _ in found[path]}
        stops = {line for line, decision, _ in found[path] if decision == "block"}
        counts = [min(int(risk), len(lines)), min(int(risk), len(stops))]
        total, seen, blocked = total + int(risk), seen + counts[0], blocked + counts[1]
        if counts[1] < int(risk):
            print(f"  {path}: {risk} lines, {counts[0]} seen, {counts[1]} blocked")
    print(f"leaky-repo: {total} lines, {seen} seen ({100 * seen / total:.1f} %), {blocked} blocked ({100 * blocked / total:.1f} %)")


def sorted_folders(folder, found):
    for side in ("valid", "invalid"):
        files = sorted(str(p.relative_to(folder)) for p in folder.rglob(f"{side}/**/*") if p.is_file())
        seen = [f for f in files if found[f]]
        blocked = [f for f in files if any(d == "block" for _, d, _ in found[f])]
        for f in files:
            if (side == "valid") != (f in blocked):
                print(f"  {f}: {sorted({(d, r) for _, d, r in found[f]}) or 'silent'}")
        print(f"{side}: {len(files)} files, {len(seen)} seen, {len(blocked)} blocked")


def main():
    program, *folders = sys.argv[1:]
    program = str(pathlib.Path(program).resolve())
    for folder in map(pathlib.Path, folders):
        found = findings(program, folder)
        print(f"## {folder.name}")
        if (folder / ".leaky-meta").exists():
            leaky(folder, found)
        elif any(folder.glob("*/invalid")):
            sorted_folders(folder, found)
        else:
            for path in sorted(f for f in found if found[f]):
                print(f"  {path}: {', '.join(f'{line} {decision} {rule}' for line, decision, rule in sorted(found[path]))}")
            print(f"{len([f for f in found if found[f]])} files with findings")


main()
