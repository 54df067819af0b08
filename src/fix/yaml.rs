//! The place of a value in a YAML file.

use std::ops::Range;

/// A value's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) kind: Kind,
    /// The scalar that contains it, with its quotes.
    pub(super) scalar: Range<usize>,
    /// The keys above it, the outermost first.
    pub(super) keys: Vec<String>,
    /// True inside of `[...]` or `{...}`.
    pub(super) flow: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Single,
    Double,
    /// `|` or `>`
    Block,
    Key,
    Comment,
}

/// The place of `want`; `None` if it crosses the border of a scalar, or the text cannot be parsed.
pub(super) fn place(text: &[u8], want: &Range<usize>) -> Option<Place> {
    let mut s = Scanner { text, want, i: 0, keys: Vec::new(), flow: 0, block: None };
    while s.i < text.len() {
        let end = memchr::memchr(b'\n', &text[s.i..]).map_or(text.len(), |i| s.i + i);
        if let Some(place) = s.line(end)? {
            return Some(place);
        }
        s.i = s.i.max(end) + 1;
    }
    None
}

struct Scanner<'a> {
    text: &'a [u8],
    want: &'a Range<usize>,
    i: usize,
    /// The open keys, each with its column.
    keys: Vec<(usize, String)>,
    flow: usize,
    /// The column that a block scalar's lines are indented beyond.
    block: Option<usize>,
}

impl Scanner<'_> {
    fn at(&self, i: usize) -> u8 {
        self.text.get(i).copied().unwrap_or(b'\n')
    }

    /// The place, if this stretch contains the value; `None` if it contains a part of it.
    fn meets(&self, kind: Kind, scalar: Range<usize>) -> Option<Option<Place>> {
        if scalar.end <= self.want.start || self.want.end <= scalar.start {
            return Some(None);
        }
        if !(scalar.start <= self.want.start && self.want.end <= scalar.end) {
            return None;
        }
        let keys = self.keys.iter().map(|(_, k)| k.clone()).collect();
        Some(Some(Place { kind, scalar, keys, flow: self.flow > 0 }))
    }

    /// Reads a line that ends at `end`; a quoted scalar may continue on later lines. `None` if the text cannot
    /// be parsed.
    fn line(&mut self, end: usize) -> Option<Option<Place>> {
        let start = self.i;
        let indent = self.text[start..end].iter().take_while(|b| **b == b' ').count();
        let empty = self.text[start..end].trim_ascii().is_empty();
        if let Some(beyond) = self.block {
            if empty || indent > beyond {
                return self.meets(Kind::Block, start..end);
            }
            self.block = None;
        }
        if empty {
            return Some(None);
        }
        self.i = start + indent;
        let mut column = indent;
        let mut begins = true;
        let mut end = end;
        while self.i < end {
            let (i, b) = (self.i, self.at(self.i));
            match b {
                b' ' | b'\t' | b'\r' => self.i += 1,
                b'#' if i == start || matches!(self.at(i - 1), b' ' | b'\t') => {
                    let found = self.meets(Kind::Comment, i..end);
                    self.i = end;
                    return found;
                }
                b'-' | b'?' if begins && self.flow == 0 && self.at(i + 1).is_ascii_whitespace() => {
                    self.i += 1;
                    let blanks = self.text[self.i..end].iter().take_while(|b| **b == b' ').count();
                    // Anything deeper than this item has ended.
                    self.keys.retain(|(c, _)| *c < i - start || *c == i - start && self.flow > 0);
                    column = self.i + blanks - start;
                }
                b'[' | b'{' => {
                    self.flow += 1;
                    self.i += 1;
                }
                b']' | b'}' if self.flow > 0 => {
                    self.flow -= 1;
                    self.i += 1;
                }
                b',' if self.flow > 0 => self.i += 1,
                b'&' | b'!' | b'*' if begins || i > 0 && self.at(i - 1) == b' ' => {
                    self.i += self.text[i..end].iter().take_while(|b| !b.is_ascii_whitespace()).count();
                }
                b'"' | b'\'' => {
                    let close = self.quoted(b, i)?;
                    let scalar = i..close + 1;
                    self.i = close + 1;
                    end = end.max(
                        memchr::memchr(b'\n', &self.text[close..]).map_or(self.text.len(), |n| close + n),
                    );
                    let key = self.key_follows(end);
                    let kind = match (key, b) {
                        (true, _) => Kind::Key,
                        (_, b'"') => Kind::Double,
                        _ => Kind::Single,
                    };
                    if let Some(place) = self.meets(kind, scalar.clone())? {
                        return Some(Some(place));
                    }
                    if key {
                        self.key(&scalar, column, end);
                    }
                }
                b'|' | b'>' if self.flow == 0 && self.is_header(i, end) => {
                    self.block = Some(self.keys.last().map_or(indent, |(c, _)| *c));
                    self.i = end;
                    return Some(None);
                }
                b'%' | b'@' | b'`' if begins && i == start => self.i = end,
                _ => {
                    let close = self.plain(i, end);
                    let scalar = i..close;
                    self.i = close.max(i + 1);
                    let key = self.key_follows(end);
                    let kind = if key { Kind::Key } else { Kind::Plain };
                    if let Some(place) = self.meets(kind, scalar.clone())? {
                        return Some(Some(place));
                    }
                    if key {
                        self.key(&scalar, column, end);
                    }
                }
            }
            begins = matches!(b, b'-' | b'?' | b' ');
        }
        Some(None)
    }

    /// The offset of the closing quote.
    fn quoted(&self, quote: u8, open: usize) -> Option<usize> {
        let mut i = open + 1;
        while i < self.text.len() {
            match self.text[i] {
                b'\\' if quote == b'"' => i += 1,
                b if b == quote && quote == b'\'' && self.at(i + 1) == b'\'' => i += 1,
                b if b == quote => return Some(i),
                _ => {}
            }
            i += 1;
        }
        None
    }

    /// The end of a plain scalar, without trailing blanks.
    fn plain(&self, start: usize, end: usize) -> usize {
        let mut i = start;
        while i < end {
            let b = self.text[i];
            let blank = |b: u8| b.is_ascii_whitespace();
            let stops = b == b':'
                && (blank(self.at(i + 1)) || self.flow > 0 && b",]}".contains(&self.at(i + 1)))
                || b == b'#' && i > start && blank(self.text[i - 1])
                || self.flow > 0 && b",[]{}".contains(&b);
            if stops {
                break;
            }
            i += 1;
        }
        start + self.text[start..i].trim_ascii_end().len()
    }

    /// Returns whether a colon follows, which makes a scalar a key.
    fn key_follows(&self, end: usize) -> bool {
        let mut i = self.i;
        while i < end && self.text[i] == b' ' {
            i += 1;
        }
        i < end && self.text[i] == b':' && (self.at(i + 1).is_ascii_whitespace() || self.flow > 0)
    }

    /// Enters a key, and skips its colon.
    fn key(&mut self, scalar: &Range<usize>, column: usize, end: usize) {
        let name = String::from_utf8_lossy(&self.text[scalar.clone()]).trim_matches(['"', '\'']).to_owned();
        let column = if self.flow > 0 { column + 1 + self.flow } else { column };
        self.keys.retain(|(c, _)| *c < column);
        self.keys.push((column, name));
        while self.i < end && self.text[self.i] == b' ' {
            self.i += 1;
        }
        self.i += 1;
    }

    fn is_header(&self, i: usize, end: usize) -> bool {
        let rest = &self.text[i + 1..end];
        let mark = rest.iter().take_while(|b| b.is_ascii_digit() || b"+-".contains(b)).count();
        let rest = rest[mark..].trim_ascii();
        rest.is_empty() || rest.starts_with(b"#")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scalar_is_distinguished_from_keys_and_comments() {
        for (text, kind, keys) in [
            ("a:\n  b: KEY\n", Kind::Plain, "a b"),
            ("a:\n  b: \"x KEY\" # c\n", Kind::Double, "a b"),
            ("a:\n  - b: 'KEY'\n", Kind::Single, "a b"),
            ("a: 1 # KEY\n", Kind::Comment, "a"),
            ("KEY: 1\n", Kind::Key, ""),
            (
                "jobs:\n  x:\n    steps:\n      - run: |\n          curl KEY\n        env:\n          K: 1\n",
                Kind::Block,
                "jobs x steps run",
            ),
            ("steps:\n  - run: |\n      a\n    env:\n      K: KEY\n", Kind::Plain, "steps env K"),
            ("a: {b: KEY, c: 1}\n", Kind::Plain, "a b"),
            ("a:\n  - K=KEY\n", Kind::Plain, "a"),
            ("a: \"x\n  y\"\nb: KEY\n", Kind::Plain, "b"),
            ("a: it's\nb: 'KEY'\n", Kind::Single, "b"),
            ("- a: 1\n  b: KEY\n", Kind::Plain, "b"),
            ("url: postgres://u:KEY@h/d\n", Kind::Plain, "url"),
        ] {
            let at = text.find("KEY").unwrap();
            let place = place(text.as_bytes(), &(at..at + 3)).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((place.kind, place.keys.join(" ").as_str()), (kind, keys), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-c:\\-?'\"#{}\\[\\]|> ,\n&!*]{0,50}", at in 0usize..50) {
            let at = at.min(text.len());
            let _ = place(text.as_bytes(), &(at..text.len().min(at + 3)));
        }
    }
}
