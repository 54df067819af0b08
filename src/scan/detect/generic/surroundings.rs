//! What the place of a value says: the file, the line, the form of the assignment, the neighbours.

use crate::scan::extract::assign::{Assignment, Form};
use crate::scan::scope::TextInfo;
use crate::text::docstring;
use crate::text::lang::Lang;
use crate::text::line;
use std::cell::OnceCell;
use std::ops::Range;

/// Of a line, so many bytes on both sides of a value are looked at.
const REACH: usize = 512;

/// What is known of a whole text before its values are judged: worked out once a text, however many values it has.
#[derive(Debug)]
pub(in crate::scan) struct Surroundings<'a> {
    lang: Lang,
    path: &'a [u8],
    /// What the path says, worked out for the first value: few texts have one.
    class: OnceCell<Option<&'static str>>,
    docstrings: OnceCell<Vec<Range<usize>>>,
}

impl<'a> Surroundings<'a> {
    pub(in crate::scan) fn new(scope: &TextInfo<'a>) -> Surroundings<'a> {
        Surroundings {
            lang: scope.lang,
            path: scope.path,
            class: OnceCell::new(),
            docstrings: OnceCell::new(),
        }
    }

    /// The class of the path; in one that has a class secrets are less likely real.
    fn class(&self) -> Option<&'static str> {
        *self.class.get_or_init(|| path_class(self.path))
    }

    /// Returns whether the path says that what stands in the file is likely no real secret.
    pub(in crate::scan) fn is_test_or_example_path(&self) -> bool {
        self.class().is_some()
    }

    /// Returns whether `at` stands in a docstring of a Python file.
    pub(in crate::scan) fn in_docstring(&self, text: &[u8], at: usize) -> bool {
        Lang::of_path(self.path) == Lang::Python && self.is_in_docstring(text, at)
    }

    fn is_in_docstring(&self, text: &[u8], at: usize) -> bool {
        docstring::contain(self.docstrings.get_or_init(|| docstring::docstrings(text)), at)
    }

    /// What the language and the form tell in no time; [`Surroundings::evidence`] has it too.
    pub(super) fn first_evidence(&self, found: &Assignment, out: &mut Vec<&'static str>) {
        out.extend([language(self.lang), form(found)]);
        out.extend((!found.quoted).then_some("bare"));
        out.extend(found.line_level.then_some("own-line"));
    }

    /// Evidence from the file, the line and the form.
    pub(super) fn evidence(&self, text: &[u8], found: &Assignment, out: &mut Vec<&'static str>) {
        out.push(language(self.lang));
        out.extend(self.class());
        out.push(form(found));
        if !found.quoted {
            out.push("bare");
        }
        if found.line_level {
            out.push("own-line");
        }
        let line = line_of(text, found.value.start);
        let line = &text[line.start..line.end];
        if line.len() > REACH {
            out.push("line-long");
        }
        if is_comment(line) {
            out.push("line-comment");
        }
        if self.lang == Lang::Python {
            out.extend(self.is_in_docstring(text, found.value.start).then_some("in-docstring"));
        }
        let lower = line.to_ascii_lowercase();
        let says = |words: &[&[u8]]| words.iter().any(|w| memchr::memmem::find(&lower, w).is_some());
        if says(&TEST_WORDS) {
            out.push("line-test");
        }
        if says(&EXAMPLE_WORDS) {
            out.push("line-example");
        }
        if says(&[b"-authenticate:"]) {
            out.push("line-challenge");
        }
        if out.contains(&"name-nonce") && says(&SHOWN_NONCES) {
            out.push("line-shows-nonce");
        }
        out.extend(via(text, found));
        // What follows the argument of a program are other arguments.
        let argument = out.contains(&"argument") && !found.quoted;
        out.extend(after(text, found).filter(|_| !argument));
        if is_key_of_pair(text, found) {
            out.push("key-of-pair");
        }
        if text[..found.name.start].ends_with(b"${") {
            out.push("in-default");
        }
        if has_user(text, found) {
            out.push("near-user");
        }
    }
}

fn language(lang: Lang) -> &'static str {
    match lang {
        Lang::Yaml
        | Lang::Properties
        | Lang::DotEnv
        | Lang::Ini
        | Lang::Toml
        | Lang::Terraform
        | Lang::Dockerfile => "in-config",
        Lang::Json => "in-json",
        Lang::Markdown => "in-docs",
        Lang::Html | Lang::Xml => "in-markup",
        Lang::Shell | Lang::PowerShell => "in-shell",
        Lang::Sql => "in-sql",
        Lang::Other => "in-other",
        _ => "in-code",
    }
}

/// Does a path say that what stands in it is likely no real secret: a test, an example, documentation?
pub(in crate::scan) fn is_test_or_example_path(path: &[u8]) -> bool {
    path_class(path).is_some()
}

/// The class of a path that makes secrets in it less likely real.
fn path_class(path: &[u8]) -> Option<&'static str> {
    let lower = path.to_ascii_lowercase();
    let has = |parts: &[&[u8]]| parts.iter().any(|p| memchr::memmem::find(&lower, p).is_some());
    let name = lower.rsplit(|b| *b == b'/').next().unwrap_or_default();
    if has(&[b".min.js", b".min.css", b".bundle.js", b".map", b"/dist/", b".snap"]) {
        return Some("path-generated");
    }
    if name.ends_with(b".lock")
        || has(&[b"-lock.", b"go.sum", b"lockfile", b"checksums", b"shrinkwrap", b".sum"])
    {
        return Some("path-lock");
    }
    if has(&[b"locale", b"i18n", b"/lang/", b"translations", b"l10n", b"messages_"])
        || name.ends_with(b".po")
        || is_translated(name)
    {
        return Some("path-translation");
    }
    if has(&[b"vendor/", b"node_modules/", b"third_party/", b"third-party/", b"external/"]) {
        return Some("path-vendored");
    }
    if says_test(&lower)
        || has(&[b"spec/", b"_spec.", b".spec.", b"fixture", b"mock", b"cassette", b"__snapshots__"])
    {
        return Some("path-test");
    }
    if has(&[b"example", b"sample", b"demo", b"tutorial", b"template"]) {
        return Some("path-example");
    }
    if has(&[b"doc/", b"docs/", b"documentation/", b"readme", b"changelog", b".md", b".rst", b".adoc"]) {
        return Some("path-docs");
    }
    None
}

/// Does a path speak of a test, and not only of the latest, a contest or an attestation?
fn says_test(lower: &[u8]) -> bool {
    memchr::memmem::find_iter(lower, b"test").any(|at| {
        let word = lower[..at].iter().rposition(|b| !b.is_ascii_alphabetic()).map_or(0, |i| i + 1);
        !matches!(&lower[word..at], b"la" | b"con" | b"at" | b"pro" | b"fas" | b"grea")
    })
}

/// Java's `login_da.properties`. Codes that are a place's or a stage's as well (`uk`, `ca`, `qa`) say nothing.
fn is_translated(name: &[u8]) -> bool {
    const LANGUAGES: [&[u8]; 31] = [
        b"de", b"fr", b"es", b"it", b"pt", b"nl", b"da", b"sv", b"nb", b"fi", b"pl", b"cs", b"sk", b"hu",
        b"ro", b"bg", b"ru", b"el", b"tr", b"he", b"ar", b"ja", b"ko", b"zh", b"eu", b"gl", b"lt", b"lv",
        b"et", b"sl", b"sr",
    ];
    let Some(stem) = name.strip_suffix(b".properties") else { return false };
    let mut parts = stem.rsplit(|b| *b == b'_');
    let (last, before) = (parts.next(), parts.next());
    let is_language = |part: Option<&[u8]>| part.is_some_and(|p| LANGUAGES.contains(&p));
    before.is_some() && (is_language(last) || is_language(before))
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
        Form::Space | Form::Line => "form-space",
        Form::Entry => "form-entry",
        Form::Cookie => "form-cookie",
    }
}

const TEST_WORDS: [&[u8]; 9] =
    [b"assert", b"expect", b"mock", b"should", b"fake", b"test(", b"equal", b"stub", b"raises"];
const EXAMPLE_WORDS: [&[u8]; 6] =
    [b"e.g.", b"example", b"sample", b"for instance", b"placeholder", b"default"];
/// The nonce of a script in a page is seen by everybody.
const SHOWN_NONCES: [&[u8]; 5] = [b"<script", b"<style", b"<link", b"as=script", b"security_policy"];

fn is_comment(line: &[u8]) -> bool {
    matches!(
        line.trim_ascii_start(),
        [b'#', ..] | [b'/', b'/' | b'*', ..] | [b'*', ..] | [b'-', b'-', ..] | [b';', ..] | [b'<', b'!', ..]
    )
}

/// The function around a value makes one of it, or looks one up.
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

/// What follows a value makes it part of an expression.
fn after(text: &[u8], found: &Assignment) -> Option<&'static str> {
    let from = found.value.end + usize::from(found.quoted);
    let rest = text.get(from..text.len().min(from + 8))?;
    if found.quoted {
        return match rest.trim_ascii_start() {
            [b'+' | b'%', ..] => Some("after-joined"),
            [b'.', b'f' | b'r' | b's' | b'j', ..] => Some("after-joined"),
            // The literal is a key or a name itself.
            [b':', ..] => Some("after-key"),
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

/// Does the string whose content begins at `at` stand in the brackets after a name: `x["key"]`? In a list it does not.
fn is_index(text: &[u8], at: usize) -> bool {
    let before = text[at.saturating_sub(8)..at.saturating_sub(1)].strip_suffix(b"[");
    before
        .and_then(|b| b.last())
        .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b')' | b']'))
}

/// Is there no value at all: a comment where one would stand, or a verdict (`echo "PASS: vlan"`, `# pass: x = 0`,
/// `You can pass -x`)?
pub(super) fn is_none(text: &[u8], found: &Assignment) -> bool {
    let verdict = text[found.name.clone()].eq_ignore_ascii_case(b"pass")
        && match found.form {
            Form::Space => true,
            Form::Colon if !found.quoted => {
                let before = text[..found.name.start].trim_ascii_end();
                // In `ID:x/PASS:v` the slash begins no comment.
                matches!(before, [.., b'"' | b'\'' | b'#' | b'*'] | [.., b'/', b'/'])
            }
            _ => false,
        };
    verdict || !found.quoted && text[found.value.start] == b'#'
}

/// Is `key` the name of what the next line gives a value or a test to, as in a selector of Kubernetes?
fn is_key_of_pair(text: &[u8], found: &Assignment) -> bool {
    if !text[found.name.clone()].eq_ignore_ascii_case(b"key") {
        return false;
    }
    let end = line_of(text, found.value.end).end;
    let next = text.get(end + 1..).unwrap_or_default();
    let word = next[..next.len().min(80)].trim_ascii_start();
    let word = word.strip_prefix(b"\"").unwrap_or(word);
    [&b"operator"[..], b"values", b"value", b"effect", b"path", b"name", b"optional", b"topology"]
        .iter()
        .any(|w| word.strip_prefix(*w).is_some_and(|rest| matches!(rest.first(), Some(b':' | b'"'))))
}

/// Does somebody's name stand beside the value?
fn has_user(text: &[u8], found: &Assignment) -> bool {
    let from = found.name.start.min(found.value.start).saturating_sub(160);
    let to = text.len().min(found.value.end + 120);
    let lower = text[from..to].to_ascii_lowercase();
    [&b"user"[..], b"login", b"email", b"host", b"account"].iter().any(|w| {
        memchr::memmem::find_iter(&lower, w).any(|i| {
            let next = lower.get(i + w.len()).copied().unwrap_or(0);
            matches!(next, b'=' | b':' | b'"' | b'\'' | b' ' | b'_' | b'n' | b'i' | b')')
        })
    })
}

/// The line that holds `at`, cut where it is long.
pub(super) fn line_of(text: &[u8], at: usize) -> Range<usize> {
    line::around(text, at, REACH)
}
