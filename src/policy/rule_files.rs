//! User rules in files: those named by `--rules FILE`, and those that a configuration names.
//!
//! A file inside the work tree belongs to the repository: it counts as it is and as it was committed, so that a
//! commit cannot weaken the rule that would block it. One outside counts as it is.

use super::extends::{self, Part};
use super::files::{self, Text};
use crate::config::allow_file::AllowFile;
use crate::config::extends::Origin;
use crate::config::{self, ALLOW_FILE, Config, ConfigError, FILE_NAME, Layer};
use crate::error::Error;
use crate::finding::{printable, shown_path};
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
            let shown = shown_path(file);
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

/// A configuration file and the files that count with it, read: own rules, and a repository's allow entries.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Files {
    /// What the configuration extends, and itself at the end.
    config: Vec<Part>,
    rules: Vec<(String, String)>,
    allow: Option<String>,
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
        let parts = match config {
            Some(text) => extends::parts(layer, text, name, read)?,
            None => Vec::new(),
        };
        for part in &parts {
            let name = part.name(name);
            for file in config::rule_files(layer, &part.text, &name)? {
                if more.contains(&file.path) || rules.iter().any(|(path, _)| *path == file.path) {
                    continue;
                }
                let shown = printable(file.path.as_bytes());
                let text = read(&file.path)?.ok_or_else(|| ConfigError {
                    file: name.clone(),
                    line: file.line,
                    what: format!(
                        "rule_files: there is no file {shown}; write its path from where this file lies"
                    ),
                })?;
                rules.push((file.path, text));
            }
        }
        let allow = if layer == Layer::Repository { read(ALLOW_FILE)? } else { None };
        Ok(Files { config: parts, rules, allow })
    }

    /// Adds the texts to a hash that identifies these files.
    pub(crate) fn sum(&self, sum: &mut impl sha2::Digest) {
        let mut add = |text: &str| {
            sum.update((text.len() as u64).to_be_bytes());
            sum.update(text);
        };
        for part in &self.config {
            add(&part.name(""));
            add(&part.text);
        }
        self.rules.iter().flat_map(|(path, text)| [path, text]).chain(&self.allow).for_each(|text| add(text));
        sum.update([u8::from(!self.config.is_empty()), u8::from(self.allow.is_some())]);
    }

    /// Lays everything over a configuration; `shown` makes a file's name for messages. An invalid line of allow
    /// entries is an error.
    pub(crate) fn lay(
        &self,
        config: &mut Config,
        layer: Layer,
        shown: &dyn Fn(&str) -> String,
        name: &str,
    ) -> Result<(), Error> {
        match self.lay_valid(config, layer, shown, name)? {
            None => Ok(()),
            Some(fault) => Err(fault.into()),
        }
    }

    /// The same with the lines of allow entries that are right; the first of the others is given.
    pub(crate) fn lay_valid(
        &self,
        config: &mut Config,
        layer: Layer,
        shown: &dyn Fn(&str) -> String,
        name: &str,
    ) -> Result<Option<ConfigError>, Error> {
        for (path, text) in &self.rules {
            config.lay_rules(layer, text, &shown(path))?;
        }
        for part in &self.config {
            match &part.origin {
                None => config.lay(layer, &part.text, name)?,
                Some(Origin::File(path)) => config.lay_extended(layer, &part.text, &shown(path))?,
                Some(origin) => config.lay_extended(layer, &part.text, &origin.to_string())?,
            }
        }
        let Some(text) = &self.allow else { return Ok(None) };
        let file = shown(ALLOW_FILE);
        let AllowFile { entries, faults } = AllowFile::parse(text, &file);
        entries.into_iter().for_each(|entry| config.allow.push(entry));
        Ok(faults.into_iter().next().map(|(line, what)| ConfigError { file, line, what }))
    }
}

/// Reads the files of a work tree.
pub(crate) fn of_work_tree(top: &Path, text: Text, more: &[String]) -> Result<Files, Error> {
    Files::read(Layer::Repository, text, FILE_NAME, more, &|path| read_below(top, path))
}

/// The text of a file of a work tree, by its path from the top. A folder on the way that is a link is refused: it could
/// lead anywhere.
pub(crate) fn read_below(top: &Path, path: &str) -> Result<Text, Error> {
    let shown = printable(path.as_bytes());
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    let mut place = top.to_owned();
    for part in folder.components() {
        place.push(part);
        if place.is_symlink() {
            let what = "lies behind a symbolic link; name the file where it is".to_owned();
            return Err(ConfigError { file: shown, line: 0, what }.into());
        }
    }
    files::read(&top.join(path), &shown)
}
