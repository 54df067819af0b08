//! Runs of base64, base64url and hex digits that decode to text, on one line or wrapped over many.

use super::blocks::{self, BLOCK};
use super::{Budget, Shape, View, packed, shapes};
use std::ops::Range;

/// Shortest run worth decoding: 15 bytes of text, shorter than any secret with a format.
pub(super) const SHORTEST: usize = 20;
/// Characters that are decoded to tell text from other data before the rest is.
const PROBE: usize = 24;
/// Least characters of a line of wrapped base64.
const WRAP: usize = 48;

/// Bytes of compressed content that are read beyond the end of a window.
const BEYOND: usize = 32 << 20;

/// The base64, base64url and hex runs that decode to text; runs with the structure of a token are added to `seen`. The text is
/// the first `length` bytes of `whole`; compressed content goes on behind it.
pub(super) fn views(whole: &[u8], length: usize, budget: &mut Budget, seen: &mut Vec<Shape>) -> Vec<View> {
    let text = &whole[..length];
    let mut out = Vec::new();
    let mut done = 0;
    let mut blocks = Wrapped::default();
    while let Some(Range { start: from, end }) = next_run(text, done) {
        let run = &text[from..end];
        seen.extend(shapes::rule(text, &(from..end)).map(|rule| (rule, from)));
        let plain = || decode(run).map(|b| (b, "base64", end)).or_else(|| Some((hex(run)?, "hex", end)));
        let over_lines = blocks.decode(text, from, end).map(|(bytes, end)| (bytes, "base64 over lines", end));
        let decoded = over_lines.or_else(plain).or_else(|| compressed(whole, length, from, end, budget));
        done = decoded.as_ref().map_or(end, |(.., end)| *end);
        if let Some((bytes, form, end)) = decoded
            && budget.pay(bytes.len())
        {
            out.push(View { bytes, at: from..end, form, places: Vec::new(), as_is: false });
        }
    }
    out
}

/// What a run of compressed content says, with the lines below that continue it; the form in words, and where it ends in the
/// first `length` bytes. A line below that begins another one is not part of it, so each line is read once.
fn compressed(
    whole: &[u8],
    length: usize,
    start: usize,
    mut end: usize,
    budget: &mut Budget,
) -> Option<(Vec<u8>, &'static str, usize)> {
    let from = if whole[start..end].starts_with(b"0x") { start + 2 } else { start };
    let packing = packed::packing(&whole[from..end]).filter(|_| budget.unpacked > 0)?;
    let most = whole.len().min(length.saturating_add(BEYOND));
    let text = &whole[..most];
    let run_end = |at: usize| at + text[at..].iter().take_while(|b| is_base64(**b)).count();
    // A window may cut the run.
    end = run_end(end);
    let mut run = text[from..end].to_vec();
    while let Some(next) = below(text, end) {
        let after = run_end(next);
        let is_other = packed::packing(&text[next..]).is_some();
        let ends_line = matches!(text.get(after), None | Some(b'\n' | b'\r' | b'=' | b'"'));
        if after == next || is_other || !ends_line {
            break;
        }
        run.extend_from_slice(&text[next..after]);
        end = after;
    }
    // What goes on still further is not read.
    budget.spent |= end == most && most < whole.len();
    packed::content(packing, &mut run, budget).map(|(bytes, form)| (bytes, form, end.min(length)))
}

/// The first long enough run at or after `from`; no run may be in progress at `from`.
fn next_run(text: &[u8], from: usize) -> Option<Range<usize>> {
    // All bytes since `start` belong to a run.
    let mut start = from;
    for at in (from..text.len()).step_by(BLOCK) {
        let mask = blocks::mask(text, at, not_base64);
        let end = at + mask.trailing_ones() as usize;
        if end == at + BLOCK {
            continue;
        }
        if end - start >= SHORTEST {
            return Some(start..end);
        }
        // A bit for each byte at which 2, 4, 8, 16, 20 bytes of a run start.
        let two = mask & mask >> 1;
        let four = two & two >> 2;
        let eight = four & four >> 4;
        let long = eight & eight >> 8 & four >> 16;
        if long == 0 {
            start = at + BLOCK - mask.leading_ones() as usize;
            continue;
        }
        let skip = long.trailing_zeros();
        start = at + skip as usize;
        let end = start + (mask >> skip).trailing_ones() as usize;
        if end < at + BLOCK {
            return Some(start..end);
        }
    }
    (text.len() - start.min(text.len()) >= SHORTEST).then_some(start..text.len())
}

/// Returns whether this is a character of either alphabet.
pub(in crate::scan) fn is_base64(b: u8) -> bool {
    not_base64(b) < 0x80
}

/// The highest bit is set for a byte of neither alphabet. Without a branch, for [`blocks`]; a saturating addition
/// tests a range in one instruction.
#[inline(always)]
fn not_base64(b: u8) -> u8 {
    let outside = |b: u8, first: u8, last: u8| b.wrapping_sub(first).saturating_add(0x7f - (last - first));
    let is = |yes: bool| if yes { u8::MAX } else { 0 };
    let not_letter = outside(b | 0x20, b'a', b'z');
    // From plus to nine only comma and full stop are excluded, which differ in one bit.
    let not_other = outside(b, b'+', b'9') | is(b | 2 == b'.');
    not_letter & not_other & !is(b == b'_')
}

/// Wrapped blocks: lines of equal length, the last possibly shorter.
///
/// If a block is not text, each of its lines might start one that is. All blocks that start a multiple of four
/// characters apart are decoded alike and fail at the same place. So that place is kept for each of the four, and
/// no block is read up to it again.
#[derive(Debug, Default)]
struct Wrapped {
    width: usize,
    /// The start of a line and its number.
    at: usize,
    line: usize,
    /// By line number modulo four: a block that starts before this offset is not text.
    failed: [usize; 4],
}

impl Wrapped {
    /// Decodes a run together with the following lines, if it is the first line of a block. Also returns the
    /// block's end.
    fn decode(&mut self, text: &[u8], start: usize, end: usize) -> Option<(Vec<u8>, usize)> {
        let width = end - start;
        if width < WRAP || !matches!(text.get(end), Some(b'\n' | b'\r')) || !begins_as_text(&text[start..end])
        {
            return None;
        }
        if width != self.width {
            *self = Wrapped { width, at: start, ..Wrapped::default() };
        }
        self.line += memchr::memchr_iter(b'\n', &text[self.at..start]).count();
        self.at = start;
        let failed = &mut self.failed[self.line % 4];
        if start < *failed {
            return None;
        }
        let mut all = text[start..end].to_vec();
        let mut last = end;
        // Number of characters that are known to be text.
        let mut told = PROBE;
        // The start of the last line with a character of only one of the alphabets.
        let (mut plain, mut url) = (None, None);
        let mut line = start;
        loop {
            let added = &text[line..last];
            plain = memchr::memchr2(b'+', b'/', added).map(|_| line).or(plain);
            url = memchr::memchr2(b'-', b'_', added).map(|_| line).or(url);
            let groups = all.len() / 4 * 4;
            if !all[told.min(groups)..groups].chunks_exact(4).all(group_is_text) {
                *failed = line + 1;
                return None;
            }
            told = groups.max(told);
            let Some(next) = below(text, last).filter(|_| last - line == width) else { break };
            let length = text[next..].iter().take(width + 1).take_while(|b| is_base64(**b)).count();
            if length == 0 || length > width {
                break;
            }
            (line, last) = (next, next + length);
            all.extend_from_slice(&text[line..last]);
        }
        if last == end {
            return None;
        }
        let decoded = decode(&all);
        if decoded.is_none() {
            // Both alphabets are used, or the end is not text.
            *failed = plain.zip(url).map_or(last, |(plain, url)| plain.min(url) + 1);
        }
        decoded.map(|bytes| (bytes, last))
    }
}

/// The start of the following line's text, if the line ends at `end`.
fn below(text: &[u8], end: usize) -> Option<usize> {
    let newline = end + usize::from(text.get(end) == Some(&b'\r'));
    let start = (text.get(newline) == Some(&b'\n')).then_some(newline + 1)?;
    Some(start + text[start..].iter().take(WRAP).take_while(|b| matches!(b, b' ' | b'\t')).count())
}

/// Decodes a run of either alphabet without padding; `None` if it is not text.
pub(super) fn decode(run: &[u8]) -> Option<Vec<u8>> {
    let whole = &run[..run.len() - usize::from(run.len() % 4 == 1)];
    if !begins_as_text(whole) {
        return None;
    }
    let spec = if whole.iter().any(|b| matches!(b, b'-' | b'_')) {
        &data_encoding::BASE64URL_NOPAD
    } else {
        &data_encoding::BASE64_NOPAD
    };
    // The last characters may have stray bits if a run was cut: they are then left out.
    let bytes = spec.decode(whole).or_else(|_| spec.decode(&whole[..whole.len() / 4 * 4])).ok()?;
    is_text(&bytes).then_some(bytes)
}

/// Returns whether the first characters decode to text. Most runs are words, and fail with the first four.
fn begins_as_text(run: &[u8]) -> bool {
    run.chunks_exact(4).take(PROBE / 4).all(group_is_text)
}

/// Returns whether four characters of either alphabet decode to three bytes of text.
fn group_is_text(four: &[u8]) -> bool {
    let value = |b: u8| match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' | b'-' => 62,
        _ => 63,
    };
    let (a, b, c, d) = (value(four[0]), value(four[1]), value(four[2]), value(four[3]));
    is_text(&[a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d])
}

/// Decodes hex digits; `None` if it is not text.
pub(super) fn hex(run: &[u8]) -> Option<Vec<u8>> {
    let digits = run.strip_prefix(b"0x").unwrap_or(run);
    if !digits.len().is_multiple_of(2) || digits.len() < 2 * SHORTEST {
        return None;
    }
    // The first digit of each pair: printable characters, or white space.
    let may_be_text = |two: &[u8]| matches!(two[0], b'2'..=b'7' | b'0') && two[1].is_ascii_hexdigit();
    if !digits[..PROBE].chunks_exact(2).all(may_be_text) {
        return None;
    }
    data_encoding::HEXLOWER_PERMISSIVE.decode(digits).ok().filter(|b| is_text(b))
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| (0x20..0x7f).contains(b) || matches!(b, b'\n' | b'\r' | b'\t'))
}

/// The reference implementation for tests: decodes a run together with the following lines.
#[cfg(test)]
pub(super) fn plain_block(text: &[u8], start: usize, end: usize) -> Option<(Vec<u8>, usize)> {
    let width = end - start;
    if width < WRAP || !matches!(text.get(end), Some(b'\n' | b'\r')) || !begins_as_text(&text[start..end]) {
        return None;
    }
    let mut all = text[start..end].to_vec();
    let mut last = end;
    while let Some(line) = below(text, last) {
        let length = text[line..].iter().take(width + 1).take_while(|b| is_base64(**b)).count();
        if length == 0 || length > width {
            break;
        }
        all.extend_from_slice(&text[line..line + length]);
        last = line + length;
        if length < width {
            break;
        }
    }
    (last > end).then(|| decode(&all)).flatten().map(|bytes| (bytes, last))
}
