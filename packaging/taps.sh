#!/bin/bash
# Commits what packaging/manifests.py wrote to the repositories that others install from.
# usage: TOKEN=... packaging/taps.sh MANIFESTS VERSION
set -euo pipefail
manifests=$(cd "${1:?}" && pwd) version=${2:?}
: "${TOKEN:?the token that may write to the tap repositories}"
cd "$(dirname "$0")/.."
owner=$(sed -n 's,^repository = https://github.com/\([^/]*\)/.*,\1,p' packaging/address)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# The token goes by the environment: no address and no argument holds it.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.https://github.com/.extraheader
GIT_CONFIG_VALUE_0="Authorization: Basic $(printf 'x-access-token:%s' "$TOKEN" | base64 -w0)"
export GIT_CONFIG_VALUE_0
push() { # REPOSITORY FOLDER [TAG]
    git clone --quiet --depth 1 "https://github.com/$owner/$1" "$scratch/$1"
    cp -R "$manifests/$2/." "$scratch/$1/"
    cd "$scratch/$1"
    git add -A
    git -c user.name=stanch -c user.email="stanch@users.noreply.github.com" commit --quiet -m "stanch $version" || true
    git push --quiet
    if [ -n "${3:-}" ]; then git tag "$3" && git push --quiet origin "$3"; fi
    cd - >/dev/null
}
push homebrew-tap homebrew
push scoop-bucket scoop
push stanch-pre-commit pre-commit "v$version"
