# Short names for what a contributor runs; `just` lists them. Each line works without just, too.

# List the recipes
default:
    @just --list

# Format, lint and build the documentation as CI does
check:
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps

# Run all tests, or those whose name contains NAME
test NAME='':
    cargo test --locked {{NAME}}

# Try the rules of one provider, without a build of the catalogue
rule NAME:
    cargo run -q --locked -- rules test --catalogue src/rules/catalogue/{{NAME}}.toml

# Write the provider pages in docs/rules
pages:
    STANCH_UPDATE=1 cargo test --locked --test suite rule_pages

# Run the in-process benchmarks; benches/README.md lists the others
bench NAME='':
    cargo bench {{NAME}}

# Break valid input at random for SECONDS; with a nightly toolchain see fuzz/
fuzz SECONDS='60':
    STANCH_FUZZ_SECONDS={{SECONDS}} cargo test --locked --lib mutation_tests

# Build the guide from docs/ into target/book and check its links; needs mdBook 0.5
book:
    mdbook build
    packaging/book.py --check target/book

# Everything that a change must pass
ci:
    .ci/run
