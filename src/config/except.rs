//! Exceptions: findings of any rule that a configuration allows by their name, value, line or path, with a reason.

use super::entries::{below, pattern, short};
use super::file::ExceptEntry;
use super::layer::Layer;
use crate::finding::{Finding, printable};
use crate::rules::Pattern;

/// An exception in force. It covers a finding if every given condition holds; the expressions may match any part.
#[derive(Debug, Clone)]
pub struct Except {
    /// Findings of this rule only.
    pub rule: Option<String>,
    /// Matched against the name that the value is assigned to.
    pub name: Option<Pattern>,
    /// Matched against the value.
    pub value: Option<Pattern>,
    /// Matched against the value's lines.
    pub line: Option<Pattern>,
    /// Matched against the path.
    pub path: Option<Pattern>,
    /// Words of which one is in the value, in lower case.
    pub words: Vec<String>,
    /// The reason.
    pub reason: String,
    /// The layer that contains it.
    pub layer: Layer,
    /// Its line in the file.
    pub at: usize,
    /// The file, if it is not the layer's own.
    pub file: Option<String>,
    /// The folder from which its path counts, with a slash at the end; empty is the top.
    pub folder: String,
}

impl Except {
    /// Checks an entry as written; `at` is its line.
    pub(super) fn new(e: ExceptEntry, layer: Layer, at: usize) -> Result<Except, String> {
        if e.found.is_some() {
            return Err("`match` is for own rules; an except with a reason takes line or value".to_owned());
        }
        if e.words.iter().any(String::is_empty) {
            return Err("words has an empty word".to_owned());
        }
        let reason = e.reason.unwrap_or_default();
        short("reason", &reason, 1000)?;
        if reason.trim().is_empty() {
            return Err("an except needs a reason = \"...\"".to_owned());
        }
        let compiled = |key, regex: Option<String>| regex.map(|r| pattern(key, &r, &r)).transpose();
        let except = Except {
            rule: e.rule,
            name: compiled("name", e.name)?,
            value: compiled("value", e.value)?,
            line: compiled("line", e.line)?,
            path: compiled("path", e.path)?,
            words: e.words.iter().map(|w| w.to_ascii_lowercase()).collect(),
            reason,
            layer,
            at,
            file: None,
            folder: String::new(),
        };
        if except.patterns().next().is_none() && except.words.is_empty() {
            return Err("an except needs one of name, value, words, line and path".to_owned());
        }
        Ok(except)
    }

    /// Returns whether it covers this finding.
    pub fn is_for(&self, f: &Finding) -> bool {
        let is_at = |p: &Pattern| {
            let path = &f.source.path;
            p.is_match(below(&self.folder, path.as_bytes()))
                || path.member().is_some() && p.is_match(below(&self.folder, &path.shown_bytes()))
        };
        self.rule.as_ref().is_none_or(|r| f.rule.is_called(r))
            && self.path.as_ref().is_none_or(is_at)
            && self.value.as_ref().is_none_or(|p| f.matches(p.regex()))
            && (self.words.is_empty() || f.has_word(&self.words))
            && self.name.as_ref().is_none_or(|p| f.matches_name(p.regex()))
            && self.line.as_ref().is_none_or(|p| f.matches_lines(p.regex()))
    }

    /// Returns whether it needs the lines around a value.
    pub fn asks_for_lines(&self) -> bool {
        self.line.is_some() || self.name.is_some()
    }

    /// What it examines, without the expressions, which may be similar to a value.
    pub fn shown(&self) -> String {
        let keys = [
            ("name", self.name.is_some()),
            ("value", self.value.is_some()),
            ("words", !self.words.is_empty()),
            ("line", self.line.is_some()),
            ("path", self.path.is_some()),
        ];
        let keys: Vec<&str> = keys.into_iter().filter_map(|(key, is_set)| is_set.then_some(key)).collect();
        let rule = self.rule.as_deref().unwrap_or("any rule");
        format!("{} by {}", printable(rule.as_bytes()), keys.join(", "))
    }

    /// The decision in words.
    pub fn because(&self) -> String {
        let place = match &self.file {
            Some(file) => file.clone(),
            None => format!("the {} configuration", self.layer.name()),
        };
        printable(format!("excepted in {place}, line {}: {}", self.at, self.reason).as_bytes())
    }

    fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        [&self.name, &self.value, &self.line, &self.path].into_iter().flatten()
    }

    /// Memory that its patterns take: see [`Pattern::cost`].
    pub(super) fn cost(&self) -> u64 {
        self.patterns().map(Pattern::cost).sum()
    }
}
