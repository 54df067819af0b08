//! Which tool of a host does what: one table of names for all hosts.
//!
//! A tool that is not in the table is judged by what it is given, as a tool of an MCP server is.

mod arguments;

use super::event::{Event, Reading};
use super::patch;
use super::shell::Language;
use arguments::{command, language, readings, search, writes};
use serde_json::Value;

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
            "editor",
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
        Sort::Search => search(map).map_or(Event::Other, |reading| Event::Read(vec![reading])),
        Sort::Command(usual) => match command(map) {
            Some(line) => Event::Command { line, language: language(map).unwrap_or(usual) },
            None => as_mcp(),
        },
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::event::Change;
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
            ("read_files", json!({"files": [{"path": "a"}, {"path": "b"}]}), "Read [a Whole, b Whole]"),
            ("editor", json!({"path": "/a", "new_text": "x"}), "Write [/a Somewhere(\"x\")]"),
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
        let all: Vec<_> = list.iter().map(|c| c.change.applied("1 3 5", 99).unwrap()).collect();
        assert_eq!(all, ["2 4 5", "1 3 6"]);
        let codex = json!({"command": "*** Begin Patch\n*** Add File: n\n+x\n*** End Patch"});
        let Event::Write(list) = before("apply_patch", &codex) else { panic!("no write") };
        assert_eq!(list[0].change, Change::Whole("x\n".into()));
        let cline = json!({"path": "/a", "diff": "------- SEARCH\n1\n=======\n2\n+++++++ REPLACE"});
        let Event::Write(list) = before("replace_in_file", &cline) else { panic!("no write") };
        assert_eq!(list[0].change.applied("1\n", 99).as_deref(), Some("2\n"));
    }
}
