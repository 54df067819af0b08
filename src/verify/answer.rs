//! What a provider's answer means. Only what the check lists counts as dead: many providers refuse a live key.

use super::call::Given;
use crate::finding::printable;
use crate::rules::{Condition, LiveCheck};
use body::Body;
use serde_json::Value;
use std::collections::HashSet;
use std::ops::Range;

pub use body::Response;

pub(super) mod body;

/// Most characters of a field that are kept.
const MAX_FIELD: usize = 120;

/// Most scopes that are kept.
const MAX_SCOPES: usize = 20;

/// Characters of a part of a value that is masked in what a provider echoes.
const SHORTEST_PART: usize = 8;

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
    /// True if the provider refused the secret: what is known of its refusals matters then.
    pub is_refused: bool,
}

impl Answer {
    /// An answer without identity.
    pub fn of(state: State) -> Answer {
        Answer { state, owner: Vec::new(), scopes: Vec::new(), is_refused: false }
    }
}

/// Judges a response.
pub fn judge(check: &LiveCheck, response: &Response, given: &Given<'_>) -> Answer {
    let body = Body::of(check, response);
    let any = |list: &[Condition], with_text: bool| {
        list.iter().any(|c| c.text.is_empty() != with_text && body.fits(c, response.status))
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
    let mut lists = check.live.iter().chain(&check.dead).chain(&check.dead_at_own).chain(&check.unsure);
    let is_listed = lists.any(|c| c.status == response.status);
    let is_refusal = matches!(response.status, 400..=499) && !matches!(response.status, 407 | 429);
    let state = match (live, dead) {
        _ if unsure => State::Unsure("an answer that says nothing of the secret".into()),
        (true, false) => State::Live,
        (false, true) => match given.origin.filter(|_| check.self_hosted && !given.is_of_host) {
            Some(own) => State::Unsure(format!(
                "refused by {own}, which your own file names: it is dead if it was issued there; --host {}={own} says so",
                check.provider,
                own = own.as_str(),
            )),
            None => State::Dead,
        },
        (true, true) => State::Unsure("the answer says both".into()),
        (false, false) => State::Unsure(match &body {
            Body::Foreign(why) if is_listed => (*why).to_owned(),
            _ if is_refusal => format!("{}, which a live secret may get too", refusal(response)),
            Body::Text(_) | Body::Empty if is_listed => body::NOT_THE_FORM.to_owned(),
            _ => refusal(response),
        }),
    };
    let is_refused = is_refusal && !matches!(body, Body::Foreign(_));
    let mut answer = Answer { is_refused, ..Answer::of(state) };
    if answer.state == State::Live && !check.secret_answer {
        for name in &check.owner {
            let value = match &body {
                Body::Json(body) => body::field(body, name).and_then(text),
                Body::Xml(body) => body::element(body, name),
                _ => None,
            };
            answer.owner.extend(value.map(|value| (name.clone(), clean(&value, given))));
        }
        let scopes = check.scopes.as_deref().map(|name| match (response.header(name), &body) {
            (Some(header), _) => header.split(',').map(|s| s.trim().to_owned()).collect(),
            (None, Body::Json(body)) => body::field(body, name).map(list).unwrap_or_default(),
            (None, _) => Vec::new(),
        });
        let mut scopes: Vec<String> = scopes.into_iter().flatten().filter(|s| !s.is_empty()).collect();
        let more = scopes.len().saturating_sub(MAX_SCOPES);
        scopes.truncate(MAX_SCOPES);
        answer.scopes = scopes.iter().map(|scope| clean(scope, given)).collect();
        answer.scopes.extend((more > 0).then(|| format!("and {more} more")));
    }
    answer
}

/// What a response says that its documentation does not list.
pub(super) fn refusal(response: &Response) -> String {
    let status = response.status;
    match status {
        407 => "your proxy asks you to log in (407): nothing reached the provider".into(),
        429 => "the provider takes no more requests for now (429): try again later".into(),
        300..=399 => format!("the provider redirects ({status}), which is not followed"),
        400..=499 => format!("refused ({status})"),
        500..=599 => format!("the provider failed ({status}): try again later"),
        _ => format!("an answer that its documentation does not list ({status})"),
    }
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

/// A provider's text for a terminal: short, without control characters, and without what was sent.
fn clean(value: &str, given: &Given<'_>) -> String {
    let mut value = without(value, given.secret.expose());
    for known in given.with.values().filter(|v| v.len() >= 12) {
        value = without(&value, known.as_bytes());
    }
    printable(value.chars().take(MAX_FIELD).collect::<String>().as_bytes())
}

/// The text without the parts of a value that are of some length, whatever their case and what stands between them.
fn without(text: &str, value: &[u8]) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric();
    let value: Vec<char> =
        value.iter().map(|b| char::from(*b)).filter(plain).map(|c| c.to_ascii_lowercase()).collect();
    let part = SHORTEST_PART.min(value.len().max(1));
    let parts: HashSet<&[char]> = value.windows(part).collect();
    let letters: Vec<(usize, char)> =
        text.char_indices().filter(|(_, c)| plain(c)).map(|(at, c)| (at, c.to_ascii_lowercase())).collect();
    let low: Vec<char> = letters.iter().map(|(_, c)| *c).collect();
    let mut hidden: Vec<Range<usize>> = Vec::new();
    for (at, _) in low.windows(part).enumerate().filter(|(_, w)| parts.contains(w)) {
        let (start, end) = (letters[at].0, letters[at + part - 1].0 + 1);
        match hidden.last_mut().filter(|last| start <= last.end) {
            Some(last) => last.end = end,
            None => hidden.push(start..end),
        }
    }
    let mut out = text.to_owned();
    for range in hidden.into_iter().rev() {
        out.replace_range(range, "***");
    }
    out
}

#[cfg(test)]
mod tests;
