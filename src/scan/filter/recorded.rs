//! Recorded or displayed values: a server's answer, a log, the example of a schema. Such a value is seldom in use
//! any more, or never was.

use super::documented::{self, is_introduced, is_of_answer, names_this_machine};
use super::siblings::fields_beside;
use crate::finding::{Confidence, Evidence};
use crate::scan::candidate::Candidate;
use crate::scan::detect::generic::Surroundings;
use crate::text::line;
use crate::text::short::holds;
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
    let name = c.name.as_deref().unwrap_or("token").to_ascii_lowercase();
    let is_shown = place.is_documentation();
    let is_token = name.contains("token") || name.contains("bearer");
    let is_answered = || is_below_status(text, at) || is_shown && is_introduced(text, at, is_of_answer);
    if is_given_out(text, &c.secret, &name, is_shown) || is_token && is_answered() {
        return Some("stands in a server's answer");
    }
    if let Some(why) = why_shown(text, c) {
        return Some(why);
    }
    if place.is_program() && is_among_stand_ins(text, at) {
        return Some("stands in a comment, among stand-ins for what its reader fills in");
    }
    if place.is_program() && is_told_for_this_machine(text, at) {
        return Some("stands in a comment, in a call to this machine");
    }
    if c.rule.is_generic() && is_looked_up(text, c.whole.start) {
        return Some("is what a query looks for");
    }
    if c.rule.is_generic() && place.is_script() && line::around(text, at, BUILT).len() >= BUILT {
        return Some("stands in a long line of a script that was built");
    }
    if place.is_api_description() {
        return Some("stands in an API description, which consists of examples");
    }
    is_shown.then(|| documented::why_shown(text, c, place.is_manual())).flatten()
}

/// Why a value is shown and not used: it is the example of a schema.
pub(super) fn why_shown(text: &[u8], c: &Candidate) -> Option<&'static str> {
    let at = c.secret.start;
    (is_example(text, at) || is_in_example_tag(text, at)).then_some("stands where a schema gives an example")
}

/// Returns whether the value is in a comment, below its `@example` tag.
fn is_in_example_tag(text: &[u8], at: usize) -> bool {
    let near = &text[at.saturating_sub(2 * REACH)..at];
    let lines = near.rsplit(|b| *b == b'\n').map(<[u8]>::trim_ascii_start);
    let is_comment = |line: &&[u8]| matches!(line, [b'*', ..] | [b'#', ..] | [b'/', b'/', ..]);
    lines.take_while(is_comment).any(|line| holds(line, &[b"@example"]))
}

/// Returns whether the line is a comment with an address of the local machine.
fn is_told_for_this_machine(text: &[u8], at: usize) -> bool {
    let line = &text[line::around(text, at, REACH)];
    line::is_comment(line, &COMMENTS) && names_this_machine(line)
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

/// Marks of a comment's line in programs.
const COMMENTS: [&[u8]; 4] = [b"#", b"//", b"*", b"--"];
/// Lines of a comment on both sides of a value that are read.
const BLOCK: usize = 6;

/// Returns whether the comment around the value assigns stand-ins to other names, as samples list what their reader has
/// to fill in: `# bucket = "your-bucket-name"`.
fn is_among_stand_ins(text: &[u8], at: usize) -> bool {
    let own = line::around(text, at, REACH);
    let is_comment = |line: &&[u8]| line::is_comment(line, &COMMENTS);
    if !is_comment(&&text[own.clone()]) {
        return false;
    }
    let above = text[own.start.saturating_sub(2 * REACH)..own.start].rsplit(|b| *b == b'\n').skip(1);
    let below = text[own.end..text.len().min(own.end + 2 * REACH)].split(|b| *b == b'\n').skip(1);
    above
        .take(BLOCK)
        .take_while(is_comment)
        .chain(below.take(BLOCK).take_while(is_comment))
        .any(assigns_stand_in)
}

/// Returns whether a line assigns a string that stands for the reader's own: `"your-bucket-name"`, `'<project>'`.
fn assigns_stand_in(line: &[u8]) -> bool {
    let Some(sign) = memchr::memchr2(b'=', b':', line) else { return false };
    let value = line[sign + 1..].trim_ascii_start();
    // `:=`
    let value = value.strip_prefix(b"=").unwrap_or(value).trim_ascii_start();
    let Some((quote @ (b'"' | b'\''), value)) = value.split_first() else { return false };
    let Some(end) = memchr::memchr(*quote, value) else { return false };
    let lower = value[..end].to_ascii_lowercase();
    lower.starts_with(b"your") || lower.starts_with(b"<") || holds(&lower, &[b"path/to/"])
}

/// Returns whether the fields beside a token or a secret are those of a server's answer. A refresh token outlives
/// its answer, except one shown in documentation.
fn is_given_out(text: &[u8], secret: &Range<usize>, name: &str, is_shown: bool) -> bool {
    let beside = |fields: &[&[u8]]| holds(&fields_beside(text, secret, REACH), fields);
    match () {
        () if name.contains("refresh") && !is_shown => false,
        () if name.contains("secret") => beside(&OF_CLIENTS) && (is_shown || !beside(&FOR_EVER)),
        () if name.contains("token") => beside(&OF_TOKENS),
        () => false,
    }
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

/// Lines above a value in which its parent key is searched.
const LINES: usize = 512;

/// Returns whether the value is below a key `example` or `examples`, as in OpenAPI and JSON Schema.
fn is_example(text: &[u8], at: usize) -> bool {
    let own = line::around(text, at, REACH);
    if names_example(&text[own.start..at]) || is_in_long_example(&text[..own.start]) {
        return true;
    }
    let (mut depth, mut is_item) = depth(&text[own.clone()]);
    let in_comment = line::is_comment(&text[own.clone()], &COMMENTS);
    let mut end = own.start;
    for _ in 0..LINES {
        if end == 0 || depth == 0 && !is_item {
            return false;
        }
        let above = line::around(text, end - 1, REACH);
        end = above.start;
        let said = &text[above];
        // A comment is a parent only in a schema that is a comment as a whole.
        if said.trim_ascii().is_empty() || !in_comment && line::is_comment(said, &COMMENTS[..2]) {
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

/// Bytes before a string in which the annotation that has it may begin.
const ANNOTATION: usize = 240;

/// Bytes before a value in which the string that contains it may begin.
const LONG_STRING: usize = 8 << 10;

/// Returns whether the last string of several lines that begins before is one of a key `example`: `Example = '''`.
fn is_in_long_example(before: &[u8]) -> bool {
    let marks = [&b"\"\"\""[..], b"'''"];
    let near = &before[before.len().saturating_sub(LONG_STRING)..];
    let last = marks.iter().filter_map(|mark| memchr::memmem::rfind(near, mark)).max();
    last.is_some_and(|at| {
        let line = line::around(near, at, REACH);
        let before = &near[line.start..at];
        // A string that begins on the same line ends here.
        !holds(before, &marks) && names_example(before)
            || holds(&near[at.saturating_sub(ANNOTATION)..at], &[b"@ExampleObject("])
    })
}

/// The indentation of a line, and whether it is a list item.
fn depth(line: &[u8]) -> (usize, bool) {
    let blanks = line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    (blanks, line.get(blanks) == Some(&b'-'))
}

/// Returns whether part of a line has a key `example` or `examples`, with its separator.
fn names_example(line: &[u8]) -> bool {
    memchr::memmem::find_iter(line, b"xample").filter(|at| *at > 0).any(|at| {
        let before = at.checked_sub(2).map(|i| line[i]);
        let rest = &line[at + 6..];
        let rest = rest.strip_prefix(b"s").unwrap_or(rest);
        let rest = rest.strip_prefix(b"\"").or(rest.strip_prefix(b"'")).unwrap_or(rest).trim_ascii_start();
        // `x-examples` is an extension.
        let is_key = line[..at - 1].ends_with(b"x-")
            || before.is_none_or(|b| matches!(b, b' ' | b'\t' | b'"' | b'\'' | b'(' | b'{' | b','));
        line[at - 1].eq_ignore_ascii_case(&b'e') && matches!(rest, [b':' | b'=', ..]) && is_key
    })
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
            "Token:\n  x-examples:\n    create:\n      token: VALUE\n",
            "examples:\n  Example:\n    value:\n      - a\n      - token: VALUE\n",
            "Field(None, example=\"VALUE\")",
            "@ExampleObject(\n  name = 'x',\n  value = '''{\n  \"token\": \"VALUE\"}''')",
            "Name = 'x'\nExample = '''\nX_USER=a \\\nX_TOKEN=VALUE \\\nrun\n'''\n",
        ] {
            assert!(example(text), "{text}");
        }
        for text in [
            "example: a\ntoken: VALUE\n",
            "auth:\n  example: a\n  token: VALUE\n",
            "examples:\n  - a\ntoken:\n  VALUE\n",
            "# for example: x\ntoken: VALUE",
            "url: https://example.com\n  token: VALUE\n",
            "Example = '''\nX_USER=a\n'''\ntoken = 'VALUE'\n",
        ] {
            assert!(!example(text), "{text}");
        }
    }

    #[test]
    fn a_value_below_the_example_tag_of_a_comment_is_known() {
        let tagged = |text: &str| is_in_example_tag(text.as_bytes(), text.find("VALUE").unwrap());
        assert!(tagged("/**\n * Does it.\n * @example\n * ```ts\n * run({ token: 'VALUE' });\n"));
        assert!(tagged("# @example\n#   run(token: 'VALUE')\n"));
        assert!(!tagged("/**\n * @example\n * run()\n */\nconst token = 'VALUE';\n"));
        assert!(!tagged("/**\n * Our token: VALUE\n"));
    }

    #[test]
    fn what_a_query_looks_for_is_known() {
        let sought = |text: &str| is_looked_up(text.as_bytes(), text.find("key").unwrap());
        assert!(sought("Gateway::where('key', 'VALUE')") && sought("$q->where(\"key\", 'VALUE')"));
        assert!(sought("Gateway.find_by(key: 'VALUE')"));
        assert!(!sought("where('key', 'VALUE')") && !sought("Gateway::create('key', 'VALUE')"));
    }

    #[test]
    fn a_comment_that_lists_what_to_fill_in_is_known() {
        let among = |text: &str| is_among_stand_ins(text.as_bytes(), text.find("VALUE").unwrap());
        assert!(among("# bucket = \"your-bucket-name\"\n# key = \"VALUE\"\n"));
        assert!(among("// key := \"VALUE\"\n// file := \"local/path/to/file\"\n"));
        assert!(!among("# bucket = \"acme-media\"\n# key = \"VALUE\"\n"));
        assert!(!among("bucket = \"your-bucket-name\"\nkey = \"VALUE\"\n"));
        assert!(!among("# bucket = \"your-bucket-name\"\n\n# key = \"VALUE\"\n"));
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
