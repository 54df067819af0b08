//! The generic detector: finds secrets without a format by scoring.
//!
//! A value assigned to a name of a secret is a subject. Pure functions collect evidence about it, each piece a
//! code: the meaning of the [`name`], the form of the [`value`], its [`surroundings`]. [`score`] decides: an
//! explicit name with a random value is certain in any surroundings, and the sum of the weights decides what else
//! deserves a warning. All work is done on the lines of keyword hits.

mod evidence;
mod known_forms;
mod name;
mod neighbours;
mod owner;
mod password;
mod path;
mod score;
mod scored;
mod shape;
mod special;
mod surroundings;
mod value;

use super::pattern;
use crate::finding::{Confidence, Score};
use crate::rules::{Rule, Window};
use crate::scan::candidate::Candidate;
use crate::scan::deadline;
use crate::scan::extract::assign::{self, Assignment, Form};
use crate::scan::extract::{arguments, manifest, tables};
use crate::scan::former::table as former;
use crate::scan::prefilter::Hit;
use crate::scan::scope::TextInfo;
use crate::text::lang::Lang;
use crate::text::randomness::is_random;
use crate::text::words;
use known_forms::{in_header, in_login, in_manifest, in_url, prefixed};
use name::NameKind;
pub(in crate::scan) use name::holds_value;
pub(in crate::scan) use neighbours::repeats_neighbour;
use password::is_chosen;
pub(in crate::scan) use path::class as class_of_path;
pub(in crate::scan) use scored::{Input, Rules, explained};
use scored::{confidence, score_candidate};
pub(in crate::scan) use special::without_scheme;
use std::ops::Range;
pub(in crate::scan) use surroundings::{Surroundings, begins_with_time};
pub(in crate::scan) use value::is_filled_in;

/// The candidates of the generic rules; `hits` are the keyword hits of all of them, in order of rule, then place.
pub(in crate::scan) fn candidates(q: &Input<'_>, hits: &[Hit]) -> Vec<Candidate> {
    let mut out = Vec::new();
    let mut name_evidence = Vec::with_capacity(hits.len());
    for of_rule in hits.chunk_by(|a, b| a.rule() == b.rule()) {
        let rule = q.rules[of_rule[0].rule()];
        let places = of_rule.iter().map(|hit| hit.at()).take_while(|_| !deadline::is_up());
        match rule.id {
            special::URL => {
                let all = places.filter_map(|at| special::url(q.text, at));
                out.extend(all.filter_map(|a| in_url(q, rule, &a)));
            }
            special::HEADER => {
                let all = places.filter_map(|at| special::header(q.text, at));
                out.extend(all.filter_map(|a| in_header(q, rule, &a)));
            }
            arguments::RULE => {
                let all = arguments::secrets(q.text, places).into_iter();
                out.extend(
                    all.filter_map(|a| score_candidate(q, rule, &a, vec!["name-explicit", "argument"])),
                );
            }
            manifest::RULE => {
                let all = manifest::values(q.text, places).into_iter();
                out.extend(all.filter_map(|a| in_manifest(q, rule, &a)));
            }
            _ => {
                if rule.id == NameKind::ApiKey.rule() {
                    let all = places.filter_map(|at| special::prefixed(q.text, at));
                    out.extend(all.filter_map(|a| prefixed(q, rule, &a)));
                } else if rule.id == NameKind::Credential.rule() {
                    let all = places.filter_map(|at| special::login(q.text, at));
                    out.extend(all.filter_map(|a| in_login(q, &a)));
                }
                name_evidence.extend_from_slice(of_rule);
            }
        }
    }
    // Each rule's hits are in order: a sort that merges them takes half the time.
    name_evidence.sort_by_key(|h| h.at());
    let own = &q.generic.own[..];
    for found in in_tables(q, &name_evidence) {
        out.extend(by_own_rules(q, own, &found));
        out.extend(generic_candidate(q, found));
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
                out.extend(by_own_rules(q, own, &found));
            }
            out.extend(generic_candidate(q, found));
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

/// Returns whether this is the name of a key, which need not be a secret: `vnet_key`.
pub(in crate::scan) fn is_key(name: &[u8]) -> bool {
    let is_last = |w: &[u8]| matches!(&*w.to_ascii_lowercase(), b"key" | b"keys");
    name::read(name).is_some_and(|r| {
        r.kind == NameKind::Key
            || r.kind == NameKind::ApiKey && words::split(name).last().is_some_and(is_last)
    })
}

/// Scores a value that is assigned to a name.
fn generic_candidate(q: &Input<'_>, mut found: Assignment) -> Option<Candidate> {
    if found.form == Form::Line {
        return score_candidate(
            q,
            q.generic.of_kind(NameKind::Password)?,
            &found,
            vec!["name-explicit", "argument"],
        );
    }
    let reading = evidence::reading(q.text, &found, q.scope.lang)?;
    let default = default_of_variable(q.text, &found.value);
    if let Some(default) = &default {
        found.value = default.clone();
    }
    let value = &q.text[found.value.clone()];
    let rule = q.generic.of_kind(reading.kind)?;
    if (reading.weak || found.form == Form::Told && !is_chosen(value)) && !is_random(value) {
        return q.rejected(rule, &found, "the name may mean something else, and the value is not random");
    }
    if name::is_label(value) {
        return q.rejected(rule, &found, "the label of a field: the word for it in a language");
    }
    let whole = found.value.clone();
    found.value = without_scheme(q.text, found.value);
    if found.form == Form::Told {
        return in_login(q, &found);
    }
    let is_login = reading.kind == NameKind::Credential
        || reading.kind == NameKind::Password && special::is_beside_user(q.text, found.name.start);
    if is_login && let Some(value) = special::behind_user(q.text, &found.value) {
        found.value = value;
        if !is_random(&q.text[found.value.clone()]) {
            return in_login(q, &Assignment { quoted: true, ..found });
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
    if default.is_some() {
        codes.push("in-default");
    }
    score_candidate(q, rule, &found, codes)
}

/// The default in `${NAME:-v}`, if that name does not say itself that the value is a secret: then the outer one does.
fn default_of_variable(text: &[u8], value: &Range<usize>) -> Option<Range<usize>> {
    let inner = text[value.clone()].strip_prefix(b"${")?.strip_suffix(b"}")?;
    let length = inner.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let default = inner[length..].strip_prefix(b":-")?;
    (length > 0 && name::read(&inner[..length]).is_none())
        .then(|| value.end - 1 - default.len()..value.end - 1)
}

/// Scores a value that is assigned to a name with a keyword of a user rule, which says that it is a name of a
/// secret.
fn by_own_rules<'q>(
    q: &'q Input<'_>,
    own: &'q [&'static Rule],
    found: &'q Assignment,
) -> impl Iterator<Item = Candidate> + 'q {
    let name = q.text[found.name.clone()].to_ascii_lowercase();
    own.iter().filter_map(move |rule| {
        let finder = |k: &&'static str| memchr::memmem::find(&name, k.as_bytes()).map(|at| (at, k.len()));
        let (at, len) = rule.keywords.iter().find_map(finder)?;
        // What else is in the name still counts: a length, a public one.
        let read_as = [&name[..at], b"secret", &name[at + len..]].concat();
        score_candidate(q, rule, found, evidence::of_name(&name::read(&read_as)?, found))
    })
}

/// The generic detector's result for a value that a context rule found.
pub(in crate::scan) struct Opinion {
    pub(in crate::scan) confidence: Confidence,
    pub(in crate::scan) score: Option<Score>,
    /// As [`Candidate::formerly`].
    pub(in crate::scan) formerly: Option<Option<Confidence>>,
}

/// Scores a value that a context rule found by its name, if its shape is not distinctive. An error says why it is not a
/// secret.
pub(in crate::scan) fn confidence_of(
    text: &[u8],
    scope: &TextInfo<'_>,
    place: &Surroundings<'_>,
    found: &Assignment,
) -> Result<Opinion, &'static str> {
    let mut codes = match evidence::reading(text, found, scope.lang) {
        Some(reading) => evidence::of_name(&reading, found),
        // The rule recognises the name.
        None => vec!["name-explicit"],
    };
    evidence::of_value(text, scope, place, found, &mut codes)?;
    let formerly = scope.former.then(|| former::confidence(&codes));
    match confidence(scope, &codes) {
        Some((confidence, score)) if score.as_ref().is_none_or(|s| s.confidence.is_some()) => {
            Ok(Opinion { confidence, score, formerly })
        }
        _ => Err("the sum of the evidence is too low"),
    }
}

#[cfg(test)]
mod tests;
