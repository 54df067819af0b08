//! What only PowerShell has: cmdlets for files and variables with parameters that may be cut short, and static methods
//! of .NET (`[IO.File]::WriteAllText(...)`, which the reader hands on as the program `io.file::writealltext`).

use crate::agent::shell::flow::{Field, Flow, Options, joined};
use crate::agent::shell::machine::Machine;
use crate::agent::shell::run::Call;

/// Parameters in small letters, and the name that the tables have for them.
const PARAMETERS: &[(&str, &str)] = &[
    ("path", "Path"),
    ("literalpath", "Path"),
    ("pspath", "Path"),
    ("filepath", "FilePath"),
    ("value", "Value"),
    ("destinationpath", "Destination"),
    ("outfile", "OutFile"),
    ("name", "Name"),
];
/// Fewest letters of a parameter that is cut short.
const SHORTEST: usize = 2;

impl Machine<'_> {
    pub(super) fn cmdlet(&mut self, call: &Call) -> Option<Flow> {
        if let Some((class, method)) = call.name.split_once("::") {
            return Some(self.static_method(class, method, call));
        }
        let args = &call.args;
        match call.name.as_str() {
            "Get-Item" => {
                let options = Options::of(args, "Path");
                let names = options.named().filter(|f| f.known).map(|f| self.path(&f.text)).collect();
                Some(Flow { names, ..Flow::default() })
            }
            "Join-Path" => {
                let options = Options::of(args, "Path ChildPath childpath");
                let parts: Vec<&str> = options
                    .named()
                    .chain(options.all("ChildPath childpath"))
                    .map(|f| f.text.as_str())
                    .collect();
                Some(Flow::text(parts.join("/")))
            }
            "Set-Item" | "New-Item" | "Set-Content" | "Add-Content" if self.sets_variable(call) => {
                Some(Flow::default())
            }
            "New-Item" | "Set-Item" => {
                let options = Options::of(args, "Path Name Value ItemType Target itemtype target type");
                let mut path = options.named().next()?.clone();
                if let Some(name) = options.value("Name") {
                    path.text = format!("{}/{}", path.text, name.text);
                }
                let value = options.value("Value");
                let flow = Flow {
                    contents: value.map(|v| v.carries.clone()).unwrap_or_default(),
                    text: value.filter(|v| v.known).map(|v| v.text.clone()),
                    ..Flow::default()
                };
                self.printed_into(&path, flow);
                Some(Flow::default())
            }
            "Expand-Archive" => {
                let options = Options::of(args, "Path Destination");
                let folder =
                    options.value("Destination").or(options.operands.get(1)).map(|f| self.path(&f.text));
                let folder = folder.unwrap_or_else(|| self.dir.clone());
                self.gate_write(&folder);
                Some(Flow::default())
            }
            "Export-Csv" | "Start-Transcript" => {
                let file = Options::of(args, "Path Delimiter Encoding").named().next()?.clone();
                self.printed_into(&file, call.stdin.clone());
                Some(Flow::default())
            }
            "Invoke-WebRequest" | "Invoke-RestMethod" => {
                let file = Options::of(args, "OutFile").value("OutFile").filter(|f| f.known).cloned();
                if let Some(file) = file {
                    let path = self.path(&file.text);
                    self.write(path, Flow::default(), None);
                }
                None
            }
            _ => None,
        }
    }

    /// `Set-Item Env:NAME VALUE` and its kind.
    fn sets_variable(&mut self, call: &Call) -> bool {
        let options = Options::of(&call.args, "Path Name Value");
        let Some(path) = options.named().next() else { return false };
        let Some((drive, name)) = path.text.split_once(':') else { return false };
        let name = name.trim_start_matches('/');
        let name = if name.is_empty() { options.value("Name").map_or("", |n| n.text.as_str()) } else { name };
        let is_env = drive.eq_ignore_ascii_case("env");
        if is_env {
            let value = options.value("Value").or(options.operands.get(1)).cloned().unwrap_or_default();
            self.assign(name, value);
        }
        is_env
    }

    fn static_method(&mut self, class: &str, method: &str, call: &Call) -> Flow {
        let args = &call.args;
        let Some(first) = args.first() else {
            let all = (class, method) == ("environment", "getenvironmentvariables");
            return Flow::of(if all { self.environment() } else { Vec::new() });
        };
        let second = args.get(1);
        let path = self.path(&first.text);
        match (class, method) {
            ("io.file", m) if m.starts_with("read") || matches!(m, "openread" | "opentext") => {
                return self.read(first, &Flow::default());
            }
            ("io.file" | "io.directory", "delete") => self.gate_remove(&path),
            ("io.file" | "io.directory", "move" | "replace") => {
                self.gate_remove(&path);
                if let Some(to) = second {
                    self.copy(std::slice::from_ref(first), to);
                }
            }
            ("io.file", "copy") => {
                if let Some(to) = second {
                    self.copy(std::slice::from_ref(first), to);
                }
            }
            ("io.file", m) if m.starts_with("write") || m.starts_with("append") => {
                let text = second.filter(|v| v.known).map(|v| v.text.clone());
                let contents = second.map(|v| v.carries.clone()).unwrap_or_default();
                self.printed_into(first, Flow { contents, text, ..Flow::default() });
            }
            ("io.file", "exists" | "getattributes") => {}
            ("io.file" | "io.streamwriter" | "io.filestream", _) => self.printed_into(first, Flow::default()),
            ("io.streamreader", _) => return self.read(first, &Flow::default()),
            ("io.path", "combine" | "join") => {
                let parts: Vec<&str> = args.iter().map(|f| f.text.as_str()).collect();
                return Flow::text(parts.join("/"));
            }
            ("io.path", _) => return Flow::text(first.text.clone()),
            ("environment", "setenvironmentvariable") => {
                self.assign(&first.text, second.cloned().unwrap_or_default());
            }
            ("environment", "getenvironmentvariable") => return self.printenv(&args[..1]),
            ("diagnostics.process", "start") => return self.powershell(&joined(args), &Flow::default()),
            ("scriptblock", "create") => return self.powershell(&first.text, &Flow::default()),
            ("convert", "frombase64string") => {
                let bytes = data_encoding::BASE64.decode(first.text.as_bytes()).unwrap_or_default();
                let contents = first.carries.clone();
                return Flow { contents, text: text_of(&bytes), ..Flow::default() };
            }
            // `[Text.Encoding]::UTF8.GetString(...)` and what else passes its argument on.
            _ => {
                return Flow {
                    contents: Machine::carried(args),
                    text: first.known.then(|| first.text.clone()),
                    ..Flow::default()
                };
            }
        }
        Flow::default()
    }

    /// The command of `powershell -EncodedCommand`.
    pub(super) fn encoded_command(&mut self, value: &Field, stdin: &Flow) -> Flow {
        let bytes = data_encoding::BASE64.decode(value.text.as_bytes()).unwrap_or_default();
        match text_of(&bytes) {
            Some(text) => self.powershell(&text, stdin),
            None => {
                self.unknown("the text that a shell runs is not known");
                Flow::default()
            }
        }
    }
}

/// Bytes as text: UTF-16 if every second byte is zero, as in most of it, else UTF-8.
fn text_of(bytes: &[u8]) -> Option<String> {
    let units = bytes.as_chunks::<2>().0;
    let wide = !units.is_empty() && units.iter().filter(|u| u[1] == 0).count() * 2 > units.len();
    if wide {
        return String::from_utf16(&units.iter().map(|u| u16::from_le_bytes(*u)).collect::<Vec<_>>()).ok();
    }
    String::from_utf8(bytes.to_vec()).ok()
}

/// The arguments with their parameters as the tables have them: `-pat:x` is `-Path x`. Other programs keep theirs.
pub(super) fn named_parameters(name: &str, args: &[Field]) -> Option<Vec<Field>> {
    let is_cmdlet = name.starts_with(|c: char| c.is_ascii_uppercase()) && name.contains('-');
    if !is_cmdlet {
        return None;
    }
    let mut out = Vec::new();
    for arg in args {
        let flag = arg.text.strip_prefix('-').unwrap_or_default();
        let (flag, value) = flag.split_once(':').map_or((flag, None), |(flag, value)| (flag, Some(value)));
        let lower = flag.to_ascii_lowercase();
        let known = PARAMETERS.iter().find(|(full, _)| lower.len() >= SHORTEST && full.starts_with(&lower));
        let Some((_, known)) = known else {
            out.push(arg.clone());
            continue;
        };
        out.push(Field::known(format!("-{known}")));
        out.extend(value.map(|value| Field { text: value.to_owned(), ..arg.clone() }));
    }
    Some(out)
}
