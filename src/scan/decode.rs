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
    // No run that is long enough begins before `from`, and none is under way there.
    let mut from = 0;
    while let Some(window) = text.get(from..from + SHORTEST) {
        // Most windows hold a space near their end: then nearly all of them is stepped over.
        if let Some(other) = window.iter().rposition(|b| !BASE64[usize::from(*b)]) {
            from += other + 1;
            continue;
        }
        let rest = &text[from + SHORTEST..];
        let end = from + SHORTEST + rest.iter().take_while(|b| BASE64[usize::from(**b)]).count();
        if let Some(bytes) = decode(&text[from..end]) {
            out.push(View { bytes, at: from..end });
        }
        from = end;
    }
    out
}

/// The characters of both alphabets.
const BASE64: [bool; 256] = {
    let mut table = [false; 256];
    let mut b = 0;
    while b < 256 {
        let byte = b as u8;
        table[b] = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
        b += 1;
    }
    table
};

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<(Vec<u8>, Range<usize>)> {
        views(text.as_bytes()).into_iter().map(|v| (v.bytes, v.at)).collect()
    }

    #[test]
    fn a_run_is_found_whole_wherever_it_stands() {
        let inner = b"password is hunter2 here";
        let run = data_encoding::BASE64.encode(inner);
        let bare = run.trim_end_matches('=');
        for before in ["", "a: ", "x ", &" ".repeat(40)] {
            for after in ["", "\n", "\" and more"] {
                let text = format!("{before}{run}{after}");
                let at = before.len()..before.len() + bare.len();
                assert_eq!(found(&text), [(inner.to_vec(), at)], "{text:?}");
            }
        }
        assert_eq!(found("aGVsbG8gd29ybGQ and a_name_of_more_than_twenty_letters"), []);
    }

    proptest! {
        #[test]
        fn the_runs_are_those_that_a_walk_over_every_byte_finds(text in "[ab+/_ .]{0,120}|[ -~\n]{0,200}|([A-Za-z0-9+/]{18,24}[ =]?){0,8}") {
            let mut want = Vec::new();
            let bytes = text.as_bytes();
            let mut start = 0;
            for run in bytes.split(|b| !BASE64[usize::from(*b)]) {
                if run.len() >= SHORTEST && let Some(plain) = decode(run) {
                    want.push((plain, start..start + run.len()));
                }
                start += run.len() + 1;
            }
            prop_assert_eq!(found(&text), want);
        }
    }
}
