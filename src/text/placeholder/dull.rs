//! Values that a person typed: their characters repeat or continue each other.

use super::{follows, is_sequence, is_words};

/// Least characters, without separators, for which a share is meaningful: a random hexadecimal value is taken for a
/// typed one once in a million times.
const LEAST: usize = 20;

/// Returns whether most characters repeat the one before or continue a sequence with it or the one before that:
/// `vnd_kkkkkk`, `11111111-2222-3333`, `a1b2c3d4-e5f6-7890`. Separators do not count. `lower` is in lower case.
pub(super) fn is_dull(lower: &[u8]) -> bool {
    let mut buffer = [0; 256];
    let mut count = 0;
    for (to, b) in buffer.iter_mut().zip(lower.iter().filter(|b| !is_separator(**b))) {
        *to = *b;
        count += 1;
    }
    let plain = &buffer[..count];
    if count < LEAST {
        return false;
    }
    let beside = |a, b| follows(a, b) || follows(b, a);
    let continues = |i: &usize| {
        let (b, a) = (plain[*i], plain[*i - 1]);
        a == b || beside(a, b) || (*i > 1 && beside(plain[*i - 2], b))
    };
    let dull = (1..plain.len()).filter(continues).count();
    // Four in ten random digits continue each other.
    let share = if plain.iter().all(u8::is_ascii_digit) { 85 } else { 75 };
    dull * 100 >= (plain.len() - 1) * share
}

/// Bytes of a value in which parts of three are compared.
const TYPED: std::ops::RangeInclusive<usize> = 16..=64;

/// Returns whether two in five parts of three characters occur again, as where somebody types the same movements:
/// `sdfsdfvsd6f51vs6df51vs6df51v`. In random letters hardly one does.
pub(super) fn is_typed_again(lower: &[u8]) -> bool {
    // The digits of a number repeat more often, and a value with other signs has parts.
    let letters = lower.iter().filter(|b| b.is_ascii_lowercase()).count();
    let is_plain = lower.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_'));
    if !TYPED.contains(&lower.len()) || letters * 2 < lower.len() || !is_plain {
        return false;
    }
    let parts: Vec<&[u8]> = lower.windows(3).collect();
    let again = parts.iter().filter(|part| parts.iter().filter(|other| other == part).count() > 1).count();
    again * 5 >= parts.len() * 2
}

/// Returns whether a person struck keys of the middle row at random: neighbours on it follow each other twice, three at a time,
/// among small letters, as in `sdfklsdf93wrthjh`. Of ten thousand random values four have them at most.
pub fn is_mashed(value: &[u8]) -> bool {
    const ROWS: [&[u8]; 2] = [b"asdfghjkl", b"lkjhgfdsa"];
    if !MASHED.contains(&value.len()) || value.iter().any(u8::is_ascii_uppercase) {
        return false;
    }
    let is_run = |three: &[u8]| ROWS.iter().any(|row| memchr::memmem::find(row, three).is_some());
    let mut from = 0;
    let mut runs = 0;
    while let Some(three) = value.get(from..from + 3) {
        let found = is_run(three);
        runs += usize::from(found);
        from += if found { 3 } else { 1 };
    }
    runs >= 2
}

/// Bytes of such a value.
const MASHED: std::ops::RangeInclusive<usize> = 12..=40;

/// Least letters of a value that somebody drummed on the keyboard.
const DRUMMED: usize = 12;

/// Returns whether the fingers went to and fro on the middle row of the keyboard: `alksjdflaksjdf`. Of random letters a third are
/// on it; those of hex digits are at its left end only.
pub(super) fn is_drummed(lower: &[u8]) -> bool {
    let letters = || lower.iter().filter(|b| b.is_ascii_lowercase());
    let count = letters().count();
    let among = |row: &[u8]| letters().filter(|b| row.contains(b)).count();
    let digits = lower.iter().filter(|b| b.is_ascii_digit()).count();
    count >= DRUMMED
        && digits * 3 <= lower.len()
        && among(b"asdfghjkl") * 20 >= count * 17
        && among(b"sghjkl") * 10 >= count * 4
}

/// Characters of a value in which chance would leave out few.
const OF_FEW: std::ops::RangeInclusive<usize> = 28..=64;

/// Returns whether far fewer characters than chance gives make up the value, as where one hand types: seven in
/// `asdfasdf65as1d6f51as6df51asdf561a6sd5f1`. Of 28 random letters and digits, 18 or more differ; of 30 random letters, 15
/// or more.
pub(super) fn is_of_few(lower: &[u8], distinct: usize) -> bool {
    let beyond_hex = lower.iter().filter(|b| matches!(b, b'g'..=b'z')).count();
    let most = if lower.iter().all(u8::is_ascii_lowercase) { 12.min(lower.len() * 2 / 5) } else { 10 };
    OF_FEW.contains(&lower.len())
        && lower.iter().all(u8::is_ascii_alphanumeric)
        && beyond_hex >= 4
        && distinct <= most
        && !is_words(lower)
}

/// Returns whether the part after a vendor's prefix is a sequence: `xoxp-0987654321`.
pub(super) fn is_sequence_behind_prefix(lower: &[u8]) -> bool {
    let Some(at) = lower.iter().rposition(|b| matches!(b, b'_' | b'-' | b'.')) else { return false };
    let (prefix, body) = (&lower[..at], &lower[at + 1..]);
    (2..=12).contains(&prefix.len())
        && body.len() >= 10
        && (prefix.iter().all(|b| b.is_ascii_lowercase() || is_separator(*b)) || is_numbered(prefix))
        && is_sequence(body)
}

/// Returns whether each group in the middle of a UUID is one digit: `2e41f7cf-1111-2222-3333-7397a56113ca`.
pub(super) fn is_masked_uuid(lower: &[u8]) -> bool {
    let groups: Vec<&[u8]> = lower.split(|b| *b == b'-').collect();
    let is_one = |group: &[u8]| group.len() == 4 && group.iter().all(|b| *b == group[0]);
    lower.len() == 36 && groups.len() == 5 && groups[1..4].iter().all(|group| is_one(group))
}

/// Returns whether this is a word of letters with one digit at its end: `da2`.
fn is_numbered(prefix: &[u8]) -> bool {
    matches!(prefix, [letters @ .., b'0'..=b'9'] if letters.iter().all(u8::is_ascii_lowercase))
}

/// Returns whether groups with dashes between them are one sequence: `abcd-efgh-ijkl-mnop`.
pub(super) fn is_sequence_in_groups(lower: &[u8]) -> bool {
    let plain: Vec<u8> = lower.iter().copied().filter(|b| !is_separator(*b)).collect();
    plain.len() >= 12 && plain.len() < lower.len() && is_sequence(&plain)
}

/// Returns whether the last part of a URL's path was typed: `https://hooks.zapier.com/hooks/catch/123/bcdefghijk`.
pub(super) fn ends_url(lower: &[u8]) -> bool {
    let Some(at) = memchr::memmem::find(lower, b"://").filter(|_| !lower.contains(&b'@')) else {
        return false;
    };
    let path = lower[at + 3..].split(|b| matches!(b, b'?' | b'#')).next().unwrap_or_default();
    let path = path.strip_suffix(b"/").unwrap_or(path);
    memchr::memrchr(b'/', path)
        .map(|at| &path[at + 1..])
        .is_some_and(|last| last.len() >= 8 && (is_sequence(last) || is_dull(last)))
}

fn is_separator(b: u8) -> bool {
    matches!(b, b'-' | b'_' | b'.' | b':' | b'/' | b' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn typed_values_are_distinguished_from_drawn_ones() {
        for v in [
            "vnd_kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
            "hvb.mmmmmmmmmmmmmmmmmmmmmmmmmmmm",
            "11111111-2222-3333-4444-555555555555",
            "23456789-2345-2345-2345-234567890123",
            "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
            "01234567-89ab-cdef-0123-456789abcdef",
            "bcdefghijklmnopqqqqqqqqq88888888",
        ] {
            assert!(is_dull(v.as_bytes()), "{v}");
        }
        for v in ["9f86d081884c7d659a2feaa0c55ad015", "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d", "aaaa1111"] {
            assert!(!is_dull(v.as_bytes()), "{v}");
        }
        assert!(is_sequence_behind_prefix(b"xoxp-0987654321"));
        assert!(!is_sequence_behind_prefix(b"xoxp-0917354821"));
        assert!(is_masked_uuid(b"2e41f7cf-1111-2222-3333-7397a56113ca"));
        assert!(!is_masked_uuid(b"2e41f7cf-1111-4222-8333-7397a56113ca"));
        assert!(!is_sequence_behind_prefix(b"kq7-xr2-1234567890"));
        assert!(!is_sequence_behind_prefix(b"acme-12345678"), "a person's password");
        assert!(ends_url(b"https://hooks.zapier.com/hooks/catch/1234567890/bcdefghijk/"));
        // stanch:allow zapier-webhook-url -- made up for the test
        assert!(!ends_url(b"https://hooks.zapier.com/hooks/catch/1234567890/b7kdqf2/"));
        // stanch:allow postgres-uri -- made up for the test
        assert!(!ends_url(b"postgres://app:kq7xr2@db.acme.io/abcdefgh"));
    }

    proptest! {
        #[test]
        fn a_drawn_value_has_many_characters(base36 in "[0-9a-z]{28,64}", letters in "[a-z]{48,64}", hex in "key[0-9a-f]{32}") {
            for value in [base36, letters, hex] {
                let distinct = value.bytes().collect::<std::collections::HashSet<_>>().len();
                prop_assert!(!is_of_few(value.as_bytes(), distinct));
            }
        }

        #[test]
        fn a_drawn_value_is_not_dull(hex in "[0-9a-f]{32}", base62 in "[0-9a-z]{24}", digits in "[0-9]{40}") {
            prop_assert!(!is_dull(hex.as_bytes()));
            prop_assert!(!is_dull(base62.as_bytes()));
            prop_assert!(!is_dull(digits.as_bytes()));
        }
    }
}
