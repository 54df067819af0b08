//! Files of configuration in folders below the top of a repository.
//!
//! Each may tighten what holds in its folder. What it loosens counts where the file at the top names the folder, and a
//! floor holds it as it holds the rest. They are read when there is a finding below them: a check without one reads none.

use super::rule_files::read_below;
use super::{Markers, Policy, Verdict};
use crate::config::{Config, ConfigError, FILE_NAME, MAX_BYTES, inside};
use crate::error::Error;
use crate::finding::{Finding, SourceKind, printable};
use crate::git::{GitError, Oid, Repo};
use crate::policy::files::{Text, utf8};
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The files of a repository's folders, read when they are needed.
pub(crate) struct Folders {
    /// The top of the work tree, if its files count.
    top: Option<PathBuf>,
    /// The commit whose files count.
    commit: Option<Oid>,
    repo: OnceLock<Option<Mutex<Repo>>>,
    levels: Mutex<HashMap<String, Levels>>,
    /// What a person must know of the files.
    notes: Mutex<BTreeSet<String>>,
}

/// The files that hold in a folder, from the outermost.
type Levels = Arc<Vec<Arc<Level>>>;

/// The file of one folder, over what may loosen above it.
struct Level {
    name: String,
    policy: Policy,
    may_loosen: bool,
}

impl fmt::Debug for Folders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Folders")
            .field("top", &self.top)
            .field("commit", &self.commit)
            .finish_non_exhaustive()
    }
}

impl Policy {
    /// Decides on one finding, by the files of its folders too. `markers` are the inline markers of its text.
    pub fn decide(&self, finding: Finding, markers: &Markers) -> Verdict {
        let levels = self.folders.as_ref().and_then(|folders| folders.of(self, &finding));
        let Some(levels) = levels.filter(|levels| !levels.is_empty()) else {
            return self.decide_here(finding, markers);
        };
        let mut verdict = self.decide_here(finding.clone(), markers);
        let mut least: Option<Verdict> = None;
        for level in levels.iter() {
            let here = level.policy.decide_here(finding.clone(), markers);
            if level.may_loosen {
                verdict = here;
                continue;
            }
            if here.action < verdict.action {
                let name = &level.name;
                verdict.note.get_or_insert_with(|| {
                    format!(
                        "{name} may tighten only, as [folders] at the top does not name it: {}",
                        here.because
                    )
                });
            }
            if least.as_ref().is_none_or(|l| here.action > l.action) {
                least = Some(here);
            }
        }
        match least {
            Some(least) if least.action > verdict.action => least,
            _ => verdict,
        }
    }

    /// What a person must know of the files of folders, as far as they were asked.
    pub(crate) fn folder_notes(&self) -> Vec<String> {
        let notes = self.folders.as_ref().map(|f| f.notes.lock().unwrap_or_else(PoisonError::into_inner));
        notes.map_or_else(Vec::new, |notes| notes.iter().cloned().collect())
    }
}

impl Folders {
    pub(crate) fn new(top: Option<PathBuf>, commit: Option<Oid>) -> Folders {
        let (repo, levels, notes) = (OnceLock::new(), Mutex::default(), Mutex::default());
        Folders { top, commit, repo, levels, notes }
    }

    /// The same files for another policy.
    pub(super) fn fresh(&self) -> Folders {
        Folders::new(self.top.clone(), self.commit)
    }

    /// The files that hold for a finding; `None` if it is in no file.
    fn of(&self, policy: &Policy, finding: &Finding) -> Option<Levels> {
        let is_file = matches!(
            finding.source.kind,
            SourceKind::Staged | SourceKind::Commit | SourceKind::File | SourceKind::FileName
        );
        let path = std::str::from_utf8(finding.source.path.as_bytes()).ok()?;
        let (folder, _) = path.rsplit_once('/').filter(|_| is_file)?;
        inside(folder).then(|| self.levels(policy, folder))
    }

    fn levels(&self, policy: &Policy, folder: &str) -> Levels {
        let known = self.levels.lock().unwrap_or_else(PoisonError::into_inner).get(folder).cloned();
        if let Some(known) = known {
            return known;
        }
        let above = match folder.rsplit_once('/') {
            Some((above, _)) => self.levels(policy, above),
            None => Levels::default(),
        };
        let levels = match self.level(policy, &above, folder) {
            Some(level) => Arc::new([&above[..], &[Arc::new(level)]].concat()),
            None => above,
        };
        let mut all = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(folder.to_owned()).or_insert(levels))
    }

    /// The file of a folder, if there is one in the work tree or in the commit.
    fn level(&self, policy: &Policy, above: &[Arc<Level>], folder: &str) -> Option<Level> {
        let path = format!("{folder}/{FILE_NAME}");
        let name = printable(path.as_bytes());
        let committed_name = format!("the committed {name}");
        let committed = self.known(self.committed(&path, &committed_name));
        let here = match &self.top {
            Some(top) => self.known(read_below(top, &path)),
            None => committed.clone(),
        };
        if here.is_none() && committed.is_none() {
            return None;
        }
        let base = above.iter().rev().find(|l| l.may_loosen).map_or(policy, |l| &l.policy);
        let lay = |config: &Config, text: Option<&String>, name: &str| {
            let mut laid = config.clone();
            let Some(text) = text else { return laid };
            match laid.lay_folder(text, name, &format!("{folder}/")) {
                Ok(keys) if keys.is_empty() => laid,
                Ok(keys) => {
                    self.note(format!("{name}: {} counts at the top of a repository only", keys.join(", ")));
                    laid
                }
                Err(e) => {
                    self.note(format!("{e}; until it is fixed, nothing in it counts"));
                    config.clone()
                }
            }
        };
        let config = lay(&base.config, here.as_ref(), &name);
        let committed = match &base.committed {
            None if here == committed => None,
            of_base => {
                let of_base = of_base.as_ref().unwrap_or(&base.config);
                Some(lay(of_base, committed.as_ref(), &committed_name))
            }
        };
        let names_it = |c: &Config| c.loosen.iter().any(|glob| glob.value.is_match(path.as_bytes()));
        let may_loosen = policy.configs().all(names_it);
        let policy = Policy { config, committed, folders: None, notes: Vec::new(), ..base.clone() };
        Some(Level { name, policy, may_loosen })
    }

    /// The text, if it can be read; else it is told why not.
    fn known(&self, text: Result<Text, Error>) -> Text {
        text.unwrap_or_else(|e| {
            self.note(format!("{e}; until it is fixed, nothing in it counts"));
            None
        })
    }

    fn note(&self, note: String) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).insert(note);
    }

    fn committed(&self, path: &str, name: &str) -> Result<Text, Error> {
        let Some(commit) = &self.commit else { return Ok(None) };
        let repo = self.repo.get_or_init(|| Repo::open_from_env().ok().map(Mutex::new));
        let Some(repo) = repo else { return Ok(None) };
        let repo = repo.lock().unwrap_or_else(PoisonError::into_inner);
        match repo.file_at(commit, path, MAX_BYTES as u64) {
            Ok(bytes) => bytes.map(|bytes| utf8(bytes, name)).transpose(),
            Err(GitError::NoFile { what, .. }) => {
                Err(ConfigError { file: name.to_owned(), line: 0, what: format!("is {what}") }.into())
            }
            Err(e) => Err(e.into()),
        }
    }
}
