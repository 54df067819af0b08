//! Kubernetes Secrets: each value under `data:` and `stringData:` was put there as a secret, whatever its name is.

use super::assign::{self, Assignment, Form};
use crate::text::lang::Lang;
use std::ops::Range;

/// The rule for these values; its keywords are the ways to write `kind: Secret`.
pub(super) const RULE: &str = "kubernetes-secret-value";

/// So far above the keyword may a manifest begin, and below it end.
const REACH: usize = 16 << 10;

/// The values of the Secret whose `kind` is at `at`.
pub(super) fn values(text: &[u8], at: usize) -> Vec<Assignment> {
    let json = matches!(text.get(at), Some(b'"'));
    let block = if json { json_blocks(text, at) } else { yaml_blocks(text, at) };
    let lang = if json { Lang::Json } else { Lang::Yaml };
    let all = block.into_iter().flat_map(|b| assign::assignments(text, b, lang));
    all.filter(|a| a.form == Form::Colon && is_entry(&text[a.name.clone()], json || a.line_level)).collect()
}

/// Names that tell where and who, not with what.
const OPEN: [&str; 12] = [
    "account", "bucket", "host", "name", "port", "project", "region", "server", "type", "url", "user",
    "username",
];

/// An entry of the Secret itself, not of a file in it, and none that is in the open.
fn is_entry(name: &[u8], own: bool) -> bool {
    own && !OPEN.iter().any(|o| name.eq_ignore_ascii_case(o.as_bytes()))
}

/// What is indented below `data:` and `stringData:`, when these are as far in as `kind:` is.
fn yaml_blocks(text: &[u8], at: usize) -> Vec<Range<usize>> {
    let document = document(text, at);
    let line =
        memchr::memrchr(b'\n', &text[document.start..at]).map_or(document.start, |i| document.start + i + 1);
    let depth = at - line;
    if !text[line..at].iter().all(|b| *b == b' ') || text[at..].get(12).is_some_and(u8::is_ascii_alphanumeric)
    {
        return Vec::new();
    }
    let mut out: Vec<Range<usize>> = Vec::new();
    // How far in the entries of the block are.
    let mut inside = None;
    let mut start = document.start;
    for line in text[document.clone()].split_inclusive(|b| *b == b'\n') {
        let indent = line.iter().take_while(|b| **b == b' ').count();
        let end = start + line.len();
        let key = &line[indent..];
        let text = key.trim_ascii();
        if indent <= depth && !text.is_empty() {
            inside = [&b"data:"[..], b"stringData:"].contains(&text).then_some(0).filter(|_| indent == depth);
        } else if let Some(entries) = inside.as_mut().filter(|_| !text.is_empty()) {
            if *entries == 0 {
                *entries = indent;
            }
            match out.last_mut() {
                _ if indent < *entries || text.starts_with(b"```") => inside = None,
                Some(block) if block.end == start && indent > *entries => block.end = end,
                _ if indent == *entries => out.push(start..end),
                _ => {}
            }
        }
        start = end;
    }
    out
}

/// The YAML document around `at`.
fn document(text: &[u8], at: usize) -> Range<usize> {
    let from = at.saturating_sub(REACH);
    let to = text.len().min(at + REACH);
    let start = memchr::memmem::rfind(&text[from..at], b"\n---").map_or(from, |i| from + i + 1);
    let start =
        if start == 0 { 0 } else { memchr::memchr(b'\n', &text[start..at]).map_or(start, |i| start + i + 1) };
    let end = memchr::memmem::find(&text[at..to], b"\n---").map_or(to, |i| at + i);
    start..end
}

/// What is in the braces after `"data"` and `"stringData"`, in the object around `at` or after it.
fn json_blocks(text: &[u8], at: usize) -> Vec<Range<usize>> {
    let from = at.saturating_sub(1 << 10);
    let to = text.len().min(at + REACH);
    let block = |key: &[u8]| {
        let key = from + memchr::memmem::find(&text[from..to], key)? + key.len();
        let open = key + text[key..to].iter().take(8).position(|b| *b == b'{')?;
        let close = memchr::memchr(b'}', &text[open..to]).map_or(to, |i| open + i);
        Some(open + 1..close)
    };
    [&b"\"data\""[..], b"\"stringData\""].into_iter().filter_map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<&str> {
        let at = text.find("kind: Secret").or_else(|| text.find("\"kind\"")).unwrap();
        values(text.as_bytes(), at).into_iter().map(|a| &text[a.value]).collect()
    }

    #[test]
    fn the_values_of_a_secret_are_found_and_no_others() {
        for (text, values) in [
            ("kind: Secret\ndata:\n  a: v1\n  b: v2\n", &["v1", "v2"][..]),
            ("metadata:\n  name: x\ndata:\n  a: v1\nkind: Secret\ntype: y\n", &["v1"]),
            ("a: b\n---\nkind: Secret\nstringData:\n  a: v1\n---\nkind: ConfigMap\ndata:\n  a: b\n", &["v1"]),
            ("  kind: Secret\n  data:\n    a: v1\n  x: y\n", &["v1"]),
            (r#"{"kind": "Secret", "data": {"a": "v1", "b": "v2"}, "x": "y"}"#, &["v1", "v2"]),
            ("kind: SecretStore\ndata:\n  a: v1\n", &[]),
            ("  - kind: Secret\n    name: x\ndata:\n  a: v1\n", &[]),
        ] {
            assert_eq!(found(text), values, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_text_is_safe(head in "([a-z: \n-]|data:|\"data\"|\\{|\\}|---\n){0,20}", tail in "([a-z: \n-]|data:\n|\"data\"|\\{|\\}|---\n){0,20}", json: bool) {
            let text = format!("{head}{}{tail}", if json { "\"kind\":\"Secret\"" } else { "kind: Secret" });
            for a in values(text.as_bytes(), head.len()) {
                prop_assert!(a.name.end <= text.len() && a.value.end <= text.len() && a.value.start < a.value.end);
            }
        }
    }
}
