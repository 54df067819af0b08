//! Randomness for made-up values: turns the caller's numbers into bytes and characters.

/// A wrapper around the caller's generator.
pub(super) struct Dice<'a>(pub(super) &'a mut dyn FnMut() -> u32);

/// `0-9A-Za-z`
pub(super) const ALNUM: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// `0-9a-f`
pub(super) const HEX: &[u8] = b"0123456789abcdef";

impl Dice<'_> {
    /// A number below `n`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.0)() as usize % n.max(1)
    }

    /// `n` random bytes.
    pub(super) fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| ((self.0)() >> 13) as u8).collect()
    }

    /// `n` random characters of an ASCII alphabet.
    pub(super) fn text(&mut self, alphabet: &[u8], n: usize) -> String {
        (0..n).map(|_| alphabet[self.below(alphabet.len())] as char).collect()
    }

    /// A version 4 UUID.
    pub(super) fn uuid(&mut self) -> String {
        let h = self.text(HEX, 32);
        format!("{}-{}-4{}-a{}-{}", &h[..8], &h[8..12], &h[13..16], &h[17..20], &h[20..])
    }
}
