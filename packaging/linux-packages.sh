#!/bin/bash
# Makes the deb and the rpm for each Linux archive in FOLDER, with cargo-deb and cargo-generate-rpm.
# usage: packaging/linux-packages.sh FOLDER
set -euo pipefail
out=$(cd "${1:?usage: packaging/linux-packages.sh FOLDER}" && pwd)
cd "$(dirname "$0")/.."
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
found=0
for archive in "$out/stanch-$version"-*-linux-musl.tar.gz; do
    [ -f "$archive" ] || continue
    found=1
    target=${archive##*/stanch-"$version"-} target=${target%.tar.gz}
    # Where the assets in Cargo.toml name them.
    rm -rf target/package-files
    mkdir -p target/package-files
    tar -xzf "$archive" -C target/package-files --strip-components=1
    gzip -9n target/package-files/man/*.1
    # cargo-deb looks for the program where cargo would have put it.
    mkdir -p "target/$target/release"
    cp target/package-files/stanch "target/$target/release/stanch"
    cargo deb --no-build --no-strip --target "$target" --output "$out"
    cargo generate-rpm --target "$target" --output "$out" --payload-compress gzip
done
[ "$found" = 1 ] || { echo "linux-packages.sh: no archive of $version for Linux in $out" >&2; exit 1; }
