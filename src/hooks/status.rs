//! What git runs at one event, and whether that runs stanch.

use super::events::suitable;
use super::file::{exists, hook_text, is_executable, on_path, program};
use super::git_config::{self, Configured};
use super::location::HooksLocation;
use super::managers::{self, Manager};
use super::shim;
use crate::error::Error;
use crate::finding::printable;
use crate::finding::shown_path;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The result for one event.
#[derive(Debug)]
pub(crate) struct State {
    /// True if stanch runs, and sees everything there is.
    pub(crate) in_force: bool,
    /// True if it runs, but for one ref of a push only.
    pub(crate) one_ref: bool,
    /// The reason.
    pub(crate) why: String,
    /// The remedy; `None` if there is nothing to fix.
    pub(crate) fix: Option<String>,
}

impl State {
    fn yes(why: impl Into<String>) -> State {
        State { in_force: true, one_ref: false, why: why.into(), fix: None }
    }

    fn no(why: impl Into<String>, fix: impl Into<String>) -> State {
        State { in_force: false, one_ref: false, why: why.into(), fix: Some(fix.into()) }
    }
}

/// Determines what git runs at an event.
///
/// # Errors
/// If git cannot be run.
pub(crate) fn state(place: &HooksLocation, event: &str) -> Result<State, Error> {
    let configured = git_config::find(&place.git, event)?;
    if let Some(hook) = configured.as_ref().filter(|h| !h.off) {
        return Ok(by_config(hook));
    }
    let mut state = by_file(place, event)?;
    if let Some(hook) = configured.filter(|_| !state.in_force) {
        let version = place.git.version()?;
        let why = if version < git_config::SINCE {
            git_config::too_old(version)
        } else {
            format!("switched off by hook.{}.enabled or hook.{event}.enabled", hook.name)
        };
        state.why.push_str(&format!("; hook.{}.command is set, but {why}", hook.name));
    }
    Ok(state)
}

/// The state for an enabled hook in git's configuration.
fn by_config(hook: &Configured) -> State {
    let why = format!("hook.{}.command ({})", printable(hook.name.as_bytes()), hook.scope);
    match hook.program() {
        Some(program) if !is_executable(&program) => State::no(
            format!("{why}: its program {} is gone: it stops everything", shown_path(&program)),
            "stanch install --by config",
        ),
        _ => State::yes(why),
    }
}

/// The state according to the file that git would run.
fn by_file(place: &HooksLocation, event: &str) -> Result<State, Error> {
    let path = place.hooks.join(event);
    let own = place.common.join("hooks").join(event);
    if !exists(&path) {
        if !place.owns_hooks() && is_ours(&own) {
            return Ok(State::no(
                "stanch's hook is there, but core.hooksPath leads git past it",
                how_to_fix(place, event),
            ));
        }
        return Ok(State::no("no hook is there", how_to_fix(place, event)));
    }
    if path.metadata().is_ok_and(|m| !m.is_file()) {
        let path = shown_path(&path);
        return Ok(State::no(
            format!("{path} is not a file"),
            format!("move {path} away, then stanch install"),
        ));
    }
    if !is_executable(&path) {
        let why = format!("{} is not executable: git passes over it", shown_path(&path));
        return Ok(State::no(why, format!("chmod +x {}", shown_path(&path))));
    }
    let text = hook_text(&path).unwrap_or_default();
    if shim::is_ours(&text) {
        if !shim::is_whole(&text) {
            let why =
                format!("{} was changed since stanch install wrote it: it may end early", shown_path(&path));
            return Ok(State::no(why, "stanch install, which writes it again"));
        }
        let mut state = ours(place, &text);
        state.why.push_str(&shim::beside_kept(&place.hooks, event));
        return Ok(state);
    }
    if shim::was_ours(&text) {
        let why = format!("{} was written by stanch install and changed since", shown_path(&path));
        return Ok(State::no(why, format!("rm {}, then stanch install", shown_path(&path))));
    }
    let text = String::from_utf8_lossy(&text);
    if let Some(manager) = managers::of(&text) {
        return Ok(managed(place, event, manager));
    }
    if managers::calls_us(&text, event) {
        return Ok(State::yes(format!("{} calls it", shown_path(&path))));
    }
    Ok(State::no(format!("{} is another hook", shown_path(&path)), how_to_fix(place, event)))
}

/// The state of a hook file of ours: which program it runs, and whether that program answers.
fn ours(place: &HooksLocation, text: &[u8]) -> State {
    let named = shim::program(text).unwrap_or_default();
    let top = place.top.clone().unwrap_or_default();
    let inside = shim::programs_inside(text).into_iter().map(|p| top.join(p)).find(|p| is_executable(p));
    let is_gone = !is_executable(Path::new(&named));
    let fallen_back = is_gone && inside.is_none();
    let found = if is_gone { inside.or_else(|| on_path("stanch")) } else { Some(PathBuf::from(&named)) };
    let Some(found) = found else {
        return State::no(
            format!(
                "stanch's hook is there, but its program {} is gone: it stops everything",
                printable(named.as_bytes())
            ),
            "stanch install",
        );
    };
    let mut why = format!("stanch's hook, {}", shown_path(&found));
    if fallen_back {
        why.push_str(&format!(" from PATH ({} is gone)", printable(named.as_bytes())));
    }
    let this = program().and_then(|p| p.canonicalize().map_err(Error::io("this program"))).ok();
    if this.is_some() && found.canonicalize().ok() == this {
        return State::yes(why);
    }
    match version_of(&found) {
        None => State::no(format!("{why} does not answer to --version"), "stanch install"),
        Some(v) if v == env!("CARGO_PKG_VERSION") => State::yes(why),
        Some(v) => {
            State { fix: Some("stanch install".to_owned()), ..State::yes(format!("{why}, version {v}")) }
        }
    }
}

/// The state of a manager's hook file: whether its configuration, or the hook that it keeps, runs stanch.
fn managed(place: &HooksLocation, event: &str, manager: &Manager) -> State {
    let legacy = place.hooks.join(format!("{event}.legacy"));
    if manager.by_id && is_ours(&legacy) && is_executable(&legacy) {
        return State::yes(format!("{} runs {}", manager.name, shown_path(&legacy)));
    }
    if let Some(file) = manager.leads_here(place, event) {
        if let Some(lacks) = manager.lacks(place, &file, event) {
            let why = format!("{} runs it, by {file}, and keeps the list of refs from it", manager.name);
            return State::no(why, format!("add {lacks} beside its run: line"));
        }
        if manager.by_id && event == "pre-push" {
            let why =
                format!("{} runs it, by {file}; other refs and tags of a push are not read", manager.name);
            return State { one_ref: true, ..State::no(why, how_to_fix(place, event)) };
        }
        return State::yes(format!("{} runs it, by {file}", manager.name));
    }
    let why = format!("{} runs the hooks, and {} does not name stanch", manager.name, manager.file(event));
    State::no(why, how_to_fix(place, event))
}

/// The remedy that puts stanch in force.
fn how_to_fix(place: &HooksLocation, event: &str) -> String {
    if place.owns_hooks() {
        if suitable(place).iter().any(|e| e == event) {
            "stanch install".to_owned()
        } else {
            format!("stanch install --hooks {event}")
        }
    } else {
        "stanch install (it prints the line to add, and where)".to_owned()
    }
}

fn is_ours(path: &Path) -> bool {
    hook_text(path).is_some_and(|t| shim::is_ours(&t))
}

/// The version that a stanch program prints.
fn version_of(program: &Path) -> Option<String> {
    let out = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    Some(printable(text.strip_prefix("stanch ")?.trim().as_bytes()))
}
