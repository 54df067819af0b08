//! What programs keep of a password: it does not tell it.

use super::documented::RESERVED;
use crate::rules::SecretKind;
use crate::scan::candidate::Candidate;
use crate::scan::extract::tables;
use crate::text::lang::Lang;
use crate::text::line;
use crate::text::short::holds;

/// What MySQL and MariaDB keep of a password: `*` and SHA-1, twice, in 40 digits.
pub(super) fn is_mysql_hash(value: &[u8]) -> bool {
    matches!(value, [b'*', digits @ ..] if digits.len() == 40 && digits.iter().all(u8::is_ascii_hexdigit))
}

/// Returns whether a table has hex digits of a hash's length for a password: what a program keeps of it.
pub(super) fn is_hash_in_table(c: &Candidate, text: &[u8], path: &[u8]) -> bool {
    let value = &text[c.secret.clone()];
    // The name of a column stands before the closing bracket of the columns.
    let is_cell = || Lang::of_path(path) == Lang::Sql && text[c.whole.start..c.secret.start].contains(&b')');
    c.rule.kind == SecretKind::Password
        && matches!(value.len(), 32 | 40 | 56 | 64 | 80 | 96 | 128)
        && value.iter().all(u8::is_ascii_hexdigit)
        && (tables::is_table(path) || is_cell())
        && !is_of_client(text, c.secret.start)
}

/// Returns whether the row of a table names somebody at `example.com`, as generators of people do.
pub(super) fn is_of_nobody_in_table(c: &Candidate, text: &[u8], path: &[u8]) -> bool {
    let row = || &text[line::around(text, c.secret.start, COLUMNS)];
    let is_named = |domain: &&[u8]| {
        let row = row();
        memchr::memmem::find_iter(row, domain).any(|at| row[..at].ends_with(b"@"))
    };
    tables::is_table(path) && RESERVED.iter().any(is_named)
}

/// Bytes before a value in which the columns of its table stand.
const COLUMNS: usize = 400;

/// Returns whether a column of the table names a host: its passwords are those of a client, which needs them as they are.
fn is_of_client(text: &[u8], at: usize) -> bool {
    let near = text[at.saturating_sub(COLUMNS)..at].to_ascii_lowercase();
    let statement = memchr::memmem::rfind(&near, b"insert into").map_or(&text[..0], |i| &near[i..]);
    let columns = statement.split(|b| *b == b')').next().unwrap_or_default();
    let header = text[..text.len().min(COLUMNS)].split(|b| *b == b'\n').next().unwrap_or_default();
    let columns = if columns.is_empty() { header.to_ascii_lowercase() } else { columns.to_vec() };
    let is_word = |b: &u8| b.is_ascii_alphanumeric();
    columns
        .split(|b| !is_word(b))
        .any(|word| matches!(word, b"host" | b"hostname" | b"server" | b"smtp" | b"port"))
}

/// Returns whether this is what a program keeps of a password, whole or not, possibly behind the user's name:
/// `$argon2id$v=19$...`, `admin:$apr1$...`, `SCRAM-SHA-256$4096:...`, `pbkdf2:sha256:...$`, `md5` and 32 hex digits.
pub(super) fn is_password_hash(value: &[u8]) -> bool {
    // A compose file writes two dollars for one.
    let crypt = |value: &[u8]| {
        let rest = value.strip_prefix(b"$")?;
        let rest = rest.strip_prefix(b"$").unwrap_or(rest);
        let id = &rest[..memchr::memchr(b'$', rest)?];
        let short =
            matches!(id, b"1" | b"2" | b"2a" | b"2b" | b"2x" | b"2y" | b"5" | b"6" | b"7" | b"y" | b"gy");
        let named = [&b"apr1"[..], b"argon2", b"bcrypt", b"pbkdf2", b"scrypt"];
        (short || named.iter().any(|name| id.starts_with(name))).then_some(())
    };
    let tagged = [
        &b"SCRAM-SHA-"[..],
        b"sha1$",
        b"sha256$",
        b"sha512$",
        b"pbkdf2:",
        b"pbkdf2_",
        b"scrypt:",
        b"bcrypt_",
        b"argon2$",
    ];
    let of_user = memchr::memchr(b':', value).map_or(value, |colon| &value[colon + 1..]);
    let md5 = value.strip_prefix(b"md5").filter(|digits| digits.len() == 32);
    let enclosed = |value: &[u8]| {
        let end = value.strip_prefix(b"{").and_then(|rest| memchr::memchr(b'}', rest))?;
        let name = value[1..=end].to_ascii_lowercase();
        let named = [&b"sha"[..], b"ssha", b"md5", b"smd5", b"crypt", b"pbkdf2", b"argon2", b"bcrypt"];
        named.iter().any(|n| name.starts_with(n)).then_some(())
    };
    // Bitcoin's `rpcauth=user:salt$hash`; a compose file writes two dollars for one.
    let rpcauth = || {
        let (salt, hash) = of_user.split_at_checked(32)?;
        let hash = hash.strip_prefix(b"$")?;
        let hash = hash.strip_prefix(b"$").unwrap_or(hash);
        let is_hex = |part: &[u8]| part.iter().all(u8::is_ascii_hexdigit);
        (hash.len() == 64 && is_hex(salt) && is_hex(hash)).then_some(())
    };
    // phpass, of WordPress, phpBB and Drupal.
    let phpass = matches!(value, [b'$', b'P' | b'H', b'$', ..] if value.len() == 34)
        || matches!(value, [b'$', b'S', b'$', ..] if value.len() == 55);
    // Keycloak's, beside the salt.
    let salted = matches!(value, [b'{', ..]) && holds(value, &[b"salt\\\":", b"salt\":"]);
    value.len() >= 20
        && (phpass
            || salted
            || rpcauth().is_some()
            || enclosed(value).is_some()
            || crypt(value).or_else(|| crypt(of_user)).is_some()
            || value.contains(&b'$') && tagged.iter().any(|tag| value.starts_with(tag))
            || md5.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)))
}
