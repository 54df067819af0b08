#!/usr/bin/env python3
"""plant.py [options] REPOSITORY.git...: the pre-commit decisions on made-up secrets in real files.

Puts one secret into a file of a bare clone, in each syntax of 21 languages equally often, and asks for the decision on
that change. Values are made at run time from the seed and stored nowhere; --out keeps only what was decided.

  --program PATH   stanch (default: target/release/stanch), gitleaks or betterleaks; may be repeated
  --seed N         seed of hosts, kinds and values (15)
  --each N         plants for each syntax (24): half in places of production, the rest in tests, docs and samples
  --invariance     instead: one name and value in all syntaxes; the share of syntaxes that decide otherwise
  --out FILE       one JSON per plant, without the value
  --misses N       lists N kinds and N syntaxes with the most plants that are not blocked in production (15)

A secret is seen if a finding touches its lines. The share of blocked plants is given with its 95 % interval.
"""
import argparse, collections, json, math, os, random, sys

import hosts, kinds, stage, syntaxes

# Counts of twelve: six in production, two each elsewhere.
QUOTA = {"production": 6, "test": 2, "docs": 2, "sample": 2}


def put(host, lines, at):
    text = host.decode("utf-8", "replace").split("\n")
    return "\n".join(text[:at] + lines + text[at:]).encode(), list(range(at + 1, at + 1 + len(lines)))


def plants(args, rng):
    """(facts, (path, old, new), lines)"""
    clones = hosts.Hosts(args.repositories, rng)
    every, deck = kinds.all_kinds(), []
    for language, template in syntaxes.all_syntaxes():
        for place, share in QUOTA.items():
            for _ in range(args.each * share // 12):
                for tries in range(2 * len(every)):
                    if not deck:
                        deck = rng.sample(every, len(every))
                    kind = deck.pop()
                    value = kind.make(rng)
                    if syntaxes.fits(template, value):
                        break
                    # It waits for the next syntax.
                    deck.insert(0, kind)
                facts = {"kind": kind.id, "shape": kind.shape, "language": language, "syntax": template, "place": place}
                if place == "docs":
                    path, text, at = clones.markdown()
                    lines = ["```" + language, *syntaxes.write(template, kind.name, value), "```", ""]
                    new, numbers = put(text, lines, at)
                    numbers = numbers[1:-2]
                else:
                    path, text, at, indent = clones.draw(language, place) or sys.exit(f"no host for {language}")
                    new, numbers = put(text, syntaxes.write(template, kind.name, value, indent), at)
                yield facts | {"path": path}, (path, text, new), numbers


def share(rows, what):
    n, k = len(rows), sum(what(r) for r in rows)
    p, z = k / n, 1.96
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    return f"{100 * p:.1f} ({100 * (middle - half):.1f} to {100 * (middle + half):.1f})"


def table(title, rows, key, some=None, worst=False):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    order = sorted(groups, key=lambda g: -sum(r["decision"] != "block" for r in groups[g])) if worst else sorted(groups)
    print(f"\n| {title} | plants | seen % | blocked % | silent % |\n|---|--:|--:|--:|--:|")
    for group in order[:some]:
        those = groups[group]
        count = lambda d: sum(r["decision"] == d for r in those)
        n = len(those)
        print(f"| {str(group).replace('|', chr(92) + '|')} | {n} | {100 - 100 * count('silent') / n:.1f} | {100 * count('block') / n:.1f} | {100 * count('silent') / n:.1f} |")


def report(program, rows, misses):
    soft = [r for r in rows if r["place"] != "production"]
    hard = [r for r in rows if r["place"] == "production"]
    print(f"\n## {program}: {len(rows)} plants\n\n| places | plants | blocked % (95 %) | silent % (95 %) |\n|---|--:|--:|--:|")
    for name, those in (("all", rows), ("production", hard), ("tests, docs, samples", soft)):
        print(f"| {name} | {len(those)} | {share(those, lambda r: r['decision'] == 'block')} | {share(those, lambda r: r['decision'] == 'silent')} |")
    table("place", rows, "place")
    table("language, production", hard, "language")
    table("shape, production", hard, "shape")
    if misses:
        table("worst kinds, production", hard, "kind", misses, True)
        table("worst syntaxes, production", hard, "syntax", misses, True)
        table("worst kinds, elsewhere", soft, "kind", misses, True)


def invariance(args, rng, program):
    """Each generic kind: one value, all syntaxes that can hold it, places of production."""
    clones = hosts.Hosts(args.repositories, rng)
    rows, files, lines = [], [], []
    for kind in kinds.all_kinds():
        value = kind.make(rng)
        for language, template in syntaxes.all_syntaxes():
            if syntaxes.fits(template, value):
                path, text, at, indent = clones.draw(language, "production")
                new, numbers = put(text, syntaxes.write(template, kind.name, value, indent), at)
                rows.append({"kind": kind.id, "shape": kind.shape, "language": language, "syntax": template, "path": path})
                files.append((path, text, new))
                lines.append(numbers)
    for row, found, numbers in zip(rows, stage.ask(program, files), lines):
        row |= stage.decision(found, numbers)
    by_kind = collections.defaultdict(collections.Counter)
    for row in rows:
        by_kind[row["kind"]][row["decision"]] += 1
    differ = sum(sum(c.values()) - max(c.values()) for c in by_kind.values())
    split = sum(len(c) > 1 for c in by_kind.values())
    print(f"\n## {program}: one value in all syntaxes\n\n{len(by_kind)} kinds, {len(rows)} plants: "
          f"{100 * differ / len(rows):.1f} % decide otherwise than most of their kind; {split} kinds are split")
    print("\n| kind | block | warn | silent |\n|---|--:|--:|--:|")
    for kind, c in sorted(by_kind.items(), key=lambda k: max(k[1].values()) - sum(k[1].values()))[:args.misses]:
        print(f"| {kind} | {c['block']} | {c['warn']} | {c['silent']} |")
    odd = [r | {"decision": "block" if r["decision"] == by_kind[r["kind"]].most_common(1)[0][0] else "warn"} for r in rows]
    table("syntaxes that decide otherwise (blocked: as most)", odd, "syntax", args.misses, True)
    return rows


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--program", action="append")
    parser.add_argument("--seed", type=int, default=15)
    parser.add_argument("--each", type=int, default=24)
    parser.add_argument("--invariance", action="store_true")
    parser.add_argument("--out")
    parser.add_argument("--misses", type=int, default=15)
    parser.add_argument("repositories", nargs="+")
    args = parser.parse_args()
    programs = [os.path.abspath(p) for p in args.program or ["target/release/stanch"]]
    kept = []
    made = None if args.invariance else list(plants(args, random.Random(args.seed)))
    for program in programs:
        if args.invariance:
            rows = invariance(args, random.Random(args.seed), program)
        else:
            answers = stage.ask(program, [file for _, file, _ in made])
            rows = []
            for (facts, _, lines), found in zip(made, answers):
                rows.append(facts | stage.decision(found, lines))
            report(os.path.basename(program), rows, args.misses)
        kept += [row | {"program": os.path.basename(program)} for row in rows]
    if args.out:
        with open(args.out, "w", encoding="utf-8") as out:
            out.writelines(json.dumps(row) + "\n" for row in kept)


main()
