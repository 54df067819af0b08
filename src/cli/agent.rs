//! `stanch agent`: hooks of coding assistants, and the commands that install and check them.

use super::out;
use crate::agent::audit;
use crate::agent::event::{Event, Powers};
use crate::agent::host::{Answer, Host, samples};
use crate::agent::install::doctor::{State, examine};
use crate::agent::install::{self as agent_install, Scope, Surface, surface};
use crate::agent::judge::{Judge, Ruling};
use crate::agent::rules::RULES;
use crate::agent::session::Session;
use crate::check::Checker;
use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::shown_path;
use crate::git::Repo;
use crate::hooks::file::{program, refuse_cache};
use clap::Subcommand;
use serde_json::Value;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Arguments of `stanch agent`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  stanch agent install claude        the hooks of Claude Code, for this project
  stanch agent install codex cursor --user
                                     those of Codex and Cursor, for you
  stanch agent doctor                whether they refuse a made-up secret
  stanch agent list                  what each assistant can be kept from
  stanch agent read config/app.yml   a file with its values masked
  stanch agent rules                 a paragraph for AGENTS.md
  stanch agent uninstall claude      the settings as they were")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

/// Arguments about hosts and the places of their hooks.
#[derive(Debug, clap::Args)]
struct Hosts {
    /// The coding assistants
    #[arg(value_enum, value_name = "HOST")]
    hosts: Vec<Host>,
    /// For all your projects
    #[arg(long, conflicts_with = "machine")]
    user: bool,
    /// For everyone on this machine, where a user cannot change it
    #[arg(long)]
    machine: bool,
    /// With --machine: write below this folder, as for an image
    #[arg(long, value_name = "DIR", requires = "machine", default_value = "/")]
    root: PathBuf,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Write the hooks of coding assistants, for this project or beyond it.
    ///
    /// What else is in their settings stays. The hooks of a project name `stanch` without its path, so that they can be
    /// committed: without stanch on PATH, the assistant is refused everything.
    Install(Hosts),
    /// Take the hooks of coding assistants out of their settings.
    Uninstall(Hosts),
    /// Feed the installed hooks a made-up secret, and say which of them refuse it.
    ///
    /// Whether an assistant runs its hooks is up to it: it may ask for trust.
    Doctor,
    /// List what each coding assistant can be kept from.
    List,
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
    /// Print a paragraph for AGENTS.md, CLAUDE.md and the like.
    Rules,
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
        What::Install(hosts) => install(hosts),
        What::Uninstall(hosts) => uninstall(hosts),
        What::Doctor => doctor(),
        What::List => list(),
        What::Rules => rules(),
    }
}

impl Hosts {
    fn scope(&self) -> Scope {
        match (self.user, self.machine) {
            (true, _) => Scope::User,
            (_, true) => Scope::Machine,
            _ => Scope::Project,
        }
    }

    /// The places of the hooks of the named hosts.
    fn surfaces(&self) -> Result<Vec<Surface>, Error> {
        if self.hosts.is_empty() {
            let all: Vec<_> = Host::ALL.iter().map(|h| h.slug()).collect();
            return Err(Error::Usage(format!("name one or more coding assistants: {}", all.join(", "))));
        }
        let project = project()?;
        let of = |host: &Host| {
            surface(*host, self.scope(), &project, &self.root).ok_or_else(|| {
                let name = host.name();
                let what = if self.machine { "the machine" } else { "a user" };
                Error::Usage(format!(
                    "{name} has no documented place for hooks of {what}; leave the option out"
                ))
            })
        };
        self.hosts.iter().map(of).collect()
    }
}

/// Prints the paragraph for an assistant's file.
fn rules() -> Result<u8, Error> {
    out::stdout().write_all(RULES.as_bytes()).map_err(Error::io("standard output"))?;
    Ok(0)
}

/// The top of the work tree, or the current folder.
fn project() -> Result<PathBuf, Error> {
    let here = std::env::current_dir().map_err(Error::io("the working directory"))?;
    Ok(Repo::open_from_env().ok().and_then(|repo| repo.work_dir()).unwrap_or(here))
}

fn install(hosts: &Hosts) -> Result<u8, Error> {
    let program = program()?;
    let program = (hosts.scope() != Scope::Project).then_some(program.as_path());
    if let Some(program) = program {
        refuse_cache(program)?;
    }
    let mut out = out::stdout();
    let told = || Error::io("standard output");
    for surface in hosts.surfaces()? {
        writeln!(out, "{}", surface.host.name()).map_err(told())?;
        for (path, done) in agent_install::install(&surface, program)? {
            writeln!(out, "  {}: {}", shown_path(&path), done.words()).map_err(told())?;
        }
        writeln!(out, "  {}", surface.trust).map_err(told())?;
    }
    writeln!(out, "`stanch agent doctor` feeds them a made-up secret.").map_err(told())?;
    Ok(0)
}

fn uninstall(hosts: &Hosts) -> Result<u8, Error> {
    let mut out = out::stdout();
    let told = || Error::io("standard output");
    for surface in hosts.surfaces()? {
        writeln!(out, "{}", surface.host.name()).map_err(told())?;
        for (path, done) in agent_install::uninstall(&surface)? {
            writeln!(out, "  {}: {}", shown_path(&path), done.words()).map_err(told())?;
        }
    }
    Ok(0)
}

fn doctor() -> Result<u8, Error> {
    let project = project()?;
    let mut out = out::stdout();
    let told = || Error::io("standard output");
    let (mut found, mut good) = (false, true);
    for host in Host::ALL {
        for scope in [Scope::Project, Scope::User, Scope::Machine] {
            let Some(surface) = surface(host, scope, &project, Path::new("/")) else { continue };
            let state = examine(&surface)?;
            if state == State::Absent {
                continue;
            }
            found = true;
            let (name, path) = (host.name(), shown_path(&surface.path));
            match state {
                State::Refuses => {
                    writeln!(out, "{name}: installed, refuses a made-up secret\n  {path}\n  in force once the host runs it: {}", surface.trust)
                }
                State::Broken(why) => {
                    good = false;
                    writeln!(out, "{name}: installed, NOT in force: {why}\n  {path}")
                }
                State::Absent => Ok(()),
            }
            .map_err(told())?;
        }
    }
    if !found {
        writeln!(out, "no hooks of coding assistants are installed; `stanch agent install HOST` writes them")
            .map_err(told())?;
    }
    Ok(u8::from(!found || !good))
}

/// Prints a row a host: what happens by default at each event.
fn list() -> Result<u8, Error> {
    let mut out = out::stdout();
    let told = || Error::io("standard output");
    let columns = ["prompt", "read", "command", "write", "mcp", "output", "stop"];
    let mut rows = vec![("HOST".to_owned(), columns.map(str::to_owned))];
    for host in Host::ALL {
        let cell = |powers: Powers| match powers {
            Powers { deny: true, .. } => "refuse",
            Powers { replace: true, .. } => "mask",
            Powers { warn: true, .. } => "warn",
            _ => "-",
        };
        rows.push((host.slug().to_owned(), samples(host).map(|powers| cell(powers).to_owned())));
    }
    for (host, cells) in rows {
        let cells: Vec<String> = cells.iter().map(|c| format!("{c:<8}")).collect();
        writeln!(out, "{host:<9} {}", cells.join(" ").trim_end()).map_err(told())?;
    }
    writeln!(
        out,
        "refuse: it can be refused, asked for or masked; mask: the values only; warn: only said; -: not seen"
    )
    .map_err(told())?;
    Ok(0)
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
    #[cfg(debug_assertions)]
    #[allow(clippy::panic, reason = "how each host takes a defect of this program; not in a release")]
    if std::env::var_os("STANCH_TEST_PANIC").is_some() {
        panic!("a test asked for it: {}", String::from_utf8_lossy(bytes));
    }
    let payload: Value = serde_json::from_slice(bytes)
        .map_err(|e| format!("the payload is not JSON (line {}, column {})", e.line(), e.column()))?;
    let call = host.call(&payload, event).map_err(|bad| bad.0)?;
    let powers = host.powers(&call);
    if matches!(call.event, Event::Other) {
        return Ok(host.answer(&call, &Ruling::allow()));
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
        powers: Powers::default(),
    };
    out::stdout()
        .write_all(judge.masked_file(file, &text).as_bytes())
        .map_err(Error::io("standard output"))?;
    Ok(0)
}
