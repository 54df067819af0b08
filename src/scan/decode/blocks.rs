//! Classifies bytes 64 at a time: the compiler vectorises it on any machine, except for the last step, from the
//! bytes' highest bits to a mask, for which the `wide` crate has a function for each.

use wide::u8x16;

/// Bytes of a block.
pub(super) const BLOCK: usize = 64;

/// One bit for each of the [`BLOCK`] bytes at `at`, the first in the lowest bit, set if the highest bit of
/// `not(byte)` is clear. The bytes after the end count as zero, for which `not` must set the bit. `not` must not
/// branch.
#[inline(always)]
pub(super) fn mask(text: &[u8], at: usize, not: impl Fn(u8) -> u8) -> u64 {
    let rest = &text[at.min(text.len())..];
    match rest.first_chunk::<BLOCK>() {
        Some(block) => of_block(block, not),
        None => {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            of_block(&block, not)
        }
    }
}

#[inline(always)]
fn of_block(block: &[u8; BLOCK], not: impl Fn(u8) -> u8) -> u64 {
    // A loop, because `map` becomes one step a byte where it is not inlined.
    let mut said = [0; BLOCK];
    for (said, byte) in said.iter_mut().zip(block) {
        *said = not(*byte);
    }
    let bits = said.as_chunks().0.iter().map(|sixteen| u64::from(u8x16::new(*sixteen).to_bitmask()));
    !bits.rev().fold(0, |mask, bits| mask << 16 | bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_mask_has_the_bit_of_each_byte_of_the_kind(text in prop::collection::vec(prop_oneof![Just(255u8), Just(0), 1..250u8], 0..150), at in 0usize..150) {
            let mask = mask(&text, at, |b| if b > 250 { 0x7f } else { 0x80 });
            for i in 0..BLOCK {
                let byte = |i: usize| text.get(i).copied().unwrap_or(0);
                prop_assert_eq!(mask >> i & 1 == 1, byte(at + i) > 250);
            }
        }
    }
}
