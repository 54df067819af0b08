//! Removes a file of secrets from the index, adds it to `.gitignore`, and writes a sample with its names for an
//! environment file.

use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::printable;
use crate::fix::keep_out;
use crate::hooks::git::Git;
use crate::policy::edit_lock::Editor;
use crate::policy::files;
use crate::text::lang::Lang;
use std::io;
use std::path::Path;

/// Most bytes of a file that is rewritten.
const LARGEST: u64 = 4 << 20;

/// The file in which git finds what to ignore, at the top of the work tree.
pub(super) const GITIGNORE: &str = ".gitignore";

/// Whether git ignores a file.
pub(super) enum Ignored {
    /// It did before.
    Already,
    /// It does by a new line of `.gitignore`.
    Added,
    /// It does not, in spite of that line.
    Never,
}

/// What was done, in words, or why nothing was.
pub(super) type Done = Result<String, String>;

/// Keeps a file out of git. `path` is from the top of the work tree, as git writes it.
pub(super) fn keep_out(top: &Path, path: &str, editor: &Editor) -> Done {
    steps(top, path, editor).unwrap_or_else(|e| Err(e.to_string()))
}

fn steps(top: &Path, path: &str, editor: &Editor) -> Result<Done, Error> {
    let git = Git::at(top);
    let says = |args: &[&str]| -> Result<bool, Error> { Ok(git.run(args)?.status.success()) };
    if says(&["cat-file", "-e", &format!("HEAD:{path}")])? {
        return Ok(Err(format!(
            "HEAD has it already. Taken out of git it is deleted in every checkout at the next pull, and its old values \
             stay in history. Rotate them, tell the others, then: git rm --cached {}",
            crate::report::shell_word(path.as_bytes())
        )));
    }
    let literal = format!(":(literal,top){path}");
    git.must(&["rm", "-q", "--cached", "--ignore-unmatch", "--", &literal])?;
    let mut done = vec!["is out of the commit".to_owned()];
    match ignore(&git, top, path, editor)? {
        Ignored::Already => {}
        Ignored::Added => {
            git.must(&["add", "--", &format!(":(literal,top){GITIGNORE}")])?;
            done.push(format!("{GITIGNORE} names it"));
        }
        Ignored::Never => {
            return Ok(
                Err("it is out of the commit, yet .gitignore could not be made to name it".to_owned()),
            );
        }
    }
    if let Some(sample) = sample(path) {
        let (old, text) = (read(top, &sample)?, read(top, path)?);
        let new = keep_out::completed(&old, &text);
        if new != old {
            files::write(top, &sample, &new, editor)?;
            git.must(&["add", "--", &format!(":(literal,top){sample}")])?;
        }
        done.push(format!("{} has its names", printable(sample.as_bytes())));
    }
    Ok(Ok(done.join(", ")))
}

/// Makes git ignore a file of the work tree, by a line of `.gitignore` where it is needed.
pub(super) fn ignore(git: &Git, top: &Path, path: &str, editor: &Editor) -> Result<Ignored, Error> {
    let is_ignored =
        || -> Result<bool, Error> { Ok(git.run(&["check-ignore", "-q", "--", path])?.status.success()) };
    if is_ignored()? {
        return Ok(Ignored::Already);
    }
    let old = read(top, GITIGNORE)?;
    files::write(top, GITIGNORE, &keep_out::ignored(&old, path.as_bytes()), editor)?;
    Ok(if is_ignored()? { Ignored::Added } else { Ignored::Never })
}

/// The name of the sample for an environment file; `None` for other files.
fn sample(path: &str) -> Option<String> {
    if Lang::of_path(path.as_bytes()) != Lang::DotEnv {
        return None;
    }
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let name = if name.starts_with(".env") { ".env.example".to_owned() } else { format!("{name}.example") };
    Some(if folder.is_empty() { name } else { format!("{folder}/{name}") })
}

/// A file of the work tree; empty if it does not exist.
fn read(top: &Path, name: &str) -> Result<Vec<u8>, Error> {
    old_content(&top.join(name)).map_err(Error::io(format!("cannot read {}", printable(name.as_bytes()))))
}

/// What a file that is about to be written has; empty if it does not exist.
pub(super) fn old_content(path: &Path) -> io::Result<Vec<u8>> {
    match disk::read(path, Links::Refuse, LARGEST) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read,
    }
}
