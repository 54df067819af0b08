//! The hook files: the text that git runs, the only link between git and this program.
//!
//! `hooks/` in the sources holds them as they are; installing fills in the program's absolute path, because
//! graphical clients have another PATH. A file without our mark is never overwritten or removed.

use super::file::{exists, hook_text, is_executable};
use std::path::{Path, PathBuf};

/// The hook file for events without standard input.
const PLAIN: &str = include_str!("../../hooks/pre-commit");
/// The hook file for events with refs on standard input.
const REFS: &str = include_str!("../../hooks/pre-push");
/// The start of the second line in a hook file of ours.
const MARK: &str = "\n# Written by `stanch install`: stanch's ";
/// The start of every file that installing writes.
const FROM_INSTALL: &[u8] = b"#!/bin/sh\n# Written by `stanch install`: ";
/// The line that receives the program's path.
const SLOT: &str = "\nstanch=''\n";
/// The words that receive the paths inside of the work tree.
const INSIDE: &str = "for inside in ''; do";
/// The suffix of a kept hook's name.
pub(crate) const KEPT: &str = "stanch-kept";

/// The hook file for an event, with the program's path. `top` is the work tree that it belongs to: a program inside
/// of it is found even after the work tree was moved.
pub(crate) fn text(event: &str, program: &Path, top: Option<&Path>) -> String {
    filled(event, program, &inside(program, top))
}

/// The hook file with these paths of the program: the absolute one, and those inside of the work tree.
fn filled(event: &str, program: &Path, inside: &[PathBuf]) -> String {
    let (form, of) = match event {
        "pre-push" | "pre-receive" => (REFS, "pre-push"),
        _ => (PLAIN, "pre-commit"),
    };
    let words: Vec<String> = inside.iter().map(|p| quoted(p)).collect();
    let words = if words.is_empty() { "''".to_owned() } else { words.join(" ") };
    form.replace(of, event).replacen(SLOT, &format!("\nstanch={}\n", quoted(program)), 1).replacen(
        INSIDE,
        &format!("for inside in {words}; do"),
        1,
    )
}

/// The path of a program inside of the work tree, relative to its top. A package manager may reorganise
/// `node_modules`, but keeps the entries of `.bin`.
fn inside(program: &Path, top: Option<&Path>) -> Vec<PathBuf> {
    let Some(inside) = top.and_then(|top| program.strip_prefix(top).ok()) else { return Vec::new() };
    let mut out = vec![inside.to_owned()];
    let mut up = PathBuf::new();
    for part in inside {
        up.push(part);
        if part == "node_modules" {
            out.push(up.join(".bin/stanch"));
            break;
        }
    }
    out
}

/// A path as one POSIX shell word; with forward slashes on Windows, where git brings the shell.
pub(crate) fn quoted(path: &Path) -> String {
    let path = path.to_string_lossy();
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() };
    format!("'{}'", path.replace('\'', r"'\''"))
}

/// Returns whether installing wrote this file, including those that only run a repository's own hook.
pub(crate) fn is_from_install(text: &[u8]) -> bool {
    text.starts_with(FROM_INSTALL)
}

/// Returns whether stanch wrote this hook file.
pub(crate) fn is_ours(text: &[u8]) -> bool {
    event(text).is_some()
}

/// Returns whether stanch wrote this hook file, and its head was changed since: nothing is known about what it does.
pub(crate) fn was_ours(text: &[u8]) -> bool {
    !is_from_install(text) && memchr::memmem::find(text, MARK.as_bytes()).is_some()
}

/// Returns whether a hook file of ours begins with all that installing writes. A line between may end it before it reaches the
/// program; what follows does not.
pub(crate) fn is_whole(text: &[u8]) -> bool {
    let (Some(event), Some(program)) = (event(text), program(text)) else { return false };
    let inside: Vec<PathBuf> = programs_inside(text).into_iter().map(PathBuf::from).collect();
    text.starts_with(filled(&event, Path::new(&program), &inside).as_bytes())
}

/// Returns whether git runs this file, and it is a hook of ours as it was written.
pub(crate) fn is_whole_at(path: &Path) -> bool {
    is_executable(path) && hook_text(path).is_some_and(|text| is_whole(&text))
}

/// The event of a hook file of ours, whatever the file is called now.
pub(crate) fn event(text: &[u8]) -> Option<String> {
    let rest = std::str::from_utf8(text).ok()?.strip_prefix("#!/bin/sh")?.strip_prefix(MARK)?;
    Some(rest.split_once(" hook.")?.0.to_owned())
}

/// The program's path in a hook file of ours.
pub(crate) fn program(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?;
    let (_, rest) = text.split_once("\nstanch='")?;
    let (path, _) = rest.split_once("'\n")?;
    Some(path.replace(r"'\''", "'"))
}

/// Where a hook file of ours looks for the program, relative to the top of the work tree.
pub(crate) fn programs_inside(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let words = text.split_once("for inside in '").and_then(|(_, rest)| rest.split_once("'; do\n"));
    let words = words.map_or("", |(words, _)| words);
    words.split("' '").filter(|w| !w.is_empty()).map(|w| w.replace(r"'\''", "'")).collect()
}

/// Says when the hook runs that stanch's own keeps: "; then the hook kept as pre-push.stanch-kept". Empty without a kept hook.
pub(super) fn beside_kept(hooks: &Path, event: &str) -> String {
    let name = format!("{event}.{KEPT}");
    let path = hooks.join(&name);
    match event {
        _ if !exists(&path) => String::new(),
        _ if !is_executable(&path) => format!("; {name} is not executable and does not run"),
        "pre-push" | "pre-receive" => format!("; then the hook kept as {name}"),
        _ => format!(", after the hook kept as {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_in_hooks_are_what_is_installed_except_for_the_path() {
        for (event, file) in [
            ("pre-commit", PLAIN),
            ("pre-merge-commit", include_str!("../../hooks/pre-merge-commit")),
            ("commit-msg", include_str!("../../hooks/commit-msg")),
            ("pre-push", REFS),
            ("pre-receive", include_str!("../../hooks/pre-receive")),
        ] {
            assert_eq!(text(event, Path::new(""), None), file, "{event}");
            assert_eq!(super::event(file.as_bytes()).as_deref(), Some(event));
            assert_eq!(program(file.as_bytes()).as_deref(), Some(""));
        }
    }

    #[test]
    fn any_path_survives_the_quotes() {
        let odd = "/opt/it's here/$HOME `x` \"y\"/stanch";
        let text = text("pre-commit", Path::new(odd), None);
        assert_eq!(program(text.as_bytes()).as_deref(), Some(odd));
        assert!(is_ours(text.as_bytes()));
    }

    #[test]
    fn a_program_in_the_work_tree_is_looked_for_there_too() {
        let (top, odd) = (Path::new("/a b"), "/a b/web/node_modules/@stanch/linux-x64/bin/stanch");
        let hook = text("pre-push", Path::new(odd), Some(top));
        let line = "for inside in 'web/node_modules/@stanch/linux-x64/bin/stanch' 'web/node_modules/.bin/stanch'; do";
        assert!(hook.contains(line), "{hook}");
        assert_eq!(program(hook.as_bytes()).as_deref(), Some(odd));
        let found = programs_inside(hook.as_bytes());
        assert_eq!(found, ["web/node_modules/@stanch/linux-x64/bin/stanch", "web/node_modules/.bin/stanch"]);
        let outside = text("pre-push", Path::new("/usr/bin/stanch"), Some(top));
        assert!(outside.contains("for inside in ''; do"), "{outside}");
        assert_eq!(programs_inside(outside.as_bytes()), [""; 0]);
    }

    #[test]
    fn a_hook_that_only_calls_us_is_not_ours() {
        assert!(!is_ours(b"#!/bin/sh\nexec stanch hook pre-commit\n"));
    }
}
