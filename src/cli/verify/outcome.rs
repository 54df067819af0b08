//! What was answered, for a person or a program.

use super::targets::Target;
use crate::error::Error;
use crate::policy::Screen;
use crate::report::explain;
use crate::rules::LiveCheck;
use crate::text::plural::count;
use crate::verify::{Answer, State};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// A secret with its answer.
#[derive(Debug)]
pub(in crate::cli) struct Outcome<'a> {
    pub(in crate::cli) target: &'a Target,
    pub(in crate::cli) answer: Answer,
    /// Seconds since the answer, if it was kept.
    pub(in crate::cli) age: Option<i64>,
    /// How many ids beside it were asked about with it.
    pub(in crate::cli) ids: usize,
    /// The person's instance that was asked.
    pub(in crate::cli) host: Option<String>,
}

/// A secret in a line: fingerprint, name and first place.
pub(in crate::cli) fn named(target: &Target) -> String {
    let place = target.places.first().map(ToString::to_string).unwrap_or_default();
    let more = match target.places.len() {
        0 | 1 => String::new(),
        n => format!(" and {} more", n - 1),
    };
    format!("{}  {}  {place}{more}", target.finding.fingerprint.short(), target.finding.rule.name)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For a person, worst first.
    Text,
    /// One array, an object a secret.
    Json,
}

/// A secret as scripts read it. Field names are stable: new ones may be added, but they are never renamed.
#[derive(Serialize)]
struct Row<'a> {
    fingerprint: String,
    rule: &'a str,
    provider: &'a str,
    /// `live`, `dead`, `unsure` or `not_checked`.
    state: &'a str,
    /// Why it is neither live nor dead.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    /// The person's instance that was asked in place of the provider's own host.
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    /// How many ids beside it were asked about with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    ids: Option<usize>,
    /// What to know about the provider's answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
    owner: BTreeMap<&'a str, String>,
    scopes: Vec<String>,
    places: Vec<String>,
    /// Seconds since the answer, if it was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    age_seconds: Option<i64>,
    /// True if `stanch revoke` can end it.
    revocable: bool,
    /// What a person may run, if the provider is not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
}

/// Writes the answers; returns the exit code.
pub(super) fn write(outcomes: &[Outcome<'_>], format: Format) -> Result<u8, Error> {
    let mut out = io::BufWriter::new(super::super::out::stdout());
    let screen = Screen::builtin();
    let written = match format {
        Format::Text => outcomes.iter().try_for_each(|o| text(o, &screen, &mut out)),
        Format::Json => {
            let rows: Vec<Row<'_>> = outcomes.iter().map(|o| row(o, &screen)).collect();
            serde_json::to_writer_pretty(&mut out, &rows)
                .map_err(io::Error::from)
                .and_then(|()| writeln!(out))
        }
    };
    written.and_then(|()| out.flush()).map_err(Error::io("standard output"))?;
    let any = |is: fn(&State) -> bool| outcomes.iter().any(|o| is(&o.answer.state));
    Ok(match () {
        () if any(|s| *s == State::Live) => 1,
        () if any(|s| *s != State::Dead) => 2,
        () => 0,
    })
}

fn row<'a>(o: &'a Outcome<'_>, screen: &Screen<'_>) -> Row<'a> {
    let finding = &o.target.finding;
    let run = by_hand(o);
    Row {
        fingerprint: finding.fingerprint.to_string(),
        rule: finding.rule.id,
        provider: finding.rule.provider.id,
        state: o.answer.state.slug(),
        why: why(&o.answer.state),
        host: o.host.as_deref(),
        ids: (o.ids > 0).then_some(o.ids),
        note: note(o, run.is_some()),
        owner: o.answer.owner.iter().map(|(name, value)| (name.as_str(), screen.text(value))).collect(),
        scopes: o.answer.scopes.iter().map(|scope| screen.text(scope)).collect(),
        places: o.target.places.iter().map(ToString::to_string).collect(),
        age_seconds: o.age,
        revocable: LiveCheck::ends(finding.rule.id).is_some(),
        run,
    }
}

/// The command for a secret whose provider was not asked.
fn by_hand(o: &Outcome<'_>) -> Option<String> {
    let rule = o.target.finding.rule;
    let is_open = matches!(o.answer.state, State::NotChecked(_)) && rule.service_end().is_none();
    is_open.then(|| explain::by_hand(rule)).flatten()
}

/// What to know about the provider's answers, where it matters: what a person gave may be wrong, or the token be of another
/// instance; then "dead" is not said of the secret alone. Of what was not asked, it belongs to the command for a person.
fn note(o: &Outcome<'_>, has_command: bool) -> Option<&'static str> {
    let check = LiveCheck::of(o.target.finding.rule.id)?;
    let tells = match o.answer.state {
        State::Unsure(_) => o.answer.is_refused,
        State::Dead if o.host.is_some() => false,
        State::Dead => check.needs_own_values() || (check.self_hosted && !check.dead.is_empty()),
        State::Live | State::NotChecked(_) => has_command,
    };
    check.note.as_deref().filter(|_| tells)
}

fn why(state: &State) -> Option<&str> {
    match state {
        State::Unsure(why) | State::NotChecked(why) => Some(why),
        State::Live | State::Dead => None,
    }
}

fn text(o: &Outcome<'_>, screen: &Screen<'_>, out: &mut dyn Write) -> io::Result<()> {
    let word = match &o.answer.state {
        State::Live => "LIVE",
        State::Dead => "dead",
        State::Unsure(_) => "unsure",
        State::NotChecked(_) => "not asked",
    };
    writeln!(out, "{word:<9}  {}", named(o.target))?;
    let mut line = |text: String| writeln!(out, "           {text}");
    if let Some(identity) = identity(o, screen) {
        line(identity)?;
    }
    if let Some(why) = why(&o.answer.state) {
        line(why.to_owned())?;
    }
    let run = by_hand(o);
    if let Some(run) = &run {
        line("run this:".to_owned())?;
        run.lines().try_for_each(|command| line(format!("  {command}")))?;
    }
    let rule = o.target.finding.rule.id;
    if o.ids > 0 && matches!(o.answer.state, State::Unsure(_) | State::Dead) {
        line(format!("asked with {} beside it", count(o.ids, "id")))?;
    }
    if let Some(host) = o.host.as_ref().filter(|_| o.answer.is_refused) {
        line(format!("asked at {host}"))?;
    }
    if let Some(note) = note(o, run.is_some()) {
        line(note.to_owned())?;
    }
    let end = match o.answer.state {
        State::Live => Some("Revoke it"),
        State::Dead => None,
        State::Unsure(_) | State::NotChecked(_) => {
            o.target.finding.rule.service_end().is_none().then_some("If unsure, revoke it")
        }
    };
    if let Some(end) = end {
        let how = match LiveCheck::ends(rule) {
            Some(_) => format!("stanch revoke {}", o.target.finding.fingerprint.short()),
            None => format!("stanch explain {rule} has the steps"),
        };
        line(format!("{end}: {how}"))?;
    }
    match o.age {
        Some(age) if age < 60 => line("answered just now; --fresh asks again".to_owned()),
        Some(age) => {
            line(format!("answered {} ago; --fresh asks again", count((age / 60) as usize, "minute")))
        }
        None => Ok(()),
    }
}

/// Whose it is and what it may do, in a line.
pub(super) fn identity(o: &Outcome<'_>, screen: &Screen<'_>) -> Option<String> {
    let fields = o.answer.owner.iter();
    let mut parts: Vec<String> = fields
        .map(|(name, value)| format!("{} {}", name.rsplit('.').next().unwrap_or(name), screen.text(value)))
        .collect();
    if !o.answer.scopes.is_empty() {
        let scopes: Vec<String> = o.answer.scopes.iter().map(|scope| screen.text(scope)).collect();
        parts.push(format!("may {}", scopes.join(", ")));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}
