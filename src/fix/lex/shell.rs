//! How a place in a shell script is quoted.

use std::ops::Range;

/// The quoting of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::fix) enum Quoting {
    /// In no quotes.
    Bare,
    /// In double quotes, or in a heredoc with expansion. The range is that of the quotes; empty for a heredoc.
    Double(Range<usize>),
    /// In single quotes, with their range and the opening.
    Single(Range<usize>),
    /// In a heredoc without expansion.
    Raw,
    /// In a comment.
    Comment,
    /// Not known.
    Unsure,
}

struct Scanner<'a> {
    text: &'a [u8],
    i: usize,
    /// The place to find.
    want: Range<usize>,
    found: Option<Quoting>,
    heredocs: Vec<(Vec<u8>, bool, bool)>,
}

/// Most nested substitutions that are parsed.
const DEEPEST: u8 = 12;

/// How `want` is quoted in a script.
pub(in crate::fix) fn quoting(text: &[u8], want: Range<usize>) -> Quoting {
    let mut s = Scanner { text, i: 0, want, found: None, heredocs: Vec::new() };
    match s.commands(None, 0, false) {
        Some(()) => s.found.unwrap_or(Quoting::Bare),
        None => s.found.unwrap_or(Quoting::Unsure),
    }
}

impl Scanner<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.i).copied().unwrap_or(0)
    }

    /// Records the quoting if this stretch contains the place; the innermost stretch comes first.
    fn note(&mut self, stretch: Range<usize>, quoting: Quoting) {
        let meets = stretch.start < self.want.end && self.want.start < stretch.end;
        if meets && self.found.is_none() {
            let holds = stretch.start <= self.want.start && self.want.end <= stretch.end;
            self.found = Some(if holds { quoting } else { Quoting::Unsure });
        }
    }

    fn line_end(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.text[at..]).map_or(self.text.len(), |i| at + i)
    }

    /// Parses commands up to the end, or up to an unquoted `until`. `None` if quotes are not closed. Inside of
    /// `"${a:-b}"` the double quotes still apply.
    fn commands(&mut self, until: Option<u8>, depth: u8, in_double: bool) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let (mut parens, mut word) = (0usize, false);
        while self.i < self.text.len() && self.found.is_none() {
            let (start, b) = (self.i, self.peek());
            if start >= self.want.start && !in_double {
                self.found = Some(if start == self.want.start { Quoting::Bare } else { Quoting::Unsure });
                break;
            }
            self.i += 1;
            match b {
                b'\n' => {
                    word = false;
                    for (tag, strip, expands) in std::mem::take(&mut self.heredocs) {
                        self.heredoc(&tag, strip, expands)?;
                    }
                    continue;
                }
                b'\\' => self.i += 1,
                b'#' if !word && until != Some(b'}') => {
                    self.i = self.line_end(start);
                    self.note(start..self.i, Quoting::Comment);
                    continue;
                }
                b'\'' if !in_double => self.single(start, start)?,
                b'"' => self.double(start, depth)?,
                b'`' if until == Some(b'`') => return Some(()),
                b'`' => self.commands(Some(b'`'), depth + 1, false)?,
                b'$' => self.dollar(depth, in_double)?,
                b'<' if self.text[start..].starts_with(b"<<<") => self.i += 2,
                b'<' if self.peek() == b'<' => {
                    self.i += 1;
                    self.here();
                }
                b'(' => parens += 1,
                b')' if parens > 0 => parens -= 1,
                // `a) command;;` of a case; a substitution ends here.
                b')' if until == Some(b')') => return Some(()),
                b'}' if until == Some(b'}') => return Some(()),
                _ => {}
            }
            word = !matches!(b, b' ' | b'\t' | b'\r' | b';' | b'&' | b'|' | b'(' | b')');
        }
        (until.is_none() || self.found.is_some()).then_some(())
    }

    fn single(&mut self, start: usize, from: usize) -> Option<()> {
        self.i = from + 1;
        let end = self.i + memchr::memchr(b'\'', &self.text[self.i..])?;
        self.i = end + 1;
        self.note(start..self.i, Quoting::Single(start..end + 1));
        Some(())
    }

    /// `$'...'`, where a backslash escapes.
    fn escaped(&mut self, start: usize) -> Option<()> {
        self.i = start + 2;
        loop {
            match self.text.get(self.i)? {
                b'\\' => self.i += 2,
                b'\'' => break,
                _ => self.i += 1,
            }
        }
        self.i += 1;
        self.note(start..self.i, Quoting::Single(start..self.i));
        Some(())
    }

    fn double(&mut self, start: usize, depth: u8) -> Option<()> {
        self.i = start + 1;
        loop {
            let at = self.i;
            match self.text.get(at)? {
                b'\\' => self.i += 2,
                b'"' => break,
                b'$' => {
                    self.i += 1;
                    self.dollar(depth, true)?;
                }
                b'`' => {
                    self.i += 1;
                    self.commands(Some(b'`'), depth + 1, false)?;
                }
                _ => self.i += 1,
            }
            if self.found.is_some() {
                return Some(());
            }
        }
        self.i += 1;
        self.note(start..self.i, Quoting::Double(start..self.i));
        Some(())
    }

    /// What follows a `$`: a substitution is parsed, a name is skipped.
    fn dollar(&mut self, depth: u8, in_double: bool) -> Option<()> {
        match self.peek() {
            b'(' => {
                self.i += 1;
                self.commands(Some(b')'), depth + 1, false)
            }
            b'{' => {
                self.i += 1;
                self.commands(Some(b'}'), depth + 1, in_double)
            }
            b'\'' if !in_double => self.escaped(self.i - 1),
            // `$#` and `$$` do not start a comment.
            b'#' | b'$' => {
                self.i += 1;
                Some(())
            }
            _ => Some(()),
        }
    }

    /// Records a heredoc.
    fn here(&mut self) {
        let strip = self.peek() == b'-';
        self.i += usize::from(strip);
        while matches!(self.peek(), b' ' | b'\t') {
            self.i += 1;
        }
        let (mut tag, mut expands) = (Vec::new(), true);
        while let Some(b) = self.text.get(self.i).copied() {
            match b {
                b'\'' | b'"' | b'\\' => expands = false,
                b if b.is_ascii_alphanumeric() || b"_-.!".contains(&b) => tag.push(b),
                _ => break,
            }
            self.i += 1;
        }
        if !tag.is_empty() && !tag[0].is_ascii_digit() {
            self.heredocs.push((tag, strip, expands));
        }
    }

    fn heredoc(&mut self, tag: &[u8], strip: bool, expands: bool) -> Option<()> {
        let start = self.i;
        loop {
            if self.i >= self.text.len() {
                return None;
            }
            let end = self.line_end(self.i);
            let line = self.text[self.i..end].strip_suffix(b"\r").unwrap_or(&self.text[self.i..end]);
            let tabs = if strip { line.iter().take_while(|b| **b == b'\t').count() } else { 0 };
            let (from, line) = (self.i, &line[tabs..]);
            self.i = (end + 1).min(self.text.len());
            if line == tag {
                let quoting = if expands { Quoting::Double(from..from) } else { Quoting::Raw };
                self.note(start..from, quoting);
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_of_a_script_has_its_quoting() {
        for (script, want) in [
            ("a=KEY\n", "bare"),
            ("a=\"x KEY\"\n", "double"),
            ("a='x KEY'\n", "single"),
            ("a='x\n KEY\n'\n", "single"),
            ("echo \"it's KEY\"\n", "double"),
            ("echo 'a \"b' KEY\n", "bare"),
            ("# it's KEY\n", "comment"),
            ("echo a#b \"KEY\"\n", "double"),
            ("a=$(curl -H \"x: KEY\")\n", "double"),
            ("a=\"$(curl -H 'x: KEY')\"\n", "single"),
            ("cat <<X\nit's KEY\nX\n", "double"),
            ("cat <<'X'\nit's KEY\nX\n", "raw"),
            ("cat <<-X\n\tit's\n\tX\necho KEY\n", "bare"),
            ("case $x in\nKEY) echo ;;\nesac\n", "bare"),
            ("a=$'it\\'s KEY'\n", "single"),
            ("echo ${#a} KEY\n", "bare"),
            ("a='x\nKEY\n", "unsure"),
            ("a=`echo 'KEY'`\n", "single"),
            ("f() { echo \"KEY\"; }\n", "double"),
            ("cat <<< \"KEY\"\n", "double"),
        ] {
            let at = script.find("KEY").unwrap();
            let is = match quoting(script.as_bytes(), at..at + 3) {
                Quoting::Bare => "bare",
                Quoting::Double(_) => "double",
                Quoting::Single(_) => "single",
                Quoting::Raw => "raw",
                Quoting::Comment => "comment",
                Quoting::Unsure => "unsure",
            };
            assert_eq!(is, want, "{script}");
        }
    }
}
