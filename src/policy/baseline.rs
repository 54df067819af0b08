//! The baseline: secrets that a repository had before stanch was installed, by fingerprint only.
//!
//! One line per entry, sorted, without dates or places: branches merge by union, no value is revealed, and moved
//! lines change nothing. Hooks read it and never write it.

use crate::config::allow_file::is_conflict_marker;
use crate::finding::{Fingerprint, printable};
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

const HEAD: &str = "# Secrets known before stanch came: fingerprint, rule. Made by `stanch baseline`; remove lines freely.\n";

/// The lines of the file that are neither empty nor a comment: the number of each, and its fingerprint and rule, or `None`
/// for a line that does not parse.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, Option<(Fingerprint, &[u8])>)> {
    text.split(|b| *b == b'\n').zip(1..).filter_map(|(line, number)| {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            return None;
        }
        let mut words = line.split(|b| *b == b' ');
        let fingerprint = words.next().and_then(|w| Fingerprint::parse(std::str::from_utf8(w).ok()?));
        Some((number, fingerprint.map(|f| (f, words.next().unwrap_or_default()))))
    })
}

/// Known secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<Fingerprint, String>,
}

impl Baseline {
    /// Parses the file's text. The second part has the numbers of lines that are not an entry, a comment or
    /// empty, such as merge conflict markers: they allow nothing.
    pub fn parse(text: &[u8]) -> (Baseline, Vec<usize>) {
        let mut entries = BTreeMap::new();
        let mut broken = Vec::new();
        for (line, entry) in lines(text) {
            match entry {
                Some((fingerprint, rule)) => drop(entries.insert(fingerprint, printable(rule))),
                None => broken.push(line),
            }
        }
        (Baseline { entries }, broken)
    }

    /// The line of each entry of the file's text.
    pub fn places(text: &[u8]) -> HashMap<Fingerprint, usize> {
        lines(text).filter_map(|(line, entry)| Some((entry?.0, line))).collect()
    }

    /// The line of the first marker that a merge left, if there is one.
    pub fn conflict(text: &[u8]) -> Option<usize> {
        if memchr::memmem::find(text, b"<<<<<<<").is_none()
            && memchr::memmem::find(text, b">>>>>>>").is_none()
        {
            return None;
        }
        text.split(|b| *b == b'\n').position(is_conflict_marker).map(|i| i + 1)
    }

    /// The text without the markers that a merge left, and without what both sides started from.
    pub fn without_markers(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut in_base = false;
        for line in text.split_inclusive(|b| *b == b'\n') {
            if is_conflict_marker(line) {
                in_base = line.starts_with(b"|");
            } else if !in_base {
                out.extend_from_slice(line);
            }
        }
        out
    }

    /// Adds a secret; returns false if it was known.
    pub fn add(&mut self, fingerprint: Fingerprint, rule: &str) -> bool {
        self.entries.insert(fingerprint, rule.to_owned()).is_none()
    }

    /// Returns whether the baseline has this secret.
    pub fn has(&self, fingerprint: &Fingerprint) -> bool {
        self.entries.contains_key(fingerprint)
    }

    /// Every entry, sorted.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Fingerprint, &str)> {
        self.entries.iter().map(|(f, r)| (f, r.as_str()))
    }

    /// Keeps the entries for which `keep` returns true.
    pub fn retain(&mut self, keep: impl Fn(&Fingerprint) -> bool) {
        self.entries.retain(|f, _| keep(f));
    }

    /// Writes the file.
    ///
    /// # Errors
    /// If the stream fails.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(HEAD.as_bytes())?;
        for (fingerprint, rule) in &self.entries {
            writeln!(out, "{fingerprint} {rule}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Salt;

    #[test]
    fn what_is_written_is_read_again_sorted_and_without_dates() {
        let mut b = Baseline::default();
        for value in ["b", "a", "c"] {
            assert!(b.add(Fingerprint::new(&Salt::default(), "r", value.as_bytes()), "r"));
        }
        let mut text = Vec::new();
        b.write(&mut text).unwrap();
        assert_eq!(Baseline::parse(&text), (b, vec![]));
        let lines: Vec<&str> = std::str::from_utf8(&text).unwrap().lines().skip(1).collect();
        assert!(lines.is_sorted());
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn a_broken_line_is_numbered_and_the_others_count() {
        let text = format!("# x\n\n<<<<<<< ours\n{} r\n", "ab".repeat(10));
        let (b, broken) = Baseline::parse(text.as_bytes());
        assert_eq!((b.iter().len(), broken), (1, vec![3]));
    }
}
