//! What a provider's answer means. Only what the check lists counts as dead: many providers refuse a live key.

use super::call::Given;
use crate::finding::printable;
use crate::rules::{Condition, LiveCheck};
use serde_json::Value;

/// Most characters of a field that are kept.
const MAX_FIELD: usize = 120;

/// Most scopes that are kept.
const MAX_SCOPES: usize = 20;

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

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Response({}, {} bytes, redacted)", self.status, self.body.len())
    }
}

/// Whether a secret is live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It works.
    Live,
    /// The provider says that it does not work.
    Dead,
    /// Neither is certain; why.
    Unsure(String),
    /// Nothing was sent; why.
    NotChecked(String),
}

impl State {
    /// The names in reports.
    pub const SLUGS: [&'static str; 4] = ["live", "dead", "unsure", "not_checked"];

    /// Its name in reports.
    pub fn slug(&self) -> &'static str {
        match self {
            State::Live => "live",
            State::Dead => "dead",
            State::Unsure(_) => "unsure",
            State::NotChecked(_) => "not_checked",
        }
    }
}

/// Whether a secret is live, whose it is and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether it is live.
    pub state: State,
    /// Fields that tell whose it is: name and value.
    pub owner: Vec<(String, String)>,
    /// What it may do, as far as the provider tells.
    pub scopes: Vec<String>,
}

impl Answer {
    /// An answer without identity.
    pub fn of(state: State) -> Answer {
        Answer { state, owner: Vec::new(), scopes: Vec::new() }
    }
}

/// Judges a response.
pub fn judge(check: &LiveCheck, response: &Response, given: &Given<'_>) -> Answer {
    let any = |list: &[Condition], with_text: bool| {
        list.iter().any(|c| c.text.is_empty() != with_text && holds(c, response))
    };
    let at_own = if given.is_of_host { check.dead_at_own.as_slice() } else { &[] };
    let any_dead = |with_text: bool| any(&check.dead, with_text) || any(at_own, with_text);
    // A condition with a text comes first.
    let by_text = (any(&check.live, true), any_dead(true));
    let (live, dead) = match by_text {
        (false, false) => (any(&check.live, false), any_dead(false)),
        texts => texts,
    };
    let unsure = any(&check.unsure, true) || (by_text == (false, false) && any(&check.unsure, false));
    let lists = check.live.iter().chain(&check.dead).chain(at_own).chain(&check.unsure);
    let may_be_in_the_rest =
        response.is_cut && lists.clone().any(|c| c.status == response.status && !c.text.is_empty());
    let state = match (live, dead) {
        _ if may_be_in_the_rest && by_text == (false, false) => {
            State::Unsure("the answer is too long to be read whole".into())
        }
        _ if unsure => State::Unsure("an answer that says nothing of the secret".into()),
        // A status alone may be that of a wall in front of the provider.
        (true, false) | (false, true) if is_foreign(response) && (live || !by_text.1) => {
            State::Unsure("the answer is a web page: something on the way answered for the provider".into())
        }
        (true, false) => State::Live,
        (false, true) => State::Dead,
        (true, true) => State::Unsure("the answer says both".into()),
        (false, false) => State::Unsure(match response.status {
            429 => refusal(response),
            400..=499 => format!("{}, which a live secret may get too", refusal(response)),
            _ => refusal(response),
        }),
    };
    let mut answer = Answer::of(state);
    if answer.state == State::Live && !check.secret_answer {
        let body = serde_json::from_slice::<Value>(&response.body).ok();
        for name in &check.owner {
            let value = match &body {
                Some(body) => field(body, name).and_then(text),
                None => element(&response.body, name),
            };
            answer.owner.extend(value.map(|value| (name.clone(), clean(&value, given))));
        }
        let scopes = check.scopes.as_deref().map(|name| {
            let header = response.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
            match (header, &body) {
                (Some(header), _) => header.split(',').map(|s| s.trim().to_owned()).collect(),
                (None, Some(body)) => field(body, name).map(list).unwrap_or_default(),
                (None, None) => Vec::new(),
            }
        });
        let scopes = scopes.into_iter().flatten().filter(|s| !s.is_empty());
        answer.scopes = scopes.take(MAX_SCOPES).map(|scope| clean(&scope, given)).collect();
    }
    answer
}

/// Returns whether a web page stands where the provider would send JSON: the log-in page of a network, a proxy's notice.
fn is_foreign(response: &Response) -> bool {
    let start = response.body.trim_ascii_start();
    start.get(..5).is_some_and(|s| s.eq_ignore_ascii_case(b"<html"))
        || start.get(..9).is_some_and(|s| s.eq_ignore_ascii_case(b"<!doctype"))
}

/// Returns whether a condition holds. Its text is compared without blanks.
pub(super) fn holds(condition: &Condition, response: &Response) -> bool {
    let without_blanks =
        |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect() };
    condition.status == response.status
        && (condition.text.is_empty()
            || memchr::memmem::find(
                &without_blanks(&response.body),
                &without_blanks(condition.text.as_bytes()),
            )
            .is_some())
}

/// What a response says that its documentation does not list.
pub(super) fn refusal(response: &Response) -> String {
    let status = response.status;
    match status {
        429 => "the provider takes no more requests for now (429)".into(),
        300..=399 => format!("the provider redirects ({status}), which is not followed"),
        400..=499 => format!("refused ({status})"),
        500..=599 => format!("the provider failed ({status})"),
        _ => format!("an answer that its documentation does not list ({status})"),
    }
}

/// A field of a document: `data.0.name`.
fn field<'v>(body: &'v Value, name: &str) -> Option<&'v Value> {
    name.split('.').try_fold(body, |at, part| match at {
        Value::Array(list) => list.get(part.parse::<usize>().ok()?),
        other => other.get(part),
    })
}

/// A value in words; nothing for what is empty or nested.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        Value::Array(_) => Some(list(value).join(", ")).filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// A list of names: of texts, of objects with a name, or a text with commas or blanks.
fn list(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => text.split([',', ' ']).map(str::to_owned).collect(),
        Value::Array(list) => {
            let name = |v: &Value| {
                let named = ["handle", "name", "scope"].iter().find_map(|key| v.get(key));
                named.unwrap_or(v).as_str().map(str::to_owned)
            };
            list.iter().filter_map(name).collect()
        }
        _ => Vec::new(),
    }
}

/// The text of an element of an XML document.
fn element(body: &[u8], name: &str) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (value, _) = rest.split_once(&format!("</{name}>"))?;
    Some(value.to_owned())
}

/// A provider's text for a terminal: short, without control characters, and without what was sent.
fn clean(value: &str, given: &Given<'_>) -> String {
    let mut value = given.secret.hidden_in(value);
    for known in given.with.values().filter(|v| v.len() >= 12) {
        value = crate::secret::Secret::new(known.as_bytes()).hidden_in(&value);
    }
    printable(value.chars().take(MAX_FIELD).collect::<String>().as_bytes())
}

#[cfg(test)]
mod tests;
