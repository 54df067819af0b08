//! Calls that tell whether a secret is live: one for each provider, harmless, and documented by it.
//!
//! The page of a rule prints the call as a command. Nothing in this module sends anything.

use serde::Deserialize;
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
    pub urls: Vec<String>,
    #[serde(default)]
    pub self_hosted: bool,
    #[serde(default)]
    pub headers: Vec<String>,
    pub user: Option<String>,
    pub data: Option<String>,
    pub live: Vec<Condition>,
    pub dead: Vec<Condition>,
    #[serde(default)]
    pub owner: Vec<String>,
    pub scopes: Option<String>,
    #[serde(default)]
    pub secret_answer: bool,
    pub note: Option<String>,
    pub trace: Option<String>,
    pub source: String,
}

/// A condition on an answer: its status, and a text that its body holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Condition {
    /// The HTTP status.
    pub status: u16,
    /// The text, compared without blanks; empty if the status alone decides.
    pub text: String,
}

impl TryFrom<String> for Condition {
    type Error = String;

    fn try_from(line: String) -> Result<Self, String> {
        let (status, text) = line.split_once(' ').unwrap_or((&line, ""));
        match status.parse() {
            Ok(status @ 100..=599) => Ok(Self { status, text: text.to_owned() }),
            _ => Err(format!("`{line}` does not begin with an HTTP status")),
        }
    }
}

fn get() -> String {
    "GET".to_owned()
}

#[derive(Deserialize)]
struct Checks {
    check: Vec<LiveCheck>,
}

impl LiveCheck {
    /// Every check.
    pub fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<LiveCheck>> = OnceLock::new();
        ALL.get_or_init(|| {
            toml::from_str::<Checks>(include_str!("live_checks.toml"))
                .expect("internal: the checks are read by a test")
                .check
        })
    }

    /// The check of a rule.
    pub fn of(rule: &str) -> Option<&'static Self> {
        Self::all().iter().find(|c| c.rules.iter().any(|r| r == rule))
    }

    /// Returns whether the call needs values of the reader's own: words in capitals in what is sent.
    pub fn needs_own_values(&self) -> bool {
        let parts = self.urls.iter().chain(&self.user).chain(&self.data);
        parts.chain(&self.headers).any(|part| {
            part.split(|c: char| !c.is_ascii_uppercase() && c != '_').any(|word| {
                word.len() > 1
                    && !matches!(
                        word,
                        "GET" | "POST" | "PRIVATE" | "TOKEN" | "DD" | "API" | "US" | "JOB" | "SSWS"
                    )
            })
        })
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
            }
            let sent = check.urls.iter().chain(&check.headers).chain(&check.user).chain(&check.data);
            assert!(
                sent.clone().any(|part| part.contains("{secret}")),
                "{}: the secret is not sent",
                check.id
            );
            for url in &check.urls {
                let own = check.self_hosted && url.starts_with(|c: char| c.is_ascii_uppercase());
                assert!(url.starts_with("https://") || own || url == "{secret}", "{url}");
            }
            assert!(!check.live.is_empty(), "{}: nothing is live", check.id);
            for condition in &check.live {
                assert!(!check.dead.contains(condition), "{}: {condition:?} is both", check.id);
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
