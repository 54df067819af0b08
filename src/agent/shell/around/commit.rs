//! What a commit records: the command is judged itself where git runs no hook of stanch.

use crate::agent::shell::flow::{Field, Options};
use crate::agent::shell::machine::{ARGUMENT, Machine};
use crate::agent::shell::programs::{git_command, top_of};
use crate::agent::shell::run::Call;
use crate::agent::shell::{Act, Commit};
use std::path::PathBuf;

/// Options of `git commit` with a value.
const COMMIT: &str = "m F C c t author date message file reuse-message reedit-message fixup squash template trailer \
     cleanup pathspec-from-file";
/// Options of `git add` and `git update-index` with a value.
const ADD: &str = "chmod pathspec-from-file cacheinfo index-version";

impl Machine<'_> {
    /// The folder in which git runs.
    pub(super) fn git_dir(&self, call: &Call) -> PathBuf {
        let (_, folder) = git_command(&call.args);
        folder.map_or_else(|| self.dir.clone(), |folder| self.path(&folder))
    }

    /// What `git add` stages.
    pub(super) fn stages(&mut self, call: &Call, rest: &[Field]) {
        let options = Options::of(rest, ADD);
        if options.has("n dry-run") || !self.work(ARGUMENT * rest.len()) {
            return;
        }
        let dir = self.git_dir(call);
        let paths = self.pathspecs(&dir, &options);
        self.staged.extend(paths);
    }

    /// The files and folders that operands name; without any, or if they are not plain, the whole work tree.
    fn pathspecs(&self, dir: &std::path::Path, options: &Options) -> Vec<PathBuf> {
        let is_plain = |o: &Field| o.known && !o.text.starts_with(':') && !o.text.contains(['*', '?', '[']);
        if options.operands.is_empty() || !options.operands.iter().all(is_plain) {
            return vec![top_of(dir).unwrap_or_else(|| dir.to_owned())];
        }
        options.operands.iter().map(|o| crate::finding::plain_path(&dir.join(&o.text))).collect()
    }

    /// A commit, with what the command line stages for it.
    pub(super) fn commits(&mut self, call: &Call, rest: &[Field]) {
        let options = Options::of(rest, COMMIT);
        if options.has("dry-run help h") || !self.work(ARGUMENT * (rest.len() + self.staged.len())) {
            return;
        }
        let mut dir = self.git_dir(call);
        let mut paths = self.staged.clone();
        let all = options.has("a all p patch interactive i include")
            || options.value("pathspec-from-file").is_some();
        if !options.operands.is_empty() {
            paths.extend(self.pathspecs(&dir, &options));
        }
        let variable = |name: &str| self.variables.get(name)?.first().map(|value| value.text.clone());
        let args = &call.args[..call.args.len() - rest.len()];
        let long = |name: &str| {
            let at = args.iter().position(|a| a.text.starts_with(name))?;
            match args[at].text[name.len()..].strip_prefix('=') {
                Some(value) => Some(value.to_owned()),
                None => args.get(at + 1).map(|value| value.text.clone()),
            }
        };
        if let Some(named) = long("--git-dir").or_else(|| variable("GIT_DIR")) {
            let named = crate::finding::plain_path(&dir.join(named));
            let top = named.parent().filter(|_| named.ends_with(".git")).map(ToOwned::to_owned);
            dir = top.unwrap_or(named);
        }
        let other_index = variable("GIT_INDEX_FILE").is_some();
        self.act(Act::Commits(Commit { dir, paths, all, other_index }));
    }
}
