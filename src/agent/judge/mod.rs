//! Decides what happens at an event of an assistant: the engine finds, the policy says what that means for the event.
//!
//! A finding counts if the policy would block it in a commit. One that it would only warn of warns here, where a person
//! wrote or an assistant writes it, and says nothing where a file is read.

mod command;
mod commit;
mod output;
mod prompt;
mod read;
mod stop;
mod write;

use super::event::{Call, Event, Powers};
use super::folders;
use super::message;
use super::session::Session;
use super::tools;
use crate::check::Checker;
use crate::config::{AgentAction, AgentEvent};
use crate::finding::{Fingerprint, RepoPath, Source, SourceKind, plain_path};
use crate::git::Repo;
use crate::policy::{Action, BlobId, Verdict};
use crate::scan::Fragment;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What happens, and what is said about it.
#[derive(Debug)]
pub(crate) struct Ruling {
    pub(crate) action: AgentAction,
    /// The policy's event that decided.
    pub(crate) event: AgentEvent,
    /// For the assistant, or for the person: no value of a secret in it.
    pub(crate) reason: String,
    /// The tool's output with its values masked.
    pub(crate) replaced: Option<Value>,
    /// What it is about: files with lines and rules, or a command.
    pub(crate) record: Vec<Recorded>,
}

/// What the audit log says about a ruling.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) path: String,
    pub(crate) line: u32,
    pub(crate) rule: String,
    pub(crate) fingerprint: String,
    /// What the command or write would do to the gate.
    pub(crate) what: String,
}

impl Ruling {
    pub(crate) fn allow() -> Ruling {
        Ruling::new(AgentAction::Allow, AgentEvent::Read, String::new())
    }

    pub(super) fn new(action: AgentAction, event: AgentEvent, reason: String) -> Ruling {
        Ruling { action, event, reason, replaced: None, record: Vec::new() }
    }

    /// The stricter of two.
    fn or(self, other: Ruling) -> Ruling {
        if other.action > self.action { other } else { self }
    }
}

/// Everything that a decision needs.
pub(crate) struct Judge<'a> {
    pub(crate) repo: Option<&'a Repo>,
    pub(crate) checker: &'a Checker,
    /// The folder in which the assistant works, absolute.
    pub(crate) dir: PathBuf,
    pub(crate) session: Session,
    pub(crate) powers: Powers,
}

impl Judge<'_> {
    /// Decides on a call.
    pub(crate) fn call(&self, call: &Call) -> Ruling {
        let ruling = match &call.event {
            Event::Prompt { text, files } => self.prompt(text, files),
            Event::Read(list) => list.iter().map(|r| self.read(r)).fold(Ruling::allow(), Ruling::or),
            Event::Command { line, language } => self.command(line, *language),
            Event::Write(list) => list.iter().map(|c| self.write(c)).fold(Ruling::allow(), Ruling::or),
            Event::Mcp { tool, arguments } => self.mcp(tool, arguments),
            Event::Output { value, path } => self.output(value, path.as_deref()),
            Event::Stop { again } => self.stop(*again),
            Event::Other => Ruling::allow(),
        };
        let action = self.possible(ruling.action, matches!(call.event, Event::Output { .. }));
        let does = match action {
            AgentAction::Allow => return Ruling::allow(),
            AgentAction::Warn => "warns",
            AgentAction::Ask => "asks",
            AgentAction::Mask => "masked this",
            AgentAction::Deny => "refused this",
        };
        let seen = matches!(call.event, Event::Output { .. })
            && action != AgentAction::Mask
            && ruling.replaced.is_some();
        let seen = if seen { message::SEEN } else { "" };
        Ruling { action, reason: format!("stanch {does}: {}{seen}", ruling.reason), ..ruling }
    }

    /// The next stricter action that the host can do, else the nearest looser one.
    fn possible(&self, action: AgentAction, is_output: bool) -> AgentAction {
        let Powers { warn, ask, deny, replace } = self.powers;
        let can = |a: &AgentAction| match a {
            AgentAction::Allow => true,
            AgentAction::Warn => warn,
            AgentAction::Ask => ask,
            // What is about to happen has no values to mask yet.
            AgentAction::Mask => replace && is_output,
            AgentAction::Deny => deny,
        };
        let all =
            [AgentAction::Allow, AgentAction::Warn, AgentAction::Ask, AgentAction::Mask, AgentAction::Deny];
        // A warning that cannot be shown refuses nothing.
        let stricter = all.iter().filter(|a| **a >= action && (action > AgentAction::Warn || **a == action));
        let looser = all.iter().rev().filter(|a| **a <= action);
        stricter.chain(looser).find(|a| can(a)).copied().unwrap_or(AgentAction::Allow)
    }

    /// What the policy says of an event.
    fn policy(&self, event: AgentEvent) -> AgentAction {
        self.checker.policy.agent(event)
    }

    /// Scans a text and decides on each finding.
    fn verdicts(&self, kind: SourceKind, path: RepoPath, bytes: &[u8]) -> Vec<Verdict> {
        let fragment = Fragment { source: Source::new(kind, path), bytes: bytes.into() };
        self.checker.judge(&fragment, &BlobId::None, &mut Vec::new())
    }

    /// Decides on what is too much to be followed: never clean, so the event's action holds.
    fn unread(&self, event: AgentEvent, what: &str) -> Ruling {
        let mut ruling = Ruling::new(self.policy(event), event, what.to_owned());
        ruling.record.push(Recorded {
            path: String::new(),
            line: 0,
            rule: "unread".to_owned(),
            fingerprint: String::new(),
            what: what.to_owned(),
        });
        ruling
    }

    /// The path as the policy knows it: from the top of the repository, if it is inside of it.
    fn repo_path(&self, path: &Path) -> RepoPath {
        let top = self.repo.and_then(Repo::work_dir);
        let inside = top.as_ref().and_then(|top| {
            let real = || {
                path.parent()?
                    .canonicalize()
                    .ok()?
                    .join(path.file_name()?)
                    .strip_prefix(top)
                    .ok()
                    .map(Path::to_owned)
            };
            path.strip_prefix(top).ok().map(Path::to_owned).or_else(real)
        });
        let shown = inside.unwrap_or_else(|| path.strip_prefix(&self.dir).unwrap_or(path).to_owned());
        RepoPath::new(shown.to_string_lossy().replace('\\', "/"))
    }

    /// A path of the payload, absolute and without `..`.
    fn absolute(&self, path: &Path) -> PathBuf {
        plain_path(&match path.strip_prefix("~") {
            Ok(rest) => folders::home().map_or_else(|| path.to_owned(), |home| home.join(rest)),
            Err(_) => self.dir.join(path),
        })
    }

    /// Leaves what the policy masks to the output, if the host replaces it.
    fn unless_replaced(&self, ruling: Ruling) -> Ruling {
        let later = ruling.action == AgentAction::Mask && self.powers.replace;
        if later { Ruling::allow() } else { ruling }
    }

    /// The ruling of an event on what was found, if anything counts.
    fn ruling<'v>(
        &self,
        event: AgentEvent,
        verdicts: impl IntoIterator<Item = &'v Verdict>,
        say: impl FnOnce(&[&Verdict]) -> String,
    ) -> Ruling {
        let (mut blocked, mut warned) = (Vec::new(), Vec::new());
        for d in verdicts {
            match d.action {
                Action::Block => blocked.push(d),
                Action::Warn => warned.push(d),
                Action::Suppress => {}
            }
        }
        let warns = matches!(event, AgentEvent::Prompt | AgentEvent::Write);
        let (action, counted) = match (blocked.is_empty(), warned.is_empty()) {
            (false, _) => (self.policy(event), blocked),
            (true, false) if warns => (self.policy(event).min(AgentAction::Warn), warned),
            _ => return Ruling::allow(),
        };
        if action == AgentAction::Allow {
            return Ruling::allow();
        }
        let record = counted.iter().map(|d| self.recorded(d)).collect();
        Ruling { record, ..Ruling::new(action, event, say(&counted)) }
    }

    fn recorded(&self, d: &Verdict) -> Recorded {
        let screen = self.checker.screen();
        Recorded {
            path: screen.path(&d.finding.source.path).to_string(),
            line: d.finding.location.line,
            rule: d.finding.rule.id.to_owned(),
            fingerprint: d.finding.fingerprint.to_string(),
            what: String::new(),
        }
    }

    /// Decides on the arguments of a tool that sends them somewhere.
    fn mcp(&self, tool: &str, arguments: &Value) -> Ruling {
        let verdicts = self.value(arguments, None);
        let all = verdicts.iter().flat_map(|(_, v)| v);
        let own = self
            .ruling(AgentEvent::Mcp, all, |found| message::arguments(&self.checker.screen(), tool, found));
        tools::reads(tool, arguments).iter().map(|r| self.read(r)).fold(own, Ruling::or)
    }
}

/// The fingerprints of what was found, those of the two halves of a pair included.
fn fingerprints(verdicts: Vec<Verdict>) -> impl Iterator<Item = Fingerprint> {
    verdicts.into_iter().flat_map(|d| d.finding.apart()).map(|f| f.fingerprint)
}
