//! `stanch hook pre-push REMOTE URL`: scans what a push sends, from git's own list of refs.

use super::push_note;
use crate::check::Checker;
use crate::check::{commits, squash};
use crate::error::Error;
use crate::git::{self, Destination, Oid, Outgoing, RefUpdate, Repo};
use crate::policy::{Decision, Stage};
use crate::report::shell_word;
use std::ffi::OsString;
use std::io::Read;
use std::{env, io};

/// What a hook manager has to do.
const PASS_ON: &str = "a hook manager has to pass on what git gives: \"$@\", and the list of refs \
                       (`use_stdin: true` in lefthook)";

/// Checks a push. `args` are the remote's name and its address, as git gives them.
pub(super) fn check(repo: &Repo, checker: &Checker, args: &[OsString]) -> Result<Decision, Error> {
    let mut listed = Vec::new();
    let (to, sent) = match args {
        [name, url, ..] => {
            let text = |s: &OsString| s.to_string_lossy().into_owned();
            let to = Destination { name: text(name), url: text(url) };
            let updates = git::parse_push(&stdin()?)?;
            if updates.is_empty() && !is_given() {
                return Err(Error::Usage(format!("no list of refs on standard input; {PASS_ON}")));
            }
            let sent = if updates.is_empty() { unlisted(repo, &to)? } else { repo.outgoing(&updates, &to)? };
            listed = updates;
            (to, sent)
        }
        _ if env::var_os("PRE_COMMIT").is_some() => managed(repo)?,
        _ => {
            return Err(Error::Usage(format!("pre-push needs the remote's name and address; {PASS_ON}")));
        }
    };
    let mut decision = commits::check(repo, checker, &sent, Stage::Push { remote: to.name.clone() }, None)?;
    decision.reading.branch = other_branch(repo, &listed, &decision)?;
    let of_branch = || listed.iter().find_map(|u| u.new.filter(|_| u.source.starts_with(b"refs/heads/")));
    let tip = match &decision.reading.branch {
        Some(_) => of_branch(),
        None => repo.head()?,
    };
    if decision.blocks() {
        decision.reading.push_again = push_again(repo, &to, &listed)?;
    }
    // Only a suggestion: if it cannot be worked out, it is not offered.
    decision.reading.squash = squash::find(repo, &sent, &decision, tip).ok().flatten();
    decision.reading.linear = decision.blocks() && squash::is_linear(repo, &sent, tip).unwrap_or(false);
    push_note::note(repo, &to, &listed, decision.blocks());
    Ok(decision)
}

/// The branch that is pushed, if HEAD is not on it: the fix has to be made there.
fn other_branch(repo: &Repo, listed: &[RefUpdate], decision: &Decision) -> Result<Option<String>, Error> {
    let head = repo.head()?;
    if !decision.blocks() || listed.iter().any(|u| u.new == head) {
        return Ok(None);
    }
    let branch =
        listed.iter().filter(|u| u.new.is_some()).find_map(|u| u.source.strip_prefix(b"refs/heads/"));
    Ok(branch.map(|name| String::from_utf8_lossy(name).into_owned()))
}

/// What to type to push a branch without an upstream again, for `git push` would refuse.
fn push_again(repo: &Repo, to: &Destination, listed: &[RefUpdate]) -> Result<Option<String>, Error> {
    let [update] = listed else { return Ok(None) };
    let Some(branch) = update.source.strip_prefix(b"refs/heads/") else { return Ok(None) };
    let remote = format!("branch.{}.remote", String::from_utf8_lossy(branch));
    if repo.config_value(&remote)?.is_some() {
        return Ok(None);
    }
    Ok(Some(format!("git push -u {} {}", shell_word(to.name.as_bytes()), shell_word(branch))))
}

/// A push without a list. Git gives none if there is nothing to send; a hook manager may replace it by an empty
/// pipe, which looks the same. So the current branch is scanned, and the doubt is reported.
fn unlisted(repo: &Repo, to: &Destination) -> Result<Outgoing, Error> {
    let Some(mut sent) = repo.unsent(to)? else {
        return Ok(Outgoing::default());
    };
    sent.notes.push(format!(
        "the list of refs was empty: nothing to push, or it was not passed on. Only this branch was read; {PASS_ON}"
    ));
    Ok(sent)
}

/// Returns whether standard input comes from git. Git gives a pipe; a hook manager that keeps the list may give a
/// terminal or the null device.
fn is_given() -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        std::fs::metadata("/dev/stdin").is_ok_and(|m| !m.file_type().is_char_device())
    }
    #[cfg(not(unix))]
    {
        use std::io::IsTerminal;
        !io::stdin().is_terminal()
    }
}

/// All of standard input: the list of refs.
pub(super) fn stdin() -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).map_err(Error::io("standard input"))?;
    Ok(bytes)
}

/// A push through pre-commit or prek. They run the hook for one ref, without arguments and without the list, and
/// name that ref in variables.
fn managed(repo: &Repo) -> Result<(Destination, Outgoing), Error> {
    let var = |name: &str| env::var(format!("PRE_COMMIT_{name}")).ok().filter(|v| !v.is_empty());
    let object = |name: &str| -> Result<Option<Oid>, Error> {
        Ok(var(name).map(|v| repo.resolve(&v)).transpose()?.flatten())
    };
    // The first push of a root commit sets neither end, only the branch.
    let new = match object("TO_REF")? {
        Some(id) => Some(id),
        None => object("LOCAL_BRANCH")?,
    };
    let Some(new) = new else {
        return Err(Error::Usage(
            "PRE_COMMIT is set, yet neither PRE_COMMIT_TO_REF nor PRE_COMMIT_LOCAL_BRANCH names a commit: \
             use this hook in the stage pre-push"
                .to_owned(),
        ));
    };
    let update = RefUpdate {
        source: var("LOCAL_BRANCH").unwrap_or_default().into_bytes(),
        new: Some(new),
        target: var("REMOTE_BRANCH").unwrap_or_default().into_bytes(),
        old: object("FROM_REF")?,
    };
    let to = Destination {
        name: var("REMOTE_NAME").unwrap_or_default(),
        url: var("REMOTE_URL").unwrap_or_default(),
    };
    let is_range = to == Destination::default();
    // The manager derives one end from the remote's refs in this clone, not from the remote's answer.
    let update = if is_range || repo.knows(&to)? { update } else { RefUpdate { old: None, ..update } };
    let mut sent = repo.outgoing(&[update], &to)?;
    if is_range {
        // `pre-commit run --from-ref A --to-ref B`: a range, not a push.
        sent.notes.clear();
    } else {
        sent.notes.push(
            "the hook manager shows one ref of the push: other refs and tags were not read (`stanch install` reads all)"
                .to_owned(),
        );
    }
    Ok((to, sent))
}
