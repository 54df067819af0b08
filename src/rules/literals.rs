//! Literals that every match of a pattern contains; they serve as keywords if a rule names none.
//!
//! `(?i)acme_(?:live|test)_[0-9a-f]{32}` matches nothing without `acme_live_` or `acme_test_`. Case is
//! ignored, as in keywords.
//!
//! Pure: `build.rs` includes this file by `#[path]`, as it does `spec.rs`.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Every match contains one of these strings; lower case.
pub type OneOf = Vec<Vec<u8>>;

/// Most strings in a set; larger sets select little and cost much.
const MOST: usize = 64;
/// Longest string, in bytes; longer ones add nothing.
const LONGEST: usize = 64;
/// Shortest keyword, in bytes.
const LEAST: usize = 3;

/// Parses a pattern as the rules do: bytes, ASCII classes.
///
/// # Errors
/// If it is not a regular expression.
pub fn parse(pattern: &str) -> Result<Hir, Box<regex_syntax::Error>> {
    ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).map_err(Box::new)
}

/// The known sets of strings of which every match contains one.
pub fn required(hir: &Hir) -> Vec<OneOf> {
    let mut out = Vec::new();
    collect(hir, &mut out);
    out
}

/// Keywords for a pattern: the most selective set, or `None` if no set has only strings of three or more
/// printable characters.
pub fn keywords(pattern: &str) -> Option<Vec<String>> {
    let hir = parse(pattern).ok()?;
    let usable = required(&hir).into_iter().filter_map(|set| {
        let mut words: Vec<String> = set.iter().map(|s| printable(s)).collect();
        words.sort();
        words.dedup();
        words.iter().all(|w| w.len() >= LEAST).then_some(words)
    });
    let least = |set: &Vec<String>| set.iter().map(String::len).min().unwrap_or(0);
    usable.max_by_key(|set| (least(set).min(6), std::cmp::Reverse(set.len()), least(set)))
}

/// The longest run of printable ASCII.
fn printable(text: &[u8]) -> String {
    let runs = text.split(|b| !(0x20..0x7f).contains(b));
    let longest = runs.max_by_key(|run| run.len()).unwrap_or_default();
    String::from_utf8_lossy(longest).into_owned()
}

fn collect(hir: &Hir, out: &mut Vec<OneOf>) {
    if let Some(all) = exact(hir) {
        return push(all, out);
    }
    match hir.kind() {
        HirKind::Capture(c) => collect(&c.sub, out),
        HirKind::Repetition(r) if r.min > 0 => collect(&r.sub, out),
        HirKind::Concat(parts) => {
            let mut run: OneOf = vec![Vec::new()];
            for part in parts {
                match exact(part) {
                    Some(next) => {
                        run = cross(&run, &next).unwrap_or_else(|| {
                            push(std::mem::take(&mut run), out);
                            next
                        });
                    }
                    None => {
                        push(std::mem::replace(&mut run, vec![Vec::new()]), out);
                        collect(part, out);
                    }
                }
            }
            push(run, out);
        }
        // Every match takes one of the branches. A branch's best set is only as good as its shortest string.
        HirKind::Alternation(branches) => {
            let mut all = Vec::new();
            for branch in branches {
                let sets = required(branch);
                let Some(best) = sets.into_iter().max_by_key(|s| s.iter().map(Vec::len).min()) else {
                    return;
                };
                all.extend(best);
            }
            push(all, out);
        }
        _ => {}
    }
}

fn push(mut set: OneOf, out: &mut Vec<OneOf>) {
    set.sort();
    set.dedup();
    if !set.is_empty() && set.len() <= MOST && set.iter().all(|s| !s.is_empty()) {
        out.push(set);
    }
}

/// All strings that the pattern matches, if they are few.
fn exact(hir: &Hir) -> Option<OneOf> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![Vec::new()]),
        HirKind::Literal(l) => Some(vec![l.0.to_ascii_lowercase()]),
        HirKind::Class(Class::Bytes(c)) => {
            let mut letters: Vec<u8> =
                c.iter().flat_map(|r| r.start()..=r.end()).map(|b| b.to_ascii_lowercase()).collect();
            letters.sort_unstable();
            letters.dedup();
            (letters.len() <= 8).then(|| letters.into_iter().map(|b| vec![b]).collect())
        }
        HirKind::Class(Class::Unicode(_)) => None,
        HirKind::Capture(c) => exact(&c.sub),
        HirKind::Repetition(r) => {
            let most = r.max.filter(|m| *m as usize <= LONGEST)?;
            let one = exact(&r.sub)?;
            let mut all = Vec::new();
            let mut times: OneOf = vec![Vec::new()];
            for n in 0..=most {
                if n >= r.min {
                    all.extend(times.iter().cloned());
                }
                if n < most {
                    times = cross(&times, &one)?;
                }
            }
            (all.len() <= MOST).then_some(all)
        }
        HirKind::Concat(parts) => {
            parts.iter().try_fold(vec![Vec::new()], |all, part| cross(&all, &exact(part)?))
        }
        HirKind::Alternation(branches) => {
            let mut all = Vec::new();
            for branch in branches {
                all.extend(exact(branch)?);
            }
            (all.len() <= MOST).then_some(all)
        }
    }
}

/// Each string of `a` followed by each of `b`, unless they are too many or too long.
fn cross(a: &OneOf, b: &OneOf) -> Option<OneOf> {
    let longest = |s: &OneOf| s.iter().map(Vec::len).max().unwrap_or(0);
    if a.len() * b.len() > MOST || longest(a) + longest(b) > LONGEST {
        return None;
    }
    Some(a.iter().flat_map(|x| b.iter().map(move |y| [&**x, y].concat())).collect())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::rules::{Detector, RuleSet};
    use proptest::prelude::*;

    #[test]
    fn the_literals_that_say_most_are_the_keywords() {
        for (pattern, wanted) in [
            (r"\b(?P<secret>acme_[0-9a-f]{20})\b", Some(vec!["acme_"])),
            (r"(?i)acme_(?:live|test)_[0-9a-f]{32}", Some(vec!["acme_live_", "acme_test_"])),
            (r"(?:A3T[A-Z0-9]|AKIA|ASIA)[A-Z0-9]{16}", Some(vec!["a3t", "akia", "asia"])),
            (r"x?yz[0-9]+secret=(?P<secret>.+)", Some(vec!["secret="])),
            (r"(?:foo-[0-9]{9}|[a-z]{3})", None),
            (r"[0-9a-f]{64}", None),
            (r"ab[0-9]{4}", None),
            (r"(?:", None),
        ] {
            let wanted = wanted.map(|w| w.into_iter().map(str::to_owned).collect());
            assert_eq!(keywords(pattern), wanted, "{pattern}");
        }
    }

    #[test]
    fn most_patterns_of_the_catalogue_name_keywords() {
        let rules = RuleSet::builtin();
        let patterns: Vec<&str> = rules
            .iter()
            .filter_map(|r| match r.detector {
                Detector::Regex(p) => Some(p),
                _ => None,
            })
            .collect();
        let told = patterns.iter().filter(|p| keywords(p).is_some()).count();
        assert!(told * 10 > patterns.len() * 9, "{told} of {}", patterns.len());
    }

    /// Patterns made of these leaves by sequence, choice and repetition.
    pub(in crate::rules) fn patterns(leaves: &'static [&'static str]) -> impl Strategy<Value = String> {
        prop::sample::select(leaves).prop_map(str::to_owned).prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                3 => prop::collection::vec(inner.clone(), 1..4).prop_map(|p| p.concat()),
                1 => prop::collection::vec(inner.clone(), 2..4).prop_map(|p| format!("(?:{})", p.join("|"))),
                1 => (inner, 0..3u8, 1..3u8).prop_map(|(p, n, m)| format!("(?:{p}){{{n},{}}}", n + m)),
            ]
        })
    }

    const LEAVES: &[&str] = &["a", "bcd", "(?i)De", "[0-9]", "[a-d]{3}", "x?", "[Ab]c{2}", "\\b", "d*"];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn every_match_has_one_of_each_set(pattern in patterns(LEAVES), text in "[a-exA-D0-9]{0,40}") {
            let sets = required(&parse(&pattern).unwrap());
            let regex = crate::rules::compile(&pattern).unwrap();
            for found in regex.find_iter(text.as_bytes()) {
                let found = found.as_bytes().to_ascii_lowercase();
                for set in &sets {
                    prop_assert!(
                        set.iter().any(|s| memchr::memmem::find(&found, s).is_some()),
                        "{:?} {:?} {}", set, String::from_utf8_lossy(&found), pattern
                    );
                }
            }
        }
    }
}
