//! Entries of a configuration that are more than a value: path rules and allow entries, checked.

use super::Layer;
use super::file::{self, Allow, PathMode};
use crate::finding::{Finding, Fingerprint, printable};
use crate::rules::Pattern;
use globset::{GlobBuilder, GlobMatcher};
use std::ffi::OsString;

/// Which paths.
#[derive(Debug, Clone)]
pub enum Paths {
    /// As in .gitignore.
    Glob(GlobMatcher),
    /// Those of which any part matches.
    Regex(Pattern),
}

/// A path rule in force.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "as in file::PathRule")]
pub struct PathRule {
    pub paths: Paths,
    pub mode: PathMode,
    pub rules: Vec<String>,
    pub reason: String,
    pub layer: Layer,
}

/// What an allow entry lets through.
#[derive(Debug, Clone)]
pub enum AllowWhat {
    /// One secret.
    Fingerprint(Fingerprint),
    /// Values that match as a whole.
    Regex(Pattern),
    /// Everything of `rule` under `path`.
    Path,
}

/// An allow entry in force.
#[derive(Debug, Clone)]
pub struct AllowEntry {
    /// What it lets through.
    pub what: AllowWhat,
    /// Only of this rule.
    pub rule: Option<String>,
    /// Only under this path.
    pub path: Option<GlobMatcher>,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub who: Option<String>,
    /// The last day on which it counts.
    pub expires: Option<jiff::civil::Date>,
    /// Where it stands.
    pub layer: Layer,
    /// Line in that file.
    pub line: usize,
    /// The file, where it is one of own rules.
    pub file: Option<String>,
}

/// A finding's path as globs take it.
fn path_of(f: &Finding) -> OsString {
    String::from_utf8_lossy(f.source.path.as_bytes()).into_owned().into()
}

impl PathRule {
    /// Does it speak of this finding?
    pub fn is_for(&self, f: &Finding) -> bool {
        let there = match &self.paths {
            Paths::Glob(glob) => glob.is_match(path_of(f)),
            Paths::Regex(regex) => regex.is_match(f.source.path.as_bytes()),
        };
        there && (self.rules.is_empty() || self.rules.iter().any(|r| f.rule.is_called(r)))
    }

    /// The glob as it holds, or the regular expression, printable.
    pub fn shown(&self) -> String {
        printable(match &self.paths {
            Paths::Glob(glob) => glob.glob().glob().as_bytes(),
            Paths::Regex(regex) => regex.as_str().as_bytes(),
        })
    }

    /// Why, printable.
    pub fn reason(&self) -> String {
        printable(self.reason.as_bytes())
    }

    /// Checks one as written.
    pub(super) fn new(rule: file::PathRule, layer: Layer) -> Result<PathRule, String> {
        let paths = match (&rule.glob, &rule.regex) {
            (Some(text), None) => Paths::Glob(glob(text)?),
            (None, Some(text)) => Paths::Regex(Pattern::checked(text).map_err(|_| "regex does not compile")?),
            _ => return Err("a path rule needs one of glob and regex".to_owned()),
        };
        Ok(PathRule { paths, mode: rule.mode, rules: rule.rules, reason: rule.reason, layer })
    }
}

impl AllowEntry {
    /// Does it speak of this finding, whether or not it has expired?
    pub fn is_for(&self, f: &Finding) -> bool {
        self.rule.as_ref().is_none_or(|r| f.rule.is_called(r))
            && self.path.as_ref().is_none_or(|g| g.is_match(path_of(f)))
            && match &self.what {
                AllowWhat::Fingerprint(p) => *p == f.fingerprint,
                AllowWhat::Regex(r) => f.matches(r.regex()),
                AllowWhat::Path => true,
            }
    }

    /// Where it stands: "the repository configuration", or a file's name.
    pub fn place(&self) -> String {
        match &self.file {
            Some(file) => file.clone(),
            None => format!("the {} configuration", self.layer.name()),
        }
    }

    /// Checks one as written.
    pub(super) fn new(e: Allow, layer: Layer, line: usize) -> Result<AllowEntry, String> {
        allow(e, layer, line)
    }
}

fn allow(e: Allow, layer: Layer, line: usize) -> Result<AllowEntry, String> {
    let what = match (&e.fingerprint, &e.regex) {
        (Some(f), None) => AllowWhat::Fingerprint(
            Fingerprint::parse(f).ok_or("fingerprint is not 20 hex digits; `stanch allow` writes it")?,
        ),
        (None, Some(r)) => {
            AllowWhat::Regex(Pattern::checked(&format!("^(?:{r})$")).map_err(|_| "regex does not compile")?)
        }
        (None, None) if e.path.is_some() && e.rule.is_some() => AllowWhat::Path,
        _ => return Err("an allow entry needs one of fingerprint, regex, or path with rule".to_owned()),
    };
    let expires = match e.expires.and_then(|d| d.date) {
        Some(d) => Some(
            jiff::civil::Date::new(d.year as i16, d.month as i8, d.day as i8)
                .map_err(|_| "expires is no date")?,
        ),
        None if e.expires.is_some() => return Err("expires is no date: write 2026-12-31".to_owned()),
        None => None,
    };
    Ok(AllowEntry {
        what,
        rule: e.rule,
        path: e.path.as_deref().map(glob).transpose()?,
        reason: e.reason.filter(|r| !r.trim().is_empty()).ok_or("an allow entry needs a reason = \"...\"")?,
        who: e.who,
        expires,
        layer,
        line,
        file: None,
    })
}

/// A glob as in .gitignore: without a slash it holds in every folder; a folder's name holds for all in it.
fn glob(text: &str) -> Result<GlobMatcher, String> {
    let rooted = text.strip_prefix('/').unwrap_or(text);
    let mut pattern = if rooted.trim_end_matches('/').contains('/') || text.starts_with('/') {
        rooted.to_owned()
    } else {
        format!("**/{rooted}")
    };
    if pattern.ends_with('/') {
        pattern.push_str("**");
    }
    GlobBuilder::new(&pattern)
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .map(|g| g.compile_matcher())
        .map_err(|_| format!("glob {:?} does not parse", printable(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_hold_as_in_gitignore() {
        let is = |g: &str, p: &str| glob(g).unwrap().is_match(p);
        assert!(is("*.md", "docs/a.md") && is("*.md", "a.md"));
        assert!(is("tests/", "tests/x/y.rs") && is("tests/", "a/tests/y.rs"));
        assert!(is("/tests/**", "tests/x/y.rs") && !is("/tests/**", "a/tests/y.rs"));
        assert!(is("src/*.rs", "src/a.rs") && !is("src/*.rs", "src/a/b.rs"));
    }
}
