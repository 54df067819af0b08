//! Bytes of a kind, told for 64 at a time: the compiler makes vector code of it on any machine.

/// How many bytes make a block.
pub(super) const BLOCK: usize = 64;

/// A bit for each of the [`BLOCK`] bytes at `at`, the first one lowest: does `is` say yes to it? Behind the end stand
/// zeros, which are to be of no kind. `is` must not branch (`&` and `|`, not `&&` and `||`).
#[inline(always)]
pub(super) fn mask(text: &[u8], at: usize, is: impl Fn(u8) -> bool) -> u64 {
    let rest = &text[at.min(text.len())..];
    match rest.first_chunk::<BLOCK>() {
        Some(block) => of_block(block, is),
        None => {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            of_block(&block, is)
        }
    }
}

#[inline(always)]
fn of_block(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
    let mut flags = [0u8; BLOCK];
    for (flag, b) in flags.iter_mut().zip(block) {
        *flag = u8::from(is(*b));
    }
    let mut mask = 0;
    for (i, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        // The product's highest byte has the lowest bits of all eight, in order.
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= bits << (8 * i);
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_mask_has_the_bit_of_each_byte_of_the_kind(text in prop::collection::vec(prop_oneof![Just(255u8), Just(0), 1..250u8], 0..150), at in 0usize..150) {
            let mask = mask(&text, at, |b| b > 250);
            for i in 0..BLOCK {
                let byte = |i: usize| text.get(i).copied().unwrap_or(0);
                prop_assert_eq!(mask >> i & 1 == 1, byte(at + i) > 250);
            }
        }
    }
}
