//! The two questions of the first ten seconds: has it leaked, and what do I type now? The stage decides both.

use crate::finding::{Finding, SourceKind, printable};
use crate::policy::{Action, Commit, Decision, Exposure, Looked, Stage};
use crate::report::group::{Group, count};
use crate::report::layout::Layout;
use crate::report::path_display::short;
use crate::report::path_display::{path_word, seen_from, shell_word};
use crate::report::replacement::{Replacement, replacement};
use crate::rules::SecretKind;
use std::collections::BTreeMap;

const FIX: &str = "Fix now";

/// Has it leaked? Says what was looked at, and no more than that.
pub(super) fn leaked(decision: &Decision) -> String {
    let blocked: BTreeMap<_, _> =
        decision.with(Action::Block).map(|d| (d.finding.fingerprint.short(), d.known.as_ref())).collect();
    let known: Vec<&Exposure> = blocked.values().copied().flatten().collect();
    let of = |n: usize| match (n, blocked.len()) {
        (_, 1) => String::new(),
        (n, all) => format!("{n} of {all}: "),
    };
    let out = known.iter().filter(|e| e.remote.is_some()).min_by_key(|e| e.time);
    if let Some(Exposure { commit, time, remote: Some(remote) }) = out {
        let which = of(known.iter().filter(|e| e.remote.is_some()).count());
        let since = match commit {
            Some(commit) => format!("has it since {} of {}", short(commit), day(*time)),
            None => format!("got it by a push of {}", day(*time)),
        };
        return format!("Yes: {which}{remote} {since}. Treat it as public: revoke it first.");
    }
    let here = known.iter().filter_map(|e| Some((e.commit.as_deref()?, e.time))).min_by_key(|(_, time)| *time);
    match (&decision.stage, here) {
        (Stage::Commit, Some((commit, time))) => format!(
            "Not as far as is known, but {}commit {} of {} has it already: taking it out here leaves it there.",
            of(known.len()),
            short(commit),
            day(time)
        ),
        (Stage::Commit, None) => format!("Not by this commit.{}", looked(decision)),
        (Stage::Message, _) => "Not by this commit: it was not made.".into(),
        (Stage::Push { .. }, _) => format!(
            "Not by this push: nothing was sent.{} A new commit on top does not help: git sends the old one with it.",
            looked(decision)
        ),
        (Stage::Receive, _) => {
            "It reached this server, which refused it: no one can fetch it. A new commit on top does not help.".into()
        }
        (Stage::Scan, _) => "A scan cannot tell. If it was ever pushed, yes.".into(),
    }
}

/// What was looked through in vain.
fn looked(decision: &Decision) -> String {
    let Some(Looked { commits, files, whole, record }) = decision.reading.looked else {
        return String::new();
    };
    let mut parts = Vec::new();
    if commits > 0 {
        parts.push(format!("its file in {}", count(commits, "commit")));
    }
    if files > 0 {
        parts.push(format!("{} of HEAD", count(files, "file")));
    }
    if record {
        parts.push("the record of pushes".to_owned());
    }
    let some = if whole { "" } else { " There was no time to look at more." };
    match &*parts {
        [] => String::new(),
        [one] => format!(" It is not in {one}.{some}"),
        [first, last] => format!(" It is not in {first} or {last}.{some}"),
        [first, middle @ .., last] => format!(" It is not in {first}, {} or {last}.{some}", middle.join(", ")),
    }
}

/// The day of a time.
fn day(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| String::new(), |t| t.strftime("%Y-%m-%d").to_string())
}

/// Writes what to do now for one secret.
pub(super) fn fix(page: &mut Layout<'_>, decision: &Decision, group: &Group<'_>) {
    let f = group.first();
    match &decision.stage {
        Stage::Commit => {
            in_files(page, FIX, decision, group);
            let again = again(page, group, "git commit");
            page.command("", &again, "");
        }
        Stage::Message => page.command(
            FIX,
            "git commit --edit -F \"$(git rev-parse --git-path COMMIT_EDITMSG)\"",
            "take it out of the message",
        ),
        Stage::Push { .. } | Stage::Receive => in_history(page, decision, group),
        Stage::Scan if f.source.commit.is_some() => {
            let commit: String = f.source.commit.iter().flat_map(|c| c.chars().take(12)).collect();
            let out = format!("git branch -r --contains {commit}");
            page.command(FIX, &out, "each branch named here has it: then revoke it first");
        }
        Stage::Scan => {
            in_files(page, FIX, decision, group);
            if f.source.kind == SourceKind::File {
                let path = path_word(&f.source.path, b"");
                page.command("", &format!("git log --oneline --all -- {path}"), "was it ever committed?");
            }
        }
    }
}

/// The first of the two steps: the value leaves its files. Files of one language share a line.
fn in_files(page: &mut Layout<'_>, label: &str, decision: &Decision, group: &Group<'_>) {
    let mut ways: Vec<(Replacement, Vec<&Finding>)> = Vec::new();
    for f in &group.findings {
        let way = replacement(f).way;
        match ways.iter_mut().find(|(w, _)| *w == way) {
            Some((_, of)) => of.push(f),
            None => ways.push((way, vec![f])),
        }
    }
    let alone = ways.len() == 1;
    let mut label = label;
    if !alone && ways.iter().any(|(w, of)| fixable(decision, w, of[0])) {
        let command = format!("stanch fix {}", group.first().fingerprint.short());
        page.command(label, &command, "writes each language's own expression");
        label = "";
        ways.retain(|(w, of)| !fixable(decision, w, of[0]));
    }
    for (way, of) in ways.iter().take(WAYS) {
        let place = if alone { String::new() } else { format!("in {}: ", file(page, of[0])) };
        in_file(page, label, decision, &place, way, of[0]);
        label = "";
    }
}

/// Can `stanch fix` do it? A hook on the author's machine remembers what it stopped; a scan and a server do not.
fn fixable(decision: &Decision, way: &Replacement, f: &Finding) -> bool {
    matches!(decision.stage, Stage::Commit | Stage::Push { .. })
        && matches!(f.source.kind, SourceKind::Staged | SourceKind::Commit)
        && f.source.path.glob().is_none()
        && matches!(way, Replacement::Expression { by_fix: true, .. })
}

/// Different ways shown for one secret.
const WAYS: usize = 2;

fn file(page: &Layout<'_>, f: &Finding) -> String {
    printable(&seen_from(&page.look().prefix, f.source.path.as_bytes()))
}

fn in_file(
    page: &mut Layout<'_>,
    label: &str,
    decision: &Decision,
    place: &str,
    way: &Replacement,
    f: &Finding,
) {
    if f.source.kind == SourceKind::FileName && decision.stage == Stage::Scan {
        page.prose(label, "Give it a name without the secret.");
        return;
    }
    if f.source.kind == SourceKind::FileName {
        let file = path_word(&f.source.path, &page.look().prefix);
        page.command(label, &format!("git mv {file} NAME"), "a name without the secret");
        return;
    }
    match way {
        Replacement::Expression { text, note, .. } if fixable(decision, way, f) && place.is_empty() => {
            let what = match crate::report::layout::chars(text) {
                0 => "takes the value out".to_owned(),
                n if n + 20 <= page.room() => format!("writes {text} there"),
                _ => "writes the variable there".to_owned(),
            };
            let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
            page.command(label, &format!("stanch fix {}", f.fingerprint.short()), &format!("{what}{note}"));
        }
        Replacement::Expression { text, note, .. } if text.is_empty() => {
            page.prose(label, &capital(&format!("{place}take the value out: {note}.")));
        }
        Replacement::Expression { text, note, .. } if place.is_empty() => {
            let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
            let what = if f.rule.kind == SecretKind::ConnectionString { "whole address" } else { "value" };
            page.command(label, text, &format!("in place of the {what}{note}"));
        }
        Replacement::Expression { text, .. } => page.command(label, text, place.trim_end_matches(": ")),
        Replacement::KeepOut { note } => {
            page.prose(label, &capital(&format!("{place}keep this file out of git: {note}.")));
            if f.source.kind != SourceKind::File {
                page.command("", &keep_out(page, f).0, "");
            }
        }
        Replacement::TakeOut { note } => page.prose(label, &capital(&format!("{place}{note}."))),
    }
}

/// The command that takes a file out of the index and keeps it out, and the `.gitignore` that it writes to: from the
/// top the one that every repository has, from below the one beside the file.
fn keep_out(page: &Layout<'_>, f: &Finding) -> (String, String) {
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

/// The second: stage again, go on.
fn again(page: &Layout<'_>, group: &Group<'_>, go_on: &str) -> String {
    let f = group.first();
    if matches!(replacement(f).way, Replacement::KeepOut { .. }) && group.others().is_empty() {
        return format!("git add {} && {go_on}", keep_out(page, f).1);
    }
    let in_names = group.findings.iter().all(|f| f.source.kind == SourceKind::FileName);
    if in_names {
        return go_on.to_owned();
    }
    let mut words: Vec<String> =
        group.findings.iter().map(|f| path_word(&f.source.path, &page.look().prefix)).collect();
    words.dedup();
    let command = format!("git add {} && {go_on}", words.join(" "));
    if crate::report::layout::chars(&command) <= page.room() {
        command
    } else {
        format!("git add -p && {go_on}")
    }
}

/// A secret in commits that were made: they have to be made again without it.
fn in_history(page: &mut Layout<'_>, decision: &Decision, group: &Group<'_>) {
    let f = group.first();
    match f.source.kind {
        SourceKind::RefName => {
            page.prose(FIX, "Give the branch or tag a name without the secret, and push that.");
            return;
        }
        SourceKind::TagMessage => {
            page.prose(FIX, "Delete the tag (git tag -d), make it again without the value, push it.");
            return;
        }
        _ => {}
    }
    let in_message = f.source.kind == SourceKind::CommitMessage;
    let commits = commits(decision, group);
    match commits.first() {
        Some(c) if c.tip && commits.len() == 1 => {
            if in_message {
                page.command(FIX, "git commit --amend", "take it out of the message");
            } else {
                in_files(page, FIX, decision, group);
                let amend = again(page, group, "git commit --amend --no-edit");
                page.command("", &amend, "");
            }
        }
        Some(oldest) => {
            let from = if oldest.root { "--root".to_owned() } else { format!("{}^", short(&oldest.id)) };
            let (mark, which) = match (in_message, commits.len()) {
                (true, 1) => ("reword", format!("mark {} \"reword\"", short(&oldest.id))),
                (false, 1) => ("edit", format!("mark {} \"edit\"", short(&oldest.id))),
                (true, n) => ("reword", format!("mark the {n} commits \"reword\"")),
                (false, n) => ("edit", format!("mark the {n} commits \"edit\"")),
            };
            page.command(FIX, &format!("git rebase -i {from}"), &which);
            if mark == "edit" {
                in_files(page, "", decision, group);
                let amend = again(page, group, "git commit --amend --no-edit");
                page.command("", &amend, "");
            }
            let go_on = if in_message { "git push" } else { "git rebase --continue && git push" };
            page.command("", go_on, "");
            return;
        }
        None => page.prose(FIX, "Take it out of every commit that has it (git rebase -i)."),
    }
    page.command("", "git push", "");
}

/// The commits of a secret, oldest first as far as the history is known.
fn commits(decision: &Decision, group: &Group<'_>) -> Vec<Commit> {
    let ids = || group.findings.iter().filter_map(|f| f.source.commit.as_deref());
    let known = &decision.reading.history;
    let mut out: Vec<Commit> = known.iter().filter(|c| ids().any(|id| id == c.id)).cloned().collect();
    for id in ids() {
        if out.iter().all(|c| c.id != id) {
            out.push(Commit { id: id.to_owned(), ..Commit::default() });
        }
    }
    out
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
