//! A decision that is safe to show, and the changes that keep it so.

use super::Screen;
use crate::finding::{RepoPath, printable};
use crate::policy::{Action, Decision, Skipped, in_order};
use crate::sort;
use std::collections::HashSet;
use std::ops::Deref;

/// A decision that is safe to show: every text and path in it went through a [`Screen`].
#[derive(Debug, Clone)]
pub struct Screened(Decision);

impl Deref for Screened {
    type Target = Decision;

    fn deref(&self) -> &Decision {
        &self.0
    }
}

impl Screened {
    /// A decision that a [`Screen`] made safe.
    pub(super) fn new(decision: Decision) -> Screened {
        Screened(decision)
    }

    /// Takes in what was decided on another repository, which is called `name`.
    pub fn join(&mut self, part: Screened, name: &[u8]) {
        let Screened(mut part) = part;
        let name_text = printable(name);
        for f in part.findings.iter_mut().flat_map(|d| {
            let f = &mut d.finding;
            std::iter::once(&mut f.source).chain(f.pair.as_deref_mut().map(|id| &mut id.source))
        }) {
            f.path = f.path.under(name);
        }
        part.reading.skipped.iter_mut().for_each(|s| s.path = s.path.under(name));
        part.reading.notes.iter_mut().for_each(|note| *note = format!("{name_text}: {note}"));
        part.reading.past = part.reading.past.into_iter().map(|p| p.within(&name_text)).collect();
        self.0.join(part);
    }

    /// Live secrets first, and of each secret what all repositories say.
    #[must_use]
    pub fn triaged(mut self) -> Screened {
        self.0.live_first();
        self.0.reading.past = in_order(self.0.reading.past);
        self
    }

    /// Adds what could not be read at all.
    pub fn failed(&mut self, screen: &Screen<'_>, name: &str, why: &str) {
        let path = screen.path(&RepoPath::new(name));
        self.0.reading.skipped.push(Skipped::failed(path, screen.text(why)));
    }

    /// Marks it as equal to the last one, for a shorter message.
    pub fn set_repeated(&mut self, repeated: bool) {
        self.0.reading.repeated = repeated;
    }

    /// Adds a note for the person.
    pub fn note(&mut self, screen: &Screen<'_>, text: &str) {
        self.0.reading.notes.push(screen.text(text));
    }

    /// Keeps only the worst findings, in their order; suppressed ones are dropped first.
    #[must_use]
    pub fn worst(mut self, most: usize) -> Screened {
        let all = &mut self.0.findings;
        if all.len() > most {
            let mut order: Vec<usize> = (0..all.len()).collect();
            sort::by_key(&mut order, |i| {
                let d = &all[*i];
                std::cmp::Reverse((d.action, d.finding.severity, d.finding.confidence))
            });
            let kept: HashSet<usize> = order.into_iter().take(most).collect();
            let mut i = 0;
            all.retain(|_| {
                i += 1;
                kept.contains(&(i - 1))
            });
        }
        self
    }

    /// Drops findings that exist only to be explained.
    #[must_use]
    pub fn without_explained(mut self) -> Screened {
        self.0.findings.retain(|d| !d.finding.is_only_explained());
        self
    }

    /// Drops suppressed findings.
    #[must_use]
    pub fn without_suppressed(mut self) -> Screened {
        self.0.findings.retain(|d| d.action != Action::Suppress);
        self
    }
}
