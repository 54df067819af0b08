//! What a history says of its secrets, and the plan for them.

use crate::finding::{Fingerprint, Severity};
use crate::sort;
use crate::text::day;
use std::cmp::Reverse;
use std::collections::HashMap;

/// What to do about a secret of a history. The order is that of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// It is live.
    Revoke,
    /// Nobody knows whether it is live.
    FindOut,
    /// It is dead.
    Baseline,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Step; 3] = [Step::Revoke, Step::FindOut, Step::Baseline];

    /// The name in reports.
    pub fn slug(self) -> &'static str {
        match self {
            Step::Revoke => "revoke",
            Step::FindOut => "find_out",
            Step::Baseline => "baseline",
        }
    }

    /// The heading in the plan.
    pub fn heading(self) -> &'static str {
        match self {
            Step::Revoke => "Live: revoke these first",
            Step::FindOut => "Not known to be dead: find out, and revoke in doubt",
            Step::Baseline => "Dead: take these into the baseline",
        }
    }

    /// What to type, in a sentence.
    pub fn command(self) -> &'static str {
        match self {
            Step::Revoke => {
                "stanch revoke FINGERPRINT --history, or the page that stanch explain FINGERPRINT names."
            }
            Step::FindOut => "stanch verify FINGERPRINT --history, or stanch explain FINGERPRINT.",
            Step::Baseline => "stanch baseline create --from REPORT, with this scan's report in JSON.",
        }
    }
}

/// Whether the newest commit of a branch still has a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Still {
    /// That of these branches.
    At(Vec<String>),
    /// That of no branch.
    Removed,
    /// It is in a message or a name of a ref, which no later commit removes.
    InMessage,
    /// It is in an archive or a file's name: its value was not searched.
    Unknown,
}

impl Still {
    /// The branches.
    pub fn tips(&self) -> &[String] {
        match self {
            Still::At(tips) => tips,
            Still::Removed | Still::InMessage | Still::Unknown => &[],
        }
    }
}

/// A secret of a history: since when it is there, where it still is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The secret.
    pub fingerprint: Fingerprint,
    /// The name of its rule.
    pub name: String,
    /// The highest severity of its findings.
    pub severity: Severity,
    /// What its provider said, as reports name it; `None` if nobody asked.
    pub state: Option<&'static str>,
    /// When the oldest commit with it was made, seconds since 1970.
    pub since: i64,
    /// That commit, as hex.
    pub commit: String,
    /// That commit's author, if asked for.
    pub author: Option<String>,
    /// The repositories that have it, if several were read: branches and tags are `REPOSITORY:NAME` then.
    pub repositories: Vec<String>,
    /// The branches that reach a commit with it.
    pub branches: Vec<String>,
    /// The tags that do.
    pub tags: Vec<String>,
    /// Whether a branch's newest commit still has it.
    pub still: Still,
    /// What to do about it.
    pub step: Step,
}

impl Past {
    /// What a history of one of several repositories says.
    #[must_use]
    pub(super) fn within(mut self, repository: &str) -> Past {
        let named =
            |list: &mut Vec<String>| list.iter_mut().for_each(|name| *name = format!("{repository}:{name}"));
        named(&mut self.branches);
        named(&mut self.tags);
        if let Still::At(tips) = &mut self.still {
            named(tips);
        }
        self.repositories.push(repository.to_owned());
        self
    }

    /// Takes in what another repository's history says of the same secret.
    fn join(&mut self, other: Past) {
        if other.since < self.since {
            (self.since, self.commit, self.author) = (other.since, other.commit, other.author);
        }
        self.severity = self.severity.max(other.severity);
        self.step = self.step.min(other.step);
        self.repositories.extend(other.repositories);
        self.branches.extend(other.branches);
        self.tags.extend(other.tags);
        self.still = match (std::mem::replace(&mut self.still, Still::Unknown), other.still) {
            (Still::At(mut all), Still::At(more)) => {
                all.extend(more);
                Still::At(all)
            }
            // What one of them has is still there, and what was not searched may be.
            (Still::At(tips), _) | (_, Still::At(tips)) => Still::At(tips),
            (Still::Unknown, _) | (_, Still::Unknown) => Still::Unknown,
            (Still::InMessage, _) | (_, Still::InMessage) => Still::InMessage,
            (Still::Removed, Still::Removed) => Still::Removed,
        };
    }

    /// "since 2024-03-01 (commit 1a2b3c4d5e); in the branches main and dev; still at the tip of main".
    pub fn text(&self) -> String {
        let mut text = format!("since {} (commit {})", self.day(), &self.commit[..self.commit.len().min(10)]);
        if let Some(author) = &self.author {
            text.push_str(&format!(", by {author}"));
        }
        let named = |what: &str, list: &[String]| match list {
            [one] => format!("{what} {one}"),
            several => match what {
                "branch" => format!("branches {}", names(several)),
                "repository" => format!("repositories {}", names(several)),
                what => format!("{what}s {}", names(several)),
            },
        };
        if !self.repositories.is_empty() {
            text.push_str(&format!("; in {}", named("repository", &self.repositories)));
        }
        let mut places = Vec::new();
        if !self.branches.is_empty() {
            places.push(named("branch", &self.branches));
        }
        if !self.tags.is_empty() {
            places.push(named("tag", &self.tags));
        }
        if !places.is_empty() {
            text.push_str(&format!("; in {}", places.join(" and ")));
        }
        text.push_str(&match &self.still {
            Still::At(tips) => format!("; still at the tip of {}", names(tips)),
            Still::Removed => "; removed from every branch's newest commit".to_owned(),
            Still::InMessage => "; in a message, which no later commit removes".to_owned(),
            Still::Unknown => "; whether a branch's newest commit has it was not searched".to_owned(),
        });
        text
    }

    /// The day of the oldest commit, in UTC.
    pub fn day(&self) -> String {
        day::of(self.since)
    }
}

/// The secrets of one or several histories in the order of the plan, each once.
pub(crate) fn in_order(all: Vec<Past>) -> Vec<Past> {
    let mut out: Vec<Past> = Vec::new();
    let mut known = HashMap::new();
    for past in all {
        match known.get(&past.fingerprint) {
            Some(at) => {
                let first: &mut Past = &mut out[*at];
                first.join(past);
            }
            None => {
                known.insert(past.fingerprint, out.len());
                out.push(past);
            }
        }
    }
    sort::by_key(&mut out, |p| {
        (p.step, Reverse(p.severity), p.still == Still::Removed, p.since, p.fingerprint)
    });
    out
}

/// Names shown of a list.
const SHOWN: usize = 5;

/// "main, dev and 3 more".
fn names(list: &[String]) -> String {
    let shown = list.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>();
    match (list.len().saturating_sub(SHOWN), shown.split_last()) {
        (0, Some((last, []))) => (*last).to_owned(),
        (0, Some((last, first))) => format!("{} and {last}", first.join(", ")),
        (more, _) => format!("{} and {more} more", shown.join(", ")),
    }
}
