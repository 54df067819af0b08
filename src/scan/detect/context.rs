//! Context rules: values without a format, recognised by the names around them.
//!
//! All work is done at keyword hits: the lines around each are read as assignments, and a value counts if it has
//! the rule's shape as a whole and its name says so.

mod client;
mod input;
mod lines;
mod rule_window;

use super::pattern;
use crate::rules::{Context, Rule, Window};
use crate::scan::candidate::Candidate;
use crate::scan::deadline;
use crate::scan::extract::assign;
use crate::scan::extract::request::{self, Requests};
use crate::scan::prefilter::Hit;
pub(in crate::scan) use input::ContextInput;
use lines::{continued, next_line, widen};
use rule_window::RuleWindow;
use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

/// A context rule with its keyword hits.
#[derive(Debug)]
pub(in crate::scan) struct Asker<'a> {
    pub(in crate::scan) rule: &'static Rule,
    pub(in crate::scan) context: &'a Context,
    pub(in crate::scan) hits: &'a [Hit],
}

/// The lines that a rule reads.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Look {
    /// Start and end of the lines whose assignments the rule has not seen yet.
    fresh: (usize, usize),
    /// Start and end of all lines that belong to the hit.
    window: (usize, usize),
    /// Index of the rule.
    asker: usize,
}

/// The matches of context rules around their keyword hits, for each rule. What lines assign is parsed once, however
/// many rules read them.
pub(in crate::scan) fn matches(page: &ContextInput<'_>, askers: &[Asker<'_>]) -> Vec<Vec<Candidate>> {
    let mut out: Vec<Vec<Candidate>> = askers.iter().map(|_| Vec::new()).collect();
    let mut looks: Vec<Look> = askers.iter().enumerate().flat_map(|(i, a)| a.looks(i, page)).collect();
    looks.sort_unstable();
    let mut rest = &looks[..];
    while let Some(first) = rest.first() {
        let (mut end, mut count) = (first.fresh.1, 0);
        while rest.get(count).is_some_and(|look| count == 0 || look.fresh.0 < end) {
            end = end.max(rest[count].fresh.1);
            count += 1;
        }
        let (together, others) = rest.split_at(count);
        rest = others;
        read(page, askers, together, first.fresh.0..end, &mut out);
        if deadline::is_up() {
            break;
        }
    }
    out
}

/// Adds the matches of looks that overlap; `lines` are the fresh lines of all of them.
fn read(
    page: &ContextInput<'_>,
    askers: &[Asker<'_>],
    looks: &[Look],
    lines: Range<usize>,
    out: &mut [Vec<Candidate>],
) {
    let mut windows: Vec<RuleWindow<'_>> = Vec::with_capacity(looks.len());
    // What each rule has a match of.
    let mut known: HashSet<(usize, Range<usize>)> = HashSet::new();
    let from = looks.iter().map(|look| look.window.0).min().unwrap_or(lines.start);
    let to = looks.iter().map(|look| look.window.1).max().unwrap_or(lines.end);
    let places = request::places(page.text, from..to);
    let none = Rc::new(Requests::default());
    for same in looks.chunk_by(|a, b| (a.fresh, a.window) == (b.fresh, b.window)) {
        if deadline::is_up() {
            return;
        }
        let (from, to) = same[0].window;
        let is_any = places.get(places.partition_point(|at| *at < from)).is_some_and(|at| *at < to);
        let requests = if is_any { Rc::new(Requests::of(page.text, from..to)) } else { Rc::clone(&none) };
        for look in same {
            let window = askers[look.asker].asked(page, Rc::clone(&requests));
            let unnamed = window.by_place().into_iter().chain(window.by_client(look.fresh.0..look.fresh.1));
            for candidate in unnamed {
                if candidate.rejected.is_none() {
                    known.insert((look.asker, candidate.secret.clone()));
                }
                out[look.asker].push(candidate);
            }
            windows.push(window);
        }
    }
    let readers = Readers::of(looks);
    let mut parts = Vec::new();
    // All of an assignment must be among the fresh lines of a look, so what ends behind them belongs to no rule.
    let assignments = assign::assignments(page.text, lines, page.scope.lang).within();
    for found in assignments.take_while(|_| !deadline::is_up()) {
        let whole = found.name.start.min(found.value.start)..found.value.end.max(found.name.end);
        let readers = readers.at(whole.start);
        if readers.is_empty() {
            continue;
        }
        rule_window::parts(page.text, &found.value, &mut parts);
        for i in readers {
            let (Look { fresh, asker, .. }, window) = (&looks[*i], &windows[*i]);
            // The shape first: it is checked quickly, and few values have it.
            if whole.end <= fresh.1
                && let Some(secret) = parts.iter().find(|p| window.fits(p))
                && let Some(said) = window.said(&found)
                && !known.contains(&(*asker, secret.clone()))
                && let Some(candidate) = window.candidate(found.clone(), secret.clone(), said)
            {
                if candidate.rejected.is_none() {
                    known.insert((*asker, secret.clone()));
                }
                out[*asker].push(candidate);
            }
        }
    }
}

/// Which looks have a place among their fresh lines. In a text with many rules' words most rules read few of its lines.
struct Readers {
    /// Where the fresh lines of a look start or end, in order.
    edges: Vec<usize>,
    /// For each edge the looks that read what follows it.
    looks: Vec<Vec<usize>>,
}

impl Readers {
    fn of(looks: &[Look]) -> Readers {
        let mut edges: Vec<usize> = looks.iter().flat_map(|l| [l.fresh.0, l.fresh.1]).collect();
        edges.sort_unstable();
        edges.dedup();
        let mut of_edge = vec![Vec::new(); edges.len()];
        for (i, look) in looks.iter().enumerate() {
            let edge = |at: usize| edges.partition_point(|e| *e < at);
            of_edge[edge(look.fresh.0)..edge(look.fresh.1)].iter_mut().for_each(|of| of.push(i));
        }
        Readers { edges, looks: of_edge }
    }

    /// The looks that read this place.
    fn at(&self, place: usize) -> &[usize] {
        let edge = self.edges.partition_point(|e| *e <= place);
        edge.checked_sub(1).map_or(&[], |edge| &self.looks[edge])
    }
}

impl<'a> Asker<'a> {
    /// The lines around the hits that may contain the rule's value.
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

    fn asked(&self, page: &'a ContextInput<'a>, requests: Rc<Requests>) -> RuleWindow<'a> {
        RuleWindow { rule: self.rule, context: self.context, page, hits: self.hits, requests }
    }
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
