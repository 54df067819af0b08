//! Context rules: values without a form of their own, known by the names around them.
//!
//! All work is done at keyword hits: the lines around each are read as assignments, and a value counts when it has the
//! rule's shape as a whole and the name it is given to says so.

mod client;
mod lines;

use super::generic::{self, Surroundings};
use super::pattern;
use crate::finding::{Confidence, Evidence, printable};
use crate::rules::{Alphabet, Context, Rule, SecretKind, Value, Window};
use crate::scan::candidate::Candidate;
use crate::scan::deadline;
use crate::scan::extract::assign::{self, Assignment, Form};
use crate::scan::extract::request::{self, CredentialRole, Requests, Sent};
use crate::scan::prefilter::Hit;
use crate::scan::scope::TextInfo;
use crate::text::placeholder;
use crate::text::words::holds;
use lines::{continued, line_of, next_line, widen};
use std::cell::OnceCell;
use std::ops::Range;

/// A text that context rules look at.
pub(in crate::scan) struct ContextInput<'a> {
    pub(in crate::scan) text: &'a [u8],
    pub(in crate::scan) scope: &'a TextInfo<'a>,
    pub(in crate::scan) place: &'a Surroundings<'a>,
    /// Tells where it says `Basic`, in order.
    pub(in crate::scan) find_basic: &'a dyn Fn() -> Vec<usize>,
    /// What it told when first asked.
    pub(in crate::scan) basic: OnceCell<Vec<usize>>,
}

impl ContextInput<'_> {
    /// True if the base64 of a `Basic` header here may hold what a rule wants.
    fn is_basic(&self, window: &Range<usize>) -> bool {
        let all = self.basic.get_or_init(self.find_basic);
        let first = all.partition_point(|at| *at < window.start);
        all.get(first).is_some_and(|at| *at < window.end)
    }
}

/// A context rule with its keyword hits.
#[derive(Debug)]
pub(in crate::scan) struct Asker<'a> {
    pub(in crate::scan) rule: &'static Rule,
    pub(in crate::scan) context: &'a Context,
    pub(in crate::scan) hits: &'a [Hit],
}

/// Lines that a rule looks at.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Look {
    /// Start and end of the lines whose assignments the rule has not seen yet.
    fresh: (usize, usize),
    /// Start and end of all lines that belong to the hit.
    window: (usize, usize),
    /// Index of the rule.
    asker: usize,
}

/// The matches of context rules around their keyword hits, for each rule. Rules that look at the same lines share the
/// work: what is assigned there, and what is sent where, is read once.
pub(in crate::scan) fn matches(page: &ContextInput<'_>, askers: &[Asker<'_>]) -> Vec<Vec<Candidate>> {
    let mut out: Vec<Vec<Candidate>> = askers.iter().map(|_| Vec::new()).collect();
    let mut looks: Vec<Look> = askers.iter().enumerate().flat_map(|(i, a)| a.looks(i, page)).collect();
    looks.sort_unstable();
    for same in looks.chunk_by(|a, b| (a.fresh, a.window) == (b.fresh, b.window)) {
        if deadline::is_up() {
            break;
        }
        let Some(Look { fresh, window, .. }) = same.first() else { continue };
        let requests = Requests::of(page.text, window.0..window.1);
        let asked: Vec<_> =
            same.iter().map(|look| (look.asker, askers[look.asker].asked(page, &requests))).collect();
        for (i, asked) in &asked {
            out[*i].extend(asked.by_place());
            out[*i].extend(asked.by_client(fresh.0..fresh.1));
        }
        let assignments = assign::assignments(page.text, fresh.0..fresh.1, page.scope.lang);
        for found in assignments.take_while(|_| !deadline::is_up()) {
            for (i, asked) in &asked {
                let out = &mut out[*i];
                // The shape first: it is told in no time, and few values have it.
                if let Some(secret) = token(asked.context, page.text, &found)
                    && let Some(said) = asked.said(&found)
                    && !out.iter().rev().take(4).any(|c| c.secret == secret)
                {
                    out.extend(asked.candidate(found.clone(), secret, said));
                }
            }
        }
    }
    out
}

impl<'a> Asker<'a> {
    /// The lines around the hits in which the rule's value may stand.
    fn looks(&self, asker: usize, page: &ContextInput<'_>) -> Vec<Look> {
        let text = page.text;
        let mut run = self.rule.run().cursor(text);
        let mut out = Vec::new();
        let mut done = 0;
        for window in pattern::windows(Window::Line, text, self.hits) {
            let window = continued(text, page.scope.lang, widen(text, window, self.context.near));
            // `name: X` may have its `value:` on the next line.
            let window = window.start..next_line(text, window.end).max(done);
            let fresh = (window.start.max(done), window.end);
            done = window.end;
            if run.is_in(window.clone()) || page.is_basic(&window) {
                out.push(Look { fresh, window: (window.start, window.end), asker });
            }
        }
        out
    }

    fn asked(&self, page: &'a ContextInput<'a>, requests: &'a Requests) -> RuleWindow<'a> {
        RuleWindow { rule: self.rule, context: self.context, page, hits: self.hits, requests }
    }
}

/// What a rule is asked about a window.
struct RuleWindow<'a> {
    rule: &'static Rule,
    context: &'a Context,
    page: &'a ContextInput<'a>,
    hits: &'a [Hit],
    requests: &'a Requests,
}

/// Where the provider's word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NameMatch {
    ByName,
    /// In the host that it is sent to.
    ByHost,
    /// The name is the provider's and nothing more.
    ByOwner,
    Nearby,
}

impl RuleWindow<'_> {
    /// A value that a name says is the rule's.
    fn candidate(&self, mut found: Assignment, secret: Range<usize>, said: NameMatch) -> Option<Candidate> {
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

    /// A shape that words have too says nothing: such a value is judged as any other.
    fn judged(
        &self,
        text: &[u8],
        place: &Surroundings<'_>,
        found: &Assignment,
        whole: Range<usize>,
    ) -> Option<Candidate> {
        let value = &text[found.value.clone()];
        if placeholder::is_reference(value) || placeholder::is_weak(value) {
            return None;
        }
        let mut c = Candidate::new(self.rule, found.value.clone(), whole);
        if !self.is_id() && is_loose(&self.context.value) {
            let opinion = generic::confidence_of(text, self.page.scope, place, found)?;
            (c.confidence, c.score, c.formerly) = (opinion.confidence, opinion.score, opinion.formerly);
        }
        Some(c)
    }

    /// The credentials of commands and URLs that go to the provider and have the rule's shape.
    fn by_place(&self) -> Vec<Candidate> {
        let text = self.page.text;
        if !self.rule.provider.is_issuer() && self.rule.own.is_none() {
            return Vec::new();
        }
        let to_it = self.requests.all.iter().filter(|r| r.names(text, self.context.words));
        to_it.flat_map(|r| &r.sent).filter_map(|sent| self.sent(sent)).collect()
    }

    /// What the provider's own client takes without a name, in calls whose keyword is in `window`.
    fn by_client(&self, window: Range<usize>) -> Vec<Candidate> {
        if self.is_id() || is_loose(&self.context.value) || !self.rule.provider.is_issuer() {
            return Vec::new();
        }
        let text = self.page.text;
        let first = self.hits.partition_point(|h| h.at() < window.start);
        let hits = self.hits[first..].iter().map(|h| h.at()).take_while(|at| *at < window.end);
        let mut out: Vec<Candidate> = Vec::new();
        for at in hits {
            let mut values = client::arguments(text, at, self.context.words).into_iter();
            // Of several that have the shape the first are ids.
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
        // What is decoded is a text of its own.
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

    /// Returns whether it is public, or of no use without its secret.
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

    /// Returns whether the names say that this value is the rule's.
    fn said(&self, found: &Assignment) -> Option<NameMatch> {
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

    /// Returns whether a name is the provider's and nothing more (`deepgram = "..."`), and the shape is one that few
    /// other values have.
    fn is_owner_alone(&self, name: &[u8]) -> bool {
        let letters = |text: &[u8]| text.iter().filter(|b| b.is_ascii_alphanumeric()).count();
        let alone =
            self.context.words.iter().any(|w| holds(name, w) && letters(name) == letters(w.as_bytes()));
        self.context.names.is_empty()
            && alone
            && !self.is_id()
            && !is_loose(&self.context.value)
            && !self.page.place.is_test_or_example_path()
    }

    /// A header, a parameter or a field by a name that every service has: does it go to the provider? None where
    /// that is not known.
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

/// Returns whether common words and names have this shape too: less than 80 bits at its shortest.
fn is_loose(value: &Value) -> bool {
    let letters = (0x21..0x7f).filter(|b| value.alphabet.contains(*b)).count().max(2);
    value.alphabet != Alphabet::Uuid && (letters as f32).log2() * (value.least as f32) < 80.0
}

/// The part of the value that has the rule's shape: all of it, what follows `Bearer`, or one side of `user:password`.
fn token(context: &Context, text: &[u8], found: &Assignment) -> Option<Range<usize>> {
    let value = &text[found.value.clone()];
    if context.value.matches(value) {
        return Some(found.value.clone());
    }
    let mut start = 0;
    for piece in value.split(|b| matches!(b, b' ' | b':' | b',' | b';')) {
        if context.value.matches(piece) {
            let start = found.value.start + start;
            return Some(start..start + piece.len());
        }
        start += piece.len() + 1;
    }
    None
}

/// Returns whether a name says that its value is a secret.
fn says_secret(name: &[u8]) -> bool {
    ["key", "token", "secret", "pass", "pwd", "auth", "cred", "private", "signature"]
        .iter()
        .any(|w| holds(name, w))
}

#[cfg(test)]
mod tests {
    use crate::finding::{Source, SourceKind};
    use crate::rules::RuleSet;
    use crate::scan::{Engine, Fragment, Options, template};
    use std::borrow::Cow;

    const RULES: &str = r#"
schema = 1
provider = { id = "mailjet", name = "Mailjet" }
[[rule]]
id = "mailjet-secret-key"
name = "Mailjet secret key"
kind = "api-key"
severity = "high"
confidence = "high"
context = { words = ["mailjet", "mj_apikey"], names = ["private", "secret"], not_names = ["public"], value = { alphabet = "hex-lower", length = 32 }, near = 2 }
examples = ["x"]
negative_examples = ["y"]
[[rule]]
id = "strict-key"
name = "Strict key"
kind = "api-key"
severity = "high"
confidence = "high"
context = { words = ["strictly"], value = { alphabet = "base62", length = [20, 24] }, strict = true }
examples = ["x"]
negative_examples = ["y"]
"#;

    fn found(path: &str, text: &str) -> Vec<(&'static str, Option<String>)> {
        let mut rules = RuleSet::empty();
        rules.add_toml(RULES).unwrap();
        let engine = Engine::new(&rules, Options::default());
        let text = template::expand(text, 7).unwrap();
        let source = Source::new(SourceKind::File, crate::finding::RepoPath::new(path));
        engine
            .scan(&Fragment { source, bytes: Cow::Borrowed(text.as_bytes()) })
            .into_iter()
            .map(|f| (f.rule.id, f.name))
            .collect()
    }

    #[test]
    fn a_value_is_found_in_every_file_type_by_the_name_it_is_given() {
        for (path, text) in [
            ("a.py", "MAILJET_SECRET = '${hex-lower:32}'"),
            (".env", "MJ_APIKEY_PRIVATE=${hex-lower:32}"),
            ("a.yml", "mailjet:\n  secret-key: ${hex-lower:32}\n"),
            ("a.json", "{\"mailjetSecretKey\": \"${hex-lower:32}\"}"),
            ("a.xml", "<add key=\"MailjetSecret\" value=\"${hex-lower:32}\"/>"),
            ("a.php", "define('MAILJET_SECRET', '${hex-lower:32}');"),
            ("ci.yml", "- name: MJ_APIKEY_PRIVATE\n  value: ${hex-lower:32}\n"),
            ("a.sh", "curl 'https://api.mailjet.com/?secret=${hex-lower:32}&x=1'"),
        ] {
            assert_eq!(found(path, text).len(), 1, "{path}: {text}");
        }
        assert_eq!(
            found("a.sh", "strictly --strictly-key ${base62:22}")[0].1.as_deref(),
            Some("strictly-key")
        );
    }

    #[test]
    fn another_name_another_shape_or_a_far_word_is_not_found() {
        for (path, text) in [
            ("a.py", "MAILJET_PUBLIC_SECRET = '${hex-lower:32}'"),
            ("a.py", "MAILJET_ID = '${hex-lower:32}'"),
            ("a.py", "MAILJET_SECRET = '${hex-lower:33}'"),
            ("a.yml", "mailjet:\n  a: 1\n  b: 2\n  secret-key: ${hex-lower:32}\n"),
            ("a.py", "# strictly\nkey = '${base62:22}'"),
        ] {
            assert_eq!(found(path, text), [], "{path}: {text}");
        }
    }
}
