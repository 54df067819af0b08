//! Facts about a kind of secret. A vendor's facts are worded by how well they are known; if there are none,
//! the text holds for any secret of the kind. Nothing is claimed that was not read.

use crate::rules::{Rule, SecretKind};
use std::borrow::Cow;

/// A rule, for the facts that a page states.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts(pub(super) &'static Rule);

type Text = Cow<'static, str>;

impl Facts {
    /// Returns whether a provider issues it.
    pub(super) fn has_provider(self) -> bool {
        self.0.provider.is_issuer()
    }

    /// "Klaviyo", or "the service that issued it".
    pub(super) fn issuer(self) -> &'static str {
        if self.has_provider() { self.0.provider.name } else { "the service that issued it" }
    }

    /// A fact of the catalogue: unchanged if it was read at the vendor, otherwise worded with care.
    pub(super) fn said(self, field: &str, text: &'static str) -> Text {
        if self.0.remediation.is_read(field) { text.into() } else { format!("{} {text}", care(field)).into() }
    }

    fn all(self, field: &str, list: &'static [&'static str]) -> Option<Text> {
        if list.is_empty() {
            return None;
        }
        let text = list.iter().map(|s| sentence(s)).collect::<Vec<_>>().join(" ");
        Some(match self.0.remediation.is_read(field) {
            true => text.into(),
            false => format!("{} {text}", care(field)).into(),
        })
    }

    /// What a holder can do.
    pub(super) fn impact(self) -> Text {
        match (self.0.remediation.impact, self.0.kind) {
            (Some(text), _) => self.said("impact", text),
            (None, SecretKind::PrivateKey | SecretKind::SigningKey) => {
                "Whoever holds it can pass for its owner: sign in, decrypt or sign wherever it is trusted."
                    .into()
            }
            (None, SecretKind::WalletKey) => "Whoever holds it can move the funds, at once and for good.".into(),
            (None, SecretKind::WebhookUrl) => "Whoever holds it can post there in your name.".into(),
            (None, SecretKind::PasswordHash) => {
                "The password can be guessed offline, as fast as hardware allows.".into()
            }
            (None, SecretKind::Identifier) => {
                "Little by itself; with its secret sibling, all that one opens.".into()
            }
            (None, SecretKind::ApiKey) => format!(
                "Whoever holds it can call {}'s interface in your name: read and change what the key may, and run up \
                 what that costs.",
                self.issuer()
            )
            .into(),
            (None, SecretKind::ClientSecret) => format!(
                "With the client's id, whoever holds it can pass for your application at {}.",
                self.issuer()
            )
            .into(),
            _ => format!("Whoever holds it can act at {} as its owner, within its rights.", self.issuer())
                .into(),
        }
    }

    /// How to revoke it: the required order, then the steps.
    pub(super) fn revoke(self) -> Text {
        let steps = self.revoke_steps();
        match self.order() {
            Some(order) => format!("{order} {steps}").into(),
            None => steps,
        }
    }

    /// How to revoke it, step by step.
    pub(super) fn revoke_steps(self) -> Text {
        self.all("steps", self.0.remediation.steps).unwrap_or_else(|| self.revoke_anyhow())
    }

    /// Whether two can be active at once, as a sentence; `None` if unknown.
    pub(super) fn order(self) -> Option<&'static str> {
        match self.0.remediation.zero_downtime {
            Some(true) => Some("Two can live at once: create, deploy, then delete."),
            Some(false) => Some("Only one lives at a time: a new one stops the old."),
            None => None,
        }
    }

    fn revoke_anyhow(self) -> Text {
        match self.0.kind {
            SecretKind::PrivateKey => "Make a new pair, then remove this one's public half wherever it is trusted \
                                 (authorized_keys, deploy keys, certificates)."
                .into(),
            SecretKind::SigningKey => {
                "Replace it wherever it signs or checks; what it signed before stops being valid.".into()
            }
            SecretKind::Password => "Change it where it is set, and end the sessions that it opened.".into(),
            SecretKind::PasswordHash => "Change the password that it was made from.".into(),
            SecretKind::ConnectionString => {
                "Change that account's password on the server, then in every client.".into()
            }
            SecretKind::WebhookUrl => "Delete the webhook where it was made, and make a new one.".into(),
            SecretKind::WalletKey => "A seed cannot be revoked: move the funds to a new wallet now.".into(),
            SecretKind::CredentialFile => "Revoke every entry of the file.".into(),
            _ if self.has_provider() => format!(
                "Delete it where {} lists such keys, as a rule in the settings of the account or project; first when \
                 a stranger uses it, else once nothing of yours does.",
                self.issuer()
            )
            .into(),
            _ => "Withdraw it at the service that issued it; first when a stranger uses it, else once nothing of yours \
                  does."
                .into(),
        }
    }

    /// Where its use is logged.
    pub(super) fn audit(self) -> Text {
        match self.0.remediation.audit {
            Some(text) => self.said("audit", text),
            None if matches!(self.0.kind, SecretKind::WalletKey) => {
                "Look for transfers that you did not make.".into()
            }
            None if self.has_provider() => format!(
                "Look at {}, in its logs, usage and bills, for sign-ins, calls and changes that you did not make.",
                self.issuer()
            )
            .into(),
            None => {
                format!("Look at {} for sign-ins, calls and changes that you did not make.", self.issuer())
                    .into()
            }
        }
    }

    /// What stops working when it is revoked.
    pub(super) fn breaks(self) -> Text {
        match self.0.remediation.breaks {
            Some(text) => self.said("breaks", text),
            None if self.has_provider() && self.0.kind != SecretKind::Identifier => {
                "Whatever still uses it stops when it is revoked: look for answers 401 and 403 in your own logs.".into()
            }
            None => "Whatever still uses it stops when it is revoked.".into(),
        }
    }

    /// How to create a new one.
    pub(super) fn create(self) -> Text {
        self.all("create", self.0.remediation.create).unwrap_or_else(|| {
            "One for each program that needs it, with the least rights and an end date where there is one.".into()
        })
    }

    /// A command that finds its users in a repository.
    pub(super) fn search(self, variable: &str) -> String {
        let provider = self.0.provider.id;
        let first = provider.split('-').next().unwrap_or_default();
        let word = match self.0.env_var {
            Some(v) => v.split('_').next().unwrap_or_default().to_ascii_lowercase(),
            None => first.to_owned(),
        };
        // A word from the provider's name finds more than the variable does.
        if !self.has_provider() {
            format!("git grep -n {variable}")
        } else if word.len() >= 3 && provider.replace('-', "").contains(&word) {
            format!("git grep -in {word}")
        } else {
            format!("git grep -in -e {first} -e {variable}")
        }
    }
}

/// The start of a sentence about a fact that was not read at the vendor.
pub(super) fn care(field: &str) -> &'static str {
    match field {
        "steps" | "create" => "The usual way:",
        "rotation" => "The usual order:",
        "audit" => "Where it usually shows:",
        "breaks" => "What to expect:",
        "auto_revoked" | "public_by_design" | "notes" => "As far as is known:",
        _ => "As a rule:",
    }
}

/// The text, with a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', ':']) { text.to_owned() } else { format!("{text}.") }
}
