//! Keys that everybody has: of debug builds, of a VPN's provider, of test vectors; and values beside the pattern that describes them.

use crate::rules::SecretKind;
use crate::scan::candidate::Candidate;
use crate::text::line;

/// Why the key of debug builds warns.
pub(super) const OF_DEBUG_BUILDS: &str = "the key of debug builds, for which the tools use a known password";

/// Returns whether this is the key store with which Android's tools sign what is never published.
pub(super) fn is_of_debug_builds(c: &Candidate, path: &[u8]) -> bool {
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
    c.rule.kind == SecretKind::CredentialFile
        && [&b"debug.keystore"[..], b"debug.jks"].iter().any(|debug| name.eq_ignore_ascii_case(debug))
}

/// Bytes before and after a value in which a pattern for it is searched.
const PATTERN_REACH: usize = 240;

/// Returns whether the value's prefix is on its line a second time, before a class or a group of a regular expression:
/// `("glpat-[0-9a-zA-Z_]{20}", "glpat-...")`.
pub(super) fn is_beside_its_pattern(c: &Candidate, text: &[u8]) -> bool {
    let head = &text[c.secret.start..c.secret.end.min(c.secret.start + 16)];
    let Some(joint) = head.iter().rposition(|b| matches!(b, b'-' | b'_')).filter(|joint| *joint >= 2) else {
        return false;
    };
    let line = line::around(text, c.secret.start, PATTERN_REACH);
    let line = &text[line];
    memchr::memmem::find_iter(line, &head[..=joint]).any(|i| {
        matches!(line[i + joint + 1..], [b'[', ..] | [b'(', b'?' | b'[', ..] | [b'\\', b'd' | b'w', ..])
    })
}

/// Returns whether one of the three lines above a value says that a test vector follows.
pub(super) fn is_test_vector(text: &[u8], at: usize) -> bool {
    let before = text[at.saturating_sub(PATTERN_REACH)..at].to_ascii_lowercase();
    before.rsplit(|b| *b == b'\n').take(4).any(|line| memchr::memmem::find(line, b"test vector").is_some())
}

/// Returns whether a configuration of OpenVPN logs in with a name and a password, and has no key of its own.
pub(super) fn is_of_provider(text: &[u8]) -> bool {
    let lines = || text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    let begins = |line: &[u8], word: &[u8]| {
        line.strip_prefix(word).is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
    };
    lines().any(|line| begins(line, b"auth-user-pass"))
        && !lines().any(|line| line == b"<key>" || begins(line, b"key") || begins(line, b"pkcs12"))
}
