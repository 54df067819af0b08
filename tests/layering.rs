//! Holds the layering of docs/architecture.md by reading the `crate::` paths of every source file.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A module may name only modules of a lower rank; of one rank, only itself.
const RANKS: &[(&str, u8)] = &[
    ("cli", 8),
    ("check", 7),
    ("hooks", 7),
    ("fix", 7),
    ("report", 7),
    ("policy", 6),
    ("error", 5),
    ("git", 4),
    ("config", 4),
    ("scan", 3),
    ("validate", 2),
    ("rules", 1),
    ("finding", 1),
    ("text", 1),
    ("secret", 0),
    ("disk", 0),
    ("reader", 0),
    // Of tests alone.
    ("test_support", 0),
];

/// Siblings of one rank that may look at each other, this way only.
const SIBLINGS: &[(&str, &str)] = &[("finding", "rules"), ("fix", "report")];

/// Modules that may look at a raw secret.
const EXPOSE: &[&str] = &["secret.rs", "finding", "scan", "validate", "fix", "check", "cli"];

fn sources() -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut todo = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(dir) = todo.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    out
}

/// The source without its tests and comments.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap();
    code.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn module_of(path: &Path) -> String {
    let rel = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = rel.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn a_module_imports_only_from_below() {
    let rank = |m: &str| RANKS.iter().find(|(n, _)| *n == m).map(|(_, r)| *r);
    let mut faults = BTreeSet::new();
    let mut seen = 0;
    for path in sources() {
        let module = module_of(&path);
        let Some(own) = rank(&module) else {
            assert!(["main", "lib"].contains(&module.as_str()), "no rank for {module}");
            continue;
        };
        let text = fs::read_to_string(&path).unwrap();
        let code = code_of(&text);
        for part in code.split("crate::").skip(1) {
            let name: String = part.chars().take_while(char::is_ascii_lowercase).collect();
            let Some(other) = rank(&name) else { continue };
            seen += 1;
            let sibling = SIBLINGS.contains(&(module.as_str(), name.as_str()));
            if name != module && other >= own && !sibling {
                faults.insert(format!("{module} names {name} ({})", path.display()));
            }
        }
    }
    assert!(seen > 20, "the test reads the sources");
    assert_eq!(faults, BTreeSet::new());
}

#[test]
fn only_git_names_git2_and_reports_never_see_a_raw_secret() {
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        let module = module_of(&path);
        let code = code_of(&text);
        if module != "git" {
            assert!(!code.contains("git2::"), "{} names git2", path.display());
        }
        if code.contains(".expose()") {
            let allowed = EXPOSE.iter().any(|m| m.trim_end_matches(".rs") == module);
            assert!(allowed, "{} exposes a secret", path.display());
        }
    }
}
