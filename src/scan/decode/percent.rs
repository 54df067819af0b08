//! A private key in the value of a URL or form: `key=-----BEGIN%20PRIVATE%20KEY-----%0AMII...`. Its blanks and line ends
//! are encoded too, and it is longer than the stretch around an escape.

use super::{Budget, View, byte_of};
use memchr::memmem;
use std::ops::Range;

/// Most bytes of an encoded key before and after its label.
const REACH: (usize, usize) = (96, 24 << 10);

/// The encoded private keys, decoded as a whole.
pub(super) fn views(text: &[u8], budget: &mut Budget) -> Vec<View> {
    let mut out: Vec<View> = Vec::new();
    let mut done = 0;
    for label in memmem::find_iter(text, b"PRIVATE") {
        if label < done {
            continue;
        }
        let Some(at) = encoded(text, label) else { continue };
        // What was read once is not read for its other labels.
        done = at.end;
        if memmem::find(&text[label..at.end], b"%0").is_none() {
            continue;
        }
        if !budget.pay(at.len()) {
            break;
        }
        out.push(decoded(text, at));
    }
    out
}

/// The encoded text around a label; `None` if the label is not between encoded blanks.
fn encoded(text: &[u8], label: usize) -> Option<Range<usize>> {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"%+-_.~/=!*()'".contains(b);
    let before = &text[label.saturating_sub(REACH.0)..label];
    let blank = before.ends_with(b"%20") || before.ends_with(b"+");
    let lead = memmem::rfind(before, b"BEGIN").filter(|_| blank)?;
    let dashes =
        before[..lead].iter().rev().take_while(|b| matches!(b, b'-' | b'%' | b'2' | b'D' | b'd')).count();
    let start = label - before.len() + lead - dashes;
    let rest = &text[label..text.len().min(label + REACH.1)];
    let end = label + rest.iter().take_while(|b| is_part(b)).count();
    Some(start..end)
}

fn decoded(text: &[u8], at: Range<usize>) -> View {
    let mut bytes = Vec::with_capacity(at.len());
    let mut places = Vec::with_capacity(at.len() + 1);
    // In a form `+` is a blank, and a plus sign is encoded.
    let is_form = memmem::find(&text[at.clone()], b"BEGIN+").is_some();
    let mut i = at.start;
    while i < at.end {
        let (byte, length) = match text[i..at.end] {
            [b'%', high, low, ..] => byte_of(high, low).map_or((b'%', 1), |byte| (byte, 3)),
            [b'+', ..] if is_form => (b' ', 1),
            _ => (text[i], 1),
        };
        bytes.push(byte);
        places.push(i);
        i += length;
    }
    places.push(at.end);
    View { bytes, at, form: "escapes", places, as_is: false }
}

#[cfg(test)]
mod tests {
    use super::super::testing::texts;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_in_a_form_is_decoded_with_its_lines() {
        let budget = || Budget::of(1 << 20);
        for (text, says) in [
            (
                "k=-----BEGIN%20PRIVATE%20KEY-----%0AMI%2Bx%0A-----END&b=1",
                "-----BEGIN PRIVATE KEY-----\nMI+x\n-----END",
            ),
            ("k=-----BEGIN+PRIVATE+KEY-----%0D%0AMI%2Bx", "-----BEGIN PRIVATE KEY-----\r\nMI+x"),
            ("k=%2D%2DBEGIN%20EC%20PRIVATE%20KEY%2D%2D%0aMI", "--BEGIN EC PRIVATE KEY--\nMI"),
        ] {
            assert_eq!(texts(views(text.as_bytes(), &mut budget())), [says], "{text}");
        }
        for text in ["-----BEGIN PRIVATE KEY-----", "a%20PRIVATE%20b%0A", "BEGIN%20PRIVATE%20KEY"] {
            assert!(views(text.as_bytes(), &mut budget()).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(parts in prop::collection::vec(prop::sample::select(
            &["-----", "BEGIN", "%20", "+", "PRIVATE", "KEY", "%0A", "%", "%4", "x", "\n", "%2D"][..],
        ), 0..24)) {
            let text = parts.concat();
            for view in views(text.as_bytes(), &mut Budget::of(text.len())) {
                prop_assert!(view.at.end <= text.len());
                prop_assert_eq!(view.place(&(0..view.bytes.len())), view.at);
            }
        }
    }
}
