//! `stanch audit`: reads the audit log.

use crate::check::Checker;
use crate::check::ages::{self, Age};
use crate::check::audit_log;
use crate::cli::args::OwnRules;
use crate::error::Error;
use crate::finding::RepoPath;
use crate::git::Repo;
use crate::policy::Screen;
use crate::policy::audit::{self, Record};
use jiff::{Timestamp, ToSpan};
use std::io::Write;

/// Arguments of `stanch audit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch audit                         all that was blocked or allowed
  stanch audit --since 30d             the last thirty days
  stanch audit --since 2026-11-01 --format jsonl
  stanch audit --ages                  how old allowed and baselined secrets are")]
pub(super) struct Args {
    /// Start at a date (2026-11-01), or a number of days ago (30d)
    #[arg(long, value_parser = since)]
    since: Option<Timestamp>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// List how many days each allowed or baselined secret has been known, the oldest first
    #[arg(long, conflicts_with_all = ["since", "format"])]
    ages: bool,
    #[command(flatten)]
    own: OwnRules,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A table for a person.
    Text,
    /// The records as stored.
    Jsonl,
}

/// Parses `30d` or a date.
fn since(text: &str) -> Result<Timestamp, String> {
    if let Some(days) = text.strip_suffix('d').and_then(|n| n.parse::<i64>().ok()) {
        return Timestamp::now().checked_sub((24 * days).hours()).map_err(|e| e.to_string());
    }
    let date: jiff::civil::Date =
        text.parse().map_err(|_| "not a date (2026-11-01) or days (30d)".to_owned())?;
    Ok(date.to_zoned(jiff::tz::TimeZone::UTC).map_err(|e| e.to_string())?.timestamp())
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let repo = Repo::open_from_env()?;
    let checker = Checker::of_repo(&repo, args.own.files())?;
    if args.ages {
        return list_ages(&repo, &checker);
    }
    let path = audit_log::place(&repo, &checker);
    let shown = crate::finding::printable(path.to_string_lossy().as_bytes());
    let mut out = std::io::BufWriter::new(super::out::stdout());
    let screen = checker.screen();
    let mut print = |r: &Record| -> std::io::Result<()> {
        let r = &screened(r, &screen);
        match args.format {
            Format::Jsonl => {
                serde_json::to_writer(&mut out, r)?;
                writeln!(out)
            }
            // Records are escaped: they may come from another machine.
            Format::Text => writeln!(
                out,
                "{:.0}  {:<8} {:<7} {}  {}  {}  {}",
                r.time,
                clean(&r.decision),
                clean(&r.stage),
                if r.unread.is_some() { "unread".to_owned() } else { clean(&r.rule) },
                place(r),
                who(r),
                match &r.unread {
                    Some(why) if r.reason.is_empty() => clean(why),
                    Some(why) => format!("{} ({})", clean(why), clean(&r.reason)),
                    None => clean(&r.reason),
                }
            ),
        }
    };
    let mut told = Ok(());
    let broken = audit::read(&path, &mut |r| {
        if args.since.is_none_or(|s| r.time >= s) {
            told = print(&r);
        }
        // Only ends the reading: the output failed, not the log.
        told.as_ref().map(drop).map_err(|e| e.kind().into())
    });
    told.map_err(Error::io("standard output"))?;
    let broken = broken.map_err(Error::io(format!("cannot read the audit record {shown}")))?;
    out.flush().map_err(Error::io("standard output"))?;
    if broken > 0 {
        let _ = writeln!(super::out::stderr(), "stanch: {broken} lines of {shown} are no records");
    }
    Ok(0)
}

/// Lists the ages of secrets that the repository allows or has in its baseline.
fn list_ages(repo: &Repo, checker: &Checker) -> Result<u8, Error> {
    let most = i64::from(checker.policy.remind_days());
    let screen = checker.screen();
    let mut out = std::io::BufWriter::new(super::out::stdout());
    for Age { fingerprint, rule, place, days } in ages::ages(repo, checker)? {
        let age = days.map_or_else(|| "unknown".to_owned(), |d| format!("{d} days"));
        let what = if most > 0 && days.is_some_and(|d| d >= most) { "rotate" } else { "" };
        let line = format!(
            "{age:>10}  {what:6}  {}  {}  {}",
            fingerprint.short(),
            screen.text(&place),
            screen.text(&rule)
        );
        writeln!(out, "{}", line.trim_end()).map_err(Error::io("standard output"))?;
    }
    out.flush().map_err(Error::io("standard output"))?;
    Ok(0)
}

/// Who it was, and the assistant that ran git for them.
fn who(r: &Record) -> String {
    let name = clean(if r.author.is_empty() { &r.user } else { &r.author });
    match &r.agent {
        Some(agent) => format!("{name} via {}", clean(agent)),
        None => name,
    }
}

/// A record that is safe to show: an older version or another machine may have written it unmasked.
fn screened(r: &Record, screen: &Screen<'_>) -> Record {
    Record {
        author: screen.text(&r.author),
        user: screen.text(&r.user),
        agent: r.agent.as_ref().map(|agent| screen.text(agent)),
        repository: screen.path(&RepoPath::new(r.repository.as_bytes())).to_string(),
        remote: r.remote.as_ref().map(|remote| screen.remote(remote)),
        path: screen.path(&RepoPath::new(r.path.as_bytes())).to_string(),
        reason: screen.text(&r.reason),
        unread: r.unread.as_ref().map(|why| screen.text(why)),
        ..r.clone()
    }
}

/// Its place, in words.
fn place(r: &Record) -> String {
    match (r.more, &r.unread) {
        (Some(n), _) => format!("{n} places"),
        (None, Some(_)) => clean(&r.path),
        (None, None) => format!("{}:{}", clean(&r.path), r.line),
    }
}

fn clean(s: &str) -> String {
    crate::finding::printable(s.as_bytes())
}
