//! Bytes of a kind, told for 64 at a time: the compiler makes vector code of it on any machine.

/// How many bytes make a block.
pub(super) const BLOCK: usize = 64;

/// A bit for each of the [`BLOCK`] bytes at `at`, the first one lowest: does `is` say yes to it and the byte after it?
/// Behind the end stand zeros, which are to be of no kind. `is` must not branch (`&` and `|`, not `&&` and `||`).
#[inline(always)]
pub(super) fn mask(text: &[u8], at: usize, is: impl Fn(u8, u8) -> bool) -> u64 {
    let flags = flags(text, at, is);
    let mut mask = 0;
    for (i, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        // The product's highest byte has the lowest bits of all eight, in order.
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= bits << (8 * i);
    }
    mask
}

/// Is there a byte of the kind among them? Quicker than [`mask`] where mostly there is none.
#[inline(always)]
pub(super) fn has(text: &[u8], at: usize, is: impl Fn(u8, u8) -> bool) -> bool {
    let mut all = 0;
    for flag in flags(text, at, is) {
        all |= flag;
    }
    all != 0
}

/// For each byte 1 if it is of the kind, else 0.
#[inline(always)]
fn flags(text: &[u8], at: usize, is: impl Fn(u8, u8) -> bool) -> [u8; BLOCK] {
    let rest = &text[at.min(text.len())..];
    match rest.first_chunk::<{ BLOCK + 1 }>() {
        Some(block) => of_block(block, is),
        None => {
            let mut block = [0; BLOCK + 1];
            block[..rest.len()].copy_from_slice(rest);
            of_block(&block, is)
        }
    }
}

#[inline(always)]
fn of_block(block: &[u8; BLOCK + 1], is: impl Fn(u8, u8) -> bool) -> [u8; BLOCK] {
    let mut flags = [0; BLOCK];
    for i in 0..BLOCK {
        flags[i] = u8::from(is(block[i], block[i + 1]));
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_mask_has_the_bit_of_each_byte_of_the_kind(text in prop::collection::vec(prop_oneof![Just(255u8), Just(0), 1..250u8], 0..150), at in 0usize..150) {
            let is = |b: u8, next: u8| (b > 250) & (next < 200);
            let mask = mask(&text, at, is);
            prop_assert_eq!(has(&text, at, is), mask != 0);
            for i in 0..BLOCK {
                let byte = |i: usize| text.get(i).copied().unwrap_or(0);
                prop_assert_eq!(mask >> i & 1 == 1, byte(at + i) > 250 && byte(at + i + 1) < 200);
            }
        }
    }
}
