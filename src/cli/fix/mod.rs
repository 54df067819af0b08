//! `stanch fix`: replaces the values that were just blocked. A value that cannot be replaced safely stays, with the
//! reason.

mod client;
mod commits;
mod keep_out;
mod store;

use crate::check::Checker;
use crate::check::last_blocked::{self, Last, LastFinding};
use crate::cli::args::OwnRules;
use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::{Finding, Replacement, RepoPath, Source, SourceKind, printable};
use crate::fix::replacement::other_names;
use crate::fix::{self, Fixed};
use crate::git::{self, Repo};
use crate::policy::edit_lock::Editor;
use crate::policy::files;
use crate::report::{seen_from, shell_word};
use crate::scan::Fragment;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use store::{Keeper, Store};

/// Arguments of `stanch fix`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch fix                 every secret just blocked
  stanch fix 4c1e9a07        one of them, in each of its files
  stanch fix --store vault   the value goes into Vault
  stanch fix --commits       the commits of a blocked push, once HEAD is clean

Writes the expression that reads an environment variable in the file's language, and puts the value into .env, which git ignores, or into a store. Nothing is staged and nothing is guessed: if the value is not the whole of a literal, the file is left as it is, and stanch says what to write instead. A new file of secrets such as .env is taken out of the commit and added to .gitignore, and .env.example gets its names.

A store is filled by its own client. stanch shows the command first and gives it the value on standard input, never as an argument; the client's output is thrown away.")]
pub(super) struct Args {
    /// Fingerprints, or their first digits, of blocked secrets [default: all that were blocked last]
    fingerprints: Vec<String>,
    /// Fix every secret that was blocked last
    #[arg(long, conflicts_with = "fingerprints")]
    all: bool,
    /// Where to put the value [default: env]
    #[arg(long, value_enum, value_name = "STORE")]
    store: Option<Store>,
    /// The place in the store: 1Password's vault, Vault's path, the name at AWS or GitHub
    #[arg(long, value_name = "PLACE", requires = "store")]
    at: Option<String>,
    /// Show how the unpushed commits that have a secret can be made again without it
    ///
    /// HEAD must be clean. Its files stay as they are, clean commits stay commits, and those with the secret become part
    /// of the next clean one. Nothing changes without --yes.
    #[arg(long, conflicts_with_all = ["fingerprints", "all", "store"])]
    commits: bool,
    /// With --commits: do it
    #[arg(long, requires = "commits")]
    yes: bool,
    #[command(flatten)]
    own: OwnRules,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let repo = Repo::open_from_env()?;
    let top = crate::cli::work_tree(&repo, "files to fix")?;
    if args.commits {
        return commits::run(&repo, &top, args.yes, args.own.files());
    }
    let last = last_blocked::read(&repo);
    let is_all = args.all || args.fingerprints.is_empty();
    let wanted = chosen(&last, args)?;
    let known = &last.findings;
    let editor = Editor::of(&repo)?;
    let checker = Checker::of_repo(&repo, args.own.files())?;
    let mut err = super::out::stderr();
    let mut say = |line: String| writeln!(err, "{line}").map_err(Error::io("standard error"));
    let mut keeper = Keeper::new(&top, &editor, args.store, args.at.as_deref());
    let here = prefix(&top);
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
        // As the message shows it.
        let shown = printable(&seen_from(&here, path.as_bytes()));
        let in_archive = known.iter().find(|f| f.path == path && f.fingerprint == fingerprint);
        if let Some(member) = in_archive.and_then(|f| f.member.as_deref()) {
            say(format!(
                "stanch: {shown} stays as it is: the value is in its member {member}; take it out of what the \
                 archive is made from, make the archive again, and stage that"
            ))?;
            code = 1;
            continue;
        }
        let mut show = |command: &str| {
            say(format!("stanch: runs {command}   (the value on its standard input)"))
                .map_err(|e| e.to_string())
        };
        let task = Task { checker: &checker, fingerprint, variables: &variables };
        match file(&real, &task, &mut keeper, &mut show) {
            Ok(Outcome::KeptOut(done)) => {
                say(format!("stanch: {shown} {done}"))?;
                kept.insert(path);
            }
            Ok(Outcome::Fixed(fixed, line)) => {
                let now = if fixed.expression.is_empty() { "nothing" } else { &fixed.expression };
                say(format!("stanch: {shown}:{line} has {now} in place of the value"))?;
                if !fixed.note.is_empty() && !keeper.has_done(&fixed.note) {
                    say(format!("  note       {}", fixed.note))?;
                }
                mended.insert(path, word(known, path, &real, &here));
                variables.extend(Some((fixed.variable, fingerprint)).filter(|(v, _)| !v.is_empty()));
            }
            Err(why) if is_id => say(format!("stanch: {shown} keeps the id beside it: {why}"))?,
            Err(why) => {
                say(format!("stanch: {shown} stays as it is: {why}"))?;
                code = 1;
            }
        }
    }
    let only_kept = mended.is_empty() && !kept.is_empty();
    if let Some(first) = mended.values().next() {
        let fingerprint = variables.values().next().map_or("", |f| &f[..8]);
        keeper.told(first, fingerprint, &here).into_iter().try_for_each(&mut say)?;
        let others = keeper.to_stage.iter().map(|f| shell_word(&seen_from(&here, f.as_bytes())));
        let words: Vec<String> = mended.values().cloned().chain(others).collect();
        say(format!("  stage it   git add {}", words.join(" ")))?;
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
fn word(known: &[LastFinding], shown: &str, path: &Path, here: &[u8]) -> String {
    let glob = known.iter().find(|f| f.path == shown).and_then(|f| f.glob.as_deref());
    match glob {
        None => shell_word(&seen_from(here, path.as_os_str().as_encoded_bytes())),
        Some(glob) => format!("./{}", String::from_utf8_lossy(&seen_from(here, glob.as_bytes()))),
    }
}

/// The folder of the work tree where the command was given: `web/`, or empty.
fn prefix(top: &Path) -> Vec<u8> {
    let real = |path: &Path| path.canonicalize().ok();
    let here = std::env::current_dir().ok().and_then(|p| real(&p));
    let below = here.zip(real(top)).and_then(|(here, top)| here.strip_prefix(top).map(Path::to_owned).ok());
    let mut bytes = below.map(|p| p.as_os_str().as_encoded_bytes().to_vec()).unwrap_or_default();
    if !bytes.is_empty() {
        bytes.push(b'/');
    }
    bytes
}

/// The result for a file.
enum Outcome {
    /// The value was replaced; the line where it was.
    Fixed(Fixed, u32),
    /// The file stays out of git from now on; how, in words.
    KeptOut(String),
}

/// One secret in one file.
struct Task<'a> {
    checker: &'a Checker,
    fingerprint: &'a str,
    /// Variables that hold a secret already, by its fingerprint.
    variables: &'a BTreeMap<String, &'a str>,
}

/// Fixes one file; returns what was done and on which line, or why nothing was.
fn file(
    name: &Path,
    task: &Task<'_>,
    keeper: &mut Keeper<'_>,
    show: &mut dyn FnMut(&str) -> Result<(), String>,
) -> Result<Outcome, String> {
    let (top, editor) = (keeper.top, keeper.editor);
    let path = &top.join(name);
    let meta = path.symlink_metadata().map_err(|e| e.to_string())?;
    if !meta.is_file() {
        return Err("it is not a plain file".to_owned());
    }
    let bytes = disk::read(path, Links::Refuse, u64::MAX).map_err(|e| e.to_string())?;
    let in_file = |bytes: &[u8]| places(task.checker, SourceKind::File, name, bytes, task.fingerprint);
    let found = in_file(&bytes);
    let Some(first) = found.first() else {
        let text = name.as_os_str().as_encoded_bytes();
        let in_name = !places(task.checker, SourceKind::FileName, name, text, task.fingerprint).is_empty();
        let word = shell_word(text);
        return Err(match in_name {
            true => "the secret is its name; rename it".to_owned(),
            false => format!("the secret is not in it any more; git add {word} stages it without"),
        });
    };
    let places: Vec<&Finding> = found.iter().collect();
    let suggested = fix::suggest(&bytes, &places).swap_remove(0);
    if let Replacement::KeepOut { note } = suggested.way {
        let name = name.to_str().ok_or("its name is not UTF-8; rename it")?;
        let mut done = keep_out::keep_out(top, name, editor)?;
        if suggested.reach.is_public() {
            done = format!("{done}; {note}");
        }
        return Ok(Outcome::KeptOut(done));
    }
    let line = first.location.line;
    // The variable that the secret has in another file; else the usual one; else one that no other secret has.
    let known =
        task.variables.iter().find(|(_, of)| **of == task.fingerprint).map(|(name, _)| {
            name.strip_prefix("TF_VAR_").map_or_else(|| name.clone(), str::to_ascii_uppercase)
        });
    let others = other_names(&suggested.variable, suggested.name.as_deref());
    let names = known.map(Some).into_iter().chain([None]).chain(others.into_iter().map(Some));
    let mut taken = String::new();
    let mut chosen = None;
    for variable in names {
        let fixed = fix::rewrite(&bytes, &places, variable.as_deref()).map_err(|e| e.to_string())?;
        let is_taken = task.variables.get(&fixed.variable).is_some_and(|of| *of != task.fingerprint)
            || keeper.has_other(name, &fixed);
        if !is_taken {
            chosen = Some(fixed);
            break;
        }
        taken = fixed.variable;
    }
    let mut fixed = chosen.ok_or_else(|| {
        format!("line {line}: {taken} holds another secret; give this one a name of its own")
    })?;
    if !in_file(&fixed.bytes).is_empty() {
        return Err("the secret would still be in it".to_owned());
    }
    // An import added above moves the place down.
    let lines = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).count();
    let line = line + lines(&fixed.bytes).saturating_sub(lines(&bytes)) as u32;
    if let Some(declaration) = fixed.declaration.take().filter(|d| !is_declared(path, d)) {
        fixed.bytes.extend(declaration.bytes());
    }
    keeper.keep(name, first.rule, &fixed, show)?;
    files::write(top, name, &fixed.bytes, editor).map_err(|e| e.to_string())?;
    Ok(Outcome::Fixed(fixed, line))
}

/// Bytes of a neighbour that is looked into.
const NEIGHBOUR: u64 = 1 << 20;

/// Returns whether a file of the same folder declares the variable: Terraform reads a folder as one.
fn is_declared(path: &Path, declaration: &str) -> bool {
    let Some(head) = declaration.trim_start().split(" {").next() else { return false };
    let of_folder = path.parent().and_then(|dir| std::fs::read_dir(dir).ok()).into_iter().flatten().flatten();
    of_folder.map(|entry| entry.path()).filter(|p| p.extension().is_some_and(|e| e == "tf")).any(|p| {
        disk::read(&p, Links::Refuse, NEIGHBOUR)
            .is_ok_and(|text| memchr::memmem::find(&text, head.as_bytes()).is_some())
    })
}

/// The places of this secret in these bytes.
fn places(checker: &Checker, kind: SourceKind, path: &Path, bytes: &[u8], fingerprint: &str) -> Vec<Finding> {
    let source = Source::new(kind, RepoPath::new(path.as_os_str().as_encoded_bytes()));
    let found = checker.engine().scan(&Fragment { source, bytes: bytes.into() });
    let parts = found.into_iter().flat_map(Finding::apart);
    parts.filter(|f| f.fingerprint.to_string() == fingerprint).collect()
}
