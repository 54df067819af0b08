#!/usr/bin/env python3
"""Writes the mirror repository for pre-commit and prek: its hooks, and a package that only depends on the wheel.

usage: mirror.py FOLDER
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

PYPROJECT = """\
# Written by packaging/pre-commit/mirror.py of stanch: no code, only the wheel of one version.
[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[project]
name = "stanch-pre-commit"
version = "{version}"
description = "The hooks of stanch for pre-commit and prek"
requires-python = ">=3.8"
dependencies = ["stanch=={version}"]

[tool.setuptools]
py-modules = []
"""


def hooks(text):
    """The ids that build from source, as ids that take the wheel."""
    entries = re.split(r"(?m)^(?=- id: )", text)
    wheel = [e.replace("- id: stanch", "- id: stanch-wheel", 1).replace("language: rust", "language: python").rstrip() + "\n"
             for e in entries if "language: rust" in e]
    return "# Written by packaging/pre-commit/mirror.py of stanch.\n" + "".join(wheel)


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    version = re.search(r'^version = "([^"]+)"', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.M).group(1)
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    (out / ".pre-commit-hooks.yaml").write_text(hooks(text), encoding="utf-8")
    (out / "pyproject.toml").write_text(PYPROJECT.format(version=version), encoding="utf-8")
    for name in ("LICENSE-MIT", "LICENSE-APACHE"):
        (out / name).write_bytes((ROOT / name).read_bytes())


main()
