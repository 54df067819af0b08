//! Where a value goes that leaves the code: into the file of variables that git ignores, or into a store.
//!
//! It is stored before its place in the code is changed: what fails leaves both as they were.

use super::client::{Client, Task};
use super::keep_out::{self, GITIGNORE, Ignored};
use crate::disk::{self, Beside, Mode};
use crate::error::Error;
use crate::finding::printable;
use crate::fix::Fixed;
use crate::fix::dotenv::{self, Entry};
use crate::fix::replacement::SET_AT_GITHUB;
use crate::hooks::git::Git;
use crate::policy::edit_lock::Editor;
use crate::report::{seen_from, shell_word};
use crate::rules::Rule;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const NAME: &str = ".env";

/// Where the value is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Store {
    /// .env, which git ignores, for its owner alone
    Env,
    /// 1Password, with its client op
    #[value(name = "1password")]
    OnePassword,
    /// HashiCorp Vault (KV version 2), by its client
    Vault,
    /// AWS Secrets Manager, with its client aws
    AwsSecretsManager,
    /// The repository's secrets at GitHub, with its client gh
    GithubActions,
    /// Nowhere: only the expression is written
    None,
}

/// Keeps the values of a run.
pub(super) struct Keeper<'a> {
    pub(super) top: &'a Path,
    pub(super) editor: &'a Editor,
    /// What was asked for; `None` is `.env` where that is possible.
    pub(super) store: Option<Store>,
    pub(super) at: Option<&'a str>,
    /// Variables by the place that has them.
    kept: BTreeMap<String, BTreeSet<String>>,
    /// Variables that no place has, and why.
    pub(super) unkept: BTreeMap<String, String>,
    /// True if a file reads one of them from now on.
    is_read: bool,
    /// Files of the work tree that were changed and belong into git.
    pub(super) to_stage: BTreeSet<String>,
}

impl<'a> Keeper<'a> {
    pub(super) fn new(
        top: &'a Path,
        editor: &'a Editor,
        store: Option<Store>,
        at: Option<&'a str>,
    ) -> Keeper<'a> {
        let (kept, unkept, to_stage) = Default::default();
        Keeper { top, editor, store, at, kept, unkept, to_stage, is_read: false }
    }

    /// Stores the value of a file that is about to be written. An error leaves the file as it is.
    pub(super) fn keep(
        &mut self,
        file: &Path,
        rule: &Rule,
        fixed: &Fixed,
        show: &mut dyn FnMut(&str) -> Result<(), String>,
    ) -> Result<(), String> {
        let variable = fixed.variable.as_str();
        if variable.is_empty() {
            return Ok(());
        }
        self.is_read |= fixed.reads;
        let Some(value) = &fixed.value else {
            return self.unable(variable, "its escapes are the language's own".to_owned());
        };
        let client = match self.store {
            Some(Store::None) => return self.unable(variable, String::new()),
            None | Some(Store::Env) => {
                let env = self.nearest(file);
                return match self.write_env(&env, variable, value.expose()) {
                    Ok(()) => {
                        self.kept.entry(shown(&env)).or_default().insert(variable.to_owned());
                        Ok(())
                    }
                    Err(why) => self.unable(variable, format!("{}: {why}", shown(&env))),
                };
            }
            Some(Store::OnePassword) => Client::OnePassword,
            Some(Store::Vault) => Client::Vault,
            Some(Store::AwsSecretsManager) => Client::AwsSecretsManager,
            Some(Store::GithubActions) => Client::GitHubActions,
        };
        if self.kept.values().any(|names| names.contains(variable)) {
            return Ok(());
        }
        let provider = if rule.provider.is_issuer() { rule.provider.id } else { "app" };
        let task = Task { variable, provider, at: self.at, value };
        let place = client.keep(&task, show)?;
        let place = format!("{}: {}", client.name(), printable(place.as_bytes()));
        self.kept.entry(place).or_default().insert(variable.to_owned());
        Ok(())
    }

    /// Returns whether the store's client has done already what a note asks of the person.
    pub(super) fn has_done(&self, note: &str) -> bool {
        matches!(self.store, Some(Store::GithubActions)) && note.starts_with(SET_AT_GITHUB)
    }

    /// Nothing was stored: an error if a store was asked for.
    fn unable(&mut self, variable: &str, why: String) -> Result<(), String> {
        match self.store {
            None | Some(Store::None) => {
                self.unkept.insert(variable.to_owned(), why);
                Ok(())
            }
            Some(_) => Err(format!("its value could not be stored: {why}")),
        }
    }

    /// The file of variables nearest to a file: of its folder, or of one above it that has one, or of the top.
    fn nearest(&self, file: &Path) -> PathBuf {
        let above = file.ancestors().skip(1).map(|dir| dir.join(NAME));
        above.filter(|p| self.top.join(p).is_file()).chain([PathBuf::from(NAME)]).next().unwrap_or_default()
    }

    /// Returns whether the file of variables has another value under this name: the code would read the wrong one.
    pub(super) fn has_other(&self, file: &Path, fixed: &Fixed) -> bool {
        let (None | Some(Store::Env), Some(value)) = (self.store, &fixed.value) else { return false };
        let text = keep_out::old_content(&self.top.join(self.nearest(file)));
        text.is_ok_and(|text| dotenv::entry(&text, &fixed.variable, value.expose()) == Entry::Other)
    }

    fn write_env(&mut self, env: &Path, variable: &str, value: &[u8]) -> Result<(), String> {
        let words = |e: Error| e.to_string();
        let name = env.to_str().ok_or("its folder's name is not UTF-8")?;
        let git = Git::at(self.top);
        let literal = format!(":(literal,top){name}");
        let is_tracked = git.run(&["ls-files", "--error-unmatch", "--", &literal]).map_err(words)?;
        if is_tracked.status.success() {
            return Err("git tracks it".to_owned());
        }
        let path = self.top.join(env);
        let old = keep_out::old_content(&path).map_err(|e| e.to_string())?;
        match dotenv::entry(&old, variable, value) {
            Entry::Same => return Ok(()),
            Entry::Other => return Err(format!("it has another {variable}")),
            Entry::Missing => {}
        }
        let new = dotenv::with(&old, variable, value)
            .ok_or("readers of such files disagree about the characters in the value")?;
        let ignored = keep_out::ignore(&git, self.top, name, self.editor).map_err(words)?;
        if !matches!(ignored, Ignored::Already) {
            self.to_stage.insert(GITIGNORE.to_owned());
        }
        if matches!(ignored, Ignored::Never) {
            return Err("git does not ignore it, whatever .gitignore says".to_owned());
        }
        disk::replace(&path, &new, Mode::Private, Beside::WorkTree(Some(self.editor.folder())))
            .map_err(|e| e.to_string())
    }

    /// Where the values are now, in lines.
    pub(super) fn told(&self, first: &str, fingerprint: &str, here: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        let list = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
        for (place, names) in &self.kept {
            lines.push(format!("  value      {place} has {}", list(names)));
        }
        for (variable, why) in &self.unkept {
            let why = if why.is_empty() { String::new() } else { format!("{why}; ") };
            lines.push(format!(
                "  value      {variable} is nowhere yet: {why}keep it outside of git (git diff {first} still shows it)"
            ));
        }
        if !self.is_read {
            return lines;
        }
        let env = self.kept.keys().find(|place| place.ends_with(NAME));
        match (env, self.kept.is_empty()) {
            (Some(env), _) => {
                lines.push(
                    "  restart    what reads it: a program gets its variables when it starts".to_owned(),
                );
                let env = shell_word(&[&b"./"[..], &seen_from(here, env.as_bytes())].concat());
                lines.push(format!(
                    "  load       set -a; . {env}; set +a   in a shell; docker compose reads .env by itself"
                ));
            }
            (None, false) => {
                lines.push("  restart    what reads it, with the variable from the store".to_owned());
                if let Some(slug) = self.snippet() {
                    lines.push(format!("  read it    stanch explain {fingerprint} --store {slug}"));
                }
            }
            (None, true) => {}
        }
        lines
    }

    /// The store whose code `explain` has.
    fn snippet(&self) -> Option<&'static str> {
        match self.store? {
            Store::OnePassword => Some("1password"),
            Store::Vault => Some("vault"),
            Store::AwsSecretsManager => Some("aws-secrets-manager"),
            Store::Env | Store::GithubActions | Store::None => None,
        }
    }
}

fn shown(env: &Path) -> String {
    printable(env.as_os_str().as_encoded_bytes())
}
