//! `stanch fix --commits`: unpushed commits are made again without the secret that they brought.
//!
//! Nothing changes before the plan was seen. The branch moves only if the newest commit's files are the same as before and
//! a push of the new commits would pass. The old commits are kept in a bundle beside the repository's objects: a ref would
//! be sent by `git push --mirror`.

use crate::check::Checker;
use crate::check::rebuild::{self, Outcome, Plan, Step};
use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::printable;
use crate::git::{Commit, Oid, Repo};
use crate::hooks::git::Git;
use crate::policy::Screen;
use crate::policy::edit_lock::Editor;
use crate::report::{seen_from, shell_word};
use crate::text::plural::count;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Days after which a backup is deleted by the next run.
const BACKUP_DAYS: u64 = 30;
/// Other refs with the old commits that are named.
const REFS: usize = 5;

pub(super) fn run(repo: &Repo, top: &Path, yes: bool, own: &[PathBuf]) -> Result<u8, Error> {
    let git = Git::at(top);
    let editor = Editor::of(repo)?;
    let branch = branch(repo, &git)?;
    let checker = Checker::of_repo(repo, own)?;
    let head = repo.head()?.ok_or_else(|| Error::Usage("there is no commit yet".to_owned()))?;
    let mut err = crate::cli::out::stderr();
    let mut say = |line: String| writeln!(err, "{line}").map_err(Error::io("standard error"));
    let plan = match rebuild::plan(repo, &checker, head)? {
        Outcome::Plan(plan) => plan,
        Outcome::Clean => {
            say("stanch: no unpushed commit of this branch has a secret that blocks".to_owned())?;
            return Ok(0);
        }
        Outcome::InHead(path) => {
            match path {
                Some(path) => {
                    let path = checker.screen().path(&path);
                    say(format!("stanch: the newest commit still has the secret, in {path}"))?;
                    say("  first      take it out there (stanch fix does it where it can), git add, git commit; then this again".to_owned())?;
                }
                None => {
                    say("stanch: the message of the newest commit holds a secret".to_owned())?;
                    say("  first      git commit --amend, then this again".to_owned())?;
                }
            }
            return Ok(1);
        }
        Outcome::Merge(id) => {
            say(format!("stanch: the merge {} lies between the secret and HEAD", id.short()))?;
            say("  by hand    git rebase -i --rebase-merges, and mark the commits with the secret \"edit\""
                .to_owned())?;
            return Ok(1);
        }
    };
    let screen = checker.screen();
    show(&plan, &branch, &screen, &mut say)?;
    let oldest = plan.steps.iter().flat_map(|s| s.folded.first().or(Some(&s.kept))).next();
    for other in oldest.map(|c| others(&git, &c.id, &branch)).transpose()?.unwrap_or_default() {
        say(format!(
            "  also       {} has the old commits, and a push of it sends them",
            screen.text(&other)
        ))?;
    }
    if !yes {
        say("  do it      stanch fix --commits --yes".to_owned())?;
        return Ok(1);
    }
    let backup = back_up(repo, &git, &branch, head, plan.base)?;
    let new = build(&git, &editor, &plan)?;
    let tree = |id: &Oid| git.must(&["rev-parse", &format!("{id}^{{tree}}")]);
    if tree(&new)? != tree(&head)? {
        return Err(Error::Usage("the new commits would change files: nothing was changed".to_owned()));
    }
    if !rebuild::is_clean(&repo.reopen()?, &checker, new)? {
        return Err(Error::Usage(format!(
            "a commit would still have the secret, under another path: nothing was changed; \
             git reset --soft {} && git commit makes all of them one",
            plan.base.map_or_else(|| "BASE".to_owned(), |base| base.short())
        )));
    }
    let (new, old) = (new.to_string(), head.to_string());
    git.must(&["update-ref", "-m", "stanch fix --commits", &branch, &new, &old])?;
    let name = branch.strip_prefix("refs/heads/").unwrap_or(&branch);
    say(format!("stanch: {} is at {} now, and no file changed", screen.text(name), &new[..9]))?;
    let here = super::prefix(top);
    let file = shell_word(&seen_from(&here, path_from(top, &backup).as_os_str().as_encoded_bytes()));
    let word = shell_word(name.as_bytes());
    say("  then       git push".to_owned())?;
    say(format!(
        "  backup     {file} has the old commits, and the secret: `git fetch {file} {word}` brings them back"
    ))?;
    say(format!(
        "  delete it  rm {file}   once the push has passed; after {BACKUP_DAYS} days the next run does it"
    ))?;
    say(format!(
        "  and then   git reflog expire --expire=now --expire-unreachable=now HEAD {word} && git gc --prune=now"
    ))?;
    Ok(0)
}

/// The branch at hand, if nothing is under way on it.
fn branch(repo: &Repo, git: &Git) -> Result<String, Error> {
    for (file, what) in [
        ("rebase-merge", "rebase"),
        ("rebase-apply", "rebase"),
        ("MERGE_HEAD", "merge"),
        ("CHERRY_PICK_HEAD", "cherry-pick"),
        ("REVERT_HEAD", "revert"),
    ] {
        if repo.git_dir().join(file).symlink_metadata().is_ok() {
            return Err(Error::Usage(format!(
                "a {what} is under way; end it (git {what} --continue or --abort), then run this again"
            )));
        }
    }
    let name = git.answer(&["symbolic-ref", "-q", "HEAD"])?;
    let name = name.and_then(|name| String::from_utf8(name).ok()).filter(|n| n.starts_with("refs/heads/"));
    name.ok_or_else(|| {
        Error::Usage("HEAD is not on a branch: git switch to the one that is pushed".to_owned())
    })
}

/// Says what becomes of each commit.
fn show(
    plan: &Plan,
    branch: &str,
    screen: &Screen<'_>,
    say: &mut dyn FnMut(String) -> Result<(), Error>,
) -> Result<(), Error> {
    let old: usize = plan.steps.iter().map(|s| s.folded.len() + 1).sum();
    let name = branch.strip_prefix("refs/heads/").unwrap_or(branch);
    say(format!(
        "stanch: {} of {} become {}; no file changes",
        count(old, "unpushed commit"),
        screen.text(name),
        plan.steps.len()
    ))?;
    let summary = |c: &Commit, is_bad: bool| {
        let line = c.message.split(|b| *b == b'\n').next().unwrap_or_default();
        if is_bad { "(its message holds a secret)".to_owned() } else { screen.text(&printable(line)) }
    };
    for Step { kept, folded, bad_messages } in &plan.steps {
        for c in folded {
            let text = summary(c, bad_messages.contains(&c.id));
            say(format!("  {}  has a secret: becomes part of the next   {text}", c.id.short()))?;
        }
        let what = if folded.is_empty() { "stays, with a new id" } else { "stays, and takes those in" };
        say(format!("  {}  {what}   {}", kept.id.short(), summary(kept, false)))?;
    }
    Ok(())
}

/// Other refs from which the old commits can be reached.
fn others(git: &Git, oldest: &Oid, branch: &str) -> Result<Vec<String>, Error> {
    let id = oldest.to_string();
    let out = git.must(&["for-each-ref", "--format=%(refname)", "--contains", &id])?;
    let names = out.split(|b| *b == b'\n').map(|l| printable(l.trim_ascii()));
    Ok(names.filter(|n| !n.is_empty() && n != branch).take(REFS).collect())
}

/// Puts the old commits into a bundle that only its owner can read. Deletes those of long ago.
fn back_up(repo: &Repo, git: &Git, branch: &str, head: Oid, base: Option<Oid>) -> Result<PathBuf, Error> {
    let folder = repo.common_dir().join("stanch").join("backups");
    disk::make_folder(&folder, Links::Refuse).map_err(Error::io("cannot make the folder for the backup"))?;
    only_owner(&folder, 0o700)?;
    for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
        let age = entry.metadata().and_then(|m| m.modified()).ok().and_then(|t| t.elapsed().ok());
        let is_bundle = entry.path().extension().is_some_and(|e| e == "bundle");
        if is_bundle && age > Some(Duration::from_secs(BACKUP_DAYS * 24 * 60 * 60)) {
            let _ = fs::remove_file(entry.path());
        }
    }
    let path = folder.join(format!("{}.bundle", head.short()));
    let file = path.to_str().ok_or_else(|| Error::Usage("the repository's path is not UTF-8".to_owned()))?;
    let mut args =
        vec!["bundle".to_owned(), "create".into(), "-q".into(), file.to_owned(), branch.to_owned()];
    args.extend(base.map(|base| format!("^{base}")));
    git.must(&args)?;
    only_owner(&path, 0o600)?;
    Ok(path)
}

fn only_owner(path: &Path, mode: u32) -> Result<(), Error> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
            .map_err(Error::io("cannot protect the backup"))?;
    }
    let _ = (path, mode);
    Ok(())
}

/// Writes the new commits; returns the newest.
fn build(git: &Git, editor: &Editor, plan: &Plan) -> Result<Oid, Error> {
    let mut parent = plan.base;
    for step in &plan.steps {
        let raw = git.must(&["cat-file", "commit", &step.kept.id.to_string()])?;
        let object = with_parent(&raw, parent, &step.message());
        let mut file = tempfile::Builder::new()
            .prefix(".stanch-")
            .tempfile_in(editor.folder())
            .map_err(Error::io("cannot write the new commit"))?;
        file.write_all(&object).map_err(Error::io("cannot write the new commit"))?;
        let path = file.path().to_string_lossy().into_owned();
        let id = git.must(&["hash-object", "-t", "commit", "-w", "--no-filters", &path])?;
        parent = Oid::from_hex(id.trim_ascii());
    }
    parent.ok_or_else(|| Error::Usage("git gave no id for the new commit".to_owned()))
}

/// A commit's bytes with another parent and message. Author, committer and times stay; a signature cannot.
fn with_parent(raw: &[u8], parent: Option<Oid>, message: &[u8]) -> Vec<u8> {
    let end = memchr::memmem::find(raw, b"\n\n").map_or(raw.len(), |i| i + 1);
    let mut out = Vec::with_capacity(raw.len());
    let mut signature = false;
    for line in raw[..end].split_inclusive(|b| *b == b'\n') {
        signature = line.starts_with(b"gpgsig") || signature && line.starts_with(b" ");
        if signature || line.starts_with(b"parent ") {
            continue;
        }
        out.extend_from_slice(line);
        if line.starts_with(b"tree ") {
            out.extend(parent.iter().flat_map(|id| format!("parent {id}\n").into_bytes()));
        }
    }
    out.push(b'\n');
    out.extend_from_slice(message);
    out
}

fn path_from(top: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(top).unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_parent_message_and_signature_change() {
        let id = "ab".repeat(20);
        let raw = format!(
            "tree {id}\nparent {id}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\ngpgsig -----BEGIN\n x\n \
             -----END\nencoding latin1\n\nold\n\nbody\n"
        );
        let new = with_parent(raw.as_bytes(), None, b"new\n");
        assert_eq!(
            String::from_utf8(new).unwrap(),
            format!("tree {id}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\nencoding latin1\n\nnew\n")
        );
        let parent = Oid::from_hex("cd".repeat(20).as_bytes());
        let new = String::from_utf8(with_parent(raw.as_bytes(), parent, b"m")).unwrap();
        assert!(new.starts_with(&format!("tree {id}\nparent {}\nauthor", "cd".repeat(20))), "{new}");
    }
}
