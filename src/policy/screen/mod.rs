//! The one place that decides what may be shown of a text or path that comes from a repository or a person.
//!
//! Free text (subjects, authors, branch names, reasons) is masked if the engine would warn; a path only if it would
//! block, because a masked path is hard to find. At least the built-in thresholds apply: a repository cannot loosen
//! what is masked. Reports, the audit log and `last.json` take a [`Screened`] decision, which only
//! [`Screen::decision`] makes.

mod screened;

pub use screened::Screened;

use super::masks::{self, Masks};
use super::{Action, Commit, Coverage, Decision, Exposure, Past, Skipped, Stage, Still, Verdict};
use crate::config::{Config, Threshold};
use crate::finding::{
    Evidence, Finding, Layer, Replacement, RepoPath, Source, SourceKind, Suggestion, printable,
};
use crate::rules::{Rule, RuleSet};
use crate::scan::{Engine, Fragment, Options};
use crate::secret::Secrets;
use crate::text::encoding;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

/// Finds what must be masked in a text.
type Scan<'a> = dyn Fn(&Fragment<'_>) -> Vec<Finding> + 'a;

/// Masks texts and paths.
pub struct Screen<'a> {
    scan: Box<Scan<'a>>,
    warn: Vec<&'a Threshold>,
    block: Vec<&'a Threshold>,
    /// Secrets of the current decision: all of them, and those that block.
    known: Secrets,
    blocked: Secrets,
    /// Texts already screened: evidence and reasons repeat.
    seen: RefCell<HashMap<String, String>>,
    paths: RefCell<HashMap<(Action, RepoPath), RepoPath>>,
}

impl Screen<'static> {
    /// A screen with the built-in rules and thresholds.
    pub fn builtin() -> Screen<'static> {
        static ENGINE: OnceLock<Engine> = OnceLock::new();
        Screen::new(
            |fragment| {
                let engine = ENGINE.get_or_init(|| Engine::new(&RuleSet::builtin(), Options::default()));
                engine.scan(fragment)
            },
            std::iter::empty(),
        )
    }
}

impl<'a> Screen<'a> {
    /// A screen that uses `scan`, with the thresholds of these configurations beside the built-in ones.
    pub fn new(
        scan: impl Fn(&Fragment<'_>) -> Vec<Finding> + 'a,
        configs: impl Iterator<Item = &'a Config>,
    ) -> Screen<'a> {
        static BUILTIN: OnceLock<Config> = OnceLock::new();
        let builtin: &Config = BUILTIN.get_or_init(Config::default);
        let (mut warn, mut block) = (vec![&builtin.warn, &builtin.block], vec![&builtin.block]);
        for config in configs {
            warn.extend([&config.warn, &config.block]);
            block.push(&config.block);
        }
        Screen {
            scan: Box::new(scan),
            warn,
            block,
            known: Secrets::default(),
            blocked: Secrets::default(),
            seen: RefCell::default(),
            paths: RefCell::default(),
        }
    }

    /// Masks free text if the engine would warn.
    pub fn text(&self, text: &str) -> String {
        if let Some(shown) = self.seen.borrow().get(text) {
            return shown.clone();
        }
        let found = self.masks(SourceKind::CommitMessage, text.as_bytes(), Action::Warn);
        let shown =
            printable(&found.map_or_else(|| text.as_bytes().to_vec(), |(t, masks)| masks::apply(&t, &masks)));
        self.seen.borrow_mut().insert(text.to_owned(), shown.clone());
        shown
    }

    /// Masks a path if the engine would block.
    pub fn path(&self, path: &RepoPath) -> RepoPath {
        self.name(SourceKind::FileName, path)
    }

    /// Masks a path on this machine; returns text.
    pub fn file(&self, path: &std::path::Path) -> String {
        self.path(&RepoPath::new(path.to_string_lossy().into_owned())).to_string()
    }

    /// A remote's name, or its URL without user and password.
    pub fn remote(&self, remote: &str) -> String {
        self.text(&masks::without_password(remote))
    }

    /// The rule of the first secret in a text that would be masked.
    pub fn finds(&self, text: &str) -> Option<&'static Rule> {
        self.findings(SourceKind::CommitMessage, text.as_bytes(), Action::Warn).first().map(|f| f.rule)
    }

    /// Masks output for a stream if the engine would block; `None` if nothing is masked.
    pub fn output(&self, text: &[u8]) -> Option<Vec<u8>> {
        self.masks(SourceKind::Stdin, text, Action::Block).map(|(text, masks)| masks::apply(&text, &masks))
    }

    /// The secret values in a text that would be masked, each with its mask.
    pub fn values(&self, text: &str) -> Vec<(String, String)> {
        let Some((text, masks)) = self.masks(SourceKind::CommitMessage, text.as_bytes(), Action::Warn) else {
            return Vec::new();
        };
        masks.into_iter().map(|(r, m)| (String::from_utf8_lossy(&text[r]).into_owned(), m)).collect()
    }

    /// Makes a decision safe to show and record.
    pub fn decision(mut self, decision: Decision) -> Screened {
        let secrets = |least: Action| {
            let counts = move |d: &&Verdict| d.action >= least && !d.finding.rule.public;
            let all = decision.findings.iter().filter(counts);
            let values = all.flat_map(|d| {
                std::iter::once(&d.finding.secret).chain(d.finding.pair.as_deref().map(|id| &id.secret))
            });
            Secrets::new(values)
        };
        (self.known, self.blocked) = (secrets(Action::Suppress), secrets(Action::Block));
        self.seen.borrow_mut().clear();
        self.paths.borrow_mut().clear();
        // Notes of a decision without findings and unread content need no engine.
        let clean = decision.findings.is_empty() && decision.reading.skipped.is_empty();
        // Without `..`: the author of a new field decides here how it is shown.
        let Decision { stage, findings, reading } = decision;
        let stage = match stage {
            Stage::Push { remote } => {
                Stage::Push { remote: if clean { String::new() } else { self.remote(&remote) } }
            }
            Stage::Commit | Stage::Message | Stage::Receive | Stage::Scan => stage,
        };
        let findings = findings.into_iter().map(|d| self.decided(d)).collect();
        Screened::new(Decision { stage, findings, reading: self.reading(reading, clean) })
    }

    fn decided(&self, decided: Verdict) -> Verdict {
        let Verdict { finding, action, because, deliberate, bypassed, warns_until, note, tracked, known } =
            decided;
        let because = self.text(&because);
        let note = note.map(|n| self.text(&n));
        let known = known.map(|e| Exposure { remote: e.remote.map(|r| self.remote(&r)), ..e });
        Verdict {
            finding: self.finding(finding),
            action,
            because,
            deliberate,
            bypassed,
            warns_until,
            note,
            tracked,
            known,
        }
    }

    fn finding(&self, finding: Finding) -> Finding {
        let Finding {
            rule,
            source,
            location,
            secret,
            severity,
            confidence,
            evidence,
            fingerprint,
            former,
            in_test,
            name,
            pair,
            score,
            rejected,
            suggestion,
            // They are for the decision, which has been made.
            lines: _,
        } = finding;
        let Source { kind, path, commit, blob, layer } = source;
        let layer = layer.map(|l| {
            let instruction = l.instruction.as_deref().map(|i| self.text(i));
            Box::new(Layer { instruction, digest: self.text(&l.digest), ..*l })
        });
        let evidence = evidence.into_iter().map(|e| Evidence { text: self.text(&e.text), ..e });
        Finding {
            rule,
            source: Source { kind, path: self.name(kind, &path), commit, blob, layer },
            location,
            secret,
            severity,
            confidence,
            evidence: evidence.collect(),
            fingerprint,
            former,
            in_test,
            name: name.map(|n| self.text(&n)),
            pair: pair.map(|id| Box::new(self.finding(*id))),
            score,
            rejected,
            suggestion: suggestion.map(|s| Box::new(self.suggestion(*s))),
            lines: None,
        }
    }

    /// Its names come from the file.
    fn suggestion(&self, suggestion: Suggestion) -> Suggestion {
        let Suggestion { name, variable, way, reach, edit } = suggestion;
        let way = match way {
            Replacement::Expression { text, note, by_fix } => {
                Replacement::Expression { text: self.text(&text), note: self.text(&note), by_fix }
            }
            Replacement::KeepOut { note } => Replacement::KeepOut { note: self.text(&note) },
            Replacement::TakeOut { note } => Replacement::TakeOut { note: self.text(&note) },
        };
        let name = name.map(|n| self.text(&n));
        // A masked change would write the mask into the file.
        let edit = edit.filter(|edit| self.text(&edit.text) == edit.text);
        Suggestion { name, variable: self.text(&variable), way, reach, edit }
    }

    fn past(&self, past: Past) -> Past {
        let texts = |list: Vec<String>| -> Vec<String> { list.iter().map(|t| self.text(t)).collect() };
        let Past { author, branches, tags, still, .. } = past;
        Past {
            author: author.map(|a| self.text(&a)),
            branches: texts(branches),
            tags: texts(tags),
            still: match still {
                Still::At(tips) => Still::At(texts(tips)),
                other => other,
            },
            ..past
        }
    }

    fn reading(&self, reading: Coverage, clean: bool) -> Coverage {
        let Coverage {
            files,
            commits,
            bytes,
            history,
            past,
            looked,
            squash,
            linear,
            branch,
            push_again,
            skipped,
            notes,
            repeated,
            ways,
            contact,
            link,
        } = reading;
        let history = history.into_iter().map(|Commit { id, summary, tip, root }| {
            // With too many secrets to search for, one may be in the subject.
            let summary = if self.known.overflowed() { String::new() } else { self.text(&summary) };
            Commit { id, summary, tip, root }
        });
        let skipped = skipped.into_iter().map(|s| Skipped {
            path: self.path(&s.path),
            why: self.text(&s.why),
            because: self.text(&s.because),
            ..s
        });
        Coverage {
            files,
            commits,
            bytes,
            history: history.collect(),
            past: past.into_iter().map(|p| self.past(p)).collect(),
            looked,
            squash,
            linear,
            branch: branch.filter(|_| !clean).map(|b| self.text(&b)),
            push_again: push_again.map(|command| self.text(&command)),
            skipped: skipped.collect(),
            notes: notes.iter().map(|n| self.text(n)).collect(),
            repeated,
            ways,
            contact: contact.filter(|_| !clean).map(|c| self.text(&c)),
            link: link.filter(|_| !clean).map(|l| self.text(&l)),
        }
    }

    /// Masks a path or another name; names of branches and tags are free text.
    fn name(&self, kind: SourceKind, path: &RepoPath) -> RepoPath {
        // An already masked path stays as it is.
        if path.glob().is_some() {
            return path.clone();
        }
        let (kind, least) = match kind {
            SourceKind::RefName | SourceKind::TagMessage => (SourceKind::RefName, Action::Warn),
            _ => (SourceKind::FileName, Action::Block),
        };
        let key = (least, path.clone());
        if let Some(shown) = self.paths.borrow().get(&key) {
            return shown.clone();
        }
        let outer = match self.masks(kind, path.as_bytes(), least) {
            None => path.clone(),
            Some((text, masks)) => RepoPath::masked(&text, &masks),
        };
        let masked =
            |member| self.masks(kind, member, least).map(|(text, masks)| masks::apply(&text, &masks));
        let member = path.member().map(|m| masked(m).unwrap_or_else(|| m.to_vec()));
        let shown = outer.with_member(member.as_deref());
        self.paths.borrow_mut().insert(key, shown.clone());
        shown
    }

    fn findings(&self, kind: SourceKind, text: &[u8], least: Action) -> Vec<Finding> {
        let path = match kind {
            SourceKind::FileName | SourceKind::RefName => RepoPath::new(text),
            _ => RepoPath::default(),
        };
        let fragment = Fragment { source: Source::new(kind, path), bytes: text.into() };
        let bars = if least == Action::Block { &self.block } else { &self.warn };
        let found = (self.scan)(&fragment).into_iter().flat_map(Finding::apart);
        found.filter(|f| !f.rule.public && bars.iter().any(|bar| reaches(bar, f))).collect()
    }

    /// The text as the engine decodes it and its masks; `None` if nothing is masked.
    fn masks(&self, kind: SourceKind, text: &[u8], least: Action) -> Option<(Vec<u8>, Masks)> {
        let found = self.findings(kind, text, least);
        let text = encoding::decode(text).0;
        let known = if least == Action::Block { &self.blocked } else { &self.known };
        let mut all = known.places(&text);
        all.extend(found.iter().map(|f| (f.location.bytes.clone(), f.secret.masked())));
        let masks = masks::merged(all);
        (!masks.is_empty()).then(|| (text.into_owned(), masks))
    }
}

impl fmt::Debug for Screen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Screen")
    }
}

fn reaches(bar: &Threshold, f: &Finding) -> bool {
    let least = if f.rule.is_generic() { &bar.generic_confidence } else { &bar.confidence };
    !f.is_only_explained() && f.severity >= bar.severity.value && f.confidence >= least.value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::template;

    #[test]
    fn a_masked_path_is_matched_by_its_glob_and_a_text_keeps_its_other_words() {
        let key = template::expand("pk_${hex-lower:34}", 3).unwrap();
        let screen = Screen::builtin();
        let path = screen.path(&RepoPath::new(format!("a b/{key}.py")));
        let glob = format!("a*b/{}*{}.py", &key[..6], &key[key.len() - 2..]);
        assert_eq!(path.glob(), Some(glob.as_bytes()));
        assert!(!path.to_string().contains(&key[8..]), "{path}");
        assert!(screen.path(&RepoPath::new("src/password_reset_token.rs")).glob().is_none());
        let text = screen.text(&format!("use {key} now\u{1b}"));
        assert!(text.starts_with("use pk_") && text.ends_with(" now\\u{1b}") && !text.contains(&key[8..]));
        assert_eq!(screen.path(&path), path);
    }
}
