//! What an assistant is about to do or has done, in the words of no host.

use super::shell::{Language, Part};
use serde_json::Value;
use std::path::PathBuf;

/// One call of a hook.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) event: Event,
    /// The host's own name for the event.
    pub(crate) name: String,
    /// The folder in which the assistant works.
    pub(crate) dir: Option<PathBuf>,
    /// The host's name for the session.
    pub(crate) session: String,
}

/// What a call is about.
#[derive(Debug)]
pub(crate) enum Event {
    /// A person's prompt.
    Prompt {
        text: String,
        /// Files that go with it.
        files: Vec<PathBuf>,
    },
    /// Files that a tool will read.
    Read(Vec<Reading>),
    /// A command that a shell will run.
    Command { line: String, language: Language },
    /// Files that a tool will write.
    Write(Vec<FileChange>),
    /// Arguments that go to a tool of which nothing else is known, such as one of an MCP server.
    Mcp { tool: String, arguments: Value },
    /// What a tool gave back.
    Output {
        value: Value,
        /// The file that it read, if it read one.
        path: Option<PathBuf>,
    },
    /// The end of a turn.
    Stop {
        /// True if this hook has kept the assistant from ending the turn before.
        again: bool,
    },
    /// Nothing that concerns secrets.
    Other,
}

/// A file that will be read.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) path: PathBuf,
    pub(crate) part: Part,
    /// The content, if the host sends it.
    pub(crate) content: Option<String>,
}

/// A file that will be written.
#[derive(Debug)]
pub(crate) struct FileChange {
    pub(crate) path: PathBuf,
    pub(crate) change: Change,
}

/// What becomes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// This is its whole text.
    Whole(String),
    /// This text is added at the end.
    Appended(String),
    /// Texts of it are replaced.
    Edits(Vec<Edit>),
    /// Parts of it are replaced, as a patch says.
    Patch(Vec<Hunk>),
    /// This text comes into it, at a place that the payload does not say.
    Somewhere(String),
}

/// The replacement of a text by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) old: String,
    pub(crate) new: String,
    /// True if it is replaced wherever it is.
    pub(crate) all: bool,
}

/// Consecutive lines of a patch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Hunk {
    /// The lines before.
    pub(crate) old: Vec<String>,
    /// The lines after.
    pub(crate) new: Vec<String>,
}

impl Change {
    /// The file's text after the change; `old` is the text before it. Where the two do not fit, only the new text.
    pub(crate) fn applied(&self, old: &str) -> String {
        match self {
            Change::Whole(text) => text.clone(),
            Change::Appended(text) => format!("{old}{text}"),
            Change::Somewhere(text) => text.clone(),
            Change::Edits(edits) => {
                let mut text = old.to_owned();
                for edit in edits {
                    text = match (edit.old.is_empty(), text.contains(&edit.old)) {
                        (false, true) if edit.all => text.replace(&edit.old, &edit.new),
                        (false, true) => text.replacen(&edit.old, &edit.new, 1),
                        // The host will refuse the edit, or finds its place in another way.
                        _ if text.is_empty() => edit.new.clone(),
                        _ => format!("{text}\n{}", edit.new),
                    };
                }
                text
            }
            Change::Patch(hunks) => {
                let mut lines: Vec<&str> = old.lines().collect();
                let mut from = 0;
                for hunk in hunks {
                    let old: Vec<&str> = hunk.old.iter().map(String::as_str).collect();
                    let new = hunk.new.iter().map(String::as_str);
                    let place = place(&lines, &old, from).or_else(|| place(&lines, &old, 0));
                    let at = place.unwrap_or(lines.len());
                    let end = if place.is_some() { at + old.len() } else { at };
                    lines.splice(at..end, new);
                    from = at + hunk.new.len();
                }
                lines.join("\n") + "\n"
            }
        }
    }
}

/// The line at which these lines are, from line `from` on.
fn place(lines: &[&str], old: &[&str], from: usize) -> Option<usize> {
    if old.is_empty() {
        return None;
    }
    let same = |a: &str, b: &str| a.trim_end() == b.trim_end();
    let fits = |at: &usize| lines[*at..].iter().zip(old).all(|(a, b)| same(a, b));
    (from..(lines.len() + 1).checked_sub(old.len())?).find(fits)
}

/// What a host lets a hook do at an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Powers {
    /// True if the person can be warned.
    pub(crate) warn: bool,
    /// True if the person can be asked.
    pub(crate) ask: bool,
    /// True if it can be refused.
    pub(crate) deny: bool,
    /// True if the output of the tool can be replaced, now or when it has run.
    pub(crate) replace: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_gives_the_file_as_it_will_be() {
        let edit = |old: &str, new: &str, all| Edit { old: old.into(), new: new.into(), all };
        let hunk = |old: &[&str], new: &[&str]| Hunk {
            old: old.iter().map(|l| (*l).to_owned()).collect(),
            new: new.iter().map(|l| (*l).to_owned()).collect(),
        };
        let old = "a\nb\nc\nb\n";
        for (change, new) in [
            (Change::Whole("x".into()), "x"),
            (Change::Appended("x\n".into()), "a\nb\nc\nb\nx\n"),
            (Change::Edits(vec![edit("b", "x", false)]), "a\nx\nc\nb\n"),
            (Change::Edits(vec![edit("b", "x", true), edit("x", "y", true)]), "a\ny\nc\ny\n"),
            (Change::Edits(vec![edit("gone", "x", false)]), "a\nb\nc\nb\n\nx"),
            (Change::Patch(vec![hunk(&["c", "b"], &["c", "x"])]), "a\nb\nc\nx\n"),
            (Change::Patch(vec![hunk(&["b"], &["x"]), hunk(&["b"], &["y", "z"])]), "a\nx\nc\ny\nz\n"),
            (Change::Patch(vec![hunk(&[], &["x"])]), "a\nb\nc\nb\nx\n"),
            (Change::Patch(vec![hunk(&["gone"], &["x"])]), "a\nb\nc\nb\nx\n"),
        ] {
            assert_eq!(change.applied(old), new, "{change:?}");
        }
        assert_eq!(Change::Edits(vec![edit("", "x", false)]).applied(""), "x");
    }
}
