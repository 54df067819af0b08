//! Command lines of PowerShell and cmd.exe, as scripts of the same kind: pipes, words, redirections, variables.
//!
//! What only these languages have (objects, blocks, loops) is not followed; the caller goes by the output.

mod words;

use super::ast::{Assign, Kind, Op, Piece, Pipeline, Redirect, Script, Stage, Value, Word};
use super::flow::Flow;
use super::machine::{Machine, PROGRAM};
use super::parse::{STAGE, TOO_DEEP, Why, after_separator, check_length, spend};

/// Nesting of substitutions.
const DEPTH: u8 = 16;

/// Names in small letters that have another form in the tables.
const NAMES: &[(&str, &str)] = &[
    ("cat", "Get-Content"),
    ("type", "Get-Content"),
    ("gc", "Get-Content"),
    ("get-content", "Get-Content"),
    ("select-string", "Select-String"),
    ("sls", "Select-String"),
    ("set-content", "Set-Content"),
    ("add-content", "Add-Content"),
    ("out-file", "Out-File"),
    ("tee-object", "Tee-Object"),
    ("write-output", "Write-Output"),
    ("write-host", "Write-Host"),
    ("echo", "echo"),
    ("copy-item", "Copy-Item"),
    ("move-item", "Move-Item"),
    ("remove-item", "Remove-Item"),
    ("ri", "Remove-Item"),
    ("rename-item", "Rename-Item"),
    ("rni", "Rename-Item"),
    ("clear-content", "Clear-Content"),
    ("clc", "Clear-Content"),
    ("new-item", "New-Item"),
    ("ni", "New-Item"),
    ("set-item", "Set-Item"),
    ("si", "Set-Item"),
    ("get-item", "Get-Item"),
    ("gi", "Get-Item"),
    ("resolve-path", "Get-Item"),
    ("join-path", "Join-Path"),
    ("expand-archive", "Expand-Archive"),
    ("export-csv", "Export-Csv"),
    ("epcsv", "Export-Csv"),
    ("export-clixml", "Export-Csv"),
    ("start-transcript", "Start-Transcript"),
    ("ac", "Add-Content"),
    ("cpi", "Copy-Item"),
    ("mi", "Move-Item"),
    ("rm", "Remove-Item"),
    ("start-process", "Start-Process"),
    ("saps", "Start-Process"),
    ("set-location", "Set-Location"),
    ("get-childitem", "Get-ChildItem"),
    ("gci", "Get-ChildItem"),
    ("invoke-webrequest", "Invoke-WebRequest"),
    ("invoke-restmethod", "Invoke-RestMethod"),
    ("iwr", "Invoke-WebRequest"),
    ("irm", "Invoke-RestMethod"),
    ("invoke-expression", "Invoke-Expression"),
    ("iex", "Invoke-Expression"),
    ("import-csv", "Import-Csv"),
    ("format-hex", "Format-Hex"),
    ("measure-object", "Measure-Object"),
    ("copy", "copy"),
    ("move", "move"),
    ("del", "del"),
    ("erase", "erase"),
    ("findstr", "findstr"),
    ("more", "more"),
];

impl Machine<'_> {
    pub(super) fn powershell(&mut self, text: &str, stdin: &Flow) -> Flow {
        self.windows(text, true, stdin)
    }

    pub(super) fn cmd(&mut self, text: &str, stdin: &Flow) -> Flow {
        self.windows(text, false, stdin)
    }

    fn windows(&mut self, text: &str, powershell: bool, stdin: &Flow) -> Flow {
        let (mut out, mut rest) = (Flow::text(String::new()), text);
        while self.work(PROGRAM + rest.len() / 16) {
            let mut reader = Reader { text: rest, at: 0, powershell, depth: 0, begun: 0, left: self.left };
            let mut script = Script::default();
            let ended = check_length(rest).and_then(|()| reader.commands(&mut script)).and_then(|()| {
                if reader.rest().is_empty() { Ok(()) } else { Err("the command does not parse") }
            });
            self.left = reader.left;
            out.and(self.deeper(|m| m.script_with(&script, stdin)));
            let Err(why) = ended else { break };
            self.fault(why);
            out.text = None;
            rest = after_separator(rest, reader.begun);
        }
        out
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    powershell: bool,
    depth: u8,
    /// Where the last command of the text itself begins.
    begun: usize,
    /// Units of work that are left.
    left: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, what: &str) -> bool {
        let found = self.rest().starts_with(what);
        self.at += if found { what.len() } else { 0 };
        found
    }

    fn blanks(&mut self) {
        loop {
            let rest = self.rest();
            let skipped = rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
            self.at += skipped;
            if self.powershell && self.rest().starts_with('#') {
                let rest = self.rest();
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if skipped == 0 {
                return;
            }
        }
    }

    fn script(&mut self) -> Result<Script, Why> {
        let mut out = Script::default();
        self.commands(&mut out)?;
        Ok(out)
    }

    /// The same; what stands before a fault is in `out`.
    fn commands(&mut self, out: &mut Script) -> Result<(), Why> {
        if self.depth >= DEPTH {
            return Err(TOO_DEEP);
        }
        self.depth += 1;
        loop {
            self.blanks();
            if self.eat("\n")
                || self.eat("&&")
                || self.eat("||")
                || self.powershell && self.eat(";")
                || !self.powershell && self.eat("&")
            {
                continue;
            }
            if self.rest().is_empty() || self.rest().starts_with([')', '}']) {
                self.depth -= 1;
                return Ok(());
            }
            if self.depth == 1 {
                self.begun = self.at;
            }
            out.0.push(self.pipeline()?);
        }
    }

    fn pipeline(&mut self) -> Result<Pipeline, Why> {
        let mut out = Pipeline::default();
        loop {
            out.0.push(self.stage()?);
            self.blanks();
            if self.rest().starts_with("||") || !self.eat("|") {
                return Ok(out);
            }
            self.blanks();
        }
    }

    fn stage(&mut self) -> Result<Stage, Why> {
        spend(&mut self.left, STAGE)?;
        let start = self.at;
        let (mut words, mut redirects) = (Vec::<Word>::new(), Vec::new());
        // Behind the call operator the first word is a program, quoted or not.
        let called = self.powershell && (self.eat("& ") || self.eat(". "));
        self.eat("@");
        loop {
            self.blanks();
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            match self.word()? {
                Some(word) => words.push(word),
                None => break,
            }
        }
        if self.at == start {
            return Err("the command does not parse");
        }
        Ok(Stage { kind: self.simple(words, called), redirects })
    }

    fn simple(&self, mut words: Vec<Word>, called: bool) -> Kind {
        if self.powershell
            && let Some(assign) = self.assignment(&words)
        {
            return Kind::Simple { assigns: vec![assign], words: Vec::new() };
        }
        join_sums(&mut words);
        if self.powershell
            && !called
            && let Some(deleted) = deleted(&words)
        {
            words = deleted;
        }
        if self.powershell
            && words.first().and_then(Word::bare).is_some_and(|n| n.eq_ignore_ascii_case("new-object"))
        {
            words = new_object(&words[1..]);
        }
        // A value alone is printed.
        let value = |word: &Word| {
            matches!(&word.0[..], [Piece::Variable { .. } | Piece::Command(..), ..] | [Piece::Quoted(_), ..])
        };
        if self.powershell && !called && words.first().is_some_and(value) {
            words.insert(0, Word::text("echo"));
        }
        if let Some(name) = words.first().and_then(Word::bare) {
            let lower = name.to_ascii_lowercase();
            let lower = lower.strip_suffix(".exe").unwrap_or(&lower);
            let known = NAMES.iter().find(|(small, _)| *small == lower).map(|(_, name)| *name);
            // cmd has `set NAME=VALUE`; alone it prints all variables, as `dir env:` does.
            let name = match (lower, self.powershell) {
                ("set", false) if has_equals(&words[1..]) => "export",
                ("set", false) if words.len() > 1 => "printenv",
                ("dir" | "ls" | "gci" | "get-childitem", true) if is_env(&words[1..]) => "printenv",
                ("get-item" | "get-itemproperty", true) if is_env(&words[1..]) => "printenv",
                ("ls" | "dir", true) => "Get-ChildItem",
                ("move" | "more" | "type", false) if known == Some("Get-Content") => "type",
                _ => known.unwrap_or(lower),
            };
            words[0] = Word::text(name);
            if name == "printenv" && self.powershell {
                words.truncate(1);
            }
            // cmd's options begin with a slash.
            if !self.powershell {
                let option = |t: &str| t.len() <= 3 && t.starts_with('/') && !matches!(t, "/c" | "/C" | "/k");
                words.retain(|w| !w.bare().is_some_and(option));
            }
        }
        Kind::Simple { assigns: Vec::new(), words }
    }

    /// `$env:NAME = VALUE`, `$name = COMMAND`, with or without blanks.
    fn assignment(&self, words: &[Word]) -> Option<Assign> {
        let [Piece::Variable { name, .. }, first @ ..] = &words.first()?.0[..] else { return None };
        let mut pieces: Vec<Piece> = first.to_vec();
        let mut rest = words[1..].to_vec();
        if pieces.is_empty() {
            pieces = rest.first()?.0.clone();
            rest.remove(0);
        }
        let Some(Piece::Bare(equals)) = pieces.first_mut() else { return None };
        *equals = equals.strip_prefix('=')?.to_owned();
        pieces.retain(|p| !matches!(p, Piece::Bare(text) if text.is_empty()));
        if !pieces.is_empty() {
            rest.insert(0, Word(pieces));
        }
        let command =
            rest.first().and_then(Word::bare).is_some_and(|text| text.starts_with(char::is_alphabetic));
        let value = if command {
            let stage = Stage { kind: self.simple(rest, false), redirects: Vec::new() };
            Word(vec![Piece::command(Script(vec![Pipeline(vec![stage])]), true)])
        } else {
            Word(rest.into_iter().flat_map(|w| w.0).collect())
        };
        Some(Assign { name: name.clone(), value: Value::One(value) })
    }

    fn redirect(&mut self) -> Result<Option<Redirect>, Why> {
        let start = self.at;
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let fd = self.rest()[..digits].parse().ok();
        self.at += digits;
        if self.powershell && digits == 0 {
            self.eat("*");
        }
        let op = if self.eat(">>") {
            Op::Append
        } else if self.eat(">") {
            Op::Out
        } else if !self.powershell && self.eat("<") {
            Op::In
        } else {
            self.at = start;
            return Ok(None);
        };
        if self.eat("&") {
            let copied = self.next().map(String::from).unwrap_or_default();
            return Ok(Some(Redirect { fd, op: Op::Copy, target: Word::text(&copied) }));
        }
        self.blanks();
        let Some(target) = self.word()? else { return Err("a redirection has no target") };
        let nowhere = match &target.0[..] {
            [Piece::Bare(name)] => name.eq_ignore_ascii_case("nul"),
            [Piece::Variable { name, .. }] => name.eq_ignore_ascii_case("null"),
            _ => false,
        };
        let target = if nowhere { Word::text("/dev/null") } else { target };
        Ok(Some(Redirect { fd, op, target }))
    }
}

/// Puts the words around a plus together: the parts of one value.
fn join_sums(words: &mut Vec<Word>) {
    let is_value = |word: &Word| !matches!(word.0.first(), None | Some(Piece::Bare(_)));
    while let Some(at) = words.windows(3).position(|w| w[1].bare() == Some("+") && is_value(&w[0])) {
        let rest = words.drain(at + 1..at + 3).next_back().unwrap_or_default();
        words[at].0.extend(rest.0);
    }
}

/// `(Get-Item FILE).Delete()` as the removal that it is.
fn deleted(words: &[Word]) -> Option<Vec<Word>> {
    let [Piece::Command(inner, _), Piece::Bare(method), ..] = &words.first()?.0[..] else { return None };
    let method = method.to_ascii_lowercase();
    [".delete", ".moveto"].contains(&method.as_str()).then_some(())?;
    let Kind::Simple { words, .. } = &inner.0.0.first()?.0.first()?.kind else { return None };
    Some([&[Word::text("Remove-Item")], words.get(1..)?].concat())
}

/// `New-Object CLASS(...)` and `New-Object CLASS ARGUMENTS` as the call of the class's `new`.
fn new_object(words: &[Word]) -> Vec<Word> {
    let is_option = |w: &&Word| !w.bare().is_some_and(|text| text.starts_with('-'));
    let mut rest = words.iter().filter(is_option);
    let mut class = rest.next().cloned().unwrap_or_default();
    let Some(Piece::Bare(name)) = class.0.first() else { return vec![Word::text("New-Object")] };
    let name = name.to_ascii_lowercase();
    let name = format!("{}::new", name.strip_prefix("system.").unwrap_or(&name));
    let mut out = vec![Word::text(&name)];
    class.0.remove(0);
    if !class.0.is_empty() {
        out.push(class);
    }
    out.extend(rest.cloned());
    out
}

/// The call of a static method as a program with arguments: `[IO.File]::Delete('x')`.
fn static_call(method: &str, body: Script) -> Piece {
    let name = method.to_ascii_lowercase().replacen("[system.", "[", 1);
    let name = name.replacen(['[', ']'], "", 2);
    let first = body.0.into_iter().next().and_then(|pipeline| pipeline.0.into_iter().next());
    let mut words = vec![Word::text(&name)];
    if let Some(Stage { kind: Kind::Simple { words: given, .. }, .. }) = first {
        // A value alone was read as one that is printed.
        let printed = usize::from(given.first() == Some(&Word::text("echo")));
        words.extend(given.into_iter().skip(printed));
    }
    let stage = Stage { kind: Kind::Simple { assigns: Vec::new(), words }, redirects: Vec::new() };
    Piece::command(Script(vec![Pipeline(vec![stage])]), true)
}

/// True if an operand is the drive of the environment.
fn is_env(words: &[Word]) -> bool {
    words.iter().filter_map(Word::bare).any(|text| text.to_ascii_lowercase().starts_with("env:"))
}

fn has_equals(words: &[Word]) -> bool {
    words
        .iter()
        .any(|w| w.0.iter().any(|p| matches!(p, Piece::Bare(t) | Piece::Quoted(t) if t.contains('='))))
}
