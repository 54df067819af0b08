//! `stanch allow`: allows one secret, with a reason, for everyone who has the repository.

use crate::check::Checker;
use crate::check::files;
use crate::check::last_blocked;
use crate::cli::args::OwnRules;
use crate::cli::union;
use crate::config::allow_file::{self, AllowFile};
use crate::config::edit::{self, NewAllow};
use crate::config::{ALLOW_FILE, AllowWhat, ConfigError, FILE_NAME, Layer};
use crate::error::Error;
use crate::finding::Fingerprint;
use crate::git::{ObjectKind, Oid, Repo};
use crate::policy::edit_lock::Editor;
use crate::policy::files as policy_files;
use crate::policy::load;
use crate::policy::{self, Screen};
use std::collections::HashSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Arguments of `stanch allow`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch allow 4c1e9a07 --reason \"test fixture\"      a secret just blocked
  stanch allow 4c1e9a07 --reason \"old\" --expires 2027-01-31
  stanch allow --path tests/keys/ --rule jwt --reason \"made for tests\"
  stanch allow --regex \"test_[0-9a-f]+\" --reason \"our test keys\"
  stanch allow --unread assets/dump.sql --reason \"no secrets\"
                                                      content not read
  stanch allow --stale                                entries no longer needed
  stanch allow --split                                one entry a line

Writes to .stanch.toml at the top of the repository, and if there is a .stanch-allow, entries by fingerprint and for unread content to that: add it to the commit. They count at once; an entry by path or regex counts once it is committed.")]
pub(super) struct Args {
    /// Fingerprint, or its first digits, of a blocked secret
    #[arg(value_name = "FINGERPRINT", required_unless_present_any = ["path", "regex", "stale", "split", "unread"])]
    fingerprint: Option<String>,
    /// Reason, kept with the entry
    #[arg(long, required_unless_present_any = ["stale", "split"])]
    reason: Option<String>,
    /// Only findings of this rule
    #[arg(long)]
    rule: Option<String>,
    /// Only files that match this pattern, as in .gitignore
    #[arg(long, requires = "reason")]
    path: Option<String>,
    /// Values that match this regex as a whole; `-` reads it from standard input
    ///
    /// A command line is visible to other processes and kept in the shell's history: give a pattern that comes
    /// close to a value on standard input.
    #[arg(long, conflicts_with = "fingerprint")]
    regex: Option<String>,
    /// Accept unread content: the path of a file, or a blob's object id
    #[arg(long, value_name = "PATH", requires = "reason", conflicts_with_all = ["fingerprint", "path", "regex", "rule"])]
    unread: Option<PathBuf>,
    /// Last day on which the entry counts: 2026-12-31
    #[arg(long, value_name = "DATE")]
    expires: Option<String>,
    /// List entries that expired or allow nothing any more
    #[arg(long, conflicts_with_all = ["fingerprint", "path", "regex", "unread"])]
    stale: bool,
    /// Move entries by fingerprint and for unread content to .stanch-allow
    ///
    /// It has one entry a line, so that two branches that each add one merge without a conflict.
    #[arg(long, conflicts_with_all = ["fingerprint", "path", "regex", "unread", "stale", "reason", "rule", "expires"])]
    split: bool,
    #[command(flatten)]
    own: OwnRules,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let repo = Repo::open_from_env()?;
    let top = super::work_tree(&repo, ".stanch.toml to write")?;
    if args.stale {
        return stale(&repo, &top, &args.own);
    }
    if args.split {
        return split(&repo, &top, args.own.files());
    }
    if !args.reason.as_deref().is_some_and(policy::is_reason) {
        let what = "--reason gives no reason; say why it may stay: --reason \"key of the public demo\"";
        return Err(Error::Usage(what.into()));
    }
    let screen = Screen::builtin();
    let regex = pattern(args.regex.as_deref())?;
    // The file is committed, so a value in it would be published, and would even match its own entry.
    for (option, text) in [("--reason", &args.reason), ("--regex", &regex), ("--path", &args.path)] {
        if let Some(rule) = text.as_deref().and_then(|text| screen.finds(text)) {
            return Err(Error::Usage(format!(
                "{option} holds a value that looks like a secret ({}), and {FILE_NAME} is committed; say it without \
                 the value, or allow the secret by its fingerprint",
                rule.id
            )));
        }
    }
    let (fingerprint, rule) = match &args.fingerprint {
        Some(prefix) => {
            let (f, known) = resolve(&repo, prefix, &args.own)?;
            (Some(f), args.rule.clone().or(known))
        }
        None => (None, args.rule.clone()),
    };
    let blob =
        args.unread.as_deref().map(|path| unread_blob(&repo, path)).transpose()?.map(|id| id.to_string());
    let entry = NewAllow {
        fingerprint: fingerprint.clone(),
        blob: blob.clone(),
        regex,
        path: args.path.clone(),
        rule,
        reason: args.reason.clone().unwrap_or_default(),
        who: repo.user().map(|who| screen.text(&who)),
        expires: args.expires.clone(),
    };
    let editor = Editor::of(&repo)?;
    let lines = policy_files::read(&top.join(ALLOW_FILE), ALLOW_FILE)?;
    let file = match lines.filter(|_| entry.is_single()) {
        Some(lines) => {
            let new = allow_file::add(&lines, &[entry]);
            if let Some((line, what)) = AllowFile::parse(&new, ALLOW_FILE).faults.into_iter().next() {
                return Err(ConfigError { file: ALLOW_FILE.to_owned(), line, what }.into());
            }
            policy_files::write(&top, ALLOW_FILE, new.as_bytes(), &editor)?;
            ALLOW_FILE
        }
        None => {
            let text = policy_files::read(&top.join(FILE_NAME), FILE_NAME)?.unwrap_or_default();
            let new = edit::add_allow(&text, FILE_NAME, &[entry])?;
            // The entry must be valid: a bad rule, regex or glob is refused here, not at the next commit.
            load::check(&repo, &top, &new, args.own.files())?;
            policy_files::write(&top, FILE_NAME, new.as_bytes(), &editor)?;
            FILE_NAME
        }
    };
    let short = fingerprint.as_ref().map(|f| &f[..8]).or(blob.as_ref().map(|id| &id[..12]));
    let what = short.map_or_else(|| "written".to_owned(), |id| format!("{id} allowed"));
    writeln!(super::out::stderr(), "stanch: {what} in {file}; now: git add {file} && git commit")
        .map_err(Error::io("standard error"))?;
    Ok(0)
}

/// Moves what can stand in lines of its own there.
fn split(repo: &Repo, top: &Path, own: &[PathBuf]) -> Result<u8, Error> {
    let editor = Editor::of(repo)?;
    // Both must be right before: what is moved is read again.
    let policy = load::policy(Some(repo), own)?;
    let text = policy_files::read(&top.join(FILE_NAME), FILE_NAME)?.unwrap_or_default();
    let (rest, moved) = edit::take_single(&text, FILE_NAME)?;
    let lines = policy_files::read(&top.join(ALLOW_FILE), ALLOW_FILE)?.unwrap_or_default();
    policy_files::write(top, ALLOW_FILE, allow_file::add(&lines, &moved).as_bytes(), &editor)?;
    if !moved.is_empty() {
        policy_files::write(top, FILE_NAME, rest.as_bytes(), &editor)?;
    }
    writeln!(
        super::out::stderr(),
        "stanch: {} entries moved to {ALLOW_FILE}, where new ones go from now on; now: git add -A {FILE_NAME} {ALLOW_FILE}",
        moved.len()
    )
    .map_err(Error::io("standard error"))?;
    union::offer(top, &[ALLOW_FILE, &policy.config.baseline.value])?;
    Ok(0)
}

/// The pattern of `--regex`: `-` is standard input.
fn pattern(given: Option<&str>) -> Result<Option<String>, Error> {
    match given {
        Some("-") => {
            let mut text = String::new();
            std::io::stdin()
                .take(MOST_OF_PATTERN)
                .read_to_string(&mut text)
                .map_err(Error::io("standard input"))?;
            let text = text.trim_end_matches(['\n', '\r']);
            if text.is_empty() {
                return Err(Error::Usage("--regex -: standard input has no pattern".into()));
            }
            Ok(Some(text.to_owned()))
        }
        Some(text) => {
            let _ = writeln!(
                super::out::stderr(),
                "stanch: warning: other processes and the shell's history see a command line; if the pattern comes \
                 close to a value, use `--regex -` and standard input"
            );
            Ok(Some(text.to_owned()))
        }
        None => Ok(None),
    }
}

/// Bytes of a pattern that are read from standard input; bounds the memory.
const MOST_OF_PATTERN: u64 = 64 << 10;

/// The whole fingerprint for its first digits, and the rule of a secret that is here; a whole one may be of a secret that
/// is not.
fn resolve(repo: &Repo, prefix: &str, own: &OwnRules) -> Result<(String, Option<String>), Error> {
    let found = last_blocked::named(repo, &Checker::of_repo(repo, own.files())?, prefix);
    match (found, Fingerprint::parse(prefix)) {
        (Ok(found), _) => Ok((found[0].fingerprint.clone(), Some(found[0].rule.clone()))),
        (Err(_), Some(f)) => Ok((f.to_string(), None)),
        (Err(e), None) => Err(Error::Usage(format!(
            "{e}; run the commit again, or give all 20 digits (`stanch scan --history --format jsonl` shows them)"
        ))),
    }
}

/// The object id of the content to accept: of an object, else of a staged path, else of a file.
fn unread_blob(repo: &Repo, path: &Path) -> Result<Oid, Error> {
    let shown = crate::finding::printable(path.as_os_str().as_encoded_bytes());
    if let Some(text) = path.to_str().filter(|t| t.len() >= 7 && t.bytes().all(|b| b.is_ascii_hexdigit()))
        && let Some(id) = repo.resolve(text)?
    {
        return match repo.kind(&id)? {
            Some(ObjectKind::Blob) => Ok(id),
            _ => Err(Error::Usage(format!(
                "{shown} names no file's content; give the id that the message shows"
            ))),
        };
    }
    match repo.staged_blob(path)? {
        Some(id) => Ok(id),
        None if path.is_file() => Ok(repo.hash_file(path)?),
        None => Err(Error::Usage(format!("{shown} is neither a file here nor the id of an object"))),
    }
}

/// Lists entries that have expired, and entries that match nothing in the work tree.
fn stale(repo: &Repo, top: &Path, own: &OwnRules) -> Result<u8, Error> {
    let policy = load::policy(Some(repo), own.files())?;
    let entries: Vec<_> =
        policy.config.allow.iter().filter(|e| e.layer == Layer::Repository).cloned().collect();
    let excepts: Vec<_> =
        policy.config.excepts.iter().filter(|e| e.layer == Layer::Repository).cloned().collect();
    let today = policy.today;
    let checker = Checker::new(policy);
    let found = files::all_findings(top, &checker)?;
    let mut out = super::out::stdout();
    let screen = checker.screen();
    let there: HashSet<_> = found.iter().map(|f| f.fingerprint).collect();
    let mut count = 0;
    for entry in &entries {
        let what = match &entry.what {
            AllowWhat::Fingerprint(f) => f.short(),
            AllowWhat::Regex(_) => "regex".to_owned(),
            AllowWhat::Path => "path".to_owned(),
            AllowWhat::Blob(id) => format!("blob {}", &id[..12]),
        };
        let used = match &entry.what {
            AllowWhat::Blob(id) => repo.tracks(id)?,
            // Most fingerprints are gone: only those that may exist are searched for.
            AllowWhat::Fingerprint(f) if !there.contains(f) => false,
            _ => found.iter().any(|f| entry.is_for(f)),
        };
        let why = match entry.expires {
            Some(last) if last < today => format!("expired on {last}"),
            _ if !used => "allows nothing in the work tree".to_owned(),
            _ => continue,
        };
        count += 1;
        let file = entry.file.as_deref().unwrap_or(FILE_NAME);
        writeln!(out, "{file}:{}: {what}: {why} ({})", entry.line, screen.text(&entry.reason))
            .map_err(Error::io("standard output"))?;
    }
    let mut unused = 0;
    let mut covered = HashSet::new();
    for except in &excepts {
        let places: Vec<usize> = (0..found.len()).filter(|i| except.is_for(&found[*i])).collect();
        if places.is_empty() {
            unused += 1;
            let file = except.file.as_deref().unwrap_or(FILE_NAME);
            let (what, reason) = (except.shown(), screen.text(&except.reason));
            writeln!(out, "{file}:{}: except {what}: covers nothing in the work tree ({reason})", except.at)
                .map_err(Error::io("standard output"))?;
        }
        covered.extend(places);
    }
    let mut told = format!("stanch: stale allow entries: {count} of {}", entries.len());
    if !excepts.is_empty() {
        let all = excepts.len();
        told.push_str(&format!(
            "; stale exceptions: {unused} of {all}, which cover {} findings",
            covered.len()
        ));
    }
    writeln!(super::out::stderr(), "{told}").map_err(Error::io("standard error"))?;
    Ok(0)
}
