//! One context rule in one window: which values belong to the rule, by their names, their host or their client.

use super::client;
use super::input::ContextInput;
use super::lines::{line_of, widen};
use crate::finding::{Confidence, Evidence, printable};
use crate::rules::{Alphabet, Context, Rule, SecretKind, Value};
use crate::scan::candidate::Candidate;
use crate::scan::detect::generic::{self, Surroundings};
use crate::scan::extract::assign::{Assignment, Form};
use crate::scan::extract::request::{self, CredentialRole, Requests, Sent};
use crate::scan::prefilter::Hit;
use crate::text::placeholder;
use crate::text::words::holds;
use std::ops::Range;
use std::rc::Rc;

/// A rule and the window that it is applied to.
pub(super) struct RuleWindow<'a> {
    pub(super) rule: &'static Rule,
    pub(super) context: &'a Context,
    pub(super) page: &'a ContextInput<'a>,
    pub(super) hits: &'a [Hit],
    /// Shared by the rules with this window.
    pub(super) requests: Rc<Requests>,
}

/// Where the provider's word was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameMatch {
    ByName,
    /// In the host that the value is sent to.
    ByHost,
    /// The name is only the provider's name.
    ByOwner,
    Nearby,
}

impl RuleWindow<'_> {
    /// Returns whether a part of a value has the rule's shape.
    pub(super) fn fits(&self, part: &Range<usize>) -> bool {
        self.context.value.matches(&self.page.text[part.clone()])
    }

    /// A value that a name assigns to the rule.
    pub(super) fn candidate(
        &self,
        mut found: Assignment,
        secret: Range<usize>,
        said: NameMatch,
    ) -> Option<Candidate> {
        let text = self.page.text;
        let name = printable(&text[found.name.clone()]);
        let whole = found.name.start.min(secret.start)..found.value.end.max(secret.end);
        found.value = secret;
        let mut c = self.judged(text, self.page.place, &found, whole)?;
        if said == NameMatch::ByOwner {
            c.confidence = c.confidence.min(Confidence::Medium);
            let why = format!("`{name}` says whose it is, not that it is a secret");
            c.evidence.push(Evidence::lowers("name", why));
        }
        if said == NameMatch::Nearby {
            c.confidence = c.confidence.min(Confidence::Medium);
            let why = format!("only the lines around `{name}` say whose it is");
            c.evidence.push(Evidence::lowers("name", why));
        }
        c.name = Some(name);
        Some(c)
    }

    /// If words can have the shape as well, the value is scored like any other.
    fn judged(
        &self,
        text: &[u8],
        place: &Surroundings<'_>,
        found: &Assignment,
        whole: Range<usize>,
    ) -> Option<Candidate> {
        let value = &text[found.value.clone()];
        let rejected = |why| self.page.scope.explain.then(|| generic::explained(text, self.rule, found, why));
        if placeholder::is_reference(value) {
            return rejected(placeholder::REFERENCE);
        }
        if placeholder::is_weak(value) {
            return rejected(placeholder::WEAK);
        }
        let mut c = Candidate::new(self.rule, found.value.clone(), whole);
        if !self.is_id() && is_loose(&self.context.value) {
            let opinion = match generic::confidence_of(text, self.page.scope, place, found) {
                Ok(opinion) => opinion,
                Err(why) => return rejected(why),
            };
            (c.confidence, c.score, c.formerly) = (opinion.confidence, opinion.score, opinion.formerly);
        }
        Some(c)
    }

    /// Credentials in commands and URLs that are sent to the provider and have the rule's shape.
    pub(super) fn by_place(&self) -> Vec<Candidate> {
        let text = self.page.text;
        if !self.rule.provider.is_issuer() && self.rule.own.is_none() {
            return Vec::new();
        }
        let to_it = self.requests.all.iter().filter(|r| r.names(text, self.context.words));
        to_it.flat_map(|r| &r.sent).filter_map(|sent| self.sent(sent)).collect()
    }

    /// Unnamed arguments of the provider's own client, in calls with a keyword in `window`.
    pub(super) fn by_client(&self, window: Range<usize>) -> Vec<Candidate> {
        if self.is_id() || is_loose(&self.context.value) || !self.rule.provider.is_issuer() {
            return Vec::new();
        }
        let text = self.page.text;
        let first = self.hits.partition_point(|h| h.at() < window.start);
        let hits = self.hits[first..].iter().map(|h| h.at()).take_while(|at| *at < window.end);
        let mut out: Vec<Candidate> = Vec::new();
        for at in hits {
            let mut values = client::arguments(text, at, self.context.words).into_iter();
            // If several have the shape, the first ones are ids.
            let Some(value) = values.rfind(|v| self.context.value.matches(&text[v.clone()])) else {
                continue;
            };
            if out.iter().any(|c| c.secret == value) {
                continue;
            }
            let mut c = Candidate::new(self.rule, value.clone(), at..value.end);
            if !self.context.names.is_empty() {
                c.confidence = c.confidence.min(Confidence::Medium);
            }
            c.evidence.push(Evidence::tells("client", "an argument of the provider's client"));
            out.push(c);
        }
        out
    }

    fn sent(&self, sent: &Sent) -> Option<Candidate> {
        // Decoded text is a text of its own.
        let of_decoded;
        let (text, place, value) = match &sent.decoded {
            Some(decoded) => {
                of_decoded = Surroundings::new(self.page.scope);
                (&decoded[..], &of_decoded, 0..decoded.len())
            }
            None => (self.page.text, self.page.place, sent.place.clone()),
        };
        if !self.stands_as(sent.role) || !self.context.value.matches(&text[value.clone()]) {
            return None;
        }
        let name = value.start..value.start;
        let form = Form::Flag;
        let found = Assignment { name, value, form, quoted: true, line_level: false, via: None };
        let c = self.judged(text, place, &found, sent.place.clone())?;
        Some(Candidate { secret: sent.place.clone(), decoded: sent.decoded.clone(), ..c })
    }

    /// Returns whether it is public, or useless without its secret.
    fn is_id(&self) -> bool {
        self.rule.public || self.rule.kind == SecretKind::Identifier
    }

    /// Returns whether a value of this kind may be in such a place.
    fn stands_as(&self, role: CredentialRole) -> bool {
        match role {
            CredentialRole::User => self.is_id(),
            _ if self.is_id() => false,
            CredentialRole::Password => {
                matches!(
                    self.rule.kind,
                    SecretKind::ApiKey | SecretKind::Token | SecretKind::Password | SecretKind::ClientSecret
                )
            }
            CredentialRole::Alone => matches!(self.rule.kind, SecretKind::ApiKey | SecretKind::Token),
        }
    }

    /// How the names show that this value belongs to the rule; `None` if they do not.
    pub(super) fn said(&self, found: &Assignment) -> Option<NameMatch> {
        let (text, context) = (self.page.text, self.context);
        let name = &text[found.name.clone()];
        if context.not_names.iter().any(|n| holds(name, n)) {
            return None;
        }
        let in_name = context.words.iter().any(|w| holds(name, w));
        let constructor = found.form == Form::Call
            && context.names.is_empty()
            && client::makes_a_client(name, context.words);
        let right_name = match context.names {
            [] => says_secret(name) || in_name && constructor,
            names => names.iter().any(|n| holds(name, n)),
        };
        if right_name && in_name {
            return Some(NameMatch::ByName);
        }
        if in_name && self.is_owner_alone(name) {
            return Some(NameMatch::ByOwner);
        }
        match self.is_sent_to_it(found) {
            Some(true) => return Some(NameMatch::ByHost),
            Some(false) => return None,
            None if !right_name || context.strict => return None,
            None => {}
        }
        let around = widen(text, line_of(text, found.value.start), context.near);
        let first = self.hits.partition_point(|h| h.at() < around.start);
        self.hits.get(first).is_some_and(|h| h.at() < around.end).then_some(NameMatch::Nearby)
    }

    /// Returns whether a name is only the provider's name (`deepgram = "..."`), and few other values have the
    /// shape.
    fn is_owner_alone(&self, name: &[u8]) -> bool {
        let letters = |text: &[u8]| text.iter().filter(|b| b.is_ascii_alphanumeric()).count();
        let alone =
            self.context.words.iter().any(|w| holds(name, w) && letters(name) == letters(w.as_bytes()));
        let value = &self.context.value;
        // Shorter values may be the provider's public ones.
        let is_own = self.context.names.is_empty() || !value.prefix.is_empty() || value.least >= LEAST_ALONE;
        is_own
            && alone
            && !self.is_id()
            && !is_loose(&self.context.value)
            && !self.page.place.is_test_or_example_path()
    }

    /// Whether a header, parameter or field with a name that every service uses is sent to the provider; `None`
    /// if that is unknown.
    fn is_sent_to_it(&self, found: &Assignment) -> Option<bool> {
        let (text, words) = (self.page.text, self.context.words);
        let name = &text[found.name.clone()];
        let may_be = request::is_common_credential_name(name) && self.stands_as(CredentialRole::Alone);
        if let Some(command) = self.requests.at(found.value.start) {
            if may_be && command.names(text, words) {
                return Some(true);
            }
            return command.is_foreign(text, words).then_some(false);
        }
        if !may_be {
            return None;
        }
        if let Some(host) = request::queried(text, found.name.start) {
            return request::is_provider_host(text, &host, words).then_some(true);
        }
        let line = widen(text, line_of(text, found.value.start), 2).start;
        let hosts = || request::hosts(text, line..found.value.end);
        (request::is_header(name) && hosts().iter().any(|h| request::is_provider_host(text, h, words)))
            .then_some(true)
    }
}

/// Length from which a value under the provider's name alone is its secret, whatever name the rule asks for.
const LEAST_ALONE: u32 = 40;

/// Returns whether common words and names can have this shape too: less than 80 bits at its shortest.
fn is_loose(value: &Value) -> bool {
    let letters = (0x21..0x7f).filter(|b| value.alphabet.contains(*b)).count().max(2);
    value.alphabet != Alphabet::Uuid && (letters as f32).log2() * (value.least as f32) < 80.0
}

/// The parts of a value of which one may have a rule's shape: all of it, the text after `Bearer`, or one side of
/// `user:password`.
pub(super) fn parts(text: &[u8], value: &Range<usize>, out: &mut Vec<Range<usize>>) {
    let parts = |b: &u8| matches!(b, b' ' | b':' | b',' | b';');
    out.clear();
    out.push(value.clone());
    let mut start = value.start;
    for at in value.clone().filter(|at| parts(&text[*at])) {
        out.push(start..at);
        start = at + 1;
    }
    if start > value.start {
        out.push(start..value.end);
    }
}

/// Returns whether a name says that its value is a secret.
fn says_secret(name: &[u8]) -> bool {
    ["key", "token", "secret", "pass", "pwd", "auth", "cred", "private", "signature"]
        .iter()
        .any(|w| holds(name, w))
}
