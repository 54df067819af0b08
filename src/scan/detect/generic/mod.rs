//! The generic detector: finds secrets without a format by scoring.
//!
//! A value assigned to a name of a secret is a subject. Pure functions collect evidence about it, each piece a
//! code: the meaning of the [`name`], the form of the [`value`], its [`surroundings`]. [`score`] decides: an
//! explicit name with a random value is certain in any surroundings, and the sum of the weights decides what else
//! deserves a warning. All work is done on the lines of keyword hits.

mod evidence;
mod name;
mod neighbours;
mod owner;
mod password;
mod path;
mod score;
mod shape;
mod special;
mod surroundings;
mod value;

use super::pattern;
use crate::finding::{Confidence, Evidence, Score, printable};
use crate::rules::{Rule, Window};
use crate::scan::candidate::Candidate;
use crate::scan::deadline;
use crate::scan::extract::assign::{self, Assignment, Form};
use crate::scan::extract::{arguments, manifest, tables};
use crate::scan::former::table as former;
use crate::scan::prefilter::Hit;
use crate::scan::scope::TextInfo;
use crate::text::lang::Lang;
use crate::text::line;
use crate::text::placeholder;
use crate::text::randomness::is_random;
use name::NameKind;
pub(in crate::scan) use name::holds_value;
pub(in crate::scan) use neighbours::repeats_neighbour;
use password::is_chosen;
pub(in crate::scan) use path::class as class_of_path;
pub(in crate::scan) use special::without_scheme;
pub(in crate::scan) use surroundings::Surroundings;
pub(in crate::scan) use value::is_filled_in;

/// The detector's input.
#[derive(Debug)]
pub(in crate::scan) struct Input<'a> {
    pub(in crate::scan) rules: &'a [&'static Rule],
    pub(in crate::scan) generic: &'a Rules,
    pub(in crate::scan) text: &'a [u8],
    pub(in crate::scan) scope: &'a TextInfo<'a>,
    pub(in crate::scan) place: &'a Surroundings<'a>,
}

/// The generic rules of an engine.
#[derive(Debug)]
pub(in crate::scan) struct Rules {
    /// Those of the catalogue, by [`NameKind`].
    by_kind: Vec<Option<&'static Rule>>,
    /// User rules.
    own: Vec<&'static Rule>,
}

impl Rules {
    pub(in crate::scan) fn of(all: &[&'static Rule]) -> Rules {
        let (of_catalogue, own): (Vec<_>, Vec<_>) =
            all.iter().copied().filter(|r| r.is_generic()).partition(|r| r.owner().is_none());
        let find = |kind: &NameKind| of_catalogue.iter().copied().find(|r| r.id == kind.rule());
        Rules { by_kind: NameKind::ALL.iter().map(find).collect(), own }
    }

    fn of_kind(&self, kind: NameKind) -> Option<&'static Rule> {
        self.by_kind[kind as usize]
    }
}

/// The candidates of the generic rules; `hits` are the keyword hits of all of them, in order of rule, then place.
pub(in crate::scan) fn candidates(q: &Input<'_>, hits: &[Hit]) -> Vec<Candidate> {
    let place = q.place;
    let mut out = Vec::new();
    let mut name_evidence = Vec::with_capacity(hits.len());
    for of_rule in hits.chunk_by(|a, b| a.rule() == b.rule()) {
        let rule = q.rules[of_rule[0].rule()];
        let places = of_rule.iter().map(|hit| hit.at()).take_while(|_| !deadline::is_up());
        match rule.id {
            special::URL => {
                let all = places.filter_map(|at| special::url(q.text, at));
                out.extend(all.filter_map(|a| in_url(q, rule, place, &a)));
            }
            special::HEADER => {
                let all = places.filter_map(|at| special::header(q.text, at));
                out.extend(all.filter_map(|a| in_header(q, rule, place, &a)));
            }
            arguments::RULE => {
                let all = arguments::secrets(q.text, places).into_iter();
                out.extend(
                    all.filter_map(|a| {
                        score_candidate(q, rule, place, &a, vec!["name-explicit", "argument"])
                    }),
                );
            }
            manifest::RULE => {
                let all = manifest::values(q.text, places).into_iter();
                out.extend(all.filter_map(|a| in_manifest(q, rule, place, &a)));
            }
            _ => {
                if rule.id == NameKind::ApiKey.rule() {
                    let all = places.filter_map(|at| special::prefixed(q.text, at));
                    out.extend(all.filter_map(|a| prefixed(q, rule, place, &a)));
                } else if rule.id == NameKind::Credential.rule() {
                    let all = places.filter_map(|at| special::login(q.text, at));
                    out.extend(all.filter_map(|a| in_login(q, place, &a)));
                }
                name_evidence.extend_from_slice(of_rule);
            }
        }
    }
    // Each rule's hits are in order: a sort that merges them takes half the time.
    name_evidence.sort_by_key(|h| h.at());
    let own = &q.generic.own[..];
    for found in in_tables(q, &name_evidence) {
        out.extend(by_own_rules(q, own, place, &found));
        out.extend(generic_candidate(q, place, found));
    }
    let (mut done, mut reached) = (0, 0);
    for window in pattern::windows(Window::Line, q.text, &name_evidence) {
        if deadline::is_up() {
            break;
        }
        // A list or an entry was read to its end.
        if window.end <= reached {
            continue;
        }
        let mut all = assign::assignments(q.text, window.start.max(done)..window.end, q.scope.lang);
        if own.is_empty() {
            all = all.wanting(name::may_speak);
        }
        for found in all.by_ref().take_while(|_| !deadline::is_up()) {
            if !own.is_empty() {
                out.extend(by_own_rules(q, own, place, &found));
            }
            out.extend(generic_candidate(q, place, found));
        }
        done = window.end;
        reached = all.reached();
    }
    out
}

/// The values of table columns, and of settings that a table has, whose names are among the hits.
fn in_tables(q: &Input<'_>, name_evidence: &[Hit]) -> Vec<Assignment> {
    let speaks = |name: &[u8]| name::read(name).is_some();
    match name_evidence {
        [first, ..] if tables::is_table(q.scope.path) && !q.text[..first.at()].contains(&b'\n') => {
            tables::cells(q.text, speaks)
        }
        _ => {
            let updated = |hit: &Hit| tables::updated(q.text, hit.at(), speaks);
            let mut out: Vec<_> = name_evidence.iter().filter_map(updated).collect();
            let explicit = |name: &[u8]| name::read(name).is_some_and(|r| r.explicit && !r.plural);
            let mut done = 0;
            for at in name_evidence.iter().map(|hit| hit.at()) {
                let found = match q.scope.lang {
                    _ if at < done => None,
                    Lang::Sql => tables::inserted(q.text, at, speaks),
                    Lang::Markdown => tables::below_header(q.text, at, explicit),
                    _ => break,
                };
                let Some((end, found)) = found else { continue };
                done = end;
                out.extend(found);
            }
            out
        }
    }
}

/// Returns whether this is the name of a secret itself, not of something about one.
pub(in crate::scan) fn speaks_of_a_secret(name: &[u8]) -> bool {
    name::read(name).is_some_and(|r| !r.about && !r.of && !r.prose)
}

/// Returns whether this is the name of a secret that an issuer or a program generates, not one that people choose.
pub(in crate::scan) fn is_drawn_kind(name: &[u8]) -> bool {
    name::read(name).is_some_and(|r| r.kind != NameKind::Password)
}

/// Scores a value that is assigned to a name.
fn generic_candidate(q: &Input<'_>, place: &Surroundings<'_>, mut found: Assignment) -> Option<Candidate> {
    if found.form == Form::Line {
        return score_candidate(
            q,
            q.generic.of_kind(NameKind::Password)?,
            place,
            &found,
            vec!["name-explicit", "argument"],
        );
    }
    let reading = evidence::reading(q.text, &found, q.scope.lang)?;
    let value = &q.text[found.value.clone()];
    if (reading.weak || found.form == Form::Told && !is_chosen(value)) && !is_random(value)
        || name::is_label(value)
    {
        return None;
    }
    let rule = q.generic.of_kind(reading.kind)?;
    let whole = found.value.clone();
    found.value = without_scheme(q.text, found.value);
    if found.form == Form::Told {
        return in_login(q, place, &found);
    }
    let is_login = reading.kind == NameKind::Credential
        || reading.kind == NameKind::Password && special::is_beside_user(q.text, found.name.start);
    if is_login && let Some(value) = special::behind_user(q.text, &found.value) {
        found.value = value;
        if !is_random(&q.text[found.value.clone()]) {
            return in_login(q, place, &Assignment { quoted: true, ..found });
        }
    }
    let mut codes = evidence::of_name(&reading, &found);
    // `tool export--api-key value`, with a missing blank.
    if found.form != Form::Flag && memchr::memmem::find(&q.text[found.name.clone()], b"--").is_some() {
        codes.push("form-flag");
    }
    if found.value != whole {
        codes.push("value-scheme");
    }
    score_candidate(q, rule, place, &found, codes)
}

/// Scores a value that is assigned to a name with a keyword of a user rule, which says that it is a name of a
/// secret.
fn by_own_rules<'q>(
    q: &'q Input<'_>,
    own: &'q [&'static Rule],
    place: &'q Surroundings,
    found: &'q Assignment,
) -> impl Iterator<Item = Candidate> + 'q {
    let name = q.text[found.name.clone()].to_ascii_lowercase();
    own.iter().filter_map(move |rule| {
        let finder = |k: &&'static str| memchr::memmem::find(&name, k.as_bytes()).map(|at| (at, k.len()));
        let (at, len) = rule.keywords.iter().find_map(finder)?;
        // What else is in the name still counts: a length, a public one.
        let read_as = [&name[..at], b"secret", &name[at + len..]].concat();
        score_candidate(q, rule, place, found, evidence::of_name(&name::read(&read_as)?, found))
    })
}

/// The generic detector's result for a value that a context rule found.
pub(in crate::scan) struct Opinion {
    pub(in crate::scan) confidence: Confidence,
    pub(in crate::scan) score: Option<Score>,
    /// As [`Candidate::formerly`].
    pub(in crate::scan) formerly: Option<Option<Confidence>>,
}

/// Scores a value that a context rule found by its name, if its shape is not distinctive; `None` means that it is
/// not a secret.
pub(in crate::scan) fn confidence_of(
    text: &[u8],
    scope: &TextInfo<'_>,
    place: &Surroundings<'_>,
    found: &Assignment,
) -> Option<Opinion> {
    let mut codes = match evidence::reading(text, found, scope.lang) {
        Some(reading) => evidence::of_name(&reading, found),
        // The rule recognises the name.
        None => vec!["name-explicit"],
    };
    evidence::of_value(text, scope, place, found, &mut codes)?;
    let (confidence, score) = confidence(scope, &codes)?;
    let formerly = scope.former.then(|| former::confidence(&codes));
    // What is not reported here is explained by the generic rules.
    score.as_ref().is_none_or(|s| s.confidence.is_some()).then_some(Opinion { confidence, score, formerly })
}

/// A value in a Kubernetes Secret: any value filled in for a name of a secret counts, however short.
fn in_manifest(
    q: &Input<'_>,
    rule: &'static Rule,
    place: &Surroundings<'_>,
    found: &Assignment,
) -> Option<Candidate> {
    let judged = score_candidate(q, rule, place, found, vec!["name-explicit"]);
    let value = &q.text[found.value.clone()];
    let inner = special::base64_text(value);
    let said = inner.as_deref().unwrap_or(value);
    let is_login = memchr::memchr(b':', said).is_some_and(|i| i > 2 && said.len() - i > 4);
    let speaks = speaks_of_a_secret(&q.text[found.name.clone()]);
    if q.scope.explain || !(speaks || is_login) || !is_filled_in(said) {
        return judged;
    }
    let unsure = !speaks || placeholder::is_weak(said) || place.is_test_or_example_path();
    let least = if unsure { Confidence::Medium } else { Confidence::High };
    let whole = found.name.start.min(found.value.start)..found.value.end;
    let mut c = judged.unwrap_or_else(|| Candidate::new(rule, found.value.clone(), whole));
    c.confidence = c.confidence.max(least);
    c.name = Some(printable(&q.text[found.name.clone()]));
    Some(c)
}

/// A key that only its prefix names: random digits always count, outside of tests and generated files.
fn prefixed(
    q: &Input<'_>,
    rule: &'static Rule,
    place: &Surroundings<'_>,
    found: &Assignment,
) -> Option<Candidate> {
    let judged = score_candidate(q, rule, place, found, vec!["name-api-key"]);
    let digits = found.name.end + 1..found.value.end;
    if q.scope.explain || place.is_test_or_example_path() || !is_random(&q.text[digits]) {
        return judged;
    }
    let mut c = judged.unwrap_or_else(|| Candidate::new(rule, found.value.clone(), found.value.clone()));
    c.confidence = c.confidence.max(Confidence::Medium);
    c.name = Some(printable(&q.text[found.name.clone()]));
    Some(c)
}

/// The password of a login that a text tells: `Credentials: admin / VALUE`. One that a person chose never blocks, and a
/// default is never reported.
fn in_login(q: &Input<'_>, place: &Surroundings<'_>, found: &Assignment) -> Option<Candidate> {
    let rule = q.generic.of_kind(NameKind::Password)?;
    let mut c = score_candidate(q, rule, place, found, vec!["name-password", "name-explicit"])?;
    if !is_random(&q.text[found.value.clone()]) {
        let line = q.text[line::around(q.text, found.value.start, LOGIN_REACH)].to_ascii_lowercase();
        if memchr::memmem::find(&line, b"default").is_some() {
            return None;
        }
        c.confidence = c.confidence.min(Confidence::Medium);
    }
    Some(c)
}

/// Bytes of a line around a login that are read.
const LOGIN_REACH: usize = 512;

/// A password in a URL.
fn in_url(
    q: &Input<'_>,
    rule: &'static Rule,
    place: &Surroundings<'_>,
    found: &Assignment,
) -> Option<Candidate> {
    let mut codes = vec!["name-explicit", "url-credential"];
    if special::is_local(q.text, found.value.end) {
        codes.push("url-local");
    } else if special::is_public(q.text, found) {
        codes.push("url-public");
    }
    score_candidate(q, rule, place, found, codes)
}

/// A credential in a header.
fn in_header(
    q: &Input<'_>,
    rule: &'static Rule,
    place: &Surroundings<'_>,
    found: &Assignment,
) -> Option<Candidate> {
    score_candidate(q, rule, place, found, special::of_header(q.text, found)?)
}

/// Collects the remaining evidence, and decides.
fn score_candidate(
    q: &Input<'_>,
    rule: &'static Rule,
    place: &Surroundings<'_>,
    found: &Assignment,
    mut codes: Vec<&'static str>,
) -> Option<Candidate> {
    evidence::of_value(q.text, q.scope, place, found, &mut codes)?;
    let (confidence, score) = confidence(q.scope, &codes)?;
    let formerly = q.scope.former.then(|| former::confidence(&codes));
    let whole = found.name.start.min(found.value.start)..found.value.end;
    let mut c = Candidate::new(rule, found.value.clone(), whole);
    c.confidence = confidence;
    if codes.contains(&"url-public") && codes.contains(&"value-weak") {
        c.evidence.push(Evidence::tells("host", "weak, and everybody can reach the host"));
    }
    c.name = Some(printable(&q.text[found.name.clone()]));
    c.score = score;
    c.formerly = formerly;
    Some(c)
}

/// The confidence from the evidence. If it is to be explained, a value that is not reported is a candidate as well.
fn confidence(scope: &TextInfo<'_>, codes: &[&'static str]) -> Option<(Confidence, Option<Score>)> {
    if scope.explain {
        let score = score::explained(codes);
        return Some((score.confidence.unwrap_or(Confidence::Low), Some(score)));
    }
    score::confidence(codes).map(|c| (c, None))
}

#[cfg(test)]
mod tests;
