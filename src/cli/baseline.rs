//! `stanch baseline`: secrets that a repository had before stanch came.

use super::check::Checker;
use super::{config_files, scan};
use crate::error::Error;
use crate::git::Repo;
use crate::policy::{Action, Baseline, Markers, Policy};
use clap::Subcommand;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `stanch baseline`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch baseline create    take everything that is in the work tree now as known
  stanch baseline update    drop what is gone; add nothing
  stanch baseline show      the entries, with the places of those that are still there

The file (.stanch-baseline) holds salted fingerprints and rules: no values, dates or line numbers. Commit it: hooks
read the committed version, and never write it.")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum What {
    /// Take everything that would be stopped or warned about in the work tree as known.
    Create,
    /// Drop entries of secrets that are gone.
    Update,
    /// Show the entries.
    Show,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let repo = Repo::open_from_env()?;
    let top = repo
        .work_dir()
        .ok_or_else(|| Error::Usage("a bare repository has no work tree to take in".into()))?;
    let policy = config_files::policy(Some(&repo))?;
    let path = top.join(&policy.config.baseline.value);
    let known = read(&path)?;
    let today = policy.today;
    // Judged without the baseline: it says what would happen if there were none.
    let bare = Policy { baseline: Baseline::default(), ..policy };
    let checker = Checker::new(Policy::new(bare.config.clone(), today))?;
    let found = scan::all_findings(&top, &checker)?;
    let mut err = anstream::stderr();
    let io = || Error::io("standard error");
    match args.what {
        What::Create => {
            let mut new = known;
            let before = new.iter().len();
            for f in found {
                let d = bare.decide(f, &Markers::default());
                if d.action != Action::Suppress {
                    new.add(d.finding.fingerprint, d.finding.rule.id);
                }
            }
            write(&path, &new)?;
            let added = new.iter().len() - before;
            writeln!(
                err,
                "stanch: {added} added, {} in all; now: git add and commit {}",
                new.iter().len(),
                shown(&path)
            )
            .map_err(io())?;
        }
        What::Update => {
            let mut new = known;
            let before = new.iter().len();
            let there: std::collections::HashSet<_> = found.iter().map(|f| f.fingerprint).collect();
            new.retain(|f| there.contains(f));
            write(&path, &new)?;
            writeln!(err, "stanch: {} dropped, {} left", before - new.iter().len(), new.iter().len())
                .map_err(io())?;
        }
        What::Show => {
            let mut out = anstream::stdout();
            for (fingerprint, rule) in known.iter() {
                let places: Vec<String> = found
                    .iter()
                    .filter(|f| f.fingerprint == *fingerprint)
                    .map(|f| format!("{}:{}", f.source.path, f.location.line))
                    .collect();
                let places = if places.is_empty() { "gone".to_owned() } else { places.join(" ") };
                writeln!(out, "{fingerprint} {rule} {places}").map_err(Error::io("standard output"))?;
            }
        }
    }
    Ok(0)
}

fn shown(path: &Path) -> String {
    crate::finding::printable(path.file_name().unwrap_or_default().to_string_lossy().as_bytes())
}

fn read(path: &Path) -> Result<Baseline, Error> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Baseline::default()),
        Err(e) => return Err(Error::io(format!("cannot read {}", shown(path)))(e)),
    };
    let fail = |(line, what)| crate::config::ConfigError { file: shown(path), line, what };
    Ok(Baseline::parse(&bytes).map_err(fail)?)
}

fn write(path: &PathBuf, baseline: &Baseline) -> Result<(), Error> {
    let mut bytes = Vec::new();
    baseline
        .write(&mut bytes)
        .and_then(|()| fs::write(path, bytes))
        .map_err(Error::io(format!("cannot write {}", shown(path))))
}
