#!/bin/bash
# Installs stanch through each channel on a machine that has no Rust and no network, and sees a commit blocked at the end.
# shellcheck disable=SC2329 # each channel is called by its name
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: packaging/try.sh CHANNEL...

CHANNEL: archive     install.sh of the unpacked archive
         from        install.sh --from ARCHIVE
         get         get.sh, from a server on this machine
         wheel       pip install stanch, in a fresh venv
         uvx         uvx stanch
         pre-commit  a hook with language: python, from the mirror repository
         prek        the same
         npm         npm install --save-dev stanch && npx stanch install
         husky       the same, with husky's hook files
         lefthook    the same, with lefthook's configuration
         deb         dpkg -i, and dpkg -r
         rpm         rpm -i into a root of its own
         image       the container image, run by buildah

What was built is taken from $DIST (default: dist): archives, wheels, npm packages, deb, rpm. The tools (pip, uv, pre-commit, prek,
npm, husky, lefthook) are taken from $TOOLS, a PATH; pip's build backend for the mirror lies in $DIST/extra.
Each channel gets an empty home and a PATH with the system's own programs; as root on Linux, a network of its own with the loopback alone.
Prints a line a channel: its name, the seconds until a commit was blocked, and how the program was installed.
TEXT
}
[ $# -gt 0 ] || { usage >&2; exit 2; }
case $1 in -h | --help) usage; exit 0 ;; esac

here=$(cd "$(dirname "$0")/.." && pwd)
DIST=$(cd "${DIST:-$here/dist}" && pwd)
TOOLS=${TOOLS:-}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/Cargo.toml")

# Once more in a network of its own, where that can be had: nothing can be downloaded but from this machine.
if [ -z "${STANCH_TRY_INSIDE:-}" ]; then
    if [ "$(uname -s)" = Linux ] && unshare -n true 2>/dev/null; then
        # shellcheck disable=SC2016
        STANCH_TRY_INSIDE=alone exec unshare -n -- bash -c 'ip link set lo up 2>/dev/null || ifconfig lo up 2>/dev/null || true; exec "$0" "$@"' "$0" "$@"
    fi
    export STANCH_TRY_INSIDE=shared
fi

scratch=$(mktemp -d "${TMPDIR:-/tmp}/stanch-try.XXXXXX")
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    chmod -R u+w "$scratch" 2>/dev/null || true
    rm -rf "$scratch"
}
trap cleanup EXIT
python=$(command -v python3 || command -v python)
system_path=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
case $(uname -s) in MINGW* | MSYS*) system_path=$PATH ;; esac
# Python and node of the machine, wherever they are.
for tool in "$python" "$(command -v node || true)" "$(command -v git)"; do
    [ -z "$tool" ] || system_path=$(dirname "$tool"):$system_path
done

port() {
    if [ -z "$server" ]; then
        mkdir -p "$scratch/index"
        "$python" "$here/packaging/index.py" "$DIST" "$DIST/extra" >"$scratch/port" &
        server=$!
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -s "$scratch/port" ] && break; sleep 0.1; done
    fi
    cat "$scratch/port"
}

# A home with nothing in it; `run` is a program on a new machine.
fresh() {
    home=$scratch/$1
    mkdir -p "$home/work"
    cd "$home/work"
    run git init -q -b main .
    run git config user.name Newcomer
    run git config user.email newcomer@example.org
    # lefthook stashes what is not staged, which git cannot before the first commit.
    run git commit -q --allow-empty -m 'First'
}
run() {
    env -i HOME="$home" PATH="$home/.local/bin:${more:+$more:}$system_path" TMPDIR="${TMPDIR:-/tmp}" LANG=C.UTF-8 \
        ${SYSTEMROOT:+SYSTEMROOT="$SYSTEMROOT"} ${MSYSTEM:+MSYSTEM="$MSYSTEM"} GIT_CONFIG_NOSYSTEM=1 "$@"
}
no_rust() {
    if run sh -c 'command -v cargo || command -v rustc' >/dev/null 2>&1; then
        case $(uname -s) in Linux) echo "try.sh: Rust is on the PATH of the new machine" >&2; exit 1 ;; esac
    fi
}
more=

# The proof: a commit with a made-up key is blocked, and one without it goes through.
blocks() {
    local key
    key=pk_$(od -An -N17 -tx1 /dev/urandom | tr -d ' \n')
    printf 'hello\n' >notes.txt
    run git add notes.txt
    run git commit -q -m 'A note' >"$home/log" 2>&1 || { cat "$home/log" >&2; echo "try.sh: a clean commit was blocked" >&2; exit 1; }
    printf 'klaviyo_key = "%s"\n' "$key" >app.py
    run git add app.py
    if run git commit -q -m 'Send mail' >"$home/log" 2>&1 || ! grep -q 'stanch: commit blocked' "$home/log"; then
        cat "$home/log" >&2
        echo "try.sh: the commit with a key was not blocked" >&2
        exit 1
    fi
}

# The archive of this very platform, unless $TARGET says another.
archive() {
    local target=${TARGET:-} exe=tar.gz
    case $(uname -s) in
        Linux) target=${target:-$(uname -m)-unknown-linux-musl} ;;
        Darwin) target=${target:-$(uname -m | sed s/arm64/aarch64/)-apple-darwin} ;;
        *) target=${target:-$(uname -m)-pc-windows-msvc} exe=zip ;;
    esac
    echo "$DIST/stanch-$version-$target.$exe"
}
unpack() { case $1 in *.zip) unzip -q "$1" -d "$2" ;; *) tar -xzf "$1" -C "$2" ;; esac }

try_archive() {
    mkdir "$home/unpacked"
    unpack "$(archive)" "$home/unpacked"
    run sh "$home"/unpacked/stanch-*/install.sh >"$home/log" 2>&1 || { cat "$home/log" >&2; exit 1; }
    blocks
}
try_from() {
    run sh "$here/install.sh" --from "$(archive)" >"$home/log" 2>&1 || { cat "$home/log" >&2; exit 1; }
    blocks
    [ -f "$home/.local/share/man/man1/stanch.1" ] && [ -f "$home/.local/share/zsh/site-functions/_stanch" ]
}
try_get() {
    run env STANCH_DOWNLOAD="http://127.0.0.1:$(port)/files" sh "$here/get.sh" >"$home/log" 2>&1 || { cat "$home/log" >&2; exit 1; }
    blocks
}
try_wheel() {
    run "$python" -m venv "$home/venv"
    run "$home/venv/bin/pip" install -q --disable-pip-version-check --index-url "http://127.0.0.1:$(port)/simple" stanch
    run "$home/venv/bin/stanch" install >/dev/null
    blocks
}
try_uvx() {
    more=$TOOLS
    run uvx --index-url "http://127.0.0.1:$(port)/simple" stanch install >"$home/log" 2>&1 || { cat "$home/log" >&2; exit 1; }
    blocks
}
# A hook manager that installs from the mirror repository, as a release writes it.
framework() {
    more=$TOOLS
    local mirror=$home/mirror index
    index=http://127.0.0.1:$(port)/simple
    "$python" "$here/packaging/pre-commit/mirror.py" "$mirror"
    run git -C "$mirror" init -q -b main .
    run git -C "$mirror" add -A
    run git -C "$mirror" -c user.name=x -c user.email=x@example.org commit -q -m mirror
    run git -C "$mirror" tag "v$version"
    {
        printf 'repos:\n- repo: %s\n  rev: v%s\n  hooks:\n' "$mirror" "$version"
        printf '  - id: %s\n' stanch-wheel stanch-wheel-commit-msg stanch-wheel-pre-push
    } >.pre-commit-config.yaml
    run git add .pre-commit-config.yaml
    run env PIP_INDEX_URL="$index" PIP_DISABLE_PIP_VERSION_CHECK=1 UV_DEFAULT_INDEX="$index" "$1" install --install-hooks \
        --hook-type pre-commit --hook-type commit-msg --hook-type pre-push >"$home/log" 2>&1 || { cat "$home/log" >&2; exit 1; }
    blocks
}
try_pre-commit() { framework pre-commit; }
try_prek() { framework prek; }
registry() { printf 'registry=http://127.0.0.1:%s/npm/\nfund=false\naudit=false\nupdate-notifier=false\n' "$(port)" >"$home/.npmrc"; }
npm_installed() {
    registry
    printf '{"name":"app","version":"1.0.0","private":true}\n' >package.json
    printf 'node_modules\n' >.gitignore
    run npm install --silent --save-dev stanch
    run git add .gitignore package.json package-lock.json
}
try_npm() {
    npm_installed
    run npx stanch install >/dev/null
    blocks
    # No commit pays for a start of node: the hook names the program itself.
    grep -q "^stanch='.*/@stanch/.*/bin/stanch" .git/hooks/pre-commit || { echo 'try.sh: the hook does not name the program' >&2; exit 1; }
}
try_husky() {
    npm_installed
    run npm install --silent --save-dev "husky@9"
    run npx husky
    for hook in pre-commit commit-msg pre-push; do echo "npx stanch hook $hook \"\$@\"" >".husky/$hook"; done
    blocks
}
try_lefthook() {
    npm_installed
    run npm install --silent --save-dev "lefthook@2"
    printf 'pre-commit:\n  jobs:\n    - name: stanch\n      run: npx stanch hook pre-commit {0}\n' >lefthook.yml
    run npx lefthook install >/dev/null
    blocks
}
try_deb() {
    local package root=
    package=$(find "$DIST" -name "stanch_*_$(dpkg --print-architecture).deb" | head -1)
    [ "$(id -u)" = 0 ] || root=sudo
    $root dpkg -i "$package" >"$home/log"
    run stanch install >/dev/null
    blocks
    man -w stanch >/dev/null 2>&1 || [ -f /usr/share/man/man1/stanch.1.gz ] || ls /etc/dpkg/dpkg.cfg.d/ >&2
    $root dpkg -r stanch >>"$home/log"
    if [ -e /usr/bin/stanch ]; then echo 'try.sh: the package left its program' >&2; exit 1; fi
}
try_rpm() {
    local package
    package=$(find "$DIST" -name "stanch-*.$(uname -m).rpm" | head -1)
    mkdir -p "$home/root"
    rpm --root "$home/root" --dbpath /var/lib/rpm -i --nodeps --ignorearch "$package"
    run "$home/root/usr/bin/stanch" install >/dev/null
    blocks
}
try_image() {
    "$here/packaging/image.sh" "$(archive)" stanch-try >"$home/log" 2>&1 || { cat "$home/log" >&2; exit 1; }
    local container
    container=$(buildah from --pull-never stanch-try)
    buildah run --isolation chroot -v "$home/work:/repo" "$container" -- /usr/bin/stanch scan . >"$home/log" 2>&1 || { cat "$home/log" >&2; exit 1; }
    buildah rm "$container" >/dev/null
}

now() { "$python" -c 'import time; print(int(time.time() * 100))'; }
failed=0
for channel in "$@"; do
    declare -F "try_$channel" >/dev/null || { echo "try.sh: there is no channel $channel" >&2; usage >&2; exit 2; }
    # The index is started before the clock: it is not part of a channel.
    case $channel in archive | from | deb | rpm | image) ;; *) port >/dev/null ;; esac
    began=$(now)
    set +e
    (
        set -e
        fresh "$channel"
        no_rust
        "try_$channel"
    )
    status=$?
    set -e
    took=$(($(now) - began))
    if [ "$status" = 0 ]; then
        printf '%-11s %3d.%02d s  a commit with a key was blocked\n' "$channel" $((took / 100)) $((took % 100))
    else
        printf '%-11s FAILED\n' "$channel"
        failed=1
    fi
done
exit "$failed"
