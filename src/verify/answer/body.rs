//! What kind of body came back. A wall in front of a provider answers with pages and plain text: a status counts only with
//! a body in the form that the provider documents.

use crate::rules::{Asks, Condition, LiveCheck, Signature};
use serde_json::Value;

/// Elements that only web pages begin with.
const OF_PAGES: [&str; 13] =
    ["html", "head", "body", "title", "meta", "link", "script", "style", "div", "p", "h1", "center", "pre"];

/// What is said of a body in another form than the provider's.
pub(super) const NOT_THE_FORM: &str =
    "the answer is not in the form that the provider documents: it may be of something on the way";

/// What came back.
#[derive(Clone, Default)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers that are read, in lower case.
    pub headers: Vec<(String, String)>,
    /// The first bytes of the body.
    pub body: Vec<u8>,
    /// True if the body is longer.
    pub is_cut: bool,
}

impl Response {
    /// A header that was read.
    pub(in crate::verify) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Response({}, {} bytes, redacted)", self.status, self.body.len())
    }
}

/// A body, as far as it can be read.
#[derive(Debug, PartialEq)]
pub(in crate::verify) enum Body {
    /// Nothing but blanks.
    Empty,
    /// JSON.
    Json(Value),
    /// XML, where the provider documents that.
    Xml(String),
    /// Text, where the provider documents that.
    Text(String),
    /// Nothing that may count; why.
    Foreign(&'static str),
}

impl Body {
    /// The body of an answer to a check.
    pub(in crate::verify) fn of(check: &LiveCheck, response: &Response) -> Body {
        let kind = response.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let coding = response.header("content-encoding").unwrap_or_default().trim();
        if response.header("proxy-authenticate").is_some() && response.status != 407 {
            return Body::Foreign("a proxy asks who you are: nothing came from the provider");
        }
        if !coding.is_empty() && !coding.eq_ignore_ascii_case("identity") {
            return Body::Foreign("the answer is compressed, which nobody asked for");
        }
        if response.is_cut {
            return Body::Foreign("the answer is too long to be read whole");
        }
        let bytes = response.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&response.body);
        if bytes.trim_ascii().is_empty() {
            return Body::Empty;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Body::Foreign("the answer is not text");
        };
        if kind.contains("html") || is_page(text) {
            return Body::Foreign(
                "the answer is a web page: something on the way answered for the provider; try another network",
            );
        }
        if check.sign == Some(Signature::AwsV4) {
            return match is_whole_xml(text) && (kind.is_empty() || kind.contains("xml")) {
                true => Body::Xml(text.to_owned()),
                false => Body::Foreign(NOT_THE_FORM),
            };
        }
        match serde_json::from_str(text) {
            Ok(value) => Body::Json(value),
            Err(_) if check.plain && !kind.contains("json") && !kind.contains("xml") => {
                Body::Text(text.to_owned())
            }
            Err(_) => Body::Foreign(NOT_THE_FORM),
        }
    }

    /// Returns whether a condition holds.
    pub(in crate::verify) fn fits(&self, condition: &Condition, status: u16) -> bool {
        condition.status == status
            && match (condition.asks(), self) {
                (_, Body::Foreign(_)) => false,
                (Asks::Status, Body::Json(value)) => value.is_object() || value.is_array(),
                (Asks::Status, Body::Xml(_)) => true,
                (Asks::Empty, Body::Empty) => true,
                (Asks::Field(path, value), Body::Json(body)) => field(body, path)
                    .is_some_and(|found| value.map_or(!found.is_null(), |value| *found == value)),
                (Asks::Words(words), Body::Json(body)) => says(body, words),
                (Asks::Words(words), Body::Xml(text)) => element(text, "Code").as_deref() == Some(words),
                (Asks::Words(words), Body::Text(text)) => has_words(text, words),
                _ => false,
            }
    }

    /// Returns whether a condition of a call that changes something holds: many of these answer with a status alone.
    pub(in crate::verify) fn is_done(&self, condition: &Condition, status: u16) -> bool {
        let is_bare = condition.text.is_empty() && *self == Body::Empty;
        self.fits(condition, status) || (is_bare && condition.status == status)
    }
}

/// A field of a document: `data.0.name`.
pub(super) fn field<'v>(body: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(body, |at, part| match at {
        Value::Array(list) => list.get(part.parse::<usize>().ok()?),
        other => other.get(part),
    })
}

/// Returns whether a text of a document has these words, or the document is this one value.
fn says(body: &Value, words: &str) -> bool {
    match body {
        Value::String(text) => has_words(text, words),
        Value::Array(list) => list.iter().any(|v| !is_plain(v) && says(v, words)),
        Value::Object(map) => map.values().any(|v| !is_plain(v) && says(v, words)),
        plain => words.parse::<Value>().is_ok_and(|value| value == *plain),
    }
}

/// Returns whether a value is a number, true, false or null.
fn is_plain(value: &Value) -> bool {
    !matches!(value, Value::String(_) | Value::Array(_) | Value::Object(_))
}

/// Returns whether a text has words, whole and with any blanks between them.
fn has_words(text: &str, words: &str) -> bool {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(words).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + words.len()..].chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// Returns whether an XML document begins with an element and ends with its end. In a comment nothing is said.
fn is_whole_xml(text: &str) -> bool {
    let text = text.trim();
    let root = match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or("", |(_, rest)| rest.trim_start()),
        None => text,
    };
    let name: String =
        root.strip_prefix('<').unwrap_or("").chars().take_while(char::is_ascii_alphanumeric).collect();
    !name.is_empty() && !text.contains("<!") && text.ends_with(&format!("</{name}>"))
}

/// The text of an element of an XML document.
pub(super) fn element(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (value, _) = rest.split_once(&format!("</{name}>"))?;
    Some(value.to_owned())
}

/// Returns whether a text begins as a web page does, behind what may stand before.
fn is_page(text: &str) -> bool {
    let mut rest = text.trim_start();
    for _ in 0..32 {
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?") => "?>",
            _ => break,
        };
        rest = rest.split_once(end).map_or("", |(_, after)| after.trim_start());
    }
    let Some(name) = rest.strip_prefix('<') else { return false };
    let name = name.split(|c: char| !c.is_ascii_alphanumeric() && c != '!').next().unwrap_or_default();
    name.eq_ignore_ascii_case("!doctype") || OF_PAGES.iter().any(|page| name.eq_ignore_ascii_case(page))
}
