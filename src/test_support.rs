//! Support for parser tests: breaks valid input in a few places.
//!
//! Random bytes fail at a parser's first check. A valid file gets further if a length is too large, or a part
//! is missing or repeated. Each run tries the same cases. To try more cases for a number of seconds per test:
//!
//! ```text
//! STANCH_FUZZ_SECONDS=1200 cargo test --lib mutation_tests -- --nocapture
//! ```
//!
//! Each test then prints the number of its cases and the slowest one.

use std::time::{Duration, Instant};

/// Numbers that break lengths and counts.
const NUMBERS: [u32; 8] = [0, 1, 0x7f, 0xff, 0x7fff_ffff, 0x8000_0000, u32::MAX - 1, u32::MAX];
/// Texts that some parser gives a meaning to.
const WORDS: [&[u8]; 16] = [
    b"\0",
    b"\n",
    b" ",
    b"-",
    b"=",
    b"\"",
    b"'''",
    b"[[",
    b"${",
    b"%41",
    b"\\u0041",
    b"\xff\xfe",
    b"99999999999999999999",
    b"-----BEGIN ",
    b"{1000}",
    b"\xf0\x9f\x92\xa9",
];
/// Longest broken input, in bytes; the rest is cut.
const LARGEST: usize = 256 << 10;

/// A small random number generator (xorshift64*).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `n`; `n` must not be zero.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }

    /// A range within `size` bytes; short ones are more likely.
    fn range(&mut self, size: usize) -> std::ops::Range<usize> {
        let start = self.below(size + 1);
        let most = [4, 32, size][self.below(3)];
        start..(start + self.below(most + 1)).min(size)
    }
}

/// Breaks `bytes` in a few places; parts of `other`, a valid input, may be copied into it.
pub(crate) fn breaks(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    for _ in 0..1 + dice.below(5) {
        let size = bytes.len();
        let at = dice.below(size + 1);
        match dice.below(10) {
            0 | 1 if size > 0 => bytes[at.min(size - 1)] ^= 1 << dice.below(8),
            2 if size > 0 => bytes[at.min(size - 1)] = dice.below(256) as u8,
            3 => bytes.truncate(at),
            4 => drop(bytes.drain(dice.range(size))),
            5 => {
                let part = bytes[dice.range(size)].to_vec();
                bytes.splice(at..at, part);
            }
            6 => {
                let part = &other[dice.range(other.len())];
                bytes.splice(at..at, part.iter().copied());
            }
            7 => {
                let number = NUMBERS[dice.below(NUMBERS.len())].to_be_bytes();
                let end = (at + 4).min(size);
                bytes[at..end].copy_from_slice(&number[..end - at]);
            }
            8 => {
                let word = WORDS[dice.below(WORDS.len())];
                let end = (at + dice.below(word.len() + 1)).min(size);
                bytes.splice(at..end, word.iter().copied());
            }
            // Repeats a part many times, which exposes quadratic work.
            _ => {
                let part = bytes[dice.range(size)].to_vec();
                bytes.splice(at..at, part.repeat(1 + dice.below(50)));
            }
        }
        bytes.truncate(LARGEST);
    }
}

/// Prints the number of the case in which a test panicked, which is the seed of its dice.
struct Case(u64);

impl Drop for Case {
    #[allow(clippy::print_stderr, reason = "tests only")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in case {}", self.0);
        }
    }
}

/// The number of cases to try a property with: `PROPTEST_CASES`, or `usual`.
pub(crate) fn tries(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// Calls `check` with the dice of `count` cases, or for as long as `STANCH_FUZZ_SECONDS` says.
#[allow(clippy::print_stderr, reason = "tests only")]
pub(crate) fn cases(name: &str, count: u64, mut check: impl FnMut(&mut Dice)) {
    let number = |name| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let long = number("STANCH_FUZZ_SECONDS").map(Duration::from_secs);
    let first = number("STANCH_FUZZ_FIRST").unwrap_or(0);
    let start = Instant::now();
    let mut slowest = (Duration::ZERO, 0);
    let mut case = first;
    while long.map_or(case - first < count, |long| start.elapsed() < long) {
        let begun = Instant::now();
        let guard = Case(case);
        check(&mut Dice::new(case));
        drop(guard);
        slowest = slowest.max((begun.elapsed(), case));
        case += 1;
    }
    if long.is_some() {
        eprintln!("{name}: {} cases, the slowest, case {}, took {:?}", case - first, slowest.1, slowest.0);
    }
}

/// Calls `check` with `count` broken inputs, each made from one of `valid`.
pub(crate) fn each(name: &str, count: u64, valid: &[Vec<u8>], mut check: impl FnMut(&[u8])) {
    cases(name, count, |dice| {
        let mut bytes = valid[dice.below(valid.len())].clone();
        breaks(&mut bytes, &valid[dice.below(valid.len())], dice);
        check(&bytes);
    });
}
