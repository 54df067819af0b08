//! Programs that print what they read: whole, its ends, or only facts about it.

use super::turned::turned;
use crate::agent::shell::Part;
use crate::agent::shell::expand::LONGEST_GLOB;
use crate::agent::shell::flow::{Content, Field, Flow, Options};
use crate::agent::shell::machine::Machine;
use crate::agent::shell::run::Call;
use std::path::PathBuf;

/// Programs that print their files, with their options that have a value.
const PRINTERS: &[(&str, &str)] = &[
    ("cat", ""),
    ("tac", "s separator"),
    ("nl", "b d f h i l n s v w"),
    ("rev", ""),
    ("less", "b h j k o p P t T x y z"),
    ("more", "n lines"),
    ("most", ""),
    ("bat", "l r H line-range language theme style highlight-line file-name"),
    ("batcat", "l r H line-range language theme style highlight-line file-name"),
    ("view", "c"),
    ("ed", "p"),
    ("ex", "c"),
    ("vi", "c u S"),
    ("vim", "c u S"),
    ("nvim", "c u S"),
    ("pygmentize", "l f O P o"),
    ("highlight", "S O"),
    ("sort", "k o S t T key output field-separator"),
    ("uniq", "f s w"),
    ("fold", "w width"),
    ("fmt", "w width"),
    ("pr", "h l o w"),
    ("column", "t s o c"),
    ("expand", "t"),
    ("unexpand", "t"),
    ("base64", "w b i o wrap"),
    ("base32", "w wrap"),
    ("basenc", "w wrap"),
    ("uuencode", ""),
    ("xxd", "l s c g o"),
    ("od", "A j N t w S"),
    ("hexdump", "C e f n s"),
    ("hd", "n s"),
    ("strings", "n t e s"),
    ("iconv", "f t o from-code to-code output"),
    ("paste", "d delimiters"),
    ("join", "1 2 j t o a e v"),
    ("comm", ""),
    ("diff", "U C L x F I label exclude"),
    ("colordiff", "U C"),
    ("sdiff", "w o"),
    ("delta", ""),
    ("zcat", ""),
    ("bzcat", ""),
    ("xzcat", ""),
    ("zstdcat", ""),
    ("gunzip", ""),
    ("shuf", "n i o"),
    ("split", ""),
    ("shyaml", ""),
    ("csvlook", ""),
    ("glow", "w s"),
    ("pv", "N L s"),
    (
        "Get-Content",
        "Path LiteralPath TotalCount Tail Encoding Delimiter First Last Head path literalpath totalcount tail encoding first last",
    ),
    ("gc", "Path LiteralPath TotalCount Tail Encoding path"),
    ("type", ""),
    ("Format-Hex", "Path"),
    ("Import-Csv", "Path"),
];

/// Programs that print an expression's results: the first operand is not a file.
const QUERIES: &[(&str, &str)] = &[
    ("jq", "f arg argjson slurpfile rawfile indent from-file"),
    ("yq", "p o I input-format output-format indent"),
    ("gojq", "arg argjson"),
    ("dasel", "f r w file read write"),
    ("xmllint", "xpath"),
    ("toml", ""),
    ("tomlq", ""),
    ("jaq", "arg argjson"),
];

impl Machine<'_> {
    pub(super) fn filter(&mut self, call: &Call) -> Option<Flow> {
        let name = call.name.as_str();
        // A text on the command line may be a command once it is turned back.
        if let Some(text) = turned(call) {
            return Some(Flow { contents: call.stdin.contents.clone(), text: Some(text), ..Flow::default() });
        }
        let mut flow = match name {
            "head" | "tail" => self.ends(call),
            "grep" | "egrep" | "fgrep" | "zgrep" | "rg" | "ag" | "ack" | "ripgrep" | "Select-String"
            | "sls" | "findstr" => self.grep(call),
            "envsubst"
            | "vipe"
            | "Select-Object"
            | "select"
            | "Out-String"
            | "Sort-Object"
            | "Where-Object"
            | "ForEach-Object"
            | "%"
            | "Format-List"
            | "Format-Table"
            | "ConvertFrom-StringData"
            | "ConvertTo-Json"
            | "ConvertFrom-Json"
            | "Out-Host" => call.stdin.clone(),
            "sed" | "gsed" => self.sed(call),
            "awk" | "gawk" | "mawk" | "nawk" => self.awk(call),
            "cut" => self.cut(call),
            "openssl" => self.openssl(call),
            "tar" | "bsdtar" | "zip" => self.pack(call),
            // Numbers, names and checksums.
            "wc" | "sum" | "cksum" | "md5sum" | "sha1sum" | "sha224sum" | "sha256sum" | "sha384sum"
            | "sha512sum" | "b2sum" | "shasum" | "md5" | "stat" | "file" | "du" | "test" | "[" | "[["
            | "cmp" | "Measure-Object" => Flow::default(),
            "ls" | "dir" | "Get-ChildItem" | "gci" => {
                let options = Options::of(&call.args, "I w T ignore Filter Include");
                let names = options.operands.iter().filter(|o| o.known).map(|o| self.path(&o.text));
                // What PowerShell passes on has its folder.
                let with_folders = call.name == "Get-ChildItem";
                Flow {
                    names: names.filter(|path| with_folders || path.is_file()).collect(),
                    ..Flow::default()
                }
            }
            "gzip" | "pigz" | "bzip2" | "xz" | "zstd" | "lz4" => self.compress(call),
            "tr" => call.stdin.clone(),
            "diff" if Options::of(&call.args, "").has("q brief") => Flow::default(),
            "sort" | "iconv" if self.writes_output(call) => Flow::default(),
            _ => {
                if let Some((_, valued)) = PRINTERS.iter().find(|(printer, _)| *printer == name) {
                    self.print(&Options::of(&call.args, valued), &call.stdin)
                } else {
                    let (_, valued) = QUERIES.iter().find(|(query, _)| *query == name)?;
                    self.query(&Options::of(&call.args, valued), &call.stdin)
                }
            }
        };
        // What passes is changed, but for these.
        if !matches!(name, "cat" | "less" | "more" | "bat" | "pv" | "awk" | "gawk" | "mawk" | "nawk") {
            flow.text = None;
        }
        Some(flow)
    }

    /// Every file of the operands, else the input.
    fn print(&mut self, options: &Options, stdin: &Flow) -> Flow {
        let paths = options.all("Path LiteralPath path literalpath file f");
        let files: Vec<Field> = options.operands.iter().chain(paths).cloned().collect();
        self.files_or_input(&files, stdin)
    }

    pub(super) fn files_or_input(&mut self, files: &[Field], stdin: &Flow) -> Flow {
        if files.is_empty() {
            return stdin.clone();
        }
        let mut out = Flow::default();
        for file in files {
            let flow = self.read(file, stdin);
            if files.len() == 1 {
                return flow;
            }
            out.and(flow);
        }
        out
    }

    fn writes_output(&mut self, call: &Call) -> bool {
        let options = Options::of(&call.args, "k o S t T key output field-separator f from-code to-code");
        let Some(file) = options.value("o output").cloned() else { return false };
        let flow = self.files_or_input(&options.operands, &call.stdin);
        self.printed_into(&file, flow);
        true
    }

    fn query(&mut self, options: &Options, stdin: &Flow) -> Flow {
        if options.has("i inplace in-place") {
            for file in options.operands.iter().skip(1).filter(|f| f.known) {
                let path = self.path(&file.text);
                self.write(path, Flow::default(), None);
            }
            return Flow::default();
        }
        let filter = options.operands.first().map_or("", |f| f.text.trim());
        // Names and counts.
        let counts =
            ["length", "type", "has("].iter().any(|end| filter.trim_start_matches('.').ends_with(end));
        if filter.ends_with("keys") || filter.ends_with("keys[]") || counts && !filter.contains(',') {
            return Flow::default();
        }
        if options.has("n null-input") {
            let env = filter.contains("env");
            return Flow::of(if env { self.environment() } else { Vec::new() });
        }
        let mut files = options.operands.get(1..).unwrap_or_default().to_vec();
        // yq prints a file without an expression.
        if let [only] = &options.operands[..]
            && (self.path(&only.text).is_file() || options.value("xpath").is_some())
        {
            files.push(only.clone());
        }
        files.extend(options.all("f file").cloned());
        self.files_or_input(&files, stdin)
    }

    fn ends(&mut self, call: &Call) -> Flow {
        let options = Options::of(&call.args, "n c lines bytes s pid");
        let lines = options.value("n lines").map_or("10", |f| f.text.as_str()).to_owned();
        // head -5
        let short: String =
            options.flags.iter().filter(|f| f.bytes().all(|b| b.is_ascii_digit())).cloned().collect();
        let lines = if short.is_empty() { lines } else { short };
        // tail +5: from the fifth line on.
        let from = call.name == "tail" && options.operands.first().is_some_and(|o| o.text.starts_with('+'));
        let flow = self.files_or_input(&options.operands[usize::from(from)..], &call.stdin);
        let part = match (call.name.as_str(), lines.parse::<usize>()) {
            _ if from => Part::Whole,
            _ if options.value("c bytes").is_some() => Part::Whole,
            // head -n -5: all but the last five.
            ("head", Ok(n)) => Part::First(n),
            ("tail", Ok(n)) if !lines.starts_with('+') => Part::Last(n),
            ("tail", _) if lines.starts_with('-') => lines[1..].parse().map_or(Part::Whole, Part::Last),
            _ => Part::Whole,
        };
        flow.part(&part)
    }

    /// The files of variables in a folder and below it, which a recursive search or copy reads too.
    pub(super) fn environment_files(&mut self, folder: &str, globs: &[String]) -> Vec<Content> {
        // One that is too long to be compiled may match any name.
        let all = globs.is_empty() || globs.iter().any(|g| g.len() > LONGEST_GLOB);
        let globs: Vec<_> = globs
            .iter()
            .filter(|_| !all)
            .filter_map(|g| Some(globset::Glob::new(g).ok()?.compile_matcher()))
            .collect();
        let wanted = |path: &PathBuf| {
            all || path.file_name().is_some_and(|name| globs.iter().any(|g| g.is_match(name)))
        };
        let folder = self.path(folder);
        let files = self.search(&[folder], Some(".env*"), true).into_iter().filter(wanted);
        files.map(|path| Content::File(path, Part::Whole, None)).collect()
    }

    /// Prints its input or files compressed, or writes each file's compressed form beside it.
    fn compress(&mut self, call: &Call) -> Flow {
        let options = Options::of(&call.args, "T o S suffix threads");
        if options.operands.is_empty() || options.has("c stdout to-stdout") {
            return self.print(&options, &call.stdin);
        }
        if options.has("d decompress uncompress t test l list") {
            return Flow::default();
        }
        let ending = match call.name.as_str() {
            "bzip2" => "bz2",
            "zstd" => "zst",
            "gzip" | "pigz" => "gz",
            name => name,
        };
        for file in options.operands.iter().filter(|file| file.known) {
            let flow = self.read(file, &call.stdin);
            self.printed_into(&Field::known(format!("{}.{ending}", file.text)), flow);
        }
        Flow::default()
    }

    fn cut(&mut self, call: &Call) -> Flow {
        let options = Options::of(&call.args, "d f c b delimiter fields characters bytes output-delimiter");
        let delimiter = options.value("d delimiter").map_or("", |f| f.text.as_str());
        let fields = options.value("f fields").map_or("", |f| f.text.as_str());
        if matches!(delimiter, "=" | ":") && fields == "1" {
            return Flow::default();
        }
        self.files_or_input(&options.operands, &call.stdin).part(&Part::Whole)
    }

    /// Archives of files: printed, or written to be sent later. What an archive holds already is not looked into.
    fn pack(&mut self, call: &Call) -> Flow {
        let mut args = call.args.clone();
        // tar's first word needs no dash.
        if let Some(first) = args.first_mut().filter(|_| call.name != "zip")
            && first.text.bytes().all(|b| b.is_ascii_alphabetic())
        {
            first.text.insert(0, '-');
        }
        let zip = call.name == "zip";
        let options = Options::of(&args, if zip { "P x" } else { "f C T X I file directory exclude" });
        if !zip && !options.has("c create r u") {
            if options.has("x extract get") {
                let named = options.value("C directory").map(|folder| self.path(&folder.text));
                let folder = named.unwrap_or_else(|| self.dir.clone());
                self.gate_write(&folder);
            }
            return Flow::default();
        }
        let mut operands = options.operands.clone();
        let target = if zip && !operands.is_empty() {
            Some(operands.remove(0))
        } else {
            options.value("f file").cloned()
        };
        let mut flow = Flow::default();
        let base = options.value("C directory").filter(|_| !zip);
        for operand in operands.iter().filter(|o| o.known) {
            let operand = match base {
                Some(base) if base.known => Field::known(format!("{}/{}", base.text, operand.text)),
                _ => operand.clone(),
            };
            flow.add(self.file_or_folder(&operand, &call.stdin));
        }
        match target {
            Some(file) if file.text != "-" => {
                self.printed_into(&file, flow);
                Flow::default()
            }
            _ => flow,
        }
    }

    /// What a file holds; of a folder, the files of variables in it.
    pub(super) fn file_or_folder(&mut self, file: &Field, stdin: &Flow) -> Vec<Content> {
        if file.known && self.path(&file.text).is_dir() {
            return self.environment_files(&file.text, &[]);
        }
        self.read(file, stdin).contents
    }

    fn openssl(&mut self, call: &Call) -> Flow {
        let options = Options::of(
            &call.args,
            "in out inform outform passin passout pass k key inkey certfile name subj days config CAfile CA CAkey newkey keyout servername connect",
        );
        let command = options.operands.first().map_or("", |f| f.text.as_str()).to_owned();
        let input = options.value("in").cloned();
        let flow = match &input {
            Some(file) => self.read(file, &call.stdin),
            None => call.stdin.clone(),
        };
        if command == "s_client" {
            let host =
                options.value("connect").map(|f| f.text.split(':').next().unwrap_or_default().to_owned());
            self.sends(host, flow.contents);
            return Flow::default();
        }
        let private = matches!(
            command.as_str(),
            "rsa" | "pkey" | "ec" | "dsa" | "pkcs12" | "pkcs8" | "enc" | "base64" | "smime" | "cms"
        );
        if let Some(file) = options.value("out").cloned() {
            self.printed_into(&file, flow);
            return Flow::default();
        }
        let public = ["-noout", "-pubout", "-text_pub", "-check"];
        if !private || call.args.iter().any(|a| public.contains(&a.text.as_str())) {
            return Flow::default();
        }
        flow
    }
}
