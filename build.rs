//! Turns `src/rules/catalogue/*.toml` into static tables (see `src/rules/codegen.rs`), and packs large texts.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::panic,
    clippy::unwrap_used,
    reason = "runs at build time only"
)]

use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/rules/check.rs"]
mod check;
#[path = "src/rules/codegen.rs"]
mod codegen;
#[path = "src/rules/keyword_table.rs"]
mod keyword_table;
#[path = "src/rules/literals.rs"]
mod literals;
#[path = "src/rules/range.rs"]
mod range;
#[path = "src/rules/remediation.rs"]
mod remediation;
#[path = "src/rules/required_run.rs"]
mod required_run;
#[path = "src/rules/spec.rs"]
mod spec;
#[path = "src/rules/vocabulary.rs"]
mod vocabulary;

fn main() {
    let dir = Path::new("src/rules/catalogue");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", dir.display());
    let mut paths: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .collect();
    paths.sort();
    let files: Vec<spec::FileSpec> = paths
        .iter()
        .map(|p| {
            let text = fs::read_to_string(p).unwrap();
            toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", p.display()))
        })
        .collect();
    let faults: Vec<String> = paths
        .iter()
        .zip(&files)
        .flat_map(|(p, f)| check::all(f).into_iter().map(move |t| format!("{}: {t}", p.display())))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let out = PathBuf::from(env::var("OUT_DIR").unwrap());
    let (catalogue, advice) = codegen::emit(&files);
    fs::write(out.join("catalogue.rs"), catalogue).unwrap();
    fs::write(out.join("advice.rs"), advice).unwrap();
    for path in PACKED.map(Path::new) {
        println!("cargo:rerun-if-changed={}", path.display());
        let text = fs::read_to_string(path).unwrap();
        fs::write(out.join(path.file_name().unwrap()), codegen::deflated(&text)).unwrap();
    }
    fs::write(out.join("snippets"), codegen::deflated(&joined(Path::new(SNIPPETS)))).unwrap();
    at_a_fixed_address();
}

/// The files below a folder, in order: the path of each in it, a line end, its text. Between two stands [`remediation::BLOCK`].
fn joined(folder: &Path) -> String {
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for path in fs::read_dir(next).unwrap().map(|e| e.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let parts = path.strip_prefix(folder).unwrap().iter().map(|part| part.to_str().unwrap());
            let name = parts.collect::<Vec<_>>().join("/");
            files.push(format!("{name}\n{}", fs::read_to_string(&path).unwrap()));
        }
    }
    files.sort();
    files.join(&remediation::BLOCK.to_string())
}

/// The files of code that `explain` prints (see `src/report/snippets.rs`).
const SNIPPETS: &str = "src/report/snippets";

/// Texts that few runs need (see `src/packed.rs`).
const PACKED: [&str; 4] = [
    "src/rules/live_checks.toml",
    "src/scan/former/0.1.txt",
    "src/config/schema.json",
    "src/validate/bip39_english.txt",
];

/// Links the program at a fixed address where the platform allows it. The tables hold 24,000 pointers on 200
/// pages. A position-independent program recomputes each pointer at every start, which takes half the time of
/// a hook that finds nothing staged. At a fixed address they are used as stored in the file. The stack, the
/// heap and the libraries keep their random addresses.
fn at_a_fixed_address() {
    let cfg = |name: &str| env::var(format!("CARGO_CFG_{name}")).unwrap_or_default();
    let is_static = cfg("TARGET_FEATURE").split(',').any(|f| f == "crt-static");
    if cfg("TARGET_OS") == "linux" && cfg("TARGET_ENV") == "gnu" && !is_static {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
