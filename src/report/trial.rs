//! What stanch would have decided about recent commits: for a lead who plans a rollout.

use super::layout::{LABEL, Layout, Style, chars};
use super::path_display::{position, short};
use super::terminal::Terminal;
use crate::finding::{Finding, Fingerprint};
use crate::policy::{Action, Screened, Verdict};
use crate::sort;
use crate::text::plural::count;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};

/// Secrets that are shown individually.
const WORST: usize = 10;
/// Rules that are shown individually.
const RULES: usize = 12;

/// The result of a trial.
#[derive(Debug)]
pub struct Trial<'a> {
    /// The newest version's decision, without suppressed findings.
    pub decision: &'a Screened,
    /// What the earlier version would have decided on each finding.
    pub by_former: Vec<Action>,
    /// The earlier version.
    pub former: &'static str,
    /// The newest version.
    pub newest: &'static str,
    /// True if the configuration keeps the earlier version's decisions.
    pub keeps_former: bool,
    /// The commits, in words.
    pub span: String,
    /// The last day of the proposed rollout.
    pub rollout: String,
}

/// Number of commits and secrets.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
struct Sum {
    commits: usize,
    secrets: usize,
}

impl Sum {
    fn of<'a>(all: impl Iterator<Item = &'a Finding> + Clone) -> Sum {
        let commits: BTreeSet<_> = all.clone().filter_map(|f| f.source.commit.as_deref()).collect();
        let secrets: BTreeSet<_> = all.map(|f| f.fingerprint.to_string()).collect();
        Sum { commits: commits.len(), secrets: secrets.len() }
    }
}

impl Trial<'_> {
    fn with(&self, action: Action) -> impl Iterator<Item = &Finding> + Clone {
        self.decision.findings.iter().filter(move |d| d.action == action).map(|d| &d.finding)
    }

    fn with_former(&self, action: Action) -> impl Iterator<Item = &Finding> + Clone {
        let all = self.decision.findings.iter().zip(&self.by_former);
        all.filter(move |(_, is)| **is == action).map(|(d, _)| &d.finding)
    }

    /// Blocked secrets and warnings of each rule, the rules that block most first.
    fn rules(&self) -> Vec<(&'static str, Sum, Sum)> {
        let mut all: BTreeMap<&'static str, [Vec<&Finding>; 2]> = BTreeMap::new();
        for d in &self.decision.findings {
            let of_rule = all.entry(d.finding.rule.id).or_default();
            of_rule[usize::from(d.action != Action::Block)].push(&d.finding);
        }
        let sum = |all: &[&Finding]| Sum::of(all.iter().copied());
        let mut out: Vec<_> = all.iter().map(|(id, [block, warn])| (*id, sum(block), sum(warn))).collect();
        sort::by_key(&mut out, |(_, block, warn)| std::cmp::Reverse((block.secrets, warn.secrets)));
        out
    }

    /// Each secret once, at its first place: blocked ones before warnings, then the most severe.
    fn worst(&self) -> Vec<&Verdict> {
        let mut known: HashMap<Fingerprint, usize> = HashMap::new();
        let mut out: Vec<&Verdict> = Vec::new();
        for d in &self.decision.findings {
            match known.get(&d.finding.fingerprint) {
                Some(at) if out[*at].action < d.action => out[*at] = d,
                Some(_) => {}
                None => {
                    known.insert(d.finding.fingerprint, out.len());
                    out.push(d);
                }
            }
        }
        sort::by_key(&mut out, |d| std::cmp::Reverse((d.action, d.finding.severity, d.finding.confidence)));
        out
    }

    /// Number of commits with unread content.
    fn unread(&self) -> usize {
        self.decision.reading.skipped.iter().filter(|s| s.action == Action::Block).count()
    }

    /// What a block costs, in words.
    fn cost(&self) -> String {
        let (commits, stopped) = (self.decision.reading.commits, Sum::of(self.with(Action::Block)));
        match stopped.commits {
            0 if commits == 0 => "There was nothing to stop.".to_owned(),
            0 => "Nobody would have been stopped.".to_owned(),
            n => {
                let each = commits.div_ceil(n);
                let rate = match each {
                    0 | 1 => "every commit".to_owned(),
                    each => format!("about one in {each}"),
                };
                format!(
                    "{} stopped, {rate}. A right stop saves a rotation. A wrong one costs its author a minute: read the \
                     message, run the allow command that it prints, commit again.",
                    count(n, "commit")
                )
            }
        }
    }
}

/// Writes it for a person.
///
/// # Errors
/// If the stream fails.
pub fn render(look: &Terminal, trial: &Trial<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Layout::new(look, Terminal::WIDEST);
    let commits = trial.decision.reading.commits;
    let (blocked, warned) = (Sum::of(trial.with(Action::Block)), Sum::of(trial.with(Action::Warn)));
    let head = format!("stanch: trial of {} {}", count(commits, "commit"), trial.span);
    page.row(0, &[(Style::Strong, &head)]);
    page.blank();
    let said = |sum: Sum| format!("{} with {}", count(sum.commits, "commit"), count(sum.secrets, "secret"));
    page.labelled(
        "Blocked",
        &[(if blocked.commits > 0 { Style::Alarm } else { Style::Plain }, &said(blocked))],
    );
    page.labelled("Warned", &[(Style::Plain, &said(warned))]);
    if trial.unread() > 0 {
        page.prose(
            "Not read",
            &format!("{}: such a commit ends in \"could not check\"", count(trial.unread(), "file")),
        );
    }
    page.prose("Cost", &trial.cost());
    former(&mut page, trial, blocked);
    rules(&mut page, trial);
    worst(&mut page, trial);
    if commits > 0 {
        next(&mut page, trial, blocked, warned);
    }
    for note in &trial.decision.reading.notes {
        page.paragraph(0, Style::Plain, &format!("stanch: {note}"));
    }
    out.write_all(page.finish().as_bytes())
}

/// Shows the earlier version's decisions beside the newest.
fn former(page: &mut Layout<'_>, trial: &Trial<'_>, blocked: Sum) {
    let then = Sum::of(trial.with_former(Action::Block));
    let text = match trial.keeps_former {
        true => format!(
            "policy.since = \"{}\" is set: it blocks {} of these {}. Without the key {} more.",
            trial.former,
            count(then.commits, "commit"),
            count(trial.decision.reading.commits, "commit"),
            blocked.commits.saturating_sub(then.commits)
        ),
        false if then != blocked => format!(
            "Version {} would have blocked {} with {}; [policy] since = \"{}\" keeps its decisions.",
            trial.former,
            count(then.commits, "commit"),
            count(then.secrets, "secret"),
            trial.former
        ),
        false => return,
    };
    page.prose("Earlier version", &text);
}

fn rules(page: &mut Layout<'_>, trial: &Trial<'_>) {
    let all = trial.rules();
    if all.is_empty() {
        return;
    }
    page.blank();
    let width = all.iter().take(RULES).map(|(id, ..)| chars(id)).max().unwrap_or(0).max(LABEL);
    page.row(2, &[(Style::Strong, &format!("{:<width$}  blocked  warned", "By rule"))]);
    for (id, block, warn) in all.iter().take(RULES) {
        page.row(2, &[(Style::Plain, &format!("{id:<width$}  {:>7}  {:>6}", block.secrets, warn.secrets))]);
    }
    if all.len() > RULES {
        page.row(2, &[(Style::Plain, &format!("and {}", count(all.len() - RULES, "more rule")))]);
    }
}

fn worst(page: &mut Layout<'_>, trial: &Trial<'_>) {
    let all = trial.worst();
    if all.is_empty() {
        return;
    }
    page.blank();
    let head = if all.len() > WORST {
        format!("The most severe {WORST} of {}", all.len())
    } else {
        "The secrets".into()
    };
    page.row(2, &[(Style::Strong, &head)]);
    for d in all.iter().take(WORST) {
        let f = &d.finding;
        let does =
            if d.action == Action::Block { (Style::Alarm, "block  ") } else { (Style::Warning, "warn   ") };
        let commit = f.source.commit.as_deref().map_or(String::new(), |id| format!("{}  ", short(id)));
        let at = position(f, &page.look().prefix);
        page.row(2, &[does, (Style::Plain, &commit), (Style::Strong, &at)]);
        let gap = (Style::Plain, "   ");
        let (id, masked) = (f.fingerprint.to_string(), f.secret.masked());
        page.row(9, &[(Style::Dim, &id), gap, (Style::Plain, f.rule.name), gap, (Style::Plain, &masked)]);
    }
    if all.len() > WORST {
        page.row(2, &[(Style::Plain, "all of them: "), (Style::Command, "stanch trial --format json")]);
    }
}

/// Shows what a lead can do about it.
fn next(page: &mut Layout<'_>, trial: &Trial<'_>, blocked: Sum, warned: Sum) {
    page.blank();
    if blocked.secrets + warned.secrets == 0 {
        page.command("Next", "stanch install", "if it is not installed yet: nothing here would block");
        return;
    }
    page.command("A real secret?", "stanch explain RULE", "rotate it: it is in history");
    page.command("Not a secret?", "stanch allow FINGERPRINT --reason \"WHY\"", "for everybody");
    page.command("Known ones?", "stanch baseline create", "only new secrets block");
    let rollout = format!("[policy] warn_only_until = \"{}\"", trial.rollout);
    page.command("Not yet?", &rollout, "in .stanch.toml: warns until then");
    if !trial.keeps_former && Sum::of(trial.with_former(Action::Block)) != blocked {
        page.command("As before?", &format!("[policy] since = \"{}\"", trial.former), "in .stanch.toml");
    }
}

/// Field names are stable: new ones may be added, but they are never renamed.
#[derive(Serialize)]
struct Row<'a> {
    rule: &'a str,
    severity: &'a str,
    confidence: &'a str,
    decision: &'a str,
    former_decision: &'a str,
    commit: Option<&'a str>,
    path: String,
    line: u32,
    fingerprint: String,
    redacted: String,
}

#[derive(Serialize)]
struct OfRule<'a> {
    rule: &'a str,
    blocked: Sum,
    warned: Sum,
}

#[derive(Serialize)]
struct Former<'a> {
    version: &'a str,
    in_force: bool,
    blocked: Sum,
    warned: Sum,
}

#[derive(Serialize)]
struct Whole<'a> {
    span: &'a str,
    version: &'a str,
    commits: usize,
    blocked: Sum,
    warned: Sum,
    unread: usize,
    former: Former<'a>,
    rules: Vec<OfRule<'a>>,
    findings: Vec<Row<'a>>,
    notes: &'a [String],
}

/// Writes it as one JSON object, with every finding.
///
/// # Errors
/// If the stream fails.
pub fn render_json(trial: &Trial<'_>, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &whole(trial))?;
    out.write_all(b"\n")
}

fn row<'a>(d: &'a Verdict, former: Action) -> Row<'a> {
    Row {
        rule: d.finding.rule.id,
        severity: d.finding.severity.slug(),
        confidence: d.finding.confidence.slug(),
        decision: d.action.slug(),
        former_decision: former.slug(),
        commit: d.finding.source.commit.as_deref(),
        path: d.finding.source.path.to_string(),
        line: d.finding.location.line,
        fingerprint: d.finding.fingerprint.to_string(),
        redacted: d.finding.secret.masked(),
    }
}

fn whole<'a>(trial: &'a Trial<'_>) -> Whole<'a> {
    Whole {
        span: &trial.span,
        version: trial.newest,
        commits: trial.decision.reading.commits,
        blocked: Sum::of(trial.with(Action::Block)),
        warned: Sum::of(trial.with(Action::Warn)),
        unread: trial.unread(),
        former: Former {
            version: trial.former,
            in_force: trial.keeps_former,
            blocked: Sum::of(trial.with_former(Action::Block)),
            warned: Sum::of(trial.with_former(Action::Warn)),
        },
        rules: trial
            .rules()
            .into_iter()
            .map(|(rule, blocked, warned)| OfRule { rule, blocked, warned })
            .collect(),
        findings: trial
            .decision
            .findings
            .iter()
            .zip(&trial.by_former)
            .map(|(d, then)| row(d, *then))
            .collect(),
        notes: &trial.decision.reading.notes,
    }
}
