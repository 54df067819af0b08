//! The name of the variable that holds a value from now on.

use crate::rules::{Rule, SecretKind};

/// The provider's usual variable; else the name that the value had, in capitals; else one made from the provider.
pub fn variable(rule: &Rule, name: Option<&str>) -> String {
    let named = name.map(capitals).map(without_inlined).filter(|n| is_telling(n));
    if let Some(n) = &named
        && rule.env_var_aliases.contains(&n.as_str())
    {
        return n.clone();
    }
    if let Some(v) = rule.env_var {
        return v.to_owned();
    }
    let what = match rule.kind {
        SecretKind::Password | SecretKind::PasswordHash => "PASSWORD",
        SecretKind::Token => "TOKEN",
        SecretKind::PrivateKey | SecretKind::SigningKey | SecretKind::WalletKey => "PRIVATE_KEY",
        SecretKind::ClientSecret => "CLIENT_SECRET",
        SecretKind::ConnectionString | SecretKind::WebhookUrl => "URL",
        SecretKind::ApiKey | SecretKind::Identifier | SecretKind::CredentialFile => "API_KEY",
    };
    let mut provider = capitals(rule.provider.id);
    if provider.starts_with(|c: char| c.is_ascii_digit()) {
        // No variable starts with a digit.
        provider.insert_str(0, "API_");
    }
    match named {
        // A specific name is kept; `API_KEY` does not say whose it is.
        Some(n) if !rule.has_issuer() || n.contains(&provider) => n,
        _ if !rule.has_issuer() => what.to_owned(),
        _ => format!("{provider}_{what}"),
    }
}

/// Names for a value whose usual variable holds another one: the name that it had, then the usual one with a number.
pub fn other_names(usual: &str, name: Option<&str>) -> Vec<String> {
    let named =
        name.map(capitals).map(without_inlined).filter(|n| is_telling(n) && n.len() >= 8 && n != usual);
    named.into_iter().chain((2..=9).map(|n| format!("{usual}_{n}"))).collect()
}

/// Prefixes of variables that a bundler writes into the page.
const INLINED: &[&str] = &[
    "NEXT_PUBLIC_",
    "NUXT_PUBLIC_",
    "EXPO_PUBLIC_",
    "VITE_",
    "REACT_APP_",
    "VUE_APP_",
    "GATSBY_",
    "PUBLIC_",
];

/// A variable's name without a prefix that would publish it.
fn without_inlined(name: String) -> String {
    match after_inlined(&name) {
        Some(rest) => rest.to_owned(),
        None => name,
    }
}

pub(super) fn after_inlined(name: &str) -> Option<&str> {
    let rest = INLINED.iter().find_map(|prefix| name.strip_prefix(prefix))?;
    // `PUBLIC_KEY` is the name of half of a pair.
    (!rest.is_empty() && !name.starts_with("PUBLIC_KEY")).then_some(rest)
}

/// Turns `apiKey`, `api-key`, `api.key` and `API_KEY` into `API_KEY`.
pub(super) fn capitals(name: &str) -> String {
    let mut out = String::new();
    let mut before = '_';
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
        } else {
            if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
                out.push('_');
            }
            out.push(c.to_ascii_uppercase());
        }
        before = c;
    }
    out.trim_end_matches('_').to_owned()
}

fn is_telling(name: &str) -> bool {
    (3..=40).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_uppercase())
}

/// The name of a secret in GitHub's settings: GitHub reserves names that start with its own, and
/// `secrets.GITHUB_TOKEN` is the token of each run, not a stored one.
pub fn name_at_github(var: &str) -> String {
    var.strip_prefix("GITHUB_").map_or_else(|| var.to_owned(), |rest| format!("GH_{rest}"))
}

/// The start of the note that asks a person to store a secret there; its name follows.
pub const SET_AT_GITHUB: &str = "then: gh secret set ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_capitals_whatever_its_case_style() {
        for name in ["apiKey", "api-key", "api.key", "API_KEY", "ApiKey", "api key:"] {
            assert_eq!(capitals(name), "API_KEY", "{name}");
        }
        assert_eq!(capitals("s3Secret"), "S3_SECRET");
        // A bundler would write such a variable into the page.
        for (name, variable) in
            [("NEXT_PUBLIC_API_KEY", "API_KEY"), ("viteToken", "TOKEN"), ("VITE_", "VITE")]
        {
            assert_eq!(without_inlined(capitals(name)), variable, "{name}");
        }
        for name in ["PUBLICATION_KEY", "MY_VITE_KEY", "PUBLIC_KEY", "PUBLIC_KEY_PEM"] {
            assert_eq!(after_inlined(name), None, "{name}");
        }
    }
}
