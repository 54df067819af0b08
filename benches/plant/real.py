#!/usr/bin/env python3
"""real.py LIST.csv CLONES PROGRAM...: the decisions on real secrets that public histories took out again.

LIST.csv has the columns repo, commit, path, line, place, what: the commit that took the value out, its line in the
version before, production/test/docs/sample, real/default/dummy. It holds no values and is kept outside this
repository. CLONES has bare clones named OWNER+NAME/repo. Each file is staged as new, with its own path.
"""
import collections, csv, os, sys

import hosts, stage


def load(path, clones):
    rows, files = [], []
    for row in csv.DictReader(open(path, encoding="utf-8")):
        repository = f"{clones}/{row['repo'].replace('/', '+')}/repo"
        repository = repository if os.path.exists(f"{repository}/HEAD") else f"{repository}/.git"
        text = hosts.git(repository, "cat-file", "blob", f"{row['commit']}^:{row['path']}")
        if not text:
            print(f"not there: {row['repo']} {row['commit'][:12]} {row['path']}")
            continue
        rows.append(row)
        files.append((row["path"], None, text))
    return rows, files


def main():
    listed, clones, *programs = sys.argv[1:]
    rows, files = load(listed, clones)
    for program in programs:
        program = os.path.abspath(program)
        for row, found in zip(rows, stage.ask(program, files)):
            row |= stage.decision(found, [int(row["line"])])
        print(f"\n## {os.path.basename(program)}\n\n| what | where | number | seen % | blocked % |\n|---|---|--:|--:|--:|")
        for what in ("real", "default", "dummy"):
            for name, places in (("all", ("production", "test", "docs", "sample")), ("production", ("production",)),
                                 ("docs, samples", ("docs", "sample")), ("test", ("test",))):
                those = [r for r in rows if r["what"] == what and r["place"] in places]
                if those:
                    count = collections.Counter(r["decision"] for r in those)
                    n = len(those)
                    print(f"| {what} | {name} | {n} | {100 - 100 * count['silent'] / n:.1f} | {100 * count['block'] / n:.1f} |")
        for row in rows:
            if row["what"] == "real" and row["decision"] != "block":
                print(f"  {row['decision']} {row['place']} {row['repo']} {row['commit'][:10]} {row['path']}:{row['line']} {row['rule']}")


main()
