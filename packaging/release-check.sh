#!/bin/bash
# Refuses what may not be released: usage: packaging/release-check.sh vX.Y.Z
set -euo pipefail
cd "$(dirname "$0")/.."
tag=${1:?usage: packaging/release-check.sh vX.Y.Z}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
faults=0
fault() {
    echo "release-check.sh: $1" >&2
    faults=1
}
[ "$tag" = "v$version" ] || fault "the tag is $tag, and Cargo.toml has version $version"
python3 packaging/address.py --release || faults=1
grep -q "^## \[$version\] - 20[0-9][0-9]-" CHANGELOG.md || fault "CHANGELOG.md has no section [$version] with a date"
grep -q "version=$version\$" get.sh || fault "get.sh does not download $version"
[ -z "$(git status --porcelain)" ] || fault 'the checkout is not clean'
exit "$faults"
