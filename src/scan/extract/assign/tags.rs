//! Tags of XML and HTML: `<name>value</name>`, and attributes that belong together.

use super::bracket::TAG_REACH;
use super::bytes::{back_over_space, before, is_name, is_one_of, skip_line, skip_space};
use super::types::{Assignment, Assignments, BARE_REACH, Form, Found};
use std::ops::Range;

impl Assignments<'_> {
    /// `<name>value</name>`.
    pub(super) fn element(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.floor(at);
        if matches!(before(t, at), Some(b'/' | b'-' | b'=' | b'?')) {
            return None;
        }
        let open = match memchr::memrchr(b'<', &t[floor..at]) {
            Some(i) => floor + i + 1,
            None => self.bracket.tag(t, at)?,
        };
        let length = t[open..at].iter().take_while(|b| is_name(**b) || **b == b':').count();
        let start = t[open..open + length].iter().rposition(|b| *b == b':').map_or(open, |i| open + i + 1);
        let tag = start..open + length;
        let mut from = skip_line(t, skip_space(t, at + 1));
        let to = t.len().min(from + BARE_REACH);
        let cdata = b"<![CDATA[";
        let stop = if t[from..to].starts_with(cdata) {
            from += cdata.len();
            from + memchr::memmem::find(&t[from..to], b"]]>")?
        } else {
            from + memchr::memchr2(b'<', b'\n', &t[from..to])?
        };
        let after = t[stop..].strip_prefix(b"]]>").unwrap_or(&t[skip_line(t, stop)..]);
        let Some(closing) = after.strip_prefix(b"</") else {
            // `<name>` and `<value>v</value>` in it.
            if after.starts_with(b"<")
                && stop == from
                && !tag.is_empty()
                && !is_one_of(&t[tag.clone()], PLAIN)
            {
                self.call(tag);
            }
            return None;
        };
        if tag.is_empty() || !closing.starts_with(&t[open..open + length]) {
            return None;
        }
        let plain = is_one_of(&t[tag.clone()], PLAIN);
        let mut name = plain.then(|| attribute(t, tag.end..at, KEYED)).flatten().unwrap_or(tag);
        // JMeter's `Argument.name` and `Argument.value`.
        if let Some(part) = t[name.clone()].strip_prefix(b"Argument.") {
            name.start = name.end - part.len();
        }
        let value = from..back_over_space(t, stop, from);
        if value.is_empty() {
            return None;
        }
        let value = Found { range: value, quoted: true, via: None };
        Some(self.made(name, value, Form::Element))
    }
}

/// Elements without a meaning of their own: an attribute has the name.
const PLAIN: &[&str] = &[
    "add",
    "argument",
    "attribute",
    "const",
    "constant",
    "data",
    "entry",
    "field",
    "init-param",
    "item",
    "option",
    "param",
    "parameter",
    "preference",
    "prop",
    "property",
    "setting",
    "string",
    "stringprop",
    "value",
    "var",
    "variable",
];

/// Attributes that name the content of a plain element; XAML's are the last two.
const KEYED: &[&str] = &["name", "key", "id", "x:Key", "x:Name"];

/// The value of the first of these attributes in the tag whose name starts at the range's start; the tag ends with
/// the range or with its `>`.
pub(super) fn attribute(t: &[u8], tag: Range<usize>, names: &[&str]) -> Option<Range<usize>> {
    let to = tag.end.min(tag.start + TAG_REACH).min(t.len());
    let inside = &t[tag.start..to];
    let end = tag.start + memchr::memchr(b'>', inside).unwrap_or(inside.len());
    names.iter().find_map(|name| {
        memchr::memmem::find_iter(&t[tag.start..end], name).find_map(|i| {
            let at = tag.start + i;
            let spaced = before(t, at).is_some_and(|b| b.is_ascii_whitespace());
            let equals = skip_space(t, at + name.len());
            if !spaced || t.get(equals) != Some(&b'=') {
                return None;
            }
            let open = skip_space(t, equals + 1);
            let quote = *t.get(open).filter(|q| matches!(q, b'"' | b'\''))?;
            let length = memchr::memchr2(quote, b'\n', t.get(open + 1..end)?)?;
            (length > 0 && t[open + 1 + length] == quote).then(|| open + 1..open + 1 + length)
        })
    })
}
