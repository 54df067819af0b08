//! Unread content, for people: what blocks with its remedies, and one line for the rest.

use super::layout::{Layout, Style, chars};
use super::path_display::shell_word;
use crate::policy::{Action, Cause, Decision, Passed, Skipped, Stage};
use crate::text::plural::count;
use std::collections::BTreeMap;

/// Writes the section.
pub(super) fn section(page: &mut Layout<'_>, decision: &Decision) {
    // An error message has it already.
    let is_error = |s: &&Skipped| matches!(s.cause, Cause::Failed(_));
    let all = || decision.reading.skipped.iter().filter(move |s| !is_error(s));
    let of = |action| all().filter(move |s| s.action == action);
    let blocking: Vec<&Skipped> = of(Action::Block).collect();
    if !blocking.is_empty() {
        if page.lines() > 0 {
            page.blank();
        }
        blocked(page, decision, &blocking);
    }
    let is_passed = |s: &&Skipped| matches!(s.cause, Cause::Passed(_));
    let (passed, told): (Vec<&Skipped>, Vec<&Skipped>) = of(Action::Warn).partition(is_passed);
    if !told.is_empty() {
        let all: Vec<String> = told.iter().map(|s| format!("{} ({})", s.path, s.why)).collect();
        let text = |shown: usize| {
            let more = all.len() - shown;
            let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
            let what = count(all.len(), "file");
            format!("stanch: the content of {what} was not read: {}{rest}", all[..shown].join(", "))
        };
        // As many as fit on one line, and at least one.
        let width = page.look().width;
        let shown = (1..=all.len()).rev().find(|n| chars(&text(*n)) <= width).unwrap_or(1);
        page.paragraph(0, Style::Warning, &text(shown));
    }
    if !passed.is_empty() {
        let mut kinds: BTreeMap<Passed, usize> = BTreeMap::new();
        for s in passed {
            if let Cause::Passed(what) = s.cause {
                *kinds.entry(what).or_default() += 1;
            }
        }
        let kinds: Vec<String> = kinds.into_iter().map(|(what, n)| count(n, what.text())).collect();
        page.paragraph(0, Style::Plain, &format!("stanch: passed over: {}", kinds.join(", ")));
    }
}

fn blocked(page: &mut Layout<'_>, decision: &Decision, all: &[&Skipped]) {
    let what = match decision.stage {
        Stage::Commit | Stage::Message => "commit blocked, ",
        Stage::Push { .. } => "push blocked, ",
        Stage::Receive => "push refused, ",
        Stage::Scan => "",
    };
    let verb = if all.len() == 1 { "was" } else { "were" };
    let head = format!("stanch: {what}{} {verb} not read", count(all.len(), "file"));
    page.row(0, &[(Style::Alarm, &head)]);
    let shown = all.len().min(page.look().limit);
    for s in &all[..shown] {
        page.row(2, &[(Style::Strong, &s.path.to_string())]);
        page.paragraph(4, Style::Plain, &s.why);
    }
    if all.len() > shown {
        page.row(2, &[(Style::Plain, &format!("and {} more", all.len() - shown))]);
    }
    let size = all.iter().filter_map(|s| match s.cause {
        Cause::TooLarge { size, .. } => Some(size.div_ceil(1 << 20)),
        _ => None,
    });
    if let Some(mb) = size.max() {
        page.command("To read it", &format!("limits.max_blob_mb = {mb}"), "in .stanch.toml, committed first");
    }
    if all.iter().any(|s| matches!(s.cause, Cause::Damaged(_))) {
        page.command("To fix it", "git fsck", "names what is damaged");
    }
    let id = |s: &Skipped| s.blob.as_deref().map(|id| id.get(..12).unwrap_or(id).to_owned());
    // Standard input has no id and no place.
    let Some(first) = all.iter().find(|s| s.has_id || s.path.as_bytes() != b"-") else { return };
    if !decision.reading.ways.allow {
        page.prose(
            "To accept it",
            "The policy here does not let one person accept it; ask for a larger limit.",
        );
        return;
    }
    if !first.has_id {
        let glob = globset::escape(&String::from_utf8_lossy(&first.path.shown_bytes()));
        let glob = toml::Value::from(glob).to_string();
        let rule = format!("[[path]] with glob = {glob}, mode = \"skip\" and a reason");
        page.prose("To accept it", &format!("{rule}, in .stanch.toml, committed first"));
        return;
    }
    let name = id(first)
        .unwrap_or_else(|| first.path.glob().map_or_else(|| shell_word(first.path.as_bytes()), shell_word));
    let note = if decision.stage == Stage::Receive { "commit and push that first" } else { "" };
    page.command("To accept it", &format!("stanch allow --unread {name} --reason \"WHY\""), note);
}
