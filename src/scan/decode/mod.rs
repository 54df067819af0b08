//! Encoded text: a secret in base64, hex, escapes or pieces is a secret.
//!
//! There are two kinds of views. A run of base64, base64url or hex digits that decodes to text, or to a compressed one
//! ([`packed`]), is replaced as a whole: to remove the secret, the whole run must go ([`runs`], and [`parted`] for pairs
//! of hex digits). In a stretch with escapes (`%41`, `\x41`,
//! `\101`, `\u0041`, `\u{41}`, `&#65;`, [`escapes`]), strings in pieces (`"abc" + "def"`, [`pieces`]) or of constants
//! ([`constants`]), private keys in forms ([`percent`]), continued lines ([`folded`]), mail ([`quoted_printable`]),
//! bytes as numbers ([`numbers`]), look-alike letters
//! ([`lookalikes`]) or the lines of a notebook ([`notebook`]), these are undone, and each byte keeps its place in the text. All decoding is charged to a
//! [`Budget`].

mod blocks;
mod constants;
mod escapes;
mod folded;
mod lookalikes;
mod notebook;
mod numbers;
mod packed;
mod parted;
mod percent;
mod pieces;
mod quoted_printable;
mod runs;
mod seams;
mod shapes;

use crate::text::lang::Lang;
pub(in crate::scan) use runs::is_base64;
use std::ops::Range;

/// Bytes that may still be decoded and unpacked for one text, all depths together.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
    unpacked: usize,
    spent: bool,
}

/// Decoded bytes per byte of text. Every kind of view may contain the whole text, so a text that is all escapes in
/// base64 stays below; only one that is nested in order to grow does not.
const PER_BYTE: usize = 8;
/// Bytes that may be decoded for any text, however short.
const LEAST: usize = 256 << 10;
/// Unpacked bytes per byte of text: compressed JSON grows ten to forty times.
const UNPACKED_PER_BYTE: usize = 64;
/// Bytes that may be unpacked for any text, however short.
const UNPACKED_LEAST: usize = 4 << 20;
/// Bytes that are unpacked for any text, however long; bounds memory.
const UNPACKED_MOST: usize = 128 << 20;

impl Budget {
    /// The budget of a text of `text` bytes.
    pub(super) fn of(text: usize) -> Budget {
        let unpacked = (UNPACKED_PER_BYTE * text + UNPACKED_LEAST).min(UNPACKED_MOST);
        Budget { left: PER_BYTE * text + LEAST, unpacked, spent: false }
    }

    /// Returns whether something was left encoded because the budget ran out.
    pub(super) fn is_spent(&self) -> bool {
        self.spent
    }

    fn pay(&mut self, bytes: usize) -> bool {
        let enough = bytes <= self.left;
        self.left -= bytes.min(self.left);
        self.spent |= !enough;
        enough
    }

    /// Pays for unpacked bytes. What is encoded in them is decoded as in a text of its own.
    fn pay_unpacked(&mut self, bytes: usize) -> bool {
        let enough = bytes <= self.unpacked;
        self.unpacked -= bytes.min(self.unpacked);
        self.left += if enough { PER_BYTE * bytes } else { 0 };
        self.spent |= !enough;
        enough
    }
}

/// A decoded stretch of a text.
#[derive(Debug)]
pub(super) struct View {
    /// The decoded bytes.
    pub(super) bytes: Vec<u8>,
    /// The range of the encoded form in the text.
    pub(super) at: Range<usize>,
    /// The encoding in words, for people: `base64`.
    pub(super) form: &'static str,
    /// For a stretch, the offset of each of its bytes in the text, and the end.
    places: Vec<usize>,
    /// True if each of its bytes is in the text as it is, as in pieces, but not in escapes.
    as_is: bool,
}

impl View {
    /// The view of a text that has so many bytes more before it.
    fn shifted(mut self, by: usize) -> View {
        self.at = self.at.start + by..self.at.end + by;
        self.places.iter_mut().for_each(|place| *place += by);
        self
    }

    /// True for a run, which is kept or dropped as a whole.
    pub(super) fn is_whole(&self) -> bool {
        self.places.is_empty()
    }

    /// Maps a range of the decoded bytes to the text.
    pub(super) fn place(&self, inner: &Range<usize>) -> Range<usize> {
        let end = match inner.end.checked_sub(1) {
            Some(last) if self.as_is => self.places.get(last).map(|p| p + 1),
            _ => self.places.get(inner.end).copied(),
        };
        match (self.places.get(inner.start), end) {
            (Some(start), Some(end)) => *start..end.max(*start),
            _ => self.at.clone(),
        }
    }

    /// Returns whether this range of the view is in the text as it is, without decoding.
    pub(super) fn is_plain(&self, inner: &Range<usize>) -> bool {
        let end = inner.end + usize::from(!self.as_is);
        self.places.get(inner.start..end).is_some_and(|p| p.windows(2).all(|w| w[0] + 1 == w[1]))
    }
}

/// The form of strings in pieces.
pub(super) const PIECES: &str = "pieces";
/// The form of a notebook's code: what stands in one line of it is found without.
pub(super) const SOURCE: &str = "a notebook";

/// A place where a rule may find a token without a keyword.
pub(super) type Shape = (&'static str, usize);

/// The views of the first `length` bytes of `whole`; with `parts`, those of these parts.
pub(super) fn views_in(
    whole: &[u8],
    length: usize,
    parts: Option<&[Range<usize>]>,
    lang: Lang,
    hits: &[usize],
    budget: &mut Budget,
) -> (Vec<View>, Vec<Shape>) {
    let Some(parts) = parts else { return views(whole, length, lang, hits, budget) };
    let (mut out, mut shapes) = (Vec::new(), Vec::new());
    for part in parts {
        let first = hits.partition_point(|at| *at < part.start);
        let end = hits.partition_point(|at| *at < part.end);
        let hits: Vec<usize> = hits[first..end].iter().map(|at| at - part.start).collect();
        let (of_part, seen) = views(&whole[part.start..length], part.len(), lang, &hits, budget);
        out.extend(of_part.into_iter().map(|view| view.shifted(part.start)));
        shapes.extend(seen.into_iter().map(|(rule, at)| (rule, at + part.start)));
    }
    (out, shapes)
}

/// The views of the first `length` bytes of `whole`, and the tokens seen on the way; `hits` are the places, in order, around
/// which strings in pieces are searched. Compressed content that begins in these bytes is read beyond them.
pub(super) fn views(
    whole: &[u8],
    length: usize,
    lang: Lang,
    hits: &[usize],
    budget: &mut Budget,
) -> (Vec<View>, Vec<Shape>) {
    let text = &whole[..length];
    let mut shapes = Vec::new();
    let mut out = runs::views(whole, length, budget, &mut shapes);
    out.extend(parted::views(text, budget));
    out.extend(escapes::views(text, lang, budget));
    out.extend(percent::views(text, budget));
    out.extend(lookalikes::views(text, budget));
    out.extend(numbers::views(text, hits, budget));
    out.extend(pieces::views(text, lang, hits, budget));
    out.extend(folded::views(text, lang, hits, budget));
    out.extend(quoted_printable::views(text, hits, budget));
    out.extend(constants::views(text, lang, hits, budget));
    out.extend(notebook::views(text, lang, hits, budget));
    (out, shapes)
}

/// The byte of two hex digits.
fn byte_of(high: u8, low: u8) -> Option<u8> {
    let digit = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    Some(digit(high)? << 4 | digit(low)?)
}

/// Shared by the tests of the kinds of views.
#[cfg(test)]
mod testing {
    use super::View;

    /// The text of each view.
    pub(super) fn texts(views: Vec<View>) -> Vec<String> {
        views.into_iter().map(|v| String::from_utf8(v.bytes).unwrap()).collect()
    }

    /// Made-up hits: in the text, in order.
    pub(super) fn hits(text: &[u8], mut places: Vec<usize>) -> Vec<usize> {
        places.retain(|h| *h < text.len());
        places.sort_unstable();
        places
    }
}

#[cfg(test)]
mod tests;
