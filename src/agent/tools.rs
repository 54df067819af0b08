//! Which tool of a host does what: one table of names for all hosts, and the names under which they give their arguments.
//!
//! A tool that is not in the table is judged by what it is given, as a tool of an MCP server is.

use super::event::{Change, Edit, Event, FileChange, Reading};
use super::patch;
use super::shell::{Language, Part};
use serde_json::{Map, Value};
use std::path::PathBuf;

/// What a tool does with its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Read,
    Search,
    Command(Language),
    Write,
    Edit,
    Patch,
    Cell,
    /// Nothing that shows or spreads a secret.
    Quiet,
}

/// The names of tools, in lower case without anything but letters and digits.
const TOOLS: &[(Sort, &[&str])] = &[
    (
        Sort::Read,
        &[
            "read",
            "readfile",
            "readfiles",
            "readmanyfiles",
            "view",
            "viewfile",
            "fsread",
            "notebookread",
            "openfile",
            "cat",
        ],
    ),
    (
        Sort::Search,
        &[
            "grep",
            "grepsearch",
            "searchfiles",
            "ripgrep",
            "searchfilecontent",
            "searchintextfiles",
            "findtextinfiles",
        ],
    ),
    (
        Sort::Command(Language::Posix),
        &[
            "bash",
            "shell",
            "runshellcommand",
            "runinterminal",
            "runterminalcommand",
            "runterminalcmd",
            "runcommand",
            "runcommands",
            "executecommand",
            "executebash",
            "exec",
            "execcommand",
            "terminal",
            "localshell",
            "sh",
            "zsh",
        ],
    ),
    (Sort::Command(Language::PowerShell), &["powershell", "pwsh"]),
    (Sort::Command(Language::Cmd), &["executecmd", "cmd"]),
    (
        Sort::Write,
        &["write", "writefile", "create", "createfile", "writetofile", "fswrite", "newfile", "savefile"],
    ),
    (
        Sort::Edit,
        &[
            "edit",
            "multiedit",
            "replace",
            "replaceinfile",
            "strreplace",
            "editfile",
            "editfiles",
            "replacestringinfile",
            "multireplacestringinfile",
            "inserteditintofile",
            "searchreplace",
            "strreplacebasededittool",
            "strreplaceeditor",
            "strreplaceeditortool",
            "insert",
        ],
    ),
    (Sort::Patch, &["applypatch", "patch", "applydiff"]),
    (Sort::Cell, &["notebookedit", "editnotebook", "editnotebookfile"]),
    (
        Sort::Quiet,
        &[
            "glob",
            "ls",
            "list",
            "listdir",
            "listdirectory",
            "listfiles",
            "todowrite",
            "todoread",
            "delete",
            "deletefile",
            "exitplanmode",
            "askuserquestion",
        ],
    ),
];

fn sort(tool: &str) -> Option<Sort> {
    let name = plain(tool);
    TOOLS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(sort, _)| *sort)
}

/// A name in lower case without anything but letters and digits.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Returns whether the name is that of a tool of an MCP server.
fn is_mcp(tool: &str) -> bool {
    ["mcp__", "mcp_", "MCP:", "@"].iter().any(|mark| tool.starts_with(mark))
}

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

/// The files that a tool of an MCP server reads, as far as its name and arguments say.
pub(super) fn reads(tool: &str, arguments: &Value) -> Vec<Reading> {
    let name = plain(tool);
    let is_read = ["read", "view", "getfile", "openfile", "cat"].iter().any(|word| name.contains(word));
    arguments.as_object().filter(|_| is_read).map(readings).unwrap_or_default()
}

/// What a tool is about to do.
pub(super) fn before(tool: &str, input: &Value) -> Event {
    // Older versions of a host send the arguments as a text.
    if let Some(text) = input.as_str()
        && let Ok(inner) = serde_json::from_str::<Value>(text)
        && inner.is_object()
    {
        return before(tool, &inner);
    }
    let as_mcp = || Event::Mcp { tool: tool.to_owned(), arguments: input.clone() };
    let Some(sort) = sort(tool).filter(|_| !is_mcp(tool)) else { return as_mcp() };
    let Some(map) = input.as_object() else {
        return match (sort, input.as_str()) {
            (Sort::Command(language), Some(line)) => Event::Command { line: line.to_owned(), language },
            (Sort::Patch, Some(text)) => Event::Write(patch::changes(text)),
            _ => as_mcp(),
        };
    };
    let event = match sort {
        Sort::Quiet => Event::Other,
        Sort::Read => Event::Read(readings(map)),
        Sort::Search => search(map),
        Sort::Command(language) => {
            let language = match text(map, &["shell"]) {
                Some("powershell" | "pwsh") => Language::PowerShell,
                Some("cmd") => Language::Cmd,
                _ => language,
            };
            match command(map) {
                Some(line) => Event::Command { line, language },
                None => as_mcp(),
            }
        }
        Sort::Write | Sort::Edit | Sort::Patch | Sort::Cell => Event::Write(writes(map)),
    };
    // Arguments under names that are not known are judged as they are.
    match event {
        Event::Read(list) if list.is_empty() => as_mcp(),
        Event::Write(list) if list.is_empty() => as_mcp(),
        event => event,
    }
}

/// What a tool gave back.
pub(super) fn after(tool: &str, input: &Value, output: &Value) -> Event {
    let path = match before(tool, input) {
        Event::Read(list) => list.into_iter().next().map(|r| r.path),
        _ => None,
    };
    // What it wrote is in its output too, and was judged before.
    match sort(tool).filter(|_| !is_mcp(tool)) {
        Some(Sort::Write | Sort::Edit | Sort::Patch | Sort::Cell | Sort::Quiet) => Event::Other,
        _ => Event::Output { value: output.clone(), path },
    }
}

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

fn readings(map: &Map<String, Value>) -> Vec<Reading> {
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
fn search(map: &Map<String, Value>) -> Event {
    let mode = text(map, &["output_mode", "outputMode"]);
    if mode.is_some_and(|mode| mode != "content") {
        return Event::Other;
    }
    let (Some(file), Some(pattern)) = (text(map, PATHS), text(map, &["pattern", "query", "regex"])) else {
        return Event::Other;
    };
    Event::Read(vec![Reading { path: path(file), part: Part::Matching(pattern.to_owned()), content: None }])
}

fn command(map: &Map<String, Value>) -> Option<String> {
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

fn writes(map: &Map<String, Value>) -> Vec<FileChange> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tools_of_every_host_are_known_by_their_names_and_arguments() {
        for (tool, input, shown) in [
            ("Read", json!({"file_path": "/a"}), "Read [/a Whole]"),
            ("Read", json!({"file_path": "/a", "offset": 3, "limit": 2}), "Read [/a Lines(3, 5)]"),
            (
                "view",
                json!({"path": "/a", "view_range": [2, -1]}),
                &format!("Read [/a Lines(2, {})]", usize::MAX),
            ),
            ("read_file", json!({"filePath": "/a", "startLine": 1, "endLine": 4}), "Read [/a Lines(1, 4)]"),
            ("read_many_files", json!({"include": ["a", "b"]}), "Read [a Whole, b Whole]"),
            ("fs_read", json!({"operations": [{"mode": "Line", "path": "/a"}]}), "Read [/a Whole]"),
            (
                "Grep",
                json!({"pattern": "x", "path": "/a", "output_mode": "content"}),
                "Read [/a Matching(\"x\")]",
            ),
            ("Grep", json!({"pattern": "x", "path": "/a", "output_mode": "count"}), "Other"),
            ("Grep", json!({"pattern": "x"}), "Other"),
            ("Bash", json!({"command": "ls"}), "Command ls"),
            ("shell", json!({"command": ["bash", "-lc", "cat a b"]}), "Command cat a b"),
            ("shell", json!({"command": ["cat", "a b"]}), "Command cat 'a b'"),
            ("run_commands", json!({"commands": ["ls", "cat a"]}), "Command ls\ncat a"),
            ("bash", json!("{\"command\": \"ls\"}"), "Command ls"),
            ("Write", json!({"file_path": "/a", "content": "x"}), "Write [/a Whole(\"x\")]"),
            (
                "fs_write",
                json!({"command": "append", "path": "/a", "new_str": "x"}),
                "Write [/a Somewhere(\"x\")]",
            ),
            (
                "NotebookEdit",
                json!({"notebook_path": "/a.ipynb", "new_source": "x"}),
                "Write [/a.ipynb Somewhere(\"x\")]",
            ),
            ("mcp__fs__write", json!({"path": "/a"}), "Mcp mcp__fs__write"),
            ("Glob", json!({"pattern": "**"}), "Other"),
            ("Read", json!({"other": 1}), "Mcp Read"),
            ("Newest", json!({}), "Mcp Newest"),
        ] {
            let is = match before(tool, &input) {
                Event::Read(list) => {
                    let list: Vec<_> =
                        list.iter().map(|r| format!("{} {:?}", r.path.display(), r.part)).collect();
                    format!("Read [{}]", list.join(", "))
                }
                Event::Write(list) => {
                    let list: Vec<_> =
                        list.iter().map(|c| format!("{} {:?}", c.path.display(), c.change)).collect();
                    format!("Write [{}]", list.join(", "))
                }
                Event::Command { line, .. } => format!("Command {line}"),
                Event::Mcp { tool, .. } => format!("Mcp {tool}"),
                Event::Other => "Other".to_owned(),
                other => format!("{other:?}"),
            };
            assert_eq!(is, shown, "{tool} {input}");
        }
    }

    #[test]
    fn edits_of_one_file_are_one_change_and_those_of_several_are_several() {
        let Event::Write(list) = before(
            "multi_replace_string_in_file",
            &json!({"explanation": "x", "replacements": [
                {"filePath": "/a", "oldString": "1", "newString": "2"},
                {"filePath": "/a", "oldString": "3", "newString": "4"},
                {"filePath": "/b", "oldString": "5", "newString": "6"}]}),
        ) else {
            panic!("no write")
        };
        let all: Vec<_> = list.iter().map(|c| c.change.applied("1 3 5")).collect();
        assert_eq!(all, ["2 4 5", "1 3 6"]);
        let codex = json!({"command": "*** Begin Patch\n*** Add File: n\n+x\n*** End Patch"});
        let Event::Write(list) = before("apply_patch", &codex) else { panic!("no write") };
        assert_eq!(list[0].change, Change::Whole("x\n".into()));
        let cline = json!({"path": "/a", "diff": "------- SEARCH\n1\n=======\n2\n+++++++ REPLACE"});
        let Event::Write(list) = before("replace_in_file", &cline) else { panic!("no write") };
        assert_eq!(list[0].change.applied("1\n"), "2\n");
    }
}
