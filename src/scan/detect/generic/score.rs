//! The weights of the evidence, and the decision from their sum.

use crate::finding::{Confidence, Score};
use crate::sort;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const TABLE: &str = include_str!("weights.txt");

/// The weights, in a hash table by code.
#[derive(Debug)]
struct Weights {
    /// Codes and their weights; if a code's slot is taken, it is in the next free one.
    slots: [Option<(&'static str, f32)>; SLOTS],
    bias: f32,
    at_medium: f32,
    at_high: f32,
    /// The most that evidence collected after [`is_hopeless`] can add, by stage.
    to_come: [f32; 2],
}

/// How much of the evidence is complete. The codes of [`DECIDED`] are complete at each stage.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stage {
    /// The families of [`FIRST`], which cost next to nothing.
    First,
    /// Those and [`OF_VALUE`].
    Value,
}

/// Number of slots: several times the number of codes.
const SLOTS: usize = 512;

fn weights() -> &'static Weights {
    static WEIGHTS: OnceLock<Weights> = OnceLock::new();
    WEIGHTS.get_or_init(|| Weights::parse(TABLE))
}

impl Weights {
    fn parse(table: &'static str) -> Weights {
        let mut all =
            Weights { slots: [None; SLOTS], bias: 0.0, at_medium: 0.0, at_high: 0.0, to_come: [0.0; 2] };
        let mut best: BTreeMap<&str, f32> = BTreeMap::new();
        for line in table.lines().filter(|l| !l.starts_with('#')) {
            let mut parts = line.split_ascii_whitespace();
            let Some((code, weight)) = parts.next().zip(parts.next().and_then(|w| w.parse().ok())) else {
                continue;
            };
            let at = all.place(code);
            all.slots[at] = Some((code, weight));
            if !DECIDED.contains(&code) {
                let most = best.entry(family(code)).or_default();
                *most = most.max(weight);
            }
        }
        (all.bias, all.at_medium, all.at_high) = (all.of("bias"), all.of("at-medium"), all.of("at-high"));
        let sum = |known: &[&[&str]]| {
            best.iter().filter(|(f, _)| !known.iter().any(|k| k.contains(f))).map(|(_, most)| most).sum()
        };
        all.to_come = [sum(&[&FIRST]), sum(&[&FIRST, &OF_VALUE])];
        all
    }

    /// The slot of a code, or the free one for it.
    fn place(&self, code: &str) -> usize {
        // Most codes differ in their last bytes, or in length.
        let bytes = code.as_bytes();
        let tail = bytes.last_chunk().map_or_else(
            || bytes.iter().fold(0, |tail, b| tail << 8 | u64::from(*b)),
            |tail: &[u8; 8]| u64::from_le_bytes(*tail),
        );
        let hash = (tail ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut at = (hash >> 55) as usize % SLOTS;
        while self.slots[at].is_some_and(|(other, _)| other != code) {
            at = (at + 1) % SLOTS;
        }
        at
    }

    fn of(&self, code: &str) -> f32 {
        self.slots[self.place(code)].map_or(0.0, |(_, weight)| weight)
    }
}

/// The weight of one piece of evidence; 0 if the table has none.
fn weight(code: &str) -> f32 {
    weights().of(code)
}

/// The sum of the weights and the table's `bias`: the logarithm of the odds that the value is a secret.
pub(super) fn sum(codes: &[&'static str]) -> f32 {
    let weights = weights();
    codes.iter().map(|c| weights.of(c)).sum::<f32>() + weights.bias
}

/// Codes with the same family exclude each other.
fn family(code: &str) -> &str {
    code.split('-').next().unwrap_or(code)
}

/// Codes of values that are never hopeless: [`is_hopeless`] is asked about other values only.
pub(super) const DECIDED: [&str; 4] = ["value-chosen", "value-pronounced", "value-random", "value-unworded"];

/// Families that are complete at the first stage, and codes that are not evidence.
const FIRST: [&str; 13] = [
    "argument", "at", "bare", "bias", "chars", "form", "header", "in", "length", "letters", "name", "own",
    "short",
];

/// The families that the value itself completes.
const OF_VALUE: [&str; 4] = ["digits", "shape", "spread", "words"];

/// The families about the characters of the value, whatever stands around it.
const OF_CHARACTERS: [&str; 7] = ["chars", "digits", "length", "letters", "shape", "spread", "words"];

/// Least sum of these for a random value: of a thousand values with digits, two have less. Code that looks random, as
/// `x509+webauthn`, has less more often.
const DRAWN: f32 = 1.0;

/// Returns whether the characters of a value say less than those of a random one do. Its place and its name do not count, so
/// one value has one answer in every syntax.
pub(super) fn is_hardly_drawn(codes: &[&'static str]) -> bool {
    let weights = weights();
    let of_characters = codes.iter().filter(|code| OF_CHARACTERS.contains(&family(code)));
    of_characters.map(|code| weights.of(code)).sum::<f32>() < DRAWN
}

/// Returns whether the sum stays below every threshold, whatever the other families add.
pub(super) fn is_hopeless(codes: &[&'static str], stage: Stage) -> bool {
    let weights = weights();
    // Sums differ slightly with the order of addition.
    sum(codes) + weights.to_come[stage as usize] < weights.at_medium - 0.01
}

/// The confidence from the evidence; `None` means that nothing is reported.
///
/// High confidence does not depend on the sum: it takes an explicit name with a random value, or with a password
/// that a person chose. The surroundings lower it by one step at most. The sum decides the cases in between.
pub(super) fn confidence(codes: &[&'static str]) -> Option<Confidence> {
    let sum = sum(codes);
    Basis::of(codes, sum).confidence().max((sum >= weights().at_medium).then_some(Confidence::Medium))
}

/// What decides, beside the sum.
#[derive(Debug, Default)]
struct Basis {
    explicit: bool,
    random: bool,
    /// True if it looks random, and its characters leave a doubt.
    doubted: bool,
    /// True if it is too short for the kind that its name says.
    short: bool,
    chosen: bool,
    /// True if no word explains its letters, which are too few to be random beyond doubt.
    unworded: bool,
    /// True if a generator made it of syllables: no program writes it, and a person may.
    pronounced: bool,
    /// True if the sum is high.
    likely: bool,
    weak: bool,
    /// True for a URL with a host that everyone can reach.
    public_host: bool,
    test: bool,
    /// Evidence that it is not a value of that name: code, a key, a date.
    none: Option<&'static str>,
    /// Evidence from the place that lowers any value.
    lowered: Option<&'static str>,
    /// Evidence from the place that lowers a value that a person chose.
    soft: Option<&'static str>,
    /// The same for a value without words: the place says that it is an example, or that nobody can use it.
    firm: Option<&'static str>,
    uuid: bool,
    /// True for a program's argument.
    flag: bool,
    /// Evidence that the text shows people how to call programs, rather than calling them.
    told: Option<&'static str>,
    /// Evidence that a chosen value describes itself.
    named: Option<&'static str>,
}

impl Basis {
    fn of(codes: &[&'static str], sum: f32) -> Basis {
        let mut all = Basis { likely: sum >= weights().at_high, ..Basis::default() };
        for &code in codes {
            match code {
                "name-explicit" => all.explicit = true,
                "value-random" => all.random = true,
                "value-doubted" => all.doubted = true,
                "value-chosen" => all.chosen = true,
                "value-unworded" => all.unworded = true,
                "value-pronounced" => all.pronounced = true,
                "value-weak" => all.weak = true,
                "shape-uuid" => all.uuid = true,
                "form-flag" => all.flag = true,
                "in-code" | "in-docs" => all.told = Some(code),
                "short-for-kind" => all.short = true,
                "url-public" => all.public_host = true,
                "path-test" => all.test = true,
                "path-vendored" | "line-listed" => all.lowered = Some(code),
                // Checksums and code that was squeezed; the login in a URL is neither.
                "path-lock" | "path-generated" if !codes.contains(&"url-credential") => {
                    all.lowered = Some(code);
                }
                // A word of another language may look random, but has no digits all over it.
                "path-translation"
                    if !(codes.contains(&"value-random") && codes.contains(&"digits-amidst")) =>
                {
                    all.lowered = Some(code);
                }
                "path-ci" | "path-example" | "path-docs" | "path-recorded" | "line-comment"
                | "in-docstring" | "in-default" => all.soft = Some(code),
                "line-example" | "line-test" | "url-local" => all.firm = Some(code),
                "value-is-name" | "value-of-name" | "value-names-kind" | "value-repeats" | "name-of"
                | "after-joined" | "via-lookup" | "shape-brackets" | "shape-dotted" | "shape-path" => {
                    all.named = Some(code);
                }
                "after-call" | "after-key" | "key-of-pair" | "line-challenge" | "line-shows-nonce"
                | "shape-bytes" | "shape-date" | "shape-email" | "shape-number" | "shape-pattern"
                | "shape-sentence" | "shape-url" | "shape-version" => all.none = Some(code),
                _ => {}
            }
        }
        all
    }

    fn is_sure(&self) -> bool {
        self.explicit
            && !self.weak
            && (self.random && !self.short || self.chosen || self.unworded || self.likely)
    }

    /// The piece of evidence that lowers a certain value by one step.
    fn taken(&self) -> Option<&'static str> {
        let soft = self.firm.or(self.soft);
        let of_place = self.firm.or(self.soft.filter(|_| !self.unworded));
        let of_chosen = of_place.or(self.named).filter(|_| !self.random);
        // A UUID is an identifier more often than a credential, and occurs in a manual's example calls.
        let of_call = soft.or(self.told).filter(|_| self.flag);
        let of_uuid = of_call.or(self.named.filter(|code| *code == "name-of")).filter(|_| self.uuid);
        self.none.or(self.lowered).or(of_chosen).or(of_uuid)
    }

    fn confidence(&self) -> Option<Confidence> {
        match self.is_sure() {
            true if self.none.is_some() => None,
            true if self.taken().is_some() => Some(Confidence::Medium),
            true => Some(Confidence::High),
            // A weak password counts where everyone can try it.
            false if self.public_host && self.weak && self.soft.or(self.firm).is_none() && !self.test => {
                Some(Confidence::Medium)
            }
            false => {
                let is_pronounced = self.pronounced && !self.test && self.named.is_none();
                (self.explicit
                    && (is_pronounced || self.doubted && !self.short)
                    && !self.weak
                    && self.none.or(self.lowered).is_none())
                .then_some(Confidence::Medium)
            }
        }
    }

    /// The basis in words.
    fn told(&self) -> &'static str {
        match (self.confidence(), self.weak, self.random && !self.short, self.chosen) {
            (None, ..) => "the sum alone",
            (_, true, ..) => "a weak password for a public host",
            (_, _, true, _) => "an explicit name with a random value",
            (_, _, _, true) => "an explicit name with a chosen password",
            _ if self.unworded => "an explicit name with a password that no word explains",
            _ if self.doubted => "an explicit name with a value that may be random",
            _ if !self.is_sure() => "an explicit name with a generated password",
            _ => "an explicit name and a high sum",
        }
    }
}

/// The score with everything that contributed to it.
pub(super) fn explained(codes: &[&'static str]) -> Score {
    let mut terms: Vec<_> = codes.iter().copied().chain(["bias"]).map(|c| (c, weight(c))).collect();
    sort::by(&mut terms, |a, b| b.1.abs().total_cmp(&a.1.abs()));
    let sum = sum(codes);
    let basis = Basis::of(codes, sum);
    Score {
        terms,
        sum,
        medium_from: weights().at_medium,
        basis: basis.told(),
        capped_by: basis.taken().filter(|_| basis.is_sure()),
        confidence: confidence(codes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SURE: [&str; 2] = ["name-explicit", "value-random"];

    #[test]
    fn no_evidence_of_the_syntax_outweighs_an_explicit_name_with_a_random_value() {
        let syntax: Vec<&'static str> = TABLE
            .lines()
            .filter_map(|l| l.split(' ').next())
            .filter(|c| {
                [
                    "in", "form", "bare", "own", "via", "line", "near", "length", "chars", "letters",
                    "words", "spread", "digits",
                ]
                .contains(&family(c))
            })
            .filter(|c| !matches!(*c, "line-challenge" | "line-shows-nonce"))
            .collect();
        assert!(syntax.len() > 50, "{}", syntax.len());
        let all: Vec<_> = SURE.iter().copied().chain(syntax.iter().copied()).collect();
        assert_eq!(confidence(&all), Some(Confidence::High));
        for code in syntax {
            assert_eq!(confidence(&[SURE[0], SURE[1], code]), Some(Confidence::High), "{code}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn what_is_hopeless_is_never_worth_saying(chosen in prop::collection::vec(any::<prop::sample::Index>(), 1..14)) {
            let all: Vec<&'static str> = TABLE
                .lines()
                .filter(|l| !l.starts_with('#'))
                .filter_map(|l| l.split(' ').next())
                .filter(|c| !matches!(*c, "" | "bias" | "at-medium" | "at-high" | "url-public") && !DECIDED.contains(c))
                .collect();
            // One of each family.
            let codes: BTreeMap<_, _> = chosen.iter().map(|i| all[i.index(all.len())]).map(|c| (family(c), c)).collect();
            let complete = |known: &[&[&str]]| -> Vec<&'static str> {
                let is_known = |f: &str| known.iter().any(|k| k.contains(&f));
                codes.iter().filter(|(f, _)| is_known(f)).map(|(_, c)| *c).collect()
            };
            let whole: Vec<_> = codes.values().copied().collect();
            for (stage, known) in
                [(Stage::First, complete(&[&FIRST])), (Stage::Value, complete(&[&FIRST, &OF_VALUE]))]
            {
                if is_hopeless(&known, stage) {
                    prop_assert_eq!(confidence(&whole), None, "{:?} {:?}", stage, whole);
                }
            }
        }
    }

    #[test]
    fn what_only_looks_random_warns_in_every_place() {
        for code in ["form-pair", "via-lookup", "path-test", "path-docs"] {
            let codes = ["name-explicit", "value-doubted", "letters-noise", "chars-alpha", code];
            assert_eq!(confidence(&codes), Some(Confidence::Medium), "{code}");
        }
        assert_eq!(confidence(&["name-explicit", "value-doubted", "shape-pattern"]), None);
        assert!(is_hardly_drawn(&[
            "letters-noise",
            "chars-signs",
            "digits-at-end",
            "name-token",
            "form-equals"
        ]));
        assert!(!is_hardly_drawn(&["letters-wild", "words-none"]));
    }

    #[test]
    fn a_path_takes_one_step_at_most() {
        for code in TABLE.lines().filter_map(|l| l.split(' ').next()).filter(|c| c.starts_with("path-")) {
            assert!(confidence(&[SURE[0], SURE[1], code]) >= Some(Confidence::Medium), "{code}");
        }
    }

    #[test]
    fn a_sum_alone_never_blocks() {
        let best: Vec<&'static str> =
            TABLE.lines().filter_map(|l| l.split_once(" +")).map(|(code, _)| code).collect();
        let without: Vec<_> =
            best.into_iter().filter(|c| *c != "name-explicit" && !c.starts_with("at-")).collect();
        assert!(sum(&without) > weights().at_high);
        assert_eq!(confidence(&without), Some(Confidence::Medium));
    }
}
