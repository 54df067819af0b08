//! `stanch agent`: hooks of coding assistants, and the commands that install and check them.

use super::out;
use crate::agent::host::{Answer, Host};
use crate::agent::judge::Judge;
use crate::agent::session::Session;
use crate::agent::{audit, event::Event};
use crate::check::Checker;
use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::shown_path;
use crate::git::Repo;
use clap::Subcommand;
use serde_json::Value;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Arguments of `stanch agent`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch agent read config/app.yml   a file with its values masked")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check an event of a coding assistant (called by the assistant).
    ///
    /// The event is read from standard input, and the answer has the form that the assistant takes.
    Hook {
        /// The coding assistant
        #[arg(value_enum)]
        host: Host,
        /// The event, if the assistant does not send its name
        #[arg(long, value_name = "NAME")]
        event: Option<String>,
    },
    /// Print a file with its values masked, as an assistant may see it.
    Read {
        /// The file
        file: PathBuf,
    },
}

/// Most bytes of a payload.
const LARGEST: u64 = 10 << 20;

pub(super) fn run(args: &Args) -> Result<u8, Error> {
    match &args.what {
        What::Hook { host, event } => Ok(hook(*host, event.as_deref())),
        What::Read { file } => read(file),
    }
}

/// Answers an event. Whatever goes wrong, the answer is the host's own form of a refusal.
fn hook(host: Host, event: Option<&str>) -> u8 {
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
        let code = say_plainly(&host.failure(&format!("internal error{place}")));
        std::process::exit(i32::from(code));
    }));
    let answer =
        payload().and_then(|bytes| judged(host, event, &bytes)).unwrap_or_else(|why| host.failure(&why));
    say(&answer).unwrap_or(2)
}

fn payload() -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|e| format!("standard input: {e}"))?;
    match bytes.len() as u64 > LARGEST {
        true => Err(format!("the payload is larger than {} MB", LARGEST >> 20)),
        false => Ok(bytes),
    }
}

fn judged(host: Host, event: Option<&str>, bytes: &[u8]) -> Result<Answer, String> {
    let payload: Value = serde_json::from_slice(bytes)
        .map_err(|e| format!("the payload is not JSON (line {}, column {})", e.line(), e.column()))?;
    let call = host.call(&payload, event).map_err(|bad| bad.0)?;
    let powers = host.powers(&call);
    if matches!(call.event, Event::Other) {
        return Ok(host.answer(&call, &crate::agent::judge::Ruling::allow()));
    }
    if let Some(dir) = call.dir.as_ref().filter(|dir| dir.is_dir()) {
        std::env::set_current_dir(dir).map_err(|e| format!("cannot enter {}: {e}", shown_path(dir)))?;
    }
    let repo = Repo::open_from_env().ok();
    let checker = Checker::of(repo.as_ref(), &[]).map_err(|e| e.to_string())?.in_hook();
    let dir = std::env::current_dir().map_err(|e| format!("the working directory: {e}"))?;
    let session = Session::of(&call.session);
    let judge = Judge { repo: repo.as_ref(), checker: &checker, dir, session, powers };
    let ruling = judge.call(&call);
    // A full disk must not end a session: the decision does not depend on the record.
    let _ = audit::append(repo.as_ref(), &checker, host, &ruling);
    Ok(host.answer(&call, &ruling))
}

fn say(answer: &Answer) -> io::Result<u8> {
    if let Some(text) = &answer.text {
        writeln!(out::stderr(), "{text}")?;
    }
    if let Some(json) = &answer.json {
        out::json(json)?;
    }
    Ok(answer.code)
}

/// Says what holds nothing that was read, without the engine, which may be what failed.
fn say_plainly(answer: &Answer) -> u8 {
    #[allow(clippy::disallowed_methods, reason = "holds nothing that was read")]
    let (mut stdout, mut stderr) = (io::stdout(), io::stderr());
    if let Some(text) = &answer.text {
        let _ = writeln!(stderr, "{text}");
    }
    if let Some(json) = &answer.json {
        let _ = writeln!(stdout, "{json}");
    }
    answer.code
}

/// Prints a file with its values masked.
fn read(file: &Path) -> Result<u8, Error> {
    let repo = Repo::open_from_env().ok();
    let checker = Checker::of(repo.as_ref(), &[])?;
    let bytes = disk::read(file, Links::Follow, checker.most_bytes()).map_err(Error::io(shown_path(file)))?;
    let text = String::from_utf8_lossy(&bytes);
    let dir = std::env::current_dir().map_err(Error::io("the working directory"))?;
    // The names are those of every other run without a session.
    let judge = Judge {
        repo: repo.as_ref(),
        checker: &checker,
        dir,
        session: Session::of(""),
        powers: Default::default(),
    };
    out::stdout()
        .write_all(judge.masked_file(file, &text).as_bytes())
        .map_err(Error::io("standard output"))?;
    Ok(0)
}
