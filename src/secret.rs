//! A secret's bytes, in a type that cannot be printed, logged or serialised by accident.

use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

/// Raw bytes of a secret. `Debug` redacts, `Display` masks, and there is no `Serialize`. Only
/// [`Secret::expose`] gives the bytes, and a test lists the modules that may call it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// Stores a copy of the bytes.
    pub fn new(bytes: &[u8]) -> Secret {
        Secret(bytes.into())
    }

    /// The raw bytes.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether the length is zero.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text with every occurrence of the value masked: people paste values into reasons.
    pub fn hidden_in(&self, text: &str) -> String {
        match std::str::from_utf8(&self.0) {
            Ok(value) if !value.is_empty() => text.replace(value, &self.masked()),
            _ => text.to_owned(),
        }
    }

    /// A masked form that is safe to show: some first and last characters, and the length.
    ///
    /// At most a quarter of the bytes are shown, never more than 8, and none of a value under 12 bytes. A
    /// public prefix (`ghp_`, `sk_live_`) counts as shown, although it reveals nothing.
    pub fn masked(&self) -> String {
        let printable = |b: &u8| (0x21..0x7f).contains(b);
        let n = self.0.len();
        if n == 0 {
            // A record of the audit log does not hold the value.
            return "****".to_owned();
        }
        if n < 12 {
            return format!("****({n})");
        }
        let shown = (n / 4).min(8);
        let (head, tail) = (shown - shown / 3, shown / 3);
        let text = |bytes: &[u8]| -> String {
            bytes.iter().map(|b| if printable(b) { *b as char } else { '.' }).collect()
        };
        format!("{}****({n})****{}", text(&self.0[..head]), text(&self.0[n - tail..]))
            .trim_end_matches("****")
            .to_owned()
    }
}

/// Values that were found, to be masked everywhere else.
#[derive(Default)]
pub struct Secrets {
    values: Vec<Secret>,
    search: Option<AhoCorasick>,
    overflowed: bool,
}

impl Secrets {
    /// Least bytes of a value that is searched for: a shorter one is part of ordinary words.
    const SHORTEST: usize = 6;
    /// Most bytes of a value that is searched for: the texts are lines.
    const LONGEST: usize = 1024;
    /// Most bytes of all values together; bounds the memory of the search.
    const TOTAL: usize = 1 << 20;

    /// Builds a search for these values.
    pub fn new<'a>(values: impl Iterator<Item = &'a Secret>) -> Secrets {
        let mut seen = HashSet::new();
        let mut total = 0;
        let mut out = Secrets::default();
        for value in values.filter(|v| (Self::SHORTEST..=Self::LONGEST).contains(&v.len())) {
            if seen.insert(value) {
                total += value.len();
                out.overflowed |= total > Self::TOTAL;
                if !out.overflowed {
                    out.values.push(value.clone());
                }
            }
        }
        if !out.values.is_empty() {
            let build = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(out.values.iter().map(Secret::expose));
            out.overflowed |= build.is_err();
            out.search = build.ok();
        }
        out
    }

    /// Where the values occur in a text, each with its masked form.
    pub fn places(&self, text: &[u8]) -> Vec<(Range<usize>, String)> {
        let Some(search) = &self.search else { return Vec::new() };
        search.find_iter(text).map(|m| (m.range(), self.values[m.pattern().as_usize()].masked())).collect()
    }

    /// True if there were too many values to search for all of them.
    pub fn overflowed(&self) -> bool {
        self.overflowed
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({}, redacted)", self.values.len())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes, redacted)", self.0.len())
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_a_byte_of_the_value() {
        let s = Secret::new(b"abcdefghijklmnopqrstuvwxyz");
        assert_eq!(format!("{s:?}"), "Secret(26 bytes, redacted)");
    }

    #[test]
    fn values_are_found_wherever_they_appear_the_longest_first_and_short_ones_never() {
        let values = ["abcdef", "abcdefgh", "root"].map(|v| Secret::new(v.as_bytes()));
        let all = Secrets::new(values.iter());
        let at: Vec<_> = all.places(b"root abcdefgh abcdef").into_iter().map(|(r, _)| r).collect();
        assert_eq!(at, [5..13, 14..20]);
        assert_eq!(format!("{all:?}"), "Secrets(2, redacted)");
        assert!(!all.overflowed());
    }

    #[test]
    fn a_mask_shows_at_most_a_third_and_nothing_of_what_is_short() {
        for n in 1..200usize {
            let value: Vec<u8> = (0..n).map(|i| b'a' + (i % 26) as u8).collect();
            let masked = Secret::new(&value).masked();
            let clear = masked.bytes().filter(u8::is_ascii_lowercase).count();
            assert!(clear * 3 <= n, "{n}: {masked}");
            assert!(n >= 12 || clear == 0, "{n}: {masked}");
        }
    }
}
