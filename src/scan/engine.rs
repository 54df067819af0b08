//! The engine: from a fragment to findings.

mod candidates;
mod changes;

use super::candidate::{self, Candidate};
use super::decode::Budget;
use super::detect::files::Files;
use super::detect::generic::{self, Surroundings};
use super::detect::pattern::LazyRegex;
use super::prefilter::{self, Prefilter};
use super::windows;
use super::{Fragment, deadline, filter, former, pairs};
use crate::finding::{Finding, Fingerprints, LineCounter, Lines, Salt, SourceKind};
use crate::reader::ReaderKind;
use crate::rules::{Rule, RuleSet};
use crate::scan::scope::TextInfo;
use crate::secret::Secret;
use crate::text::encoding::{self, Encoding};
use crate::text::lang::Lang;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

/// Options of an engine.
#[derive(Debug, Clone)]
pub struct Options {
    /// Layers of encoding that are decoded; 0 means none.
    pub decode_depth: u8,
    /// Mixed into fingerprints.
    pub salt: Salt,
    /// True to also return values that are probably not secret, with low confidence, so that their score or the
    /// reason of a filter can be shown.
    pub explain: bool,
    /// True to add what an earlier version would have reported.
    pub former: bool,
    /// Keep the lines that a finding stands on.
    pub lines: bool,
    /// What finds the keywords; both kinds find the same.
    pub reader: ReaderKind,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            decode_depth: 3,
            salt: Salt::default(),
            explain: false,
            former: false,
            lines: false,
            reader: ReaderKind::default(),
        }
    }
}

/// Scans fragments with a set of rules. Building one is cheap: automata and patterns are built on first use.
/// Threads share it by reference.
#[derive(Debug)]
pub struct Engine {
    rules: Vec<&'static Rule>,
    patterns: Vec<LazyRegex>,
    prefilter: Box<dyn Prefilter>,
    /// The generic rules, selected for the first text: reading every rule causes page faults.
    generic: OnceLock<generic::Rules>,
    /// The first rule with the keyword `basic `, looked up on first use.
    basic: OnceLock<Option<usize>>,
    /// The rules of files recognised by name.
    files: Files,
    fingerprints: Fingerprints,
    options: Options,
}

impl Engine {
    /// An engine for these rules.
    pub fn new(rules: &RuleSet, options: Options) -> Engine {
        let all = rules.as_slice().to_vec();
        Engine {
            patterns: all.iter().map(|_| LazyRegex::default()).collect(),
            prefilter: prefilter::of(&all, options.reader),
            generic: OnceLock::new(),
            basic: OnceLock::new(),
            files: Files::of(rules.of_files()),
            rules: all,
            fingerprints: Fingerprints::default(),
            options,
        }
    }

    /// The findings in a fragment, in order of place. They include values that are public by design, which the
    /// policy suppresses.
    pub fn scan(&self, fragment: &Fragment<'_>) -> Vec<Finding> {
        self.scan_within(fragment).findings
    }

    /// The same, and whether a budget left part of the fragment unread.
    pub fn scan_within(&self, fragment: &Fragment<'_>) -> Scanned {
        self.scan_parts(fragment, None)
    }

    /// The same, for hits in these parts only; they are in order, and apart.
    fn scan_parts(&self, fragment: &Fragment<'_>, parts: Option<&[Range<usize>]>) -> Scanned {
        let (text, encoding) = match parts {
            None => encoding::decode(&fragment.bytes),
            // What is scanned in parts has no NUL.
            Some(_) => (Cow::Borrowed(&*fragment.bytes), Encoding::Ascii),
        };
        let path = match fragment.source.kind {
            SourceKind::Image => Cow::Owned(fragment.source.path.member_as_folders()),
            _ => fragment.source.path.as_folders(),
        };
        let is_file = matches!(
            fragment.source.kind,
            SourceKind::Staged | SourceKind::Commit | SourceKind::File | SourceKind::Image
        );
        let lang = if is_file { Lang::of_path(&path) } else { Lang::Other };
        let scope = TextInfo {
            lang,
            path: &path,
            binary: encoding == Encoding::Binary,
            explain: self.options.explain,
            former: self.options.former,
        };
        let scan = |window: &windows::Window| self.window(&text, window, &scope, is_file, parts);
        let windows = windows::of(&text);
        let (mut candidates, mut unread) = (Vec::new(), None);
        // A thread that waits for others takes more work, so only one that has no other shares its own.
        let at_once = if windows.len() > 1 && rayon::current_thread_index().is_none() { THREADS } else { 1 };
        'all: for some in windows.chunks(at_once) {
            let found = match some {
                [one] => vec![scan(one)],
                some => deadline::shared(some, scan),
            };
            for (found, is_spent) in found {
                if candidates.len() > MOST_FINDINGS {
                    unread = Some(Spent::Findings);
                    break 'all;
                }
                candidates.extend(found);
                unread = if is_spent { Some(Spent::Decoding) } else { unread };
            }
        }
        let mut lines = LineCounter::new(&text);
        let resolve = if self.options.explain { candidate::resolve_explained } else { candidate::resolve };
        let found = resolve(candidates).into_iter();
        let findings =
            pairs::join(found.map(|c| self.finding(c, &text, &mut lines, &scope, fragment)).collect(), &text);
        Scanned { findings, unread }
    }

    /// The candidates of a window, at their places in the text; and whether the budget for decoding was spent.
    fn window(
        &self,
        text: &[u8],
        window: &windows::Window,
        scope: &TextInfo<'_>,
        is_file: bool,
        parts: Option<&[Range<usize>]>,
    ) -> (Vec<Candidate>, bool) {
        let part = &text[window.all.clone()];
        let mut budget = Budget::of(part.len());
        let mut found = self.candidates_of(
            &text[window.all.start..],
            part.len(),
            parts,
            scope,
            self.options.decode_depth,
            true,
            &mut budget,
        );
        // A file that its name makes a secret is never clean.
        if is_file && parts.is_none() {
            let known =
                self.files.candidates(part, scope.path, scope.lang, window.all.start == 0).into_iter();
            found.extend(known.filter_map(|c| match filter::why_public_in_file(&c, part, scope.path) {
                Some(why) => scope.explain.then(|| c.rejected(why)),
                None => Some(filter::soften_file(c, part, scope.path)),
            }));
        }
        (found.into_iter().filter_map(|c| windows::of_window(c, window)).collect(), budget.is_spent())
    }

    /// Returns whether a file of this name is a secret as a whole, as `.env` may be.
    pub fn knows_by_name(&self, path: &[u8]) -> bool {
        self.files.known(path).is_some()
    }

    fn finding(
        &self,
        c: Candidate,
        text: &[u8],
        lines: &mut LineCounter<'_>,
        scope: &TextInfo<'_>,
        fragment: &Fragment<'_>,
    ) -> Finding {
        let value = c.decoded.as_deref().unwrap_or(&text[c.secret.clone()]);
        let place = Surroundings::new(scope);
        let in_test = filter::is_of_test(&c, &place);
        let former = self.options.former.then(|| former::of(&c, text, scope.path, &place));
        Finding {
            rule: c.rule,
            source: fragment.source.clone(),
            location: lines.locate(c.secret.clone()),
            secret: Secret::new(value),
            severity: c.severity,
            confidence: c.confidence,
            evidence: c.evidence,
            fingerprint: self.fingerprints.of(&self.options.salt, c.rule.id, value),
            former,
            in_test,
            name: c.name,
            lines: self.options.lines.then(|| Lines::of(text, &c.secret)),
            pair: None,
            suggestion: None,
            score: c.score,
            rejected: c.rejected,
        }
    }
}

/// Windows of one text that are scanned at once; bounds memory.
const THREADS: usize = 4;
/// Findings kept of one text; bounds memory.
const MOST_FINDINGS: usize = 100_000;

/// The result of scanning a fragment.
#[derive(Debug, Default)]
pub struct Scanned {
    /// The findings, in order of place.
    pub findings: Vec<Finding>,
    /// The budget that ran out before everything was read.
    pub unread: Option<Spent>,
}

/// A budget that ran out before a whole text was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spent {
    /// Encoded text that decodes to more than any real one does.
    Decoding,
    /// More findings than are kept.
    Findings,
}
