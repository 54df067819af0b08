//! Recorded or displayed values: a server's answer, a log, the example of a schema. Such a value is seldom in use
//! any more, or never was.

use super::commented;
use super::documented::{self, is_introduced, is_of_answer};
use super::schema::{COMMENTS, why_shown};
use super::siblings::fields_beside;
use crate::finding::{Confidence, Evidence};
use crate::scan::candidate::Candidate;
use crate::scan::detect::generic::Surroundings;
use crate::text::line;
use crate::text::randomness::is_uuid;
use crate::text::short::holds;
use crate::validate;
use std::ops::Range;

/// Bytes before and after a value in which the fields of an answer are searched.
const REACH: usize = 400;

/// Fields beside a token that a server issued for a limited time.
const OF_TOKENS: [&[u8]; 2] = [b"expires_in", b"token_type"];

/// Fields beside a secret of a client that a server registered (RFC 7591).
const OF_CLIENTS: [&[u8]; 3] =
    [b"client_secret_expires_at", b"client_id_issued_at", b"registration_client_uri"];

/// A client's secret with this beside it never ends.
const FOR_EVER: [&[u8]; 2] = [b"client_secret_expires_at\":0", b"client_secret_expires_at\": 0"];

/// Lowers a candidate to a warning, and says why.
pub(super) fn soften(c: &mut Candidate, why: &'static str) {
    c.confidence = c.confidence.min(Confidence::Medium);
    c.evidence.push(Evidence::lowers("recorded", why));
}

/// Why the value is less likely in use; `None` if its place does not tell.
pub(super) fn why_unlikely(text: &[u8], c: &Candidate, place: &Surroundings<'_>) -> Option<&'static str> {
    let at = c.secret.start;
    if place.is_log(text) {
        return Some("stands in a log");
    }
    if place.is_recording() && is_answer(text, at) {
        return Some("stands in the recording of an answer, or of a request to this machine");
    }
    let is_cookie = || {
        c.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("cookie")) || is_in_cookies(text, at)
    };
    if place.is_recording() && is_cookie() {
        return Some("stands in the recording of a request, in a cookie of that time");
    }
    let name = c.name.as_deref().unwrap_or("token").to_ascii_lowercase();
    let is_shown = place.is_documentation();
    let is_token = name.contains("token") || name.contains("bearer");
    let is_answered = || is_below_status(text, at) || is_shown && is_introduced(text, at, is_of_answer);
    // In a manual, so is a secret or a password.
    let may_be_given = is_token || is_shown && c.rule.is_generic();
    if is_given_out(text, &c.secret, &name, is_shown) || may_be_given && is_answered() {
        return Some("stands in a server's answer");
    }
    if is_token && !name.contains("refresh") && is_run_out(text, &c.secret) {
        return Some("ran out, by the date beside it");
    }
    if (is_shown || place.is_program()) && is_below_format(text, at) {
        return Some("stands below words that describe a format");
    }
    if let Some(why) = why_shown(text, c) {
        return Some(why);
    }
    if let Some(why) = commented::why_shown(text, at, &name, place.is_program()) {
        return Some(why);
    }
    if c.rule.is_generic() && place.is_rust() && is_in_rust_test(text, at) {
        return Some("stands in a test of its file");
    }
    if c.rule.is_generic() && is_looked_up(text, c.whole.start) {
        return Some("is what a query looks for");
    }
    if c.rule.is_generic() && place.is_script() && line::around(text, at, BUILT).len() >= BUILT {
        return Some("stands in a long line of a script that was built");
    }
    if place.is_api_description() {
        return Some("stands in an API description or a standard, which consists of examples");
    }
    if is_shown && c.rule.is_generic() && place.is_readme() && is_uuid(&text[c.secret.clone()]) {
        return Some("is a UUID in what explains a program, which has more ids than secrets");
    }
    is_shown.then(|| documented::why_shown(text, c, place)).flatten()
}

/// Returns whether the line, or the one above, begins with the name of the header of cookies.
fn is_in_cookies(text: &[u8], at: usize) -> bool {
    let start = line::start(text, at, REACH);
    let above = line::start(text, start.saturating_sub(1), REACH);
    let near = text[above..at].to_ascii_lowercase();
    near.split(|b| *b == b'\n').any(|line| {
        let line = line.trim_ascii_start();
        let line = line.strip_prefix(b"- ").unwrap_or(line);
        line.strip_prefix(b"\"").unwrap_or(line).starts_with(b"cookie")
    })
}

/// Fields of a record that say until when a token counts.
const UNTIL: [&[u8]; 3] = [b"expiresAt", b"expires_at", b"expiration"];

/// Returns whether a field in the value, or beside it, says that it ran out: `"expiresAt": "2020-01-21T16:33:58Z"`.
fn is_run_out(text: &[u8], secret: &Range<usize>) -> bool {
    let is_past = |rest: &[u8]| {
        let marks = rest.iter().take(6).take_while(|b| b"\"'\\:= ".contains(b)).count();
        marks > 0 && validate::is_past(&rest[marks..])
    };
    let says = |near: &[u8]| {
        UNTIL
            .iter()
            .any(|field| memchr::memmem::find_iter(near, field).any(|at| is_past(&near[at + field.len()..])))
    };
    says(&text[secret.clone()]) || says(&fields_beside(text, secret, REACH))
}

/// Lines above a value in which a format is announced.
const FORMAT: usize = 6;

/// Returns whether one of the lines above, not a comment, ends in a colon and says which form something has:
/// `exported in the following JSON format:`.
fn is_below_format(text: &[u8], at: usize) -> bool {
    let near = &text[at.saturating_sub(REACH)..at];
    near.rsplit(|b| *b == b'\n').skip(1).take(FORMAT).any(|line| {
        line.trim_ascii_end().ends_with(b":") && !line::is_comment(line, &COMMENTS) && {
            let line = line.to_ascii_lowercase();
            holds(&line, &[b"following"]) && holds(&line, &[b" format"])
        }
    })
}

/// Bytes before a value in which the tests of a file of Rust may begin.
const TESTS: usize = 64 << 10;

/// Returns whether the value is in a function of Rust that is a test, or in the tests at a file's end.
fn is_in_rust_test(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(TESTS)..at];
    if memchr::memmem::rfind(before, b"#[cfg(test)]\nmod ").is_some() {
        return true;
    }
    let Some(test) = memchr::memmem::rfind(before, b"#[test]") else { return false };
    // The function ends with a brace that is indented like its attribute.
    let indent = before[..test].iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let rest = before[test..].split(|b| *b == b'\n').skip(1);
    let ends = |line: &[u8]| line.len() == indent + 1 && line.ends_with(b"}");
    !rest.into_iter().any(ends)
}

/// Returns whether the name at `at` is the column of a query: `->where('gateway_key', 'v')`, `find_by(key: 'v')`.
fn is_looked_up(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(REACH / 4)..at];
    let before = before.strip_suffix(b"'").or(before.strip_suffix(b"\"")).unwrap_or(before);
    let Some(before) = before.strip_suffix(b"(") else { return false };
    let length = before.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let (object, called) = before.split_at(before.len() - length);
    matches!(object, [.., b'>' | b'.'] | [.., b':', b':'])
        && matches!(
            &called.to_ascii_lowercase()[..],
            b"where" | b"orwhere" | b"firstwhere" | b"find_by" | b"findby" | b"where_not" | b"exists"
        )
}

/// Bytes of a line that no person writes into a script.
const BUILT: usize = 4 << 10;

/// Returns whether the fields beside a token or a secret are those of a server's answer. A refresh token outlives
/// its answer, except one shown in documentation.
fn is_given_out(text: &[u8], secret: &Range<usize>, name: &str, is_shown: bool) -> bool {
    let is_secret = name.contains("secret");
    if !is_secret && !name.contains("token") || name.contains("refresh") && !is_shown {
        return false;
    }
    let near = fields_beside(text, secret, REACH);
    let beside = |fields: &[&[u8]]| {
        fields.iter().any(|field| {
            memchr::memmem::find_iter(&near, field).any(|at| is_given(&near[at + field.len()..]))
        })
    };
    match is_secret {
        true => beside(&OF_CLIENTS) && (is_shown || !holds(&near, &FOR_EVER)),
        false => beside(&OF_TOKENS),
    }
}

/// Returns whether a value follows a field's name.
fn is_given(rest: &[u8]) -> bool {
    let rest =
        rest.strip_prefix(b"\"").or(rest.strip_prefix(b"'")).or(rest.strip_prefix(b"\\\"")).unwrap_or(rest);
    matches!(rest.trim_ascii_start(), [b':' | b'=' | b'>', ..])
}

/// Returns whether a recording (VCR's YAML or JSON) has this in an answer, or in a request to the local machine.
fn is_answer(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    let (request, response) = (last_key(before, b"request"), last_key(before, b"response"));
    if response > request {
        return true;
    }
    // A request's address follows its body.
    let rest = &text[at..];
    let end = memchr::memmem::find(rest, b"response").unwrap_or(rest.len());
    let begin = request.unwrap_or(at);
    let exchange = &text[begin..at + end];
    memchr::memmem::find_iter(exchange, b"://").any(|i| is_this_machine(&exchange[i + 3..]))
}

/// The last place where the key starts a line, or is in quotes.
fn last_key(text: &[u8], key: &[u8]) -> Option<usize> {
    memchr::memmem::rfind_iter(text, key).find(|at| {
        let line = line::around(text, *at, REACH);
        let (before, after) = (&text[line.start..*at], &text[at + key.len()..]);
        let begins = before.iter().all(|b| matches!(b, b' ' | b'-')) && after.starts_with(b":");
        begins || before.ends_with(b"\"") && after.starts_with(b"\":")
    })
}

/// Returns whether the status line of an answer stands above: `HTTP/1.1 200 OK`, its headers and its body.
fn is_below_status(text: &[u8], at: usize) -> bool {
    let near = &text[at.saturating_sub(2 * REACH)..at];
    memchr::memmem::rfind(near, b"HTTP/").is_some_and(|i| {
        // In a string, a program writes it.
        let mut lead = near[..i].iter().rev().take_while(|b| **b != b'\n');
        let in_string = lead.any(|b| matches!(b, b'"' | b'\'' | b'`'));
        let rest = &near[i + 5..];
        let version = rest.iter().take(3).take_while(|b| b.is_ascii_digit() || **b == b'.').count();
        !in_string
            && matches!(&rest[version..], [b' ', b'2', b'0'..=b'9', b'0'..=b'9', b' ' | b'\r' | b'\n', ..])
    })
}

/// Returns whether the URL after a scheme has a host that only the local machine resolves: `localhost`, `app:3000`.
fn is_this_machine(rest: &[u8]) -> bool {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    let host = &rest[..rest.iter().take_while(is_part).count()];
    host == b"127.0.0.1" || !host.is_empty() && !host.contains(&b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_in_a_file_of_rust_ends_with_its_function() {
        let inside = |text: &str| is_in_rust_test(text.as_bytes(), text.find("VALUE").unwrap());
        assert!(inside("    #[test]\n    fn a() {\n        let key = \"VALUE\";\n    }\n"));
        assert!(inside("#[cfg(test)]\nmod tests {\n    const KEY: &str = \"VALUE\";\n}\n"));
        assert!(!inside(
            "    #[test]\n    fn a() {\n        f();\n    }\n    const KEY: &str = \"VALUE\";\n"
        ));
    }

    #[test]
    fn what_a_query_looks_for_is_known() {
        let sought = |text: &str| is_looked_up(text.as_bytes(), text.find("key").unwrap());
        assert!(sought("Gateway::where('key', 'VALUE')") && sought("$q->where(\"key\", 'VALUE')"));
        assert!(sought("Gateway.find_by(key: 'VALUE')"));
        assert!(!sought("where('key', 'VALUE')") && !sought("Gateway::create('key', 'VALUE')"));
    }

    #[test]
    fn an_answer_is_recognised_by_what_is_kept_of_it() {
        let given = |text: &str, name: &str| {
            let at = text.find("VALUE").unwrap();
            is_given_out(text.as_bytes(), &(at..at + 5), name, false)
        };
        assert!(given("{\"access_token\": \"VALUE\", \"expires_in\": 3599}", "access_token"));
        assert!(given(
            "{\"client_secret\": \"VALUE\", \"client_secret_expires_at\": 1893456000}",
            "client_secret"
        ));
        assert!(!given("{\"refresh_token\": \"VALUE\", \"expires_in\": 3599}", "refresh_token"));
        assert!(!given("{\"client_secret\": \"VALUE\", \"expires_in\": 3599}", "client_secret"));
        assert!(!given("{\"api_key\": \"VALUE\", \"expires_in\": 3599}", "api_key"));
        assert!(!given("{\"client_secret\": \"VALUE\", \"client_secret_expires_at\": 0}", "client_secret"));
        assert!(!given("{apiToken: 'VALUE', jwt: {expires_in: '7d'}}", "apitoken"));
        assert!(!given("ACCESS_TOKEN=VALUE\nTOKEN_TYPE=Bearer\n", "access_token"));
    }

    #[test]
    fn an_answer_is_known_by_its_introduction_and_by_its_status() {
        let introduced =
            |text: &str| is_introduced(text.as_bytes(), text.find("VALUE").unwrap(), is_of_answer);
        assert!(introduced("You'll receive a response with a cart.\n\n```json\n{\"token\": \"VALUE\"}\n"));
        assert!(!introduced("Send this request, and a response returns:\n\n```\ntoken: VALUE\n"));
        assert!(!introduced("Configuration:\n\n```\ntoken: VALUE\n"));
        let below = |text: &str| is_below_status(text.as_bytes(), text.find("VALUE").unwrap());
        assert!(below("HTTP/1.1 200 OK\nHost: a\n\n{\"refresh_token\": \"VALUE\"}"));
        assert!(below("HTTP/2 201\r\n\r\n{\"token\": \"VALUE\"}"));
        assert!(!below("POST /login HTTP/1.1\nAuthorization: Bearer VALUE"));
        assert!(!below("HTTP/1.1 200 OK\n\nGET / HTTP/1.1\nAuthorization: Bearer VALUE"));
    }

    #[test]
    fn an_answer_of_a_recording_is_distinguished_from_its_request() {
        let answer = |text: &str| is_answer(text.as_bytes(), text.find("VALUE").unwrap());
        let request =
            |uri: &str| format!("- request:\n    body: VALUE\n    uri: {uri}\n  response:\n    body: x\n");
        assert!(!answer(&request("https://api.acme.io/v1")));
        assert!(answer(&request("http://localhost:3000/register")));
        assert!(answer(&request("http://otherapp:3000/register")));
        assert!(answer("- request:\n    uri: https://api.acme.io/v1\n  response:\n    body: VALUE\n"));
        assert!(answer(
            "- request:\n    uri: https://api.acme.io\n  response:\n    body: {\"request_id\": 1, VALUE\n"
        ));
    }
}
