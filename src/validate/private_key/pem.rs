//! PEM armour inside any wrapping: one block's label, headers and base64.

use std::borrow::Cow;

/// One block.
pub(super) struct Block {
    /// `RSA PRIVATE KEY`
    pub(super) label: Vec<u8>,
    /// Its base64, without padding and without the text around it.
    pub(super) body: Vec<u8>,
    /// True if its END line is present.
    pub(super) closed: bool,
    /// True if a header or the label says that it is encrypted.
    pub(super) encrypted: bool,
    /// PGP's `=XXXX` line.
    pub(super) checksum: Option<Vec<u8>>,
}

/// How the lines of a block are prefixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// By punctuation, if at all: `# `, `> `, ` * `, a quote.
    Signed,
    /// By the same number of words: the date, service and level of a log.
    Logged,
}

/// Headers of a block. In a log any word may end in a colon.
const HEADERS: [&[u8]; 7] =
    [b"Proc-Type: ", b"DEK-Info: ", b"Version: ", b"Comment: ", b"MessageID: ", b"Hash: ", b"Charset: "];

/// Least characters of a key's line; only the last one is shorter.
const FULL_LINE: usize = 32;

impl Block {
    /// Finds the first block that is a private key.
    pub(super) fn find(text: &[u8], lines: Lines) -> Option<Block> {
        let text = unescape(text);
        let begin = memchr::memmem::find(&text, b"-----BEGIN ")? + 11;
        let label_end = begin + memchr::memmem::find(&text[begin..], b"-----")?;
        let label = text[begin..label_end].to_vec();
        if label.len() > 40 || memchr::memmem::find(&label, b"PRIVATE KEY").is_none() {
            return None;
        }
        let rest = &text[label_end + 5..];
        let end = memchr::memmem::find(rest, b"-----END");
        let mut block = Block {
            encrypted: label.starts_with(b"ENCRYPTED"),
            label,
            body: Vec::new(),
            closed: end.is_some(),
            checksum: None,
        };
        let inside = &rest[..end.unwrap_or(rest.len())];
        let all = || inside.split(|b| matches!(b, b'\n' | b'\r'));
        // Lines that a patch adds: a key's own lines do not all start with `+`.
        let patch = all().filter(|line| !line.is_empty()).all(|line| line[0] == b'+');
        let last = all().count() - 1;
        // Text beside the first and the last line of the armour: `echo "`, `" >> key.pem`.
        let is_beside = |i: usize, line: &[u8]| {
            last > 0
                && (i == 0 || i == last)
                && line.iter().any(|b| is_quote(*b))
                && words_before_key(line).is_none()
        };
        let of_block = || {
            let lines = all().enumerate().filter(|(i, line)| !is_beside(*i, line));
            lines.map(|(_, line)| line.strip_prefix(b"+").filter(|_| patch).unwrap_or(line))
        };
        let words_before = match lines {
            Lines::Signed => 0,
            Lines::Logged => of_block().find_map(words_before_key)?,
        };
        for line in of_block() {
            block.line(line, words_before, lines);
        }
        Some(block)
    }

    fn line(&mut self, line: &[u8], words_before: usize, lines: Lines) {
        let header = match lines {
            // base64 has no colon.
            Lines::Signed => memchr::memmem::find(line, b": "),
            Lines::Logged => HEADERS.iter().find_map(|h| memchr::memmem::find(line, h)),
        };
        if let Some(colon) = header {
            self.encrypted |= memchr::memmem::find(&line[colon..], b"ENCRYPTED").is_some();
            return;
        }
        for piece in pieces(line).into_iter().skip(words_before) {
            if piece.len() == 5 && piece[0] == b'=' {
                self.checksum = Some(piece[1..].to_vec());
            } else {
                self.body.extend(piece.iter().filter(|b| **b != b'='));
            }
        }
    }

    /// Returns whether this has a line of a key, and hardly anything else.
    pub(super) fn is_like_a_key(text: &[u8]) -> bool {
        let text = unescape(text);
        let is_base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
        let runs = text.split(|b| !is_base64(*b)).map(<[u8]>::len).filter(|n| *n >= FULL_LINE);
        let full: usize = runs.sum();
        full > 0 && full * 5 >= text.len() * 2
    }

    /// The decoded bytes; `None` if the body is not valid base64.
    pub(super) fn decode(&self) -> Option<Vec<u8>> {
        crate::validate::radix::base64(&self.body)
    }

    /// The bytes of a body that is cut off.
    pub(super) fn decode_head(&self) -> Option<Vec<u8>> {
        crate::validate::radix::base64(&self.body[..self.body.len() / 4 * 4])
    }
}

/// The words before the first full line of a key, if this is one.
fn words_before_key(line: &[u8]) -> Option<usize> {
    let is_header = HEADERS.iter().any(|h| memchr::memmem::find(line, h).is_some());
    let pieces = if is_header { Vec::new() } else { pieces(line) };
    pieces.iter().position(|piece| piece.len() >= FULL_LINE)
}

/// The base64 in a line: if the line has quotes, only what they enclose; then each word's longest run.
fn pieces(line: &[u8]) -> Vec<&[u8]> {
    let parts: Vec<&[u8]> = line.split(|b| is_quote(*b)).collect();
    let texts = match parts.len() {
        // One quote: a literal begins or ends here; its content is on the longer side.
        2 => parts.into_iter().max_by_key(|p| p.trim_ascii().len()).into_iter().collect(),
        1 => parts,
        // The line may begin inside a literal.
        _ => {
            let every_other = |from: usize| parts.iter().copied().skip(from).step_by(2);
            let is_full = |from: usize| every_other(from).any(|part| part.len() >= FULL_LINE);
            every_other(usize::from(is_full(1) || !is_full(0))).collect()
        }
    };
    texts
        .into_iter()
        .flat_map(|t| t.split(u8::is_ascii_whitespace))
        .filter_map(|word| {
            word.split(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')))
                .max_by_key(|r| r.len())
        })
        .filter(|run| run.iter().any(u8::is_ascii_alphanumeric))
        .collect()
}

fn is_quote(b: u8) -> bool {
    matches!(b, b'"' | b'\'' | b'`')
}

/// Turns line breaks as languages, JSON and HTML write them into real ones, even if escaped several times.
fn unescape(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr3(b'\\', b'&', b'<', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        let (byte, length) = match text[i] {
            b'\\' => escaped(&text[i..]),
            b'&' => entity(&text[i..]).unwrap_or((b'&', 1)),
            b'<' => tag(&text[i..]).unwrap_or((b'<', 1)),
            b => (b, 1),
        };
        out.push(byte);
        i += length;
    }
    Cow::Owned(out)
}

/// The character of an escape at the start of `text`, and the escape's length.
fn escaped(text: &[u8]) -> (u8, usize) {
    let slashes = text.iter().take_while(|b| **b == b'\\').count();
    let number = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
    match &text[slashes..] {
        [b'n' | b'r' | b't', ..] => (b'\n', slashes + 1),
        // JSON may escape a slash, and Java's properties an equals sign or a colon.
        [b @ (b'/' | b'=' | b':'), ..] => (*b, slashes + 1),
        [b'u', b'0', b'0', a, b, ..] => number(&[*a, *b]).map_or((b'\\', slashes), |n| (n, slashes + 5)),
        [b'x', a, b, ..] => number(&[*a, *b]).map_or((b'\\', slashes), |n| (n, slashes + 3)),
        _ => (b'\\', slashes),
    }
}

/// `&#10;`, `&#xa;`.
fn entity(text: &[u8]) -> Option<(u8, usize)> {
    let number = text.strip_prefix(b"&#")?;
    let end = number.iter().take(6).position(|b| *b == b';')?;
    let digits = std::str::from_utf8(&number[..end]).ok()?;
    let byte = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u8::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    Some((byte, end + 3))
}

/// `<br>`, `<br />`.
fn tag(text: &[u8]) -> Option<(u8, usize)> {
    let name = text.get(..3)?;
    let end = text.iter().take(8).position(|b| *b == b'>')?;
    name.eq_ignore_ascii_case(b"<br").then_some((b'\n', end + 1))
}
