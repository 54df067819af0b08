//! Holds what can be held of the language of help, errors and comments (docs/glossary.md).

use crate::support::Sandbox;
use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Phrases for which docs/glossary.md and the rules of the house have plainer ones, in help, comments and pages.
pub(crate) const PHRASES: &[&str] = &[
    "anew",
    "lest",
    "whoever",
    "came of",
    "comes of",
    "lets through",
    "let through",
    "mend",
    "mends",
    "mended",
    "gravest",
    "the door",
    "way out",
    "told",
    "anybody",
    "save by",
    "is none",
    "are none",
];

/// More of them, in help.
const IN_HELP: &[&str] = &["stopped", "none of which"];

/// More of them, in comments.
const IN_COMMENTS: &[&str] = &["is no", "are no"];

/// Every command with its help, from the root on.
fn helps(s: &Sandbox, command: &[String], out: &mut Vec<(String, String)>) {
    let mut args = command.to_vec();
    args.push("--help".to_owned());
    let text = s.stanch(&args).ok().stdout;
    for name in commands_of(&text) {
        let mut inner = command.to_vec();
        inner.push(name);
        helps(s, &inner, out);
    }
    out.push((command.join(" "), text));
}

/// The commands that a help text lists. The first page lists them in groups.
pub(crate) fn commands_of(help: &str) -> Vec<String> {
    let lists = |line: &str| line == "Commands:" || line == "Start:";
    help.lines()
        .skip_while(|line| !lists(line))
        .take_while(|line| *line != "Options:")
        // Continued descriptions are indented further.
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

fn all_helps(columns: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    helps(&Sandbox::new().env("COLUMNS", columns), &[], &mut out);
    assert!(out.len() > 20, "{}", out.len());
    out
}

#[test]
fn help_uses_the_words_of_the_glossary() {
    let mut faults = BTreeSet::new();
    for (command, text) in all_helps("100") {
        let plain = words(&text.to_lowercase().replace(|c: char| !c.is_alphanumeric() && c != '-', " "));
        let found = PHRASES.iter().chain(IN_HELP).filter(|p| plain.contains(&format!(" {p} ")));
        faults.extend(found.map(|p| format!("{command}: {p}")));
    }
    assert_eq!(faults, BTreeSet::new());
}

#[test]
fn help_fits_the_terminal_and_its_tail_wraps_once() {
    let mut faults = Vec::new();
    for columns in [80, 100] {
        for (command, text) in all_helps(&columns.to_string()) {
            for line in text.lines().filter(|l| l.chars().count() > columns) {
                faults.push(format!("{command} at {columns}: wider: {line}"));
            }
            let examples = text.split("\nExamples:\n").nth(1).map_or("", |e| e.split("\n\n").next().unwrap());
            for line in examples.lines().filter(|l| !l.starts_with("    ") && !l.contains("stanch")) {
                faults.push(format!("{command} at {columns}: an example wraps: {line}"));
            }
            let lines: Vec<&str> = text.lines().collect();
            for pair in lines.windows(2) {
                let word = pair[1].trim();
                let is_wrapped = pair[0].trim_end().chars().count() + 1 + word.chars().count() > columns;
                // A list of values ends where it ends.
                if is_wrapped && !word.is_empty() && !word.contains(' ') && !word.ends_with(']') {
                    faults.push(format!("{command} at {columns}: one word in a line: {word}"));
                }
            }
            // A paragraph that was wrapped by hand and wraps again leaves a short line in its middle.
            let tail = text.split("\nOptions:\n").nth(1).unwrap_or_default();
            for paragraph in tail.split("\n\n").filter(|p| !p.starts_with([' ', '\n']) && !p.contains("\n  "))
            {
                let lines: Vec<&str> = paragraph.trim_end().lines().collect();
                for pair in lines.windows(2) {
                    // The last two words stay together.
                    let next = match pair[1].split(' ').count() {
                        ..=2 => pair[1],
                        _ => pair[1].split(' ').next().unwrap(),
                    };
                    if pair[0].chars().count() + 1 + next.chars().count() <= columns {
                        faults.push(format!("{command} at {columns}: wrapped by hand: {}", pair[0]));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The Rust files of some folders of the repository, each with its text.
fn sources(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let mut todo: Vec<PathBuf> =
        folders.iter().map(|dir| Path::new(env!("CARGO_MANIFEST_DIR")).join(dir)).collect();
    let mut out = Vec::new();
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            todo.extend(fs::read_dir(path).unwrap().map(|e| e.unwrap().path()));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            out.push((path, text));
        }
    }
    out
}

/// The words of a text between single blanks, with one at each end, so that a phrase is found as ` phrase `.
pub(crate) fn words(text: &str) -> String {
    format!(" {} ", text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn no_comment_on_an_item_is_a_question() {
    let (mut questions, mut seen) = (Vec::new(), 0);
    for (path, text) in sources(&["src"]) {
        let docs = text.lines().map(str::trim).filter(|l| l.starts_with("///") || l.starts_with("//!"));
        seen += docs.clone().count();
        questions.extend(docs.filter(|l| l.ends_with('?')).map(|l| format!("{}: {l}", path.display())));
    }
    assert!(seen > 1000, "{seen}");
    assert!(questions.is_empty(), "{}", questions.join("\n"));
}

#[test]
fn comments_use_plain_phrases() {
    let (mut faults, mut seen) = (Vec::new(), 0);
    for (path, text) in sources(&["src", "tests"]) {
        for line in text.lines().map(str::trim).filter(|l| l.starts_with("//")) {
            seen += 1;
            let line = line.to_lowercase();
            let plain = words(&line.replace(|c: char| !c.is_alphanumeric(), " "))
                .replace(" there is no ", " ")
                .replace(" there are no ", " ");
            let found = PHRASES.iter().chain(IN_COMMENTS).filter(|p| plain.contains(&format!(" {p} ")));
            faults.extend(found.map(|p| format!("{}: {p}: {line}", path.display())));
        }
    }
    assert!(seen > 2000, "{seen}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Words that no message has; some of the listed ones are words of other fields too.
const IN_MESSAGES: &[&str] =
    &["anew", "lest", "mend", "mends", "mended", "gravest", "let through", "lets through", "told"];

/// The string literals of some tokens, those inside of macros too.
fn literals(tokens: TokenStream, out: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Literal(literal) => out.push(literal.to_string()),
            TokenTree::Group(group) => literals(group.stream(), out),
            _ => {}
        }
    }
}

#[test]
fn messages_use_plain_words() {
    let (mut faults, mut seen) = (Vec::new(), 0);
    for (path, text) in sources(&["src"]).into_iter().filter(|(path, _)| !path.ends_with("tests.rs")) {
        let mut all = Vec::new();
        literals(text.parse().unwrap(), &mut all);
        // A sentence, not a word of a text that is searched.
        for text in all.into_iter().filter(|text| text.starts_with('"') && text.contains(' ')) {
            seen += 1;
            let plain = words(
                &text.to_lowercase().replace(|c: char| !c.is_alphanumeric() && c != '{' && c != '}', " "),
            );
            let found = IN_MESSAGES.iter().filter(|w| plain.contains(&format!(" {w} ")));
            faults.extend(found.map(|w| format!("{}: {w}: {text}", path.display())));
        }
    }
    assert!(seen > 2000, "{seen}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
