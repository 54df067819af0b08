//! Bytes as pairs of hex digits with a separator between them: `64:65:61:64`, `64 65 61 64`, on one line or over several.

use super::{Budget, View, byte_of};

/// Fewest bytes of a text; no token is shorter.
const SHORTEST: usize = 16;
/// Bytes between two looks: a text of [`SHORTEST`] pairs contains one with [`SAMPLE`] bytes behind it.
const STEP: usize = 3 * SHORTEST - 1 - SAMPLE;
/// Bytes that are looked at: two pairs with their separators, wherever the first pair starts.
const SAMPLE: usize = 8;
/// Bytes of a line's indentation.
const INDENT: usize = 80;

/// The texts that are written in pairs of digits.
pub(super) fn views(text: &[u8], budget: &mut Budget) -> Vec<View> {
    let mut out = Vec::new();
    let (mut at, mut done) = (0, 0);
    while let Some(sample) = text.get(at..at + SAMPLE) {
        let found = (0..3).find(|i| is_between(&sample[*i..])).and_then(|i| read(text, at + i, done));
        at += STEP;
        if let Some((bytes, start, end)) = found {
            (at, done) = (at.max(end), end);
            if bytes.len() >= SHORTEST && bytes.iter().all(is_text) && budget.pay(bytes.len()) {
                let form = "hex digits in pairs";
                out.push(View { bytes, at: start..end, form, places: Vec::new(), as_is: false });
            }
        }
    }
    out
}

/// Returns whether a separator, two digits and the same separator come first.
fn is_between(text: &[u8]) -> bool {
    matches!(text[0], b' ' | b':')
        && text[3] == text[0]
        && text[1].is_ascii_hexdigit()
        && text[2].is_ascii_hexdigit()
}

fn is_text(b: &u8) -> bool {
    (0x20..0x7f).contains(b) || matches!(b, b'\n' | b'\r' | b'\t')
}

/// The bytes around the separator at `at`, and their range; not before `least`.
fn read(text: &[u8], at: usize, least: usize) -> Option<(Vec<u8>, usize, usize)> {
    let sign = text[at];
    let mut start = at + 1;
    while let Some(pair) = pair_before(text, start, sign, least) {
        start = pair;
    }
    let mut bytes = vec![pair(text, start)?];
    let mut end = start + 2;
    while let Some((byte, after)) = pair_after(text, end, sign) {
        bytes.push(byte);
        end = after;
    }
    Some((bytes, start, end))
}

fn pair(text: &[u8], at: usize) -> Option<u8> {
    byte_of(*text.get(at)?, *text.get(at + 1)?)
}

/// The pair before the one at `start`, on its line or the one above.
fn pair_before(text: &[u8], start: usize, sign: u8, least: usize) -> Option<usize> {
    let head = &text[least..start];
    let on_line = head.strip_suffix(&[sign]);
    let above = || {
        let indent = head.iter().rev().take(INDENT).take_while(|b| matches!(b, b' ' | b'\t')).count();
        let head = head[..head.len() - indent].strip_suffix(b"\n")?;
        let head = head.strip_suffix(b"\r").unwrap_or(head);
        Some(head.strip_suffix(&[sign]).unwrap_or(head))
    };
    [on_line, above()].into_iter().flatten().find_map(|head| {
        let at = least + head.len().checked_sub(2)?;
        let is_alone = at.checked_sub(1).is_none_or(|i| !text[i].is_ascii_alphanumeric());
        pair(text, at).filter(|_| is_alone).map(|_| at)
    })
}

/// The pair after the one that ends at `end`, on its line or the one below, and its end.
fn pair_after(text: &[u8], end: usize, sign: u8) -> Option<(u8, usize)> {
    let rest = &text[end..];
    let signed = rest.strip_prefix(&[sign]);
    let line = signed.unwrap_or(rest);
    let below = line.strip_prefix(b"\r\n").or_else(|| line.strip_prefix(b"\n")).map(|line| {
        let indent = line.iter().take(INDENT).take_while(|b| matches!(b, b' ' | b'\t')).count();
        &line[indent..]
    });
    let rest = below.or(signed)?;
    let at = text.len() - rest.len();
    let is_alone = text.get(at + 2).is_none_or(|b| !b.is_ascii_alphanumeric());
    pair(text, at).filter(|_| is_alone).map(|byte| (byte, at + 2))
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use proptest::prelude::*;

    const INNER: &str = "password = hunter2 and more";

    fn read(text: &str) -> Vec<String> {
        testing::texts(views(text.as_bytes(), &mut Budget::of(1 << 16)))
    }

    fn pairs(by: &str) -> String {
        INNER.bytes().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(by)
    }

    #[test]
    fn pairs_are_read_wherever_they_stand() {
        for by in [" ", ":"] {
            for before in ["", "a = '", "x ", "0: ", &"-".repeat(70)] {
                for after in ["", "'", "\nnext", " is all"] {
                    let text = format!("{before}{}{after}", pairs(by));
                    let views = views(text.as_bytes(), &mut Budget::of(1 << 16));
                    assert_eq!(views.len(), 1, "{text:?}");
                    assert_eq!(views[0].bytes, INNER.as_bytes(), "{text:?}");
                    assert_eq!(&text[views[0].at.clone()], pairs(by), "{text:?}");
                }
            }
        }
        let long = [pairs(":"), pairs(":").to_uppercase(), pairs(":")].join(":\n   ");
        assert_eq!(read(&long), [INNER.repeat(3)]);
        let long = [pairs(" "), pairs(" ")].join("\n");
        assert_eq!(read(&long), [INNER.repeat(2)]);
    }

    #[test]
    fn other_pairs_are_left_alone() {
        for text in [
            "de:ad:be:ef:de:ad:be:ef:de:ad:be:ef:de:ad:be:ef:de:ad:be:ef".to_owned(),
            "64:65:61:64 64:65:61:64".to_owned(),
            "it is as it is, to be or no to be: we go up, or we do go up at ad be ef".to_owned(),
            pairs("-"),
        ] {
            assert_eq!(read(&text), [""; 0], "{text}");
        }
    }

    proptest! {
        /// However long what is before them is, a look falls on them.
        #[test]
        fn no_place_hides_the_shortest_text(before in 0usize..200, by in prop::sample::select(vec![" ", ":"])) {
            let pairs = ["70"; SHORTEST].join(by);
            prop_assert_eq!(read(&format!("{}{pairs}", ".".repeat(before))), ["p".repeat(SHORTEST)]);
        }

        #[test]
        fn any_bytes_are_safe(text in prop::collection::vec(prop::sample::select(b"67 ::a\r\n\t.".to_vec()), 0..300)) {
            for v in views(&text, &mut Budget::of(1000)) {
                prop_assert!(v.at.end <= text.len() && v.bytes.len() >= SHORTEST);
            }
        }
    }
}
