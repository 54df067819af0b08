//! Facts about a kind of secret. What was read at the vendor is stated; otherwise the text applies to any secret of
//! the kind and claims nothing about the vendor. Facts that nobody looked up are listed separately
//! ([`Facts::unchecked`]) and shown on request.

use crate::rules::{Rule, RuleSet, SecretKind};
use std::borrow::Cow;

/// A rule, for the facts that a message or a page states.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts(pub(super) &'static Rule);

type Text = Cow<'static, str>;

impl Facts {
    /// Returns whether a provider issues it.
    pub(super) fn has_provider(self) -> bool {
        self.0.has_issuer()
    }

    /// "Klaviyo", or "the service that issued it".
    pub(super) fn issuer(self) -> &'static str {
        if self.has_provider() { self.0.provider.name } else { "the service that issued it" }
    }

    /// Returns whether a field may be stated as certain: it was read at the vendor, or a user rule states it.
    pub(super) fn is_known(self, field: &str) -> bool {
        self.0.owner().is_some() || self.0.remediation.is_read(field)
    }

    /// A field's text if it may be stated.
    pub(super) fn known(self, field: &str, text: Option<&'static str>) -> Option<&'static str> {
        text.filter(|_| self.is_known(field))
    }

    /// A field's list if it may be stated; empty otherwise.
    pub(super) fn known_list(self, field: &str, list: &'static [&'static str]) -> &'static [&'static str] {
        if self.is_known(field) { list } else { &[] }
    }

    /// What a holder can do.
    pub(super) fn impact(self) -> Text {
        if let Some(text) = self.known("impact", self.0.remediation.impact) {
            return text.into();
        }
        match self.0.kind {
            SecretKind::PrivateKey | SecretKind::SigningKey => {
                "Its holder can pass for its owner: sign in, decrypt or sign wherever it is trusted."
                    .into()
            }
            SecretKind::WalletKey => "Its holder can move the funds, at once and for good.".into(),
            SecretKind::WebhookUrl => "Its holder can post there in your name.".into(),
            SecretKind::PasswordHash => "The password can be guessed offline, as fast as hardware allows.".into(),
            SecretKind::Identifier => "Little by itself; with its secret sibling, all that one opens.".into(),
            SecretKind::ApiKey => format!(
                "Its holder can call {}'s interface in your name: read and change what the key may, and run up \
                 what that costs.",
                self.issuer()
            )
            .into(),
            SecretKind::ClientSecret => format!(
                "With the client's id, its holder can pass for your application at {}.",
                self.issuer()
            )
            .into(),
            _ => format!("Its holder can act at {} as its owner, within its rights.", self.issuer())
                .into(),
        }
    }

    /// That the service or the kind has ended, in one line: nothing is left to revoke.
    pub(super) fn ended(self) -> Option<&'static str> {
        self.0.service_end()
    }

    /// How to revoke it, in one line.
    pub(super) fn revoke(self) -> Text {
        let r = self.0.remediation;
        if let Some(ended) = self.ended() {
            return format!("{ended}: nothing is left to revoke").into();
        }
        if let Some(line) = self.known("short_revoke", r.short_revoke) {
            return line.into();
        }
        match self.own_list("steps", r.steps) {
            Some(steps) => steps,
            None => self.revoke_general(),
        }
    }

    /// How a secret of this kind is revoked, wherever it is valid.
    pub(super) fn revoke_general(self) -> Text {
        match self.0.kind {
            SecretKind::PrivateKey => {
                "Make a new pair, and remove this public half wherever it is trusted".into()
            }
            SecretKind::SigningKey => "Replace it on each side that signs, checks or decrypts with it".into(),
            SecretKind::Password => "Change it where it is set, and end the sessions that it opened".into(),
            SecretKind::PasswordHash => "Change the password that it was made from".into(),
            SecretKind::ConnectionString if self.has_provider() => {
                format!("Replace its password or key at {}, then in every client", self.issuer()).into()
            }
            SecretKind::ConnectionString => {
                "Change that account's password on the server, then in every client".into()
            }
            SecretKind::WebhookUrl => "Delete the webhook where it was made, and make a new one".into(),
            SecretKind::WalletKey => {
                "Move the funds to a new wallet now: a wallet's key cannot be revoked".into()
            }
            SecretKind::CredentialFile => "Revoke every entry of the file, each at its service".into(),
            SecretKind::Identifier => {
                format!("Revoke the secret that goes with it at {}", self.issuer()).into()
            }
            _ => format!("Revoke it at {}; at once if it was ever public", self.issuer()).into(),
        }
    }

    /// Whether two can be active at once; `None` if unknown.
    pub(super) fn known_overlap(self) -> Option<bool> {
        self.0.remediation.zero_downtime.filter(|_| self.is_known("zero_downtime"))
    }

    /// Where abuse shows, in one line.
    pub(super) fn check(self) -> Text {
        let r = self.0.remediation;
        match self.known("short_check", r.short_check).or(self.own("audit", r.audit)) {
            Some(line) => line.into(),
            None => self.check_general(),
        }
    }

    /// Where abuse of a secret of this kind shows.
    pub(super) fn check_general(self) -> Text {
        match self.0.kind {
            SecretKind::WalletKey => "Look for transfers that you did not make".into(),
            _ => format!("Look at {} for use by others", self.issuer()).into(),
        }
    }

    /// What stops working when it is revoked, in one line.
    pub(super) fn breaks(self) -> Text {
        let r = self.0.remediation;
        self.known("short_breaks", r.short_breaks)
            .or(self.own("breaks", r.breaks))
            .unwrap_or("Whatever still uses it when it is revoked")
            .into()
    }

    /// How to make the next one, in one line.
    pub(super) fn new_key(self) -> Text {
        let r = self.0.remediation;
        if let Some(line) = self.known("short_new_key", r.short_new_key) {
            return line.into();
        }
        match self.own_list("create", r.create) {
            Some(steps) => steps,
            None => self.new_key_general(),
        }
    }

    /// How the next secret of any kind is made. What a provider offers is not known.
    fn new_key_general(self) -> Text {
        match (self.has_provider(), self.known_overlap()) {
            (false, _) => "One for each program that needs it, with the least rights".into(),
            (true, Some(false)) => format!("Make it at {}", self.issuer()).into(),
            (true, _) => {
                format!("One for each program, with the least rights, as far as {} allows", self.issuer())
                    .into()
            }
        }
    }

    /// A page of the provider, where none was read: what describes the form of the secret, else the provider's site.
    pub(super) fn site(self) -> Option<(String, &'static str)> {
        let r = self.0.remediation;
        if self.known("revoke_url", r.revoke_url).is_some()
            || self.0.owner().is_some()
            || !self.has_provider()
        {
            return None;
        }
        let https = |u: &&str| u.starts_with("https://");
        let is_read = !self.known_list("steps", r.steps).is_empty()
            || self.known("short_revoke", r.short_revoke).is_some();
        let site = match is_read {
            true => "the provider's own site",
            false => "the provider's own site; what to do there was not read",
        };
        if let Some(url) = self.0.references.iter().copied().find(https) {
            let what = if is_site(url) { site } else { "where its form is described" };
            return Some((url.to_owned(), what));
        }
        // What is known of its siblings leads to the same provider.
        let all = RuleSet::builtin();
        let siblings = all.of_provider(self.0.provider.id).map(|r| r.remediation);
        let urls = std::iter::once(r).chain(siblings).flat_map(|r| [r.revoke_url, r.docs_url, r.audit_url]);
        let host = |url: &'static str| url.trim_start_matches("https://").split('/').next();
        let is_own = |host: &&str| *host != "github.com" || self.0.provider.id == "github";
        let host = urls.flatten().filter(https).filter_map(host).find(is_own)?;
        Some((format!("https://{host}"), site))
    }

    /// The names by which its users are found in a repository: the variable, its other names, and those that the value
    /// had, if they say more than `key`.
    pub(super) fn names(self, variable: &str, had: impl Iterator<Item = String>) -> Vec<String> {
        let aliases = self.0.env_var_aliases.iter().map(|n| (*n).to_owned());
        let is_word = |n: &String| n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        // `password` alone is in every file.
        let is_compound = |n: &String| {
            let has = |is: fn(char) -> bool| n.chars().any(is);
            n.contains('_') || has(|c| c.is_ascii_uppercase()) && has(|c| c.is_ascii_lowercase())
        };
        let had = had.filter(|n| (8..=40).contains(&n.len())).filter(is_word).filter(is_compound);
        let mut names = vec![variable.to_owned()];
        for name in had.chain(aliases) {
            // A search for a part finds the whole.
            if !names.iter().any(|n| name.contains(n.as_str()) && n.contains('_')) {
                names.push(name);
            }
        }
        names
    }

    /// The same for a file that is the secret itself: its own, and the variable that tells its place.
    pub(super) fn names_of_file(self, file: String) -> Vec<String> {
        let variable = self.0.env_var.filter(|_| self.0.kind == SecretKind::CredentialFile);
        variable.map(str::to_owned).into_iter().chain([file]).collect()
    }

    /// A command that searches a repository for names.
    pub(super) fn search(self, names: &[String]) -> String {
        // `PASSWORD` alone is a part of many names.
        let flags = if names.iter().all(|n| n.contains('_')) { "-ni" } else { "-niw" };
        match names {
            [one] => format!("git grep {flags} {one}"),
            several => format!("git grep {flags} -e {}", several.join(" -e ")),
        }
    }

    /// Facts that nobody looked up: the subject, and the text.
    pub(super) fn unchecked(self) -> Vec<(&'static str, String)> {
        let r = self.0.remediation;
        let join = |list: &'static [&'static str]| {
            (!list.is_empty()).then(|| list.iter().map(|s| sentence(s)).collect::<Vec<_>>().join(" "))
        };
        let text = |text: Option<&'static str>| text.map(str::to_owned);
        let two = r.zero_downtime.map(|two| match two {
            true => "Two can live at once.".to_owned(),
            false => "Only one lives at a time.".to_owned(),
        });
        [
            ("ended", "Its end", text(r.ended)),
            ("impact", "What a holder can do", text(r.impact)),
            ("short_revoke", "Revoke", text(r.short_revoke)),
            ("revoke_url", "Page", text(r.revoke_url)),
            ("steps", "Steps", join(r.steps)),
            ("commands", "Commands", join(r.commands)),
            ("zero_downtime", "Overlap", two),
            ("rotation", "Order", text(r.rotation)),
            ("short_check", "Check", text(r.short_check)),
            ("audit", "Abuse", text(r.audit)),
            ("audit_url", "Its page", text(r.audit_url)),
            ("short_breaks", "Breaks", text(r.short_breaks)),
            ("breaks", "What stops", text(r.breaks)),
            ("short_new_key", "New key", text(r.short_new_key)),
            ("create", "A new one", join(r.create)),
            ("limits", "Limits", text(r.limits)),
            ("auto_revoked", "Found in public", text(r.auto_revoked)),
            ("public_by_design", "Public or not", text(r.public_by_design)),
            ("notes", "Notes", text(r.notes)),
            ("docs_url", "Documentation", text(r.docs_url)),
        ]
        .into_iter()
        .filter(|(field, ..)| !self.is_known(field))
        .filter_map(|(_, subject, text)| Some((subject, text?)))
        .collect()
    }

    /// A long text instead of a line, only for a user rule, which may have nothing shorter.
    fn own(self, field: &str, text: Option<&'static str>) -> Option<&'static str> {
        self.known(field, text).filter(|_| self.0.owner().is_some())
    }

    fn own_list(self, field: &str, list: &'static [&'static str]) -> Option<Text> {
        let list = if self.0.owner().is_some() { self.known_list(field, list) } else { &[] };
        (!list.is_empty()).then(|| list.iter().map(|s| sentence(s)).collect::<Vec<_>>().join(" ").into())
    }
}

/// The text, with a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', ':']) { text.to_owned() } else { format!("{text}.") }
}

/// Returns whether an address names a host alone.
pub(super) fn is_site(url: &str) -> bool {
    url.strip_prefix("https://").is_some_and(|rest| !rest.trim_end_matches('/').contains('/'))
}
