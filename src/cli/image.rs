//! `stanch image`: a container image from a file, a folder, a stream, or the client that has it.

use super::args::OwnRules;
use super::log::Log;
use super::out;
use super::reports::Ending;
use crate::archive::Budget;
use crate::check::Checker;
use crate::check::image::{self, Opened};
use crate::error::Error;
use crate::finding::{RepoPath, printable};
use crate::git::Repo;
use crate::hooks::file::on_path;
use crate::image::{Contents, Files, ImageError};
use crate::policy::Skipped;
use jiff::Timestamp;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

/// Arguments of `stanch image`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch image app.tar            a file of docker save or podman save
  stanch image build/oci          a folder with an OCI layout
  docker save app:1 | stanch image -
                                  standard input
  stanch image docker://app:1     what docker or podman has here
  stanch image --skip-base base.tar app.tar
                                  without the layers that came with the base
  stanch image --format sarif app.tar > stanch.sarif

Exit status: 0 nothing blocked, 1 a secret is blocked, 2 could not check.")]
pub(super) struct Args {
    /// A file, a folder, - for standard input, or docker://NAME
    #[arg(value_name = "IMAGE")]
    image: PathBuf,
    /// Leave out the layers of this image, which it was built on (repeatable)
    #[arg(long, value_name = "IMAGE")]
    skip_base: Vec<PathBuf>,
    /// Fail if any content was not read, encrypted files included
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    ending: Ending,
    #[command(flatten)]
    own: OwnRules,
}

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    let started = Instant::now();
    let began = Timestamp::now();
    let streams = args.skip_base.iter().chain([&args.image]).filter(|p| p.as_os_str() == "-").count();
    if streams > 1 {
        return Err(Error::Usage("standard input holds one image; name the other by its file".to_owned()));
    }
    let repo = Repo::open_from_env().ok();
    let checker = Checker::of(repo.as_ref(), args.own.files())?;
    let checker = if args.strict { checker.strict() } else { checker };
    let budget = checker.layers();
    let mut opened = open(&args.image, &budget)?;
    let base: Vec<Opened> = args.skip_base.iter().map(|b| open(b, &budget)).collect::<Result<_, _>>()?;
    for base in &base {
        opened.contents.mark_base(&base.contents);
    }
    let (mut decision, faults) = image::check(&checker, &opened, &base, &budget);
    let failed = faults.iter().map(|e| Skipped::failed(opened.path.clone(), e.to_string()));
    decision.reading.skipped.extend(failed);
    checker.tell_policy(&mut decision);
    let decision = args.ending.shown(checker.screen().decision(decision), started, false);
    faults.into_iter().for_each(|e| super::tell(&Error::Image(e)));
    let about = args.ending.reports.about(repo.as_ref(), began);
    Ok(args.ending.reports.write(&decision, &about, &Log::new(None), false))
}

/// The beginning of what names an image that a client has.
const CLIENT: &str = "docker://";

fn open(path: &Path, budget: &Budget) -> Result<Opened, ImageError> {
    let name = path.to_str().and_then(|p| p.strip_prefix(CLIENT));
    let files = match name {
        Some(name) => saved(name, budget)?,
        None if path.as_os_str() == "-" => Files::of_stream(io::stdin().lock(), budget)?,
        None => Files::open(path, budget)?,
    };
    let contents = Contents::of(&files)?;
    let shown = path.as_os_str().as_encoded_bytes();
    let shown = if cfg!(windows) {
        String::from_utf8_lossy(shown).replace('\\', "/").into_bytes()
    } else {
        shown.to_vec()
    };
    Ok(Opened { path: RepoPath::new(shown), files, contents })
}

/// Bytes of a client's words that are kept.
const WORDS: u64 = 4096;

/// Asks docker for an image that it has, and podman if docker is not here, or does not have it.
fn saved(name: &str, budget: &Budget) -> Result<Files, ImageError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-/:@".contains(&b);
    if name.is_empty() || name.starts_with('-') || !name.bytes().all(plain) {
        return Err(ImageError {
            what: format!("{} is no image's name", printable(name.as_bytes())),
            help: "write docker://NAME or docker://NAME:TAG",
        });
    }
    let mut failed = Vec::new();
    for client in ["docker", "podman"].into_iter().filter_map(on_path) {
        match saved_by(&client, name, budget) {
            Ok(files) => return Ok(files),
            Err(e) => failed.push(e),
        }
    }
    let Some(last) = failed.pop() else {
        return Err(ImageError {
            what: "neither docker nor podman is in PATH".to_owned(),
            help: "name a file: skopeo copy docker://NAME oci:FOLDER, then stanch image FOLDER",
        });
    };
    let what = failed.into_iter().map(|e| e.what).chain([last.what]).collect::<Vec<_>>().join("; ");
    Err(ImageError { what, help: last.help })
}

/// The image as a client prints it.
fn saved_by(client: &Path, name: &str, budget: &Budget) -> Result<Files, ImageError> {
    let fail = |what: String| ImageError {
        what: format!("{} save {name} failed: {what}", client.display()),
        help: "docker image ls (podman image ls) shows the images that are here; stanch pulls none",
    };
    let _ =
        writeln!(out::stderr(), "stanch: {} save {name}", printable(client.as_os_str().as_encoded_bytes()));
    let mut child = Command::new(client)
        .args(["save", name])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| fail(e.to_string()))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    // Its words are read beside, else it would wait for a reader.
    let words = thread::spawn(move || {
        let mut said = Vec::new();
        if let Some(mut from) = stderr {
            let _ = (&mut from).take(WORDS).read_to_end(&mut said);
            let _ = io::copy(&mut from, &mut io::sink());
        }
        said
    });
    let files = stdout.map_or_else(|| Err(fail("no output".to_owned())), |out| Files::of_stream(out, budget));
    let status = child.wait().map_err(|e| fail(e.to_string()))?;
    let said = words.join().unwrap_or_default();
    if status.success() { files } else { Err(fail(printable(said.trim_ascii()))) }
}
