#!/bin/bash
# Builds the container image of a release's archive with buildah, podman or docker, whichever is here.
# usage: packaging/image.sh ARCHIVE NAME
set -euo pipefail
archive=${1:?usage: packaging/image.sh ARCHIVE NAME} name=${2:?usage: packaging/image.sh ARCHIVE NAME}
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tar -xzf "$archive" -C "$scratch" --strip-components=1
cp "$here/Dockerfile" "$scratch"
version=$("$scratch/stanch" --version | cut -d ' ' -f 2)
labels=(--label "org.opencontainers.image.version=$version" --label 'org.opencontainers.image.licenses=MIT OR Apache-2.0'
    --label "org.opencontainers.image.source=$(sed -n 's/^repository = //p' "$here/address")")
if command -v buildah >/dev/null; then buildah build "${labels[@]}" -t "$name" "$scratch"
elif command -v podman >/dev/null; then podman build "${labels[@]}" -t "$name" "$scratch"
else docker build "${labels[@]}" -t "$name" "$scratch"
fi
