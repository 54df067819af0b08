#!/usr/bin/env python3
"""weights.py SUBJECTS.jsonl LABELS.csv [WEIGHTS.txt]: fits the weights of judgement, and judges them fairly.

SUBJECTS is what `stanch scan --explain-score --no-ignore --format jsonl DATA` says. LABELS is of CredData's development half
(see creddata.sh). A subject is a secret when it overlaps the value that a label names. Logistic regression with strong
shrinkage; a repository counts by the root of its size; every figure printed is of repositories that the fit never saw
(15 folds of repositories). With a third argument the weights of all data are written. Needs numpy and scikit-learn.
"""
import collections, csv, json, sys
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

SUBJECTS, LABELS = sys.argv[1:3]
SHRINK, MEDIUM, HIGH = 0.02, 0.43, 2.2
# Paths of the data are hashed, and some evidence is too rare or too one-sided in it.
HAND = {
    "path-translation": -2.0, "path-lock": -3.0, "path-generated": -3.0, "path-vendored": -0.3, "path-test": 0,
    "path-docs": 0, "path-example": 0, "url-local": -0.6, "shape-path": -0.8, "shape-sentence": -1.0,
    "value-weak": -1.5, "via-lookup": -1.0, "after-key": -0.6, "after-words": -0.5, "shape-dotted": -0.6,
    "shape-brackets": -0.6, "name-path": -1.5, "value-is-name": -1.5, "name-prose": -0.8, "shape-two-words": -0.6,
    "shape-url": -0.3, "shape-bytes": -1.5, "shape-number": -1.5, "shape-version": -2.0,
    "shape-date": -2.0, "shape-pattern": -1.5, "key-of-pair": -4.0, "name-id": -1.0, "after-call": -1.0,
    "after-joined": -0.5, "argument": 1.2, "in-default": 0, "in-docstring": 0,
    "line-challenge": -9.0, "line-shows-nonce": -4.0, "value-chosen": 0.9, "form-cookie": 0.9,
    # What decides beside the sum: score.rs.
    "name-explicit": 0, "value-pronounced": 0, "value-unworded": 0, "value-random": 0, "value-of-name": 0, "url-public": 0, "path-recorded": 0, "path-ci": 0, "value-repeats": -1.5,
}

true_at, false_at, groups = collections.defaultdict(list), set(), collections.defaultdict(set)
for r in csv.DictReader(open(LABELS)):
    k = (r["file"], int(r["line_start"]), int(r["line_end"]))
    if r["label"] == "T":
        groups[k] |= set(r["category"].split(":"))
    for line in range(k[1], k[2] + 1):
        if r["label"] == "T":
            true_at[k[0], line].append((k, r["value_start"], r["value_end"]))
        else:
            false_at.add((k[0], line))
# Bare UUIDs are left out, as in the scope no-uuid.
groups = {k for k, c in groups.items() if c != {"UUID"}}

def truth(s):
    """1 a labelled secret, 0 labelled as none, -1 not labelled, -2 stands on a secret's line but is not it."""
    on_line = False
    for line in range(s["line"], s["end_line"] + 1):
        for k, start, end in true_at.get((s["path"], line), ()):
            on_line = True
            if not start or k[1] != k[2] or s["line"] != s["end_line"]:
                return 1
            last = int(end) if end and int(end) > 0 else sys.maxsize
            if s["column"] - 1 < last and int(start) < s["end_column"] - 1:
                return 1
    if on_line:
        return -2
    lines = range(s["line"], s["end_line"] + 1)
    return 0 if any((s["path"], line) in false_at for line in lines) else -1


def figures(found):
    hit, wrong, unlabelled = set(), set(), set()
    for s in found:
        lines = range(s["line"], s["end_line"] + 1)
        t = [k for line in lines for k, _, _ in true_at.get((s["path"], line), ())]
        labelled = next((line for line in lines if (s["path"], line) in false_at), None)
        if t:
            hit.update(t)
        elif labelled is not None:
            wrong.add((s["path"], labelled))
        else:
            unlabelled.add((s["path"], s["line"]))
    good = len(groups & hit)
    p, r = good / max(1, good + len(wrong)), good / len(groups)
    per = collections.defaultdict(lambda: [0, 0])
    for k in groups:
        per[k[0].split("/")[0]][0] += k in hit
        per[k[0].split("/")[0]][1] += 1
    mean = sum(a / b for a, b in per.values()) / len(per)
    return (f"F1 {2 * p * r / (p + r):.3f}  precision {p:.3f}  recall {r:.3f}  mean recall a repository {mean:.3f}  "
            f"unlabelled for ten true {10 * len(unlabelled) / max(1, good):.2f}")


rows = [json.loads(line) for line in open(SUBJECTS)]
for s in rows:
    s["path"] = s["path"].rsplit("/data/", 1)[-1].removeprefix("./").removeprefix("data/")
judged = [s for s in rows if s["rule"].startswith("generic-")]
sure = [s for s in rows if not s["rule"].startswith("generic-") and s["decision"] != "suppress"]
for s in judged:
    s["codes"] = [t["code"] for t in s["score"]["terms"] if t["code"] != "bias"]
count = collections.Counter(c for s in judged for c in set(s["codes"]))
names = sorted(c for c in count if count[c] >= 8 and not c.startswith("path-"))
index = {c: i for i, c in enumerate(names)}
x = np.zeros((len(judged), len(names)), np.float32)
for i, s in enumerate(judged):
    for c in s["codes"]:
        if c in index:
            x[i, index[c]] = 1
truths = [truth(s) for s in judged]
y = np.array([t == 1 for t in truths])
repositories = np.array([s["path"].split("/")[0] for s in judged])
size = collections.Counter(repositories)
weight = np.array([{1: 1.0, 0: 1.0, -1: 0.7, -2: 0.5}[t] * size[g] ** -0.5 for t, g in zip(truths, repositories)])
weight *= len(weight) / weight.sum()


def fit(some):
    return LogisticRegression(C=SHRINK, max_iter=5000).fit(x[some], y[some], sample_weight=weight[some])


unseen = np.zeros(len(judged))
for train, test in GroupKFold(15).split(x, y, repositories):
    unseen[test] = fit(train).predict_proba(x[test])[:, 1]
for bar in (0.35, 0.4, MEDIUM, 0.5):
    print(f"bar {bar}: {figures(sure + [s for s, p in zip(judged, unseen) if p >= bar])}")
if len(sys.argv) > 3:
    model = fit(np.arange(len(judged)))
    weights = {c: model.coef_[0][i] for c, i in index.items()} | HAND
    with open(sys.argv[3], "w") as out:
        out.write(
            "# The weight of each piece of evidence: the logarithm of how much more often it stands by a secret than by\n"
            "# another value. Made by tools/weights.py, which says how; some are set by hand there.\n"
            f"bias {model.intercept_[0]:+.2f}\nat-medium {np.log(MEDIUM / (1 - MEDIUM)):+.2f}\nat-high {HIGH:+.2f}\n\n"
        )
        out.writelines(f"{c} {weights[c]:+.2f}\n" for c in sorted(weights))
