//! Files of secrets, which stay out of git altogether.

use super::parts::{FIX, files, words};
use crate::finding::{Finding, Replacement, SourceKind};
use crate::fix::replacement::suggestion;
use crate::policy::Decision;
use crate::report::layout::Layout;
use crate::report::path_display::{path_word, seen_from, shell_word};

/// Returns whether a staged file should stay out of git altogether.
pub(super) fn is_kept_out(f: &Finding) -> bool {
    f.source.kind == SourceKind::Staged
        && f.source.path.glob().is_none()
        && matches!(suggestion(f).way, Replacement::KeepOut { .. })
}

/// Returns whether a parent already has the file.
pub(super) fn is_tracked(decision: &Decision, f: &Finding) -> bool {
    decision.findings.iter().any(|v| v.tracked && std::ptr::eq(&raw const v.finding, f))
}

/// Files of secrets that stay out of git: a new one is removed from the commit; one that others have is not removed
/// without a warning.
pub(super) fn now(page: &mut Layout<'_>, decision: &Decision, all: &[&Finding], command: &str) {
    let (tracked, new): (Vec<&Finding>, Vec<&Finding>) =
        all.iter().copied().partition(|f| is_tracked(decision, f));
    if !new.is_empty() {
        let names = files(page, new.iter().copied());
        let them = if names.len() > 1 { "them" } else { "it" };
        page.command(
            FIX,
            command,
            &format!("takes {} out of the commit and ignores {them}", names.join(", ")),
        );
        if tracked.is_empty() {
            page.command("", "git commit", "");
        }
    }
    if !tracked.is_empty() {
        page.prose(if new.is_empty() { FIX } else { "" }, &in_head(page, &tracked));
        let names = words(page, tracked.iter().copied()).join(" ");
        page.command("", &format!("git restore --staged {names} && git commit"), "commits the rest now");
    }
}

/// What it means to remove a file from git that others have.
pub(super) fn in_head(page: &Layout<'_>, tracked: &[&Finding]) -> String {
    let names = files(page, tracked.iter().copied()).join(", ");
    let command = words(page, tracked.iter().copied()).join(" ");
    format!(
        "HEAD has {names} already. Taken out of git it is deleted in every checkout at the next pull, and its old values \
         stay in history: rotate them, tell the others, then git rm --cached {command}."
    )
}

/// The command that removes a file from the index and keeps it out, and the `.gitignore` that it writes to: at the
/// top the one that every repository has, elsewhere the one beside the file.
pub(super) fn command(page: &Layout<'_>, f: &Finding) -> (String, String) {
    let prefix = &page.look().prefix;
    let path = f.source.path.as_bytes();
    let beside = if prefix.is_empty() || f.source.path.glob().is_some() {
        0
    } else {
        memchr::memrchr(b'/', path).map_or(0, |i| i + 1)
    };
    let ignore = shell_word(&seen_from(prefix, &[&path[..beside], b".gitignore"].concat()));
    let file = path_word(&f.source.path, prefix);
    // Quoted: the shell must not expand a glob that is meant for .gitignore.
    let entry = match f.source.path.glob() {
        Some(glob) => format!("'/{}'", String::from_utf8_lossy(glob)),
        None => shell_word(&path[beside..]),
    };
    (format!("git rm -q --cached {file} && echo {entry} >> {ignore}"), ignore)
}
