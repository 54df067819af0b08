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

impl Block {
    /// Finds the first block that is a private key.
    pub(super) fn find(text: &[u8]) -> Option<Block> {
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
        for line in rest[..end.unwrap_or(rest.len())].split(|b| matches!(b, b'\n' | b'\r')) {
            block.line(line);
        }
        Some(block)
    }

    fn line(&mut self, line: &[u8]) {
        // A header: Proc-Type, DEK-Info, Version, Comment. base64 has no colon.
        if let Some(colon) = memchr::memmem::find(line, b": ") {
            self.encrypted |= memchr::memmem::find(&line[colon..], b"ENCRYPTED").is_some();
            return;
        }
        for piece in pieces(line) {
            if piece.len() == 5 && piece[0] == b'=' {
                self.checksum = Some(piece[1..].to_vec());
            } else {
                self.body.extend(piece.iter().filter(|b| **b != b'='));
            }
        }
    }

    /// The decoded bytes; `None` if the body is not valid base64.
    pub(super) fn decode(&self) -> Option<Vec<u8>> {
        crate::validate::radix::base64(&self.body)
    }
}

/// The base64 in a line: if the line has quotes, only what they enclose; then each word's longest run.
fn pieces(line: &[u8]) -> Vec<&[u8]> {
    let parts: Vec<&[u8]> = line.split(|b| matches!(b, b'"' | b'\'' | b'`')).collect();
    let texts = match parts.len() {
        // One quote: a literal begins or ends here; its content is on the longer side.
        2 => parts.into_iter().max_by_key(|p| p.trim_ascii().len()).into_iter().collect(),
        1 => parts,
        _ => parts.into_iter().skip(1).step_by(2).collect::<Vec<_>>(),
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

/// Turns `\n`, `\r` and `\t`, as languages and JSON write them, into line breaks, even if escaped several
/// times.
fn unescape(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        if text[i] != b'\\' {
            out.push(text[i]);
            i += 1;
            continue;
        }
        while text.get(i) == Some(&b'\\') {
            i += 1;
        }
        match text.get(i) {
            Some(b'n' | b'r' | b't') => {
                out.push(b'\n');
                i += 1;
            }
            // JSON may escape a slash.
            Some(b'/') => {}
            _ => out.push(b'\\'),
        }
    }
    Cow::Owned(out)
}
