//! BIP-39 mnemonics: English words whose last bits are a checksum of the others.
//!
//! `bip39_english.txt` is the standard's list, unchanged: 2,048 words in order, 13 KB.

use super::Check;
use super::dice::Dice;
use crate::packed;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// The list, a word a line.
fn list() -> &'static str {
    static LIST: OnceLock<String> = OnceLock::new();
    LIST.get_or_init(|| packed::unpack(packed::MNEMONICS))
}

/// The words of the text as indexes into the list; skips quotes, commas and numbers between them.
fn indexes(text: &[u8]) -> Option<Vec<u16>> {
    let list: Vec<&str> = list().lines().collect();
    text.split(|b| !b.is_ascii_alphabetic())
        .filter(|w| !w.is_empty())
        .map(|w| {
            let word = std::str::from_utf8(w).ok()?.to_ascii_lowercase();
            list.binary_search(&word.as_str()).ok().map(|i| i as u16)
        })
        .collect()
}

/// Rejects a word outside the list, a word count that no mnemonic has, and a wrong checksum.
pub(super) fn check(secret: &[u8]) -> Check {
    let Some(words) = indexes(secret) else {
        return Check::invalid();
    };
    if !matches!(words.len(), 12 | 15 | 18 | 21 | 24) {
        return Check::invalid();
    }
    // One word again and again and another that makes the checksum right: the mnemonics of tests.
    if words[1..words.len() - 1].iter().all(|word| *word == words[0]) {
        return Check::invalid();
    }
    // The checksum has one bit for every three words: 4 bits for 12 words, 8 for 24.
    let sum_bits = words.len() / 3;
    let bits: Vec<bool> = words.iter().flat_map(|w| (0..11).rev().map(move |i| w >> i & 1 == 1)).collect();
    let (entropy, sum) = bits.split_at(bits.len() - sum_bits);
    let bytes: Vec<u8> =
        entropy.chunks(8).map(|c| c.iter().fold(0, |n, bit| n << 1 | u8::from(*bit))).collect();
    let head = Sha256::digest(&bytes)[0];
    let fits = sum.iter().enumerate().all(|(i, bit)| (head >> (7 - i) & 1 == 1) == *bit);
    if !fits {
        return Check::invalid();
    }
    Check::valid("checksum", format!("checksum valid ({} words)", words.len()))
}

/// Words with their checksum: as many as the argument says, or 12 if it is not a valid count.
pub(super) fn forge(argument: &str, dice: &mut Dice<'_>) -> String {
    let list: Vec<&str> = list().lines().collect();
    let count = argument.parse().ok().filter(|n| matches!(n, 12 | 15 | 18 | 21 | 24)).unwrap_or(12);
    let entropy = dice.bytes(count / 3 * 4);
    let mut bits = entropy.clone();
    bits.push(Sha256::digest(&entropy)[0]);
    let bit = |i: usize| usize::from(bits[i / 8] >> (7 - i % 8) & 1);
    let words: Vec<&str> =
        (0..count).map(|w| list[(0..11).fold(0, |n, i| n << 1 | bit(w * 11 + i))]).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::Verdict;

    #[test]
    fn the_list_is_the_standards() {
        assert_eq!(list().lines().count(), 2048);
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(list()));
        assert_eq!(digest, "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
    }

    #[test]
    fn a_vector_of_the_standard_passes_and_a_swapped_word_does_not() {
        let words = format!("{0} year wave sausage worth useful {0} yellow", "legal winner thank");
        assert_eq!(check(words.as_bytes()).verdict, Verdict::Valid);
        assert_eq!(check(words.replace("yellow", "year").as_bytes()).verdict, Verdict::Invalid);
        assert_eq!(check(words.replace("yellow", "yellows").as_bytes()).verdict, Verdict::Invalid);
        let listed = words.replace(' ', "\", \"");
        assert_eq!(check(format!("[\"{listed}\"]").as_bytes()).verdict, Verdict::Valid);
        // The standard's first vector, which tests use.
        let repeated = format!("{}about", "abandon ".repeat(11));
        assert_eq!(check(repeated.as_bytes()).verdict, Verdict::Invalid);
    }
}
