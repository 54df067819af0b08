//! What was read, what was not, and what a person may do about it.

use super::skipped::Skipped;
use crate::finding::Fingerprint;
use jiff::Timestamp;

/// What was read; nothing is called clean unread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Number of files (or of commits, at push) considered.
    pub files: usize,
    /// Number of commits considered; 0 outside a push.
    pub commits: usize,
    /// Bytes read.
    pub bytes: u64,
    /// The commits that have findings, oldest first, as far as the history was read.
    pub history: Vec<Commit>,
    /// The secrets of a history with what it says of each, worst first; empty if that was not asked for.
    pub past: Vec<Past>,
    /// Where else blocked secrets were searched for; `None` if nowhere.
    pub looked: Option<Looked>,
    /// How the outgoing commits can become one without the secrets; `None` if they cannot.
    pub squash: Option<Squash>,
    /// True if one line of commits without a merge is pushed: `fix --commits` can make it again on its branch.
    pub linear: bool,
    /// The branch that was pushed, if it is not the current one.
    pub branch: Option<String>,
    /// Content that was not read.
    pub skipped: Vec<Skipped>,
    /// Notes for the person: "shallow clone: history ends at 3f1b".
    pub notes: Vec<String>,
    /// True if the same was blocked the last time; the message is then shorter.
    pub repeated: bool,
    /// What a person may do without asking.
    pub ways: Permissions,
    /// Whom to ask, from the configuration.
    pub contact: Option<String>,
    /// Where to read more, from the configuration.
    pub link: Option<String>,
}

/// What a person needs to know about a commit to fix it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Commit {
    /// Object id, as hex.
    pub id: String,
    /// First line of its message.
    pub summary: String,
    /// True if it is the newest of its branch, so that `git commit --amend` reaches it.
    pub tip: bool,
    /// True for a commit without a parent.
    pub root: bool,
}

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
    /// What its provider said, as reports name it; `None` if nobody asked.
    pub state: Option<&'static str>,
    /// When the oldest commit with it was made, seconds since 1970.
    pub since: i64,
    /// That commit, as hex.
    pub commit: String,
    /// That commit's author, if asked for.
    pub author: Option<String>,
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
    /// "since 2024-03-01 (commit 1a2b3c4d5e); in the branches main and dev; still at the tip of main".
    pub fn text(&self) -> String {
        let mut text = format!("since {} (commit {})", self.day(), &self.commit[..self.commit.len().min(10)]);
        if let Some(author) = &self.author {
            text.push_str(&format!(", by {author}"));
        }
        let named = |what: &str, list: &[String]| match list {
            [one] => format!("{what} {one}"),
            several => format!("{what}{} {}", if what == "branch" { "es" } else { "s" }, names(several)),
        };
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
        let day = |t: Timestamp| t.strftime("%Y-%m-%d").to_string();
        Timestamp::from_second(self.since).map_or_else(|_| "an unknown day".to_owned(), day)
    }
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

/// Where else blocked secrets were searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// Commits whose version of the file was searched.
    pub commits: usize,
    /// Files of HEAD that were searched.
    pub files: usize,
    /// True if the search ended before its time was up.
    pub whole: bool,
    /// True if the record of earlier pushes was searched too.
    pub record: bool,
}

/// How the outgoing commits of a blocked push can become one, because the newest one is clean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squash {
    /// The commit below them, as hex: an ancestor of HEAD that the remote has.
    pub base: String,
    /// Number of these commits.
    pub commits: usize,
}

/// What the policy lets a person do about a finding without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    /// An allow entry in the repository.
    pub allow: bool,
    /// An inline marker.
    pub inline: bool,
    /// A bypass with a reason.
    pub bypass: bool,
}

impl Default for Permissions {
    fn default() -> Self {
        Permissions { allow: true, inline: true, bypass: true }
    }
}
