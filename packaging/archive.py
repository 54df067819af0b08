#!/usr/bin/env python3
"""Packs a built program into the archive of a release, byte for byte the same for the same contents.

usage: archive.py TARGET PROGRAM PAGES OUT

PAGES is what pages.sh wrote. The archive holds one folder, stanch-VERSION-TARGET. Beside it stands its sum,
in the format of `sha256sum`.
"""

import gzip
import hashlib
import io
import os
import re
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BESIDE = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE", "install.sh"]
RUNS = {"install.sh"}


def version():
    text = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    return re.search(r'^version = "([^"]+)"', text, re.M).group(1)


def contents(program, pages):
    """Name in the archive -> (bytes, is it a program)."""
    files = {program.name: (program.read_bytes(), True)}
    for name in BESIDE:
        files[name] = ((ROOT / name).read_bytes(), name in RUNS)
    for path in sorted(pages.rglob("*")):
        if path.is_file():
            files[path.relative_to(pages).as_posix()] = (path.read_bytes(), False)
    return files


def tar_gz(folder, files, when):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, (data, runs) in sorted(files.items()):
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size, info.mtime, info.mode = len(data), when, 0o755 if runs else 0o644
            tar.addfile(info, io.BytesIO(data))
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=9, mtime=0) as gz:
        gz.write(raw.getvalue())
    return packed.getvalue()


def zipped(folder, files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        for name, (data, runs) in sorted(files.items()):
            # The oldest date that a zip can hold: it has no time zone, so no other is the same everywhere.
            info = zipfile.ZipInfo(f"{folder}/{name}", (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            info.external_attr = (0o100755 if runs else 0o100644) << 16
            z.writestr(info, data)
    return packed.getvalue()


def main():
    target, program, pages, out = sys.argv[1], *map(Path, sys.argv[2:5])
    folder = f"stanch-{version()}-{target}"
    files = contents(program, pages)
    windows = "windows" in target
    data = zipped(folder, files) if windows else tar_gz(folder, files, int(os.environ["SOURCE_DATE_EPOCH"]))
    path = out / (folder + (".zip" if windows else ".tar.gz"))
    path.write_bytes(data)
    total = hashlib.sha256(data).hexdigest()
    # Not in the text mode of Windows: `sha256sum -c` takes a carriage return for a part of the name.
    path.with_name(path.name + ".sha256").write_bytes(f"{total}  {path.name}\n".encode())
    size = len(files[program.name][0])
    print(f"{path}  {len(data)} bytes; the program alone {size}")


main()
