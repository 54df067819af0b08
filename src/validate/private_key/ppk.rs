//! PuTTY's keys, versions 2 and 3. Source: PuTTY's manual, appendix "PPK file format".

use super::{Key, Parsed, fingerprint, kind_of_blob};
use crate::validate::radix;

/// Reads the header lines and the public key.
pub(super) fn parse(text: &[u8]) -> Parsed {
    let text = String::from_utf8_lossy(text).replace("\\r", "").replace("\\n", "\n");
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let field = |name: &str| lines.iter().find_map(|l| l.strip_prefix(name)?.strip_prefix(": "));
    let block = |name: &str| -> Option<Vec<u8>> {
        let at = lines.iter().position(|l| l.starts_with(name))?;
        let count: usize = lines[at].split(": ").nth(1)?.parse().ok()?;
        let end = at.checked_add(1)?.checked_add(count)?;
        radix::base64(lines.get(at + 1..end)?.concat().as_bytes())
    };
    let (Some(encryption), Some(public)) = (field("Encryption"), block("Public-Lines")) else {
        return Parsed::Unreadable;
    };
    if block("Private-Lines").is_none_or(|p| p.is_empty()) {
        return Parsed::Unreadable;
    }
    Parsed::Key(Key {
        encrypted: encryption != "none",
        kind: kind_of_blob(&public),
        fingerprint: Some(fingerprint(&public)),
    })
}
