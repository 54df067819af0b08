//! Decides on commands: what is in the line itself, what it reads, prints, sends and writes, and whether it goes around the
//! gate. What the parser does not support is judged by the command's output.

use super::{Judge, Ruling, fingerprints};
use crate::agent::event::{Change, FileChange, Reading};
use crate::agent::folders;
use crate::agent::message;
use crate::agent::shell::{self, Act, Language, Part, Place, Sent};
use crate::config::{AgentAction, AgentEvent};
use crate::disk::{self, Links};
use crate::finding::{Fingerprint, RepoPath, SourceKind};
use crate::hooks::git::Git;
use crate::policy::Action;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Folders whose aliases of git one command may use; bounds its time.
const FOLDERS: usize = 8;

/// The aliases of git's configuration, by folder and name.
#[derive(Default)]
struct Aliases(RefCell<HashMap<PathBuf, HashMap<String, String>>>);

impl Aliases {
    /// Git says what its configuration has; nothing of it is run.
    fn find(&self, dir: &Path, name: &str) -> Result<Option<String>, &'static str> {
        // A folder that is not there has the aliases of the one that it will be in.
        let dir = dir.ancestors().find(|dir| dir.is_dir()).unwrap_or(dir);
        let mut all = self.0.borrow_mut();
        if !all.contains_key(dir) {
            if all.len() >= FOLDERS {
                return Err("it uses git's aliases in too many folders");
            }
            let said = Git::at(dir).answer(&["config", "-z", "--get-regexp", r"^alias\."]);
            let said = said.ok().flatten().unwrap_or_default();
            let entries = said.split(|b| *b == 0).filter_map(|entry| {
                let entry = String::from_utf8_lossy(entry);
                let (key, value) = entry.split_once('\n')?;
                let name = key.strip_prefix("alias.")?;
                let name = name.strip_suffix(".command").unwrap_or(name);
                Some((name.to_lowercase(), value.to_owned()))
            });
            all.insert(dir.to_owned(), entries.collect());
        }
        Ok(all.get(dir).and_then(|found| found.get(&name.to_lowercase()).cloned()))
    }
}

impl Judge<'_> {
    pub(super) fn command(&self, line: &str, language: Language) -> Ruling {
        let home = folders::home();
        let variable = |name: &str| std::env::var(name).ok();
        let aliases = Aliases::default();
        let alias = |dir: &Path, name: &str| aliases.find(dir, name);
        let place = Place { dir: &self.dir, home: home.as_deref(), variable: &variable, alias: &alias };
        let acts = shell::acts(line, language, &place);
        let mut ruling = self.line(line, language, &acts);
        for act in &acts {
            // Nothing is stricter.
            if ruling.action == AgentAction::Deny {
                break;
            }
            ruling = ruling.or(self.act(act));
        }
        ruling
    }

    /// Decides on values in the line itself. What it writes into a file is judged with the file's name.
    fn line(&self, line: &str, language: Language, acts: &[Act]) -> Ruling {
        let name = if language == Language::PowerShell { "command.ps1" } else { "command.sh" };
        let mut verdicts = self.verdicts(SourceKind::File, RepoPath::new(name), line.as_bytes());
        if verdicts.iter().all(|d| d.action == Action::Suppress) {
            return Ruling::allow();
        }
        let mut written: HashSet<Fingerprint> = HashSet::new();
        for act in acts {
            if let Act::Writes { path, text: Some(text) } = act {
                let verdicts = self.verdicts(SourceKind::File, self.repo_path(path), text.as_bytes());
                written.extend(fingerprints(verdicts));
            }
        }
        verdicts.retain(|d| !written.contains(&d.finding.fingerprint));
        self.ruling(AgentEvent::Command, &verdicts, |found| message::command(&self.checker.screen(), found))
    }

    fn act(&self, act: &Act) -> Ruling {
        match act {
            Act::Reads { path, part, revision: None } => {
                self.read(&Reading { path: path.clone(), part: part.clone(), content: None })
            }
            Act::Reads { path, part, revision: Some(revision) } => self.revision(path, part, revision),
            Act::PrintsEnvironment { names } => {
                self.unless_replaced(self.environment(AgentEvent::Read, names.as_deref()))
            }
            Act::PrintsStored { what } => {
                let what = self.checker.screen().text(what);
                let action = self.policy(AgentEvent::Read);
                self.unless_replaced(Ruling::new(action, AgentEvent::Read, message::stored(&what)))
            }
            Act::Sends { host, what } => self.sends(host.as_deref(), what),
            Act::GoesAround { what } => self.gate(what),
            Act::Writes { path, text } => {
                // If the line does not have the text, only the file's name is judged.
                let change = match text {
                    Some(text) => Change::Whole(text.clone()),
                    None => Change::Somewhere("\n".to_owned()),
                };
                self.write(&FileChange { path: path.clone(), change })
            }
            Act::Commits(commit) => self.commit(commit),
            Act::Unknown { .. } => Ruling::allow(),
            Act::Unread { why } => self.unread(AgentEvent::Command, &message::unread_command(why)),
        }
    }

    /// Decides on a file as a revision has it. What git cannot find it does not print.
    fn revision(&self, path: &Path, part: &Part, revision: &str) -> Ruling {
        let Some(repo) = self.repo else { return Ruling::allow() };
        let place = self.repo_path(path);
        let Ok(name) = std::str::from_utf8(place.as_bytes()) else { return Ruling::allow() };
        let content = repo
            .resolve(revision)
            .ok()
            .flatten()
            .and_then(|commit| repo.file_at(&commit, name, self.checker.most_bytes()).ok().flatten());
        match content {
            Some(bytes) => self.unless_replaced(self.content(path, &bytes, part)),
            None => Ruling::allow(),
        }
    }

    /// Decides on environment variables: these, or all. The hook has those of the assistant.
    fn environment(&self, event: AgentEvent, names: Option<&[String]>) -> Ruling {
        let mut text = Vec::new();
        for (name, value) in std::env::vars_os() {
            let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
            if names.is_none_or(|names| names.iter().any(|n| *n == name)) {
                text.extend(format!("{name}={}\n", value.replace('\n', " ")).into_bytes());
            }
        }
        let verdicts = self.verdicts(SourceKind::File, RepoPath::new("environment.env"), &text);
        self.ruling(event, &verdicts, |found| message::environment(&self.checker.screen(), found))
    }

    fn sends(&self, host: Option<&str>, what: &[Sent]) -> Ruling {
        let of = |sent: &Sent| match sent {
            Sent::File(path) => {
                let bytes = disk::read(path, Links::Follow, self.checker.most_bytes()).unwrap_or_default();
                let verdicts = self.verdicts(SourceKind::File, self.repo_path(path), &bytes);
                self.ruling(AgentEvent::Send, &verdicts, |found| message::list(&self.checker.screen(), found))
            }
            Sent::Variable(name) => self.environment(AgentEvent::Send, Some(std::slice::from_ref(name))),
            // A request that has to show who asks shows it.
            Sent::Credential(_) => Ruling::allow(),
            Sent::Environment => self.environment(AgentEvent::Send, None),
            Sent::Stored(what) => {
                let what = self.checker.screen().text(what);
                Ruling::new(self.policy(AgentEvent::Send), AgentEvent::Send, message::stored(&what))
            }
        };
        let ruling = what.iter().map(of).fold(Ruling::allow(), Ruling::or);
        if ruling.action == AgentAction::Allow {
            return ruling;
        }
        let host = host.map(|h| self.checker.screen().text(h));
        Ruling { reason: message::sends(host.as_deref(), &ruling.reason), ..ruling }
    }
}
