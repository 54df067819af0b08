//! Decides on prompts: what a person sends to the model, and the files that go with it.

use super::{Judge, Ruling};
use crate::agent::event::Reading;
use crate::agent::message;
use crate::agent::shell::Part;
use crate::config::{AgentAction, AgentEvent};
use crate::finding::{RepoPath, SourceKind};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Files that a prompt may name.
const FILES: usize = 10_000;
/// Bytes of a path that somebody writes, and of a name in it that a system takes.
const NAME: usize = 1024;
const PART: usize = 255;

impl Judge<'_> {
    pub(super) fn prompt(&self, text: &str, files: &[PathBuf]) -> Ruling {
        let verdicts = self.verdicts(SourceKind::Stdin, RepoPath::new("-"), text.as_bytes());
        let own = self
            .ruling(AgentEvent::Prompt, &verdicts, |found| message::prompt(&self.checker.screen(), found));
        // Hosts send the files that a prompt names without a read of their own.
        let named: BTreeSet<&str> = mentions(text).collect();
        if named.len() + files.len() > FILES {
            return own.or(self.unread(AgentEvent::Prompt, &message::unread_prompt()));
        }
        let named = named.into_iter().map(PathBuf::from).chain(files.iter().cloned());
        let of_files = named.map(|path| {
            let reading = Reading { path, part: Part::Whole, content: None };
            let ruling = self.read_whatever_replaces(&reading);
            let action = if ruling.action == AgentAction::Mask { AgentAction::Deny } else { ruling.action };
            Ruling { action, ..ruling }
        });
        of_files.fold(own, Ruling::or)
    }
}

/// The files that a prompt names: `@src/app.py`, `@"a b.txt"`.
fn mentions(text: &str) -> impl Iterator<Item = &str> {
    // The end of the word that was looked at last.
    let (mut at, mut end) = (0, 0);
    std::iter::from_fn(move || {
        loop {
            at += text[at..].find('@')? + 1;
            let before = text[..at - 1].chars().next_back();
            // An address has a name before its @.
            if before.is_some_and(char::is_alphanumeric) {
                continue;
            }
            if at >= end {
                end = text[at..].find(char::is_whitespace).map_or(text.len(), |length| at + length);
            }
            let quoted = text[at..].strip_prefix('"').and_then(|rest| rest.split('"').next());
            // The lines of a file follow a hash.
            let near = &text.as_bytes()[at..end.min(at + NAME + 1)];
            let name = match (quoted, memchr::memchr(b'#', near)) {
                (Some(quoted), _) => quoted.split('#').next().unwrap_or_default(),
                (None, Some(hash)) => &text[at..at + hash],
                (None, None) if near.len() > NAME => continue,
                (None, None) => {
                    text[at..end].trim_end_matches([',', ';', ':', '?', '!', ')', ']', '\'', '"'])
                }
            };
            // The end of a sentence, unless the file is called so.
            let fits = name.len() <= NAME && name.split('/').all(|part| part.len() <= PART);
            if !name.is_empty() && fits {
                return Some(name.strip_suffix('.').unwrap_or(name));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn files_are_named_by_an_at_sign_and_addresses_are_not_files() {
        for (text, files) in [
            ("look at @src/app.py, and @.env.", vec!["src/app.py", ".env"]),
            ("mail me@example.org about @\"a b.txt\"", vec!["a b.txt"]),
            ("(@a/b.rs#L3-9) @ @", vec!["a/b.rs"]),
            ("@a.py,@.env#L3", vec!["a.py,@.env", ".env"]),
            ("nothing", vec![]),
        ] {
            assert_eq!(mentions(text).collect::<Vec<_>>(), files, "{text}");
        }
    }
}
