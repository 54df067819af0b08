//! Context rules: values without a form of their own, known by the names around them.
//!
//! All work is done at keyword hits: the lines around each are read as assignments, and a value counts when it has the
//! rule's shape as a whole and the name it is given to says so.

use super::assign::{self, Assignment, Form};
use super::candidate::Candidate;
use super::engine::Scope;
use super::prefilter::Hit;
use super::{judge, matcher};
use crate::finding::{Confidence, Evidence, printable};
use crate::rules::{Alphabet, Context, Kind, Rule, Value, Window};
use crate::text::placeholder;
use std::ops::Range;

/// Of a neighbouring line, so many bytes are looked at.
const NEAR_REACH: usize = 2 << 10;

/// The matches of a context rule around its keyword hits.
pub(super) fn matches(
    rule: &'static Rule,
    context: &Context,
    text: &[u8],
    scope: &Scope<'_>,
    hits: &[Hit],
) -> Vec<Candidate> {
    let mut out: Vec<Candidate> = Vec::new();
    let mut done = 0;
    for window in matcher::windows(Window::Line, text, hits) {
        let window = widen(text, window, context.near);
        // `name: X` may have its `value:` on the next line.
        let end = next_line(text, window.end).max(done);
        let window = window.start.max(done)..end;
        done = end;
        if !rule.run.is_in(&text[window.clone()]) {
            continue;
        }
        for mut found in assign::assignments(text, window, scope.lang) {
            // The shape first: it is told in no time, and few values have it.
            let Some(secret) = token(context, text, &found) else {
                continue;
            };
            let Some(said) = said(context, text, hits, &found) else {
                continue;
            };
            if out.iter().rev().take(4).any(|c| c.secret == secret) {
                continue;
            }
            if placeholder::is_reference(&text[secret.clone()]) || placeholder::is_weak(&text[secret.clone()])
            {
                continue;
            }
            let whole = found.name.start.min(secret.start)..found.value.end.max(secret.end);
            let mut c = Candidate::new(rule, secret.clone(), whole);
            let is_secret = !rule.public && rule.kind != Kind::Identifier;
            if is_secret && is_loose(&context.value) {
                // A shape that words have too says nothing: the value is judged as any other.
                found.value = secret;
                let Some((confidence, score)) = judge::opinion(text, scope, &found) else {
                    continue;
                };
                c.confidence = confidence;
                c.score = score;
            }
            let name = printable(&text[found.name.clone()]);
            match said {
                Said::ByName => {}
                Said::Nearby => {
                    c.confidence = c.confidence.min(Confidence::Medium);
                    c.evidence.push(Evidence::lowers(
                        "name",
                        format!("only the lines around `{name}` say whose it is"),
                    ));
                }
            }
            c.name = Some(name);
            out.push(c);
        }
    }
    out
}

/// Is the shape so wide that common words and names have it: less than 80 bits at its shortest?
fn is_loose(value: &Value) -> bool {
    let letters = (0x21..0x7f).filter(|b| value.alphabet.contains(*b)).count().max(2);
    value.alphabet != Alphabet::Uuid && (letters as f32).log2() * (value.least as f32) < 80.0
}

/// Where the provider's word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    ByName,
    Nearby,
}

/// Do the names say that this value is the rule's?
fn said(context: &Context, text: &[u8], hits: &[Hit], found: &Assignment) -> Option<Said> {
    let name = &text[found.name.clone()];
    let in_name = context.words.iter().any(|w| holds(name, w));
    let curl_user = found.form == Form::Flag && (name == b"u" || name == b"user");
    let constructor = found.form == Form::Call && in_name && context.names.is_empty();
    let right_name = match context.names {
        [] => says_secret(name) || curl_user || constructor,
        names => names.iter().any(|n| holds(name, n)),
    };
    if !right_name || context.not_names.iter().any(|n| holds(name, n)) {
        return None;
    }
    if in_name {
        return Some(Said::ByName);
    }
    if context.strict {
        return None;
    }
    let around = widen(text, line_of(text, found.value.start), context.near);
    let first = hits.partition_point(|h| h.at < around.start);
    hits.get(first).is_some_and(|h| h.at < around.end).then_some(Said::Nearby)
}

/// The part of the value that has the rule's shape: all of it, what follows `Bearer`, or one side of `user:password`.
fn token(context: &Context, text: &[u8], found: &Assignment) -> Option<Range<usize>> {
    let value = &text[found.value.clone()];
    if context.value.matches(value) {
        return Some(found.value.clone());
    }
    let mut start = 0;
    for piece in value.split(|b| matches!(b, b' ' | b':' | b',' | b';')) {
        if context.value.matches(piece) {
            let start = found.value.start + start;
            return Some(start..start + piece.len());
        }
        start += piece.len() + 1;
    }
    None
}

/// Does the name hold the word, case and separators ignored? `MJ-APIKEY` holds `mj_apikey`, and so does `mjApiKey`.
pub(super) fn holds(name: &[u8], word: &str) -> bool {
    let separator = |b: &u8| matches!(b, b'_' | b'-' | b'.' | b' ');
    let word = || word.bytes().filter(|b| !separator(b));
    (0..name.len()).filter(|i| !separator(&name[*i])).any(|i| {
        let mut rest = name[i..].iter().filter(|b| !separator(b));
        word().all(|w| rest.next().is_some_and(|b| b.eq_ignore_ascii_case(&w)))
    })
}

/// Does a name say that its value is a secret?
fn says_secret(name: &[u8]) -> bool {
    ["key", "token", "secret", "pass", "pwd", "auth", "cred", "private", "signature"]
        .iter()
        .any(|w| holds(name, w))
}

/// The line that holds `at`, cut where it is long.
fn line_of(text: &[u8], at: usize) -> Range<usize> {
    let from = at.saturating_sub(NEAR_REACH);
    let to = text.len().min(at + NEAR_REACH);
    let start = memchr::memrchr(b'\n', &text[from..at]).map_or(from, |i| from + i + 1);
    let end = memchr::memchr(b'\n', &text[at..to]).map_or(to, |i| at + i);
    start..end
}

/// The end of the line after the one that ends at `end`.
fn next_line(text: &[u8], end: usize) -> usize {
    if text.get(end) != Some(&b'\n') {
        return end;
    }
    let to = text.len().min(end + NEAR_REACH);
    memchr::memchr(b'\n', &text[end + 1..to]).map_or(to, |i| end + 1 + i)
}

/// Takes in so many lines above and below.
fn widen(text: &[u8], window: Range<usize>, lines: u8) -> Range<usize> {
    let Range { mut start, mut end } = window;
    for _ in 0..lines {
        if start > 0 && text[start - 1] == b'\n' {
            let from = start.saturating_sub(NEAR_REACH);
            start = memchr::memrchr(b'\n', &text[from..start - 1]).map_or(from, |i| from + i + 1);
        }
        end = next_line(text, end);
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::holds;
    use crate::finding::{Source, SourceKind};
    use crate::rules::RuleSet;
    use crate::scan::{Engine, Fragment, Options, template};
    use std::borrow::Cow;

    const RULES: &str = r#"
schema = 1
provider = { id = "mailjet", name = "Mailjet" }
[[rule]]
id = "mailjet-secret-key"
name = "Mailjet secret key"
kind = "api-key"
severity = "high"
confidence = "high"
context = { words = ["mailjet", "mj_apikey"], names = ["private", "secret"], not_names = ["public"], value = { alphabet = "hex-lower", length = 32 }, near = 2 }
examples = ["x"]
negative_examples = ["y"]
[[rule]]
id = "strict-key"
name = "Strict key"
kind = "api-key"
severity = "high"
confidence = "high"
context = { words = ["strictly"], value = { alphabet = "base62", length = [20, 24] }, strict = true }
examples = ["x"]
negative_examples = ["y"]
"#;

    fn found(path: &str, text: &str) -> Vec<(&'static str, Option<String>)> {
        let mut rules = RuleSet::empty();
        rules.add_toml(RULES).unwrap();
        let engine = Engine::new(&rules, Options::default());
        let text = template::expand(text, 7).unwrap();
        let source = Source::new(SourceKind::File, crate::finding::RepoPath::new(path));
        engine
            .scan(&Fragment { source, bytes: Cow::Borrowed(text.as_bytes()) })
            .into_iter()
            .map(|f| (f.rule.id, f.name))
            .collect()
    }

    #[test]
    fn case_and_separators_of_a_name_are_ignored() {
        for name in ["mj_apikey", "mjApiKey", "MJ-APIKEY", "the.mj.api.key"] {
            assert!(holds(name.as_bytes(), "mj_apikey"), "{name}");
        }
        assert!(!holds(b"mj_api", "mj_apikey"));
    }

    #[test]
    fn a_value_is_found_in_every_file_type_by_the_name_it_is_given() {
        for (path, text) in [
            ("a.py", "MAILJET_SECRET = '${hex-lower:32}'"),
            (".env", "MJ_APIKEY_PRIVATE=${hex-lower:32}"),
            ("a.yml", "mailjet:\n  secret-key: ${hex-lower:32}\n"),
            ("a.json", "{\"mailjetSecretKey\": \"${hex-lower:32}\"}"),
            ("a.xml", "<add key=\"MailjetSecret\" value=\"${hex-lower:32}\"/>"),
            ("a.php", "define('MAILJET_SECRET', '${hex-lower:32}');"),
            ("ci.yml", "- name: MJ_APIKEY_PRIVATE\n  value: ${hex-lower:32}\n"),
            ("a.sh", "curl 'https://api.mailjet.com/?secret=${hex-lower:32}&x=1'"),
        ] {
            assert_eq!(found(path, text).len(), 1, "{path}: {text}");
        }
        assert_eq!(
            found("a.sh", "strictly --strictly-key ${base62:22}")[0].1.as_deref(),
            Some("strictly-key")
        );
    }

    #[test]
    fn another_name_another_shape_or_a_far_word_is_not_found() {
        for (path, text) in [
            ("a.py", "MAILJET_PUBLIC_SECRET = '${hex-lower:32}'"),
            ("a.py", "MAILJET_ID = '${hex-lower:32}'"),
            ("a.py", "MAILJET_SECRET = '${hex-lower:33}'"),
            ("a.yml", "mailjet:\n  a: 1\n  b: 2\n  secret-key: ${hex-lower:32}\n"),
            ("a.py", "# strictly\nkey = '${base62:22}'"),
        ] {
            assert_eq!(found(path, text), [], "{path}: {text}");
        }
    }
}
