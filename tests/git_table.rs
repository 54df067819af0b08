//! docs/git.md names a test beside each situation: it must not speak of tests that are not there, nor leave one out.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn the_tables_of_situations_name_every_test_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("docs/git.md")).unwrap();
    let mut named = BTreeSet::new();
    let mut file = String::new();
    for row in text.lines().filter(|l| l.starts_with('|')) {
        let last = row.trim_end_matches('|').rsplit('`').nth(1).unwrap_or_default();
        match last.strip_prefix("tests/") {
            Some(name) => file = name.to_owned(),
            None if !last.is_empty() => drop(named.insert(format!("{file}: {last}"))),
            None => {}
        }
    }
    let mut there = BTreeSet::new();
    for entry in fs::read_dir(root.join("tests")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap();
        if !file.starts_with("git_") || file == "git_table.rs" {
            continue;
        }
        let code = fs::read_to_string(&path).unwrap();
        for part in code.split("#[test]\n").skip(1) {
            let name = part.split("fn ").nth(1).unwrap().split('(').next().unwrap();
            there.insert(format!("{file}: {name}"));
        }
    }
    let unlike: Vec<&String> = named.symmetric_difference(&there).collect();
    assert!(unlike.is_empty(), "in one of the two only: {unlike:#?}");
    assert!(named.len() > 100);
}

#[test]
fn what_cannot_be_stopped_names_tests_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("docs/not-stopped.md")).unwrap();
    let mut named = 0;
    for row in text.lines().filter(|l| l.starts_with("| ")).skip(1) {
        let last = row.trim_end_matches([' ', '|']).rsplit('|').next().unwrap().trim();
        let Some(test) = last.strip_prefix('`').and_then(|t| t.strip_suffix('`')) else {
            assert!(last.starts_with("none: "), "{row}");
            continue;
        };
        let (file, name) = test.split_once("::").unwrap();
        let code = fs::read_to_string(root.join(format!("tests/{file}.rs"))).unwrap();
        assert!(code.contains(&format!("#[test]\nfn {name}(")), "{test}");
        named += 1;
    }
    assert!(named > 5, "{named}");
}
