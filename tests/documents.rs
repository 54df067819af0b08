//! What the documents show is what happens.

use crate::style::{PHRASES, words};
use crate::support::{Sandbox, key};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The pages of the root and of `docs`, without those of the rules: the catalogue makes them.
fn documents() -> Vec<(PathBuf, String)> {
    let mut out = Vec::new();
    for dir in ["", "docs", "docs/decisions", "docs/servers"] {
        for entry in fs::read_dir(Path::new(ROOT).join(dir)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "md") {
                out.push((path.clone(), fs::read_to_string(path).unwrap().replace("\r\n", "\n")));
            }
        }
    }
    assert!(out.len() > 30);
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
        // Code is between backquotes: every other piece; each line of a block, else one command.
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

/// A page without its blocks and pieces of code.
fn prose(text: &str) -> String {
    let blocks: String = text.split("\n```").step_by(2).collect::<Vec<_>>().join("\n");
    blocks.lines().map(|line| line.split('`').step_by(2).collect::<String>() + "\n").collect()
}

/// The names that links to the headings of a page may use, as hosts and mdBook make them.
fn headings(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for line in text.split("\n```").step_by(2).flat_map(str::lines) {
        let Some(title) = line.starts_with('#').then(|| line.trim_start_matches('#').trim()) else {
            continue;
        };
        let keep = |c: char| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
            _ => None,
        };
        let name: String = title.to_lowercase().chars().filter_map(keep).collect();
        let taken = (1..).map(|n| format!("{name}-{n}")).find(|n| !out.contains(n)).unwrap();
        if !out.insert(name) {
            out.insert(taken);
        }
    }
    out
}

#[test]
fn links_between_documents_lead_to_a_page_and_a_heading() {
    let mut faults = Vec::new();
    for (path, text) in documents() {
        for target in prose(&text).split("](").skip(1).map(|p| p.split(')').next().unwrap()) {
            if target.starts_with("http") {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            let known = match fs::read_to_string(&file) {
                Ok(text) => heading.is_empty() || headings(&text).contains(heading),
                Err(_) => file.is_dir(),
            };
            if !known {
                faults.push(format!("{}: {target}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_file_of_the_sources_that_the_documents_name_exists() {
    let (mut faults, mut seen) = (Vec::new(), 0);
    for (path, text) in documents() {
        for name in text.split('`').skip(1).step_by(2) {
            let folder = name.split('/').next().unwrap();
            let is_path = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-".contains(&b));
            if !["src", "tests", "benches", "tools", "packaging", "fuzz", ".ci"].contains(&folder) || !is_path
            {
                continue;
            }
            seen += 1;
            // A name that a recipe fills in, and a folder of somebody's project.
            let example = name.contains("PROVIDER") || name == "src/test/";
            if name.contains('/') && !example && !Path::new(ROOT).join(name).exists() {
                faults.push(format!("{}: {name}", path.display()));
            }
        }
    }
    assert!(seen > 150, "{seen}");
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn pages_use_plain_phrases() {
    let mut faults = Vec::new();
    // The log of changes keeps the words of its day.
    for (path, text) in documents().into_iter().filter(|(path, _)| !path.ends_with("CHANGELOG.md")) {
        for line in prose(&text).lines() {
            let plain = words(&line.to_lowercase().replace(|c: char| !c.is_alphanumeric(), " "));
            let phrases = PHRASES.iter().chain(&["so many"]);
            let found = phrases.filter(|phrase| plain.contains(&format!(" {phrase} ")));
            faults.extend(found.map(|phrase| format!("{}: {phrase}: {line}", path.display())));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_page_of_docs_is_a_chapter_of_the_book() {
    let docs = Path::new(ROOT).join("docs");
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    let listed: BTreeSet<&str> = summary.split("](").skip(1).map(|p| p.split(')').next().unwrap()).collect();
    let mut pages = BTreeSet::new();
    for (path, _) in documents() {
        if let Ok(name) = path.strip_prefix(&docs)
            && name != Path::new("SUMMARY.md")
        {
            pages.insert(name.to_str().unwrap().replace('\\', "/"));
        }
    }
    // The pages of the providers are put below this one when the book is built.
    pages.insert("rules/README.md".to_owned());
    let pages: BTreeSet<&str> = pages.iter().map(String::as_str).collect();
    assert_eq!(listed, pages, "docs/SUMMARY.md lists the chapters");
}
