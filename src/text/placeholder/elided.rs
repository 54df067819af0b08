//! Values that a person masked or cut short before writing them down.

/// Words in brackets for a hidden value.
const HIDDEN: [&str; 8] =
    ["hidden", "masked", "omitted", "removed", "filtered", "truncated", "snipped", "elided"];

/// Returns whether a part of the value is masked (`abc****xyz`) or left out (`abc...xyz`, `abc[...]`). `lower` is in
/// lower case.
pub(super) fn is_elided(lower: &[u8]) -> bool {
    if memchr::memmem::find(lower, b"...").is_some()
        || is_said_hidden(lower)
        || is_masked_hex(lower)
        || is_typed_over(lower)
    {
        return true;
    }
    // Most values are ASCII and need no decoding.
    if lower.is_ascii() {
        return has_mask(lower.iter().map(|b| char::from(*b)));
    }
    let text = String::from_utf8_lossy(lower);
    text.contains('\u{2026}') || has_mask(text.chars())
}

/// Returns whether a masking character is repeated: `***`, `###`, bullets, blocks; and `xxxxx`, which no issuer
/// generates.
fn has_mask(chars: impl Iterator<Item = char>) -> bool {
    let (mut last, mut run) = (' ', 0);
    let mut chars = chars;
    chars.any(|c| {
        run = if c == last { run + 1 } else { 1 };
        last = c;
        match c {
            '*' | '#' => run >= 3,
            'x' => run >= 5,
            char::REPLACEMENT_CHARACTER => false,
            _ => run >= 3 && !c.is_ascii() && !c.is_alphanumeric(),
        }
    })
}

/// Returns whether letters other than hex digits occur four in a row among hex digits: `d2dc414f9953XXXXYYYY`,
/// `c28a84b64f50ssss28959969`.
fn is_masked_hex(lower: &[u8]) -> bool {
    let is_digit = |b: &u8| b.is_ascii_hexdigit();
    let (mut digits, mut masked) = (0, 0);
    for run in lower.chunk_by(|a, b| a == b) {
        match &run[0] {
            b if is_digit(b) => digits += run.len(),
            b if b.is_ascii_lowercase() && run.len() >= 4 => masked += run.len(),
            _ => return false,
        }
    }
    masked > 0 && digits >= 12
}

/// Returns whether one hex digit eight times in a row is a part of a value in hex: `54537fa855b9a7bbbbbbbbbc568ea7c0`. Keys may
/// be filled up with zeros.
fn is_typed_over(lower: &[u8]) -> bool {
    let run = |run: &[u8]| run.len() >= 8 && !matches!(run[0], b'0' | b'f');
    (32..=128).contains(&lower.len())
        && lower.iter().all(u8::is_ascii_hexdigit)
        && lower.chunk_by(|a, b| a == b).any(run)
}

/// Returns whether a word in brackets says that the value, or a part of it, was hidden.
fn is_said_hidden(lower: &[u8]) -> bool {
    let opens = |b: &u8| matches!(b, b'(' | b'[' | b'<' | b'{');
    lower.split(opens).skip(1).any(|inside| HIDDEN.iter().any(|w| inside.starts_with(w.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_value_is_distinguished_from_one_that_holds_such_signs() {
        for v in [
            "5lkwpq****3-r",
            "abc***",
            "ab###cd",
            "5lkwpq...3-r9z",
            "ab[...]yz",
            "ab\u{2026}yz",
            "ab\u{2022}\u{2022}\u{2022}\u{2022}",
            "\u{2588}\u{2588}\u{2588}ab",
            "ghp_abxxxxxxcd",
            "d2dc414f9953226bad0a356cxxxxyyyy",
            "c28a84b64f50ssss28959969f8576c26b",
            "ab12 (hidden)",
        ] {
            assert!(is_elided(v.as_bytes()), "{v}");
        }
        for v in [
            "d2dc414f9953ssss7kq2",
            "d2dc414f9953aaaa7b2",
            "kq7*xr2**t9z",
            "a#b##c",
            "kq7..t9",
            "xxx",
            "\u{e9}\u{e9}\u{e9}t\u{e9}",
            "hidden",
            "(pass)",
        ] {
            assert!(!is_elided(v.as_bytes()), "{v}");
        }
        // Bytes that are not text mask nothing.
        assert!(!is_elided(b"\xff\xfe\xff\xff\xff\xff"));
    }
}
