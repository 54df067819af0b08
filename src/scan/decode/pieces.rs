//! Strings in pieces: `"abc" + "def"`, `'abc' . 'def'`, `"abc" "def"`, on one line or over several.
//!
//! Pieces are looked for around keyword hits only, and where a line is no longer than a person writes. The seams are
//! taken out, so that a name, a format or a key of many lines is seen as the program sees it.

use super::{Budget, PIECES, View};
use crate::text::lang::Lang;

/// A longer line is not written by a person.
const LINE: usize = 2 << 10;
/// So far below a hit a string in pieces may begin.
const BELOW: usize = 2;
/// The longest stretch.
const REACH: usize = 16 << 10;

/// The stretches around `hits` (in order) whose strings are in pieces, put together.
pub(super) fn views(text: &[u8], lang: Lang, hits: &[usize], budget: &mut Budget) -> Vec<View> {
    let mut out = Vec::new();
    if is_data(lang) {
        return out;
    }
    let mut done = 0;
    // The lines before this have been looked at, and no string that begins in one is in pieces.
    let mut whole = 0;
    for &hit in hits {
        // Of a line that is too long the start is not seen.
        let from = hit.saturating_sub(LINE).max(done);
        let Some(start) = memchr::memrchr(b'\n', &text[from..hit.max(from)])
            .map(|i| from + i + 1)
            .or((from == done && hit >= done).then_some(from))
        else {
            continue;
        };
        let seen = memchr::memchr_iter(b'\n', &text[start..whole.max(start)]).count();
        let mut seams = Vec::new();
        if seen <= BELOW {
            let from = if seen == 0 { start } else { whole };
            (seams, whole) = self::seams(text, from, BELOW - seen, start + REACH, lang);
        }
        done = line_end(text, seams.last().map_or(hit, |s| s.last));
        if !seams.is_empty() && budget.pay(done - start) {
            out.push(joined(text, start, done, &seams));
        }
    }
    out
}

/// Formats without expressions.
fn is_data(lang: Lang) -> bool {
    use Lang::{DotEnv, Html, Ini, Json, Markdown, Properties, Toml, Xml, Yaml};
    matches!(lang, DotEnv | Html | Ini | Json | Markdown | Properties | Toml | Xml | Yaml)
}

/// What stands between two pieces.
#[derive(Debug)]
struct Seam {
    /// The quote that ends the piece before.
    close: usize,
    /// Where the next piece begins, after its quote.
    open: usize,
    /// The quote that began the first piece.
    quote: u8,
    /// Where the string ends that this piece is part of: its last quote.
    last: usize,
}

/// The seams in the line that begins at `at` and in so many below, as far as `limit`. Where there is none, also the start
/// of the line after them all.
fn seams(text: &[u8], mut at: usize, mut below: usize, limit: usize, lang: Lang) -> (Vec<Seam>, usize) {
    let mut out: Vec<Seam> = Vec::new();
    let mut end = line_end(text, at);
    let limit = text.len().min(limit);
    loop {
        let Some(open) = memchr::memchr3(b'"', b'\'', b'`', &text[at..end.max(at)]).map(|i| at + i) else {
            if below == 0 || end >= limit || text.get(end) != Some(&b'\n') {
                let all = below == 0 && out.is_empty() && text.get(end) == Some(&b'\n');
                return (out, if all { end + 1 } else { 0 });
            }
            below -= 1;
            at = end + 1;
            end = line_end(text, at);
            continue;
        };
        let apostrophe = text[open] == b'\'' && before(text, open).is_ascii_alphanumeric();
        let Some(mut close) = closing(text, open, end).filter(|_| !apostrophe) else {
            at = open + 1;
            continue;
        };
        let first = out.len();
        while let Some(next) = seam(text, close, lang).filter(|n| *n < limit) {
            end = line_end(text, next);
            let Some(last) = closing(text, next - 1, end) else {
                break;
            };
            out.push(Seam { close, open: next, quote: text[open], last });
            close = last;
        }
        for s in &mut out[first..] {
            s.last = close;
        }
        at = close + 1;
    }
}

/// Where the next piece begins, when the string that ends at `close` is followed by one.
fn seam(text: &[u8], close: usize, lang: Lang) -> Option<usize> {
    let mut at = close + 1;
    let mut joins = matches!(lang, Lang::Python | Lang::C);
    let mut newlines = 0;
    while at < text.len() && at - close < 160 {
        match text[at] {
            // What a space parts are two words in a shell.
            b' ' | b'\t' if matches!(lang, Lang::Shell | Lang::Dockerfile) => return None,
            b' ' | b'\t' | b'\r' => {}
            b'\n' if newlines == 2 => return None,
            b'\n' => newlines += 1,
            b'+' | b'&' | b'|' | b'.' => joins = true,
            b'\\' if matches!(text.get(at + 1), Some(b'\n' | b'\r')) => joins = true,
            b'"' | b'\'' | b'`' if joins => return Some(at + 1),
            // Letters before a string: b"", @"", N''.
            b'b' | b'r' | b'u' | b'f' | b'@' | b'$' | b'N' | b'L'
                if joins && matches!(text.get(at + 1), Some(b'"' | b'\'' | b'@')) => {}
            _ => return None,
        }
        at += 1;
    }
    None
}

/// The quote that ends the string that begins at `open`, on its line.
fn closing(text: &[u8], open: usize, end: usize) -> Option<usize> {
    let quote = text[open];
    let mut at = open + 1;
    while at < end {
        let i = at + memchr::memchr2(quote, b'\\', &text[at..end])?;
        if text[i] == quote {
            return Some(i);
        }
        at = i + 2;
    }
    None
}

/// The text of the stretch without its seams; each string ends with the quote that began it.
fn joined(text: &[u8], start: usize, end: usize, seams: &[Seam]) -> View {
    let mut bytes = Vec::with_capacity(end - start);
    let mut places = Vec::with_capacity(end - start + 1);
    let mut at = start;
    let mut copy = |from: usize, to: usize| {
        bytes.extend_from_slice(&text[from..to]);
        places.extend(from..to);
    };
    let mut quotes = Vec::new();
    for s in seams {
        copy(at, s.close);
        at = s.open;
        quotes.push((s.last, s.quote));
    }
    copy(at, end);
    places.push(end);
    for (last, quote) in quotes {
        if let Ok(i) = places.binary_search(&last)
            && let Some(b) = bytes.get_mut(i)
        {
            *b = quote;
        }
    }
    View { bytes, at: start..end, form: PIECES, places, as_is: true }
}

fn before(text: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(b'\n', |i| text[i])
}

fn line_end(text: &[u8], at: usize) -> usize {
    let to = text.len().min(at + LINE + 1);
    memchr::memchr(b'\n', &text[at.min(to)..to]).map_or(to, |i| at + i)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn together(text: &str, lang: Lang) -> Vec<String> {
        let views = views(text.as_bytes(), lang, &[0], &mut Budget::of(1 << 16));
        views.into_iter().map(|v| String::from_utf8(v.bytes).unwrap()).collect()
    }

    #[test]
    fn pieces_are_put_together_and_their_places_known() {
        for (lang, text, whole) in [
            (Lang::JavaScript, "k = 'ab' + \"cd\" + 'ef';", "k = 'abcdef';"),
            (Lang::Java, "k = \"ab\"\n  + \"cd\";", "k = \"abcd\";"),
            (Lang::Python, "k = (\n  'ab'\n  b'cd'\n)", "k = (\n  'abcd'"),
            (Lang::Python, "k = 'ab' \\\n  'cd'", "k = 'abcd'"),
            (Lang::Php, "$k = 'ab' . \"cd\";", "$k = 'abcd';"),
            (Lang::Lua, "k = 'ab' .. 'cd'", "k = 'abcd'"),
            (Lang::CSharp, "k = \"ab\" + @\"cd\";", "k = \"abcd\";"),
            (Lang::Shell, "k='ab'\\\n'cd'", "k='abcd'"),
            (Lang::Sql, "k := 'ab' || 'cd';", "k := 'abcd';"),
            (Lang::C, "k = \"a\\\"b\" \"cd\";", "k = \"a\\\"bcd\";"),
        ] {
            assert_eq!(together(text, lang)[0].trim_end_matches("\n)"), whole, "{text}");
        }
        let text = "k = 'ab' + 'cd';";
        let view = &views(text.as_bytes(), Lang::JavaScript, &[0], &mut Budget::of(100))[0];
        assert_eq!((view.place(&(5..7)), view.place(&(5..9))), (5..7, 5..14));
        assert!(view.is_plain(&(0..7)) && !view.is_plain(&(5..9)));
    }

    #[test]
    fn what_is_not_in_pieces_is_not_joined() {
        for (lang, text) in [
            (Lang::JavaScript, "f('ab', 'cd')"),
            (Lang::JavaScript, "k = 'ab' + x + 'cd'"),
            (Lang::JavaScript, "f('+', \"b\")"),
            (Lang::JavaScript, "it's 'ab'"),
            (Lang::Shell, "f 'ab' 'cd'"),
            (Lang::Shell, "f 'ab' \\\n  'cd'"),
            (Lang::Json, "\"ab\" + \"cd\""),
            (Lang::Python, "'ab'\n\n\n'cd'"),
        ] {
            assert_eq!(together(text, lang), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_string_two_lines_below_a_hit_is_joined_whatever_hits_are_above() {
        let text = b"a\nb\nc\nk = 'ab' + 'cd'\n";
        for (hits, joined) in [
            (&[2][..], &b"b\nc\nk = 'abcd'"[..]),
            (&[0, 2], b"b\nc\nk = 'abcd'"),
            (&[0, 4], b"c\nk = 'abcd'"),
            (&[0, 6], b"k = 'abcd'"),
        ] {
            let views = views(text, Lang::JavaScript, hits, &mut Budget::of(100));
            assert_eq!(views.iter().map(|v| &v.bytes[..]).collect::<Vec<_>>(), [joined], "{hits:?}");
        }
        assert!(views(text, Lang::JavaScript, &[0], &mut Budget::of(100)).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_bytes_are_safe_to_join(
            text in prop::collection::vec(prop::sample::select(b"ab\"'`+.& |\\\r\n@\xff".to_vec()), 0..120),
            hits in prop::collection::vec(0usize..120, 0..5),
            lang in prop::sample::select(vec![Lang::Python, Lang::Php, Lang::Other]),
        ) {
            let mut hits: Vec<_> = hits.into_iter().filter(|h| *h < text.len()).collect();
            hits.sort_unstable();
            let mut end = 0;
            for v in views(&text, lang, &hits, &mut Budget::of(1000)) {
                prop_assert_eq!(v.places.len(), v.bytes.len() + 1);
                prop_assert!(v.places.windows(2).all(|w| w[0] < w[1]));
                prop_assert!(v.at.start >= end && v.at.end <= text.len() && v.places[v.bytes.len()] == v.at.end);
                end = v.at.end;
            }
        }
    }
}
