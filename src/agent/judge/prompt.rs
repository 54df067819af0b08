//! Decides on prompts: what a person sends to the model, and the files that go with it.

use super::{Judge, Ruling};
use crate::agent::event::Reading;
use crate::agent::message;
use crate::agent::shell::Part;
use crate::config::{AgentAction, AgentEvent};
use crate::finding::{RepoPath, SourceKind};
use std::path::PathBuf;

impl Judge<'_> {
    pub(super) fn prompt(&self, text: &str, files: &[PathBuf]) -> Ruling {
        let verdicts = self.verdicts(SourceKind::Stdin, RepoPath::new("-"), text.as_bytes());
        let own = self
            .ruling(AgentEvent::Prompt, &verdicts, |found| message::prompt(&self.checker.screen(), found));
        // Hosts send the files that a prompt names without a read of their own.
        let named = mentions(text).map(PathBuf::from).chain(files.iter().cloned());
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
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let at = rest.find('@')?;
            let before = rest[..at].chars().next_back();
            rest = &rest[at + 1..];
            // An address has a name before its @.
            if before.is_some_and(char::is_alphanumeric) {
                continue;
            }
            let name = match rest.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next().unwrap_or_default(),
                None => {
                    let word = rest.split(char::is_whitespace).next().unwrap_or_default();
                    word.trim_end_matches([',', ';', ':', '?', '!', ')', ']', '\'', '"'])
                }
            };
            // The end of a sentence, unless the file is called so.
            let name = name.split('#').next().unwrap_or_default();
            if !name.is_empty() {
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
            ("nothing", vec![]),
        ] {
            assert_eq!(mentions(text).collect::<Vec<_>>(), files, "{text}");
        }
    }
}
