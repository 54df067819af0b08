//! The message for a person whose commit was just blocked, who is in a hurry and wants to be done in a minute.
//!
//! One secret gets: verdict; what and where; whether it has leaked; what to type now; rotation; what to do about a
//! false positive. Several secrets get three lines each and share the rest. Warnings are short. Prints nothing if
//! there are no findings, except for `scan`.

mod first_line;
mod keep_out;
mod leaked;
mod parts;
mod remedy;
mod repeat;
mod rotation;

use super::facts::Facts;
use super::group::{self, Group, groups};
use super::layout::{Layout, Style, chars};
use super::path_display::position;
use super::terminal::Terminal;
use super::unread;
use crate::finding::{Finding, Reach, Replacement, SourceKind};
use crate::fix::replacement::suggestion;
use crate::policy::{Action, Decision, Screened, Stage};
use crate::report::about::{live, revocation};
use crate::report::evidence::belief;
use crate::report::human::parts::{listing, not_a_secret, place};
use crate::text::plural::count;
use std::collections::HashSet;
use std::io::{self, Write};

/// Lines of the message about one secret, on a terminal of at least 80 columns.
const LINES: usize = 25;

/// Columns on a server: git puts `remote: ` before each line.
const REMOTE_WIDTH: usize = 70;

/// Writes the message for this process's terminal.
///
/// # Errors
/// If the stream fails.
pub fn render(decision: &Screened, out: &mut dyn Write) -> io::Result<()> {
    render_for(&Terminal::from_env(), decision, out)
}

/// Writes the message for this terminal. Styles are always written: the stream removes them.
///
/// # Errors
/// If the stream fails.
pub fn render_for(look: &Terminal, decision: &Screened, out: &mut dyn Write) -> io::Result<()> {
    let width = if decision.stage == Stage::Receive { REMOTE_WIDTH } else { Terminal::WIDEST };
    let mut page = Layout::new(look, width);
    let blocked = groups(decision, Action::Block);
    if blocked.is_empty() {
        unread::section(&mut page, decision);
    }
    match &*blocked {
        [] => {}
        all if decision.reading.repeated => repeat::section(&mut page, decision, all),
        [one] => single(&mut page, decision, one),
        several => many(&mut page, decision, several),
    }
    warnings(&mut page, decision);
    suppressed(&mut page, decision);
    if !blocked.is_empty() {
        unread::section(&mut page, decision);
    }
    plan(&mut page, decision);
    notes(&mut page, decision);
    if decision.stage == Stage::Scan && blocked.is_empty() {
        let mut read = count(decision.reading.files, "file");
        if decision.reading.commits > 0 {
            read = format!("{} ({read} changed)", count(decision.reading.commits, "commit"));
        }
        let but = if decision.is_incomplete() { ", but not everything was read" } else { "" };
        page.row(0, &[(Style::Plain, &format!("stanch: no secret that blocks in {read}{but}"))]);
    }
    out.write_all(page.finish().as_bytes())
}

/// Writes only the unread content: for formats that contain findings only.
///
/// # Errors
/// If the stream fails.
pub fn render_unread(look: &Terminal, decision: &Screened, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Layout::new(look, Terminal::WIDEST);
    unread::section(&mut page, decision);
    out.write_all(page.finish().as_bytes())
}

fn single(page: &mut Layout<'_>, decision: &Decision, group: &Group<'_>) {
    let f = group.first();
    first_line::write(page, decision, std::slice::from_ref(group), "");
    page.blank();
    title(page, 2, f);
    place(page, 2, decision, f);
    others(page, 2, group);
    // A default threshold needs no explanation.
    if let Some(d) = decision.with(Action::Block).find(|d| !d.because.ends_with("(built-in)")) {
        page.paragraph(2, Style::Dim, &format!("blocked because {}", d.because));
    }
    if let Some(text) = group.findings.iter().find_map(|f| client_side(f)) {
        page.paragraph(2, Style::Warning, &text);
    }
    page.blank();
    if live(f).is_some() {
        page.command("Revoke it now", &revocation(f), "its provider says that it works");
    }
    page.prose("Has it leaked?", &leaked::leaked(decision));
    if decision.reading.looked.is_some() && decision.with(Action::Block).all(|d| d.known.is_none()) {
        let command = format!("stanch explain {} --history", f.fingerprint.short());
        page.command("", &command, "looks through all of history");
    }
    remedy::fix(page, decision, group);
    page.blank();
    // Lines left, minus the footer.
    let asking = 2 * usize::from(decision.reading.contact.is_some() || decision.reading.link.is_some());
    let guide = f.rule.web_page();
    let below = 3 + asking + usize::from(guide.is_some());
    let room = if page.width() < 80 { usize::MAX } else { (LINES - below).saturating_sub(page.lines()) };
    rotation::section(page, group, room);
    page.command("  more", &format!("stanch explain {}", explain_name(decision, f)), "");
    if let Some(guide) = guide {
        page.command("", &guide, "");
    }
    if live(f).is_none() {
        page.blank();
        not_a_secret(page, decision, f, &f.fingerprint.short());
    }
}

fn many(page: &mut Layout<'_>, decision: &Decision, all: &[Group<'_>]) {
    first_line::write(page, decision, all, "");
    let shown = all.len().min(page.look().limit);
    for group in &all[..shown] {
        page.blank();
        let f = group.first();
        title(page, 2, f);
        place(page, 4, decision, f);
        third_line(page, group);
    }
    page.blank();
    if all.len() > shown {
        let rest = format!("and {} more: ", all.len() - shown);
        page.row(2, &[(Style::Strong, &rest), (Style::Command, listing(decision))]);
        page.blank();
    }
    page.prose("Has it leaked?", &leaked::leaked(decision));
    remedy::fix_many(page, decision, all);
    let explain = match decision.stage {
        Stage::Scan | Stage::Receive => "stanch explain RULE",
        _ => "stanch explain FINGERPRINT",
    };
    page.command("Ever shared?", explain, "how to rotate it");
    if let Some(group) = all.iter().find(|group| live(group.first()).is_none()) {
        not_a_secret(page, decision, group.first(), "FINGERPRINT");
    }
}

/// The argument for `explain`: the fingerprint if a hook stored it, because the page is then about that file; else
/// the rule.
fn explain_name(decision: &Decision, f: &Finding) -> String {
    match decision.stage {
        Stage::Commit | Stage::Message | Stage::Push { .. } => f.fingerprint.short(),
        Stage::Receive | Stage::Scan => f.rule.id.to_owned(),
    }
}

/// What it is, and the evidence.
fn title(page: &mut Layout<'_>, indent: usize, f: &Finding) {
    let beside = page.width().saturating_sub(indent + chars(f.rule.name) + 3);
    let why = belief(f, beside.max(40));
    if chars(&why) <= beside {
        page.row(indent, &[(Style::Strong, f.rule.name), (Style::Plain, "   "), (Style::Plain, &why)]);
    } else {
        page.row(indent, &[(Style::Strong, f.rule.name)]);
        page.paragraph(indent, Style::Plain, &why);
    }
}

/// The other places of the same secret, and its id's.
fn others(page: &mut Layout<'_>, indent: usize, group: &Group<'_>) {
    let mut places: Vec<String> = group.others().iter().map(|f| position(f, &page.look().prefix)).collect();
    places.dedup();
    let shown = places.len().min(page.look().limit);
    if !places.is_empty() {
        let rest = if places.len() > shown { " and others" } else { "" };
        let text = format!(
            "the same value in {}: {}{rest}",
            count(places.len(), "more place"),
            places[..shown].join(", ")
        );
        page.paragraph(indent, Style::Plain, &text);
    }
    if let Some(id) = group.first().pair.as_deref() {
        let text = format!("with its {} on line {}: {}", id.rule.name, id.location.line, id.secret.masked());
        page.paragraph(indent, Style::Plain, &text);
    }
}

/// For several secrets: the fingerprint, what to write, and as much of the rest as fits on the line.
fn third_line(page: &mut Layout<'_>, group: &Group<'_>) {
    let f = group.first();
    let id = f.fingerprint.short();
    let instead = match suggestion(f).way {
        _ if live(f).is_some() => format!("revoke it now: {}", revocation(f)),
        Replacement::Expression { text, .. } if !text.is_empty() => format!("write {text}"),
        Replacement::KeepOut { .. } => "keep this file out of git".to_owned(),
        _ => "take it out".to_owned(),
    };
    let also = match group.others() {
        [] => None,
        [other] => Some(format!("   also in {}", position(other, &page.look().prefix))),
        others => Some(format!("   also in {}", count(others.len(), "more place"))),
    };
    let pair = f.pair.as_deref().map(|id| format!("   its id: line {}", id.location.line));
    let revoke = Facts(f.rule).known("revoke_url", f.rule.remediation.revoke_url);
    let revoke = revoke.map(|u| format!("   revoke: {u}"));
    let mut rest = String::new();
    for part in [pair, also, revoke].into_iter().flatten() {
        if 4 + chars(&id) + 3 + chars(&instead) + chars(&rest) + chars(&part) <= page.width() {
            rest.push_str(&part);
        }
    }
    page.row(
        4,
        &[(Style::Dim, &id), (Style::Plain, "   "), (Style::Command, &instead), (Style::Plain, &rest)],
    );
}

/// A secret in a file that every visitor of a page can read.
fn client_side(f: &Finding) -> Option<String> {
    let public = Facts(f.rule).known("public_by_design", f.rule.remediation.public_by_design);
    if !matches!(f.source.kind, SourceKind::Staged | SourceKind::Commit | SourceKind::File) {
        return None;
    }
    let lead = match suggestion(f).reach {
        Reach::Inlined => {
            "A bundler writes a variable of this name into the page: each visitor can read the key."
        }
        Reach::Page => "This part ships to every browser: each visitor can read the key.",
        Reach::Unknown if public.is_some() => {
            "If this script runs in a browser, it ships the key to every visitor."
        }
        Reach::Unknown | Reach::Server => return None,
    };
    Some(match public {
        // The fix names the public value.
        Some(_) => format!("{lead} Only a public one belongs there."),
        None => format!("{lead} What needs it belongs on your server."),
    })
}

fn warnings(page: &mut Layout<'_>, decision: &Decision) {
    let all = groups(decision, Action::Warn);
    if all.is_empty() {
        return;
    }
    if page.lines() > 0 {
        page.blank();
    }
    let said = if all.len() == 1 {
        "1 warning, which does not block".to_owned()
    } else {
        format!("{}, which do not block", count(all.len(), "warning"))
    };
    page.row(0, &[(Style::Warning, &format!("stanch: {said}"))]);
    if let Some(text) = rollout(decision, all.len()) {
        page.row(2, &[(Style::Plain, &text)]);
    }
    let shown = all.len().min(page.look().limit);
    for group in &all[..shown] {
        let f = group.first();
        place(page, 2, decision, f);
        let id = f.fingerprint.short();
        let beside = page.width().saturating_sub(4 + chars(&id) + 3 + chars(f.rule.name) + 3);
        let why = belief(f, beside);
        let why = if chars(&why) <= beside { &why } else { f.confidence.slug() };
        let gap = (Style::Plain, "   ");
        page.row(4, &[(Style::Dim, &id), gap, (Style::Plain, f.rule.name), gap, (Style::Plain, why)]);
    }
    if all.len() > shown {
        let rest = format!("and {} more: ", all.len() - shown);
        page.row(2, &[(Style::Plain, &rest), (Style::Command, listing(decision))]);
    }
}

/// Which warnings block once a rollout is over.
fn rollout(decision: &Decision, all: usize) -> Option<String> {
    let of_rollout = || decision.with(Action::Warn).filter(|d| d.warns_until.is_some());
    let last = of_rollout().filter_map(|d| d.warns_until).min()?;
    let later = of_rollout().map(|d| d.finding.fingerprint).collect::<HashSet<_>>().len();
    let which = match (later, all) {
        (1, 1) => "it blocks".to_owned(),
        (later, all) if later == all => "all of them block".to_owned(),
        (1, _) => "1 of them blocks".to_owned(),
        (later, _) => format!("{later} of them block"),
    };
    Some(format!("{which} after {last} (policy.warn_only_until)"))
}

/// Suppressed findings, shown on request.
fn suppressed(page: &mut Layout<'_>, decision: &Decision) {
    if decision.stage != Stage::Scan {
        return;
    }
    for s in decision.reading.skipped.iter().filter(|s| s.action == Action::Suppress) {
        let text = format!("accepted unread: {}  {}  ({})", s.path, s.why, s.because);
        page.paragraph(0, Style::Dim, &text);
    }
    for d in decision.with(Action::Suppress) {
        let at = position(&d.finding, &page.look().prefix);
        let text = format!("allowed: {at}  {}  ({})", d.finding.rule.name, d.because);
        page.paragraph(0, Style::Dim, &text);
    }
}

/// What to do first about the secrets of a history.
fn plan(page: &mut Layout<'_>, decision: &Decision) {
    for (step, all) in group::plan(decision) {
        page.blank();
        page.paragraph(0, Style::Plain, step.heading());
        for p in all {
            page.paragraph(2, Style::Plain, &format!("{}  {}: {}", p.fingerprint.short(), p.name, p.text()));
        }
        page.paragraph(2, Style::Dim, step.command());
    }
}

/// Further notes.
fn notes(page: &mut Layout<'_>, decision: &Decision) {
    for note in &decision.reading.notes {
        page.paragraph(0, Style::Plain, &format!("stanch: {note}"));
    }
}
