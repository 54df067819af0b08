//! `stanch import`: turns other tools' ignored secrets into allow entries.
//!
//! Entries by place or hash are looked up: the named file is scanned, and the finding that the entry means gives
//! its fingerprint. Entries that cannot be looked up are listed, so nothing is allowed by a guess.

mod foreign;
mod yaml;

use crate::check::Checker;
use crate::check::files;
use crate::cli::args::OwnRules;
use crate::config::FILE_NAME;
use crate::config::edit::{self, NewAllow};
use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::{Finding, printable};
use crate::git::{GitError, Oid, Repo};
use crate::policy::edit_lock::Editor;
use crate::policy::files as policy_files;
use crate::policy::load;
use crate::sort;
use foreign::{Entry, Pointer};
use sha1::Digest;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `stanch import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch import .gitleaksignore
  stanch import .secrets.baseline .gitguardian.yaml .talismanrc
  stanch import --dry-run .gitleaksignore     show what would be written

Each entry is looked up: the file that it names is scanned, and the secret found there is allowed by its fingerprint, wherever it is from then on. Entries for which stanch finds nothing are not needed; those that cannot be looked up are listed. The entries go to .stanch.toml: review them, then add and commit that file.")]
pub(super) struct Args {
    /// .gitleaksignore, .secrets.baseline, .gitguardian.yaml or .talismanrc
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print what would be imported; write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    own: OwnRules,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let repo = Repo::open_from_env()?;
    let top = crate::cli::work_tree(&repo, ".stanch.toml to write")?;
    let checker = Checker::of_repo(&repo, args.own.files())?;
    let screen = checker.screen();
    let mut importer = Importer { repo: &repo, top: &top, checker: &checker, all: None };
    let mut out = std::io::BufWriter::new(super::out::stdout());
    let mut new: BTreeMap<String, NewAllow> = BTreeMap::new();
    let (mut known, mut left) = (0, 0);
    for file in &args.files {
        let shown = printable(file.to_string_lossy().as_bytes());
        let text = load::read_named(file, &shown, MOST)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let read = foreign::read(&name, &text).map_err(|e| Error::Usage(format!("{shown} {e}")))?;
        let mut say = |line: String| {
            writeln!(out, "{shown}: {}", printable(line.as_bytes())).map_err(Error::io("standard output"))
        };
        for entry in &read.entries {
            let found = match importer.resolve(&entry.pointer) {
                Ok(found) => found,
                Err(why) => {
                    left += 1;
                    say(format!("{}: not carried: {why}", label(entry)))?;
                    continue;
                }
            };
            for f in found {
                let fingerprint = f.fingerprint.to_string();
                if checker.policy.config.allow.of(&f.fingerprint).next().is_some() {
                    known += 1;
                    continue;
                }
                let place = format!("{}:{}", f.source.path, f.location.line);
                say(format!("{}: {} {} at {place}", label(entry), f.fingerprint.short(), f.rule.id))?;
                new.entry(fingerprint.clone()).or_insert_with(|| NewAllow {
                    fingerprint: Some(fingerprint),
                    rule: Some(f.rule.id.to_owned()),
                    reason: screen.text(&f.secret.hidden_in(&entry.reason)),
                    who: repo.user().map(|who| screen.text(&who)),
                    ..NewAllow::default()
                });
            }
        }
        for what in read.left {
            left += 1;
            say(format!("not carried: {what}"))?;
        }
    }
    out.flush().map_err(Error::io("standard output"))?;
    let entries: Vec<NewAllow> = new.into_values().collect();
    if !args.dry_run && !entries.is_empty() {
        let editor = Editor::of(&repo)?;
        let text = policy_files::read(&top.join(FILE_NAME), FILE_NAME)?.unwrap_or_default();
        let text = edit::add_allow(&text, FILE_NAME, &entries)?;
        load::check(&repo, &top, &text, args.own.files())?;
        policy_files::write(&top, FILE_NAME, text.as_bytes(), &editor)?;
    }
    let verb = if args.dry_run { "would be written" } else { "written" };
    writeln!(
        super::out::stderr(),
        "stanch: {} allow {} {verb} to {FILE_NAME}, {known} were there, {left} not carried",
        entries.len(),
        if entries.len() == 1 { "entry" } else { "entries" }
    )
    .map_err(Error::io("standard error"))?;
    Ok(0)
}

/// Most bytes of another tool's file.
const MOST: usize = 16 << 20;

/// An entry's label in the list; never its value.
fn label(entry: &Entry) -> String {
    match &entry.pointer {
        Pointer::Line { path, line, rule, .. } => format!("line {}: {path}:{line} ({rule})", entry.at),
        Pointer::Sha1 { path, line, type_, .. } => format!("{path}:{line} ({type_})"),
        Pointer::File { path, .. } => format!("entry {}: {path}", entry.at),
        Pointer::IgnoreSha(_) | Pointer::Plain(_) => format!("entry {}", entry.at),
    }
}

struct Importer<'a> {
    repo: &'a Repo,
    top: &'a Path,
    checker: &'a Checker,
    /// All findings in the work tree; set once an entry names no file.
    all: Option<Vec<Finding>>,
}

impl Importer<'_> {
    /// The findings that an entry means, or why they cannot be found.
    fn resolve(&mut self, pointer: &Pointer) -> Result<Vec<Finding>, String> {
        const NOTHING: &str = "stanch finds nothing there, so it needs no entry";
        match pointer {
            Pointer::Line { commit, path, line, rule } => {
                let (_, found) = self.scan(commit.as_deref(), path)?;
                let there =
                    found.into_iter().filter(|f| (f.location.line..=f.location.end_line).contains(line));
                nearest(there.collect(), rule).map_err(|n| match n {
                    0 => NOTHING.to_owned(),
                    n => format!(
                        "{n} secrets stand on that line; allow the one that is meant with `stanch allow`"
                    ),
                })
            }
            Pointer::Sha1 { path, hash, line, type_ } => {
                let (_, found) = self.scan(None, path)?;
                // For a private key, detect-secrets hashes only the first line.
                let is_key = type_ == "Private Key";
                let means = |f: &Finding| {
                    hex(&sha1::Sha1::digest(f.secret.expose())) == *hash
                        || (is_key && f.location.line == *line)
                };
                let meant: Vec<Finding> = found.into_iter().filter(means).collect();
                (!meant.is_empty()).then_some(meant).ok_or_else(|| {
                    "no secret that stanch finds in this file has this hash, so it needs no entry".to_owned()
                })
            }
            Pointer::IgnoreSha(sha) => self.anywhere(|f| {
                PARTS.iter().any(|part| {
                    let mut h = sha2::Sha256::new();
                    h.update(f.secret.expose());
                    h.update(format!(",{part}"));
                    hex(&h.finalize()) == *sha
                })
            }),
            Pointer::Plain(value) => self.anywhere(|f| f.secret == *value),
            Pointer::File { path, checksum } => {
                let (bytes, found) = self.scan(None, path)?;
                if talisman_checksum(path, &bytes) != *checksum {
                    return Err("the file has changed since, so the entry does not hold any more".to_owned());
                }
                (!found.is_empty()).then_some(found).ok_or_else(|| NOTHING.to_owned())
            }
        }
    }

    /// The bytes of a file, at a commit or in the work tree, and the findings in them.
    fn scan(&self, commit: Option<&str>, path: &str) -> Result<(Vec<u8>, Vec<Finding>), String> {
        let most = self.checker.policy.max_blob_bytes();
        let bytes = match commit {
            Some(id) => {
                let id = Oid::from_hex(id.as_bytes()).ok_or("its commit is no object id")?;
                match self.repo.file_at(&id, path, most) {
                    Ok(bytes) => bytes.ok_or("that commit has no such file")?,
                    Err(GitError::NoFile { what, .. }) => {
                        return Err(format!("that commit has {what} there"));
                    }
                    Err(_) => return Err("that commit is not in this repository".to_owned()),
                }
            }
            None => {
                let inside =
                    Path::new(path).components().all(|c| matches!(c, std::path::Component::Normal(_)));
                let file = self.top.join(path);
                if !inside || !file.is_file() {
                    return Err("there is no such file here".to_owned());
                }
                disk::read(&file, Links::Follow, most).map_err(|e| format!("the file cannot be read: {e}"))?
            }
        };
        let found = super::findings_in(self.checker, path.as_bytes(), &bytes);
        let found = found.into_iter().flat_map(Finding::apart).filter(|f| !f.rule.public).collect();
        Ok((bytes, found))
    }

    /// The findings in the work tree that an entry means; one for each secret.
    fn anywhere(&mut self, means: impl Fn(&Finding) -> bool) -> Result<Vec<Finding>, String> {
        let all = match self.all.take() {
            Some(all) => all,
            None => files::all_findings(self.top, self.checker).map_err(|e| e.to_string())?,
        };
        let mut meant: Vec<Finding> = all.iter().filter(|f| !f.rule.public && means(f)).cloned().collect();
        self.all = Some(all);
        sort::by_key(&mut meant, |f| f.fingerprint);
        meant.dedup_by_key(|f| f.fingerprint);
        (!meant.is_empty())
            .then_some(meant)
            .ok_or_else(|| "no secret in the work tree is this one".to_owned())
    }
}

/// Names of a secret's single part at ggshield's service, as far as public files show them.
const PARTS: &[&str] = &[
    "apikey",
    "api_key",
    "token",
    "access_token",
    "password",
    "secret",
    "secret_key",
    "client_secret",
    "private_key",
    "key",
    "uri",
    "connection_uri",
    "webhook",
    "url",
];

/// Of the findings on a line, the one whose rule name shares the most words with the other tool's name for it; the
/// error is how many share equally many.
fn nearest(found: Vec<Finding>, foreign_rule: &str) -> Result<Vec<Finding>, usize> {
    let shared = |f: &Finding| {
        f.rule.id.split('-').filter(|w| foreign_rule.split(['-', '_']).any(|o| o == *w)).count()
    };
    let best = found.iter().map(shared).max().unwrap_or(0);
    let near: Vec<Finding> = found.into_iter().filter(|f| shared(f) == best).collect();
    match near.len() {
        1 => Ok(near),
        n => Err(n),
    }
}

/// Talisman's checksum of one file: a hash over the hashes of nothing, of the content and of the name.
fn talisman_checksum(path: &str, content: &[u8]) -> String {
    let of = |bytes: &[u8]| hex(&sha2::Sha256::digest(bytes));
    of([of(b""), of(content), of(path.as_bytes())].concat().as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_checksum_is_talismans() {
        // From talisman's own tests, for a file that does not exist.
        let expected = "87139cc4d975333b25b6275f97680604add51b84eb8f4a3b9dcbbc652e6f27ac";
        assert_eq!(talisman_checksum("some_file.pem", b""), expected);
    }
}
