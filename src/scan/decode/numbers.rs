//! Keys as numbers: `key = {0x1f, 0x2b, ...}`, `new Uint8Array([31, 43, ...])`, `"\x1f\x2b..."`. Read as the hex
//! digits of their bytes.
//!
//! Text as characters: `char token[] = {'a', 'b', ...}`, `String.fromCharCode(97, 98, ...)`, `chr(97) . chr(98)`. Read as
//! the string that they make.
//!
//! Searched only after keyword hits, and only with as many bytes as keys and tokens have.

use super::{Budget, View, byte_of};
use crate::text::line;

/// Bytes of a line before its hit that are included.
const LINE: usize = 200;
/// Bytes after a hit in which the numbers must start.
const BEGIN: usize = 160;
/// Most bytes of a list.
const LIST: usize = 1200;
/// Most numbers of a list.
const MOST: usize = 240;
/// Fewest characters of a text; no token is shorter.
const SHORTEST: usize = 16;
/// Lengths of keys in bytes.
const LENGTHS: [usize; 5] = [16, 24, 32, 48, 64];

/// The lines of these hits (in order) whose value is written in numbers.
pub(super) fn views(text: &[u8], hits: &[usize], budget: &mut Budget) -> Vec<View> {
    let mut out = Vec::new();
    let mut done = 0;
    // Most texts have none, so they are not searched for at each hit.
    let mut escapes = memchr::memmem::find_iter(text, b"\\x").peekable();
    for &hit in hits.iter() {
        if hit < done {
            continue;
        }
        let end = line::end(text, hit, BEGIN);
        while escapes.next_if(|at| *at < hit).is_some() {}
        let brackets = memchr::memchr3_iter(b'{', b'[', b'(', &text[hit..end]).map(|i| hit + i);
        let escape = escapes.peek().filter(|at| **at + 2 <= end).and_then(|at| at.checked_sub(1));
        let mut openers = brackets.chain(escape.filter(|i| matches!(text[*i], b'"' | b'\'')));
        let found = openers.find_map(|open| read(text, open));
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

/// The key or text at a bracket or a quote, each byte with its offset; and where it starts.
fn read(text: &[u8], open: usize) -> Option<(usize, Vec<(u8, usize)>)> {
    if let Some(start) = call_start(text, open) {
        return Some((start, joined(text, start))).filter(|(_, n)| is_text(n));
    }
    let is_string = matches!(text[open], b'"' | b'\'');
    let found = begins_list(&text[open + 1..]).then(|| list(text, open)).flatten()?;
    // The escapes of a string are undone elsewhere.
    (is_key(&found) || !is_string && is_text(&found)).then_some((open, found))
}

/// Returns whether a list of numbers or characters may continue like this: most brackets contain something else.
fn begins_list(rest: &[u8]) -> bool {
    let Some(first) = rest.iter().take(LIST).position(|b| !b.is_ascii_whitespace() && *b != b',') else {
        return false;
    };
    let rest = &rest[first..];
    rest[0].is_ascii_digit()
        || matches!(rest[0], b'-' | b'(' | b'\\')
        || matches!(rest[0], b'\'' | b'?' | b'b' | b'L' | b'[' | b'c' | b'C') && element(rest).is_some()
}

/// Functions that make a character of a number.
const MAKES: [&[u8]; 3] = [b"chr(", b"char(", b"[char]"];

/// The start of `chr(` or `[char]` with a bracket at `open`.
fn call_start(text: &[u8], open: usize) -> Option<usize> {
    let starts = |make: &&[u8]| {
        let start = if text[open] == b'[' { Some(open) } else { (open + 1).checked_sub(make.len()) };
        start.filter(|at| text.get(*at..at + make.len()).is_some_and(|t| t.eq_ignore_ascii_case(make)))
    };
    MAKES.iter().find_map(starts)
}

/// Characters joined by operators, `chr(97) . chr(98)`, each with its offset.
fn joined(text: &[u8], start: usize) -> Vec<(u8, usize)> {
    let end = text.len().min(start + LIST);
    let (mut out, mut at) = (Vec::new(), start);
    while let Some((byte, length)) = made(&text[at..end]) {
        out.push((byte, at));
        at += length;
        let operator = |b: &&u8| b.is_ascii_whitespace() || matches!(**b, b'.' | b'&' | b'+' | b'|' | b',');
        at += text[at..end].iter().take_while(operator).count();
    }
    out
}

/// The byte of the number, character or call at the start of `rest`, and its length.
fn element(rest: &[u8]) -> Option<(u8, usize)> {
    number(rest).or_else(|| character(rest)).or_else(|| made(rest))
}

/// The character that a call at the start of `rest` makes, and the call's length: `chr(97)`, `[char]97`.
fn made(rest: &[u8]) -> Option<(u8, usize)> {
    let is_start = |make: &&&[u8]| rest.get(..make.len()).is_some_and(|r| r.eq_ignore_ascii_case(make));
    let head = MAKES.iter().find(is_start)?.len();
    let (byte, length) = number(&rest[head..])?;
    Some((byte, head + length + usize::from(rest.get(head + length) == Some(&b')'))))
}

/// The character of the literal at the start of `rest`, and its length: `'a'`, `b'a'`, `'\0'`, Ruby's `?a`.
fn character(rest: &[u8]) -> Option<(u8, usize)> {
    let prefix = usize::from(matches!(rest, [b'b' | b'L' | b'u', b'\'', ..]));
    match rest.get(prefix..)? {
        [b'\'', b'\\', b'0', b'\'', ..] => Some((0, prefix + 4)),
        [b'\'', b'\\', c, b'\'', ..] if c.is_ascii_punctuation() => Some((*c, prefix + 4)),
        [b'\'', c, b'\'', ..] => Some((*c, prefix + 3)),
        [b'?', c, b',' | b']' | b' ', ..] => Some((*c, 2)),
        _ => None,
    }
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
                out.push((byte_of(*a, *b)?, at));
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
        let (byte, length) = element(&rest[cast..])?;
        out.push((byte, at));
        at += cast + length;
        if out.len() > MOST {
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

/// Returns whether this is a text of one word, as a token is, with C's zero behind it or not.
fn is_text(numbers: &[(u8, usize)]) -> bool {
    let text = numbers.split_last().filter(|(last, _)| last.0 == 0).map_or(numbers, |(_, text)| text);
    text.len() >= SHORTEST && text.iter().all(|(byte, _)| byte.is_ascii_graphic())
}

/// The line up to the assignment, and the value: the text, otherwise hex digits.
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
    let is_text = is_text(numbers);
    for (byte, at) in numbers {
        match byte {
            0 if is_text => {}
            _ if is_text => push(*byte, *at),
            _ => [byte >> 4, byte & 15]
                .iter()
                .for_each(|nibble| push(b"0123456789abcdef"[usize::from(*nibble)], *at)),
        }
    }
    let last = numbers[numbers.len() - 1].1;
    let length = || {
        let in_number = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'\\' | b'(');
        text[last..].iter().take_while(in_number).count()
    };
    let end = last + element(&text[last..]).map_or_else(length, |(_, length)| length).max(1);
    push(b'"', end);
    places.push(end + 1);
    View {
        bytes,
        at: start..text.len().min(end + 1),
        form: if is_text { "characters" } else { "numbers" },
        places,
        as_is: false,
    }
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
    fn a_text_of_characters_is_read_in_every_language() {
        let word = "Zq7-Lm2_Xw9'Tb4Rv8Kp";
        let chars =
            |each: &dyn Fn(char) -> String, by: &str| word.chars().map(each).collect::<Vec<_>>().join(by);
        let quoted = |c: char| if c == '\'' { r"'\''".to_owned() } else { format!("'{c}'") };
        let list = chars(&quoted, ", ");
        let code = |c: char| u32::from(c).to_string();
        for text in [
            format!("char token[] = {{{list}, 0}};"),
            format!("char token[] = {{{list}, '\\0'}};"),
            format!("char token[] = {{\n  {}\n}};", chars(&quoted, ",\n  ")),
            format!("char token[] = {{{}}};", chars(&|c| format!("{:#x}", u32::from(c)), ",")),
            format!("token := []byte{{{list}}}"),
            format!("let token = [{}];", chars(&|c| format!("b{}", quoted(c)), ", ")),
            format!("token = [{}].join", chars(&|c| format!("?{c}"), ", ")),
            format!("token = String.fromCharCode({})", chars(&code, ",")),
            format!("token = bytes([{}]).decode()", chars(&code, ", ")),
            format!("token = ''.join(chr(c) for c in [{}])", chars(&code, ", ")),
            format!("$token = {};", chars(&|c| format!("chr({})", code(c)), ".")),
            format!("token = {}", chars(&|c| format!("Chr({})", code(c)), " & ")),
            format!("token = concat({})", chars(&|c| format!("CHAR({})", code(c)), ", ")),
            format!("$token = -join ({})", chars(&|c| format!("[char]{}", code(c)), ", ")),
            format!("$token = {}", chars(&|c| format!("[char]{}", code(c)), " + ")),
        ] {
            let view = &views(text.as_bytes(), &[0], &mut Budget::of(1 << 16))[0];
            let said = String::from_utf8_lossy(&view.bytes);
            assert!(said.ends_with(&format!(" \"{word}\"")), "{text}: {said}");
            let first = view.bytes.len() - 1 - word.len();
            let place = view.place(&(first..first + word.len()));
            let end = &text[place.end..];
            assert!(end.starts_with([',', '\n', '}', ']', ')', ';']) || end.is_empty(), "{text}: {end}");
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
