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
    /// The file's text after the change; `old` is the text before it. Where the two do not fit, only the new text. `None`
    /// if it takes too much work, or is longer than `most` bytes.
    pub(crate) fn applied(&self, old: &str, most: usize) -> Option<String> {
        Some(match self {
            Change::Whole(text) => text.clone(),
            Change::Appended(text) => format!("{old}{text}"),
            Change::Somewhere(text) => text.clone(),
            Change::Edits(edits) => {
                let (mut text, mut left) = (old.to_owned(), SEARCHED);
                for edit in edits {
                    left = left.checked_sub(text.len())?;
                    let found = if edit.old.is_empty() {
                        None
                    } else {
                        memchr::memmem::find(text.as_bytes(), edit.old.as_bytes())
                    };
                    match found {
                        Some(_) if edit.all => {
                            let count = text.matches(&edit.old).count();
                            if text.len().saturating_add(count.saturating_mul(edit.new.len())) > most {
                                return None;
                            }
                            text = text.replace(&edit.old, &edit.new);
                        }
                        Some(at) => text.replace_range(at..at + edit.old.len(), &edit.new),
                        // The host will refuse the edit, or finds its place in another way.
                        None => {
                            if !text.is_empty() {
                                text.push('\n');
                            }
                            text.push_str(&edit.new);
                        }
                    }
                }
                text
            }
            Change::Patch(hunks) => {
                let mut lines: Vec<&str> = old.lines().collect();
                let (mut from, mut left) = (0, COMPARED);
                for hunk in hunks {
                    let old: Vec<&str> = hunk.old.iter().map(|line| line.trim_end()).collect();
                    let new = hunk.new.iter().map(String::as_str);
                    let found = place(&lines, &old, from, &mut left)?;
                    let place = if found.is_none() { place(&lines, &old, 0, &mut left)? } else { found };
                    // What stands behind is moved.
                    left = left.checked_sub(lines.len() / 16)?;
                    let at = place.unwrap_or(lines.len());
                    let end = if place.is_some() { at + old.len() } else { at };
                    lines.splice(at..end, new);
                    from = at + hunk.new.len();
                }
                lines.join("\n") + "\n"
            }
        })
    }
}

/// Bytes in which the texts of edits are searched.
const SEARCHED: usize = 64 << 20;
/// Lines that are compared with those of a patch.
const COMPARED: usize = 1 << 20;

/// The line at which these lines are, from line `from` on; `None` of all if `left` lines are compared before.
fn place(lines: &[&str], old: &[&str], from: usize, left: &mut usize) -> Option<Option<usize>> {
    let last = (lines.len() + 1).saturating_sub(old.len());
    if old.is_empty() {
        return Some(None);
    }
    for at in from..last {
        let same = lines[at..].iter().zip(old).take_while(|(a, b)| a.trim_end() == **b).count();
        *left = left.checked_sub(same + 1)?;
        if same == old.len() {
            return Some(Some(at));
        }
    }
    Some(None)
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
            assert_eq!(change.applied(old, 1 << 20).as_deref(), Some(new), "{change:?}");
        }
        assert_eq!(Change::Edits(vec![edit("", "x", false)]).applied("", 1 << 20).as_deref(), Some("x"));
    }

    #[test]
    fn a_change_without_bounds_gives_nothing() {
        let edit = |old: &str, new: &str, all| Edit { old: old.into(), new: new.into(), all };
        let doubling = Change::Edits(vec![edit("a", "aa", true); 64]);
        assert_eq!(doubling.applied("a", 10 << 20), None);
        let many = Change::Edits(vec![edit("gone", "x", false); 5_000]);
        assert_eq!(many.applied(&"a\n".repeat(50_000), 10 << 20), None);
        let hunks = vec![Hunk { old: vec!["a".into(), "gone".into()], new: vec!["x".into()] }; 5_000];
        assert_eq!(Change::Patch(hunks).applied(&"a\n".repeat(50_000), 10 << 20), None);
    }
}
