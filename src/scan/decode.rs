//! Encoded text: a secret in base64, hex or escapes is a secret.
//!
//! Two kinds of views. A run of base64, base64url or hex digits that decodes to text stands as a whole for what it
//! says: to take the secret out, all of it has to go. A stretch with escapes (`%41`, `\x41`, `\u0041`, `&#65;`) is
//! read with them undone, and each byte knows where it stood. What is decoded is paid from a [`Budget`].

use std::ops::Range;

/// How many bytes may still be decoded for one text, all depths together: as many as it has, and some for a small one.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    /// The budget of a text of so many bytes.
    pub(super) fn of(text: usize) -> Budget {
        Budget(text + (64 << 10))
    }

    fn pay(&mut self, bytes: usize) -> bool {
        let enough = bytes <= self.0;
        self.0 -= bytes.min(self.0);
        enough
    }
}

/// A decoded stretch of a text.
#[derive(Debug)]
pub(super) struct View {
    /// The decoded bytes.
    pub(super) bytes: Vec<u8>,
    /// Where the encoded form stands in the text.
    pub(super) at: Range<usize>,
    /// In words, for a person: `base64`.
    pub(super) form: &'static str,
    /// For escapes, where each decoded byte begins, and the end.
    places: Vec<usize>,
}

impl View {
    /// Is it a run, which stands or falls as a whole?
    pub(super) fn is_whole(&self) -> bool {
        self.places.is_empty()
    }

    /// Where a range of the decoded bytes stands in the text.
    pub(super) fn place(&self, inner: &Range<usize>) -> Range<usize> {
        match (self.places.get(inner.start), self.places.get(inner.end)) {
            (Some(start), Some(end)) => *start..*end,
            _ => self.at.clone(),
        }
    }

    /// Does the view hold this range as it stood in the text, nothing decoded?
    pub(super) fn is_plain(&self, inner: &Range<usize>) -> bool {
        self.places.get(inner.start..=inner.end).is_some_and(|p| p.windows(2).all(|w| w[0] + 1 == w[1]))
    }
}

/// Shortest run worth decoding: 15 bytes of text, shorter than any secret with a format.
const SHORTEST: usize = 20;
/// How much is decoded to tell text from noise before the rest is.
const PROBE: usize = 24;
/// How far around an escape its stretch goes.
const REACH: usize = 1 << 10;

/// The views of `text`.
pub(super) fn views(text: &[u8], budget: &mut Budget) -> Vec<View> {
    let mut out = runs(text, budget);
    out.extend(stretches(text, budget));
    out
}

/// The base64, base64url and hex runs that decode to text.
fn runs(text: &[u8], budget: &mut Budget) -> Vec<View> {
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
        let run = &text[from..end];
        let decoded = decode(run).map(|b| (b, "base64")).or_else(|| Some((hex(run)?, "hex")));
        if let Some((bytes, form)) = decoded
            && budget.pay(bytes.len())
        {
            out.push(View { bytes, at: from..end, form, places: Vec::new() });
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

/// Decodes hex digits; `None` when it is not text.
fn hex(run: &[u8]) -> Option<Vec<u8>> {
    let digits = run.strip_prefix(b"0x").unwrap_or(run);
    if !digits.len().is_multiple_of(2) || digits.len() < 2 * SHORTEST {
        return None;
    }
    if !is_text(&data_encoding::HEXLOWER_PERMISSIVE.decode(&digits[..PROBE]).ok()?) {
        return None;
    }
    data_encoding::HEXLOWER_PERMISSIVE.decode(digits).ok().filter(|b| is_text(b))
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| (0x20..0x7f).contains(b) || matches!(b, b'\n' | b'\r' | b'\t'))
}

/// The stretches around escapes of printable ASCII, with the escapes undone. Escapes of other characters (`%20`,
/// `\u00e9`) hide no secret and no separator.
fn stretches(text: &[u8], budget: &mut Budget) -> Vec<View> {
    let mut out: Vec<View> = Vec::new();
    let mut done = 0;
    for at in memchr::memchr3_iter(b'%', b'\\', b'&', text) {
        if at < done || escape(&text[at..]).is_none() {
            continue;
        }
        let from = at.saturating_sub(REACH).max(done);
        let start = memchr::memrchr(b'\n', &text[from..at]).map_or(from, |i| from + i + 1);
        let to = text.len().min(at + REACH);
        let end = memchr::memchr(b'\n', &text[at..to]).map_or(to, |i| at + i);
        if !budget.pay(end - start) {
            break;
        }
        out.push(undone(text, start..end));
        done = end;
    }
    out
}

fn undone(text: &[u8], at: Range<usize>) -> View {
    let mut bytes = Vec::with_capacity(at.len());
    let mut places = Vec::with_capacity(at.len() + 1);
    let mut i = at.start;
    while i < at.end {
        let (byte, length) = escape(&text[i..at.end]).unwrap_or((text[i], 1));
        bytes.push(byte);
        places.push(i);
        i += length;
    }
    places.push(at.end);
    View { bytes, at, form: "escapes", places }
}

/// The printable character that an escape stands for at the start of `text`, and how long the escape is.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    let number = |digits: &[u8], radix| u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok();
    let (value, length) = match text {
        [b'%', a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => (number(&text[1..3], 16)?, 3),
        [b'\\', b'x', a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
            (number(&text[2..4], 16)?, 4)
        }
        [b'\\', b'u', b'0', b'0', ..] if text.len() >= 6 => (number(&text[2..6], 16)?, 6),
        [b'&', b'#', rest @ ..] => {
            let hex = usize::from(matches!(rest.first(), Some(b'x' | b'X')));
            let end = rest.iter().take(6).position(|b| *b == b';')?;
            (number(rest.get(hex..end)?, if hex == 1 { 16 } else { 10 })?, end + 3)
        }
        _ => return None,
    };
    let byte = u8::try_from(value).ok()?;
    byte.is_ascii_graphic().then_some((byte, length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<(Vec<u8>, Range<usize>)> {
        runs(text.as_bytes(), &mut Budget::of(1 << 20)).into_iter().map(|v| (v.bytes, v.at)).collect()
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
        let run = data_encoding::HEXLOWER.encode(inner);
        assert_eq!(found(&format!("x = {run};")), [(inner.to_vec(), 4..4 + run.len())]);
    }

    #[test]
    fn escapes_are_undone_and_their_places_known() {
        for (text, inner) in [
            ("a%3Dpass%77ord", "a=password"),
            ("x \\u0022key\\u0022: 1", "x \"key\": 1"),
            ("\\x41\\x42c", "ABc"),
            ("&#34;a&#x3d;b", "\"a=b"),
        ] {
            let views = stretches(text.as_bytes(), &mut Budget::of(100));
            assert_eq!(String::from_utf8_lossy(&views[0].bytes), inner);
            let last = inner.len() - 1;
            assert_eq!(&text[views[0].place(&(last..last + 1))], &inner[last..], "{text}");
            assert_eq!(views[0].place(&(0..inner.len())), 0..text.len());
        }
        assert!(stretches(b"100%, a&b \\n \\u00e9 %20 &amp; &#8217;", &mut Budget::of(100)).is_empty());
    }

    #[test]
    fn decoding_ends_with_the_budget() {
        let text = "%41%42%43\n".repeat(50_000);
        let views = views(text.as_bytes(), &mut Budget::of(0));
        assert!(views.iter().map(|v| v.bytes.len()).sum::<usize>() <= 64 << 10);
    }

    proptest! {
        #[test]
        fn the_runs_are_those_that_a_walk_over_every_byte_finds(text in "[ab+/_ .]{0,120}|[ -~\n]{0,200}|([A-Za-z0-9+/]{18,24}[ =]?){0,8}") {
            let mut want = Vec::new();
            let bytes = text.as_bytes();
            let mut start = 0;
            for run in bytes.split(|b| !BASE64[usize::from(*b)]) {
                if run.len() >= SHORTEST && let Some(plain) = decode(run).or_else(|| hex(run)) {
                    want.push((plain, start..start + run.len()));
                }
                start += run.len() + 1;
            }
            prop_assert_eq!(found(&text), want);
        }

        #[test]
        fn any_bytes_are_safe_to_decode(text in prop::collection::vec(prop::sample::select(b"%\\xu&#04;19aAfF \n\xff".to_vec()), 0..80)) {
            for view in stretches(&text, &mut Budget::of(1000)) {
                prop_assert_eq!(view.places.len(), view.bytes.len() + 1);
                prop_assert!(view.at.end <= text.len());
            }
        }
    }
}
