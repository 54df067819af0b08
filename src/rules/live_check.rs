//! Calls that tell whether a secret is live: one for each provider, harmless, and documented by it.
//!
//! The page of a rule prints the call as a command, and `stanch verify` makes it. Nothing in this module sends anything.

use crate::packed;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A call that tells whether a secret is live. The fields are described in `live_checks.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "documented once, in the data")]
pub struct LiveCheck {
    pub id: String,
    pub provider: String,
    pub rules: Vec<String>,
    #[serde(default = "get")]
    pub method: String,
    #[serde(default)]
    pub urls: Vec<String>,
    #[serde(default)]
    pub fill: BTreeMap<String, Fill>,
    #[serde(default)]
    pub hosts: Vec<String>,
    #[serde(default)]
    pub self_hosted: bool,
    pub sign: Option<Signature>,
    #[serde(default)]
    pub headers: Vec<String>,
    pub user: Option<String>,
    pub data: Option<String>,
    #[serde(default)]
    pub live: Vec<Condition>,
    #[serde(default)]
    pub dead: Vec<Condition>,
    #[serde(default)]
    pub dead_at_own: Vec<Condition>,
    #[serde(default)]
    pub unsure: Vec<Condition>,
    pub run: Option<String>,
    #[serde(default = "yes")]
    pub checked: bool,
    #[serde(default)]
    pub owner: Vec<String>,
    pub scopes: Option<String>,
    #[serde(default)]
    pub secret_answer: bool,
    #[serde(default)]
    pub plain: bool,
    pub note: Option<String>,
    pub trace: Option<String>,
    pub source: String,
    pub revoke: Option<Revocation>,
}

/// A documented call that ends a secret, made with the secret alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "documented once, in the data")]
pub struct Revocation {
    #[serde(default = "delete")]
    pub method: String,
    pub urls: Vec<String>,
    #[serde(default)]
    pub fill: BTreeMap<String, Fill>,
    #[serde(default)]
    pub headers: Vec<String>,
    pub user: Option<String>,
    pub data: Option<String>,
    pub done: Vec<Condition>,
    pub effect: String,
    pub undo: Option<String>,
    /// Rules of the check that the call does not end.
    #[serde(default)]
    pub not: Vec<String>,
    pub source: String,
}

/// How a word in capitals is had.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Fill {
    /// By the person: `--with WORD=VALUE`.
    Given,
    /// From the address of the person's instance.
    Host,
    /// The id that is paired with the secret, else given.
    Pair,
    /// A part of the secret, behind the last of these texts.
    After(String),
    /// The part of the secret with this number, from 0, between these texts.
    Part(usize, String),
}

impl TryFrom<String> for Fill {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "given" => Ok(Fill::Given),
            "host" => Ok(Fill::Host),
            "pair" => Ok(Fill::Pair),
            _ => {
                let after = text.strip_prefix("after ").map(|after| Fill::After(after.to_owned()));
                let part = text.strip_prefix("part ").and_then(|rest| rest.split_once(" of "));
                let part =
                    part.and_then(|(n, between)| Some(Fill::Part(n.parse().ok()?, between.to_owned())));
                let what = "given, host, pair, `after TEXT` or `part N of TEXT`";
                after.or(part).ok_or_else(|| format!("`{text}` is not one of {what}"))
            }
        }
    }
}

/// How a request is signed, where the secret itself is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signature {
    /// AWS Signature Version 4.
    AwsV4,
    /// OVHcloud's: SHA-1 of what `user` names, the request and the time.
    Ovh,
}

/// A condition on an answer: its status, and what its body holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Condition {
    /// The HTTP status.
    pub status: u16,
    /// What the body holds, as written; empty if the status alone decides.
    pub text: String,
}

/// What a condition asks of a body.
#[derive(Debug, PartialEq)]
pub enum Asks<'a> {
    /// Nothing: the status decides.
    Status,
    /// That it is empty.
    Empty,
    /// That a field of its JSON has this value; without one, that the field is there and not null.
    Field(&'a str, Option<Value>),
    /// These words, with no letter, digit or underscore beside them.
    Words(&'a str),
}

impl Condition {
    /// What is asked of the body.
    pub fn asks(&self) -> Asks<'_> {
        match self.text.as_str() {
            "" => Asks::Status,
            "(empty)" => Asks::Empty,
            text => match text.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
                Some((path, "")) => Asks::Field(path, None),
                Some((path, rest)) => {
                    let value = rest.strip_prefix(':').and_then(|value| serde_json::from_str(value).ok());
                    Asks::Field(path, value)
                }
                None => Asks::Words(text),
            },
        }
    }
}

impl TryFrom<String> for Condition {
    type Error = String;

    fn try_from(line: String) -> Result<Self, String> {
        let (status, text) = line.split_once(' ').unwrap_or((&line, ""));
        let Ok(status @ 100..=599) = status.parse() else {
            return Err(format!("`{line}` does not begin with an HTTP status"));
        };
        let condition = Self { status, text: text.to_owned() };
        match condition.asks() {
            Asks::Field(_, None) if text.contains(':') => {
                Err(format!("`{line}`: behind a field stands `:` and a value in JSON"))
            }
            _ => Ok(condition),
        }
    }
}

fn get() -> String {
    "GET".to_owned()
}

fn yes() -> bool {
    true
}

fn delete() -> String {
    "DELETE".to_owned()
}

/// Returns whether a command has a word in capitals, which stands for a value of the reader's own.
fn has_word(command: &str) -> bool {
    command.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|w| OWN_VALUES.contains(&w))
}

/// Words in capitals that commands have in the place of a reader's own values.
const OWN_VALUES: [&str; 9] =
    ["HOST", "PORT", "USER", "DATABASE", "FILE", "REGION", "CONSUMER_KEY", "ACCOUNT", "ACCESS_KEY_ID"];

#[derive(Deserialize)]
struct Checks {
    check: Vec<LiveCheck>,
}

impl LiveCheck {
    /// Every check.
    pub fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<LiveCheck>> = OnceLock::new();
        ALL.get_or_init(|| {
            toml::from_str::<Checks>(&packed::unpack(packed::LIVE_CHECKS))
                .expect("internal: the checks are read by a test")
                .check
        })
    }

    /// Every check whose call `stanch verify` makes.
    pub fn asked() -> impl Iterator<Item = &'static Self> {
        Self::all().iter().filter(|check| check.is_asked())
    }

    /// Returns whether `stanch verify` makes the call. If not, it prints the command for a person.
    pub fn is_asked(&self) -> bool {
        self.checked && !self.urls.is_empty()
    }

    /// Returns whether the value itself is sent, and does not only sign.
    pub fn sends_value(&self) -> bool {
        let user = self.user.iter().filter(|_| self.sign.is_none());
        let mut parts = self.urls.iter().chain(&self.headers).chain(&self.data).chain(user);
        parts.any(|part| part.contains("{secret}"))
    }

    /// The check of a rule.
    pub fn of(rule: &str) -> Option<&'static Self> {
        Self::all().iter().find(|c| c.rules.iter().any(|r| r == rule))
    }

    /// The words in capitals that a person may give for the check and its revocation.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let fills = self.revoke.iter().flat_map(|r| &r.fill).chain(&self.fill);
        let given =
            fills.filter(|(_, fill)| matches!(fill, Fill::Given | Fill::Pair)).map(|(w, _)| w.as_str());
        given.chain((self.sign == Some(Signature::AwsV4)).then_some("SESSION_TOKEN"))
    }

    /// The word that the id beside a secret fills.
    pub fn id_word(&self) -> Option<&str> {
        self.fill.iter().find(|(_, fill)| **fill == Fill::Pair).map(|(word, _)| word.as_str())
    }

    /// The call that ends a rule's secrets, with the check that it belongs to.
    pub fn ends(rule: &str) -> Option<(&'static Self, &'static Revocation)> {
        let check = Self::of(rule)?;
        let revocation = check.revoke.as_ref().filter(|r| !r.not.iter().any(|n| n == rule))?;
        Some((check, revocation))
    }

    /// Returns whether the call needs values of the reader's own: words in capitals in what is sent.
    pub fn needs_own_values(&self) -> bool {
        self.fill.values().any(|fill| !matches!(fill, Fill::After(_) | Fill::Part(..)))
            || self.run.as_deref().is_some_and(has_word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    #[test]
    fn every_check_names_rules_that_exist_and_sends_the_secret_over_tls() {
        let set = RuleSet::builtin();
        for check in LiveCheck::all() {
            for rule in &check.rules {
                let found = set.get(rule).unwrap_or_else(|| panic!("{}: no rule {rule}", check.id));
                assert_eq!(found.id, rule, "{}: an alias", check.id);
                assert!(!found.public, "{rule} is public");
                assert_eq!(found.provider.id, check.provider, "{}: {rule}", check.id);
            }
            assert!(
                !check.urls.is_empty() || check.run.is_some() || check.revoke.is_some(),
                "{}: it does nothing",
                check.id
            );
            assert!(
                check.run.as_ref().is_none_or(|run| run.contains("{variable}") || !run.contains('$')),
                "{}: the command does not say where the value is",
                check.id
            );
            let sent = check.urls.iter().chain(&check.headers).chain(&check.user).chain(&check.data);
            assert!(
                sent.clone().any(|part| part.contains("{secret}")) || check.urls.is_empty(),
                "{}: the secret is not sent",
                check.id
            );
            for word in check.fill.keys() {
                assert!(sent.clone().any(|part| part.contains(word)), "{}: {word} is not sent", check.id);
            }
            for url in &check.urls {
                let own = check.self_hosted && url.starts_with(|c: char| c.is_ascii_uppercase());
                assert!(url.starts_with("https://") || own || url == "{secret}", "{url}");
            }
            assert!(!check.is_asked() || !check.live.is_empty(), "{}: nothing is live", check.id);
            assert!(check.dead_at_own.is_empty() || check.self_hosted, "{}: it has no own hosts", check.id);
            let lists = [&check.live, &check.dead, &check.dead_at_own, &check.unsure];
            for (at, list) in lists.iter().enumerate() {
                for other in &lists[at + 1..] {
                    let twice = list.iter().find(|condition| other.contains(condition));
                    assert!(twice.is_none(), "{}: {twice:?} is both", check.id);
                }
            }
        }
    }

    #[test]
    fn a_rule_has_one_check() {
        let mut rules: Vec<&String> = LiveCheck::all().iter().flat_map(|c| &c.rules).collect();
        let all = rules.len();
        rules.sort();
        rules.dedup();
        assert_eq!(rules.len(), all);
    }
}
