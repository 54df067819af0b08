//! `stanch audit`: reads the audit log.

use crate::check::Checker;
use crate::check::ages::{self, Age};
use crate::check::audit_log;
use crate::cli::args::OwnRules;
use crate::cli::out;
use crate::cli::reports::{rendered, write_file};
use crate::cli::since::Since;
use crate::error::Error;
use crate::finding::{RepoPath, shown_path};
use crate::git::Repo;
use crate::policy::Screen;
use crate::policy::audit::{self, Record, Replay};
use crate::report::{About, Format, records};
use crate::text::plural;
use jiff::Timestamp;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// Arguments of `stanch audit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch audit                         all that was blocked or allowed
  stanch audit --since 30.days         the last thirty days
  stanch audit --since 2026-11-01 --format csv -o audit.csv
  stanch audit --format html -o audit.html
  stanch audit --ages                  how old allowed and baselined secrets are

text, json, jsonl and csv hold the records: who, when, where and why. The other formats are reports on findings: each place once, with its last decision.")]
pub(super) struct Args {
    /// Start at a date (2026-11-01), or some time ago (30.days, 2.weeks)
    #[arg(long, value_parser = since)]
    since: Option<Timestamp>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// List how many days each allowed or baselined secret has been known, the oldest first
    #[arg(long, conflicts_with_all = ["since", "format", "output"])]
    ages: bool,
    #[command(flatten)]
    own: OwnRules,
}

/// Parses a span of time or a date.
fn since(text: &str) -> Result<Timestamp, String> {
    match Since::parse(text, crate::config::today()) {
        Ok(Since::Day(day)) => {
            Ok(day.to_zoned(jiff::tz::TimeZone::UTC).map_err(|e| e.to_string())?.timestamp())
        }
        _ => Err("no date (2026-11-01) and no span (30.days, 2.weeks, 30d)".to_owned()),
    }
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let repo = Repo::open_from_env()?;
    let checker = Checker::of_repo(&repo, args.own.files())?;
    if args.ages {
        return list_ages(&repo, &checker);
    }
    match &args.output {
        Some(file) => {
            let mut bytes = Vec::new();
            print(args, &repo, &checker, &mut bytes)?;
            write_file(file, &bytes)?;
        }
        None => print(args, &repo, &checker, &mut BufWriter::new(out::stdout()))?,
    }
    Ok(0)
}

/// Writes the log in the format that was asked for.
fn print(args: &Args, repo: &Repo, checker: &Checker, out: &mut dyn Write) -> Result<(), Error> {
    match args.format {
        Format::Text | Format::Json | Format::Jsonl | Format::Csv => table(args, repo, checker, out),
        // These know findings, not records: all of them, then the report.
        format => {
            let bytes = report(args, format, repo, checker)?;
            out.write_all(&bytes).and_then(|()| out.flush()).map_err(Error::io("standard output"))
        }
    }
}

/// Writes the records one by one.
fn table(args: &Args, repo: &Repo, checker: &Checker, out: &mut dyn Write) -> Result<(), Error> {
    let mut table = records::Table::new(args.format);
    let mut told = table.begin(out);
    each(args, repo, checker, &mut |r| {
        if told.is_ok() {
            told = match args.format {
                Format::Text => writeln!(out, "{}", row(&r)),
                _ => table.add(&r, out),
            };
        }
        told.is_ok()
    })?;
    told.and_then(|()| table.end(out)).and_then(|()| out.flush()).map_err(Error::io("standard output"))
}

/// The report on all findings of the log.
fn report(args: &Args, format: Format, repo: &Repo, checker: &Checker) -> Result<Vec<u8>, Error> {
    let here = repo.work_dir().map(|dir| dir.to_string_lossy().into_owned());
    let mut replay = Replay::new(checker.rules(), here);
    let began = Timestamp::now();
    each(args, repo, checker, &mut |r| {
        replay.add(&r);
        true
    })?;
    let (decision, unknown) = replay.decision();
    if unknown > 0 {
        let _ = writeln!(
            out::stderr(),
            "stanch: {} of rules that are not known here, left out of this report: --format jsonl has all",
            plural::count(unknown, "record")
        );
    }
    let head = repo.head().ok().flatten().map(|id| id.to_string());
    let about = About::new(head, began, None, repo.work_dir());
    rendered(format, &checker.screen().decision(decision), &about)
}

/// Reads the log; `take` gets each record that was asked for, screened, and returns whether to go on.
fn each(
    args: &Args,
    repo: &Repo,
    checker: &Checker,
    take: &mut dyn FnMut(Record) -> bool,
) -> Result<(), Error> {
    let path = audit_log::place(repo, checker);
    let shown = shown_path(&path);
    let screen = checker.screen();
    let mut stopped = false;
    let broken = audit::read(&path, &mut |r| {
        stopped = stopped || args.since.is_none_or(|s| r.time >= s) && !take(screened(&r, &screen));
        // Only ends the reading: the output failed, not the log.
        if stopped { Err(std::io::ErrorKind::Other.into()) } else { Ok(()) }
    });
    if stopped {
        return Ok(());
    }
    let broken = broken.map_err(Error::io(format!("cannot read the audit record {shown}")))?;
    if broken > 0 {
        let _ = writeln!(out::stderr(), "stanch: {broken} lines of {shown} are no records");
    }
    Ok(())
}

/// A record as a line of the table. It is escaped: it may come from another machine.
fn row(r: &Record) -> String {
    format!(
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
    )
}

/// Lists the ages of secrets that the repository allows or has in its baseline.
fn list_ages(repo: &Repo, checker: &Checker) -> Result<u8, Error> {
    let most = i64::from(checker.policy.remind_days());
    let screen = checker.screen();
    let mut out = BufWriter::new(out::stdout());
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
