//! What was recorded or is shown: a server's answer to somebody, a log, the example of a schema. Such a value is
//! rarely in use any more, or never was.

use crate::scan::candidate::Candidate;
use crate::scan::detect::generic::Surroundings;
use crate::text::line;
use std::ops::Range;

/// Bytes before and after a value in which the fields of an answer are looked for.
const REACH: usize = 400;

/// Fields beside a token that say that a server gave it out for a while.
const OF_TOKENS: [&[u8]; 2] = [b"expires_in", b"token_type"];

/// Fields beside a secret that say that a server registered a client (RFC 7591).
const OF_CLIENTS: [&[u8]; 3] =
    [b"client_secret_expires_at", b"client_id_issued_at", b"registration_client_uri"];

/// Why the value is less likely in use, if its place says so.
pub(super) fn why_unlikely(text: &[u8], c: &Candidate, place: &Surroundings<'_>) -> Option<&'static str> {
    let at = c.secret.start;
    if place.is_log(text) {
        return Some("stands in a log");
    }
    if place.is_recording() && is_answer(text, at) {
        return Some("stands in the recording of an answer, or of a request to this machine");
    }
    let name = c.name.as_deref().unwrap_or("token").to_ascii_lowercase();
    if is_given_out(text, &c.secret, &name) {
        return Some("stands in a server's answer");
    }
    if is_example(text, at) {
        return Some("stands where a schema gives an example");
    }
    if place.is_documentation() && is_in_manifest(text, at) {
        return Some("stands in a manifest that documentation shows");
    }
    None
}

/// Returns whether the fields beside a token or a secret are those of a server's answer. A refresh token outlives its
/// answer.
fn is_given_out(text: &[u8], secret: &Range<usize>, name: &str) -> bool {
    let beside = |fields: &[&[u8]]| {
        let near = &text[secret.start.saturating_sub(REACH)..text.len().min(secret.end + REACH)];
        fields.iter().any(|field| memchr::memmem::find(near, field).is_some())
    };
    match () {
        () if name.contains("refresh") => false,
        () if name.contains("secret") => beside(&OF_CLIENTS),
        () if name.contains("token") => beside(&OF_TOKENS),
        () => false,
    }
}

/// Returns whether a recording (VCR's YAML or JSON) has this in an answer, or in a request to the machine itself.
fn is_answer(text: &[u8], at: usize) -> bool {
    let last = |mark: &[u8]| memchr::memmem::rfind(&text[..at], mark);
    if last(b"response") > last(b"request") {
        return true;
    }
    // The address of a request follows its body.
    let rest = &text[at..];
    let end = memchr::memmem::find(rest, b"response").unwrap_or(rest.len());
    let begin = last(b"request").unwrap_or(at);
    [&b"://localhost"[..], b"://127.0.0.1", b"://example."]
        .iter()
        .any(|host| memchr::memmem::find(&text[begin..at + end], host).is_some())
}

/// Lines above a value in which the key that it stands under is looked for.
const LINES: usize = 24;

/// Returns whether the value stands under a key `example` or `examples`, as in OpenAPI and JSON Schema.
fn is_example(text: &[u8], at: usize) -> bool {
    let own = line::around(text, at, REACH);
    if names_example(&text[own.start..at]) {
        return true;
    }
    let (mut depth, mut is_item) = depth(&text[own.clone()]);
    let mut end = own.start;
    for _ in 0..LINES {
        if end == 0 || depth == 0 && !is_item {
            return false;
        }
        let above = line::around(text, end - 1, REACH);
        end = above.start;
        let said = &text[above];
        if said.trim_ascii().is_empty() {
            continue;
        }
        let (its_depth, item) = self::depth(said);
        if its_depth < depth || its_depth == depth && is_item && !item {
            (depth, is_item) = (its_depth, item);
            if names_example(said) {
                return true;
            }
        }
    }
    false
}

/// The blanks before a line's text, and whether it is an item of a list.
fn depth(line: &[u8]) -> (usize, bool) {
    let blanks = line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    (blanks, line.get(blanks) == Some(&b'-'))
}

/// Returns whether a key `example` or `examples` stands in a part of a line, with its separator.
fn names_example(line: &[u8]) -> bool {
    memchr::memmem::find_iter(line, b"example").any(|at| {
        let before = at.checked_sub(1).map(|i| line[i]);
        let rest = &line[at + 7..];
        let rest = rest.strip_prefix(b"s").unwrap_or(rest);
        let rest = rest.strip_prefix(b"\"").or(rest.strip_prefix(b"'")).unwrap_or(rest).trim_ascii_start();
        matches!(rest, [b':' | b'=', ..])
            && before.is_none_or(|b| matches!(b, b' ' | b'\t' | b'"' | b'\'' | b'(' | b'{' | b','))
    })
}

/// Returns whether a Kubernetes Secret begins shortly before.
fn is_in_manifest(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(8 * REACH)..at];
    [&b"kind: Secret"[..], b"kind: 'Secret'", b"kind: \"Secret\""]
        .iter()
        .any(|kind| memchr::memmem::find(before, kind).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn example(text: &str) -> bool {
        is_example(text.as_bytes(), text.find("VALUE").unwrap())
    }

    #[test]
    fn the_example_of_a_schema_is_known_by_the_key_above_it() {
        for text in [
            "token:\n  type: string\n  example: VALUE\n",
            "token:\n  examples:\n    - 'VALUE'\n",
            "token:\n  examples:\n  - VALUE\n",
            "{\"token\": {\"type\": \"string\", \"examples\": [\"Bearer VALUE\"]}}",
            "example:\n  user: a\n  auth:\n    token: VALUE\n",
            "@Schema(example = \"VALUE\")",
            "Field(None, example=\"VALUE\")",
        ] {
            assert!(example(text), "{text}");
        }
        for text in [
            "example: a\ntoken: VALUE\n",
            "auth:\n  example: a\n  token: VALUE\n",
            "examples:\n  - a\ntoken:\n  VALUE\n",
            "# for example: x\ntoken: VALUE",
            "url: https://example.com\n  token: VALUE\n",
        ] {
            assert!(!example(text), "{text}");
        }
    }

    #[test]
    fn an_answer_is_told_from_what_is_kept_of_it() {
        let given = |text: &str, name: &str| {
            let at = text.find("VALUE").unwrap();
            is_given_out(text.as_bytes(), &(at..at + 5), name)
        };
        assert!(given("{\"access_token\": \"VALUE\", \"expires_in\": 3599}", "access_token"));
        assert!(given("{\"client_secret\": \"VALUE\", \"client_secret_expires_at\": 0}", "client_secret"));
        assert!(!given("{\"refresh_token\": \"VALUE\", \"expires_in\": 3599}", "refresh_token"));
        assert!(!given("{\"client_secret\": \"VALUE\", \"expires_in\": 3599}", "client_secret"));
        assert!(!given("{\"api_key\": \"VALUE\", \"expires_in\": 3599}", "api_key"));
        assert!(!given("ACCESS_TOKEN=VALUE\nTOKEN_TYPE=Bearer\n", "access_token"));
    }

    #[test]
    fn an_answer_of_a_recording_is_told_from_its_request() {
        let answer = |text: &str| is_answer(text.as_bytes(), text.find("VALUE").unwrap());
        let request =
            |uri: &str| format!("- request:\n    body: VALUE\n    uri: {uri}\n  response:\n    body: x\n");
        assert!(!answer(&request("https://api.acme.io/v1")));
        assert!(answer(&request("http://localhost:3000/register")));
        assert!(answer("- request:\n    uri: https://api.acme.io/v1\n  response:\n    body: VALUE\n"));
    }
}
