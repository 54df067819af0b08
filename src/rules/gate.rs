//! The gate: tables that tell, for each place of a text, whether a keyword may stand there, and which.
//!
//! Every second place is looked at. So each keyword is entered under two groups of four of its bytes, the rarest in
//! source text of those that begin at an even and at an odd byte of it. Letters count in any case: bit 5 of every byte
//! is set before hashing. A bitmap answers "no" for nearly every place with one load: three bytes choose a row of it,
//! the fourth a bit. What passes is looked up under its row and compared with the keyword itself, so the gate finds
//! exactly the keywords.
//!
//! Pure, over `std` only: `build.rs` makes the catalogue's tables with it, and the scanner reads them as they are.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::fmt::Write;

/// Rows of the bitmap, as a power of two: 128 KB, one bit in forty set; with a quarter of that, a third more time goes
/// into places that only share a row with a keyword. A row has a bit for each folded fourth byte, some sharing one.
const ROWS: u32 = 15;
/// Sets bit 5 of four bytes: upper and lower case become one.
const FOLD: u32 = 0x2020_2020;
/// Of a group of three bytes (a keyword of three), the folded fourth byte can never be zero.
const THREE: u32 = 0x00ff_ffff;

/// The tables.
#[derive(Debug, PartialEq, Eq)]
pub struct Gate {
    /// The bitmap.
    pub rows: Cow<'static, [u32]>,
    /// For each row the first of its entries; one more at the end.
    pub starts: Cow<'static, [u16]>,
    /// Groups with their keywords, by row.
    pub entries: Cow<'static, [Entry]>,
    /// The keywords, lower case, one after the other.
    pub text: Cow<'static, str>,
    /// Where each keyword ends in `text`.
    pub ends: Cow<'static, [u32]>,
    /// For each keyword the first of its rules in `rules`; one more at the end.
    pub owners: Cow<'static, [u32]>,
    /// Indexes of rules, by keyword.
    pub rules: Cow<'static, [u16]>,
}

/// A keyword under one of its groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The folded group; its highest byte is zero where any fourth byte may follow.
    pub group: u32,
    /// Which keyword.
    pub keyword: u16,
    /// Where the keyword starts, from the group: before it, at it, or a byte behind.
    pub start: i16,
}

/// Bytes looked at together, every second one as the start of a group.
const STEP: usize = 8;
/// The bit of a row for each fourth byte.
static BIT: [u32; 256] = {
    let mut bits = [0; 256];
    let mut b = 0;
    while b < 256 {
        bits[b] = 1 << (b & 31);
        b += 1;
    }
    bits
};

/// The row of a folded group.
fn row(group: u32) -> usize {
    ((group & THREE).wrapping_mul(0x9e37_79b1) >> (32 - ROWS)) as usize
}

/// Makes the tables for keywords (lower case, three bytes or more) and the rules that they belong to.
pub fn build(keywords: &[(&str, u16)]) -> Gate {
    let mut pairs = keywords.to_vec();
    pairs.sort_unstable();
    pairs.dedup();
    let mut rows = vec![0u32; 1 << ROWS];
    let (mut entries, mut text, mut ends) = (Vec::new(), String::new(), Vec::new());
    let (mut owners, mut rules) = (Vec::new(), Vec::new());
    for of_keyword in pairs.chunk_by(|a, b| a.0 == b.0) {
        let keyword = of_keyword[0].0;
        for (group, start) in groups(keyword.as_bytes()) {
            rows[row(group)] |= if group <= THREE { u32::MAX } else { 1 << (group >> 24 & 31) };
            entries.push(Entry { group, keyword: ends.len() as u16, start });
        }
        text.push_str(keyword);
        ends.push(text.len() as u32);
        owners.push(rules.len() as u32);
        rules.extend(of_keyword.iter().map(|(_, rule)| *rule));
    }
    owners.push(rules.len() as u32);
    entries.sort_by_key(|e| (row(e.group), *e));
    let starts = (0..=1usize << ROWS).map(|r| entries.partition_point(|e| row(e.group) < r) as u16).collect();
    Gate {
        rows: rows.into(),
        starts: Cow::Owned(starts),
        entries: entries.into(),
        text: text.into(),
        ends: ends.into(),
        owners: owners.into(),
        rules: rules.into(),
    }
}

/// The groups of a keyword, one for either kind of place that it may start at, and where it starts from them.
fn groups(keyword: &[u8]) -> Vec<(u32, i16)> {
    let group = |b: [u8; 4]| u32::from_le_bytes(b) | FOLD;
    let any_fourth = |b: &[u8]| group([b[0], b[1], b[2], 0]) & THREE;
    match *keyword {
        // At an odd place the group has the byte before it too, of which only bit 5 is known.
        [a, b, c] => {
            let after = (0..=u8::MAX).filter(|x| x & 0x20 != 0).map(|x| (group([x, a, b, c]), 1));
            std::iter::once((any_fourth(keyword), 0)).chain(after).collect()
        }
        [a, b, c, d] => vec![(group([a, b, c, d]), 0), (any_fourth(&keyword[1..]), -1)],
        _ => [0, 1]
            .into_iter()
            .map(|odd| {
                // Of a very long keyword the start is enough.
                let here = keyword.windows(4).enumerate().take(200).filter(|(i, _)| i % 2 == odd);
                let (i, g) = here
                    .max_by_key(|(i, g)| (surprise(g), Reverse(*i)))
                    .expect("internal: five bytes have a group at 0 and one at 1");
                (group([g[0], g[1], g[2], g[3]]), -(i as i16))
            })
            .collect(),
    }
}

/// How likely letters follow two others in words (see `text::words`).
const TRIGRAMS: &[u8] = include_bytes!("../text/trigrams.txt");

/// How rare a group is in source text, in tenths of a bit.
fn surprise(group: &[u8]) -> u32 {
    let letter = |b: u8| b.is_ascii_lowercase().then(|| usize::from(b - b'a') + 1);
    let follows = |i: usize| {
        let (a, b, c) = (letter(*group.get(i.checked_sub(2)?)?)?, letter(group[i - 1])?, letter(group[i])?);
        let digit = char::from(*TRIGRAMS.get(a * 730 + b * 27 + c)?).to_digit(36)?;
        // Source text is less regular than words: four fifths of what they say.
        Some(digit * 16 / 5)
    };
    (0..group.len()).map(|i| follows(i).unwrap_or_else(|| 100 - frequency(group[i]))).sum()
}

/// How often a byte stands in source text: the logarithm, in tenths of a bit, above the rarest.
fn frequency(b: u8) -> u32 {
    match b {
        b'e' | b' ' => 70,
        b't' => 67,
        b'a' | b'i' | b'n' | b'o' | b'r' | b's' => 65,
        b'c' | b'd' | b'l' => 60,
        b'm' | b'p' | b'u' | b'f' | b'h' => 56,
        b'g' | b'y' | b'.' | b'_' | b'b' | b'v' | b'0' | b'-' | b'/' | b'=' | b'"' => 50,
        b'w' | b'k' | b'x' | b'1' | b'2' | b':' | b',' => 46,
        b'3'..=b'9' => 38,
        b'j' | b'q' | b'z' => 33,
        _ => 25,
    }
}

impl Gate {
    /// A keyword, by its index.
    pub fn keyword(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.text[start..self.ends[index] as usize]
    }

    /// The rules of a keyword.
    pub fn rules_of(&self, index: usize) -> &[u16] {
        &self.rules[self.owners[index] as usize..self.owners[index + 1] as usize]
    }

    /// Calls `found` with each keyword in the text (its index) and where it starts, in no certain order.
    pub fn scan(&self, text: &[u8], found: &mut dyn FnMut(usize, usize)) {
        let Ok(rows) = <&[u32; 1 << ROWS]>::try_from(&*self.rows) else {
            return;
        };
        let group = |b: &[u8], i: usize| u32::from_le_bytes([b[i], b[i + 1], b[i + 2], b[i + 3]]) | FOLD;
        let mut at = 0;
        // Several places at a time, one branch for all of them.
        while let Some(bytes) = text.get(at..).and_then(<[u8]>::first_chunk::<{ STEP + 2 }>) {
            let mut any = 0;
            for i in (0..STEP).step_by(2) {
                any |= rows[row(group(bytes, i))] & BIT[usize::from(bytes[i + 3])];
            }
            if any != 0 {
                for i in (0..STEP).step_by(2) {
                    let four = group(bytes, i);
                    if rows[row(four)] & BIT[usize::from(bytes[i + 3])] != 0 {
                        self.look_up(text, at + i, four, found);
                    }
                }
            }
            at += STEP;
        }
        for at in (at..text.len().saturating_sub(2)).step_by(2) {
            let byte = |i: usize| text.get(at + i).copied().unwrap_or(0);
            self.look_up(text, at, u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)]) | FOLD, found);
        }
    }

    /// Compares the keywords entered under the group at a place.
    fn look_up(&self, text: &[u8], at: usize, four: u32, found: &mut dyn FnMut(usize, usize)) {
        let row = row(four);
        let range = usize::from(self.starts[row])..usize::from(self.starts[row + 1]);
        for entry in &self.entries[range] {
            if entry.group != four && entry.group != four & THREE {
                continue;
            }
            let index = usize::from(entry.keyword);
            let keyword = self.keyword(index).as_bytes();
            let Some(start) = at.checked_add_signed(isize::from(entry.start)) else {
                continue;
            };
            if text.get(start..start + keyword.len()).is_some_and(|t| t.eq_ignore_ascii_case(keyword)) {
                found(index, start);
            }
        }
    }

    /// The tables as Rust source.
    pub fn emit(&self) -> String {
        let mut entries = String::new();
        for e in self.entries.iter() {
            let _ = write!(
                entries,
                "Entry {{ group: {}, keyword: {}, start: {} }},",
                e.group, e.keyword, e.start
            );
        }
        format!(
            "/// The gate over every rule's keywords.\npub static GATE: Gate = Gate {{ rows: Cow::Borrowed(&{:?}), \
             starts: Cow::Borrowed(&{:?}), entries: Cow::Borrowed(&[{entries}]), text: Cow::Borrowed({:?}), \
             ends: Cow::Borrowed(&{:?}), owners: Cow::Borrowed(&{:?}), rules: Cow::Borrowed(&{:?}) }};\n",
            self.rows, self.starts, self.text, self.ends, self.owners, self.rules
        )
    }
}
