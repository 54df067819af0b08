//! Strings in pieces: `"abc" + "def"`, `'abc' . 'def'`, `"".join(["abc", "def"])`, on one line or over several.
//!
//! Searched only around keyword hits, and only on lines no longer than people write. The text between pieces is
//! removed, so that a name, a format or a key of many lines is seen as the program sees it.

use super::seams::{self, Commas, Gap};
use super::{Budget, PIECES, View};
use crate::text::lang::Lang;
use std::ops::Range;

/// Most bytes of a line; people do not write longer ones.
const LINE: usize = 2 << 10;
/// Lines below a hit on which a string in pieces may start.
const BELOW: usize = 2;
/// Most bytes of a stretch.
const REACH: usize = 16 << 10;

/// The stretches around `hits` (in order) whose strings are in pieces, joined.
pub(super) fn views(text: &[u8], lang: Lang, hits: &[usize], budget: &mut Budget) -> Vec<View> {
    let mut out = Vec::new();
    if is_data(lang) {
        return out;
    }
    let mut done = 0;
    // Everything before this was searched, and no string that starts there is in pieces.
    let mut whole = 0;
    let mut ends = LineEnds { text, from: 0, to: 0 };
    for &hit in hits {
        // The start of an overlong line is not searched.
        let from = hit.saturating_sub(LINE).max(done);
        let Some(start) = memchr::memrchr(b'\n', &text[from..hit.max(from)])
            .map(|i| from + i + 1)
            .or((from == done && hit >= done).then_some(from))
        else {
            continue;
        };
        let seen = memchr::memchr_iter(b'\n', &text[start..whole.max(start)]).count();
        let mut cuts = Vec::new();
        if seen <= BELOW {
            (cuts, whole) = self::cuts(&mut ends, start.max(whole), BELOW - seen, start + REACH, lang);
        }
        let last = cuts.iter().rev().find_map(|c| c.end);
        done = ends.of(last.map_or(hit, |(close, _)| close));
        if !cuts.is_empty() && budget.pay(done - start) {
            out.push(joined(text, start, done, &cuts));
        }
    }
    out
}

/// Returns whether the format has no expressions.
fn is_data(lang: Lang) -> bool {
    use Lang::{DotEnv, Html, Ini, Json, Markdown, Properties, Toml, Xml, Yaml};
    matches!(lang, DotEnv | Html | Ini | Json | Markdown | Properties | Toml | Xml | Yaml)
}

/// A part to remove from a stretch.
#[derive(Debug)]
pub(super) struct Cut {
    range: Range<usize>,
    /// The string's last quote, which is replaced by the one that started the first piece.
    end: Option<(usize, u8)>,
}

impl Cut {
    /// A cut between two parts without quotes.
    pub(super) fn plain(range: Range<usize>) -> Cut {
        Cut { range, end: None }
    }
}

/// Line ends, or a cut in long lines. The last one is kept, so that a line with very many strings is not searched
/// again for each.
#[derive(Debug)]
struct LineEnds<'t> {
    text: &'t [u8],
    /// No line ends in this stretch.
    from: usize,
    to: usize,
}

impl LineEnds<'_> {
    /// The end of the line that contains `at`, or an offset so far after it that the line is too long.
    fn of(&mut self, at: usize) -> usize {
        if at < self.from || at > self.to {
            (self.from, self.to) = (at, at);
        }
        let most = self.text.len().min(at + LINE + 1);
        if self.to < most {
            let end = memchr::memchr(b'\n', &self.text[self.to..most]);
            self.to = end.map_or(most, |i| self.to + i);
        }
        self.to.min(most)
    }
}

/// The cuts in the line that starts at `at` and in the next few, up to `limit`. Without any, also the offset up to
/// which no string is in pieces.
fn cuts(
    ends: &mut LineEnds<'_>,
    mut at: usize,
    mut below: usize,
    limit: usize,
    lang: Lang,
) -> (Vec<Cut>, usize) {
    let text = ends.text;
    let mut out: Vec<Cut> = Vec::new();
    let mut end = ends.of(at);
    let limit = text.len().min(limit);
    loop {
        let open = memchr::memchr3(b'"', b'\'', b'`', &text[at..end.max(at)]).map(|i| at + i);
        let Some(open) = open.filter(|open| *open < limit) else {
            let newline = open.is_none() && text.get(end) == Some(&b'\n');
            if below == 0 || end >= limit || !newline {
                let whole = open.unwrap_or(end + usize::from(newline));
                let is_whole = out.is_empty();
                return (out, if is_whole { whole } else { 0 });
            }
            below -= 1;
            at = end + 1;
            end = ends.of(at);
            continue;
        };
        let apostrophe = text[open] == b'\'' && before(text, open).is_ascii_alphanumeric();
        let string =
            Some(&mut out).filter(|_| !apostrophe).and_then(|out| string(ends, open, limit, lang, out));
        let Some(close) = string else {
            at = open + 1;
            continue;
        };
        at = close + 1;
        end = ends.of(at);
    }
}

/// The end of the string that starts at `open` with all its pieces. Adds its cuts to `out`.
fn string(
    ends: &mut LineEnds<'_>,
    open: usize,
    limit: usize,
    lang: Lang,
    out: &mut Vec<Cut>,
) -> Option<usize> {
    let text = ends.text;
    let first = out.len();
    let Some(mut close) = closing(ends, open + 1, text[open], limit, out) else {
        out.truncate(first);
        return None;
    };
    let is_blank = seams::is_blank(&text[open + 1..close]);
    let (mut commas, mut is_first) = (None, true);
    while let Some((next, gap)) = seams::gap(text, close, lang).filter(|(next, _)| *next < limit) {
        let join = || seams::commas(text, open, close) == Commas::Join;
        let (joins, called) = match gap {
            Gap::Joins => (true, false),
            Gap::Call => (true, text[..open].ends_with(b"append(")),
            Gap::Opens => (is_first && is_blank, false),
            Gap::Appends(start, end) => (seams::is_given_to(text, open, &text[start..end]), false),
            Gap::Comma => (*commas.get_or_insert_with(join), commas == Some(true)),
        };
        let mark = out.len();
        let Some(last) = joins.then(|| closing(ends, next, text[next - 1], limit, out)).flatten() else {
            out.truncate(mark);
            break;
        };
        // A string that joins the others is not a piece.
        let from = if is_first && is_blank { open + 1 } else { close };
        out.insert(mark, Cut { range: from..next, end: None });
        if is_first && called {
            // The call before the first piece is not part of the value.
            out.insert(first, Cut { range: seams::call_start(text, open)..open, end: None });
        }
        commas = commas.or((gap == Gap::Opens).then_some(true));
        (close, is_first) = (last, false);
    }
    if let Some(last) = out[first..].last_mut() {
        last.end = Some((close, text[open]));
    }
    Some(close)
}

/// The end of the string whose content starts at `at`: on its line, or on one that a backslash continues to.
fn closing(
    ends: &mut LineEnds<'_>,
    mut at: usize,
    quote: u8,
    limit: usize,
    out: &mut Vec<Cut>,
) -> Option<usize> {
    let text = ends.text;
    let mut end = ends.of(at);
    while at < end {
        let i = at + memchr::memchr2(quote, b'\\', &text[at..end])?;
        if text[i] == quote {
            return Some(i);
        }
        at = i + 2;
        let newline = i + 1 + usize::from(text.get(i + 1) == Some(&b'\r'));
        if text.get(newline) == Some(&b'\n') && newline < limit {
            out.push(Cut { range: i..newline + 1, end: None });
            at = newline + 1;
            end = ends.of(at);
        }
    }
    None
}

/// The text of the stretch without its cuts; each string ends with the quote that started it.
pub(super) fn joined(text: &[u8], start: usize, end: usize, cuts: &[Cut]) -> View {
    let mut bytes = Vec::with_capacity(end - start);
    let mut places = Vec::with_capacity(end - start + 1);
    let mut at = start;
    let mut copy = |from: usize, to: usize| {
        bytes.extend_from_slice(&text[from..to.max(from)]);
        places.extend(from..to);
    };
    for cut in cuts {
        copy(at, cut.range.start);
        at = cut.range.end;
    }
    copy(at, end);
    places.push(end);
    for (last, quote) in cuts.iter().filter_map(|c| c.end) {
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

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use proptest::prelude::*;

    fn together(text: &str, lang: Lang) -> Vec<String> {
        testing::texts(views(text.as_bytes(), lang, &[0], &mut Budget::of(1 << 16)))
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
            (Lang::C, "k = \"ab\\\ncd\";", "k = \"abcd\";"),
            (Lang::Python, "k = ''.join(['ab', 'cd'])", "k = 'abcd'])"),
            (Lang::Python, "k = ''.join([\n  'ab',\n  'cd',\n])", "k = 'abcd',"),
            (Lang::Python, "k = '%s%s' % ('ab', 'cd')", "k = 'abcd')"),
            (Lang::Python, "k = '{}{}'.format('ab', 'cd')", "k = 'abcd')"),
            (Lang::JavaScript, "k = ['ab', 'cd'].join('')", "k = 'abcd'].join('')"),
            (Lang::JavaScript, "k = 'ab'.concat('cd')", "k = 'abcd')"),
            (Lang::Ruby, "k = ['ab', 'cd'].join", "k = 'abcd'].join"),
            (Lang::Php, "$k = implode('', ['ab', \"cd\"]);", "$k = 'abcd']);"),
            (Lang::Perl, "my $k = join('', 'ab', 'cd');", "my $k = 'abcd');"),
            (Lang::Other, "k = strcat('ab', 'cd');", "k = 'abcd');"),
            (Lang::Java, "k = new StringBuilder().append(\"ab\").append(\"cd\");", "k = \"abcd\");"),
            (Lang::Java, "k = String.join(\"\", \"ab\", \"cd\");", "k = \"abcd\");"),
            (Lang::Go, "k := fmt.Sprintf(\"%s%s\", \"ab\", \"cd\")", "k := \"abcd\")"),
            (Lang::Go, "k := strings.Join([]string{\"ab\", \"cd\"}, \"\")", "k := \"abcd\"}, \"\")"),
            (Lang::Rust, "k = concat!(\"ab\", \"cd\");", "k = \"abcd\");"),
            (Lang::JavaScript, "let k = 'ab';\nk += 'cd';", "let k = 'abcd';"),
            (Lang::Python, "k = 'ab'\nk += 'cd'\nk += 'ef'", "k = 'abcdef'"),
            (Lang::Python, "k = 'ab'\nk = k + 'cd'", "k = 'abcd'"),
            (Lang::Php, "$k = 'ab'; $k .= 'cd';", "$k = 'abcd';"),
            (Lang::Ruby, "k = 'ab'\nk << 'cd'", "k = 'abcd'"),
            (Lang::Shell, "k='ab'\nk+='cd'", "k='abcd'"),
            (Lang::CSharp, "this.k = \"ab\";\nthis.k += \"cd\";", "this.k = \"abcd\";"),
            (Lang::JavaScript, "k = 'ab' + // why\n  'cd';", "k = 'abcd';"),
            (Lang::JavaScript, "k = 'ab' /* 1 */ + /* 2 */ 'cd';", "k = 'abcd';"),
            (Lang::Python, "k = ('ab'\n  # why\n  'cd')", "k = ('abcd')"),
            (Lang::Shell, "k=\"ab\"\"cd\"", "k=\"abcd\""),
            (Lang::Shell, "k='ab'\"cd\"", "k='abcd'"),
        ] {
            let all = together(text, lang);
            assert_eq!(all.len(), 1, "{text}");
            assert_eq!(all[0].trim_end_matches("\n)"), whole, "{text}");
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
            (Lang::Shell, "k='ab'\nf 'cd'"),
            (Lang::JavaScript, "k = 'ab';\nj += 'cd';"),
            (Lang::JavaScript, "k = 'ab';\nk = 'cd';"),
            (Lang::JavaScript, "f('ab');\nk += 'cd';"),
            (Lang::Python, "mk = 'ab'\nk += 'cd'"),
            (Lang::Shell, "f 'ab' \\\n  'cd'"),
            (Lang::Json, "\"ab\" + \"cd\""),
            (Lang::Python, "'ab'\n\n\n'cd'"),
            (Lang::Python, "', '.join(['ab', 'cd'])"),
            (Lang::Python, "'%s:%s' % ('ab', 'cd')"),
            (Lang::JavaScript, "['ab', 'cd'].join(':')"),
            (Lang::JavaScript, "['ab', 'cd'].map(f)"),
            (Lang::JavaScript, "f('', 'ab', 'cd')"),
            (Lang::Php, "implode(',', ['ab', 'cd'])"),
            (Lang::Go, "strings.Join([]string{\"ab\", \"cd\"}, \"/\")"),
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
        fn the_ends_of_lines_are_those_that_are_looked_for_anew(
            lines in prop::collection::vec(prop::sample::select(vec![0usize, 1, 90, LINE - 1, LINE, LINE + 1, 3 * LINE]), 0..6),
            places in prop::collection::vec(0usize..12_000, 0..30),
        ) {
            let text = lines.iter().map(|length| "x".repeat(*length) + "\n").collect::<String>().into_bytes();
            let mut ends = LineEnds { text: &text, from: 0, to: 0 };
            for at in places.into_iter().filter(|at| *at <= text.len()) {
                let to = text.len().min(at + LINE + 1);
                let plain = memchr::memchr(b'\n', &text[at..to]).map_or(to, |i| at + i);
                prop_assert_eq!(ends.of(at), plain, "{}", at);
            }
        }

        #[test]
        fn any_bytes_are_safe_to_join(
            text in prop::collection::vec(prop::sample::select(b"ab\"'`+.& |\\\r\n@\xff".to_vec()), 0..120),
            hits in prop::collection::vec(0usize..120, 0..5),
            lang in prop::sample::select(vec![Lang::Python, Lang::Php, Lang::Other]),
        ) {
            let hits = testing::hits(&text, hits);
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
