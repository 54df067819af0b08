//! Words become arguments: variables, substitutions, braces, tildes and globs.

use super::Act;
use super::ast::{Piece, Word};
use super::braces::braces;
use super::flow::{Content, Field, Flow};
use super::machine::{ARGUMENT, Machine};
use crate::finding::plain_path;
use globset::GlobBuilder;
use std::ops::Range;
use std::path::PathBuf;

/// Files that a glob may become, and names that a command's output may become.
const FIELDS: usize = 256;
/// Most bytes of a glob that is compiled: the longest path on most systems. A far longer one does not compile.
pub(super) const LONGEST_GLOB: usize = 4096;
/// Units of work for compiling a glob, and for each byte of it.
const GLOB: usize = 300;

/// A word that is being put together.
#[derive(Debug, Clone)]
struct Draft {
    field: Field,
    /// The parts of the text that are quoted.
    quotes: Vec<Range<usize>>,
    globs: bool,
    /// True if a quote makes it a word even without text.
    quoted: bool,
}

impl Draft {
    fn new() -> Draft {
        Draft { field: Field::known(""), quotes: Vec::new(), globs: false, quoted: false }
    }

    fn push(&mut self, text: &str, quoted: bool) {
        let start = self.field.text.len();
        self.field.text.push_str(text);
        if quoted && !text.is_empty() {
            self.quotes.push(start..self.field.text.len());
        } else {
            self.globs |= text.contains(['*', '?', '[']);
        }
        self.quoted |= quoted;
    }

    fn carry(&mut self, value: &Field) {
        self.field.known &= value.known;
        self.field.carries.extend(value.carries.iter().cloned());
    }

    /// The text with the glob characters of its quoted parts escaped.
    fn pattern(&self) -> String {
        let (mut out, mut from) = (String::new(), 0);
        for part in &self.quotes {
            out.push_str(&self.field.text[from..part.start]);
            out.push_str(&globset::escape(&self.field.text[part.clone()]));
            from = part.end;
        }
        out + &self.field.text[from..]
    }
}

impl Machine<'_> {
    /// The arguments that words become.
    pub(super) fn fields(&mut self, words: &[Word]) -> Vec<Field> {
        let mut out = Vec::new();
        for word in words {
            let Some(braced) = braces(word) else {
                self.limit("its braces make too many words");
                return out;
            };
            if !self.work(4 * braced.len()) {
                return out;
            }
            for word in braced.iter() {
                for draft in self.drafts(word, true) {
                    if !self.work(ARGUMENT) {
                        return out;
                    }
                    let nothing =
                        draft.field.text.is_empty() && draft.field.known && draft.field.carries.is_empty();
                    // The program `[` is not one.
                    let globs = draft.globs && draft.field.text.contains(['*', '?', ']']);
                    let found = if globs { self.glob(&draft.pattern()) } else { Vec::new() };
                    if !found.is_empty() {
                        out.extend(found.into_iter().map(Field::known));
                    } else if draft.quoted || !nothing {
                        out.push(draft.field);
                    }
                }
            }
        }
        out
    }

    /// The one text of a word that is neither split nor globbed: a value, a document, a redirection's target.
    pub(super) fn field(&mut self, word: &Word) -> Field {
        let mut drafts = self.drafts(word, false).into_iter().map(|d| d.field);
        let mut out = drafts.next().unwrap_or_default();
        for field in drafts {
            out.text.push(' ');
            out.text.push_str(&field.text);
            out.known &= field.known;
            out.carries.extend(field.carries);
        }
        out
    }

    fn drafts(&mut self, word: &Word, split: bool) -> Vec<Draft> {
        let mut out = Vec::new();
        let mut last = Draft::new();
        for (at, piece) in word.0.iter().enumerate() {
            let (values, quoted) = match piece {
                Piece::Quoted(text) => {
                    self.work(1 + text.len() / 16);
                    last.push(text, true);
                    continue;
                }
                Piece::Bare(text) => {
                    self.work(1 + text.len() / 16);
                    let text = if at == 0 { self.tilde(text) } else { text.clone() };
                    last.push(&text, false);
                    continue;
                }
                Piece::Opaque => (vec![Field::default()], true),
                Piece::Variable { name, exact, else_, quoted } => {
                    (self.variable(name, *exact, else_.as_ref()), *quoted)
                }
                Piece::Command(script, quoted) => {
                    let flow = self.captured(&script.0);
                    (substituted(flow), *quoted)
                }
                Piece::Process(script, true) => {
                    let flow = self.captured(&script.0);
                    (vec![Field::known(self.pipe(flow))], true)
                }
                Piece::Process(script, false) => {
                    self.script_with(&script.0, &Flow::default());
                    (vec![Field::known("/dev/null")], true)
                }
            };
            for (n, value) in values.into_iter().enumerate() {
                let splits = split && !quoted;
                let words: Vec<&str> =
                    if splits { value.text.split_whitespace().collect() } else { vec![&value.text] };
                if !self.work(1 + value.text.len() / 8 + words.len() * (2 + 2 * value.carries.len())) {
                    return Vec::new();
                }
                let next =
                    |last: &mut Draft, out: &mut Vec<Draft>| out.push(std::mem::replace(last, Draft::new()));
                if n > 0 {
                    next(&mut last, &mut out);
                }
                let blank = |c: Option<char>| splits && c.is_some_and(char::is_whitespace);
                if blank(value.text.chars().next()) && !last.field.text.is_empty() {
                    next(&mut last, &mut out);
                }
                for (n, word) in words.iter().enumerate() {
                    if n > 0 {
                        next(&mut last, &mut out);
                    }
                    last.push(word, quoted);
                    last.carry(&value);
                }
                if words.is_empty() {
                    last.carry(&value);
                } else if blank(value.text.chars().next_back()) {
                    next(&mut last, &mut out);
                }
            }
        }
        out.push(last);
        out
    }

    fn tilde(&self, text: &str) -> String {
        let rest = text.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'));
        match rest.zip(self.place.home) {
            Some((rest, home)) => format!("{}{rest}", home.display()),
            None => text.to_owned(),
        }
    }

    fn variable(&mut self, name: &str, exact: bool, else_: Option<&Word>) -> Vec<Field> {
        if let Some(values) = self.variables.get(name) {
            let mut values = values.clone();
            values.iter_mut().for_each(|v| v.known &= exact);
            return values;
        }
        let special = name.bytes().all(|b| !b.is_ascii_alphabetic() && b != b'_');
        if special {
            return vec![Field::default()];
        }
        if name == "PWD" {
            return vec![Field::known(self.dir.display().to_string())];
        }
        let mut carries = vec![Content::Variable(name.to_owned())];
        // A file that the shell has read may define it.
        carries.extend(self.definitions(name));
        let looked_up = match name {
            "HOME" => self.place.home.map(|home| home.display().to_string()),
            _ => (self.place.variable)(name),
        };
        let text = match (looked_up, else_) {
            (Some(text), _) => Some(text),
            (None, Some(word)) => {
                let mut other = self.field(word);
                other.carries.append(&mut carries);
                return vec![other];
            }
            (None, None) => None,
        };
        vec![Field { known: exact && text.is_some(), text: text.unwrap_or_default(), carries }]
    }

    /// The absolute path of a name.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        plain_path(&self.dir.join(name))
    }

    /// The files that a glob matches, as they would be written.
    fn glob(&mut self, pattern: &str) -> Vec<String> {
        if pattern.len() > LONGEST_GLOB {
            self.unknown("a glob is too long");
            return Vec::new();
        }
        let (folder, rest) = match pattern.find(['*', '?', '[']) {
            Some(at) => pattern.split_at(pattern[..at].rfind('/').map_or(0, |slash| slash + 1)),
            None => return Vec::new(),
        };
        let mut found = vec![folder.replace('\\', "")];
        for (at, part) in rest.split('/').enumerate() {
            if !self.work(GLOB + 10 * part.len()) {
                return Vec::new();
            }
            let hidden = part.starts_with('.');
            let Ok(glob) = GlobBuilder::new(part).backslash_escape(true).build() else { return Vec::new() };
            let glob = glob.compile_matcher();
            let mut next = Vec::new();
            for base in &found {
                let base = if at > 0 { format!("{base}/") } else { base.clone() };
                let entries = std::fs::read_dir(self.path(if base.is_empty() { "." } else { &base }));
                let mut names: Vec<String> = entries
                    .into_iter()
                    .flatten()
                    .take_while(|_| self.entry())
                    .filter_map(|e| e.ok()?.file_name().into_string().ok())
                    .filter(|name| (hidden || !name.starts_with('.')) && glob.is_match(name))
                    .collect();
                names.sort_unstable();
                next.extend(names.into_iter().map(|name| format!("{base}{name}")));
            }
            if next.len() > FIELDS {
                self.unknown("a glob matches too many files");
                next.truncate(FIELDS);
            }
            found = next;
            if found.is_empty() {
                break;
            }
        }
        found
    }

    /// Reports that a command is not understood whole.
    pub(super) fn unknown(&mut self, why: &'static str) {
        self.act(Act::Unknown { why });
    }
}

/// What a command's output becomes.
fn substituted(flow: Flow) -> Vec<Field> {
    let carries = flow.contents;
    if !flow.names.is_empty() {
        let named = |path: &PathBuf| Field {
            text: path.display().to_string(),
            known: true,
            carries: carries.clone(),
        };
        return flow.names.iter().take(FIELDS).map(named).collect();
    }
    let known = flow.text.is_some();
    let text = flow.text.unwrap_or_default().trim_end_matches('\n').to_owned();
    vec![Field { text, known, carries }]
}
