//! The first line of the message: what, where and the next step, in 60 columns.
//!
//! Graphical clients show a hook's output as plain text in a dialog, some of them only its first line.

use super::keep_out::is_kept_out;
use super::remedy::fixable;
use crate::finding::{Finding, SourceKind, printable};
use crate::fix::replacement::suggestion;
use crate::policy::{Decision, Squash, Stage};
use crate::report::group::Group;
use crate::report::layout::{Layout, Style, chars};
use crate::report::path_display::{seen_from, short};
use crate::text::plural::count;
use std::collections::BTreeSet;

/// Columns of the line, unless a file's name is longer.
const WIDTH: usize = 60;
/// Least columns for a place.
const PLACE: usize = 12;

/// Writes the line; `again` is appended to what happened.
pub(super) fn write(page: &mut Layout<'_>, decision: &Decision, all: &[Group<'_>], again: &str) {
    let happened = match decision.stage {
        Stage::Commit | Stage::Message => "commit blocked",
        Stage::Push { .. } => "push blocked",
        Stage::Receive => "push refused",
        Stage::Scan => return scanned(page, decision, all),
    };
    let what = if all.len() == 1 { "secret".to_owned() } else { count(all.len(), "secret") };
    let step = step(decision, all);
    // Before a file's name is cut, "again" goes.
    let line = |again: &str| {
        let head = format!("stanch: {happened}{again}");
        let used = chars(&head) + chars(&what) + chars(&step) + ", ".len() + " in ".len() + "; ".len();
        (head, place(page, all, WIDTH.saturating_sub(used).max(PLACE)))
    };
    let (head, Place { text: place, .. }) = match line(again) {
        (_, Place { is_cut: true, .. }) => line(""),
        whole => whole,
    };
    page.row(
        0,
        &[
            (Style::Alarm, &head),
            (Style::Strong, &format!(", {what} in {place}")),
            (Style::Plain, "; "),
            (Style::Command, &step),
        ],
    );
}

/// The line for a scan, whose reader asked for it on a terminal.
fn scanned(page: &mut Layout<'_>, decision: &Decision, all: &[Group<'_>]) {
    let files = each(all, |f| Some(f.source.path.to_string())).len();
    let commits = each(all, |f| f.source.commit.clone()).len();
    let of = |found: usize, total: usize, what: &str| {
        if total >= found && total > 0 {
            format!("in {found} of {}", count(total, what))
        } else {
            format!("in {}", count(found, what))
        }
    };
    let at = match commits {
        0 => of(files, decision.reading.files, "file"),
        n if decision.reading.commits >= n => of(n, decision.reading.commits, "commit"),
        _ => of(files, decision.reading.files, "file"),
    };
    let secrets = count(all.len(), "secret");
    page.row(0, &[(Style::Alarm, "stanch: "), (Style::Strong, &format!("{secrets} {at}"))]);
}

/// The next step, as a command if there is one that is short enough.
fn step(decision: &Decision, all: &[Group<'_>]) -> String {
    let is_all = |kind| findings(all).all(|f| f.source.kind == kind);
    if is_all(SourceKind::FileName) || is_all(SourceKind::RefName) {
        return "rename it".to_owned();
    }
    match decision.stage {
        Stage::Message => "edit it".to_owned(),
        Stage::Scan if is_all(SourceKind::Image) => "build it again".to_owned(),
        Stage::Commit | Stage::Scan => fix_or_edit(decision, all).to_owned(),
        Stage::Push { .. } | Stage::Receive if is_all(SourceKind::TagMessage) => "tag again".to_owned(),
        Stage::Push { .. } if let Some(Squash { base, commits }) = &decision.reading.squash => {
            if *commits > 2 {
                "stanch fix --commits".to_owned()
            } else {
                format!("git reset --soft {}", short(base))
            }
        }
        Stage::Push { .. } | Stage::Receive => {
            let commits = each(all, |f| f.source.commit.clone());
            match commits.first() {
                Some(only) if commits.len() == 1 => {
                    let is_newest = decision.reading.history.iter().any(|c| c.id == *only && c.tip);
                    if decision.reading.linear && !is_newest && is_all(SourceKind::Commit) {
                        return fix_or_edit(decision, all).to_owned();
                    }
                    format!("{} {}", if is_newest { "amend" } else { "edit" }, short(only))
                }
                _ if decision.reading.linear && is_all(SourceKind::Commit) => {
                    fix_or_edit(decision, all).to_owned()
                }
                _ => "git rebase -i".to_owned(),
            }
        }
    }
}

/// `fix` where it can write anything.
fn fix_or_edit(decision: &Decision, all: &[Group<'_>]) -> &'static str {
    let is_fixed = |f: &Finding| is_kept_out(f) || fixable(decision, &suggestion(f).way, f);
    if findings(all).any(is_fixed) { "stanch fix" } else { "edit it" }
}

/// A place as it is shown.
struct Place {
    text: String,
    /// True if a file's name did not fit.
    is_cut: bool,
}

impl Place {
    fn whole(text: String) -> Place {
        Place { text, is_cut: false }
    }
}

/// The place, in at most `room` columns.
fn place(page: &Layout<'_>, all: &[Group<'_>], room: usize) -> Place {
    let kinds: BTreeSet<&str> = findings(all)
        .map(|f| match f.source.kind {
            SourceKind::CommitMessage => "the message",
            SourceKind::TagMessage => "a tag's message",
            SourceKind::RefName => "a ref's name",
            SourceKind::FileName => "a file's name",
            SourceKind::Stdin
            | SourceKind::Image
            | SourceKind::File
            | SourceKind::Staged
            | SourceKind::Commit => "",
        })
        .collect();
    let files = each(all, |f| Some(f.source.path.as_bytes().to_vec()));
    let first = all[0].first();
    match kinds.first() {
        Some(&"") if kinds.len() == 1 && files.len() == 1 => {
            let path = printable(&seen_from(&page.look().prefix, first.source.path.as_bytes()));
            let line = if all.len() == 1 { format!(":{}", first.location.line) } else { String::new() };
            fitted(&path, &line, room)
        }
        Some(&"") if kinds.len() == 1 => Place::whole(count(files.len(), "file")),
        Some(kind) if kinds.len() == 1 => Place::whole((*kind).to_owned()),
        _ => Place::whole("several places".to_owned()),
    }
}

/// A path and its line: whole, or only the file's name, or its end.
fn fitted(path: &str, line: &str, room: usize) -> Place {
    let name = path.rsplit('/').next().unwrap_or(path);
    let whole = [path.to_owned(), format!(".../{name}"), name.to_owned()];
    if let Some(fits) = whole.iter().find(|p| chars(p) + chars(line) <= room) {
        return Place::whole(format!("{fits}{line}"));
    }
    let kept = room.saturating_sub(chars(line) + "...".len()).max(1);
    let end: String = name.chars().skip(name.chars().count().saturating_sub(kept)).collect();
    Place { text: format!("...{end}{line}"), is_cut: true }
}

fn findings<'g>(all: &'g [Group<'_>]) -> impl Iterator<Item = &'g Finding> {
    all.iter().flat_map(|g| g.findings.iter().copied())
}

/// The distinct values of a property, in order.
fn each<T: Ord>(all: &[Group<'_>], what: impl Fn(&Finding) -> Option<T>) -> BTreeSet<T> {
    findings(all).filter_map(what).collect()
}
