//! Context rules: values without a form of their own, known by the names around them.
//!
//! All work is done at keyword hits: the lines around each are read as assignments, and a value counts when it has the
//! rule's shape as a whole and the name it is given to says so.

mod lines;

use super::assign::{self, Assignment, Form};
use super::candidate::Candidate;
use super::engine::Scope;
use super::prefilter::Hit;
use super::request::{self, Request, Role, Sent};
use super::{judge, matcher};
use crate::finding::{Confidence, Evidence, printable};
use crate::rules::{Alphabet, Context, Kind, Rule, Value, Window};
use crate::text::placeholder;
use lines::{continued, line_of, next_line, widen};
use std::cell::OnceCell;
use std::ops::Range;

/// A text that context rules look at.
pub(super) struct Page<'a> {
    pub(super) text: &'a [u8],
    pub(super) scope: &'a Scope<'a>,
    /// Tells where it says `Basic`, in order.
    pub(super) find_basic: &'a dyn Fn() -> Vec<usize>,
    /// What it told when first asked.
    pub(super) basic: OnceCell<Vec<usize>>,
}

impl Page<'_> {
    /// May what a rule wants stand here in the base64 of a `Basic` header?
    fn is_basic(&self, window: &Range<usize>) -> bool {
        let all = self.basic.get_or_init(self.find_basic);
        let first = all.partition_point(|at| *at < window.start);
        all.get(first).is_some_and(|at| *at < window.end)
    }
}

/// The matches of a context rule around its keyword hits.
pub(super) fn matches(
    rule: &'static Rule,
    context: &Context,
    page: &Page<'_>,
    hits: &[Hit],
) -> Vec<Candidate> {
    let text = page.text;
    let mut out: Vec<Candidate> = Vec::new();
    let mut done = 0;
    for window in matcher::windows(Window::Line, text, hits) {
        let window = continued(text, page.scope.lang, widen(text, window, context.near));
        // `name: X` may have its `value:` on the next line.
        let window = window.start..next_line(text, window.end).max(done);
        let fresh = window.start.max(done)..window.end;
        done = window.end;
        if !rule.run().is_in(&text[window.clone()]) && !page.is_basic(&window) {
            continue;
        }
        let asked = Asked { rule, context, page, hits, requests: request::requests(text, window) };
        out.extend(asked.by_place());
        for found in assign::assignments(text, fresh, page.scope.lang) {
            // The shape first: it is told in no time, and few values have it.
            if let Some(secret) = token(context, text, &found)
                && let Some(said) = asked.said(&found)
                && !out.iter().rev().take(4).any(|c| c.secret == secret)
            {
                out.extend(asked.candidate(found, secret, said));
            }
        }
    }
    out
}

/// What a rule is asked about a window.
struct Asked<'a> {
    rule: &'static Rule,
    context: &'a Context,
    page: &'a Page<'a>,
    hits: &'a [Hit],
    requests: Vec<Request>,
}

/// Where the provider's word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    ByName,
    /// In the host that it is sent to.
    ByHost,
    Nearby,
}

impl Asked<'_> {
    /// A value that a name says is the rule's.
    fn candidate(&self, mut found: Assignment, secret: Range<usize>, said: Said) -> Option<Candidate> {
        let text = self.page.text;
        let name = printable(&text[found.name.clone()]);
        let whole = found.name.start.min(secret.start)..found.value.end.max(secret.end);
        found.value = secret;
        let mut c = self.judged(text, &found, whole)?;
        if said == Said::Nearby {
            c.confidence = c.confidence.min(Confidence::Medium);
            let why = format!("only the lines around `{name}` say whose it is");
            c.evidence.push(Evidence::lowers("name", why));
        }
        c.name = Some(name);
        Some(c)
    }

    /// A shape that words have too says nothing: such a value is judged as any other.
    fn judged(&self, text: &[u8], found: &Assignment, whole: Range<usize>) -> Option<Candidate> {
        let value = &text[found.value.clone()];
        if placeholder::is_reference(value) || placeholder::is_weak(value) {
            return None;
        }
        let mut c = Candidate::new(self.rule, found.value.clone(), whole);
        if !self.is_id() && is_loose(&self.context.value) {
            (c.confidence, c.score) = judge::opinion(text, self.page.scope, found)?;
        }
        Some(c)
    }

    /// The credentials of commands and URLs that go to the provider and have the rule's shape.
    fn by_place(&self) -> Vec<Candidate> {
        let text = self.page.text;
        if !self.rule.provider.is_issuer() && self.rule.own.is_none() {
            return Vec::new();
        }
        let to_it = self.requests.iter().filter(|r| r.names(text, self.context.words));
        to_it.flat_map(|r| &r.sent).filter_map(|sent| self.sent(sent)).collect()
    }

    fn sent(&self, sent: &Sent) -> Option<Candidate> {
        let (text, value) = match &sent.decoded {
            Some(decoded) => (&decoded[..], 0..decoded.len()),
            None => (self.page.text, sent.place.clone()),
        };
        if !self.stands_as(sent.role) || !self.context.value.matches(&text[value.clone()]) {
            return None;
        }
        let name = value.start..value.start;
        let form = Form::Flag;
        let found = Assignment { name, value, form, quoted: true, line_level: false, via: None };
        let c = self.judged(text, &found, sent.place.clone())?;
        Some(Candidate { secret: sent.place.clone(), decoded: sent.decoded.clone(), ..c })
    }

    /// Of no use without its secret, or public?
    fn is_id(&self) -> bool {
        self.rule.public || self.rule.kind == Kind::Identifier
    }

    /// May a value of this kind stand in such a place?
    fn stands_as(&self, role: Role) -> bool {
        match role {
            Role::User => self.is_id(),
            _ if self.is_id() => false,
            Role::Password => {
                matches!(self.rule.kind, Kind::ApiKey | Kind::Token | Kind::Password | Kind::ClientSecret)
            }
            Role::Alone => matches!(self.rule.kind, Kind::ApiKey | Kind::Token),
        }
    }

    /// Do the names say that this value is the rule's?
    fn said(&self, found: &Assignment) -> Option<Said> {
        let (text, context) = (self.page.text, self.context);
        let name = &text[found.name.clone()];
        if context.not_names.iter().any(|n| holds(name, n)) {
            return None;
        }
        let in_name = context.words.iter().any(|w| holds(name, w));
        let constructor = found.form == Form::Call && in_name && context.names.is_empty();
        let right_name = match context.names {
            [] => says_secret(name) || constructor,
            names => names.iter().any(|n| holds(name, n)),
        };
        if right_name && in_name {
            return Some(Said::ByName);
        }
        match self.is_sent_to_it(found) {
            Some(true) => return Some(Said::ByHost),
            Some(false) => return None,
            None if !right_name || context.strict => return None,
            None => {}
        }
        let around = widen(text, line_of(text, found.value.start), context.near);
        let first = self.hits.partition_point(|h| h.at() < around.start);
        self.hits.get(first).is_some_and(|h| h.at() < around.end).then_some(Said::Nearby)
    }

    /// A header, a parameter or a field by a name that every service has: does it go to the provider? None where
    /// that is not known.
    fn is_sent_to_it(&self, found: &Assignment) -> Option<bool> {
        let (text, words) = (self.page.text, self.context.words);
        let name = &text[found.name.clone()];
        let may_be = request::is_anybodys(name) && self.stands_as(Role::Alone);
        if let Some(command) = self.requests.iter().find(|r| r.at.contains(&found.value.start)) {
            if may_be && command.names(text, words) {
                return Some(true);
            }
            return command.is_foreign(text, words).then_some(false);
        }
        if !may_be {
            return None;
        }
        if let Some(host) = request::queried(text, found.name.start) {
            return request::leads_to(text, &host, words).then_some(true);
        }
        let line = widen(text, line_of(text, found.value.start), 2).start;
        let hosts = || request::hosts(text, line..found.value.end);
        (request::is_header(name) && hosts().iter().any(|h| request::leads_to(text, h, words)))
            .then_some(true)
    }
}

/// Is the shape so wide that common words and names have it: less than 80 bits at its shortest?
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

/// Does the name hold the word, case and separators ignored? `MJ-APIKEY` holds `mj_apikey`, and so does `mjApiKey`.
pub(super) fn holds(name: &[u8], word: &str) -> bool {
    let separator = |b: &u8| matches!(b, b'_' | b'-' | b'.' | b' ');
    let word = || word.bytes().filter(|b| !separator(b));
    (0..name.len()).filter(|i| !separator(&name[*i])).any(|i| {
        let mut rest = name[i..].iter().filter(|b| !separator(b));
        word().all(|w| rest.next().is_some_and(|b| b.eq_ignore_ascii_case(&w)))
    })
}

/// Does a name say that its value is a secret?
fn says_secret(name: &[u8]) -> bool {
    ["key", "token", "secret", "pass", "pwd", "auth", "cred", "private", "signature"]
        .iter()
        .any(|w| holds(name, w))
}

#[cfg(test)]
mod tests {
    use super::holds;
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
    fn case_and_separators_of_a_name_are_ignored() {
        for name in ["mj_apikey", "mjApiKey", "MJ-APIKEY", "the.mj.api.key"] {
            assert!(holds(name.as_bytes(), "mj_apikey"), "{name}");
        }
        assert!(!holds(b"mj_api", "mj_apikey"));
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
