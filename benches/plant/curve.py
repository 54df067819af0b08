#!/usr/bin/env python3
"""curve.py PLANTS.jsonl OUT.svg DECISIONS.jsonl...: blocked commits against planted recall, for every bar of the sum.

PLANTS.jsonl is plant.py's --out, DECISIONS.jsonl are replay.py's. For each bar, a judged finding that nothing keeps
from blocking would block from that sum on; rules with a format block as they do. Prints a table, draws OUT.svg, and
marks today's bar.
"""
import json, sys

BARS = [x / 4 for x in range(-4, 25)]


def load(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def blocks(row, bar):
    if "sum" in row and not row.get("capped"):
        return row["sum"] >= bar
    return row["decision"] == "block"


def svg(points, today, path):
    """Recall upwards, blocked commits to the right."""
    most = max(stops for _, stops, _ in points) or 1
    at = lambda stops, recall: (60 + 520 * stops / most, 340 - 3 * recall)
    line = " ".join("%.1f,%.1f" % at(stops, recall) for _, stops, recall in points)
    x, y = at(*today)
    text = '<text x="%s" y="%s" font-size="12" text-anchor="%s">%s</text>'
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 390" font-family="sans-serif">',
           '<rect width="620" height="390" fill="white"/>', '<path d="M60 40V340H580" fill="none" stroke="#555"/>']
    for tick in range(0, 101, 20):
        out += [text % (52, 344 - 3 * tick, "end", f"{tick} %"), f'<path d="M56 {340 - 3 * tick}H580" stroke="#ddd"/>']
    for part in range(6):
        out.append(text % (60 + 104 * part, 358, "middle", f"{most * part / 5:.1f}"))
    out += [f'<polyline points="{line}" fill="none" stroke="#0366d6" stroke-width="2"/>',
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#d73a49"/>', text % (x + 9, y + 14, "start", "today"),
            text % (320, 380, "middle", "commits blocked in 4,000"), text % (60, 24, "start", "planted secrets blocked, places of production"), "</svg>"]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


def main():
    plants, out, *replays = sys.argv[1:]
    plants = load(plants)
    first = plants[0]["program"]
    plants = [r for r in plants if r["place"] == "production" and r["program"] == first]
    commits = [c for path in replays for c in load(path)]
    recall = lambda what: 100 * sum(map(what, plants)) / len(plants)
    stops = lambda what: 4000 * sum(any(map(what, c["findings"])) for c in commits) / len(commits)
    points = [(bar, stops(lambda r: blocks(r, bar)), recall(lambda r: blocks(r, bar))) for bar in BARS]
    today = stops(lambda r: r["decision"] == "block"), recall(lambda r: r["decision"] == "block")
    print(f"{len(plants)} plants, {len(commits)} commits; today: {today[1]:.1f} % blocked, {today[0]:.1f} commits blocked in 4,000\n")
    print("| bar | plants blocked % | commits blocked in 4,000 |\n|--:|--:|--:|")
    for bar, stopped, blocked in points:
        print(f"| {bar:+.2f} | {blocked:.1f} | {stopped:.1f} |")
    svg(points, today, out)


main()
