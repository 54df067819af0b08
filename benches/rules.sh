#!/bin/bash
# Builds the program with fewer or more rules, to measure the cost of a larger catalogue at each start.
#
#   benches/rules.sh DIR COUNT ...     DIR/stanch-COUNT for each, with the build profile from the environment
#
# Fewer rules: the general rules, then catalogue files in random order until the count is reached. More rules:
# made-up providers, each with its own prefix.
set -euo pipefail
dir=${1:?usage: rules.sh DIR COUNT ...}
shift
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-$PWD/target}
rm -rf "$dir/source"
mkdir "$dir/source"
cp -R Cargo.toml Cargo.lock build.rs src hooks benches docs tests "$dir/source"
cp -R src/rules/catalogue "$dir/catalogue"
for count in "$@"; do
    python3 - "$dir/catalogue" "$dir/source/src/rules/catalogue" "$count" <<'PY'
import hashlib, pathlib, shutil, sys
whole, out, count = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
shutil.rmtree(out)
out.mkdir()
rules = lambda path: path.read_text(encoding="utf-8").count("[[rule]]")
chance = lambda path: (path.name != "generic.toml", hashlib.sha256(path.name.encode()).digest())
have = 0
for path in sorted(whole.glob("*.toml"), key=chance):
    if have + rules(path) <= count:
        shutil.copy(path, out)
        have += rules(path)
made = ""
for n in range(have, count):
    word = hashlib.sha256(b"%d" % n).hexdigest()[:6].translate(str.maketrans("0123456789", "ghijklmnop"))
    made += f"""[[rule]]
id = "made-{n}"
name = "Made {n}"
kind = "token"
severity = "low"
confidence = "low"
keywords = ["{word}_"]
regex = '''\\b(?P<secret>{word}_[a-z0-9]{{32}})\\b'''
examples = ["{word}_${{hex-lower:32}}"]
negative_examples = ["{word}_x"]
"""
if made:
    (out / "made.toml").write_text('schema = 1\n[provider]\nid = "made"\nname = "Made"\n' + made, encoding="utf-8")
PY
    (cd "$dir/source" && CARGO_TARGET_DIR=$target cargo build -q --release --locked)
    cp "$target/release/stanch" "$dir/stanch-$count"
done
rm -rf "$dir/source" "$dir/catalogue"
