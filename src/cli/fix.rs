//! `stanch fix`: the value that was just stopped leaves its files; what is not sure is left alone, with the reason.

use super::check::Checker;
use super::last;
use crate::error::Error;
use crate::finding::{Finding, RepoPath, Source, SourceKind, printable};
use crate::fix::{self, Fixed};
use crate::git::Repo;
use crate::scan::Fragment;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

/// Arguments of `stanch fix`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch fix 4c1e9a07        the secret that was just stopped, in every file of the work tree where it stood

Writes the expression by which the file's language reads an environment variable. Nothing is staged and nothing is
guessed: where the value is not the whole of a literal, the file stays as it is and you are told what to write.")]
pub(super) struct Args {
    /// Fingerprint, or its first digits, of what was stopped
    fingerprint: String,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let repo = Repo::open_from_env()?;
    let top = repo.work_dir().ok_or_else(|| Error::Usage("a bare repository has no files to mend".into()))?;
    let prefix = args.fingerprint.to_ascii_lowercase();
    let known: Vec<_> = last::read(&repo)
        .findings
        .into_iter()
        .filter(|f| prefix.len() >= 4 && f.fingerprint.starts_with(&prefix))
        .collect();
    let fingerprints: BTreeSet<&str> = known.iter().map(|f| f.fingerprint.as_str()).collect();
    let shown = printable(args.fingerprint.as_bytes());
    if fingerprints.is_empty() {
        return Err(Error::Usage(format!(
            "no stopped secret has the fingerprint {shown}; run the commit again"
        )));
    }
    if fingerprints.len() > 1 {
        return Err(Error::Usage(format!("{shown} fits {} secrets; give more digits", fingerprints.len())));
    }
    let checker = Checker::of_repo(&repo)?;
    let files: BTreeSet<&str> = known.iter().map(|f| f.path.as_str()).collect();
    let mut err = anstream::stderr();
    let mut say = |line: String| writeln!(err, "{line}").map_err(Error::io("standard error"));
    let mut mended = Vec::new();
    let mut code = 0;
    for path in files {
        match file(&top.join(path), path, &checker, &known[0].fingerprint) {
            Ok((fixed, line)) => {
                let now =
                    if fixed.expression.is_empty() { "nothing".to_owned() } else { fixed.expression.clone() };
                say(format!("stanch: {path}:{line} has {now} in place of the value"))?;
                if !fixed.note.is_empty() {
                    say(format!("  needs      {}", fixed.note))?;
                }
                mended.push((path, fixed.variable));
            }
            Err(why) => {
                say(format!("stanch: {path} stays as it is: {why}"))?;
                code = 1;
            }
        }
    }
    if let Some((first, variable)) = mended.first() {
        if !variable.is_empty() {
            say(format!(
                "  then       keep the value outside of git, as {variable} (git diff {first} still shows it)"
            ))?;
        }
        let paths: Vec<&str> = mended.iter().map(|(p, _)| *p).collect();
        say(format!("  stage it   git add {}", paths.join(" ")))?;
    }
    Ok(code)
}

/// Mends one file; tells what was done and on which line, or why not.
fn file(path: &Path, shown: &str, checker: &Checker, fingerprint: &str) -> Result<(Fixed, u32), String> {
    let meta = path.symlink_metadata().map_err(|e| e.to_string())?;
    if !meta.is_file() {
        return Err("it is no plain file".to_owned());
    }
    let bytes = fs::read(path).map_err(|e| e.to_string())?;
    let found = places(checker, shown, &bytes, fingerprint);
    let Some(first) = found.first() else {
        return Err("the secret is not in it any more".to_owned());
    };
    let line = first.location.line;
    let fixed =
        fix::rewrite(&bytes, &found.iter().collect::<Vec<_>>()).map_err(|e| format!("line {line}: {e}"))?;
    if !places(checker, shown, &fixed.bytes, fingerprint).is_empty() {
        return Err("the secret would still be in it".to_owned());
    }
    // An import that was added above moves the place down.
    let lines = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).count();
    let line = line + lines(&fixed.bytes).saturating_sub(lines(&bytes)) as u32;
    write(path, &fixed.bytes, &meta).map_err(|e| e.to_string())?;
    Ok((fixed, line))
}

/// Where this secret stands in these bytes.
fn places(checker: &Checker, path: &str, bytes: &[u8], fingerprint: &str) -> Vec<Finding> {
    let source = Source::new(SourceKind::File, RepoPath::new(path));
    let mut found = checker.engine.scan(&Fragment { source, bytes: bytes.into() });
    found.retain(|f| f.fingerprint.to_string() == fingerprint);
    found
}

/// All of the new content or all of the old, with the permissions that the file had.
fn write(path: &Path, bytes: &[u8], meta: &fs::Metadata) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(meta.permissions())?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}
