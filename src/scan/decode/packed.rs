//! Compressed content in base64 or hex digits: gzip (Helm keeps its releases so), zlib and zip.

use super::Budget;
use crate::archive;
use crate::scan::deadline;
use crate::text::container::Archive;
use data_encoding::{BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use flate2::read::{GzDecoder, ZlibDecoder};
use std::io::Read;

/// Files of one zip that are read.
const ENTRIES: u64 = 10_000;

/// A format of compressed content.
#[derive(Clone, Copy)]
pub(super) enum Packing {
    Gzip,
    Zlib,
    Zip,
}

/// The packing whose first bytes these characters are in base64 or in hex digits.
pub(super) fn packing(run: &[u8]) -> Option<Packing> {
    let mut first = [0; 4];
    if run.get(..8).is_some_and(|digits| HEXLOWER_PERMISSIVE.decode_mut(digits, &mut first).is_ok()) {
        return match first {
            [0x1f, 0x8b, 0x08, _] => Some(Packing::Gzip),
            [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => Some(Packing::Zlib),
            [b'P', b'K', 3, 4] => Some(Packing::Zip),
            _ => None,
        };
    }
    match run {
        [b'H', b'4', b's', b'I', ..] => Some(Packing::Gzip),
        // The second byte is the level: none, fast, default, best.
        [b'e', b'A', b'E'..=b'H', ..]
        | [b'e', b'F', b'4'..=b'7', ..]
        | [b'e', b'J', b'w'..=b'z', ..]
        | [b'e', b'N', b'o'..=b'r', ..] => Some(Packing::Zlib),
        [b'U', b'E', b's', b'D', b'B', ..] => Some(Packing::Zip),
        _ => None,
    }
}

/// The text in a run of compressed content, and the form in words. Of one that is cut off, what is there.
pub(super) fn content(
    packing: Packing,
    run: &mut [u8],
    budget: &mut Budget,
) -> Option<(Vec<u8>, &'static str)> {
    let bytes = bytes_of(run)?;
    let (out, form) = match packing {
        Packing::Gzip => (inflated(GzDecoder::new(&bytes[..]), budget)?, "encoded gzip"),
        Packing::Zlib => (inflated(ZlibDecoder::new(&bytes[..]), budget)?, "encoded zlib"),
        Packing::Zip => (members(&bytes, budget)?, "an encoded zip"),
    };
    (budget.pay_unpacked(out.len()) && !out.is_empty()).then_some((out, form))
}

/// The bytes of a run of hex digits or of base64, of either alphabet.
fn bytes_of(run: &mut [u8]) -> Option<Vec<u8>> {
    if run.iter().all(u8::is_ascii_hexdigit) {
        return HEXLOWER_PERMISSIVE.decode(&run[..run.len() / 2 * 2]).ok();
    }
    for b in run.iter_mut() {
        match *b {
            b'-' => *b = b'+',
            b'_' => *b = b'/',
            _ => {}
        }
    }
    BASE64_NOPAD.decode(&run[..run.len() / 4 * 4]).ok()
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| *b >= 0x20 || b.is_ascii_whitespace())
}

/// The text of a compressed stream, a little more than the budget has if there is so much; `None` if it is not text,
/// and what was unpacked to see that is charged.
fn inflated(mut content: impl Read, budget: &mut Budget) -> Option<Vec<u8>> {
    let (mut out, mut part) = (Vec::new(), [0; 4096]);
    // Its last bytes may be missing: what came before them counts.
    while out.len() <= budget.unpacked
        && !deadline::is_up()
        && let Ok(n @ 1..) = content.read(&mut part)
    {
        out.extend_from_slice(&part[..n]);
        if !is_text(&part[..n]) {
            budget.pay_unpacked(out.len());
            return None;
        }
    }
    Some(out)
}

/// The texts in a zip, one below the other. What else it unpacks to is charged here.
fn members(bytes: &[u8], budget: &mut Budget) -> Option<Vec<u8>> {
    let most = budget.unpacked;
    let mb = (most as u64 >> 20) + 1;
    let limits = archive::Limits { mb, key: "", entries: ENTRIES, ratio: 200, depth: 4, member_mb: mb };
    let (mut out, mut total) = (Vec::new(), 0);
    let walked = archive::read(
        bytes,
        b"",
        Archive::Zip,
        &archive::Budget::new(limits),
        &deadline::is_up,
        &mut |member| {
            total += member.bytes.len();
            if total <= most && member.path.is_some() && is_text(member.bytes) {
                out.extend_from_slice(member.bytes);
                out.push(b'\n');
            }
        },
    );
    let is_over = total > most || walked.left.iter().any(|left| left.why.is_limit());
    budget.pay_unpacked(if is_over { most + 1 } else { total.saturating_sub(out.len()) }).then_some(out)
}
