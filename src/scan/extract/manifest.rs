//! Kubernetes Secrets: each value under `data:` and `stringData:` was stored as a secret, whatever its name.

use super::assign::{self, Assignment, Form};
use crate::text::lang::Lang;
use crate::text::randomness::is_random;
use std::collections::BTreeSet;
use std::ops::Range;

/// The rule for these values; its keywords are the spellings of `kind: Secret`, and `stringData:`, which nothing else has.
pub(in crate::scan) const RULE: &str = "kubernetes-secret-value";

/// Bytes above the keyword in which a manifest may start, and below it in which it must end.
const REACH: usize = 16 << 10;

/// The values of the Secrets whose `kind` or `stringData` is at `places`, in order.
pub(in crate::scan) fn values(text: &[u8], places: impl IntoIterator<Item = usize>) -> Vec<Assignment> {
    let is_json = |at: &usize| matches!(text.get(*at), Some(b'"'));
    let (json, yaml): (Vec<_>, Vec<_>) = places.into_iter().partition(is_json);
    let mut out = Vec::new();
    for (lang, blocks) in [(Lang::Json, json_blocks(text, &json)), (Lang::Yaml, yaml_blocks(text, &yaml))] {
        let all = blocks.into_iter().flat_map(|b| assign::assignments(text, b, lang).within());
        let own = |a: &Assignment| lang == Lang::Json || a.line_level;
        // A comment behind the name, and no value.
        let is_comment = |a: &Assignment| {
            let between = &text[a.name.end.min(a.value.start)..a.value.start];
            lang == Lang::Yaml
                && !a.quoted
                && text[a.value.start] == b'#'
                && !between.contains(&b'\n')
                && !is_random(&text[a.value.clone()])
        };
        let entries = all.filter(|a| a.form == Form::Colon && is_entry(&text[a.name.clone()], own(a)));
        out.extend(entries.filter(|a| !is_comment(a)));
    }
    out
}

/// Names for places and people, not for credentials.
const OPEN: [&str; 12] = [
    "account", "bucket", "host", "name", "port", "project", "region", "server", "type", "url", "user",
    "username",
];

/// Returns whether this is an entry of the Secret itself, not of a file in it, and not public.
fn is_entry(name: &[u8], own: bool) -> bool {
    own && !OPEN.iter().any(|o| name.eq_ignore_ascii_case(o.as_bytes()))
}

/// The ranges indented below `data:` and `stringData:`, if these stand in one mapping with a `kind:`.
fn yaml_blocks(text: &[u8], places: &[usize]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut rest = places;
    while let Some(first) = rest.first() {
        // All places of one document are handled together.
        let mut document = document(text, *first);
        let mut kinds = BTreeSet::new();
        while let Some((at, more)) = rest.split_first().filter(|(at, _)| **at < document.end) {
            let from = document.start.min(*at);
            kinds.extend(depth(&text[from..], *at - from).map(|depth| *at - depth));
            document.end = document_end(text, document.end, *at);
            rest = more;
        }
        let starts = starts(text, document.clone(), &kinds);
        out.extend(blocks_below(text, document, &starts));
    }
    out
}

/// The indentation of the `kind: Secret` or `stringData:` at `at`, if it is alone on its line.
fn depth(text: &[u8], at: usize) -> Option<usize> {
    // `- kind: Secret` begins a mapping in a list.
    let depth = text[..at].iter().rev().take(DEEPEST).take_while(|b| matches!(b, b' ' | b'-')).count();
    let is_first = matches!(text[..at - depth].last(), None | Some(b'\n'));
    if text[at..].starts_with(b"stringData:") {
        return is_first.then_some(depth);
    }
    let quote = usize::from(matches!(text.get(at + 6), Some(b'"' | b'\'')));
    (is_first && !text[at..].get(12 + quote).is_some_and(u8::is_ascii_alphanumeric)).then_some(depth)
}

/// Keys of a Secret with entries below them.
const DATA: [&[u8]; 2] = [b"data:", b"stringData:"];

/// A mapping whose lines are being read.
#[derive(Debug)]
struct Mapping {
    depth: usize,
    is_secret: bool,
    data: Vec<usize>,
}

/// Returns whether a line, without its indentation, is of YAML: a key, or an item of a list. Lines of templates and comments stand
/// anywhere.
fn ends_mappings(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let is_part =
        |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b'"' | b'\'' | b' ');
    let key = line.iter().take_while(is_part).count();
    line == b"-"
        || line.starts_with(b"- ")
        || line.starts_with(b"```")
        || key > 0 && line.get(key) == Some(&b':')
}

/// Where the lines of `data:` and `stringData:` begin in mappings that contain one of the lines `kinds`. A line that is
/// indented less ends a mapping, as the next item of a list does.
fn starts(text: &[u8], document: Range<usize>, kinds: &BTreeSet<usize>) -> BTreeSet<usize> {
    let mut out = BTreeSet::new();
    // The outermost first.
    let mut open: Vec<Mapping> = Vec::new();
    let mut ends = |mapping: Mapping| {
        if mapping.is_secret {
            out.extend(mapping.data);
        }
    };
    let mut start = document.start;
    for line in text[document].split_inclusive(|b| *b == b'\n') {
        let indent = line.iter().take_while(|b| **b == b' ').count();
        if ends_mappings(&line[indent..]) {
            while let Some(mapping) = open.pop_if(|mapping| mapping.depth > indent) {
                ends(mapping);
            }
            let depth = line.iter().take_while(|b| matches!(b, b' ' | b'-')).count();
            if open.last().is_none_or(|mapping| mapping.depth < depth) {
                open.push(Mapping { depth, is_secret: false, data: Vec::new() });
            }
            if let Some(mapping) = open.last_mut() {
                mapping.is_secret |= kinds.contains(&start);
                mapping.data.extend(DATA.contains(&line[depth..].trim_ascii()).then_some(start));
            }
        }
        start += line.len();
    }
    open.into_iter().for_each(ends);
    out
}

/// Most blanks and dashes before the kind of a Secret.
const DEEPEST: usize = 200;

/// A `data:` whose entries are being read.
#[derive(Debug)]
struct Open {
    depth: usize,
    /// The indentation of its entries; 0 before the first.
    entries: usize,
}

/// The entries below each `data:` and `stringData:` that begins one of these lines.
fn blocks_below(text: &[u8], document: Range<usize>, starts: &BTreeSet<usize>) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    // The outermost first: each is indented further than the one before, so there are fewer than a line has
    // bytes.
    let mut open: Vec<Open> = Vec::new();
    let mut start = document.start;
    for line in text[document].split_inclusive(|b| *b == b'\n') {
        let indent = line.iter().take_while(|b| **b == b' ').count();
        let end = start + line.len();
        let key = line[indent..].trim_ascii();
        if !key.is_empty() {
            while open.last().is_some_and(|o| indent <= o.depth) {
                open.pop();
            }
            open.retain(|o| o.entries <= indent && !key.starts_with(b"```"));
            for o in &mut open {
                if o.entries == 0 {
                    o.entries = indent;
                }
                match out.last_mut() {
                    // An outer block has the line already.
                    Some(block) if block.end == end => {}
                    Some(block) if block.end == start && indent > o.entries => block.end = end,
                    _ if indent == o.entries => out.push(start..end),
                    _ => {}
                }
            }
            if starts.contains(&start) {
                open.push(Open { depth: indent, entries: 0 });
            }
        }
        start = end;
    }
    out
}

/// The YAML document around `at`.
fn document(text: &[u8], at: usize) -> Range<usize> {
    let from = at.saturating_sub(REACH);
    let start = memchr::memmem::rfind(&text[from..at], b"\n---").map_or(from, |i| from + i + 1);
    let start =
        if start == 0 { 0 } else { memchr::memchr(b'\n', &text[start..at]).map_or(start, |i| start + i + 1) };
    start..document_end(text, at, at)
}

/// The end of the document that contains `at`, within reach; it is not before `from`.
fn document_end(text: &[u8], from: usize, at: usize) -> usize {
    let to = text.len().min(at + REACH);
    if to <= from || text[from..].starts_with(b"\n---") {
        return from;
    }
    // Its first bytes may be before `from`.
    let from = from.saturating_sub(3).max(at);
    memchr::memmem::find(&text[from..to], b"\n---").map_or(to, |i| from + i)
}

/// The content of the braces after `"data"` and `"stringData"`, in the object around a place or after it. Ranges
/// that two places share are returned once.
fn json_blocks(text: &[u8], places: &[usize]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    for key in [&b"\"data\""[..], b"\"stringData\""] {
        let finder = memchr::memmem::Finder::new(key);
        // The first key at or after the last start of a search.
        let mut next = Some(0).filter(|_| !places.is_empty());
        let (mut known, mut done) = (None, 0);
        for at in places {
            let from = at.saturating_sub(1 << 10);
            if known.is_none() || next.is_some_and(|n| n < from) {
                next = finder.find(&text[from..]).map(|i| from + i);
                known = Some(());
            }
            let Some(found) = next.filter(|n| n + key.len() <= text.len().min(at + REACH)) else { continue };
            let key_end = found + key.len();
            let to = text.len().min(key_end + REACH);
            let Some(open) = text[key_end..to].iter().take(8).position(|b| *b == b'{').map(|i| key_end + i)
            else {
                continue;
            };
            let close = memchr::memchr(b'}', &text[open..to]).map_or(to, |i| open + i);
            if close > done {
                out.push(done.max(open + 1)..close.max(open + 1));
                done = close;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<&str> {
        let at = text.find("kind: ").or_else(|| text.find("\"kind\"")).unwrap();
        values(text.as_bytes(), [at]).into_iter().map(|a| &text[a.value]).collect()
    }

    #[test]
    fn the_values_of_a_secret_are_found_and_no_others() {
        for (text, values) in [
            ("kind: Secret\ndata:\n  a: v1\n  b: v2\n", &["v1", "v2"][..]),
            ("metadata:\n  name: x\ndata:\n  a: v1\nkind: Secret\ntype: y\n", &["v1"]),
            ("a: b\n---\nkind: Secret\nstringData:\n  a: v1\n---\nkind: ConfigMap\ndata:\n  a: b\n", &["v1"]),
            ("  kind: Secret\n  data:\n    a: v1\n  x: y\n", &["v1"]),
            (r#"{"kind": "Secret", "data": {"a": "v1", "b": "v2"}, "x": "y"}"#, &["v1", "v2"]),
            ("{\"kind\": \"Secret\", \"data\": {\"key\": \"v1\"}, \"x\": \"y\"}\n{\"a\": \"b\"}\n", &["v1"]),
            ("kind: Secret\ndata:\n  name: v1\nx:\n  y: z\n", &[]),
            ("kind: SecretStore\ndata:\n  a: v1\n", &[]),
            ("data:\n  a: 'v1'\nkind: 'Secret'\n", &["v1"]),
            ("stringData:\n  a: v1\nmetadata:\n  name: x\nkind: \"Secret\"\n", &["v1"]),
            ("kind: 'SecretStore'\ndata:\n  a: v1\n", &[]),
            ("  - kind: Secret\n    name: x\ndata:\n  a: v1\n", &[]),
            // Items of a list.
            (
                "- b: x\n  data:\n    a: v1\n- b: y\n  kind: Secret\n  data:\n    a: v2\n- b: z\n  data:\n    a: v3\n",
                &["v2"],
            ),
            (
                "- b: x\n  data:\n    a: v1\n{{ if y }}\n# c\n{% if z %}\n<<<<<<< HEAD\n  kind: Secret\n",
                &["v1"],
            ),
            ("- kind: Secret\n  data:\n    a: v1\n- kind: ConfigMap\n  data:\n    a: v2\n", &["v1"]),
        ] {
            assert_eq!(found(text), values, "{text}");
        }
    }

    /// The reference implementation: the range below `data:` for one `kind: Secret`, by a walk over its
    /// document alone.
    fn plain_blocks(text: &[u8], at: usize) -> Vec<Range<usize>> {
        let document = document(text, at);
        let line = memchr::memrchr(b'\n', &text[document.start..at])
            .map_or(document.start, |i| document.start + i + 1);
        let depth = at - line;
        if !text[line..at].iter().all(|b| *b == b' ')
            || text[at..].get(12).is_some_and(u8::is_ascii_alphanumeric)
        {
            return Vec::new();
        }
        let is_of_mapping = |line: &[u8]| {
            let text = line.trim_ascii();
            text.is_empty()
                || !ends_mappings(text)
                || line.iter().take_while(|b| **b == b' ').count() >= depth
        };
        let above = text[document.start..line].split_inclusive(|b| *b == b'\n').rev();
        let from = line - above.take_while(|line| is_of_mapping(line)).map(<[u8]>::len).sum::<usize>();
        let below = text[line..document.end].split_inclusive(|b| *b == b'\n');
        let to = line + below.take_while(|line| is_of_mapping(line)).map(<[u8]>::len).sum::<usize>();
        let mut out: Vec<Range<usize>> = Vec::new();
        let mut inside = None;
        let mut start = document.start;
        for line in text[document].split_inclusive(|b| *b == b'\n') {
            let indent = line.iter().take_while(|b| **b == b' ').count();
            let end = start + line.len();
            let key = line[indent..].trim_ascii();
            if indent <= depth && !key.is_empty() {
                inside = DATA
                    .contains(&key)
                    .then_some(0)
                    .filter(|_| indent == depth && (from..to).contains(&start));
            } else if let Some(entries) = inside.as_mut().filter(|_| !key.is_empty()) {
                if *entries == 0 {
                    *entries = indent;
                }
                match out.last_mut() {
                    _ if indent < *entries || key.starts_with(b"```") => inside = None,
                    Some(block) if block.end == start && indent > *entries => block.end = end,
                    _ if indent == *entries => out.push(start..end),
                    _ => {}
                }
            }
            start = end;
        }
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn the_secrets_of_a_text_are_those_that_are_looked_for_one_by_one(
            lines in prop::collection::vec(
                (0usize..4, prop::sample::select(vec!["kind: Secret", "data:", "stringData:", "a: v1", "b: v2", "", "# d", "- c", "```"])),
                0..14,
            ),
            parts in prop::collection::vec(any::<bool>(), 14),
        ) {
            let line = |((indent, line), part): (&(usize, &str), &bool)| {
                let cut = if *part && *indent == 0 { "---\n" } else { "" };
                format!("{cut}{}{line}\n", "  ".repeat(*indent))
            };
            let text: String = lines.iter().zip(&parts).map(line).collect();
            let text = text.as_bytes();
            let places: Vec<_> = memchr::memmem::find_iter(text, b"kind: Secret").collect();
            let lines_of = |blocks: Vec<Range<usize>>| -> BTreeSet<usize> {
                blocks.into_iter().flat_map(|b| memchr::memchr_iter(b'\n', &text[b.clone()]).map(move |i| b.start + i)).collect()
            };
            let plain = places.iter().flat_map(|at| plain_blocks(text, *at)).collect();
            prop_assert_eq!(lines_of(yaml_blocks(text, &places)), lines_of(plain));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_text_is_safe(head in "([a-z: \n-]|data:|\"data\"|\\{|\\}|---\n){0,20}", tail in "([a-z: \n-]|data:\n|\"data\"|\\{|\\}|---\n){0,20}", json: bool) {
            let text = format!("{head}{}{tail}", if json { "\"kind\":\"Secret\"" } else { "kind: Secret" });
            for a in values(text.as_bytes(), [head.len()]) {
                prop_assert!(a.name.end <= text.len() && a.value.end <= text.len() && a.value.start < a.value.end);
            }
        }
    }
}
