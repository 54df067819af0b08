#!/bin/sh
# Downloads a release of stanch, checks it, and installs it for you alone. It never asks for root.
set -eu

# Everything is in a function that the last line calls: half a download of this script does nothing.
main() {
    version=0.1.0
    repository=https://github.com/OWNER/stanch
    hooks=
    while [ $# -gt 0 ]; do
        case $1 in
            --version) version=${2:-}; [ -n "$version" ] || { usage >&2; exit 2; }; shift ;;
            --no-hooks) hooks=--no-hooks ;;
            -h | --help) usage; exit 0 ;;
            *) usage >&2; exit 2 ;;
        esac
        shift
    done
    version=${version#v}
    base=${STANCH_DOWNLOAD:-$repository/releases/download/v$version}
    # Plain HTTP is taken from this very machine only: a mirror in a test.
    case $base in
        # A user name may look like a host: http://127.0.0.1:1@elsewhere
        *@*) fail "$base has a user name in it" 'set STANCH_DOWNLOAD to an address without one' ;;
        https://*) scheme=https ;;
        http://127.0.0.1:*) scheme=http ;;
        *) fail "$base is not HTTPS" 'set STANCH_DOWNLOAD to an address that begins with https://' ;;
    esac

    target=$(platform)
    name=stanch-$version-$target.tar.gz
    case $target in *windows*) name=stanch-$version-$target.zip ;; esac
    say "stanch $version for $target"

    scratch=$(mktemp -d "${TMPDIR:-/tmp}/stanch-get.XXXXXX")
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 130' INT TERM
    for file in "$name" "$name.sha256"; do
        say "downloading $base/$file"
        download "$base/$file" "$scratch/$file" ||
            fail "$file could not be downloaded: nothing was installed" \
                "is there a release $version for $target? See $repository/releases" \
                'a proxy is taken from https_proxy'
    done

    sum=$(sed -n '1s/[ *].*//p' "$scratch/$name.sha256")
    case $sum in
        *[!0-9a-f]* | '') fail "$name.sha256 holds no sum: nothing was installed" 'try again later' ;;
    esac
    found=$(sum_of "$scratch/$name")
    [ "$found" = "$sum" ] || fail "$name is not what was released: nothing was installed" \
        "its SHA-256 is  $found" "it should be    $sum" 'try again; if that does not help, report it'
    say "sum checked: $found"
    provenance

    mkdir "$scratch/out"
    case $name in
        *.zip) unzip -q "$scratch/$name" -d "$scratch/out" ;;
        *) gzip -dc "$scratch/$name" | tar -xf - -C "$scratch/out" ;;
    esac || fail "$name cannot be unpacked: nothing was installed"
    # The archive's own script does the rest, in the folder that you are in.
    # shellcheck disable=SC2086
    sh "$scratch/out/stanch-$version-$target/install.sh" $hooks
}

usage() {
    cat <<'TEXT'
usage: get.sh [--version VERSION] [--no-hooks] | --help

Downloads the program of a release over HTTPS, compares its SHA-256 with the one of the release, checks with gh or
cosign, if one of them is there, that the project's own workflow built it, and installs it into $PREFIX/bin, or the
first of ~/.local/bin, ~/.cargo/bin and ~/bin that is on PATH. Inside a git repository it installs the hooks there.
It needs no root, and changes nothing until every check has passed.

  --version VERSION   this release; the default is the one that the script came with
  --no-hooks          install the program alone

STANCH_DOWNLOAD=https://MIRROR/FOLDER downloads from a mirror of your own.
TEXT
}

say() { printf '%s\n' "$*"; }
fail() {
    printf 'get.sh: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

platform() {
    case $(uname -s) in
        Linux) os=unknown-linux-musl ;;
        Darwin) os=apple-darwin ;;
        MINGW* | MSYS* | CYGWIN*) os=pc-windows-msvc ;;
        *) fail "no release is built for $(uname -s)" 'build it from a checkout: ./install.sh' ;;
    esac
    case $(uname -m) in
        x86_64 | amd64) echo "x86_64-$os" ;;
        aarch64 | arm64) echo "aarch64-$os" ;;
        *) fail "no release is built for the processor $(uname -m)" 'build it from a checkout: ./install.sh' ;;
    esac
}

download() {
    if has curl; then
        curl --proto "=$scheme" --proto-redir "=$scheme" --tlsv1.2 -fsSL --retry 2 --connect-timeout 20 -o "$2" "$1"
    elif has wget; then
        # wget goes on from HTTPS to HTTP unless told not to; BusyBox's knows neither option.
        if [ "$scheme" = https ] && wget --help 2>&1 | grep -q -e --https-only; then wget -q --https-only -O "$2" "$1"
        elif [ "$scheme" = http ]; then wget -q -O "$2" "$1"
        else fail 'this wget cannot be kept to HTTPS' 'install curl'
        fi
    else
        fail 'neither curl nor wget is here' 'install curl (Debian: apt install curl)'
    fi
}

sum_of() {
    if has sha256sum; then sha256sum "$1" | cut -d ' ' -f 1
    elif has shasum; then shasum -a 256 "$1" | cut -d ' ' -f 1
    else fail 'sha256sum is missing: it checks the download' 'install coreutils, or perl for shasum'
    fi
}

# Did the project's own workflow build this file? The answer is signed, and does not come from the download's server.
provenance() {
    if ! has gh && ! has cosign; then
        say 'provenance not checked: neither gh nor cosign is here (the sum was)'
        return
    fi
    bundle=$scratch/$name.sigstore.json
    download "$base/$name.sigstore.json" "$bundle" || fail "$name.sigstore.json could not be downloaded: nothing was installed"
    if has gh && gh attestation --help >/dev/null 2>&1; then
        gh attestation verify "$scratch/$name" --bundle "$bundle" --repo "${repository#https://github.com/}" >"$scratch/log" 2>&1
    else
        cosign verify-blob-attestation --new-bundle-format --bundle "$bundle" --type slsaprovenance1 \
            --certificate-identity "$repository/.github/workflows/release.yml@refs/tags/v$version" \
            --certificate-oidc-issuer https://token.actions.githubusercontent.com "$scratch/$name" >"$scratch/log" 2>&1
    fi || fail "the provenance of $name could not be verified: nothing was installed" "$(tail -n 1 "$scratch/log")"
    say "provenance checked: built by the workflow of $repository"
}

main "$@"
