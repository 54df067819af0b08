//! What to type now, depending on the stage.

use super::keep_out;
use super::parts::{FIX, file, files, words};
use crate::finding::{Finding, Replacement, SourceKind};
use crate::fix::replacement::suggestion;
use crate::policy::{Commit, Decision, Squash, Stage};
use crate::report::group::Group;
use crate::report::layout::{Layout, chars};
use crate::report::path_display::{path_word, shell_word, short};
use crate::rules::SecretKind;

/// Writes what to do now for one secret.
pub(super) fn fix(page: &mut Layout<'_>, decision: &Decision, group: &Group<'_>) {
    let f = group.first();
    match &decision.stage {
        Stage::Commit if group.findings.iter().all(|f| keep_out::is_kept_out(f)) => {
            let command = format!("stanch fix {}", f.fingerprint.short());
            keep_out::now(page, decision, &group.findings, &command);
        }
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

/// Writes what to do now for several secrets.
pub(super) fn fix_many(page: &mut Layout<'_>, decision: &Decision, all: &[Group<'_>]) {
    match &decision.stage {
        Stage::Commit => {
            let findings = || all.iter().flat_map(|g| g.findings.iter().copied());
            let (kept, others): (Vec<&Finding>, Vec<&Finding>) =
                findings().partition(|f| keep_out::is_kept_out(f));
            if others.is_empty() {
                keep_out::now(page, decision, &kept, "stanch fix --all");
                return;
            }
            let out = files(page, kept.iter().copied().filter(|f| !keep_out::is_tracked(decision, f)));
            let writes = || others.iter().any(|f| fixable(decision, &suggestion(f).way, f));
            let what = match out.is_empty() {
                false => {
                    format!("takes {} out of the commit, and writes the variables elsewhere", out.join(", "))
                }
                true if writes() => "writes the variables, or tells what to write".to_owned(),
                true => "tells what to write in each place".to_owned(),
            };
            page.command(FIX, "stanch fix --all", &what);
            let tracked: Vec<&Finding> =
                kept.into_iter().filter(|f| keep_out::is_tracked(decision, f)).collect();
            if !tracked.is_empty() {
                page.prose("", &keep_out::in_head(page, &tracked));
                let names = words(page, tracked.iter().copied());
                page.command("", &format!("git restore --staged {}", names.join(" ")), "");
            }
            let command = add(page, others.iter().copied(), "git commit");
            page.command("", &command, "");
        }
        Stage::Push { .. } | Stage::Receive
            if all.iter().all(|g| g.first().source.kind != SourceKind::RefName) =>
        {
            let label = switch(page, decision);
            if squash(page, decision, label) {
                return;
            }
            if decision.reading.linear {
                page.command(label, "stanch fix --all", "writes the variables, or tells what to write");
                let findings = all.iter().flat_map(|g| g.findings.iter().copied());
                let files = findings.filter(|f| f.source.kind == SourceKind::Commit);
                let command = add(page, files, "git commit");
                page.command("", &command, "");
                rebuild(page, decision);
                return;
            }
            page.command(label, "git rebase -ir", "edit each commit named above, then push again");
        }
        Stage::Scan if all.iter().all(|g| g.first().source.kind == SourceKind::Image) => {
            let mut notes: Vec<String> = Vec::new();
            for group in all {
                if let Replacement::TakeOut { note } = suggestion(group.first()).way
                    && !notes.contains(&note)
                {
                    notes.push(note);
                }
            }
            for (i, note) in notes.iter().take(WAYS).enumerate() {
                page.prose(if i == 0 { FIX } else { "" }, &format!("{}.", capital(note)));
            }
        }
        _ => {}
    }
}

/// The first of the two steps: the value is removed from its files. Files of one language share a line.
fn in_files(page: &mut Layout<'_>, mut label: &str, decision: &Decision, group: &Group<'_>) {
    let mut ways: Vec<(Replacement, Vec<&Finding>)> = Vec::new();
    for f in &group.findings {
        let way = suggestion(f).way;
        match ways.iter_mut().find(|(w, _)| *w == way) {
            Some((_, of)) => of.push(f),
            None => ways.push((way, vec![f])),
        }
    }
    let alone = ways.len() == 1;
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

/// Returns whether `stanch fix` can do it. A hook on the author's machine stores what it blocked; a scan and a
/// server do not.
pub(super) fn fixable(decision: &Decision, way: &Replacement, f: &Finding) -> bool {
    matches!(decision.stage, Stage::Commit | Stage::Push { .. })
        && matches!(f.source.kind, SourceKind::Staged | SourceKind::Commit)
        && f.source.path.glob().is_none()
        && matches!(way, Replacement::Expression { by_fix: true, .. })
}

/// Most different ways shown for one secret.
const WAYS: usize = 2;

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
            let what = match chars(text) {
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
                page.command("", &keep_out::command(page, f).0, "");
            }
        }
        Replacement::TakeOut { note } => page.prose(label, &capital(&format!("{place}{note}."))),
    }
}

/// The second step: stage again, continue.
fn again(page: &Layout<'_>, group: &Group<'_>, go_on: &str) -> String {
    let f = group.first();
    if matches!(suggestion(f).way, Replacement::KeepOut { .. }) && group.others().is_empty() {
        return format!("git add {} && {go_on}", keep_out::command(page, f).1);
    }
    let in_names = group.findings.iter().all(|f| f.source.kind == SourceKind::FileName);
    if in_names {
        return go_on.to_owned();
    }
    // A file that stays out is not staged again.
    let staged =
        group.findings.iter().copied().filter(|f| !matches!(suggestion(f).way, Replacement::KeepOut { .. }));
    add(page, staged, go_on)
}

/// The command that stages files and goes on; part by part if their names do not fit the line.
fn add<'f>(page: &Layout<'_>, of: impl Iterator<Item = &'f Finding>, go_on: &str) -> String {
    let command = format!("git add {} && {go_on}", words(page, of).join(" "));
    if chars(&command) <= page.room() { command } else { format!("git add -p && {go_on}") }
}

/// First the branch that was pushed, if HEAD is on another one. Returns the label of the next step.
fn switch(page: &mut Layout<'_>, decision: &Decision) -> &'static str {
    match &decision.reading.branch {
        Some(branch) => {
            let command = format!("git switch {}", shell_word(branch.as_bytes()));
            page.command(FIX, &command, "the branch that was pushed");
            ""
        }
        None => FIX,
    }
}

/// Squashes the commits, if HEAD does not have the secret any more. Returns whether that was written.
fn squash(page: &mut Layout<'_>, decision: &Decision, label: &str) -> bool {
    let Some(Squash { base, commits }) = &decision.reading.squash else { return false };
    let command = format!("git reset --soft {} && git commit", short(base));
    page.command(label, &command, &format!("makes the {commits} commits one: the newest is clean"));
    if *commits > 2 {
        page.command("", "stanch fix --commits", "or this: clean commits stay; it shows a plan first");
    }
    page.command("", push_again(decision), "");
    true
}

/// The commits are made again, once HEAD is clean.
fn rebuild(page: &mut Layout<'_>, decision: &Decision) {
    page.command("", "stanch fix --commits --yes", "takes it out of the unpushed commits too");
    page.command("", push_again(decision), "");
}

/// A secret in existing commits: they must be rewritten without it.
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
    let label = switch(page, decision);
    if squash(page, decision, label) {
        return;
    }
    let in_message = f.source.kind == SourceKind::CommitMessage;
    let commits = commits(decision, group);
    match commits.first() {
        Some(c) if c.tip && commits.len() == 1 => {
            if in_message {
                page.command(label, "git commit --amend", "take it out of the message");
            } else {
                in_files(page, label, decision, group);
                let amend = again(page, group, "git commit --amend --no-edit");
                page.command("", &amend, "");
            }
        }
        Some(_) if decision.reading.linear && !in_message => {
            in_files(page, label, decision, group);
            let commit = again(page, group, "git commit");
            page.command("", &commit, "");
            rebuild(page, decision);
            return;
        }
        Some(oldest) => {
            let from = if oldest.root { "--root".to_owned() } else { format!("{}^", short(&oldest.id)) };
            let (mark, which) = match (in_message, commits.len()) {
                (true, 1) => ("reword", format!("mark {} \"reword\"", short(&oldest.id))),
                (false, 1) => ("edit", format!("mark {} \"edit\"", short(&oldest.id))),
                (true, n) => ("reword", format!("mark the {n} commits \"reword\"")),
                (false, n) => ("edit", format!("mark the {n} commits \"edit\"")),
            };
            // Without -r, a merge on the way would be flattened.
            let how = if decision.reading.linear { "-i" } else { "-ir" };
            page.command(label, &format!("git rebase {how} {from}"), &which);
            if mark == "edit" {
                in_files(page, "", decision, group);
                let amend = again(page, group, "git commit --amend --no-edit");
                page.command("", &amend, "");
            }
            let push = push_again(decision);
            let go_on = if in_message { push.to_owned() } else { format!("git rebase --continue && {push}") };
            page.command("", &go_on, "");
            return;
        }
        None => page.prose(label, "Take it out of every commit that has it (git rebase -i)."),
    }
    page.command("", push_again(decision), "");
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

/// The command that pushes again.
fn push_again(decision: &Decision) -> &str {
    decision.reading.push_again.as_deref().unwrap_or("git push")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
