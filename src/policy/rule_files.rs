//! User rules in files: those named by `--rules FILE`, and those that a configuration names.
//!
//! A file inside the work tree belongs to the repository: it counts as it is and as it was committed, so that a
//! commit cannot weaken the rule that would block it. One outside counts as it is.

use super::files::{self, Text};
use crate::config::{self, Config, ConfigError, FILE_NAME, Layer};
use crate::error::Error;
use crate::finding::printable;
use crate::git::Repo;
use std::path::{Path, PathBuf};

/// The files named on the command line.
#[derive(Debug, Default)]
pub(crate) struct Named {
    /// Paths from the top of the work tree.
    pub(crate) inside: Vec<String>,
    outside: Vec<(String, PathBuf)>,
}

impl Named {
    /// Sorts the files by where they are.
    pub(crate) fn of(files: &[PathBuf], repo: Option<&Repo>) -> Result<Named, Error> {
        let mut named = Named::default();
        let top = repo.and_then(Repo::work_dir).and_then(|top| top.canonicalize().ok());
        let git = repo.and_then(|r| r.git_dir().canonicalize().ok());
        for file in files {
            let shown = printable(file.to_string_lossy().as_bytes());
            let place = file.canonicalize().map_err(Error::io(format!("cannot read --rules {shown}")))?;
            let in_git = git.as_ref().is_some_and(|git| place.starts_with(git));
            let in_top = top.as_ref().and_then(|top| place.strip_prefix(top).ok()).filter(|_| !in_git);
            match in_top.and_then(Path::to_str) {
                Some(path) => named.inside.push(path.replace('\\', "/")),
                None => named.outside.push((shown, place)),
            }
        }
        Ok(named)
    }

    /// Lays the files outside of the repository over the machine's layers.
    pub(crate) fn lay_outside(&self, config: &mut Config) -> Result<(), Error> {
        for (name, place) in &self.outside {
            let text = files::read(place, name)?
                .ok_or_else(|| Error::Usage(format!("--rules {name}: there is no such file")))?;
            config.lay_rules(Layer::Command, &text, name)?;
        }
        Ok(())
    }
}

/// A configuration file and the files of user rules that count with it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Files {
    config: Option<String>,
    rules: Vec<(String, String)>,
}

impl Files {
    /// Reads a configuration with the files that it names, and `more`. `name` is the configuration's name for
    /// messages, `read` reads a file by its path.
    pub(crate) fn read(
        layer: Layer,
        config: Text,
        name: &str,
        more: &[String],
        read: &dyn Fn(&str) -> Result<Text, Error>,
    ) -> Result<Files, Error> {
        let mut rules = Vec::new();
        for path in more {
            // An uncommitted file does not exist in the committed version.
            rules.extend(read(path)?.map(|text| (path.clone(), text)));
        }
        let named = match &config {
            Some(text) => config::rule_files(layer, text, name)?,
            None => Vec::new(),
        };
        for file in named.into_iter().filter(|n| !more.contains(&n.path)) {
            let shown = printable(file.path.as_bytes());
            let text = read(&file.path)?.ok_or_else(|| ConfigError {
                file: name.to_owned(),
                line: file.line,
                what: format!(
                    "rule_files: there is no file {shown}; write its path from where this file lies"
                ),
            })?;
            rules.push((file.path, text));
        }
        Ok(Files { config, rules })
    }

    /// Adds the texts to a hash that identifies these files.
    pub(crate) fn sum(&self, sum: &mut impl sha2::Digest) {
        let texts = self.rules.iter().flat_map(|(path, text)| [path, text]);
        for text in self.config.iter().chain(texts) {
            sum.update((text.len() as u64).to_be_bytes());
            sum.update(text);
        }
        sum.update([u8::from(self.config.is_some())]);
    }

    /// Lays everything over a configuration; `shown` makes a file's name for messages.
    pub(crate) fn lay(
        &self,
        config: &mut Config,
        layer: Layer,
        shown: &dyn Fn(&str) -> String,
        name: &str,
    ) -> Result<(), Error> {
        for (path, text) in &self.rules {
            config.lay_rules(layer, text, &shown(path))?;
        }
        if let Some(text) = &self.config {
            config.lay(layer, text, name)?;
        }
        Ok(())
    }
}

/// Reads the files of a work tree.
pub(crate) fn of_work_tree(top: &Path, text: Text, more: &[String]) -> Result<Files, Error> {
    Files::read(Layer::Repository, text, FILE_NAME, more, &|path| {
        files::read(&top.join(path), &printable(path.as_bytes()))
    })
}
