//! What git runs at one event, and whether that leads to stanch.

use super::git_command::shown;
use super::hooks_dir::Place;
use super::install::{exists, is_executable, program, suitable};
use super::shim;
use crate::error::Error;
use crate::finding::printable;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What is known about one event.
#[derive(Debug)]
pub(super) struct State {
    /// Does stanch run?
    pub(super) in_force: bool,
    /// Why, or why not.
    pub(super) why: String,
    /// What to do about it.
    pub(super) mend: Option<String>,
}

impl State {
    fn yes(why: impl Into<String>) -> State {
        State { in_force: true, why: why.into(), mend: None }
    }

    fn no(why: impl Into<String>, mend: impl Into<String>) -> State {
        State { in_force: false, why: why.into(), mend: Some(mend.into()) }
    }
}

/// A program that takes over a repository's hooks, as its hook files show it.
struct Manager {
    name: &'static str,
    /// What its hook files contain.
    mark: &'static str,
    /// Where it says what to run, relative to the top; `EVENT` stands for the event.
    says: &'static [&'static str],
    /// pre-commit, or like it: it names ids, and runs what it found as EVENT.legacy.
    legacy: bool,
}

const MANAGERS: &[Manager] = &[
    Manager { name: "husky", mark: "/h\"", says: &[".husky/EVENT"], legacy: false },
    Manager {
        name: "lefthook",
        mark: "lefthook",
        says: &[
            "lefthook.yml",
            "lefthook.yaml",
            "lefthook.toml",
            "lefthook.json",
            ".lefthook.yml",
            ".lefthook.yaml",
            ".lefthook.toml",
            ".lefthook.json",
            ".config/lefthook.yml",
            "lefthook-local.yml",
        ],
        legacy: false,
    },
    Manager { name: "prek", mark: "prek", says: &[".pre-commit-config.yaml", "prek.toml"], legacy: true },
    Manager { name: "pre-commit", mark: "pre-commit.com", says: &[".pre-commit-config.yaml"], legacy: true },
];

/// Finds out what git runs at an event.
///
/// # Errors
/// When git cannot be asked.
pub(super) fn state(place: &Place, event: &str) -> Result<State, Error> {
    let path = place.hooks.join(event);
    let own = place.common.join("hooks").join(event);
    if !exists(&path) {
        if !place.owns_hooks() && is_ours(&own) {
            return Ok(State::no(
                "stanch's hook is there, but core.hooksPath leads git past it",
                to_mend(place, event),
            ));
        }
        return Ok(State::no("no hook is there", to_mend(place, event)));
    }
    if !is_executable(&path) {
        let why = format!("{} is not executable: git passes over it", shown(&path));
        return Ok(State::no(why, format!("chmod +x {}", shown(&path))));
    }
    let text = fs::read(&path).unwrap_or_default();
    if shim::is_ours(&text) {
        return Ok(ours(&text));
    }
    let text = String::from_utf8_lossy(&text);
    if let Some(manager) = MANAGERS.iter().find(|m| text.contains(m.mark)) {
        return Ok(managed(place, event, manager));
    }
    if calls_us(&text, event) {
        return Ok(State::yes(format!("{} calls it", shown(&path))));
    }
    Ok(State::no(format!("{} is another hook", shown(&path)), to_mend(place, event)))
}

/// A hook file of ours: does its program answer, and which one is it?
fn ours(text: &[u8]) -> State {
    let named = shim::program(text).unwrap_or_default();
    let fallen_back = !is_executable(Path::new(&named));
    let found = if fallen_back { on_path() } else { Some(PathBuf::from(&named)) };
    let Some(found) = found else {
        return State::no(
            format!(
                "stanch's hook is there, but its program {} is gone: it stops everything",
                printable(named.as_bytes())
            ),
            "stanch install",
        );
    };
    let mut why = format!("stanch's hook, {}", shown(&found));
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
            State { mend: Some("stanch install".to_owned()), ..State::yes(format!("{why}, version {v}")) }
        }
    }
}

/// A manager's hook file: does its configuration, or the hook that it keeps, lead here?
fn managed(place: &Place, event: &str, manager: &Manager) -> State {
    let legacy = place.hooks.join(format!("{event}.legacy"));
    if manager.legacy && is_ours(&legacy) && is_executable(&legacy) {
        return State::yes(format!("{} runs {}", manager.name, shown(&legacy)));
    }
    let top = place.top.as_deref().unwrap_or(&place.common);
    let files = manager.says.iter().map(|f| f.replace("EVENT", event));
    for file in files {
        let text = fs::read(top.join(&file)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let found = if manager.legacy { names_our_id(&text, event) } else { calls_us(&text, event) };
        if found {
            return State::yes(format!("{} runs it, by {file}", manager.name));
        }
    }
    let says = manager.says[0].replace("EVENT", event);
    State::no(
        format!("{} runs the hooks, and {says} does not name stanch's {event}", manager.name),
        format!("docs/managers.md has the lines for {}", manager.name),
    )
}

/// What would put stanch in force.
fn to_mend(place: &Place, event: &str) -> String {
    if place.owns_hooks() {
        if suitable(place).iter().any(|e| e == event) {
            "stanch install".to_owned()
        } else {
            format!("stanch install --hooks {event}")
        }
    } else {
        "stanch install (it tells the line to add, and where)".to_owned()
    }
}

/// Does a script or a configuration call `stanch hook EVENT` outside of a comment?
fn calls_us(text: &str, event: &str) -> bool {
    let call = format!("stanch hook {event}");
    text.lines().any(|line| {
        let code = line.split(" #").next().unwrap_or_default();
        !code.trim_start().starts_with('#')
            && code.find(&call).is_some_and(|at| {
                let after = code[at + call.len()..].chars().next();
                !after.is_some_and(|c| c == '-' || c.is_ascii_alphanumeric())
            })
    })
}

/// Does a `.pre-commit-config.yaml` name the id of this stage, or call us itself?
fn names_our_id(text: &str, event: &str) -> bool {
    let id = |line: &str, id: &str| {
        line.trim_start_matches([' ', '-'])
            .strip_prefix("id:")
            .is_some_and(|v| v.split('#').next().unwrap_or_default().trim().trim_matches(['"', '\'']) == id)
    };
    let short = if event == "pre-commit" { "stanch".to_owned() } else { format!("stanch-{event}") };
    let ids = [format!("stanch-{event}"), format!("stanch-{event}-system"), format!("{short}-system"), short];
    calls_us(text, event) || text.lines().any(|l| ids.iter().any(|i| id(l, i)))
}

fn is_ours(path: &Path) -> bool {
    fs::read(path).is_ok_and(|t| shim::is_ours(&t))
}

/// The program that a hook file of ours falls back to.
fn on_path() -> Option<PathBuf> {
    let name = if cfg!(windows) { "stanch.exe" } else { "stanch" };
    std::env::split_paths(&std::env::var_os("PATH")?).map(|d| d.join(name)).find(|p| is_executable(p))
}

/// What a stanch says of its version.
fn version_of(program: &Path) -> Option<String> {
    let out = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    Some(printable(text.strip_prefix("stanch ")?.trim().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_in_a_comment_or_of_another_event_is_none() {
        assert!(calls_us("npm test\nstanch hook pre-commit \"$@\" || exit\n", "pre-commit"));
        assert!(calls_us("  run: /opt/stanch hook pre-push {1} {2}", "pre-push"));
        assert!(!calls_us("# stanch hook pre-commit\n", "pre-commit"));
        assert!(!calls_us("stanch hook pre-commit-other", "pre-commit"));
        assert!(!calls_us("stanch hook pre-merge-commit", "pre-commit"));
    }

    #[test]
    fn the_ids_of_the_manifest_are_known_by_stage() {
        assert!(names_our_id("    -   id: stanch # x\n", "pre-commit"));
        assert!(names_our_id("- id: 'stanch-pre-push'\n", "pre-push"));
        assert!(!names_our_id("- id: stanch-pre-push\n", "pre-commit"));
        assert!(!names_our_id("#- id: stanch\n", "pre-commit"));
    }
}
