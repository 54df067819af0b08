//! Path rules and allow entries of a configuration, checked.

use super::file::{self, Allow, PathMode};
use super::glob::Glob;
use super::layer::Layer;
use crate::finding::{Finding, Fingerprint, RepoPath, printable};
use crate::rules::Pattern;
use std::collections::HashMap;

/// The paths of a path rule.
#[derive(Debug, Clone)]
pub enum Paths {
    /// As in .gitignore.
    Glob(Glob),
    /// Paths of which any part matches.
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
    /// The file, if it is not the layer's own.
    pub file: Option<String>,
    /// The folder from which it counts, with a slash at the end; empty is the top.
    pub folder: String,
}

/// What an allow entry allows.
#[derive(Debug, Clone)]
pub enum AllowWhat {
    /// One secret.
    Fingerprint(Fingerprint),
    /// Values that match in full.
    Regex(Pattern),
    /// Everything of `rule` under `path`.
    Path,
    /// The unread content of a blob, by its object id in hex.
    Blob(String),
}

/// An allow entry in force.
#[derive(Debug, Clone)]
pub struct AllowEntry {
    /// What it allows.
    pub what: AllowWhat,
    /// Only findings of this rule.
    pub rule: Option<String>,
    /// Only files at this path.
    pub path: Option<Glob>,
    /// The reason.
    pub reason: String,
    /// The person who decided.
    pub who: Option<String>,
    /// The last day on which it applies.
    pub expires: Option<jiff::civil::Date>,
    /// The layer that contains it.
    pub layer: Layer,
    /// Line in that file.
    pub line: usize,
    /// The file, if it is not the layer's own.
    pub file: Option<String>,
    /// The folder from which its path counts, with a slash at the end; empty is the top.
    pub folder: String,
}

/// Allow entries in force, in their order. Lookup by fingerprint takes the same time however many there are.
#[derive(Debug, Clone, Default)]
pub struct AllowList {
    all: Vec<AllowEntry>,
    by_fingerprint: HashMap<Fingerprint, Vec<usize>>,
    by_blob: HashMap<String, Vec<usize>>,
    others: Vec<usize>,
}

impl AllowList {
    /// Adds an entry at the end.
    pub fn push(&mut self, entry: AllowEntry) {
        match &entry.what {
            AllowWhat::Fingerprint(f) => self.by_fingerprint.entry(*f).or_default().push(self.all.len()),
            AllowWhat::Regex(_) | AllowWhat::Path => self.others.push(self.all.len()),
            AllowWhat::Blob(id) => self.by_blob.entry(id.clone()).or_default().push(self.all.len()),
        }
        self.all.push(entry);
    }

    /// Every entry.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &AllowEntry> {
        self.all.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Returns whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Entries for one secret.
    pub fn of(&self, fingerprint: &Fingerprint) -> impl Iterator<Item = &AllowEntry> {
        self.by_fingerprint.get(fingerprint).into_iter().flatten().map(|i| &self.all[*i])
    }

    /// Entries for one unread content, by its object id in hex.
    pub fn of_blob(&self, id: &str) -> impl Iterator<Item = &AllowEntry> {
        self.by_blob.get(id).into_iter().flatten().map(|i| &self.all[*i])
    }

    /// Number of digits of the object ids in entries, if there are any.
    pub fn blob_digits(&self) -> Option<usize> {
        self.by_blob.keys().next().map(String::len)
    }

    /// Entries by regex or path.
    pub fn by_pattern(&self) -> impl Iterator<Item = &AllowEntry> {
        self.others.iter().map(|i| &self.all[*i])
    }
}

impl PathRule {
    /// Returns whether the rule applies to files at this path.
    pub fn holds_at(&self, path: &RepoPath) -> bool {
        let is_match = |path: &[u8]| match &self.paths {
            Paths::Glob(glob) => glob.is_match(path),
            Paths::Regex(regex) => regex.is_match(path),
        };
        is_match(below(&self.folder, path.as_bytes()))
            || path.member().is_some() && is_match(below(&self.folder, &path.shown_bytes()))
    }

    /// Returns whether the entry covers this finding.
    pub fn is_for(&self, f: &Finding) -> bool {
        self.holds_at(&f.source.path)
            && (self.rules.is_empty() || self.rules.iter().any(|r| f.rule.is_called(r)))
    }

    /// The glob or regular expression in effect, printable.
    pub fn shown(&self) -> String {
        printable(match &self.paths {
            Paths::Glob(glob) => glob.as_str().as_bytes(),
            Paths::Regex(regex) => regex.as_str().as_bytes(),
        })
    }

    /// The reason, printable.
    pub fn reason(&self) -> String {
        printable(self.reason.as_bytes())
    }

    /// Memory that its pattern takes: see [`Pattern::cost`].
    pub(super) fn cost(&self) -> u64 {
        match &self.paths {
            Paths::Glob(glob) => glob.cost(),
            Paths::Regex(regex) => regex.cost(),
        }
    }

    /// Checks a path rule as written.
    pub(super) fn new(rule: file::PathRule, layer: Layer) -> Result<PathRule, String> {
        short("reason", &rule.reason, 1000)?;
        let paths = match (&rule.glob, &rule.regex) {
            (Some(text), None) => Paths::Glob(Glob::new(text)?),
            (None, Some(text)) => Paths::Regex(pattern("regex", text, text)?),
            _ => return Err("a path rule needs one of glob and regex".to_owned()),
        };
        Ok(PathRule {
            paths,
            mode: rule.mode,
            rules: rule.rules,
            reason: rule.reason,
            layer,
            file: None,
            folder: String::new(),
        })
    }
}

impl AllowEntry {
    /// Returns whether the entry covers this finding, expired or not.
    pub fn is_for(&self, f: &Finding) -> bool {
        self.rule.as_ref().is_none_or(|r| f.rule.is_called(r))
            && self.path.as_ref().is_none_or(|g| {
                let path = &f.source.path;
                g.is_match(below(&self.folder, path.as_bytes()))
                    || path.member().is_some() && g.is_match(below(&self.folder, &path.shown_bytes()))
            })
            && match &self.what {
                AllowWhat::Fingerprint(p) => *p == f.fingerprint,
                AllowWhat::Regex(r) => f.matches(r.regex()),
                AllowWhat::Path => true,
                AllowWhat::Blob(_) => false,
            }
    }

    /// Its source: "the repository configuration", or a file's name.
    pub fn place(&self) -> String {
        match &self.file {
            Some(file) => file.clone(),
            None => format!("the {} configuration", self.layer.name()),
        }
    }

    /// Memory that its patterns take: see [`Pattern::cost`].
    pub(super) fn cost(&self) -> u64 {
        let regex = match &self.what {
            AllowWhat::Regex(regex) => regex.cost(),
            AllowWhat::Fingerprint(_) | AllowWhat::Path | AllowWhat::Blob(_) => 0,
        };
        regex + self.path.as_ref().map_or(0, Glob::cost)
    }

    /// Checks an entry as written.
    pub(super) fn new(e: Allow, layer: Layer, line: usize) -> Result<AllowEntry, String> {
        allow(e, layer, line)
    }
}

/// A path from a folder on that it lies in.
pub(super) fn below<'p>(folder: &str, path: &'p [u8]) -> &'p [u8] {
    path.strip_prefix(folder.as_bytes()).unwrap_or(path)
}

/// Refuses a text for messages that is so long that it would push the rest out of sight.
pub(super) fn short(key: &str, text: &str, most: usize) -> Result<(), String> {
    match text.len() > most {
        true => Err(format!("{key} is longer than {most} bytes; shorten it")),
        false => Ok(()),
    }
}

/// A pattern made of a regular expression; `key` is what a message calls it.
pub(super) fn pattern(key: &str, regex: &str, whole: &str) -> Result<Pattern, String> {
    Pattern::checked(whole).map_err(|why| match why.starts_with("is too large") {
        true => format!("{key} {why}"),
        false => match regex.len() > 200 {
            true => format!("{key} does not compile"),
            false => format!(
                "{key} does not compile: {}",
                printable(why.lines().last().unwrap_or_default().as_bytes())
            ),
        },
    })
}

fn allow(e: Allow, layer: Layer, line: usize) -> Result<AllowEntry, String> {
    let what = match (&e.fingerprint, &e.regex) {
        _ if e.blob.is_some() => blob(&e)?,
        (Some(f), None) => AllowWhat::Fingerprint(
            Fingerprint::parse(f).ok_or("fingerprint is not 20 hex digits; `stanch allow` writes it")?,
        ),
        (None, Some(r)) => {
            // Checked alone too: inside of a group `a)|(b` would compile and mean something else.
            pattern("regex", r, r)?;
            AllowWhat::Regex(pattern("regex", r, &format!("^(?:{r})$"))?)
        }
        (None, None) if e.path.is_some() && e.rule.is_some() => AllowWhat::Path,
        _ => return Err("an allow entry needs one of fingerprint, regex, blob, or path with rule".to_owned()),
    };
    short("reason", e.reason.as_deref().unwrap_or_default(), 1000)?;
    short("who", e.who.as_deref().unwrap_or_default(), 300)?;
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
        path: e.path.as_deref().map(Glob::new).transpose()?,
        reason: e.reason.filter(|r| !r.trim().is_empty()).ok_or("an allow entry needs a reason = \"...\"")?,
        who: e.who,
        expires,
        layer,
        line,
        file: None,
        folder: String::new(),
    })
}

/// An entry for unread content: an object id, and no key about findings.
fn blob(e: &Allow) -> Result<AllowWhat, String> {
    if e.fingerprint.is_some() || e.regex.is_some() || e.rule.is_some() || e.path.is_some() {
        return Err("blob is for unread content: it excludes fingerprint, regex, rule and path".to_owned());
    }
    let id = e.blob.as_deref().unwrap_or_default().to_ascii_lowercase();
    match matches!(id.len(), 40 | 64) && id.bytes().all(|b| b.is_ascii_hexdigit()) {
        true => Ok(AllowWhat::Blob(id)),
        false => Err("blob is not a whole object id; `stanch allow --unread` writes it".to_owned()),
    }
}
