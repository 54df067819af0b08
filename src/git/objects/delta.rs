//! Deltas: an object as copies from another one, and new bytes between them.

use super::inflate::LARGEST;
use crate::text::copies::Copied;

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

/// An instruction of a delta.
enum Step<'d> {
    /// A stretch of the base: its start, and its length.
    Copy(usize, usize),
    /// These bytes.
    New(&'d [u8]),
}

/// The instructions from `at` on; `None` in place of the first that is damaged.
fn steps(delta: &[u8], mut at: usize) -> impl Iterator<Item = Option<Step<'_>>> {
    std::iter::from_fn(move || {
        let op = *delta.get(at)?;
        at += 1;
        Some(step(delta, &mut at, op))
    })
}

fn step<'d>(delta: &'d [u8], at: &mut usize, op: u8) -> Option<Step<'d>> {
    if op & 0x80 == 0 {
        let start = *at;
        *at += usize::from(op);
        (op > 0).then_some(())?;
        return Some(Step::New(delta.get(start..*at)?));
    }
    let mut number = |bits: std::ops::Range<u8>| {
        let mut n = 0;
        for (i, bit) in bits.enumerate() {
            if op & (1 << bit) != 0 {
                n |= usize::from(*delta.get(*at)?) << (8 * i);
                *at += 1;
            }
        }
        Some(n)
    };
    let (start, length) = (number(0..4)?, number(4..7)?);
    Some(Step::Copy(start, if length == 0 { 0x10000 } else { length }))
}

/// Applies a delta to its base; `None` if they do not fit together.
pub(super) fn apply(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
    let (from, to, at) = sizes(delta)?;
    if from != base.len() as u64 || to > LARGEST {
        return None;
    }
    let mut out = Vec::with_capacity((to as usize).min(base.len() + delta.len()));
    for step in steps(delta, at) {
        let part = match step? {
            Step::Copy(start, length) => base.get(start..start.checked_add(length)?)?,
            Step::New(part) => part,
        };
        if (out.len() + part.len()) as u64 > to {
            return None;
        }
        out.extend_from_slice(part);
    }
    (out.len() as u64 == to).then_some(out)
}

/// The stretches that a delta takes over from its base, in order of the result; neighbours that follow each other in both are one.
pub(super) fn copies(delta: &[u8]) -> Vec<Copied> {
    let mut made = 0;
    let Some((_, _, at)) = sizes(delta) else { return Vec::new() };
    // Few instructions are shorter.
    let mut out: Vec<Copied> = Vec::with_capacity((delta.len() - at) / 8 + 1);
    for step in steps(delta, at).map_while(|step| step) {
        match step {
            Step::New(part) => made += part.len(),
            Step::Copy(from, length) => {
                match out.last_mut() {
                    Some(last) if last.to.end == made && last.from + last.to.len() == from => {
                        last.to.end += length;
                    }
                    _ => out.push(Copied { from, to: made..made + length }),
                }
                made += length;
            }
        }
    }
    out
}
