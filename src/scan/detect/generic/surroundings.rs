//! Evidence from a value's place: the file, the line, the form of the assignment, the neighbours.

use super::neighbours::{
    REACH, code_end, is_key_of_pair, is_listed, line_of, only_names_a_connection, repeats_neighbour,
};
use super::{path, value};
use crate::finding::evidence_in_words;
use crate::scan::extract::assign::{Assignment, Form};
use crate::scan::scope::TextInfo;
use crate::text::docstring;
use crate::text::lang::{Lang, without_backup};
use crate::text::line;
use crate::text::word_set::{Lookout, WordSet};
use std::cell::{OnceCell, RefCell, RefMut};
use std::ops::Range;

/// Facts about a whole text, computed once per text, however many values it has.
#[derive(Debug)]
pub(in crate::scan) struct Surroundings<'a> {
    lang: Lang,
    path: &'a [u8],
    /// The class of the path, computed for the first value: few texts have one.
    class: OnceCell<Option<&'static str>>,
    docstrings: OnceCell<Vec<Range<usize>>>,
    log: OnceCell<bool>,
    test_words: Lookout,
    example_words: Lookout,
    challenges: Lookout,
    shown_nonces: Lookout,
    users: Lookout,
    known: RefCell<value::Known>,
}

impl<'a> Surroundings<'a> {
    pub(in crate::scan) fn new(scope: &TextInfo<'a>) -> Surroundings<'a> {
        Surroundings {
            lang: scope.lang,
            path: scope.path,
            class: OnceCell::new(),
            docstrings: OnceCell::new(),
            log: OnceCell::new(),
            test_words: Lookout::new(&TEST_WORDS),
            example_words: Lookout::new(&EXAMPLE_WORDS),
            challenges: Lookout::new(&CHALLENGES),
            shown_nonces: Lookout::new(&SHOWN_NONCES),
            users: Lookout::new(&USERS),
            known: RefCell::default(),
        }
    }

    /// The forms of the values that were last scored.
    pub(super) fn known_values(&self) -> RefMut<'_, value::Known> {
        self.known.borrow_mut()
    }

    /// The class of the path; in classified paths secrets are less likely real.
    fn class(&self) -> Option<&'static str> {
        *self.class.get_or_init(|| path::class(self.path))
    }

    /// The class of the path in words: "stands in documentation".
    pub(in crate::scan) fn described(&self) -> &'static str {
        evidence_in_words(self.class().unwrap_or_default())
    }

    /// Returns whether the path says that values in the file are probably not real secrets.
    pub(in crate::scan) fn is_test_or_example_path(&self) -> bool {
        self.class().is_some_and(|class| class != path::CI)
    }

    /// Returns whether the file is part of a test.
    pub(in crate::scan) fn is_test(&self) -> bool {
        self.class() == Some(path::TEST)
    }

    /// Returns whether the file is a test of a package that others wrote.
    pub(in crate::scan) fn is_test_of_others(&self) -> bool {
        self.is_test() && path::is_test_of_others(self.path)
    }

    /// Returns whether the file lists versions and their checksums.
    pub(in crate::scan) fn is_lock(&self) -> bool {
        self.class() == Some("path-lock")
    }

    /// Returns whether the file records requests and answers.
    pub(in crate::scan) fn is_recording(&self) -> bool {
        self.class() == Some(path::RECORDING)
    }

    /// Returns whether the file is documentation.
    pub(in crate::scan) fn is_documentation(&self) -> bool {
        self.class() == Some(path::DOCUMENTATION)
    }

    /// Returns whether the file is part of a manual, and no note: in a folder of documentation, or in a format of manuals.
    pub(in crate::scan) fn is_manual(&self) -> bool {
        self.is_documentation() && path::is_manual(self.path)
    }

    /// Returns whether the file explains what is in its folder.
    pub(in crate::scan) fn is_readme(&self) -> bool {
        let name = self.path.rsplit(|b| *b == b'/').next().unwrap_or_default();
        name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"readme"))
    }

    /// Returns whether the file is an API Blueprint or an RFC: requests and answers that show what each call looks like.
    pub(in crate::scan) fn is_api_description(&self) -> bool {
        let path = without_backup(self.path);
        let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
        path.ends_with(b".apib")
            || matches!(name, [b'r', b'f', b'c', b'0'..=b'9', ..] if self.is_documentation())
    }

    /// Returns whether the file is a program, in which a bare word is a variable.
    pub(in crate::scan) fn is_program(&self) -> bool {
        self.lang.is_program()
    }

    /// Returns whether the file is Rust, which has tests in the files that they test.
    pub(in crate::scan) fn is_rust(&self) -> bool {
        self.lang == Lang::Rust
    }

    /// Returns whether the file is a script or a style of a page, which bundlers write too.
    pub(in crate::scan) fn is_script(&self) -> bool {
        [&b".js"[..], b".mjs", b".cjs", b".css"].iter().any(|end| self.path.ends_with(end))
    }

    /// Returns whether the text is a log: lines that start with a time.
    pub(in crate::scan) fn is_log(&self, text: &[u8]) -> bool {
        let may_be = self.lang == Lang::Other || self.path.ends_with(b".txt");
        may_be && *self.log.get_or_init(|| is_log(text))
    }

    /// Returns whether `at` is in a docstring of a Python file.
    pub(in crate::scan) fn in_docstring(&self, text: &[u8], at: usize) -> bool {
        Lang::of_path(self.path) == Lang::Python && self.is_in_docstring(text, at)
    }

    fn is_in_docstring(&self, text: &[u8], at: usize) -> bool {
        docstring::contain(self.docstrings.get_or_init(|| docstring::docstrings(text)), at)
    }

    /// Returns whether this is in use whatever the word "default" says: the password of a service's first user
    /// (`RABBITMQ_DEFAULT_PASS`), `os.environ.setdefault("NAME", "v")`.
    fn is_set(&self, text: &[u8], found: &Assignment) -> bool {
        let is_first = |name: &[u8]| memchr::memmem::find(name, b"_DEFAULT_PASS").is_some();
        !self.is_program() && is_first(&text[found.name.clone()])
            || text[..found.name.start.saturating_sub(1)].ends_with(b"environ.setdefault(")
    }

    /// Returns whether the line is the `default` of a Terraform variable, which is in use unless somebody sets another.
    fn is_variable(&self, line: &[u8]) -> bool {
        self.lang == Lang::Terraform
            && line
                .trim_ascii_start()
                .strip_prefix(b"default")
                .is_some_and(|rest| matches!(rest, [b' ' | b'=', ..]))
    }

    /// Returns whether a program has the value in a comment; other texts have no code around comments.
    pub(super) fn is_in_comment(&self, text: &[u8], found: &Assignment) -> bool {
        !self.lang.is_program() || line::is_comment(&text[line_of(text, found.value.start)], &COMMENTS)
    }

    /// Evidence from the language and the form, which is cheap.
    pub(super) fn first_evidence(&self, found: &Assignment, out: &mut Vec<&'static str>) {
        out.extend([language(self.lang), form(found)]);
        out.extend((!found.quoted).then_some("bare"));
        out.extend(found.line_level.then_some("own-line"));
    }

    /// The rest of the evidence from the file, the line and the form.
    pub(super) fn evidence(&self, text: &[u8], found: &Assignment, out: &mut Vec<&'static str>) {
        out.extend(self.class());
        let line = line_of(text, found.value.start);
        if line.len() > REACH {
            out.push("line-long");
        }
        if line::is_comment(&text[line.clone()], &COMMENTS) {
            out.push("line-comment");
        }
        if self.lang == Lang::Python {
            out.extend(self.is_in_docstring(text, found.value.start).then_some("in-docstring"));
        }
        let says = |words: &Lookout| words.is_in(text, line.clone());
        if says(&self.test_words) && TEST_WORDS.is_in(&text[line.start..code_end(text, found, line.end)]) {
            out.push("line-test");
        }
        if says(&self.example_words)
            && !self.is_variable(&text[line.clone()])
            && !self.is_set(text, found)
            && !only_names_a_connection(&text[line.clone()], &EXAMPLE_WORDS)
        {
            out.push("line-example");
        }
        if says(&self.challenges) {
            out.push("line-challenge");
        }
        if out.contains(&"name-nonce") && says(&self.shown_nonces) {
            out.push("line-shows-nonce");
        }
        if out.contains(&"shape-uuid") && is_listed(text, found) {
            out.push("line-listed");
        }
        out.extend(via(text, found));
        // What follows a program's argument are other arguments.
        let argument = out.contains(&"argument") && !found.quoted;
        out.extend(after(text, found).filter(|_| !argument));
        // The table around a key says what it opens.
        let is_drawn = out.contains(&"name-explicit") && out.contains(&"value-random");
        if !is_drawn && is_key_of_pair(text, found) {
            out.push("key-of-pair");
        }
        if text[..found.name.start].ends_with(b"${") {
            out.push("in-default");
        }
        let around = found.name.start.min(found.value.start).saturating_sub(160)..found.value.end + 120;
        if repeats_neighbour(text, &found.name, &found.value) {
            out.push("value-repeats");
        } else if self.users.is_in(text, around.start..around.end.min(text.len())) {
            out.push("near-user");
        }
    }
}

/// Bytes of a text that are searched to recognise a log.
const LOG_HEAD: usize = 16 << 10;
/// Lines with a time from which a text is a log.
const LOG_LINES: usize = 8;

/// Returns whether lines start with a time, as in a log: `12:04:31 `, `2018-06-23T10:44:36Z `, `[23/Jun/2018:`,
/// `0.241 `.
fn is_log(text: &[u8]) -> bool {
    let head = &text[..text.len().min(LOG_HEAD)];
    let times = head.split(|b| *b == b'\n').filter(|line| begins_with_time(line));
    times.take(LOG_LINES).count() == LOG_LINES
}

pub(in crate::scan) fn begins_with_time(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"[").unwrap_or(line);
    let stamp = &line[..line.iter().take_while(|b| !matches!(b, b' ' | b']' | b'\t')).count()];
    let digits = stamp.iter().filter(|b| b.is_ascii_digit()).count();
    let count = |sign: u8| stamp.iter().filter(|b| **b == sign).count();
    let marks: usize = b":-/.,".iter().map(|sign| count(*sign)).sum();
    let others = stamp.len() - digits - marks;
    // `10.0.3.11` is an address, `10,40` are minutes of a timetable.
    let is_address = count(b'.') == 3 && digits + 3 == stamp.len();
    stamp.first().is_some_and(u8::is_ascii_digit)
        && !is_address
        && marks > count(b',')
        && stamp.len() < line.len()
        && (2..=33).contains(&digits)
        // `T`, `Z`, the name of a month.
        && others <= 4
}

fn language(lang: Lang) -> &'static str {
    match lang {
        lang if lang.is_settings() => "in-config",
        Lang::Json => "in-json",
        Lang::Markdown => "in-docs",
        Lang::Html | Lang::Xml => "in-markup",
        Lang::Shell | Lang::PowerShell => "in-shell",
        Lang::Sql => "in-sql",
        Lang::Other => "in-other",
        _ => "in-code",
    }
}

fn form(found: &Assignment) -> &'static str {
    match found.form {
        Form::Equals => "form-equals",
        Form::Colon => "form-colon",
        Form::Arrow => "form-arrow",
        Form::Compare => "form-compare",
        Form::Call => "form-call",
        Form::Pair => "form-pair",
        Form::Element => "form-element",
        Form::Flag => "form-flag",
        Form::Space | Form::Told | Form::Line => "form-space",
        Form::Entry => "form-entry",
        Form::Cookie => "form-cookie",
    }
}

static TEST_WORDS: WordSet = WordSet::new(&[
    b"assert", b"expect", b"mock", b"should", b"fake", b"test(", b"equal", b"stub", b"raises",
]);
static EXAMPLE_WORDS: WordSet =
    WordSet::new(&[b"e.g.", b"example", b"sample", b"for instance", b"placeholder", b"default"]);
/// A header that says how to authenticate.
static CHALLENGES: WordSet = WordSet::new(&[b"-authenticate:"]);
/// The nonce of a script in a page is visible to everyone.
static SHOWN_NONCES: WordSet =
    WordSet::new(&[b"<script", b"<style", b"<link", b"as=script", b"security_policy"]);
/// A user name beside the value.
static USERS: WordSet =
    WordSet::followed_by(&[b"user", b"login", b"email", b"host", b"account"], b"=:\"' _nNiI)");

/// Marks at the start of a comment's line, in any language.
const COMMENTS: [&[u8]; 7] = [b"#", b"//", b"/*", b"*", b"--", b";", b"<!"];

/// Evidence from the function around a value that makes a value of it, or looks one up.
fn via(text: &[u8], found: &Assignment) -> Option<&'static str> {
    let via = &text[found.via.clone()?];
    let lower = via.to_ascii_lowercase();
    let name = lower.rsplit(|b| matches!(b, b'.' | b':')).next().unwrap_or_default();
    let lookup = [
        &b"env"[..],
        b"get",
        b"read",
        b"load",
        b"fetch",
        b"find",
        b"lookup",
        b"param",
        b"property",
        b"config",
        b"conf",
        b"translate",
        b"gettext",
        b"require",
        b"import",
        b"open",
        b"join",
        b"field",
        b"label",
        b"column",
        b"option",
        b"input",
        b"path",
        b"file",
        b"url",
        b"prompt",
        b"ask",
    ];
    if name.len() <= 2 || lookup.iter().any(|w| memchr::memmem::find(name, w).is_some()) {
        return Some("via-lookup");
    }
    Some("via-call")
}

/// Evidence that the text after a value makes it part of an expression.
fn after(text: &[u8], found: &Assignment) -> Option<&'static str> {
    let from = found.value.end + usize::from(found.quoted);
    let rest = text.get(from..text.len().min(from + 8))?;
    if found.quoted {
        // `"v" :: String` in Haskell, `"v" :url` in Clojure.
        let is_next = matches!(rest, [b' ', b':', b':' | b'a'..=b'z', ..]);
        // The other branch of a condition follows: `c ? "v" : x`.
        let is_branch = text[..found.value.start.saturating_sub(1)].ends_with(b" ? ");
        return match rest.trim_ascii_start() {
            _ if is_next || is_branch => None,
            [b'+' | b'%', ..] => Some("after-joined"),
            [b'.', b'f' | b'r' | b's' | b'j', ..] => Some("after-joined"),
            // `"v" == name` compares.
            [b'=', b'=', ..] => None,
            // The literal is itself a key or a name; below, a keyword of Clojure is the next one.
            [b':', ..] if !matches!(rest, [b'\n' | b'\r', ..]) => Some("after-key"),
            [b']', ..] if is_index(text, found.value.start) => Some("after-key"),
            [b'=', ..] => Some("after-key"),
            _ => None,
        };
    }
    match rest {
        [b'(' | b'[' | b'{', ..] | [b' ', b'{', ..] => Some("after-call"),
        _ => match rest.split(|b| *b == b'\n' || *b == b'\r').next().unwrap_or_default().trim_ascii() {
            [] | [b'#', ..] => None,
            [b, ..] if b.is_ascii_alphabetic() && rest[0] == b' ' => Some("after-words"),
            _ => None,
        },
    }
}

/// Returns whether the string whose content starts at `at` is in the brackets after a name: `x["key"]`. In a list
/// it is not.
fn is_index(text: &[u8], at: usize) -> bool {
    let before = text[at.saturating_sub(8)..at.saturating_sub(1)].strip_suffix(b"[");
    before
        .and_then(|b| b.last())
        .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b')' | b']'))
}
