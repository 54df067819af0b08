#!/usr/bin/env python3
"""The guide's preprocessor for mdBook, and the check of what mdBook wrote.

usage: book.py supports RENDERER   answer mdBook: this runs for every renderer
       book.py                     read mdBook's book on standard input, write the changed one to standard output
       book.py --check FOLDER      check that every link in the pages of FOLDER leads to a page and to a heading in it

The pages are written for the repository: a link leads to a file beside it. What the book needs more is done here.
Each provider's page becomes a chapter under the chapter of the rules, and the pages of the repository's root become
chapters of the part "Project". A link to any other file becomes its address in the repository.
"""

import html.parser
import json
import os
import posixpath
import re
import sys
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Pages of the root, in the order of the book. Their links lead from the root, those of docs/ from docs/.
ROOT_PAGES = ["CONTRIBUTING.md", "SECURITY.md", "SUPPORT.md", "GOVERNANCE.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md"]
LINK = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]*)?(\))")


def address():
    return re.search(r"^repository = (\S+)$", (ROOT / "packaging/address").read_text(encoding="utf-8"), re.M)[1]


def title(text, name):
    found = re.search(r"^# (.+)$", text, re.M)
    if not found:
        sys.exit(f"book.py: {name} has no title")
    return re.sub(r"[`*\\]", "", found[1])


def chapter(text, name, path, parents):
    return {"Chapter": {"name": title(text, name), "content": text, "number": None, "sub_items": [], "path": path,
                        "source_path": None, "parent_names": parents}}


def chapters(items):
    """Every chapter, in the order of the book."""
    for item in items:
        if isinstance(item, dict) and "Chapter" in item:
            yield item["Chapter"]
            yield from chapters(item["Chapter"]["sub_items"])


def relink(text, source, pages, repository):
    """Changes the links of the page `source`, a path in the repository. `pages` maps such paths to the book's."""
    here = posixpath.dirname(pages[source])

    def change(match):
        target, fragment = match[2], match[3] or ""
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            return match[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        if file in pages:
            target = posixpath.relpath(pages[file], here or ".")
        elif not file.startswith("docs/") or file.endswith("/"):
            target = f"{repository}/{'tree' if (ROOT / file).is_dir() else 'blob'}/main/{file}"
        return match[1] + target + fragment + match[4]

    # Code is left as it is: a line of it may look like a link.
    parts = re.split(r"(^```.*?^```$|`[^`\n]+`)", text, flags=re.M | re.S)
    return "".join(part if number % 2 else LINK.sub(change, part) for number, part in enumerate(parts))


def listing(read):
    """The list of rules in place of the index's table of counts: each provider a heading, so that the search leads to it."""
    out = []
    for path, text in read:
        rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|[^|]*\|[^|]*\| *`?([A-Z0-9_]*)`? *\|$", text, re.M)
        if not rows:
            sys.exit(f"book.py: {path.name} has no table of rules")
        kinds = [f"- {kind} `{rule}`{f', `{variable}`' if variable else ''}" for rule, kind, variable in rows]
        out.append(f"### [{title(text, path.name)}]({path.name})\n\n" + "\n".join(kinds) + "\n")
    return "\n".join(out)


def preprocess():
    _, book = json.load(sys.stdin)
    # mdBook 0.4 calls them sections.
    items = book["items"] if "items" in book else book["sections"]
    rules = next((c for c in chapters(items) if c["path"] == "rules/index.md"), None)
    if rules is None:
        sys.exit("book.py: docs/SUMMARY.md has no chapter rules/README.md")
    found = [p for p in (ROOT / "docs/rules").glob("*.md") if p.name != "README.md"]
    read = [(p, p.read_text(encoding="utf-8")) for p in found]
    read.sort(key=lambda pair: title(pair[1], pair[0]).lower())
    rules["sub_items"] = [chapter(text, p.name, f"rules/{p.name}", [*rules["parent_names"], rules["name"]]) for p, text in read]
    # The number is what puts a chapter below another in the list at the side.
    for number, item in enumerate(rules["sub_items"], 1):
        item["Chapter"]["number"] = [*rules["number"], number]
    rules["content"] = re.sub(r"^\| provider \|.*\Z", lambda _: listing(read), rules["content"], flags=re.M | re.S)
    items.append({"PartTitle": "Project"})
    for name in ROOT_PAGES:
        text = (ROOT / name).read_text(encoding="utf-8")
        items.append(chapter(text, name, name.lower(), []))
    every = list(chapters(items))
    # What a chapter is called in the repository, by its name in the book: mdBook has made index.md of README.md.
    names = {c["path"]: "docs/" + re.sub(r"\bindex\.md$", "README.md", c["path"]) for c in every if c["path"]}
    names |= {name.lower(): name for name in ROOT_PAGES}
    pages = {source: path for path, source in names.items()}
    pages["README.md"] = "index.md"
    repository = address()
    for c in every:
        if c["path"]:
            c["content"] = relink(c["content"], names[c["path"]], pages, repository)
    json.dump(book, sys.stdout)


class Page(html.parser.HTMLParser):
    """The links of a page, and the names that a link can lead to."""

    def __init__(self, text):
        super().__init__()
        self.links, self.names = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for key, value in attrs:
            if key == "id" or (key == "name" and tag == "a"):
                self.names.add(value)
            elif key in ("href", "src") and value is not None:
                self.links.append(value)


def check(folder):
    root = Path(folder).resolve()
    pages = {p: Page(p.read_text(encoding="utf-8")) for p in root.rglob("*.html")}
    if len(pages) < 600:
        sys.exit(f"book.py: {folder} has {len(pages)} pages: build the book first (mdbook build)")
    links, faults = 0, set()
    for path, page in pages.items():
        # Made for readers that show one page: links lead from the book's top, or the page is shown at any depth.
        base = root if path.name in ("404.html", "toc.html") else path.parent
        if path.name == "404.html":
            continue
        for link in page.links:
            parts = urllib.parse.urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            links += 1
            target = Path(os.path.normpath(base / urllib.parse.unquote(parts.path))) if parts.path else path
            if target.is_dir():
                target /= "index.html"
            if not target.is_file():
                faults.add(f"{path.relative_to(root)}: {link}: no such page")
            elif parts.fragment and target in pages and path.name != "print.html":
                if urllib.parse.unquote(parts.fragment) not in pages[target].names:
                    faults.add(f"{path.relative_to(root)}: {link}: no such heading")
    for fault in sorted(faults):
        print(f"book.py: {fault}", file=sys.stderr)
    print(f"{len(pages)} pages, {links} links, {len(faults)} that lead nowhere")
    return 1 if faults else 0


def main():
    arguments = sys.argv[1:]
    if arguments[:1] == ["supports"]:
        sys.exit(0)
    if arguments[:1] == ["--check"] and len(arguments) == 2:
        sys.exit(check(arguments[1]))
    if arguments:
        sys.exit(__doc__)
    preprocess()


if __name__ == "__main__":
    main()
