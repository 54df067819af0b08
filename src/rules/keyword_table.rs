//! Tables that find the keywords of all rules in a text.
//!
//! Only every second position is looked at. Each keyword is therefore entered under two groups of four of its
//! bytes. One begins at an even byte of the keyword, the other at an odd byte. Of the possible groups, the
//! rarest in source text is taken. Case is ignored: bit 5 of every byte is set before hashing. A bitmap
//! answers "no" for nearly every position with one load: three bytes choose its row, the fourth a bit. Each
//! bit that is set has a list of checks, which compare the eight bytes around the group at once. A position
//! that passes a check is compared with the keyword itself, so the table finds exactly the keywords.
//!
//! A mispredicted branch costs as much as looking at ten positions. The text is therefore taken in stretches.
//! Each step writes what passes it into a small buffer for the next step, without a branch.
//!
//! Pure, over `std` only: `build.rs` builds the catalogue's tables with it, and the scanner uses them
//! unchanged.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Rows of the bitmap, as a power of two: 128 KB, with one bit in sixty set. With a quarter of that, scans
/// take a third longer: more positions share a row with a keyword. A row has a bit for each folded fourth
/// byte; some bytes share one.
const ROWS: u32 = 15;
/// Sets bit 5 of each byte, so that upper and lower case are equal.
const FOLD: u64 = 0x2020_2020_2020_2020;
/// Mask for the group of a three-byte keyword: its fourth byte becomes zero, which no folded byte is.
const THREE: u32 = 0x00ff_ffff;

/// The tables.
#[derive(Debug, PartialEq, Eq)]
pub struct KeywordTable {
    /// The bitmap.
    pub rows: Cow<'static, [u32]>,
    /// For each row, the number of bits set in the rows before it.
    pub ranks: Cow<'static, [u16]>,
    /// For each set bit, in order, the index of its first check.
    pub lists: Cow<'static, [u16]>,
    /// The checks, list by list; bits with the same checks share a list.
    pub checks: Cow<'static, [Check]>,
    /// The keywords in lower case, one after the other.
    pub text: Cow<'static, str>,
    /// The end of each keyword in `text`.
    pub ends: Cow<'static, [u32]>,
    /// For each keyword, the index of its first rule in `rules`, and one more at the end.
    pub owners: Cow<'static, [u32]>,
    /// Indexes of rules, by keyword.
    pub rules: Cow<'static, [u16]>,
}

/// The eight bytes around a group inside a keyword, starting two before the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Check {
    /// All bits of the bytes that are known.
    pub mask: u64,
    /// These bytes, folded; zero where `mask` is zero.
    pub bytes: u64,
    /// The keyword's index, or `ALL`.
    pub keyword: u16,
    /// Start of the keyword relative to the group, in bytes: negative before it, zero at it, one after it.
    pub start: i16,
    /// True if more checks of the list follow.
    pub more: bool,
}

/// Stands for a keyword in the first check of a list of several, which tests what all of them share.
const ALL: u16 = u16::MAX;
/// Bytes of a check before the group.
const BEFORE: usize = 2;
/// Bytes looked at together; every second one starts a group.
const STEP: usize = 8;
/// Steps per stretch; their numbers fit a byte.
const STRETCH: usize = 128;
/// Positions looked at per stretch.
const PLACES: usize = STRETCH * STEP / 2;
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

/// The row of a folded group; its fourth byte is shifted out.
#[inline]
fn row(group: u32) -> usize {
    (group.wrapping_mul(0x9e37_79b1 << 8) >> (32 - ROWS)) as usize
}

/// Builds the tables from keywords (lower case, three bytes or more) and the rules that they belong to.
pub fn build(keywords: &[(&str, u16)]) -> KeywordTable {
    let mut pairs = keywords.to_vec();
    pairs.sort_unstable();
    pairs.dedup();
    let (mut text, mut ends) = (String::new(), Vec::new());
    let (mut owners, mut rules) = (Vec::new(), Vec::new());
    // The checks of each bit, by the bit's number.
    let mut bits: BTreeMap<usize, Vec<Check>> = BTreeMap::new();
    for of_keyword in pairs.chunk_by(|a, b| a.0 == b.0) {
        let keyword = of_keyword[0].0;
        for (group, start) in groups(keyword.as_bytes()) {
            let check = check(keyword.as_bytes(), short(ends.len()), start);
            let any = 0..32;
            let fourth = (group >> 24 & 31) as usize;
            for bit in if group <= THREE { any } else { fourth..fourth + 1 } {
                bits.entry(row(group) * 32 + bit).or_default().push(check);
            }
        }
        text.push_str(keyword);
        ends.push(text.len() as u32);
        owners.push(rules.len() as u32);
        rules.extend(of_keyword.iter().map(|(_, rule)| *rule));
    }
    owners.push(rules.len() as u32);
    let mut rows = vec![0u32; 1 << ROWS];
    let (mut lists, mut checks, mut known) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (bit, list) in bits {
        rows[bit / 32] |= 1 << (bit % 32);
        lists.push(*known.entry(headed(list)).or_insert_with_key(|list| {
            checks.extend_from_slice(list);
            short(checks.len() - list.len())
        }));
    }
    let ranks = rows
        .iter()
        .scan(0, |before, row| Some(short(std::mem::replace(before, *before + row.count_ones() as usize))));
    KeywordTable {
        ranks: ranks.collect(),
        rows: rows.into(),
        lists: lists.into(),
        checks: checks.into(),
        text: text.into(),
        ends: ends.into(),
        owners: owners.into(),
        rules: rules.into(),
    }
}

/// Converts an index of a table. Even a catalogue of ten thousand keywords stays within 16 bits.
fn short(index: usize) -> u16 {
    u16::try_from(index).ok().filter(|i| *i != ALL).expect("internal: tables of at most 65,535 entries")
}

/// The check for a keyword that starts `start` bytes from the group.
fn check(keyword: &[u8], index: u16, start: i16) -> Check {
    let byte = |i: usize| {
        (i as isize - BEFORE as isize)
            .checked_sub(start.into())
            .and_then(|i| keyword.get(usize::try_from(i).ok()?))
    };
    let known: [Option<&u8>; 8] = std::array::from_fn(byte);
    let mask = u64::from_le_bytes(known.map(|b| b.map_or(0, |_| u8::MAX)));
    let bytes = u64::from_le_bytes(known.map(|b| b.copied().unwrap_or(0)));
    Check { mask, bytes: (bytes | FOLD) & mask, keyword: index, start, more: false }
}

/// Puts the bits that all checks share before a list of several.
fn headed(mut list: Vec<Check>) -> Vec<Check> {
    if let [first, rest @ ..] = &*list
        && !rest.is_empty()
    {
        let mut all = Check { keyword: ALL, start: 0, ..*first };
        for other in rest {
            let differs = (all.bytes ^ other.bytes).to_le_bytes().map(|b| if b == 0 { u8::MAX } else { 0 });
            all.mask &= other.mask & u64::from_le_bytes(differs);
            all.bytes &= all.mask;
        }
        list.insert(0, all);
    }
    let last = list.len() - 1;
    list[..last].iter_mut().for_each(|check| check.more = true);
    list
}

/// The groups of a keyword, for an even and an odd start, each with the keyword's start relative to it.
fn groups(keyword: &[u8]) -> Vec<(u32, i16)> {
    let group = |b: [u8; 4]| u32::from_le_bytes(b) | FOLD as u32;
    let any_fourth = |b: &[u8]| group([b[0], b[1], b[2], 0]) & THREE;
    match *keyword {
        // At an odd position the group includes the byte before the keyword, of which only bit 5 is known.
        [a, b, c] => {
            let after = (0..=u8::MAX).filter(|x| x & 0x20 != 0).map(|x| (group([x, a, b, c]), 1));
            std::iter::once((any_fourth(keyword), 0)).chain(after).collect()
        }
        [a, b, c, d] => vec![(group([a, b, c, d]), 0), (any_fourth(&keyword[1..]), -1)],
        _ => [0, 1]
            .into_iter()
            .map(|odd| {
                // The start of a very long keyword is enough.
                let here = keyword.windows(4).enumerate().take(200).filter(|(i, _)| i % 2 == odd);
                let (i, g) = here
                    .max_by_key(|(i, g)| (surprise(g), Reverse(*i)))
                    .expect("internal: five bytes have a group at 0 and one at 1");
                (group([g[0], g[1], g[2], g[3]]), -(i as i16))
            })
            .collect(),
    }
}

/// How likely a letter follows two others in words (see `text::words`).
const TRIGRAMS: &[u8] = include_bytes!("../text/trigrams.txt");

/// How rare a group is in source text, in tenths of a bit.
fn surprise(group: &[u8]) -> u32 {
    let letter = |b: u8| b.is_ascii_lowercase().then(|| usize::from(b - b'a') + 1);
    let follows = |i: usize| {
        let (a, b, c) = (letter(*group.get(i.checked_sub(2)?)?)?, letter(group[i - 1])?, letter(group[i])?);
        let digit = char::from(*TRIGRAMS.get(a * 730 + b * 27 + c)?).to_digit(36)?;
        // Source text is less regular than words, so count four fifths of their surprise.
        Some(digit * 16 / 5)
    };
    (0..group.len()).map(|i| follows(i).unwrap_or_else(|| 100 - frequency(group[i]))).sum()
}

/// How often a byte occurs in source text: the logarithm above the rarest byte, in tenths of a bit.
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

/// The bits of the four positions of a step; zero where no keyword can be.
#[inline]
fn bits(rows: &[u32; 1 << ROWS], bytes: &[u8; STEP + 2]) -> [u32; STEP / 2] {
    let folded = |chunk: Option<&[u8; 8]>| u64::from_le_bytes(chunk.copied().unwrap_or_default()) | FOLD;
    let (first, last) = (folded(bytes.first_chunk()), folded(bytes.last_chunk()));
    let bit = |group: u64, fourth: u8| rows[row(group as u32)] & BIT[usize::from(fourth)];
    [bit(first, bytes[3]), bit(first >> 16, bytes[5]), bit(first >> 32, bytes[7]), bit(last >> 32, bytes[9])]
}

/// The bytes around a position, folded; zero outside the text.
#[inline]
fn around(text: &[u8], at: usize) -> u64 {
    let inside = at.checked_sub(BEFORE).and_then(|start| text.get(start..)?.first_chunk());
    let byte = |i: usize| (at + i).checked_sub(BEFORE).and_then(|i| text.get(i)).copied().unwrap_or(0);
    FOLD | match inside {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => u64::from_le_bytes(std::array::from_fn(byte)),
    }
}

/// The group in the middle of the bytes around it.
#[inline]
fn group(around: u64) -> u32 {
    (around >> (8 * BEFORE)) as u32
}

impl KeywordTable {
    /// A keyword, by its index.
    pub fn keyword(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.text[start..self.ends[index] as usize]
    }

    /// The rules of a keyword.
    pub fn rules_of(&self, index: usize) -> &[u16] {
        &self.rules[self.owners[index] as usize..self.owners[index + 1] as usize]
    }

    /// Calls `found` with each keyword in the text (its index) and its start, in no particular order.
    pub fn scan(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let Ok(rows) = <&[u32; 1 << ROWS]>::try_from(&*self.rows) else {
            return;
        };
        let (mut steps, mut places, mut lists) = ([0u8; STRETCH], [0u16; PLACES], [0u16; PLACES]);
        let mut at = 0;
        while let Some(stretch) = text.get(at..).filter(|rest| rest.len() >= STEP + 2) {
            // The steps with a bit set.
            let (mut step, mut some) = (0, 0);
            while step < STRETCH
                && let Some(bytes) = stretch.get(step * STEP..).and_then(<[u8]>::first_chunk)
            {
                let any = bits(rows, bytes).into_iter().fold(0, |any, bit| any | bit);
                steps[some % STRETCH] = step as u8;
                some += usize::from(any != 0);
                step += 1;
            }
            // Their positions.
            let mut passed = 0;
            for &step in &steps[..some] {
                let from = usize::from(step) * STEP;
                let Some(bytes) = stretch.get(from..).and_then(<[u8]>::first_chunk) else {
                    continue;
                };
                for (i, bit) in bits(rows, bytes).into_iter().enumerate() {
                    places[passed % PLACES] = (from + 2 * i) as u16;
                    passed += usize::from(bit != 0);
                }
            }
            // The positions that pass the first check of their lists.
            let mut kept = 0;
            for i in 0..passed {
                let place = places[i % PLACES];
                let around = around(text, at + usize::from(place));
                let list = self.list(rows, around);
                let first = self.checks[usize::from(list)];
                (places[kept % PLACES], lists[kept % PLACES]) = (place, list);
                kept += usize::from(around & first.mask == first.bytes);
            }
            for (place, list) in places[..kept].iter().zip(&lists[..kept]) {
                self.look_up(text, at + usize::from(*place), *list, &mut found);
            }
            at += step * STEP;
        }
        for at in (at..text.len().saturating_sub(2)).step_by(2) {
            let around = around(text, at);
            if rows[row(group(around))] & BIT[(group(around) >> 24) as usize] != 0 {
                self.look_up(text, at, self.list(rows, around), &mut found);
            }
        }
    }

    /// The list of the set bit for a position.
    #[inline]
    fn list(&self, rows: &[u32; 1 << ROWS], around: u64) -> u16 {
        let row = row(group(around));
        let before = rows[row] & (BIT[(group(around) >> 24) as usize] - 1);
        self.lists[usize::from(self.ranks[row]) + before.count_ones() as usize]
    }

    /// Compares the keywords of a list with the text at a position.
    fn look_up(&self, text: &[u8], at: usize, list: u16, found: &mut impl FnMut(usize, usize)) {
        let around = around(text, at);
        for check in &self.checks[usize::from(list)..] {
            if around & check.mask == check.bytes && check.keyword != ALL {
                let index = usize::from(check.keyword);
                let keyword = self.keyword(index).as_bytes();
                if let Some(start) = at.checked_add_signed(isize::from(check.start))
                    && text.get(start..start + keyword.len()).is_some_and(|t| t.eq_ignore_ascii_case(keyword))
                {
                    found(index, start);
                }
            }
            if !check.more {
                return;
            }
        }
    }

    /// The tables as Rust source.
    pub fn emit(&self) -> String {
        let mut checks = String::new();
        for c in self.checks.iter() {
            let _ = write!(checks, "{c:?},");
        }
        format!(
            "/// The table of every rule's keywords.\npub static KEYWORDS: KeywordTable = KeywordTable {{ rows: Cow::Borrowed(&{:?}), \
             ranks: Cow::Borrowed(&{:?}), lists: Cow::Borrowed(&{:?}), checks: Cow::Borrowed(&[{checks}]), \
             text: Cow::Borrowed({:?}), ends: Cow::Borrowed(&{:?}), owners: Cow::Borrowed(&{:?}), \
             rules: Cow::Borrowed(&{:?}) }};\n",
            self.rows, self.ranks, self.lists, self.text, self.ends, self.owners, self.rules
        )
    }
}
