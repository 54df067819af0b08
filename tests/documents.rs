//! What the documents show is what happens.

use crate::support::{Sandbox, key};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn documents() -> Vec<(PathBuf, String)> {
    let mut out = Vec::new();
    for dir in [ROOT.to_owned(), format!("{ROOT}/docs")] {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "md") {
                out.push((path.clone(), fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(out.len() > 4);
    out
}

/// The message of the README's tour, made by a real commit.
fn tour() -> String {
    let s = Sandbox::new();
    s.stanch(["install"]).ok();
    s.stage("app/mail.py", format!("import klaviyo\n\napi_key = \"{}\"\n", key(1)));
    let run = s.commit();
    assert_ne!(run.code, 0);
    assert!(!run.stderr.contains(&key(1)));
    run.stderr
}

#[test]
fn the_tour_of_the_readme_is_what_a_blocked_commit_prints() {
    let path = Path::new(ROOT).join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    let start = "$ git commit -m \"Send mail\"\n";
    let from = text.find(start).unwrap() + start.len();
    let to = from + text[from..].find("```\n").unwrap();
    let tour = tour();
    if std::env::var_os("STANCH_UPDATE").is_some() {
        fs::write(&path, format!("{}{tour}{}", &text[..from], &text[to..])).unwrap();
        return;
    }
    assert_eq!(&text[from..to], tour, "run the test with STANCH_UPDATE=1 to take the new message over");
}

#[test]
fn every_command_that_the_documents_name_exists() {
    let s = Sandbox::empty();
    let mut commands = BTreeSet::new();
    for (_, text) in documents() {
        // Code stands between backquotes: every other piece; of a block each line, else one command.
        for code in text.split('`').skip(1).step_by(2).chain(text.split("```").skip(1).step_by(2)) {
            let words = |line: &str| line.trim_start_matches("$ ").strip_prefix("stanch ").map(str::to_owned);
            commands.extend(code.lines().filter_map(words));
        }
    }
    let mut seen = BTreeSet::new();
    for line in commands {
        let name: String = line.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
        if seen.insert(name.clone()) {
            assert_eq!(s.stanch([&name, "--help"]).code, 0, "stanch {line}");
        }
    }
    assert!(seen.len() > 8, "{seen:?}");
}

#[test]
fn links_between_documents_lead_somewhere() {
    for (path, text) in documents() {
        for target in text.split("](").skip(1).map(|p| p.split(')').next().unwrap()) {
            if target.starts_with("http") || target.starts_with('#') {
                continue;
            }
            let file = target.split('#').next().unwrap();
            assert!(path.parent().unwrap().join(file).exists(), "{}: {target}", path.display());
        }
    }
}
