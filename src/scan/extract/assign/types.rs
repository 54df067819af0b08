//! Types shared by all readers of assignments: their result, and the state of the pass over a text.

use super::bracket::Bracket;
use super::bytes::{GAP, only_marks};
use crate::scan::extract::nesting::{self, Nesting};
use crate::text::lang::Lang;
use std::ops::Range;

/// Bytes left of a separator in which a name may start.
pub(super) const NAME_REACH: usize = 96;
/// Most bytes of an unquoted value.
pub(super) const BARE_REACH: usize = 1024;
/// Names of a value, and names of its name, if `name: X` and `value: v` are two assignments.
pub(super) const VALUES: &[&str] = &[
    "value",
    "val",
    "default",
    "defaultvalue",
    "default_value",
    "stringvalue",
    "param-value",
    "parametervalue",
    "params",
    "contents",
    "envvalue",
    "env_value",
    "variable_value",
    "variablevalue",
    "option_value",
    "optionvalue",
];
pub(super) const NAMES: &[&str] = &["name", "key", "id"];
/// Further names whose value is the name of another value.
pub(super) const CALLS: &[&str] =
    &["variable", "field", "parametername", "param-name", "parameterkey", METHOD];
/// The same outside of programs, which have arguments with such names.
pub(super) const SETTINGS: &[&str] = &[
    "env",
    "env_name",
    "env_var",
    "envname",
    "envvar",
    "label",
    "option_name",
    "optionname",
    "property",
    "setting",
    "title",
    "variable_name",
    "variablename",
];
/// The name of a procedure that a JSON-RPC request calls: its parameters may be a secret.
pub(super) const METHOD: &str = "method";
/// Attributes of a tag that hold its value.
pub(super) const HOLDS: &[&str] = &["value", "val", "content"];
/// Bytes of the longest of these.
pub(super) const LONGEST: usize = 14;

/// The form of an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scan) enum Form {
    /// `name = value`, `name := value`.
    Equals,
    /// `name: value`.
    Colon,
    /// `name => value`.
    Arrow,
    /// `name == value`, `name != value`.
    Compare,
    /// `name("value")`.
    Call,
    /// `"name", "value"`: `define('X', 'v')`, headers, tuples.
    Pair,
    /// `<name>value</name>`.
    Element,
    /// `--name value`, `-u value`.
    Flag,
    /// `name "value"`, `ENV name value`.
    Space,
    /// `name: X` and `value: v`: X has the value v.
    Entry,
    /// `session=v` among cookies.
    Cookie,
    /// `The password is v`, `password for root: v`: a sentence, in which a word may follow as well.
    Told,
    /// A line of words, as in router configuration: `username X password 0 v`.
    Line,
}

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::scan) struct Assignment {
    /// The name, without quotes.
    pub(in crate::scan) name: Range<usize>,
    /// The value, without quotes; never empty.
    pub(in crate::scan) value: Range<usize>,
    pub(in crate::scan) form: Form,
    /// True if the value is quoted.
    pub(in crate::scan) quoted: bool,
    /// True if only indentation, `export` or a comment mark precedes the name on its line.
    pub(in crate::scan) line_level: bool,
    /// The function around the value: `String` in `String("v")`.
    pub(in crate::scan) via: Option<Range<usize>>,
}

/// Returns whether an unquoted word is a value in this language; elsewhere it is a variable.
pub(super) fn bare_words(lang: Lang) -> bool {
    matches!(
        lang,
        Lang::Yaml
            | Lang::Properties
            | Lang::DotEnv
            | Lang::Shell
            | Lang::Ini
            | Lang::Dockerfile
            | Lang::Markdown
            | Lang::Html
            | Lang::Xml
            | Lang::Other
    )
}

/// A value on the right.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) range: Range<usize>,
    pub(super) quoted: bool,
    pub(super) via: Option<Range<usize>>,
}

/// The name `Cookie`, and where it stops applying.
#[derive(Debug)]
pub(super) struct Cookie {
    pub(super) name: Range<usize>,
    pub(super) until: usize,
}

/// The iterator of [`assignments`].
#[derive(Debug)]
pub(in crate::scan) struct Assignments<'a> {
    pub(super) text: &'a [u8],
    pub(super) lang: Lang,
    pub(super) at: usize,
    pub(super) end: usize,
    /// The start of the current line.
    pub(super) line: usize,
    /// True if nothing was searched on the line yet.
    pub(super) starts_line: bool,
    /// The quote of the string that contains `at`.
    pub(super) string: Option<u8>,
    /// True if the rest of the line is a comment.
    pub(super) comment: bool,
    /// The last `name: X`, and the byte after its X: a `value: v` may follow.
    pub(super) called: Option<Range<usize>>,
    /// The name `Cookie`, as long as a session's `name=value` may follow.
    pub(super) cookie: Option<Cookie>,
    /// The name of the last list, and the list's end.
    pub(super) list: Option<(Range<usize>, usize)>,
    /// Assignments found together with another one, the last first.
    pub(super) also: Vec<Assignment>,
    /// The unquoted words around `at`: in `a=b=c` each value contains the following ones.
    pub(super) words: Nesting<{ nesting::VALUES }>,
    /// No line ends in this stretch.
    pub(super) no_newline: Range<usize>,
    pub(super) bracket: Bracket,
    /// No separator from here on is looked at, whatever started before it.
    pub(super) until: usize,
    /// Returns whether the value of a name is wanted.
    pub(super) wants: fn(&[u8]) -> bool,
}

impl Assignments<'_> {
    pub(super) fn floor(&self, at: usize) -> usize {
        self.line.max(at.saturating_sub(NAME_REACH)).min(at)
    }

    /// Finds the value right of a separator for a wanted name.
    pub(super) fn give(&mut self, name: Range<usize>, from: usize, form: Form) -> Option<Assignment> {
        if !self.wants(&name) {
            return None;
        }
        self.any(name, from, form)
    }

    /// The same for any name.
    pub(super) fn any(&mut self, name: Range<usize>, from: usize, form: Form) -> Option<Assignment> {
        let line_level = self.line_level(name.start);
        let value = self.value_after(from, line_level)?;
        if !value.quoted {
            self.words.add(value.range.end);
        }
        Some(self.made(name, value, form))
    }

    pub(super) fn made(&self, name: Range<usize>, value: Found, form: Form) -> Assignment {
        let line_level = self.line_level(name.start);
        Assignment { name, value: value.range, form, quoted: value.quoted, line_level, via: value.via }
    }

    pub(super) fn line_level(&self, start: usize) -> bool {
        let lead = &self.text[self.line.min(start)..start];
        if lead.len() > GAP {
            return false;
        }
        let mut lead = lead.trim_ascii();
        for word in [&b"export"[..], b"ENV", b"ARG", b"set", b"readonly", b"local", b"declare"] {
            if let Some(rest) = lead.strip_suffix(word) {
                lead = rest;
                break;
            }
        }
        only_marks(lead)
    }
}
