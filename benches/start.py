#!/usr/bin/env python3
"""The cost of the number of rules at each start: programs with fewer and more rules, in alternating runs.

    benches/start.py LAB RULES

LAB is a folder made by benches/lab.sh, RULES one by benches/rules.sh. Measures the whole process, with nothing staged
and with ten lines in one file.
Prints a table of medians in milliseconds and writes it into docs/performance.md.
"""
import pathlib, sys
from turns import Run, turns, write

ROUNDS = 61
lab, rules = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
counts = sorted(int(p.name.split("-")[1]) for p in rules.glob("stanch-*"))
table = "| rules | " + " | ".join(f"{c:,}" for c in counts) + " |\n|---|" + "---|" * len(counts) + "\n"
for work, words in (("kubernetes-w0", "nothing staged"), ("kubernetes-w1", "ten lines staged")):
    m = turns({c: (lambda c=c: Run([str(rules / f"stanch-{c}"), "hook", "pre-commit"], lab / work)) for c in counts}, ROUNDS)
    table += f"| {words}, ms | " + " | ".join(f"{m[c].wall * 1000:.2f}" for c in counts) + " |\n"
write("start", table)
