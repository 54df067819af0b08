//! Programs that find files, or hand names of files to a command: xargs, find, fd.

use super::wrappers::after_options;
use crate::agent::shell::expand::LONGEST_GLOB;
use crate::agent::shell::flow::{Field, Flow, Options};
use crate::agent::shell::machine::{Machine, PROGRAM};
use crate::agent::shell::run::Call;
use crate::sort;
use std::path::{Path, PathBuf};

/// Files that a search hands on.
const FILES: usize = 256;

impl Machine<'_> {
    pub(super) fn xargs(&mut self, args: &[Field], stdin: &Flow) -> Flow {
        const VALUED: &str = "a d E I L n P s arg-file delimiter max-args max-procs replace j";
        let options = Options::of(args, VALUED);
        let mut command = after_options(args, VALUED);
        let from = options.value("a arg-file").map(|file| self.read(file, stdin));
        let stdin = from.as_ref().unwrap_or(stdin);
        let mut given: Vec<Field> =
            stdin.names.iter().map(|path| Field::known(path.display().to_string())).collect();
        if let Some(text) = &stdin.text {
            if !self.work(text.len() / 2) {
                return Flow::default();
            }
            given.extend(text.split_whitespace().map(Field::known));
        }
        if given.is_empty() {
            given.push(Field { carries: stdin.contents.clone(), ..Field::default() });
        }
        let mark = options.value("I replace").map_or("{}", |f| f.text.as_str());
        if command.is_empty() {
            command.push(Field::known("echo"));
        }
        let replaced = replace(&command, mark, &given);
        let command = match replaced {
            Some(command) => command,
            None => [command, given].concat(),
        };
        self.run(&command, Flow::default())
    }

    /// find and fd: the names that they print, and the commands that they run.
    pub(super) fn find(&mut self, call: &Call) -> Flow {
        let args = &call.args;
        let runs = args.iter().position(|a| {
            matches!(
                a.text.as_str(),
                "-exec" | "-execdir" | "-ok" | "-okdir" | "-x" | "-X" | "--exec" | "--exec-batch"
            )
        });
        let conditions = &args[..runs.unwrap_or(args.len())];
        let names = if call.name == "find" { self.found(conditions) } else { self.found_by_fd(conditions) };
        let Some(at) = runs else {
            let deletes = args.iter().any(|a| a.text == "-delete");
            if deletes {
                names.iter().for_each(|path| self.gate_remove(path));
            }
            return Flow { names, ..Flow::default() };
        };
        let end = args[at + 1..].iter().position(|a| matches!(a.text.as_str(), ";" | "+"));
        let mut command = args[at + 1..end.map_or(args.len(), |end| at + 1 + end)].to_vec();
        let given: Vec<Field> = names.iter().map(|path| Field::known(path.display().to_string())).collect();
        if call.name != "find" && !command.iter().any(|w| w.text.contains("{}")) {
            command.push(Field::known("{}"));
        }
        if given.is_empty() {
            // What the command goes around counts without a file.
            return self.run(&command, Flow::default());
        }
        let once = end.is_some_and(|end| args[at + 1 + end].text == "+") || args[at].text == "-X";
        if once {
            let command = replace(&command, "{}", &given).unwrap_or(command);
            return self.run(&command, Flow::default());
        }
        let mut out = Flow::default();
        for one in &given {
            if self.ended() {
                break;
            }
            let command =
                replace(&command, "{}", std::slice::from_ref(one)).unwrap_or_else(|| command.clone());
            out.and(self.run(&command, Flow::default()));
        }
        out
    }

    fn found(&mut self, conditions: &[Field]) -> Vec<PathBuf> {
        let starts = conditions.iter().take_while(|a| !a.text.starts_with(['-', '(', '!']));
        let mut starts: Vec<PathBuf> = starts.map(|a| self.path(&a.text)).collect();
        if starts.is_empty() {
            starts.push(self.dir.clone());
        }
        let value = |names: &[&str]| {
            let at = conditions.iter().position(|a| names.contains(&a.text.as_str()))?;
            conditions.get(at + 1).map(|a| a.text.clone())
        };
        let name = value(&["-name", "-iname"]);
        let path = value(&["-path", "-wholename", "-ipath"]);
        let folders = value(&["-type"]).is_some_and(|t| t == "d");
        if folders {
            return Vec::new();
        }
        self.search(&starts, name.as_deref().or(path.as_deref()), true)
    }

    fn found_by_fd(&mut self, conditions: &[Field]) -> Vec<PathBuf> {
        let options = Options::of(conditions, "e E t d x extension exclude type max-depth glob");
        let hidden = options.has("H hidden u unrestricted");
        let operands = &options.operands;
        let starts: Vec<PathBuf> = match operands.get(1..) {
            Some(rest @ [_, ..]) => rest.iter().map(|a| self.path(&a.text)).collect(),
            _ => vec![self.dir.clone()],
        };
        let pattern =
            operands.first().map(|p| format!("*{}*", p.text.trim_matches(['^', '$']).replace('\\', "")));
        self.search(&starts, pattern.as_deref(), hidden)
    }

    /// Files under folders whose name, or path, matches a glob; bounded in depth and number.
    pub(super) fn search(&mut self, starts: &[PathBuf], pattern: Option<&str>, hidden: bool) -> Vec<PathBuf> {
        if !self.work(PROGRAM + 10 * pattern.map_or(0, str::len).min(LONGEST_GLOB)) {
            return Vec::new();
        }
        // One that is too long to be compiled may match any name.
        let pattern = pattern.filter(|p| p.len() <= LONGEST_GLOB);
        let glob = pattern.map(|p| globset::GlobBuilder::new(p).case_insensitive(true).build());
        let glob = match glob {
            Some(Ok(glob)) => Some(glob.compile_matcher()),
            Some(Err(_)) => return Vec::new(),
            None => None,
        };
        let whole = pattern.is_some_and(|p| p.contains('/'));
        let matches = |path: &Path| match &glob {
            Some(glob) if whole => glob.is_match(path),
            Some(glob) => path.file_name().is_some_and(|name| glob.is_match(name)),
            None => true,
        };
        let mut out = Vec::new();
        let mut todo: Vec<(PathBuf, u8)> = starts.iter().map(|start| (start.clone(), 0)).collect();
        while let Some((folder, depth)) = todo.pop() {
            if folder.is_file() && matches(&folder) {
                out.push(folder);
                continue;
            }
            let mut entries: Vec<_> = std::fs::read_dir(&folder)
                .into_iter()
                .flatten()
                .filter_map(Result::ok)
                .take_while(|_| self.entry())
                .collect();
            sort::by_key(&mut entries, std::fs::DirEntry::file_name);
            for entry in entries {
                if out.len() >= FILES {
                    self.unknown("a search finds too many files");
                    return out;
                }
                let (path, name) = (entry.path(), entry.file_name());
                let name = name.to_string_lossy();
                if !hidden && name.starts_with('.') {
                    continue;
                }
                match entry.file_type() {
                    Ok(kind)
                        if kind.is_dir()
                            && depth < 6
                            && !matches!(&*name, ".git" | "node_modules" | "target" | ".venv" | "vendor") =>
                    {
                        todo.push((path, depth + 1));
                    }
                    Ok(kind) if kind.is_file() && matches(&path) => out.push(path),
                    _ => {}
                }
            }
        }
        out
    }
}

/// The words with `mark` replaced by what is given, each once; `None` if no word has the mark.
fn replace(command: &[Field], mark: &str, given: &[Field]) -> Option<Vec<Field>> {
    if mark.is_empty() || !command.iter().any(|word| word.text.contains(mark)) {
        return None;
    }
    let mut out = Vec::new();
    for word in command {
        if !word.text.contains(mark) {
            out.push(word.clone());
            continue;
        }
        for value in given {
            let mut carries = word.carries.clone();
            carries.extend(value.carries.iter().cloned());
            let text = word.text.replace(mark, &value.text);
            out.push(Field { text, known: word.known && value.known, carries });
        }
    }
    Some(out)
}
