#!/bin/bash
# Builds this commit twice, in two folders and two target folders, and compares the archives byte for byte.
# usage: packaging/reproducible.sh TARGET [FOLDER]
# What was built is kept in FOLDER when the two are equal.
set -euo pipefail
usage='usage: packaging/reproducible.sh TARGET [FOLDER]'
target=${1:?$usage} keep=
if [ $# -gt 1 ]; then mkdir -p "$2" && keep=$(cd "$2" && pwd); fi
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'git -C "$root" worktree remove --force "$scratch/one"; git -C "$root" worktree remove --force "$scratch/another folder"; rm -rf "$scratch"' EXIT
for where in one 'another folder'; do
    git -C "$root" worktree add --quiet --detach "$scratch/$where" HEAD
    # Another time of day, another language, another umask: none of them may be seen in the result.
    (cd "$scratch/$where" && umask "$([ "$where" = one ] && echo 022 || echo 077)" && LC_ALL=C TZ=Asia/Tokyo \
        CARGO_TARGET_DIR="$scratch/target of $where" packaging/build.sh "$target" "$scratch/out of $where")
done
cd "$scratch"
for file in "out of one"/*; do
    cmp "$file" "out of another folder/${file##*/}"
    echo "equal: ${file##*/}  $(sha256sum <"$file" | cut -d ' ' -f 1)"
done
[ -z "$keep" ] || cp "out of one"/* "$keep"
