//! Keys as numbers: `key = {0x1f, 0x2b, ...}`, `new Uint8Array([31, 43, ...])`, `"\x1f\x2b..."`. Read as the hex
//! digits of their bytes.
//!
//! Searched only after keyword hits, and only with as many bytes as keys have.

use super::{Budget, View};
use crate::text::{line, short};

/// Bytes of a line before its hit that are included.
const LINE: usize = 200;
/// Bytes after a hit in which the numbers must start.
const BEGIN: usize = 160;
/// Most bytes of a list.
const LIST: usize = 1200;
/// Lengths of keys in bytes.
const LENGTHS: [usize; 5] = [16, 24, 32, 48, 64];

/// The lines of these hits (in order) whose value is written in numbers.
pub(super) fn views(text: &[u8], hits: &[usize], budget: &mut Budget) -> Vec<View> {
    let mut out = Vec::new();
    let mut done = 0;
    for &hit in hits.iter() {
        if hit < done {
            continue;
        }
        let end = line::end(text, hit, BEGIN);
        let brackets = memchr::memchr3_iter(b'{', b'[', b'(', &text[hit..end]).map(|i| hit + i);
        let escape = short::find(&text[hit..end], b"\\x").and_then(|i| (hit + i).checked_sub(1));
        let openers = brackets.chain(escape.filter(|i| matches!(text[*i], b'"' | b'\'')));
        let found = openers
            .filter(|open| begins_list(&text[open + 1..]))
            .find_map(|open| Some((open, list(text, open).filter(|n| is_key(n))?)));
        done = end;
        let Some((open, numbers)) = found else { continue };
        let start = line::start(text, hit, LINE);
        if budget.pay(open - start + 2 * numbers.len()) {
            done = numbers[numbers.len() - 1].1;
            out.push(view(text, start, open, &numbers));
        }
    }
    out
}

/// Returns whether a list of numbers may continue like this: most brackets contain something else.
fn begins_list(rest: &[u8]) -> bool {
    let first = rest.iter().take(LIST).find(|b| !b.is_ascii_whitespace() && **b != b',');
    first.is_some_and(|b| b.is_ascii_digit() || matches!(b, b'-' | b'(' | b'\\'))
}

/// The bytes of the list that starts at `open`, each with its offset.
fn list(text: &[u8], open: usize) -> Option<Vec<(u8, usize)>> {
    let end = text.len().min(open + LIST);
    let quote = matches!(text[open], b'"' | b'\'');
    let mut out = Vec::new();
    let mut at = open + 1;
    while at < end {
        let rest = &text[at..end];
        match rest {
            [b'\\', b'x', a, b, ..] if quote => {
                let digit = |d: &u8| char::from(*d).to_digit(16).map(|n| n as u8);
                out.push((digit(a)? << 4 | digit(b)?, at));
                at += 4;
                continue;
            }
            [q, ..] if quote => return (*q == text[open]).then_some(out),
            [b'}' | b']' | b')', ..] => return Some(out),
            _ => {}
        }
        let skip = rest.iter().take_while(|b| b.is_ascii_whitespace() || **b == b',').count();
        if skip > 0 {
            at += skip;
            continue;
        }
        let cast = [&b"(byte)"[..], b"(byte) ", b"(char)", b"(uint8_t)"];
        let cast = cast.iter().filter(|c| rest.starts_with(c)).map(|c| c.len()).max().unwrap_or(0);
        let (byte, length) = number(&rest[cast..])?;
        out.push((byte, at));
        at += cast + length;
        if out.len() > LENGTHS[LENGTHS.len() - 1] {
            return None;
        }
    }
    None
}

/// The byte of the number at the start of `rest`, and its length.
fn number(rest: &[u8]) -> Option<(u8, usize)> {
    let sign = usize::from(rest.first() == Some(&b'-'));
    let digits = &rest[sign..];
    let hex = digits.starts_with(b"0x") || digits.starts_with(b"0X");
    let (prefix, radix) = if hex { (2, 16) } else { (0, 10) };
    let length = digits[prefix..].iter().take(4).take_while(|b| char::from(**b).is_digit(radix)).count();
    let text = std::str::from_utf8(&digits[prefix..prefix + length]).ok()?;
    let value = i32::from_str_radix(text, radix).ok()?;
    let value = if sign == 1 { 256 - value } else { value };
    let mut end = sign + prefix + length;
    // A suffix of Rust or C.
    end += [&b"u8"[..], b"U", b"u"].iter().find(|s| rest[end..].starts_with(s)).map_or(0, |s| s.len());
    Some((u8::try_from(value).ok()?, end))
}

/// Returns whether there are as many bytes as in a key, and they are neither a count nor a pattern.
fn is_key(numbers: &[(u8, usize)]) -> bool {
    let steps: Vec<u8> = numbers.windows(2).map(|w| w[1].0.wrapping_sub(w[0].0)).collect();
    let mut distinct: Vec<u8> = numbers.iter().map(|n| n.0).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let counts = (0..=u8::MAX).any(|step| steps.iter().filter(|s| **s == step).count() * 2 > steps.len());
    LENGTHS.contains(&numbers.len()) && distinct.len() > numbers.len().min(20) / 2 && !counts
}

/// The line up to the assignment, and the value in hex digits.
fn view(text: &[u8], start: usize, open: usize, numbers: &[(u8, usize)]) -> View {
    let head = &text[start..open];
    let is_sign = |i: usize, sign: u8| {
        head[i] == sign && head.get(i + 1) != Some(&b':') && (i == 0 || head[i - 1] != b':')
    };
    let sign = [b'=', b':'].into_iter().find_map(|sign| (0..head.len()).rev().find(|i| is_sign(*i, sign)));
    let head = &head[..sign.map_or(head.len(), |i| i + 1)];
    let mut bytes = head.to_vec();
    let mut places: Vec<usize> = (start..start + head.len()).collect();
    let mut push = |b: u8, at: usize| {
        bytes.push(b);
        places.push(at);
    };
    // Only a blank separates a macro from its value.
    push(b' ', start + head.len());
    push(b'"', open);
    for (byte, at) in numbers {
        for nibble in [byte >> 4, byte & 15] {
            push(b"0123456789abcdef"[usize::from(nibble)], *at);
        }
    }
    let last = numbers[numbers.len() - 1].1;
    let length = text[last..]
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'\\' | b'('))
        .count();
    let end = last + length.max(1);
    push(b'"', end);
    places.push(end + 1);
    View { bytes, at: start..text.len().min(end + 1), form: "numbers", places, as_is: false }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use proptest::prelude::*;

    const SAMPLE: [u8; 16] = [7, 113, 64, 201, 15, 88, 230, 41, 150, 3, 99, 174, 52, 219, 126, 33];

    fn read(text: &str) -> Vec<String> {
        testing::texts(views(text.as_bytes(), &[0], &mut Budget::of(1 << 16)))
    }

    fn joined(each: impl Fn(u8) -> String, by: &str) -> String {
        SAMPLE.map(each).join(by)
    }

    #[test]
    fn the_bytes_of_a_key_are_read_in_every_language() {
        let hex: String = SAMPLE.iter().map(|b| format!("{b:02x}")).collect();
        let (x, d) = (joined(|b| format!("0x{b:02X}"), ", "), joined(|b| b.to_string(), ","));
        let signed = joined(|b| (b as i8).to_string(), ", ");
        let cast = joined(|b| format!("(byte)0x{b:02x}"), ", ");
        let escaped = joined(|b| format!("\\x{b:02x}"), "");
        for (text, head) in [
            (format!("var key = []byte{{{x}}}"), "var key ="),
            (format!("uint8_t key[16] = {{\n  {x}\n}};"), "uint8_t key[16] ="),
            (format!("key = bytes([{d}])"), "key ="),
            (format!("key: new Uint8Array([{d}]),"), "key:"),
            (format!("byte[] key = {{{cast}}};"), "byte[] key ="),
            (format!("byte[] key = {{{signed}}};"), "byte[] key ="),
            (format!("const SAMPLE: [u8; 16] = [{x}];"), "const SAMPLE: [u8; 16] ="),
            (format!("#define KEY {{{x}}}"), "#define KEY "),
            (format!("key = b\"{escaped}\""), "key ="),
            (format!("\"secretKey\": [{d}]"), "\"secretKey\":"),
        ] {
            assert_eq!(read(&text), [format!("{head} \"{hex}\"")], "{text}");
        }
    }

    #[test]
    fn other_numbers_are_left_alone() {
        let x = joined(|b| format!("0x{b:02X}"), ", ");
        for text in [
            format!("key = {{{x}, 1}}"),
            "key = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}".to_owned(),
            format!("key = {{{}}}", ["0x00"; 32].join(", ")),
            "key = [300, 2, 400]".to_owned(),
            "key(1, 2)".to_owned(),
            "key = \"\\x1b[0m\"".to_owned(),
        ] {
            assert_eq!(read(&text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(
            text in prop::collection::vec(prop::sample::select(b"{[(\"\\x01f9,- u8)}\n=:k".to_vec()), 0..200),
            hits in prop::collection::vec(0usize..200, 0..4),
        ) {
            let hits = testing::hits(&text, hits);
            for v in views(&text, &hits, &mut Budget::of(1000)) {
                prop_assert_eq!(v.places.len(), v.bytes.len() + 1);
                prop_assert!(v.at.end <= text.len() && v.places.windows(2).all(|w| w[0] <= w[1]));
            }
        }
    }
}
