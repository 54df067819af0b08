//! Encoded text: a secret in base64 is a secret.

use std::ops::Range;

/// A decoded stretch of a text.
#[derive(Debug)]
pub(super) struct View {
    /// The decoded bytes.
    pub(super) bytes: Vec<u8>,
    /// Where the encoded form stands in the text.
    pub(super) at: Range<usize>,
}

/// Shortest run worth decoding: 15 bytes of text, shorter than any secret with a format.
const SHORTEST: usize = 20;
/// How much is decoded to tell text from noise before the rest is.
const PROBE: usize = 24;

/// The base64 and base64url runs of `text` that decode to text.
pub(super) fn views(text: &[u8]) -> Vec<View> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < text.len() {
        if !is_base64(text[i]) {
            i += 1;
            continue;
        }
        let start = i;
        while i < text.len() && is_base64(text[i]) {
            i += 1;
        }
        if i - start >= SHORTEST
            && let Some(bytes) = decode(&text[start..i])
        {
            out.push(View { bytes, at: start..i });
        }
    }
    out
}

fn is_base64(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_')
}

/// Decodes a run of either alphabet, unpadded; `None` when it is not text.
fn decode(run: &[u8]) -> Option<Vec<u8>> {
    let whole = &run[..run.len() - usize::from(run.len() % 4 == 1)];
    let spec = if whole.iter().any(|b| matches!(b, b'-' | b'_')) {
        &data_encoding::BASE64URL_NOPAD
    } else {
        &data_encoding::BASE64_NOPAD
    };
    if !is_text(&spec.decode(&whole[..whole.len().min(PROBE) / 4 * 4]).ok()?) {
        return None;
    }
    // The last characters may carry stray bits where a run was cut: leave them then.
    let bytes = spec.decode(whole).or_else(|_| spec.decode(&whole[..whole.len() / 4 * 4])).ok()?;
    is_text(&bytes).then_some(bytes)
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| (0x20..0x7f).contains(b) || matches!(b, b'\n' | b'\r' | b'\t'))
}
