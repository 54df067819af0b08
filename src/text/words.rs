//! Words and noise: how much of a text is words, and how likely its letters follow each other.
//!
//! Two tables are used. `words.txt` lists common words of source code and its documentation. `trigrams.txt`
//! says how likely a letter follows two others in words. `tools/words.py` makes both from public source
//! trees.

use std::sync::OnceLock;

const WORDS: &str = include_str!("words.txt");
const TRIGRAMS: &[u8] = include_bytes!("trigrams.txt");

/// The words of a name or a value: split at everything except letters, and where the case changes.
pub fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() && !text[at].is_ascii_alphabetic() {
            at += 1;
        }
        let start = at;
        while at < text.len() && text[at].is_ascii_alphabetic() {
            let next = text.get(at + 1).copied().unwrap_or(0);
            at += 1;
            // `aB` ends at `a`; `ABc` ends at `A`.
            let here = text[at - 1];
            if here.is_ascii_lowercase() && next.is_ascii_uppercase() {
                break;
            }
            if here.is_ascii_uppercase()
                && next.is_ascii_uppercase()
                && text.get(at + 1).is_some_and(u8::is_ascii_lowercase)
            {
                break;
            }
        }
        (start < at).then(|| &text[start..at])
    })
}

/// The common words.
struct Index {
    /// Sorted.
    words: Vec<&'static [u8]>,
    /// For each pair of letters, the number of words whose first two letters come before it, by [`pair`].
    pairs: [u16; PAIRS + 1],
    /// A bit for each hash of a word's first four letters: random letters seldom pass it.
    starts: [u64; 1 << (START_BITS - 6)],
}

/// Bits of the hash of four letters: a table of 8 KB, with one bit in twenty set.
const START_BITS: u32 = 16;

impl Index {
    fn get() -> &'static Index {
        static INDEX: OnceLock<Index> = OnceLock::new();
        INDEX.get_or_init(|| {
            let words: Vec<_> = WORDS.lines().map(str::as_bytes).collect();
            let mut pairs = [0; PAIRS + 1];
            for word in &words {
                pairs[pair(word) + 1] += 1;
            }
            for i in 0..PAIRS {
                pairs[i + 1] += pairs[i];
            }
            let mut starts = [0; 1 << (START_BITS - 6)];
            for start in words.iter().filter_map(|w| w.first_chunk()) {
                let hash = hash(start);
                starts[hash >> 6] |= 1 << (hash & 63);
            }
            Index { words, pairs, starts }
        })
    }

    /// Returns whether a word of four letters or more may start with these, ignoring case.
    fn may_begin(&self, four: &[u8; 4]) -> bool {
        let hash = hash(four);
        self.starts[hash >> 6] >> (hash & 63) & 1 == 1
    }

    fn has(&self, word: &[u8]) -> bool {
        let mut buffer = [0; LONGEST];
        if !(3..=LONGEST).contains(&word.len()) {
            return false;
        }
        let lower = &mut buffer[..word.len()];
        lower.copy_from_slice(word);
        lower.make_ascii_lowercase();
        lower[..2].iter().all(u8::is_ascii_lowercase)
            && self.neighbours(lower).binary_search(&&*lower).is_ok()
    }

    /// The words with the same first two letters.
    fn neighbours(&self, lower: &[u8]) -> &[&'static [u8]] {
        let pair = pair(lower);
        &self.words[usize::from(self.pairs[pair])..usize::from(self.pairs[pair + 1])]
    }

    /// The length of the longest word of four letters or more at the start of `run`.
    fn longest(&self, run: &[u8]) -> Option<usize> {
        if !self.may_begin(run.first_chunk()?) {
            return None;
        }
        let mut buffer = [0; LONGEST];
        let lower = &mut buffer[..run.len().min(LONGEST)];
        lower.copy_from_slice(&run[..lower.len()]);
        lower.make_ascii_lowercase();
        let lower = &*lower;
        // Words with the same first four letters are neighbours, and a longer one comes after a shorter
        // one.
        let near = self.neighbours(lower);
        let first = near.partition_point(|w| *w < &lower[..4]);
        let same = near[first..].iter().take_while(|w| w.starts_with(&lower[..4]));
        same.filter(|w| lower.starts_with(w)).map(|w| w.len()).last()
    }
}

/// Number of pairs of letters.
const PAIRS: usize = 26 * 26;

/// The first two of these lower-case letters as a number, in the order of words.
fn pair(lower: &[u8]) -> usize {
    usize::from(lower[0] - b'a') * 26 + usize::from(lower[1] - b'a')
}

/// A hash of four letters, ignoring case.
fn hash(four: &[u8; 4]) -> usize {
    let folded = u32::from_le_bytes(*four) | 0x2020_2020;
    (folded.wrapping_mul(0x9e37_79b1) >> (32 - START_BITS)) as usize
}

/// Letters of the longest word that is searched for.
const LONGEST: usize = 14;

/// Returns whether this is a common word (3 to 14 letters, any case).
pub fn is_word(word: &[u8]) -> bool {
    Index::get().has(word)
}

/// The share of a text's bytes that common words cover, 0 to 1. Words written together are found if they have
/// at least four letters.
pub fn share(text: &[u8]) -> f32 {
    let covered: usize = split(text).map(covered).sum();
    if text.is_empty() { 0.0 } else { covered as f32 / text.len() as f32 }
}

/// The number of letters of one run that words cover, longest first from the left.
fn covered(run: &[u8]) -> usize {
    let index = Index::get();
    if index.has(run) {
        return run.len();
    }
    let mut at = 0;
    let mut sum = 0;
    while at + 4 <= run.len() {
        let longest = index.longest(&run[at..]);
        at += longest.unwrap_or(1);
        sum += longest.unwrap_or(0);
    }
    sum
}

/// How surprising the letters of a text are, in bits per letter: words have about 3, random letters 5 and
/// more. `None` without letters. A word's edges count as letters.
pub fn surprise(text: &[u8]) -> Option<f32> {
    let (bits, letters) = cost_of_words(text);
    (letters > 0).then(|| bits / letters as f32)
}

/// The bits that the letters of a text cost as words, and their number. A word's edges count as letters.
pub fn cost_of_words(text: &[u8]) -> (f32, usize) {
    let (mut bits, mut letters) = (0.0f32, 0usize);
    for word in split(text) {
        let (mut a, mut b) = (0usize, 0usize);
        for letter in word {
            let c = usize::from(letter & 31);
            bits += cost(a, b, c);
            (a, b) = (b, c);
        }
        bits += cost(a, b, 0);
        letters += word.len() + 1;
    }
    (bits, letters)
}

/// Bits of letter `c` after `a` and `b` (0 is a word's edge, 1 is `a`).
fn cost(a: usize, b: usize, c: usize) -> f32 {
    // A line has 729 characters and its line ending.
    TRIGRAMS.get(a * 730 + b * 27 + c).map_or(14.0, |digit| BITS[usize::from(*digit)])
}

/// The bits for each character of `trigrams.txt`: its value as a digit, of which five are two bits.
static BITS: [f32; 256] = {
    let mut table = [14.0; 256];
    let mut digit = 0;
    while digit < 36 {
        let character = if digit < 10 { b'0' + digit } else { b'a' + digit - 10 };
        table[character as usize] = digit as f32 / 2.5;
        digit += 1;
    }
    table
};

/// The number of single digits between two letters: generators of passwords write them, and words seldom have one.
pub fn digits_within(text: &[u8]) -> usize {
    let is_within =
        |w: &&[u8]| w[0].is_ascii_alphabetic() && w[1].is_ascii_digit() && w[2].is_ascii_alphabetic();
    text.windows(3).filter(is_within).count()
}

/// Returns whether the name contains the word, ignoring case and separators: `MJ-APIKEY` and `mjApiKey` contain
/// `mj_apikey`.
pub fn holds(name: &[u8], word: &str) -> bool {
    let separator = |b: &u8| matches!(b, b'_' | b'-' | b'.' | b' ');
    let word = || word.bytes().filter(|b| !separator(b));
    (0..name.len()).filter(|i| !separator(&name[*i])).any(|i| {
        let mut rest = name[i..].iter().filter(|b| !separator(b));
        word().all(|w| rest.next().is_some_and(|b| b.eq_ignore_ascii_case(&w)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The letters covered if every length is tried at every place.
    fn plain(run: &[u8]) -> usize {
        if is_word(run) {
            return run.len();
        }
        let (mut at, mut sum) = (0, 0);
        while at + 4 <= run.len() {
            let longest = (4..=(run.len() - at).min(14)).rev().find(|n| is_word(&run[at..at + n]));
            at += longest.unwrap_or(1);
            sum += longest.unwrap_or(0);
        }
        sum
    }

    proptest! {
        #[test]
        fn words_are_found_wherever_they_begin(
            parts in prop::collection::vec(prop_oneof![
                prop::sample::select(WORDS.lines().collect::<Vec<_>>()).prop_map(str::to_owned),
                "[a-zA-Z]{0,5}",
            ], 0..5),
        ) {
            let run = parts.concat();
            prop_assert_eq!(covered(run.as_bytes()), plain(run.as_bytes()));
        }
    }

    #[test]
    fn names_split_at_separators_and_case() {
        let words = |s: &'static str| {
            split(s.as_bytes()).map(|w| std::str::from_utf8(w).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(words("MJ_APIKEY_private"), ["MJ", "APIKEY", "private"]);
        assert_eq!(words("mailjetSecretKey2"), ["mailjet", "Secret", "Key"]);
        assert_eq!(words("HTTPServer"), ["HTTP", "Server"]);
    }

    #[test]
    fn case_and_separators_of_a_name_are_ignored() {
        for name in ["mj_apikey", "mjApiKey", "MJ-APIKEY", "the.mj.api.key"] {
            assert!(holds(name.as_bytes(), "mj_apikey"), "{name}");
        }
        assert!(!holds(b"mj_api", "mj_apikey"));
    }

    #[test]
    fn words_are_known_and_noise_is_not() {
        assert!(share(b"my_secret_password") > 0.7);
        assert!(share(b"changepassword") > 0.9);
        assert_eq!(share(b"kqnwvxz"), 0.0);
        let noise = surprise(b"kqnwzvxj").unwrap();
        let word = surprise(b"password").unwrap();
        assert!(noise > 6.0 && word < 4.0, "{noise} {word}");
        assert_eq!(surprise(b"1234"), None);
    }

    #[test]
    fn the_tables_have_their_form() {
        assert!(WORDS.lines().is_sorted() && WORDS.lines().count() > 3000);
        assert!(WORDS.lines().all(|w| w.len() >= 3 && w.bytes().all(|b| b.is_ascii_lowercase())));
        assert_eq!(TRIGRAMS.len(), 27 * 730);
    }
}
