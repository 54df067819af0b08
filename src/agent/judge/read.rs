//! Decides on reading: only the lines that are asked for count, in the context of their file.

use super::{Judge, Ruling};
use crate::agent::event::Reading;
use crate::agent::message;
use crate::agent::shell::Part;
use crate::config::{AgentAction, AgentEvent};
use crate::disk::{self, Links};
use crate::finding::SourceKind;
use crate::policy::Verdict;
use crate::text::encoding;
use std::collections::BTreeSet;
use std::io;

impl Judge<'_> {
    /// Decides on a read whose output can be judged too, if the host replaces it.
    pub(super) fn read(&self, reading: &Reading) -> Ruling {
        self.unless_replaced(self.read_whatever_replaces(reading))
    }

    /// The same, of a read without an output that could be replaced.
    pub(super) fn read_whatever_replaces(&self, reading: &Reading) -> Ruling {
        if self.policy(AgentEvent::Read) == AgentAction::Allow {
            return Ruling::allow();
        }
        let path = self.absolute(&reading.path);
        let bytes = match &reading.content {
            Some(text) => text.clone().into_bytes(),
            None => match disk::read(&path, Links::Follow, self.checker.most_bytes()) {
                Ok(bytes) => bytes,
                Err(e) if e.kind() == io::ErrorKind::FileTooLarge => {
                    let action = self.policy(AgentEvent::Read).min(AgentAction::Warn);
                    return Ruling::new(
                        action,
                        AgentEvent::Read,
                        message::unread(&self.checker.screen(), &path),
                    );
                }
                // The tool will not read it either.
                Err(_) => return Ruling::allow(),
            },
        };
        self.content(&path, &bytes, &reading.part)
    }

    /// Decides on lines of a content that has a name.
    pub(super) fn content(&self, path: &std::path::Path, bytes: &[u8], part: &Part) -> Ruling {
        let place = self.repo_path(path);
        let verdicts = self.verdicts(SourceKind::File, place.clone(), bytes);
        if verdicts.is_empty() {
            return Ruling::allow();
        }
        let text = encoding::decode(bytes).0;
        let lines: BTreeSet<usize> = part.numbers(&String::from_utf8_lossy(&text)).into_iter().collect();
        let has = |d: &&Verdict| {
            let at = &d.finding.location;
            lines.range(at.line as usize..=at.end_line as usize).next().is_some()
        };
        self.ruling(AgentEvent::Read, verdicts.iter().filter(has), |found| {
            message::read(&self.checker.screen(), &place, &text, found)
        })
    }
}
