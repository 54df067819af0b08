#!/usr/bin/env python3
"""words.py OUT_DIR TREE... : makes src/text/words.txt and src/text/trigrams.txt from source trees.

words.txt: the words (3 to 14 letters) that stand in the most trees, then most often; sorted, one a line.
trigrams.txt: how likely each letter follows two others in words (rare long tails and hex left out), 27 lines of 729
characters: '0' is likely, 'z' never seen; a step is a quarter of a bit times two. '_' is a word's edge.
"""
import math, os, re, sys
from collections import Counter

out, trees = sys.argv[1], sys.argv[2:]
SPLIT = re.compile(rb"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
LONG = re.compile(rb"[0-9A-Za-z+/]{32,}")
TEXT = {"py", "rb", "rs", "c", "h", "java", "kt", "js", "ts", "php", "md", "adoc", "yml", "yaml", "txt", "sh", "rst", "go", "tf", "toml", "json"}
total, where = Counter(), Counter()
for tree in trees:
    here = Counter()
    for d, dirs, files in os.walk(tree):
        dirs[:] = [x for x in dirs if x not in (".git", "po", "vendor", "locales", "lang")]
        for f in files:
            if f.rsplit(".", 1)[-1] not in TEXT or "lock" in f:
                continue
            b = open(os.path.join(d, f), "rb").read(400_000) if os.path.isfile(os.path.join(d, f)) else b""
            for w in SPLIT.findall(LONG.sub(b" ", b)):
                if 2 <= len(w) <= 20:
                    here[w.lower().decode()] += 1
    for w, n in here.items():
        if n >= 3:
            total[w] += n
            where[w] += 1
words = [w for w in total if 3 <= len(w) <= 14 and re.search("[aeiouy]", w) and where[w] >= 3]
words.sort(key=lambda w: -where[w] * math.log(total[w]))
words = sorted(words[:3500])
open(os.path.join(out, "words.txt"), "w").write("\n".join(words) + "\n")

IDX = {c: i for i, c in enumerate("_abcdefghijklmnopqrstuvwxyz")}
count = Counter()
for w, n in total.items():
    if n < 5 or where[w] < 2:
        continue
    weight = n ** 0.5
    s = "__" + w + "_"
    for i in range(2, len(s)):
        count[s[i - 2:i + 1]] += weight
bi = Counter()
for g, n in count.items():
    bi[g[:2]] += n
lines = []
for a in IDX:
    row = []
    for b in IDX:
        for c in IDX:
            n, m = count[a + b + c], bi[a + b]
            p = (n + 0.1 * 27 / 27) / (m + 0.1 * 27)
            q = min(35, max(0, round(-math.log2(p) * 2.5)))
            row.append("0123456789abcdefghijklmnopqrstuvwxyz"[q])
    lines.append("".join(row))
open(os.path.join(out, "trigrams.txt"), "w").write("\n".join(lines) + "\n")
print(len(total), len(words))
