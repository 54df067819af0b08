//! Candidates whose form says that a value is a credential: a Kubernetes Secret, a key's prefix, a login, a URL, a header.

use super::name::NameKind;
use super::scored::{Input, score_candidate};
use super::value::is_filled_in;
use super::{speaks_of_a_secret, special};
use crate::finding::{Confidence, printable};
use crate::rules::Rule;
use crate::scan::candidate::Candidate;
use crate::scan::extract::assign::Assignment;
use crate::text::line;
use crate::text::placeholder;
use crate::text::randomness::is_random;

/// A value in a Kubernetes Secret: any value filled in for a name of a secret counts, however short.
pub(super) fn in_manifest(q: &Input<'_>, rule: &'static Rule, found: &Assignment) -> Option<Candidate> {
    let judged = score_candidate(q, rule, found, vec!["name-explicit"]);
    let value = &q.text[found.value.clone()];
    let inner = special::base64_text(value);
    let said = inner.as_deref().unwrap_or(value);
    let is_login = memchr::memchr(b':', said).is_some_and(|i| i > 2 && said.len() - i > 4);
    let speaks = speaks_of_a_secret(&q.text[found.name.clone()]);
    // `tls.key: <base64 encoded key>`
    let rest = || &q.text[found.value.start..line::end(q.text, found.value.end, LOGIN_REACH)];
    let is_stand_in = value.starts_with(b"<") && rest().trim_ascii_end().ends_with(b">");
    if !(speaks || is_login) || is_stand_in || !is_filled_in(said) {
        return judged;
    }
    let unsure = !speaks || placeholder::is_weak(said) || q.place.is_test_or_example_path();
    let least = if unsure { Confidence::Medium } else { Confidence::High };
    let whole = found.name.start.min(found.value.start)..found.value.end;
    let judged = judged.filter(|c| !c.is_only_explained());
    let mut c = judged.unwrap_or_else(|| Candidate::new(rule, found.value.clone(), whole));
    c.confidence = c.confidence.max(least);
    c.name = Some(printable(&q.text[found.name.clone()]));
    Some(c)
}

/// A key that only its prefix names: random digits always count, outside of tests and generated files.
pub(super) fn prefixed(q: &Input<'_>, rule: &'static Rule, found: &Assignment) -> Option<Candidate> {
    let judged = score_candidate(q, rule, found, vec!["name-api-key"]);
    let digits = found.name.end + 1..found.value.end;
    if q.place.is_test_or_example_path() || !is_random(&q.text[digits]) {
        return judged;
    }
    let judged = judged.filter(|c| !c.is_only_explained());
    let mut c = judged.unwrap_or_else(|| Candidate::new(rule, found.value.clone(), found.value.clone()));
    c.confidence = c.confidence.max(Confidence::Medium);
    c.name = Some(printable(&q.text[found.name.clone()]));
    Some(c)
}

/// The password of a login that a text tells: `Credentials: admin / VALUE`. One that a person chose never blocks, and a
/// default is never reported.
pub(super) fn in_login(q: &Input<'_>, found: &Assignment) -> Option<Candidate> {
    let rule = q.generic.of_kind(NameKind::Password)?;
    let mut c = score_candidate(q, rule, found, vec!["name-password", "name-explicit"])?;
    if c.rejected.is_none() && !is_random(&q.text[found.value.clone()]) {
        let line = q.text[line::around(q.text, found.value.start, LOGIN_REACH)].to_ascii_lowercase();
        if memchr::memmem::find(&line, b"default").is_some() {
            return q.scope.explain.then(|| c.rejected("a default, as the line says"));
        }
        c.confidence = c.confidence.min(Confidence::Medium);
    }
    Some(c)
}

/// Bytes of a line around a login that are read.
const LOGIN_REACH: usize = 512;

/// A password in a URL.
pub(super) fn in_url(q: &Input<'_>, rule: &'static Rule, found: &Assignment) -> Option<Candidate> {
    let mut codes = vec!["name-explicit", "url-credential"];
    if special::is_local(q.text, found.value.end) {
        codes.push("url-local");
    } else if special::is_public(q.text, found) {
        codes.push("url-public");
    }
    score_candidate(q, rule, found, codes)
}

/// A credential in a header.
pub(super) fn in_header(q: &Input<'_>, rule: &'static Rule, found: &Assignment) -> Option<Candidate> {
    score_candidate(q, rule, found, special::of_header(q.text, found)?)
}
