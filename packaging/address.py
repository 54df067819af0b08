#!/usr/bin/env python3
"""The project's address: one place, packaging/address, and every file that names it.

usage: address.py                         check that every file names this address
       address.py --release               the same, and refuse the placeholder: what a release needs
       address.py --set REPOSITORY [BOOK] write another address into packaging/address and into every file

REPOSITORY is https://github.com/ACCOUNT/NAME; BOOK is https://ACCOUNT.github.io/NAME unless it is given.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = ROOT / "packaging/address"
PLACEHOLDER = "OWNER"
# What stands beside the repository under the same owner. `tap` is how Homebrew shortens homebrew-tap.
BESIDE = ["stanch-pre-commit", "homebrew-tap", "scoop-bucket", "tap"]


def read():
    found = dict(re.findall(r"^(\w+) = (\S+)$", ADDRESS.read_text(encoding="utf-8"), re.M))
    return found["repository"], found["book"]


def named(repository):
    """The repository, and what stands beside it, as files name them: OWNER/stanch, OWNER/tap, OWNER.stanch."""
    owner, name = repository.removeprefix("https://github.com/").split("/")
    names = "|".join(map(re.escape, [*BESIDE, name]))
    return re.compile(rf"(?<![\w+.-]){re.escape(owner)}([/.])({names})(?![\w-])"), owner, name


def files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        path = ROOT / name
        if not name or name.startswith(("docs/rules/", "src/rules/catalogue/", "tests/settings/")) or not path.is_file():
            continue
        try:
            yield name, path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            pass


def change(repository, book):
    (old, old_book), count = read(), 0
    pattern, _, old_name = named(old)
    _, owner, name = named(repository)
    for _, path, text in files():
        changed = text.replace(old_book, book)
        changed = pattern.sub(lambda m: owner + m[1] + (name if m[2] == old_name else m[2]), changed)
        if changed != text:
            path.write_text(changed, encoding="utf-8", newline="")
            count += 1
    print(f"{count} files name {repository} now")


def check(release):
    repository, book = read()
    faults = []
    for name, _, text in files():
        for other in set(re.findall(r"https://github\.com/[\w.-]+/stanch(?![\w-])", text)) - {repository}:
            faults.append(f"{name} names {other}, and packaging/address {repository}")
        if PLACEHOLDER not in repository and re.search(rf"(?<![\w+.-]){PLACEHOLDER}[/.](github\.io|stanch|tap|homebrew-tap|scoop-bucket)\b", text):
            faults.append(f"{name} still holds the placeholder {PLACEHOLDER}")
    if release and PLACEHOLDER in repository + book:
        faults.append(
            f"packaging/address holds the placeholder {PLACEHOLDER}: run packaging/address.py --set with the repository of the project"
        )
    for fault in faults:
        print(f"address.py: {fault}", file=sys.stderr)
    return 1 if faults else 0


def main():
    arguments = sys.argv[1:]
    if arguments[:1] == ["--set"] and len(arguments) in (2, 3):
        found = re.fullmatch(r"https://github\.com/([\w.-]+)/([\w.-]+)", arguments[1])
        if not found:
            sys.exit("address.py: REPOSITORY is https://github.com/ACCOUNT/NAME, without a slash at its end")
        book = arguments[2] if len(arguments) == 3 else f"https://{found[1].lower()}.github.io/{found[2]}"
        change(arguments[1], book.rstrip("/"))
    elif arguments in ([], ["--release"]):
        sys.exit(check(bool(arguments)))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
