//! Fingerprints: a name for one rule and one value that survives rebases and moved lines.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Rounds of SHA-256: about 0.1 ms per finding, so that guessing values from a word list is slow.
const ROUNDS: u32 = 1000;

/// Data that a repository mixes into its fingerprints. The default is public; a repository may set its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salt(Vec<u8>);

impl Default for Salt {
    fn default() -> Self {
        Salt(b"stanch/1".to_vec())
    }
}

impl Salt {
    /// A repository's own salt.
    pub fn new(text: &str) -> Salt {
        Salt(format!("stanch/1:{text}").into_bytes())
    }
}

/// Salted, iterated hash of rule and value; 80 bits. Line numbers and paths are not part of it, so an entry
/// that allows one secret never hides another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 10]);

/// The first round.
fn first(salt: &Salt, rule: &str, secret: &[u8]) -> [u8; 32] {
    let mut h = Sha256::new();
    for part in [&salt.0, rule.as_bytes(), secret] {
        h.update((part.len() as u64).to_le_bytes());
        h.update(part);
    }
    h.finalize().into()
}

/// Fingerprints computed so far, because most values of a tree occur in many places. It stores the result of
/// the first round, not the values.
#[derive(Debug, Default)]
pub struct Fingerprints(Mutex<HashMap<[u8; 32], Fingerprint>>);

impl Fingerprints {
    /// Like [`Fingerprint::new`].
    pub fn of(&self, salt: &Salt, rule: &str, secret: &[u8]) -> Fingerprint {
        let first = first(salt, rule, secret);
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fingerprint) = known().get(&first) {
            return *fingerprint;
        }
        let fingerprint = Fingerprint::rest(first);
        known().insert(first, fingerprint);
        fingerprint
    }
}

impl Fingerprint {
    /// Computes the fingerprint. `rule` is the rule's id.
    pub fn new(salt: &Salt, rule: &str, secret: &[u8]) -> Fingerprint {
        Fingerprint::rest(first(salt, rule, secret))
    }

    /// All rounds after the first.
    fn rest(mut digest: [u8; 32]) -> Fingerprint {
        for _ in 1..ROUNDS {
            digest = Sha256::digest(digest).into();
        }
        let mut out = [0; 10];
        out.copy_from_slice(&digest[..10]);
        Fingerprint(out)
    }

    /// The form printed in messages: the first 8 hex digits.
    pub fn short(&self) -> String {
        self.to_string()[..8].to_owned()
    }

    /// Returns whether the hex form starts with `prefix`, which must have 4 or more digits.
    pub fn starts_with(&self, prefix: &str) -> bool {
        prefix.len() >= 4 && self.to_string().starts_with(&prefix.to_ascii_lowercase())
    }

    /// Returns whether a text may be the hex form or its first digits, four at least.
    pub fn is_prefix(text: &str) -> bool {
        (4..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
    }

    /// Parses the whole hex form.
    pub fn parse(text: &str) -> Option<Fingerprint> {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?;
        Some(Fingerprint(bytes.try_into().ok()?))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_depends_on_salt_rule_and_value_alone() {
        let d = Salt::default();
        let a = Fingerprint::new(&d, "r", b"v");
        assert_eq!(a, Fingerprint::new(&d, "r", b"v"));
        assert_ne!(a, Fingerprint::new(&d, "rv", b""));
        assert_ne!(a, Fingerprint::new(&Salt::new("mine"), "r", b"v"));
        assert_eq!(Fingerprint::parse(&a.to_string()), Some(a));
        let known = Fingerprints::default();
        for (rule, value) in [("r", "v"), ("rv", ""), ("r", "v"), ("r", "w")] {
            let new = Fingerprint::new(&d, rule, value.as_bytes());
            assert_eq!(known.of(&d, rule, value.as_bytes()), new, "{rule} {value}");
        }
    }
}
