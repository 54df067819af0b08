#!/usr/bin/env python3
"""Writes what other package managers read about a release, with the sums of its archives.

usage: manifests.py DIST OUT

DIST holds the archives and their .sha256. OUT gets homebrew/, scoop/, winget/, aur/, aqua/ and pre-commit/: what belongs
into the tap, the bucket, the community repositories and the mirror. The texts are in packaging/templates; `@NAME@` in them
is filled in, and a name without a value is an error.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "packaging/templates"
# Template -> the file in OUT.
FILES = {
    "stanch.rb": "homebrew/Formula/stanch.rb",
    "scoop.json": "scoop/bucket/stanch.json",
    "winget.yaml": "winget/{PUBLISHER}.stanch.yaml",
    "winget.installer.yaml": "winget/{PUBLISHER}.stanch.installer.yaml",
    "winget.locale.yaml": "winget/{PUBLISHER}.stanch.locale.en-US.yaml",
    "PKGBUILD": "aur/PKGBUILD",
    "SRCINFO": "aur/.SRCINFO",
    "aqua.yaml": "aqua/registry.yaml",
}


def values(dist):
    text = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    package = {key: re.search(rf'^{key} = "([^"]+)"', text, re.M).group(1)
               for key in ("version", "description", "license", "repository", "homepage")}
    found = {key.upper(): value for key, value in package.items()}
    owner, name = package["repository"].removeprefix("https://github.com/").split("/")
    found["OWNER_AND_NAME"] = f"{owner}/{name}"
    found["PUBLISHER"], found["REPOSITORY_NAME"] = owner, name
    found["RELEASE"] = f"{package['repository']}/releases/download/v{package['version']}"
    for path in dist.glob(f"stanch-{package['version']}-*.sha256"):
        target = re.sub(r"\.(tar\.gz|zip)\.sha256$", "", path.name.removeprefix(f"stanch-{package['version']}-"))
        found["SUM_" + target.replace("-", "_").upper()] = path.read_text(encoding="utf-8").split()[0]
    return found


def main():
    dist, out = map(Path, sys.argv[1:3])
    known = values(dist)
    for template, name in FILES.items():
        text = (TEMPLATES / template).read_text(encoding="utf-8")
        missing = sorted(set(re.findall(r"@([A-Z0-9_]+)@", text)) - known.keys())
        if missing:
            sys.exit(f"manifests.py: {template} needs {', '.join(missing)}: is the archive for it in {dist}?")
        text = re.sub(r"@([A-Z0-9_]+)@", lambda m: known[m[1]], text)
        if name.endswith(".json"):
            json.loads(text)
        path = out / name.format_map(known)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    subprocess.run([sys.executable, ROOT / "packaging/pre-commit/mirror.py", out / "pre-commit"], check=True)
    print(f"{out}: {', '.join(sorted(p.name for p in out.iterdir()))}")


main()
