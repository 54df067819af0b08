//! Programs that print the lines which a pattern or script selects: grep, sed, awk.

use crate::agent::shell::Part;
use crate::agent::shell::flow::{Content, Field, Flow, Options, compiled};
use crate::agent::shell::machine::Machine;
use crate::agent::shell::run::Call;

impl Machine<'_> {
    pub(super) fn grep(&mut self, call: &Call) -> Flow {
        const VALUED: &str = "e f A B C m d D g t T E regexp file max-count context after-context before-context label \
             include exclude exclude-dir glob iglob type type-not color colour colors max-depth Pattern Path";
        let rg = !call.name.ends_with("grep");
        let valued = if rg { VALUED.to_owned() } else { VALUED.replace(" g t T E", "") };
        let options = Options::of(&call.args, &valued);
        let mut operands = options.operands.clone();
        let mut patterns: Vec<Field> = options.all("e regexp Pattern").cloned().collect();
        if patterns.is_empty() && options.value("f file").is_none() && !operands.is_empty() {
            patterns.push(operands.remove(0));
        }
        operands.extend(options.all("Path").cloned());
        let quiet = options.has("q quiet silent c count");
        let lists = options.has("l files-with-matches files L files-without-match");
        let known = patterns.len() == 1 && patterns[0].known && options.value("f file").is_none();
        let context = options.value("A B C context after-context before-context").is_some();
        let plain = options.has("v invert-match null-data z") || context || call.name == "zgrep" && rg;
        let part = match patterns.first() {
            Some(pattern) if known && !plain => {
                let fixed = options.has("F fixed-strings") || call.name == "fgrep";
                let extended = rg || options.has("E P extended-regexp perl-regexp") || call.name == "egrep";
                let regex = match (fixed, extended) {
                    (true, _) => regex::escape(&pattern.text),
                    (false, true) => pattern.text.clone(),
                    (false, false) => from_basic(&pattern.text),
                };
                // ripgrep ignores case with -S for a pattern in small letters.
                let any_case = options.has("i y ignore-case S smart-case") || rg && call.name != "rg";
                let regex = if any_case { format!("(?i){regex}") } else { regex };
                if compiled(&regex).is_some() { Part::Matching(regex) } else { Part::Whole }
            }
            _ => Part::Whole,
        };
        let (folders, files): (Vec<Field>, Vec<Field>) =
            operands.into_iter().partition(|o| o.known && self.path(&o.text).is_dir());
        if lists {
            let names = files.iter().filter(|f| f.known).map(|f| self.path(&f.text)).collect();
            return Flow { names, ..Flow::default() };
        }
        if quiet || options.has("o only-matching") && patterns.iter().all(|p| names_only(&p.text)) {
            return Flow::default();
        }
        let recursive = rg && call.name != "findstr" || options.has("r R recursive dereference-recursive");
        let mut out =
            if files.is_empty() && (recursive || !folders.is_empty()) && call.stdin.contents.is_empty() {
                Flow::default()
            } else {
                self.files_or_input(&files, &call.stdin)
            };
        if recursive {
            let hidden = !rg || options.has("hidden uu unrestricted no-ignore u");
            let globs = options.all("include g glob iglob").map(|g| g.text.clone()).collect::<Vec<_>>();
            let here = if folders.is_empty() && files.is_empty() { vec![Field::known(".")] } else { folders };
            for folder in here.iter().filter(|_| hidden) {
                let found = self.environment_files(&folder.text, &globs);
                out.add(found);
            }
        }
        out.part(&part)
    }

    pub(super) fn sed(&mut self, call: &Call) -> Flow {
        let options = Options::of(&call.args, "e f l expression file line-length");
        let mut files = options.operands.clone();
        let mut scripts: Vec<Field> = options.all("e expression").cloned().collect();
        if scripts.is_empty() && options.value("f file").is_none() && !files.is_empty() {
            scripts.push(files.remove(0));
        }
        // -i, -i.bak, --in-place=.bak
        let in_place = call.args.iter().any(|a| {
            a.text.starts_with("--in-place")
                || a.text.starts_with('-')
                    && !a.text.starts_with("--")
                    && !a.text.starts_with("-e")
                    && a.text.contains('i')
        });
        if in_place {
            for file in files.iter().filter(|f| f.known && !f.text.is_empty()) {
                let path = self.path(&file.text);
                self.write(path, Flow::default(), None);
            }
            return Flow::default();
        }
        for script in &scripts {
            self.sed_commands(&script.text);
        }
        let flow = self.files_or_input(&files, &call.stdin);
        let [script] = &scripts[..] else { return flow };
        let text = script.text.trim();
        let substitutes = text.strip_prefix("s").and_then(|rest| {
            let mark = rest.chars().next()?;
            rest[mark.len_utf8()..].split(mark).next().map(str::to_owned)
        });
        if substitutes.is_some_and(|pattern| names_are_left(&pattern)) {
            return Flow::default();
        }
        let quiet = options.has("n quiet silent");
        match lines_of(text).filter(|_| quiet) {
            Some(part) => flow.part(&part),
            None => flow,
        }
    }

    /// Commands of a sed script that write a file (`w FILE`) or run a command (`e COMMAND`).
    fn sed_commands(&mut self, script: &str) {
        if !self.work(script.len() / 4) {
            return;
        }
        for part in script.split([';', '\n', '{', '}']) {
            let address = |c: char| c.is_ascii_digit() || matches!(c, '$' | ',' | '~' | '!' | ' ');
            let plain = part.trim_start_matches(address);
            // The flags of a substitution come behind its last mark.
            let flags =
                plain.rsplit('/').next().unwrap_or_default().trim_start_matches(['g', 'p', 'I', 'i', 'm']);
            for command in [plain, flags] {
                if let Some(file) = command.strip_prefix("w ") {
                    let path = self.path(file.trim());
                    self.write(path, Flow::default(), None);
                } else if let Some(line) = command.strip_prefix("e ") {
                    self.gate_only(line);
                }
            }
        }
    }

    pub(super) fn awk(&mut self, call: &Call) -> Flow {
        let options = Options::of(&call.args, "F v f field-separator assign file");
        let mut files = options.operands.clone();
        let script = match options.value("f file") {
            None if !files.is_empty() => files.remove(0),
            _ => Field::default(),
        };
        files.retain(|f| !f.text.contains('=') || self.path(&f.text).is_file());
        let separator = options.value("F field-separator").map_or("", |f| f.text.as_str());
        let compact: String = script.text.split_whitespace().collect();
        if separator == "=" && matches!(compact.as_str(), "{print$1}" | "/=/{print$1}" | "!/^#/{print$1}") {
            return Flow::default();
        }
        if compact.contains("system(") || compact.contains("|\"") || compact.contains("\"|") {
            for literal in script.text.split('"').skip(1).step_by(2) {
                self.gate_only(literal);
            }
        }
        // print > "FILE"
        for part in script.text.split('>').skip(1) {
            let file =
                part.trim_start_matches(['>', ' ']).strip_prefix('"').and_then(|rest| rest.split('"').next());
            if let Some(file) = file {
                let path = self.path(file);
                self.write(path, Flow::default(), None);
            }
        }
        // BEGIN { print "TEXT" }
        if let ["BEGIN{print", text, "}"] = compact.split('"').collect::<Vec<_>>()[..]
            && !text.is_empty()
            && let Some(text) = script.text.split('"').nth(1)
        {
            return Flow::text(format!("{text}\n"));
        }
        let mut flow = if compact.starts_with("BEGIN{") && !compact.contains("}{") && files.is_empty() {
            Flow::default()
        } else {
            self.files_or_input(&files, &call.stdin)
        };
        flow.text = None;
        if compact.contains("ENVIRON") {
            let names = between(&script.text, "ENVIRON[\"", "\"]");
            if names.is_empty() {
                flow.add(self.environment());
            }
            flow.add(names.into_iter().map(Content::Variable));
        }
        // /pattern/ alone, or with a print.
        let matching = script.text.trim().strip_prefix('/').and_then(|rest| rest.split_once('/'));
        match matching {
            Some((pattern, _)) if compiled(pattern).is_some() => {
                flow.part(&Part::Matching(pattern.to_owned()))
            }
            _ => flow,
        }
    }
}

/// What a pattern of basic regular expressions means, as an extended one.
fn from_basic(pattern: &str) -> String {
    let mut out = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c @ ('|' | '(' | ')' | '{' | '}' | '+' | '?')) => out.push(c),
                Some(c) => out.extend(['\\', c]),
                None => out.push_str("\\\\"),
            },
            '|' | '(' | ')' | '{' | '}' | '+' | '?' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// True if a pattern can match the name of a variable and not its value: `^[A-Z_]+`, `^[^=]*`.
fn names_only(pattern: &str) -> bool {
    let Some(rest) = pattern.strip_prefix('^') else { return false };
    let rest = rest.strip_prefix('[').and_then(|r| r.split_once(']'));
    rest.is_some_and(|(class, after)| {
        let names = class == "^=" || class.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        names && matches!(after, "*" | "+" | "\\+" | "*=" | "+=" | "\\+=")
    })
}

/// True if a substitution of this pattern leaves the names of variables alone: `=.*`.
fn names_are_left(pattern: &str) -> bool {
    matches!(pattern, "=.*" | "=.*$" | "=.\\+" | "=.+" | "=[^=]*$" | "[=:].*" | "\\(=\\).*" | "(=).*")
}

/// The part that a quiet sed script prints: `5p`, `1,20p`, `/re/p`.
fn lines_of(script: &str) -> Option<Part> {
    let address = script.trim_end_matches(';').strip_suffix('p')?.trim();
    if let Some(pattern) = address.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
        let pattern = from_basic(pattern);
        return (!pattern.contains('/') && compiled(&pattern).is_some()).then_some(Part::Matching(pattern));
    }
    match address.split_once(',') {
        Some((from, to)) => {
            let from = from.trim().parse().ok()?;
            let to = match to.trim() {
                "$" => usize::MAX,
                to => match to.strip_prefix('+') {
                    Some(more) => more.parse::<usize>().ok()?.saturating_add(from),
                    None => to.parse().ok()?,
                },
            };
            Some(Part::Lines(from, to))
        }
        None if address == "$" => Some(Part::Last(1)),
        None => address.parse().ok().map(|n| Part::Lines(n, n)),
    }
}

/// The texts between two marks.
pub(super) fn between(text: &str, open: &str, close: &str) -> Vec<String> {
    text.split(open).skip(1).filter_map(|rest| Some(rest.split_once(close)?.0.to_owned())).collect()
}
