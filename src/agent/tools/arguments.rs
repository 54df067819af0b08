//! What the arguments of a tool say, whatever names a host gives them: files and their lines, commands, changes.

use crate::agent::event::{Change, Edit, FileChange, Reading};
use crate::agent::patch;
use crate::agent::shell::{Language, Part};
use serde_json::{Map, Value};
use std::path::PathBuf;

const PATHS: &[&str] = &[
    "file_path",
    "filePath",
    "path",
    "absolute_path",
    "notebook_path",
    "target_file",
    "filename",
    "file",
    "uri",
];
const TEXTS: &[&str] =
    &["content", "contents", "file_text", "fileText", "file_content", "new_content", "text", "code"];
const OLD: &[&str] = &["old_string", "old_str", "oldString", "oldStr", "old_text", "oldText", "search"];
const NEW: &[&str] =
    &["new_string", "new_str", "newString", "newStr", "new_text", "newText", "replacement", "replace"];
const COMMANDS: &[&str] = &["command", "commands", "command_line", "commandLine", "cmd", "script"];

fn text<'a>(map: &'a Map<String, Value>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| map.get(*name)?.as_str())
}

fn number(map: &Map<String, Value>, names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| map.get(*name)?.as_u64()).and_then(|n| usize::try_from(n).ok())
}

/// A path, which may be written as a `file:` URL.
fn path(text: &str) -> PathBuf {
    let plain = text.strip_prefix("file://").map(|p| p.replace("%20", " "));
    PathBuf::from(plain.as_deref().unwrap_or(text))
}

fn strings(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(s)) => vec![s.as_str()],
        Some(Value::Array(all)) => {
            all.iter().filter_map(|v| v.as_str().or_else(|| text(v.as_object()?, PATHS))).collect()
        }
        _ => Vec::new(),
    }
}

/// The files that a tool reads.
pub(super) fn readings(map: &Map<String, Value>) -> Vec<Reading> {
    let reading =
        |map: &Map<String, Value>, name: &str| Reading { path: path(name), part: part(map), content: None };
    let mut out: Vec<Reading> = text(map, PATHS).map(|p| reading(map, p)).into_iter().collect();
    for key in ["paths", "files", "include", "file_paths"] {
        out.extend(strings(map.get(key)).into_iter().map(|p| reading(map, p)));
    }
    for operation in map.get("operations").and_then(Value::as_array).into_iter().flatten() {
        let Some(map) = operation.as_object() else { continue };
        out.extend(text(map, PATHS).map(|p| reading(map, p)));
        out.extend(strings(map.get("paths")).into_iter().map(|p| reading(map, p)));
    }
    out
}

/// The lines that a tool reads.
fn part(map: &Map<String, Value>) -> Part {
    let range = map.get("view_range").or_else(|| map.get("viewRange")).and_then(Value::as_array);
    if let Some([from, to]) = range.map(Vec::as_slice) {
        let from = from.as_u64().map_or(1, |n| n as usize);
        return Part::Lines(from, to.as_i64().and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX));
    }
    let from = number(map, &["offset", "start_line", "startLine", "line_start"]);
    let to = number(map, &["end_line", "endLine", "line_end"]);
    let limit = number(map, &["limit"]);
    match (from, to, limit) {
        (None, None, None) => Part::Whole,
        (from, Some(to), _) => Part::Lines(from.unwrap_or(1), to),
        (from, None, Some(limit)) => {
            let from = from.unwrap_or(1);
            // Hosts differ in whether they count from 0: one line more is judged.
            Part::Lines(from, from.saturating_add(limit))
        }
        (Some(from), None, None) => Part::Lines(from, usize::MAX),
    }
}

/// A search in one file shows the lines that match; what a search in a folder shows is judged by its output.
pub(super) fn search(map: &Map<String, Value>) -> Option<Reading> {
    let mode = text(map, &["output_mode", "outputMode"]);
    if mode.is_some_and(|mode| mode != "content") {
        return None;
    }
    let (file, pattern) = (text(map, PATHS)?, text(map, &["pattern", "query", "regex"])?);
    Some(Reading { path: path(file), part: Part::Matching(pattern.to_owned()), content: None })
}

/// The language of the command, if the arguments name a shell with one of its own.
pub(super) fn language(map: &Map<String, Value>) -> Option<Language> {
    match text(map, &["shell"])? {
        "powershell" | "pwsh" => Some(Language::PowerShell),
        "cmd" => Some(Language::Cmd),
        _ => None,
    }
}

/// The command line that a tool runs.
pub(super) fn command(map: &Map<String, Value>) -> Option<String> {
    let value = COMMANDS.iter().find_map(|name| map.get(*name))?;
    if let Some(line) = value.as_str() {
        return Some(line.to_owned());
    }
    let words: Vec<&str> = value.as_array()?.iter().filter_map(Value::as_str).collect();
    match words.as_slice() {
        // `["bash", "-lc", "script"]`
        [shell, option, script] if is_shell(shell) && option.starts_with('-') && option.ends_with('c') => {
            Some((*script).to_owned())
        }
        _ if map.contains_key("commands") => Some(words.join("\n")),
        words => {
            Some(words.iter().map(|w| crate::report::shell_word(w.as_bytes())).collect::<Vec<_>>().join(" "))
        }
    }
}

fn is_shell(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    matches!(name, "sh" | "bash" | "zsh" | "dash" | "ksh")
}

/// The files that a tool writes.
pub(super) fn writes(map: &Map<String, Value>) -> Vec<FileChange> {
    // The name of the tool of Codex: the whole patch stands where others have a command.
    for key in ["patch", "patchText", "input", "command", "diff"] {
        let Some(text) = map.get(key).and_then(Value::as_str) else { continue };
        let changes = patch::changes(text);
        if !changes.is_empty() {
            return changes;
        }
    }
    let mut out = Vec::new();
    let own = text(map, PATHS).map(path);
    if let Some(path) = &own {
        let whole = change(map);
        out.extend(whole.map(|change| FileChange { path: path.clone(), change }));
    }
    // A list of edits, of one file or of several.
    for key in ["edits", "replacements", "multi_edits", "operations", "files"] {
        for item in map.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
        {
            let Some(path) = text(item, PATHS).map(path).or_else(|| own.clone()) else { continue };
            let Some(change) = change(item) else { continue };
            match (out.iter_mut().find(|c: &&mut FileChange| c.path == path), change) {
                (Some(FileChange { change: Change::Edits(all), .. }), Change::Edits(more)) => {
                    all.extend(more);
                }
                (_, change) => out.push(FileChange { path, change }),
            }
        }
    }
    out
}

/// The change that a map of arguments describes.
fn change(map: &Map<String, Value>) -> Option<Change> {
    if let Some(new) = text(map, NEW) {
        // Some tools insert a text after a line.
        let Some(old) = text(map, OLD) else { return Some(Change::Somewhere(new.to_owned())) };
        let all = ["replace_all", "replaceAll", "allow_multiple"]
            .iter()
            .any(|k| map.get(*k) == Some(&Value::Bool(true)));
        return Some(Change::Edits(vec![Edit { old: old.to_owned(), new: new.to_owned(), all }]));
    }
    if let Some(diff) = text(map, &["diff"]) {
        let edits = patch::blocks(diff);
        return Some(if edits.is_empty() {
            Change::Somewhere(diff.to_owned())
        } else {
            Change::Edits(edits)
        });
    }
    if let Some(source) = text(map, &["new_source", "newSource", "newCode", "insert_text", "new_line"]) {
        return Some(Change::Somewhere(source.to_owned()));
    }
    let whole = text(map, TEXTS)?.to_owned();
    Some(match text(map, &["command", "mode"]) {
        Some("append") => Change::Appended(whole),
        Some("insert") => Change::Somewhere(whole),
        // A part of a file, with comments for what stays.
        _ if map.contains_key("code") || map.contains_key("explanation") && !map.contains_key("content") => {
            Change::Somewhere(whole)
        }
        _ => Change::Whole(whole),
    })
}
