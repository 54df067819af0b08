#!/usr/bin/env python3
"""What a released version knew: its rules and weights, for `[policy] since`.

    git worktree add --detach /tmp/old TAG
    tools/former.py /tmp/old > src/scan/former/0.1.txt

Run once for a version that is released; the table never changes afterwards, whatever becomes of the catalogue.
"""
import glob
import sys
import tomllib

top = sys.argv[1]
print("# Made by tools/former.py: the rules and weights of a released version. Never edited.")
print("# id severity confidence, then on lines of their own what the rule looked for.")
for path in sorted(glob.glob(f"{top}/src/rules/catalogue/*.toml")):
    with open(path, "rb") as file:
        for rule in tomllib.load(file).get("rule", []):
            print("rule", rule["id"], rule["severity"], rule["confidence"])
            if "regex" in rule:
                assert "\n" not in rule["regex"]
                print("pattern", rule["regex"])
            elif "context" in rule:
                print("words", ",".join(rule["context"]["words"]))
            elif "file" in rule:
                print("names", ",".join(rule["file"]["names"]))
for line in open(sys.argv[2]):
    if line.strip() and not line.startswith("#"):
        print("weight", line.strip())
