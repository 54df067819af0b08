//! `stanch report`: what a maintainer needs to know about a false positive or a missed secret, for a person to read
//! and send.

use super::misjudged::{self, Misjudged};
use crate::check::{Checker, last_blocked};
use crate::cli::args::OwnRules;
use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::{Finding, printable};
use crate::git::Repo;
use crate::text::{encoding, line};
use std::io::Write;
use std::path::Path;

/// Most bytes of a file that are read.
const MAX_BYTES: u64 = 64 << 20;

/// Most bytes of a line that are read; a report shows no more.
const MAX_LINE: usize = 4096;

/// Arguments of `stanch report`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch report --wrong 4c1e9a07         a blocked value that is not a secret
  stanch report --missed app/mail.py:12  a secret that stanch did not find

Prints Markdown: the rule, the name beside the value, the value's shape and how it was scored. The value itself is not in it, and nothing is sent.")]
#[group(required = true, multiple = false, args = ["wrong", "missed"])]
pub(super) struct Args {
    /// The fingerprint, or its first digits, of a blocked value that is not a secret
    #[arg(long, value_name = "FINGERPRINT")]
    wrong: Option<String>,
    /// The file and line of a secret that was not found
    #[arg(long, value_name = "FILE:LINE")]
    missed: Option<String>,
    #[command(flatten)]
    own: OwnRules,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let text = match (&args.wrong, &args.missed) {
        (Some(prefix), _) => wrong(prefix, args)?,
        (_, Some(place)) => missed(place, args)?,
        _ => return Err(Error::Usage("give --wrong or --missed".to_owned())),
    };
    let mut out = super::out::stdout();
    out.write_all(text.as_bytes()).map_err(Error::io("standard output"))?;
    let template = if args.wrong.is_some() { "wrong-alarm" } else { "missed-secret" };
    let _ = writeln!(
        super::out::stderr(),
        "stanch: read it, then send it: {}/issues/new?template={template}.yml",
        env!("CARGO_PKG_REPOSITORY")
    );
    Ok(0)
}

/// A report about a value that the last hook blocked.
fn wrong(prefix: &str, args: &Args) -> Result<String, Error> {
    let repo = Repo::open_from_env()?;
    let checker = Checker::of_repo(&repo, args.own.files())?.explaining();
    let known = last_blocked::named(&repo, &checker, prefix)
        .map_err(|e| Error::Usage(format!("{e}; run the commit again")))?
        .swap_remove(0);
    let bytes = known.content(&repo)?.ok_or_else(|| {
        Error::Usage(
            "the blocked value is not in a file, so its line cannot be shown; describe it by hand".into(),
        )
    })?;
    let found = judged(&checker, known.path.as_bytes(), &bytes);
    let found: Vec<Finding> =
        found.into_iter().filter(|f| f.fingerprint.to_string() == known.fingerprint).take(1).collect();
    let place = found.first().map(|f| f.location.line).ok_or_else(|| {
        Error::Usage("the blocked value is not found any more; run the commit again".to_owned())
    })?;
    report("wrong alarm", &checker, known.path.as_bytes(), &bytes, place, &found)
}

/// A report about a line where nothing blocks.
fn missed(place: &str, args: &Args) -> Result<String, Error> {
    let (file, line) =
        place.rsplit_once(':').and_then(|(f, l)| Some((f, l.parse::<u32>().ok()?))).ok_or_else(|| {
            Error::Usage(format!("{} is not FILE:LINE, as app/mail.py:12", printable(place.as_bytes())))
        })?;
    let checker = Checker::of(Repo::open_from_env().ok().as_ref(), args.own.files())?.explaining();
    let bytes = disk::read(Path::new(file), Links::Follow, MAX_BYTES)
        .map_err(Error::io(format!("cannot read {}", printable(file.as_bytes()))))?;
    let mut found = judged(&checker, file.as_bytes(), &bytes);
    found.retain(|f| f.location.line <= line && line <= f.location.end_line);
    report("missed secret", &checker, file.as_bytes(), &bytes, line, &found)
}

/// Everything that is found or scored in a text.
fn judged(checker: &Checker, path: &[u8], bytes: &[u8]) -> Vec<Finding> {
    super::findings_in(checker, path, bytes).into_iter().flat_map(Finding::apart).collect()
}

fn report(
    what: &'static str,
    checker: &Checker,
    path: &[u8],
    bytes: &[u8],
    number: u32,
    findings: &[Finding],
) -> Result<String, Error> {
    let text = encoding::decode(bytes).0;
    let lines = memchr::memchr_iter(b'\n', &text).map(|at| at + 1);
    let start = std::iter::once(0).chain(lines).nth(number.saturating_sub(1) as usize);
    let start = start
        .filter(|at| number > 0 && *at < text.len())
        .ok_or_else(|| Error::Usage(format!("{} has no line {number}", printable(path))))?;
    let end = line::end(&text, start, MAX_LINE);
    let screen = checker.screen();
    let line = &text[start..end];
    Ok(misjudged::render(&Misjudged { what, path, line, findings }, &|text| screen.text(text)))
}
