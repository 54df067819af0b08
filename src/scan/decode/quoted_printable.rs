//! Quoted-printable text, as mail has it: `=3D` for a character, and `=` at the end of a line that goes on.

use super::{Budget, View, byte_of};
use crate::text::line;
use std::ops::Range;

/// Bytes of a line before and after a hit. Mail has at most 76.
const LINE: usize = 1 << 10;
/// Most lines that are joined on each side of a hit.
const LINES: usize = 40;

/// The lines around `hits` (in order), decoded, below a header that names the encoding.
pub(super) fn views(text: &[u8], hits: &[usize], budget: &mut Budget) -> Vec<View> {
    let mut out = Vec::new();
    let Some(&last) = hits.last() else { return out };
    let Some(header) = header(&text[..last]) else { return out };
    let mut done = header;
    for &hit in hits {
        if hit < done {
            continue;
        }
        let at = whole_line(text, hit, done);
        done = at.end;
        if !budget.pay(at.len()) {
            break;
        }
        out.extend(decoded(text, at));
    }
    out
}

/// The end of the first header that names the encoding.
fn header(text: &[u8]) -> Option<usize> {
    let named = |at: &usize| {
        let start = at.saturating_sub(1);
        let name = text.get(start..start + 16);
        name.is_some_and(|name| name.eq_ignore_ascii_case(b"quoted-printable"))
    };
    let first = |part: &[u8]| memchr::memmem::find_iter(text, part).find(named);
    first(b"uoted-").or_else(|| first(b"UOTED-")).map(|at| at + 15)
}

/// The line of a hit, with those that a soft line break joins to it, not before `least`.
fn whole_line(text: &[u8], hit: usize, least: usize) -> Range<usize> {
    let is_soft = |end: usize| text[..end].strip_suffix(b"\r").unwrap_or(&text[..end]).ends_with(b"=");
    let mut start = line::start(text, hit, LINE.min(hit - least));
    for _ in 0..LINES {
        // The line feed before this line.
        let Some(above) =
            start.checked_sub(1).filter(|end| *end > least && text[*end] == b'\n' && is_soft(*end))
        else {
            break;
        };
        start = line::start(text, above, LINE.min(above - least));
    }
    let mut end = line::end(text, hit, LINE);
    for _ in 0..LINES {
        if text.get(end) != Some(&b'\n') || !is_soft(end) {
            break;
        }
        end = line::end(text, end + 1, LINE);
    }
    start..end
}

/// `None` if nothing is encoded there.
fn decoded(text: &[u8], at: Range<usize>) -> Option<View> {
    let (mut bytes, mut places) = (Vec::with_capacity(at.len()), Vec::with_capacity(at.len() + 1));
    let mut i = at.start;
    while i < at.end {
        let (byte, length) = match text[i..at.end] {
            [b'=', b'\n', ..] => (None, 2),
            [b'=', b'\r', b'\n', ..] => (None, 3),
            [b'=', high, low, ..] => byte_of(high, low).map_or((Some(b'='), 1), |byte| (Some(byte), 3)),
            [byte, ..] => (Some(byte), 1),
            [] => (None, 1),
        };
        if let Some(byte) = byte {
            bytes.push(byte);
            places.push(i);
        }
        i += length;
    }
    places.push(at.end);
    let form = "quoted-printable";
    (bytes.len() < at.len()).then_some(View { bytes, at, form, places, as_is: false })
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use proptest::prelude::*;

    fn views_of(text: &str) -> Vec<String> {
        let hits = testing::hits(text.as_bytes(), text.match_indices("key").map(|(i, _)| i).collect());
        testing::texts(views(text.as_bytes(), &hits, &mut Budget::of(1 << 16)))
    }

    #[test]
    fn characters_and_soft_line_breaks_below_the_header_are_undone() {
        let head = "Content-Transfer-Encoding: quoted-printable\n\n";
        for (body, want) in [
            ("key=3Dab=\ncd\nx", "key=abcd"),
            ("a=\r\nkey=3D\"ab=\r\ncd\"\r\nx", "akey=\"abcd\"\r"),
            ("the key =E2=80=93 ab", "the key \u{2013} ab"),
        ] {
            assert_eq!(views_of(&format!("{head}{body}")), [want], "{body}");
        }
        assert_eq!(views_of("N;ENCODING=QUOTED-PRINTABLE:key=3Dx"), [":key=x"]);
        // Nothing is encoded, and nothing says that it may be.
        assert_eq!(views_of(&format!("{head}key=xy")), [""; 0]);
        assert_eq!(views_of("key=3Dab"), [""; 0]);
        assert_eq!(views_of("key=3Dab\nContent-Transfer-Encoding: quoted-printable"), [""; 0]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe_and_each_keeps_its_place(
            body in prop::collection::vec(prop::sample::select(b"=3Da\r\n\n =".to_vec()), 0..120),
            hits in prop::collection::vec(0usize..140, 0..5),
        ) {
            let text = [&b"quoted-printable\n"[..], &body].concat();
            let hits = testing::hits(&text, hits);
            for v in views(&text, &hits, &mut Budget::of(1000)) {
                prop_assert_eq!(v.places.len(), v.bytes.len() + 1);
                prop_assert!(v.places.windows(2).all(|w| w[0] < w[1]));
                prop_assert!(v.at.start >= 16);
            }
        }
    }
}
