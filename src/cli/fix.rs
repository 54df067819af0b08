//! `stanch fix`: replaces the values that were just blocked. A value that cannot be replaced safely stays, with the
//! reason.

use crate::check::Checker;
use crate::check::last_blocked::{self, Last, LastFinding};
use crate::cli::args::OwnRules;
use crate::cli::keep_out;
use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::{Finding, Replacement, RepoPath, Source, SourceKind, printable};
use crate::fix::replacement::suggestion;
use crate::fix::{self, Fixed};
use crate::git::{self, Repo};
use crate::policy::edit_lock::Editor;
use crate::policy::files;
use crate::report::shell_word;
use crate::scan::Fragment;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `stanch fix`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch fix                 every secret just blocked
  stanch fix 4c1e9a07        one of them, in each of its files

Writes the expression that reads an environment variable in the file's language. Nothing is staged and nothing is guessed: if the value is not the whole of a literal, the file is left as it is, and stanch says what to write instead. A new file of secrets such as .env is taken out of the commit and added to .gitignore, and .env.example gets its names.")]
pub(super) struct Args {
    /// Fingerprints, or their first digits, of blocked secrets [default: all that were blocked last]
    fingerprints: Vec<String>,
    /// Fix every secret that was blocked last
    #[arg(long, conflicts_with = "fingerprints")]
    all: bool,
    #[command(flatten)]
    own: OwnRules,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let repo = Repo::open_from_env()?;
    let top = super::work_tree(&repo, "files to fix")?;
    let last = last_blocked::read(&repo);
    let is_all = args.all || args.fingerprints.is_empty();
    let wanted = chosen(&last, args)?;
    let known = &last.findings;
    let editor = Editor::of(&repo)?;
    let checker = Checker::of_repo(&repo, args.own.files())?;
    let mut err = super::out::stderr();
    let mut say = |line: String| writeln!(err, "{line}").map_err(Error::io("standard error"));
    let (mut mended, mut variables) = (BTreeMap::new(), BTreeMap::new());
    let mut kept = BTreeSet::new();
    let mut code = 0;
    // The ids paired with the secrets are replaced too: one left in place may be blocked the next time.
    let of_wanted = known.iter().filter(|f| wanted.contains(&(f.fingerprint.as_str(), f.path.as_str())));
    let ids: Vec<_> = of_wanted.filter_map(|f| Some((f.id.as_deref()?, f.path.as_str()))).collect();
    let all = wanted.iter().map(|w| (*w, false)).chain(ids.into_iter().map(|id| (id, true)));
    let mut places = Vec::new();
    for ((fingerprint, path), is_id) in all {
        places.extend(files_of(&top, known, path)?.into_iter().map(|file| (fingerprint, path, file, is_id)));
    }
    for (fingerprint, path, real, is_id) in places {
        if kept.contains(path) {
            continue;
        }
        let in_archive = known.iter().find(|f| f.path == path && f.fingerprint == fingerprint);
        if let Some(member) = in_archive.and_then(|f| f.member.as_deref()) {
            say(format!(
                "stanch: {path} stays as it is: the value is in its member {member}; take it out of what the \
                 archive is made from, make the archive again, and stage that"
            ))?;
            code = 1;
            continue;
        }
        match file(&top, &real, &checker, fingerprint, &variables, &editor) {
            Ok(Outcome::KeptOut(done)) => {
                say(format!("stanch: {path} {done}"))?;
                kept.insert(path);
            }
            Ok(Outcome::Fixed(fixed, line)) => {
                let now = if fixed.expression.is_empty() { "nothing" } else { &fixed.expression };
                say(format!("stanch: {path}:{line} has {now} in place of the value"))?;
                if !fixed.note.is_empty() {
                    say(format!("  needs      {}", fixed.note))?;
                }
                mended.insert(path, word(known, path, &real));
                variables.extend(Some((fixed.variable, fingerprint)).filter(|(v, _)| !v.is_empty()));
            }
            Err(why) if is_id => say(format!("stanch: {path} keeps the id beside it: {why}"))?,
            Err(why) => {
                say(format!("stanch: {path} stays as it is: {why}"))?;
                code = 1;
            }
        }
    }
    let only_kept = mended.is_empty() && !kept.is_empty();
    if let Some(first) = mended.values().next() {
        let names = variables.into_keys().collect::<Vec<_>>().join(", ");
        if !names.is_empty() {
            say(format!(
                "  then       keep the value outside of git, as {names} (git diff {first} still shows it)"
            ))?;
        }
        say(format!("  stage it   git add {}", mended.into_values().collect::<Vec<_>>().join(" ")))?;
    }
    if only_kept {
        say("  then       git commit".to_owned())?;
    }
    if is_all && last.more > 0 {
        say(format!("  and then   run the commit and this again{}", last.describe_more()))?;
        code = 1;
    }
    Ok(code)
}

/// The requested secrets with the files that contain them, each once.
fn chosen<'a>(last: &'a Last, args: &Args) -> Result<BTreeSet<(&'a str, &'a str)>, Error> {
    let known = &last.findings;
    let pair = |f: &'a LastFinding| (f.fingerprint.as_str(), f.path.as_str());
    if args.fingerprints.is_empty() {
        if known.is_empty() {
            return Err(Error::Usage("nothing was blocked here; run the commit again".into()));
        }
        return Ok(known.iter().map(pair).collect());
    }
    let mut out = BTreeSet::new();
    for prefix in &args.fingerprints {
        let low = prefix.to_ascii_lowercase();
        let found: Vec<_> =
            known.iter().filter(|f| low.len() >= 4 && f.fingerprint.starts_with(&low)).map(pair).collect();
        let secrets: BTreeSet<&str> = found.iter().map(|(f, _)| *f).collect();
        let shown = printable(prefix.as_bytes());
        match secrets.len() {
            1 => out.extend(found),
            0 => {
                return Err(Error::Usage(format!(
                    "no blocked secret has the fingerprint {shown}{}; run the commit again",
                    last.describe_more()
                )));
            }
            n => return Err(Error::Usage(format!("{shown} fits {n} secrets; give more digits"))),
        }
    }
    Ok(out)
}

/// The files shown under this name, relative to the top of the work tree. If the shown name is masked, the content
/// tells which files are meant.
fn files_of(top: &Path, known: &[LastFinding], shown: &str) -> Result<Vec<PathBuf>, Error> {
    let named = vec![PathBuf::from(shown)];
    if top.join(shown).symlink_metadata().is_ok() {
        return Ok(named);
    }
    let blobs: Vec<_> = known.iter().filter(|f| f.path == shown).filter_map(|f| f.blob.as_deref()).collect();
    let mut found = git::tracked_as(top, &blobs)?;
    // A file with the same content and an unmasked name has a finding of its own.
    found.retain(|path| path.to_str().is_none_or(|path| known.iter().all(|f| f.path != path)));
    Ok(if found.is_empty() { named } else { found })
}

/// A file as a shell word that reveals no more of its name than the message did.
fn word(known: &[LastFinding], shown: &str, path: &Path) -> String {
    let glob = known.iter().find(|f| f.path == shown).and_then(|f| f.glob.as_deref());
    glob.map_or_else(|| shell_word(path.as_os_str().as_encoded_bytes()), |glob| format!("./{glob}"))
}

/// The result for a file.
enum Outcome {
    /// The value was replaced; the line where it was.
    Fixed(Fixed, u32),
    /// The file stays out of git from now on; how, in words.
    KeptOut(String),
}

/// Fixes one file; returns what was done and on which line, or why nothing was.
fn file(
    top: &Path,
    name: &Path,
    checker: &Checker,
    fingerprint: &str,
    variables: &BTreeMap<String, &str>,
    editor: &Editor,
) -> Result<Outcome, String> {
    let path = &top.join(name);
    let meta = path.symlink_metadata().map_err(|e| e.to_string())?;
    if !meta.is_file() {
        return Err("it is no plain file".to_owned());
    }
    let bytes = disk::read(path, Links::Refuse, u64::MAX).map_err(|e| e.to_string())?;
    let in_file = |bytes: &[u8]| places(checker, SourceKind::File, name, bytes, fingerprint);
    let found = in_file(&bytes);
    let Some(first) = found.first() else {
        let text = name.as_os_str().as_encoded_bytes();
        let in_name = !places(checker, SourceKind::FileName, name, text, fingerprint).is_empty();
        let why =
            if in_name { "the secret is its name; rename it" } else { "the secret is not in it any more" };
        return Err(why.to_owned());
    };
    if matches!(suggestion(first).way, Replacement::KeepOut { .. }) {
        let name = name.to_str().ok_or("its name is not UTF-8; rename it")?;
        return keep_out::keep_out(top, name, editor).map(Outcome::KeptOut);
    }
    let line = first.location.line;
    let fixed = fix::rewrite(&bytes, &found.iter().collect::<Vec<_>>(), None)
        .map_err(|e| format!("line {line}: {e}"))?;
    if !in_file(&fixed.bytes).is_empty() {
        return Err("the secret would still be in it".to_owned());
    }
    if variables.get(&fixed.variable).is_some_and(|other| *other != fingerprint) {
        return Err(format!(
            "line {line}: {} holds another secret; give this one a name of its own",
            fixed.variable
        ));
    }
    // An import added above moves the place down.
    let lines = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).count();
    let line = line + lines(&fixed.bytes).saturating_sub(lines(&bytes)) as u32;
    files::write(top, name, &fixed.bytes, editor).map_err(|e| e.to_string())?;
    Ok(Outcome::Fixed(fixed, line))
}

/// The places of this secret in these bytes.
fn places(checker: &Checker, kind: SourceKind, path: &Path, bytes: &[u8], fingerprint: &str) -> Vec<Finding> {
    let source = Source::new(kind, RepoPath::new(path.as_os_str().as_encoded_bytes()));
    let found = checker.engine().scan(&Fragment { source, bytes: bytes.into() });
    let parts = found.into_iter().flat_map(Finding::apart);
    parts.filter(|f| f.fingerprint.to_string() == fingerprint).collect()
}
