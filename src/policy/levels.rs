//! Deciding by the files of folders below the top of a repository.
//!
//! Each may tighten what holds in its folder. What it loosens counts where the file at the top names the folder, and a
//! floor holds it as it holds the rest.

use super::files::in_commit;
use super::folders::Folders;
use super::in_force::{Level, Policy};
use super::{Markers, Verdict};
use crate::config::{Config, FILE_NAME, inside};
use crate::finding::{Finding, SourceKind, printable};
use std::sync::Arc;

/// The files that hold in a folder, from the outermost.
type Levels = Arc<Vec<Arc<Level>>>;

impl Policy {
    /// Decides on one finding, by the files of its folders too. `markers` are the inline markers of its text.
    pub fn decide(&self, finding: Finding, markers: &Markers) -> Verdict {
        let levels = self.levels_of(&finding);
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
            // What it does not tighten is for the other files to say.
            if here.action > verdict.action && least.as_ref().is_none_or(|l| here.action > l.action) {
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
        self.folders.as_ref().map_or_else(Vec::new, |folders| folders.notes())
    }

    /// The files that hold for a finding; `None` if it is in no file.
    fn levels_of(&self, finding: &Finding) -> Option<Levels> {
        let folders = self.folders.as_ref()?;
        let is_file = matches!(
            finding.source.kind,
            SourceKind::Staged | SourceKind::Commit | SourceKind::File | SourceKind::FileName
        );
        let path = std::str::from_utf8(finding.source.path.as_bytes()).ok()?;
        let (folder, _) = path.rsplit_once('/').filter(|_| is_file)?;
        inside(folder).then(|| self.levels(folders, folder))
    }

    fn levels(&self, folders: &Folders<Level>, folder: &str) -> Levels {
        // From the innermost folder that is known inwards; folders may be nested very deep.
        let mut unknown = Vec::new();
        let mut levels = Levels::default();
        let mut next = Some(folder);
        while let Some(folder) = next {
            if let Some(known) = folders.made(folder) {
                levels = known;
                break;
            }
            unknown.push(folder);
            next = folder.rsplit_once('/').map(|(above, _)| above);
        }
        for folder in unknown.into_iter().rev() {
            if let Some(level) = self.level(folders, &levels, folder) {
                levels = Arc::new([&levels[..], &[Arc::new(level)]].concat());
            }
            levels = folders.keep(folder, levels);
        }
        levels
    }

    /// The file of a folder, if there is one in the work tree or in the commit.
    fn level(&self, folders: &Folders<Level>, above: &[Arc<Level>], folder: &str) -> Option<Level> {
        let path = format!("{folder}/{FILE_NAME}");
        let name = printable(path.as_bytes());
        let committed_name = in_commit(&path);
        let (here, committed) = folders.texts(&path);
        if here.is_none() && committed.is_none() {
            return None;
        }
        let base = above.iter().rev().find(|l| l.may_loosen).map_or(self, |l| &l.policy);
        let lay = |config: &Config, text: Option<&String>, name: &str| {
            let mut laid = config.clone();
            let Some(text) = text else { return laid };
            match laid.lay_folder(text, name, &format!("{folder}/")) {
                Ok(keys) if keys.is_empty() => laid,
                Ok(keys) => {
                    folders
                        .note(format!("{name}: {} counts at the top of a repository only", keys.join(", ")));
                    laid
                }
                Err(e) => {
                    folders.note(format!("{e}; until it is fixed, nothing in it counts"));
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
        let may_loosen = self.configs().all(names_it);
        let policy = Policy { config, committed, folders: None, notes: Vec::new(), ..base.clone() };
        Some(Level { name, policy, may_loosen })
    }
}
