//! Command lines of PowerShell and cmd.exe, as scripts of the same kind: pipes, words, redirections, variables.
//!
//! What only these languages have (objects, blocks, loops) is not followed; the caller goes by the output.

use super::ast::{Assign, Kind, Op, Piece, Pipeline, Redirect, Script, ScriptPiece, Stage, Value, Word};
use super::flow::Flow;
use super::machine::Machine;
use super::parse::Why;

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
        let mut reader = Reader { text, at: 0, powershell, depth: 0 };
        let script = reader.script();
        match script {
            Ok(script) if reader.at >= text.len() => self.deeper(|m| m.script_with(&script, stdin)),
            Ok(_) => {
                self.unknown("the command does not parse");
                Flow::default()
            }
            Err(why) => {
                self.unknown(why);
                Flow::default()
            }
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    powershell: bool,
    depth: u8,
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
        if self.depth >= DEPTH {
            return Err("the command is nested too deep");
        }
        self.depth += 1;
        let mut out = Script::default();
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
                return Ok(out);
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
        let start = self.at;
        let (mut words, mut redirects) = (Vec::<Word>::new(), Vec::new());
        // The call operator.
        // Behind it the first word is a program, quoted or not.
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
        // A value alone is printed.
        let value = |word: &Word| {
            matches!(&word.0[..], [Piece::Variable { .. } | Piece::Command(..), ..] | [Piece::Quoted(_), ..])
        };
        if self.powershell && !called && words.first().is_some_and(value) {
            words.insert(0, Word::text("echo"));
        }
        if let Some(first) = words.first_mut()
            && let [Piece::Bare(name)] = &first.0[..]
        {
            let lower = name.to_ascii_lowercase();
            let lower = lower.strip_suffix(".exe").unwrap_or(&lower);
            let known = NAMES.iter().find(|(small, _)| *small == lower).map(|(_, name)| *name);
            // cmd has `set NAME=VALUE`; alone it prints all variables, as `dir env:` does.
            let name = match (lower, self.powershell) {
                ("set", false) if has_equals(&words[1..]) => "export",
                ("set", false) if words.len() > 1 => "printenv",
                ("dir" | "ls" | "gci" | "get-childitem", true) if is_env(&words[1..]) => "printenv",
                ("get-item" | "get-itemproperty", true) if is_env(&words[1..]) => "printenv",
                ("move" | "more" | "type", false) if known == Some("Get-Content") => "type",
                _ => known.unwrap_or(lower),
            };
            words[0] = Word::text(name);
            if name == "printenv" && self.powershell {
                words.truncate(1);
            }
            // cmd's options begin with a slash.
            if !self.powershell {
                words.retain(|w| !matches!(&w.0[..], [Piece::Bare(t)] if t.len() <= 3 && t.starts_with('/') && !matches!(t.as_str(), "/c" | "/C" | "/k")));
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
        let command = matches!(rest.first().map(|w| &w.0[..]), Some([Piece::Bare(text)]) if text.starts_with(|c: char| c.is_alphabetic()));
        let value = if command {
            let stage = Stage { kind: self.simple(rest, false), redirects: Vec::new() };
            Word(vec![Piece::Command(Box::new(ScriptPiece(Script(vec![Pipeline(vec![stage])]))), true)])
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
        let Some(mut target) = self.word()? else { return Err("a redirection has no target") };
        if let [Piece::Bare(name)] = &target.0[..]
            && name.eq_ignore_ascii_case("nul")
        {
            target = Word::text("/dev/null");
        }
        if let [Piece::Variable { name, .. }] = &target.0[..]
            && name.eq_ignore_ascii_case("null")
        {
            target = Word::text("/dev/null");
        }
        Ok(Some(Redirect { fd, op, target }))
    }

    fn word(&mut self) -> Result<Option<Word>, Why> {
        let (start, mut pieces, mut bare) = (self.at, Vec::new(), String::new());
        while let Some(c) = self.rest().chars().next() {
            let piece = match c {
                ' ' | '\t' | '\r' | '\n' | '|' | '>' | ')' | '}' => break,
                ';' | ',' if self.powershell && self.at == start => {
                    if c == ';' {
                        break;
                    }
                    self.at += 1;
                    return self.after_comma();
                }
                ';' | ',' if self.powershell => break,
                '&' | '<' if !self.powershell => break,
                '&' if self.rest().starts_with("&&") => break,
                '\'' if self.powershell => {
                    self.at += 1;
                    let mut text = String::new();
                    loop {
                        match self.next() {
                            Some('\'') if self.eat("'") => text.push('\''),
                            Some('\'') => break,
                            Some(c) => text.push(c),
                            None => return Err("a quote is not closed"),
                        }
                    }
                    Piece::Quoted(text)
                }
                '"' => {
                    self.at += 1;
                    flush(&mut bare, &mut pieces);
                    pieces.push(Piece::Quoted(String::new()));
                    self.double(&mut pieces)?;
                    continue;
                }
                '`' if self.powershell => {
                    self.at += 1;
                    match self.next() {
                        Some('\n') | None => continue,
                        Some(c) => Piece::Quoted(c.to_string()),
                    }
                }
                '^' if !self.powershell => {
                    self.at += 1;
                    match self.next() {
                        Some('\n') | None => continue,
                        Some(c) => Piece::Quoted(c.to_string()),
                    }
                }
                '$' if self.powershell => match self.dollar()? {
                    Some(piece) => piece,
                    None => {
                        bare.push('$');
                        continue;
                    }
                },
                '%' if !self.powershell => match self.percent() {
                    Some(piece) => piece,
                    None => {
                        self.at += 1;
                        bare.push('%');
                        continue;
                    }
                },
                '(' | '{' => {
                    self.at += 1;
                    let body = self.script()?;
                    if !self.eat(if c == '(' { ")" } else { "}" }) {
                        return Err("a bracket is not closed");
                    }
                    Piece::Command(Box::new(ScriptPiece(body)), true)
                }
                '\\' => {
                    self.at += 1;
                    bare.push('/');
                    continue;
                }
                c => {
                    self.at += c.len_utf8();
                    bare.push(c);
                    continue;
                }
            };
            flush(&mut bare, &mut pieces);
            pieces.push(piece);
            // `(Get-Content FILE).Length`, `(Get-Content FILE)[0]`: the value goes on.
        }
        flush(&mut bare, &mut pieces);
        Ok((self.at > start).then_some(Word(pieces)))
    }

    /// The word behind a comma of a list.
    fn after_comma(&mut self) -> Result<Option<Word>, Why> {
        self.blanks();
        self.word()
    }

    fn double(&mut self, pieces: &mut Vec<Piece>) -> Result<(), Why> {
        let mut text = String::new();
        loop {
            match self.rest().chars().next() {
                None => return Err("a quote is not closed"),
                Some('"') => {
                    self.at += 1;
                    if self.powershell && self.eat("\"") {
                        text.push('"');
                        continue;
                    }
                    if !text.is_empty() {
                        pieces.push(Piece::Quoted(text));
                    }
                    return Ok(());
                }
                Some('`') if self.powershell => {
                    self.at += 1;
                    text.extend(self.next());
                }
                Some('$') if self.powershell => match self.dollar()? {
                    Some(piece) => {
                        if !text.is_empty() {
                            pieces.push(Piece::Quoted(std::mem::take(&mut text)));
                        }
                        pieces.push(piece);
                    }
                    None => text.push('$'),
                },
                Some('%') if !self.powershell => match self.percent() {
                    Some(piece) => {
                        if !text.is_empty() {
                            pieces.push(Piece::Quoted(std::mem::take(&mut text)));
                        }
                        pieces.push(piece);
                    }
                    None => {
                        self.at += 1;
                        text.push('%');
                    }
                },
                // A path's separator.
                Some('\\') => {
                    self.at += 1;
                    text.push('/');
                }
                Some(c) => {
                    self.at += c.len_utf8();
                    text.push(c);
                }
            }
        }
    }

    /// `$name`, `$env:NAME`, `${env:NAME}`, `$(...)`; moves past the dollar sign alone if it is text.
    fn dollar(&mut self) -> Result<Option<Piece>, Why> {
        self.at += 1;
        if self.eat("(") {
            let body = self.script()?;
            if !self.eat(")") {
                return Err("a bracket is not closed");
            }
            return Ok(Some(Piece::Command(Box::new(ScriptPiece(body)), true)));
        }
        let braced = self.eat("{");
        let rest = self.rest();
        let end =
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':').unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        if name.is_empty() {
            return Ok(None);
        }
        self.at += end;
        if braced {
            self.eat("}");
        }
        let plain =
            name.split_once(':').filter(|(scope, _)| scope.eq_ignore_ascii_case("env")).map(|(_, name)| name);
        let name = plain.unwrap_or(&name).to_owned();
        Ok(Some(Piece::Variable { name, quoted: true, exact: true, else_: None }))
    }

    /// `%NAME%`.
    fn percent(&mut self) -> Option<Piece> {
        let rest = &self.rest()[1..];
        let name = &rest[..rest.find('%')?];
        let valid = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let name = valid.then(|| name.to_owned())?;
        self.at += name.len() + 2;
        Some(Piece::Variable { name, quoted: true, exact: true, else_: None })
    }
}

/// True if an operand is the drive of the environment.
fn is_env(words: &[Word]) -> bool {
    words
        .iter()
        .any(|w| matches!(&w.0[..], [Piece::Bare(text)] if text.to_ascii_lowercase().starts_with("env:")))
}

fn has_equals(words: &[Word]) -> bool {
    words
        .iter()
        .any(|w| w.0.iter().any(|p| matches!(p, Piece::Bare(t) | Piece::Quoted(t) if t.contains('='))))
}

fn flush(bare: &mut String, pieces: &mut Vec<Piece>) {
    if !bare.is_empty() {
        pieces.push(Piece::Bare(std::mem::take(bare)));
    }
}
