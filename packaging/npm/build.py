#!/usr/bin/env python3
"""Makes the npm packages from the archives of a release: `stanch`, and one package a platform with the program.

usage: build.py DIST OUT

DIST holds the archives that packaging/build.sh wrote; OUT gets a folder a package, ready for `npm pack` or
`npm publish`. `stanch` names those platforms whose archive is there; with --all it is an error if one is not.
"""

import json
import re
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Target -> the names that node has for the platform and the processor.
PLATFORMS = {
    "x86_64-unknown-linux-musl": ("linux", "x64"),
    "aarch64-unknown-linux-musl": ("linux", "arm64"),
    "x86_64-apple-darwin": ("darwin", "x64"),
    "aarch64-apple-darwin": ("darwin", "arm64"),
    "x86_64-pc-windows-msvc": ("win32", "x64"),
    "aarch64-pc-windows-msvc": ("win32", "arm64"),
}


def cargo():
    text = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    return {key: re.search(rf'^{key} = "([^"]+)"', text, re.M).group(1)
            for key in ("version", "description", "license", "repository", "homepage")}


def program(dist, version, target):
    """The program out of the archive for this target, or None."""
    exe = "stanch.exe" if "windows" in target else "stanch"
    folder = f"stanch-{version}-{target}"
    for name in (f"{folder}.tar.gz", f"{folder}.zip"):
        path = dist / name
        if path.is_file() and name.endswith(".zip"):
            with zipfile.ZipFile(path) as z:
                return z.read(f"{folder}/{exe}")
        if path.is_file():
            with tarfile.open(path) as t:
                return t.extractfile(f"{folder}/{exe}").read()
    return None


def write(folder, package):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps(package, indent=2) + "\n", encoding="utf-8")
    for name in ("LICENSE-MIT", "LICENSE-APACHE"):
        shutil.copy(ROOT / name, folder / name)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--all"]
    dist, out = map(Path, arguments)
    of = cargo()
    shared = {
        "version": of["version"],
        "license": of["license"],
        "repository": {"type": "git", "url": f"git+{of['repository']}.git"},
        "homepage": of["homepage"],
    }
    made = {}
    for target, (system, processor) in PLATFORMS.items():
        data = program(dist, of["version"], target)
        name = f"@stanch/{system}-{processor}"
        if data is None:
            if "--all" in sys.argv:
                sys.exit(f"build.py: no archive for {target} in {dist}")
            continue
        folder = out / name.replace("@stanch/", "")
        write(folder, {
            "name": name,
            "description": f"The program of stanch for {system} on {processor}",
            **shared,
            "os": [system],
            "cpu": [processor],
            "preferUnplugged": True,
            "files": ["bin"],
        })
        path = folder / "bin" / ("stanch.exe" if system == "win32" else "stanch")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o755)
        made[name] = of["version"]
    if not made:
        sys.exit(f"build.py: {dist} holds no archive of version {of['version']}")
    folder = out / "stanch"
    shutil.copytree(ROOT / "packaging/npm/stanch", folder, dirs_exist_ok=True)
    (folder / "bin/stanch.js").chmod(0o755)
    write(folder, {
        "name": "stanch",
        "description": of["description"],
        **shared,
        "keywords": ["git", "hook", "secrets", "security", "husky", "lefthook"],
        "bin": {"stanch": "bin/stanch.js"},
        "files": ["bin"],
        "engines": {"node": ">=18"},
        "optionalDependencies": made,
    })
    print(f"{out}: stanch and {', '.join(sorted(made))}, version {of['version']}")


main()
