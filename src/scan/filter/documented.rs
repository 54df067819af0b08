//! Values that documentation shows: beside a host that nobody has, after words that call them examples, in the output of
//! a program. People paste what works into a manual, so being there is not enough.

use super::forms::is_checksum;
use super::schema::COMMENTS;
use super::{manual, printed};
use crate::rules::{Detector, SecretKind};
use crate::scan::candidate::Candidate;
use crate::scan::detect::generic::Surroundings;
use crate::text::line;
use crate::text::randomness::is_uuid;
use crate::text::short::{holds, near};
use std::ops::Range;

/// Bytes before and after a value that are searched.
const REACH: usize = 400;

/// Why a value in documentation is less likely in use.
pub(super) fn why_shown(text: &[u8], c: &Candidate, place: &Surroundings<'_>) -> Option<&'static str> {
    let at = c.secret.start;
    if is_in_manifest(text, at) {
        return Some("stands in a manifest that documentation shows");
    }
    // A connection string names its own host: another one nearby says nothing of it.
    let has_host = c.rule.kind == SecretKind::ConnectionString;
    let around = paragraph(text, &c.secret, REACH);
    if !has_host && names_this_machine(around) {
        return Some("stands in documentation, beside an address of the reader's own machine");
    }
    if is_for_example_host(text, &c.secret) {
        return Some("stands in documentation, beside a host or an address that is reserved for examples");
    }
    if !has_host && is_for_named_host(around) {
        return Some("stands in documentation, beside a host that the reader fills in");
    }
    if is_given_as_example(text, at) {
        return Some("stands in documentation, after words that call it an example");
    }
    if is_introduced(text, at, is_of_example) {
        return Some("stands in a block that documentation calls an example");
    }
    if is_record(text, &c.secret) {
        return Some("stands in documentation, among the fields of a record that a server answers with");
    }
    if is_in_cookie(text, at) {
        return Some("stands in documentation, in the cookie of a session");
    }
    if is_masked(around) {
        return Some("stands in documentation, beside a value that was masked");
    }
    if is_called_dead(text, &c.secret) {
        return Some("stands in documentation, on a line that says that it no longer counts");
    }
    if let Some(why) = printed::why_shown(text, &c.secret) {
        return Some(why);
    }
    if stands_for_name(text, c) {
        return Some("stands in documentation, as the form of what its reader fills in");
    }
    // What explains a program to those who begin with it is often written with its author's own key.
    let is_formed = matches!(c.rule.detector, Detector::Regex(_));
    if !is_formed && !place.is_readme() && manual::is_in_object(text, &c.secret) {
        return Some("stands in a manual, in one of many requests and answers");
    }
    let value = c.decoded.as_deref().unwrap_or(&text[c.secret.clone()]);
    // In notes, people write down what is in use.
    if c.rule.is_generic() && place.is_manual() {
        if is_bare_uuid(value) {
            return Some("is a UUID in a manual, which has more ids than secrets");
        }
        if is_checksum(value) && c.rule.kind == SecretKind::Password {
            return Some("has the form of a password's hash, which a manual shows in place of it");
        }
    }
    value.starts_with(b"MASK-").then_some("is a masked value of a manual")
}

/// Why a whole private key in documentation is one that only readers see.
pub(super) fn why_key_shown(text: &[u8], c: &Candidate) -> Option<&'static str> {
    if c.rule.kind != SecretKind::PrivateKey {
        return None;
    }
    if is_called_sample(text, c.secret.start) {
        return Some("is a private key that documentation calls a sample");
    }
    is_for_example_host(text, &c.secret)
        .then_some("is a private key in documentation, beside a host that is reserved for examples")
}

/// Returns whether the line of a key's name, or the one above it, says that the key is a sample.
fn is_called_sample(text: &[u8], at: usize) -> bool {
    let near = text[at.saturating_sub(REACH)..at].to_ascii_lowercase();
    near.rsplit(|b| *b == b'\n')
        .take(3)
        .any(|line| holds(line, &[b"sample", b"example", b"dummy", b"replace with your", b"do not use"]))
}

/// Returns whether a comment on the line of a value, or right above it, says that it is not real.
pub(super) fn is_called_unreal(text: &[u8], at: usize) -> bool {
    let near = text[at.saturating_sub(REACH)..at].to_ascii_lowercase();
    let says = |line: &[u8]| {
        [&b"not a real "[..], b"isn't a real "].iter().any(|start| {
            memchr::memmem::find_iter(line, start).any(|i| {
                let rest = &line[i + start.len()..];
                names_credential(rest.strip_prefix(b"api ").unwrap_or(rest))
            })
        })
    };
    near.rsplit(|b| *b == b'\n').take(2).any(|line| line::is_comment(line, &COMMENTS) && says(line))
}

/// Returns whether a comment right above a value, or above the settings that stand between, says that it is only for tests.
pub(super) fn is_called_of_tests(text: &[u8], at: usize) -> bool {
    const START: &[u8] = b"test-only ";
    let near = text[at.saturating_sub(REACH)..at].to_ascii_lowercase();
    let says = |line: &[u8]| {
        let is_denied = holds(line, &[b"not ", b"no ", b"replace", b"were ", b"overrid"]);
        !is_denied
            && memchr::memmem::find_iter(line, START).any(|i| {
                let rest = &line[i + START.len()..];
                let is_part = line[..i].last().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'-');
                !is_part && (names_credential(rest) || rest.starts_with(b"value"))
            })
    };
    let own_paragraph = near.rsplit(|b| *b == b'\n').take_while(|line| !line.trim_ascii().is_empty());
    own_paragraph.skip(1).take(4).any(|line| line::is_comment(line, &COMMENTS) && says(line))
}

/// Returns whether a text in lower case begins with what people call a credential.
fn names_credential(text: &[u8]) -> bool {
    [&b"key"[..], b"token", b"secret", b"password", b"credential"].iter().any(|word| text.starts_with(word))
}

/// Returns whether this is a UUID, alone or behind a user as HTTP encodes both.
fn is_bare_uuid(value: &[u8]) -> bool {
    let decoded = || data_encoding::BASE64.decode(value).ok();
    let is_password = |login: Vec<u8>| login.rsplit(|b| *b == b':').next().is_some_and(is_uuid);
    is_uuid(value) || (40..160).contains(&value.len()) && decoded().is_some_and(is_password)
}

/// Returns whether the braces around a value hold what only a server writes: when it made the record, and the record's
/// id.
fn is_record(text: &[u8], value: &Range<usize>) -> bool {
    let near = near(text, value, REACH);
    // A server dates what it keeps, and answers a client that registers with where it may go.
    let answered = [
        &b"\"created_at\":"[..],
        b"\"createdAt\":",
        b"\"updated_at\":",
        b"\"updatedAt\":",
        b"\"redirect_uri\":",
    ];
    holds(near, &answered) && holds(near, &[b"\"id\":", b"\"_id\":", b"\"uuid\":"])
}

/// Returns whether the header of the line is that of cookies.
fn is_in_cookie(text: &[u8], at: usize) -> bool {
    holds(&text[line::start(text, at, REACH)..at].to_ascii_lowercase(), &[b"cookie: "])
}

/// Returns whether a paragraph holds a mask, as of a name or id that is not to be seen: `aurora-dbxxxxxxxx`.
fn is_masked(paragraph: &[u8]) -> bool {
    holds(paragraph, &[b"xxxxxxxx", b"XXXXXXXX", b"********"])
}

/// Returns whether the line says that the value is dead: `Removing invalid/expired token ... (BadDeviceToken)`.
fn is_called_dead(text: &[u8], value: &Range<usize>) -> bool {
    let line = text[line::around(text, value.start, REACH)].to_ascii_lowercase();
    holds(
        &line,
        &[
            b"expired token",
            b"invalid token",
            b"is expired",
            b"has expired",
            b"was revoked",
            b"baddevicetoken",
        ],
    )
}

/// Returns whether the text above names what its reader fills in, after the value's own name: `{TOKEN} can be one of:`.
fn stands_for_name(text: &[u8], c: &Candidate) -> bool {
    let name = c.name.as_deref().unwrap_or_default().to_ascii_uppercase();
    let above = &text[c.secret.start.saturating_sub(REACH / 2)..c.secret.start];
    name.len() >= 3
        && [("{", "}"), ("<", ">")]
            .iter()
            .any(|(open, close)| holds(above, &[[open, &name[..], close].concat().as_bytes()]))
}

/// Returns whether a text has an address of the local machine.
pub(super) fn names_this_machine(text: &[u8]) -> bool {
    holds(text, &[b"://localhost", b"://127.0.0.1"])
}

/// Returns whether the text before the value on its line introduces an example: `(e.g. ?api_key=...)`.
fn is_given_as_example(text: &[u8], at: usize) -> bool {
    let before = text[line::start(text, at, REACH)..at].to_ascii_lowercase();
    holds(&before, &[b"e.g.", b"for example", b"for instance", b"such as"])
}

/// Lines of a fenced block above a value in which its fence is looked for.
const FENCED: usize = 24;

/// Returns whether the value stands in a fenced block whose introduction, the last line above it in lower case, says
/// this.
pub(super) fn is_introduced(text: &[u8], at: usize, says: fn(&[u8]) -> bool) -> bool {
    let near = &text[at.saturating_sub(MANIFEST)..at];
    let mut above = near.rsplit(|b| *b == b'\n').skip(1);
    let is_fence = |line: &&[u8]| line.trim_ascii_start().starts_with(b"```");
    if !above.by_ref().take(FENCED).any(|line| is_fence(&line)) {
        return false;
    }
    let Some(line) = above.take(3).find(|line| !line.trim_ascii().is_empty()) else { return false };
    says(&line[..line.len().min(REACH)].to_ascii_lowercase())
}

/// Returns whether an introduction calls credentials examples. People paste what works into an "example request".
fn is_of_example(line: &[u8]) -> bool {
    let credentials = holds(line, &[b"example", b"e.g.", b"for instance", b"sample"])
        && holds(line, &[b"credential", b"secret", b"token", b"password", b"key"]);
    credentials || is_heading_of_example(line)
}

/// Returns whether a line is only a heading of an example: `**Example:**`, `Sample output:`. A sentence may introduce what is
/// in use.
fn is_heading_of_example(line: &[u8]) -> bool {
    let is_mark = |b: &u8| !b.is_ascii_alphanumeric();
    let start = line.iter().position(|b| !is_mark(b)).unwrap_or(line.len());
    let words = line.iter().filter(|b| **b == b' ').count();
    [&b"example"[..], b"sample"].iter().any(|word| line[start..].starts_with(word))
        && words <= 3
        && !holds(line, &[b"request"])
}

/// Returns whether an introduction says that a server's answer follows.
pub(super) fn is_of_answer(line: &[u8]) -> bool {
    holds(line, &[b"response", b"responds", b"returns", b"receive", b"answers", b"payload"])
        && !holds(line, &[b"request"])
}

/// Bytes around a value in which the paragraph that contains it may begin and end.
const PARAGRAPH: usize = 1200;

/// The lines around a value up to a blank one, within reach.
fn paragraph<'t>(text: &'t [u8], value: &Range<usize>, reach: usize) -> &'t [u8] {
    // Behind a blank line, a fence or a heading is another one.
    let ends = |line: &[u8]| {
        let line = line.trim_ascii();
        line.is_empty() || [&b"```"[..], b"~~~", b"## "].iter().any(|mark| line.starts_with(mark))
    };
    let from = value.start.saturating_sub(reach);
    let mut start = line::start(text, value.start, reach);
    while start > from {
        let above = line::start(text, start - 1, start - 1 - from);
        if ends(&text[above..start]) {
            break;
        }
        start = above;
    }
    let to = text.len().min(value.end + reach);
    let mut end = line::end(text, value.end, reach);
    while end < to {
        let next = line::end(text, end + 1, to.saturating_sub(end + 1));
        if ends(&text[end + 1..next.max(end + 1)]) {
            break;
        }
        end = next.max(end + 1);
    }
    &text[start..end]
}

/// Domains that are reserved for examples (RFC 2606).
pub(super) const RESERVED: [&[u8]; 3] = [b"example.com", b"example.org", b"example.net"];

/// Returns whether the paragraph names a host or an address of a domain that is reserved for examples and tests
/// (RFC 2606).
fn is_for_example_host(text: &[u8], value: &Range<usize>) -> bool {
    let near = paragraph(text, value, PARAGRAPH);
    let is_named = |domain: &[u8]| {
        memchr::memmem::find_iter(near, domain).any(|i| {
            let before = i.checked_sub(1).map_or(b' ', |before| near[before]);
            !before.is_ascii_alphanumeric() && !matches!(before, b'-' | b'_')
        })
    };
    RESERVED.into_iter().any(is_named)
        || memchr::memmem::find_iter(near, b"://").any(|i| is_reserved(&near[i + 3..]))
}

/// Returns whether the paragraph has a URL whose host the reader fills in: `https://<server>/api/`.
fn is_for_named_host(near: &[u8]) -> bool {
    let stand_ins = [&b"<"[..], b"{", b"$", b"your", b"YOUR", b"my.", b"hostname"];
    memchr::memmem::find_iter(near, b"://").any(|i| {
        let rest = &near[i + 3..];
        let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')).count();
        stand_ins.iter().any(|s| rest.starts_with(s)) || rest[..length].ends_with(b"-hostname")
    })
        // A header of the same request.
        || holds(near, &[b"Authorization: <", b"Authorization: Bearer <"])
}

/// Returns whether the URL after a scheme has a host below a domain that never resolves: `https://id.acme.test:8443/`.
fn is_reserved(rest: &[u8]) -> bool {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    let host = &rest[..rest.iter().take_while(is_part).count()];
    let mut labels = host.rsplit(|b| *b == b'.');
    matches!(labels.next(), Some(b"test" | b"example" | b"invalid")) && labels.next().is_some()
}

/// Bytes before a value in which its manifest may start.
const MANIFEST: usize = 8 << 10;

/// Returns whether a Kubernetes Secret starts shortly before, and no fence or heading ends it.
fn is_in_manifest(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(MANIFEST)..at];
    let kinds = [&b"kind: Secret"[..], b"kind: 'Secret'", b"kind: \"Secret\""];
    let start = kinds.iter().filter_map(|kind| memchr::memmem::rfind(before, kind)).max();
    start.is_some_and(|start| {
        let ends =
            |line: &[u8]| [&b"```"[..], b"~~~", b"## ", b"==="].iter().any(|mark| line.starts_with(mark));
        !before[start..].split(|b| *b == b'\n').any(|line| ends(line.trim_ascii_start()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Range<usize> {
        let at = text.find("VALUE").unwrap();
        at..at + 5
    }

    #[test]
    fn an_example_of_documentation_is_known_by_its_host_and_its_introduction() {
        let host = |text: &str| is_for_example_host(text.as_bytes(), &place(text));
        assert!(host("X_EMAIL=you@example.com \\\nX_KEY=VALUE \\\nrun\n"));
        assert!(host("X_KEY=VALUE \\\nrun -d '*.example.org'\n"));
        let named = |text: &str| is_for_named_host(paragraph(text.as_bytes(), &place(text), REACH));
        assert!(named("curl -d token=VALUE \\\n  http://<awx>/api/o/revoke/\n"));
        assert!(!named("curl -d token=VALUE \\\n  http://awx.acme.io/api/o/revoke/\n"));
        assert!(host("issuer: http://id.acme.test:8440/auth\nsecret: VALUE\n"));
        assert!(!host("See https://example.com.\n\nX_KEY=VALUE\n"));
        assert!(!host("issuer: https://test.acme.io/auth\nsecret: VALUE\nrun.test\n"));
        let said = |text: &str| is_given_as_example(text.as_bytes(), text.find("VALUE").unwrap());
        assert!(
            said("Pass the key as a parameter (e.g. `?api_key=VALUE`).") && said("For example, key=VALUE")
        );
        assert!(!said("e.g.\nkey=VALUE") && !said("key=VALUE, e.g. this"));
        assert!(!host("X_EMAIL=you@my-example.com\nX_KEY=VALUE\n"));
        let introduced =
            |text: &str| is_introduced(text.as_bytes(), text.find("VALUE").unwrap(), is_of_example);
        assert!(introduced("Example credentials:\n\n```json\n{\n  \"key\": \"VALUE\"\n"));
        assert!(!introduced("An example.\n\nOur settings:\n\n```\nkey=VALUE\n"));
        assert!(!introduced("**Example request**:\n\n```http\nGET / HTTP/1.1\nX-Key: VALUE\n"));
        assert!(!introduced("Example:\n\nkey=VALUE\n"));
        assert!(!introduced("Example:\n```\na\n```\n\nkey=VALUE\n"));
    }

    #[test]
    fn what_only_readers_of_a_manual_see_is_known() {
        let record = |text: &str| is_record(text.as_bytes(), &place(text));
        assert!(record("{\"id\": \"1\", \"created_at\": 1442426001000, \"secret\": \"VALUE\"}"));
        assert!(!record("{\"id\": \"1\", \"secret\": \"VALUE\"}"));
        let cookie = |text: &str| is_in_cookie(text.as_bytes(), text.find("VALUE").unwrap());
        assert!(cookie("Set-Cookie: a_session=VALUE\n") && !cookie("cookie_key: VALUE\n"));
        let masked = |text: &str| is_masked(paragraph(text.as_bytes(), &place(text), REACH));
        assert!(masked("\"id\": \"aurora-dbxxxxxxxx\",\n\"password\": \"VALUE\"\n"));
        assert!(!masked("\"id\": \"aurora-db\",\n\"password\": \"VALUE\"\n"));
        let sample = |text: &str| is_called_sample(text.as_bytes(), text.find("VALUE").unwrap());
        assert!(sample("key: | # Sample private key, replace with your own\n  VALUE"));
        assert!(!sample("# An example\n\nOur key:\n\nkey: |\n  VALUE"));
        let uuid = "8f14e45f-ceea-467f-a34c-0d2b1c9e7a61";
        assert!(is_bare_uuid(uuid.as_bytes()));
        assert!(is_bare_uuid(data_encoding::BASE64.encode(format!("app:{uuid}").as_bytes()).as_bytes()));
        assert!(!is_bare_uuid(b"kQ7xR2T9zLm4pWv8nB3cY6kQ7xR2T9zLm4pW"));
    }
}
