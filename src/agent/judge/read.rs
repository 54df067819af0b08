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
use std::io;

impl Judge<'_> {
    /// Decides on a read whose output can be judged too, if the host replaces it.
    pub(super) fn read(&self, reading: &Reading) -> Ruling {
        let ruling = self.read_whatever_replaces(reading);
        // The read goes on, and its output is masked.
        let later = ruling.action == AgentAction::Mask && self.powers.replace;
        if later { Ruling::allow() } else { ruling }
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
        let lines = Shown::new(part, &text);
        let shown: Vec<&Verdict> = verdicts
            .iter()
            .filter(|d| lines.has(d.finding.location.line, d.finding.location.end_line))
            .collect();
        self.ruling(AgentEvent::Read, &shown, |found| {
            message::read(&self.checker.screen(), &place, &text, found)
        })
    }
}

/// The lines that a read shows.
enum Shown<'a> {
    All,
    Range(usize, usize),
    Matching(Option<regex::bytes::Regex>, Vec<&'a [u8]>),
}

impl<'a> Shown<'a> {
    fn new(part: &Part, text: &'a [u8]) -> Shown<'a> {
        match part {
            Part::Whole => Shown::All,
            Part::First(n) => Shown::Range(1, *n),
            Part::Last(n) => {
                let count = text.split(|b| *b == b'\n').count();
                // A newline at the end begins no line; one more is judged if there is none.
                Shown::Range(count.saturating_sub(*n), usize::MAX)
            }
            Part::Lines(from, to) => Shown::Range(*from, *to),
            Part::Matching(pattern) => {
                let regex =
                    regex::bytes::RegexBuilder::new(pattern).unicode(false).size_limit(1 << 20).build();
                Shown::Matching(regex.ok(), text.split(|b| *b == b'\n').collect())
            }
        }
    }

    fn has(&self, first: u32, last: u32) -> bool {
        let (first, last) = (first as usize, last as usize);
        match self {
            Shown::All => true,
            Shown::Range(from, to) => first <= *to && last >= *from,
            // A pattern of another kind may match anything.
            Shown::Matching(None, _) => true,
            Shown::Matching(Some(regex), lines) => lines
                .iter()
                .skip(first.saturating_sub(1))
                .take(last + 1 - first)
                .any(|line| regex.is_match(line)),
        }
    }
}
