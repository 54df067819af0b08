//! `stanch baseline`: secrets that a repository had before stanch was installed.

use super::reports::read_report;
use crate::check::files;
use crate::check::{Checker, audit_log, objects, rules_of};
use crate::cli::args::OwnRules;
use crate::config::{ConfigError, FILE_NAME};
use crate::error::Error;
use crate::finding::{Finding, Fingerprint, shown_path};
use crate::git::Repo;
use crate::policy::edit_lock::Editor;
use crate::policy::files as policy_files;
use crate::policy::load;
use crate::policy::{Action, Baseline, Markers, Policy, is_reason};
use clap::Subcommand;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `stanch baseline`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch baseline create    record what is in the work tree now
  stanch baseline create --from dead.json
                            record what a report calls dead
  stanch baseline update    remove what is gone; add nothing
  stanch baseline show      the entries, and where each one is now
  stanch baseline resolve   keep both sides of a merge conflict in the file

The file (.stanch-baseline) holds salted fingerprints and rules: no values, dates or line numbers. Commit it: hooks read the committed version, and never write it.")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    own: OwnRules,
}

#[derive(Debug, Clone, Subcommand)]
enum What {
    /// Record everything in the work tree that would block or warn.
    Create {
        /// Record the secrets of a report of `stanch verify --format json` instead
        ///
        /// Takes the dead ones, and those to which you have added a field "reason". Live ones are to be revoked first.
        #[arg(long, value_name = "REPORT")]
        from: Option<PathBuf>,
    },
    /// Remove entries of secrets that are gone.
    Update,
    /// Show the entries.
    Show,
    /// Keep the entries of both sides of a merge conflict.
    Resolve,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let repo = Repo::open_from_env()?;
    let top = super::work_tree(&repo, "work tree to record")?;
    if let What::Resolve = args.what {
        let policy = load::policy_unresolved(Some(&repo), args.own.files())?;
        return resolve(&repo, &top, &policy.config.baseline.value);
    }
    let policy = load::policy(Some(&repo), args.own.files())?;
    if let What::Create { from: Some(file) } = &args.what {
        return create_from(&repo, &top, file, policy);
    }
    let name = policy.config.baseline.value.clone();
    let today = policy.today;
    // Without the baseline, to see what would be decided if there were none.
    let bare = Policy { baseline: Baseline::default(), ..policy };
    let checker = Checker::new(Policy::new(bare.config.clone(), today));
    let found = files::all_findings(&top, &checker)?;
    let mut err = super::out::stderr();
    let io = || Error::io("standard error");
    match args.what {
        What::Create { .. } => {
            let editor = Editor::of(&repo)?;
            let mut new = read(&top, &name)?;
            let before = new.iter().len();
            for f in found {
                let d = bare.decide(f, &Markers::default());
                if d.action != Action::Suppress {
                    new.add(d.finding.fingerprint, d.finding.rule.id);
                }
            }
            write(&top, &name, &new, &editor)?;
            let added = new.iter().len() - before;
            let shown = crate::finding::printable(name.as_bytes());
            let later = match &bare.committed {
                Some(committed) if committed.baseline.value != name => {
                    format!(" ({shown} counts once {FILE_NAME} is committed)")
                }
                _ => String::new(),
            };
            writeln!(
                err,
                "stanch: {added} added, {} in all; now: git add and commit {shown}{later}",
                new.iter().len(),
            )
            .map_err(io())?;
            super::union::offer(&top, &[&name])?;
        }
        What::Resolve => {}
        What::Update => {
            let editor = Editor::of(&repo)?;
            let mut new = read(&top, &name)?;
            let before = new.iter().len();
            let there: HashSet<_> = found.iter().map(|f| f.fingerprint).collect();
            new.retain(|f| there.contains(f));
            write(&top, &name, &new, &editor)?;
            writeln!(err, "stanch: {} dropped, {} left", before - new.iter().len(), new.iter().len())
                .map_err(io())?;
        }
        What::Show => {
            let mut out = std::io::BufWriter::new(super::out::stdout());
            let screen = checker.screen();
            let mut at: HashMap<Fingerprint, Vec<String>> = HashMap::new();
            for f in &found {
                let place = format!("{}:{}", screen.path(&f.source.path), f.location.line);
                at.entry(f.fingerprint).or_default().push(place);
            }
            for (fingerprint, rule) in read(&top, &name)?.iter() {
                let places = at.get(fingerprint).map_or_else(|| "gone".to_owned(), |p| p.join(" "));
                writeln!(out, "{fingerprint} {rule} {places}").map_err(Error::io("standard output"))?;
            }
            out.flush().map_err(Error::io("standard output"))?;
        }
    }
    Ok(0)
}

/// A row of a report that `stanch verify --format json` or `stanch scan --verify --format json` wrote.
#[derive(Deserialize)]
struct Row {
    fingerprint: String,
    rule: String,
    #[serde(alias = "verified")]
    state: String,
    /// A person's reason why it may stay.
    #[serde(default)]
    reason: Option<String>,
}

/// Records the dead secrets of a report, and those with a reason; all others are named. What is not in this repository is left
/// out: a report may be of elsewhere.
fn create_from(repo: &Repo, top: &Path, file: &Path, policy: Policy) -> Result<u8, Error> {
    let shown = shown_path(file);
    let bytes = read_report(file)?;
    let wrong = || {
        Error::Usage(format!(
            "{shown} is no report about live and dead secrets; make one with stanch verify --format json"
        ))
    };
    let rows: Vec<Row> = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
    let rules = rules_of(&policy);
    let name = policy.config.baseline.value.clone();
    let checker = Checker::new(policy);
    let screen = checker.screen();
    let editor = Editor::of(repo)?;
    let mut new = read(top, &name)?;
    // Several rows may be about one secret: it is dead only if each says so.
    let mut secrets: BTreeMap<Fingerprint, Vec<&Row>> = BTreeMap::new();
    for row in &rows {
        secrets.entry(Fingerprint::parse(&row.fingerprint).ok_or_else(wrong)?).or_default().push(row);
    }
    let here = found_here(repo, top, &checker, secrets.keys().copied())?;
    let (mut added, mut dead, mut taken, mut left) = (0, Vec::new(), Vec::new(), Vec::new());
    for (fingerprint, rows) in secrets {
        let rule = rules.get(&rows[0].rule).ok_or_else(wrong)?;
        let not_dead = rows.iter().find(|row| row.state != "dead");
        let reason = rows.iter().find_map(|row| row.reason.as_deref().filter(|reason| is_reason(reason)));
        let mut leave = |why: String| left.push((fingerprint, rule, why));
        match (here.get(&fingerprint), not_dead, reason) {
            (None, ..) => leave("neither in the files here nor in the history".to_owned()),
            (Some(found), ..) if found.rule.id != rule.id => {
                leave(format!("here it is of the rule {}", found.rule.id));
            }
            (Some(_), Some(row), None) => leave(screen.text(&row.state)),
            (Some(found), not_dead, reason) => {
                added += usize::from(new.add(fingerprint, rule.id));
                match (not_dead, reason) {
                    (Some(row), Some(reason)) => {
                        taken.push((found, screen.text(&row.state), screen.text(reason)));
                    }
                    _ => dead.push(found),
                }
            }
        }
    }
    // Who took a secret that may be live, and why, is kept before it is done; a report that calls one dead may be wrong.
    let record = |found: &Finding, what: &str| audit_log::append_act(repo, &checker, found, "baseline", what);
    for found in dead {
        record(found, &format!("{shown} calls it dead"))?;
    }
    for (found, state, reason) in &taken {
        record(found, &format!("{state}, taken because: {reason}"))?;
    }
    write(top, &name, &new, &editor)?;
    let mut err = super::out::stderr();
    let io = || Error::io("standard error");
    let name = crate::finding::printable(name.as_bytes());
    writeln!(err, "stanch: {added} added, {} in all; now: git add and commit {name}", new.iter().len())
        .map_err(io())?;
    for (found, state, reason) in &taken {
        let (short, name) = (found.fingerprint.short(), found.rule.name);
        writeln!(err, "  {state}, taken because: {reason}: {short} {name}").map_err(io())?;
    }
    for (fingerprint, rule, why) in &left {
        writeln!(err, "  left out: {} {} ({why})", fingerprint.short(), rule.name).map_err(io())?;
    }
    if !left.is_empty() {
        writeln!(err, "  a live one is revoked first; for others add a field \"reason\" to the row")
            .map_err(io())?;
    }
    Ok(u8::from(!left.is_empty()))
}

/// The secrets of the files here; those of the history too, if some of these are not among them.
fn found_here(
    repo: &Repo,
    top: &Path,
    checker: &Checker,
    mut wanted: impl Iterator<Item = Fingerprint>,
) -> Result<HashMap<Fingerprint, Finding>, Error> {
    let of_files = files::all_findings(top, checker)?.into_iter().map(|f| (f.fingerprint, f));
    let mut here: HashMap<Fingerprint, Finding> = of_files.collect();
    if wanted.any(|fingerprint| !here.contains_key(&fingerprint)) {
        for d in objects::check(repo, checker, &repo.history()?, None)?.findings {
            here.entry(d.finding.fingerprint).or_insert(d.finding);
        }
    }
    Ok(here)
}

/// Writes the baseline with the entries of both sides.
fn resolve(repo: &Repo, top: &Path, name: &str) -> Result<u8, Error> {
    let shown = crate::finding::printable(name.as_bytes());
    let editor = Editor::of(repo)?;
    let text = policy_files::read_within(&top.join(name), &shown, load::MAX_BASELINE)?.unwrap_or_default();
    let mut err = super::out::stderr();
    let io = Error::io("standard error");
    if Baseline::conflict(text.as_bytes()).is_none() {
        writeln!(err, "stanch: {shown} has no merge conflict").map_err(io)?;
        return Ok(0);
    }
    let (both, broken) = Baseline::parse(&Baseline::without_markers(text.as_bytes()));
    if !broken.is_empty() {
        let what = "has lines besides the conflict that are no entries; remove them".to_owned();
        return Err(ConfigError { file: shown, line: 0, what }.into());
    }
    write(top, name, &both, &editor)?;
    writeln!(err, "stanch: {} entries of both sides kept; now: git add {shown}", both.iter().len())
        .map_err(io)?;
    Ok(0)
}

/// The entries in the work tree's file; invalid lines are reported and left out. A file with only invalid lines is
/// some other file, and is not overwritten.
fn read(top: &Path, name: &str) -> Result<Baseline, Error> {
    let shown = crate::finding::printable(name.as_bytes());
    let text = policy_files::read_within(&top.join(name), &shown, load::MAX_BASELINE)?.unwrap_or_default();
    let (baseline, broken) = Baseline::parse(text.as_bytes());
    if let [line, ..] = broken[..] {
        if baseline.iter().len() == 0 {
            let what = "is no baseline; name another file as `baseline` in .stanch.toml".to_owned();
            return Err(ConfigError { file: shown, line, what }.into());
        }
        let more = broken.len() - 1;
        let told = format!("stanch: {shown}:{line}: not a line `FINGERPRINT RULE`, nor {more} more");
        let _ = writeln!(super::out::stderr(), "{told}");
    }
    Ok(baseline)
}

fn write(top: &Path, name: &str, baseline: &Baseline, editor: &Editor) -> Result<(), Error> {
    let mut bytes = Vec::new();
    baseline.write(&mut bytes).map_err(Error::io("cannot write the baseline"))?;
    policy_files::write(top, name, &bytes, editor)
}
