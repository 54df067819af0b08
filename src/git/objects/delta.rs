//! Deltas: an object as copies from another one, and new bytes between them.

use super::inflate::LARGEST;

/// The sizes of the base and of the result, and the offset of the instructions.
pub(super) fn sizes(delta: &[u8]) -> Option<(u64, u64, usize)> {
    let mut at = 0;
    let base = size(delta, &mut at)?;
    let result = size(delta, &mut at)?;
    Some((base, result, at))
}

/// A number in seven bits per byte, lowest first.
fn size(delta: &[u8], at: &mut usize) -> Option<u64> {
    let mut out = 0;
    for shift in (0..63).step_by(7) {
        let byte = *delta.get(*at)?;
        *at += 1;
        out |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(out);
        }
    }
    None
}

/// Applies a delta to its base; `None` if they do not fit together.
pub(super) fn apply(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
    let (from, to, mut at) = sizes(delta)?;
    if from != base.len() as u64 || to > LARGEST {
        return None;
    }
    let mut out = Vec::with_capacity((to as usize).min(base.len() + delta.len()));
    while let Some(op) = delta.get(at).copied() {
        at += 1;
        let part = if op & 0x80 != 0 {
            let mut number = |bits: std::ops::Range<u8>| {
                let mut n = 0;
                for (i, bit) in bits.enumerate() {
                    if op & (1 << bit) != 0 {
                        n |= usize::from(*delta.get(at)?) << (8 * i);
                        at += 1;
                    }
                }
                Some(n)
            };
            let (start, length) = (number(0..4)?, number(4..7)?);
            let length = if length == 0 { 0x10000 } else { length };
            base.get(start..start.checked_add(length)?)?
        } else {
            let start = at;
            at += usize::from(op);
            (op > 0).then_some(())?;
            delta.get(start..at)?
        };
        if (out.len() + part.len()) as u64 > to {
            return None;
        }
        out.extend_from_slice(part);
    }
    (out.len() as u64 == to).then_some(out)
}
