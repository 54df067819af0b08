//! References to a secret kept elsewhere: variables, templates, calls, stores, sealed values.

use super::sealed;

/// Prefixes of a reference to the place that holds the secret.
const SCHEMES: [&[u8]; 22] = [
    b"vault:",
    b"op://",
    b"arn:",
    b"sops:",
    b"ssm:",
    b"secretsmanager:",
    b"awskms:",
    b"gcpkms:",
    b"keyvault:",
    b"env:",
    b"file:",
    b"enc[",
    b"enc(",
    b"{cipher}",
    b"!vault",
    b"$ansible_vault",
    b"os.environ",
    b"os.getenv",
    b"process.env",
    b"system.getenv",
    b"import.meta.env",
    b"secret://",
];

/// Returns whether this is a reference, not a value: a variable, a template, a call, a format, a sealed
/// value.
pub fn is_reference(value: &[u8]) -> bool {
    let v = value.trim_ascii();
    let lower = v[..v.len().min(32)].to_ascii_lowercase();
    if SCHEMES.iter().any(|s| lower.starts_with(s)) || sealed::is_sealed(v, &lower) {
        return true;
    }
    let holds = |part: &[u8]| memchr::memmem::find(v, part).is_some();
    match v {
        [b'<', .., b'>'] | [b'%', .., b'%'] | [b'[', .., b']'] | [b'(', .., b')'] => {
            return true;
        }
        [b'_', b'_', .., b'_', b'_'] => return true,
        [b'%', c, ..] if v.len() <= 4 && c.is_ascii_alphabetic() => return true,
        [b'@', b'@', ..] | [b'*', b'*', ..] | [b'.', b'.', b'.'] => return true,
        [b'$', rest @ ..] if is_variable(rest) => return true,
        [b'#', b'{' | b'[', ..] => return true,
        // A value of a SealedSecret: a version, the length of an RSA key and the data encrypted with it.
        [b'A', b'g', b'A'..=b'D', ..] if v.len() >= 300 => return true,
        // A value encrypted by Bitwarden: the kind, then an initialisation vector, the text and its
        // authentication code.
        [b'0'..=b'7', b'.', parts @ ..] if is_bitwarden(parts) => return true,
        // JSON in a string is not a template.
        [b'{', inner @ .., b'}'] if !inner.contains(&b'"') => return true,
        _ => {}
    }
    holds(b"${")
        || holds(b"{{")
        || holds(b"$(")
        || holds(b"#{")
        || holds(b"<%")
        || holds(b"%(")
        || holds(b"@{")
}

/// Returns whether there are two or more parts in base64.
fn is_bitwarden(parts: &[u8]) -> bool {
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    parts.contains(&b'|') && parts.split(|b| *b == b'|').all(|p| p.len() >= 16 && p.iter().all(base64))
}

/// Returns whether a variable follows the dollar: `NAME`, `NAME[...]`, `env:NAME`, `this->name`, `1`.
fn is_variable(rest: &[u8]) -> bool {
    let name =
        rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':')).count();
    match rest.get(name) {
        // `$apr1$`, `$2a$10$` are password hashes, `$2` is a parameter.
        None => rest.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_') || rest.len() <= 2,
        Some(b'[' | b'-' | b'(') => name > 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_distinguished_from_values() {
        for v in [
            "${DB_PASSWORD}",
            "$PASS",
            "{{ password }}",
            "$(cat file)",
            "%s",
            "%(pw)s",
            "<password>",
            "#{pw}",
            "op://a/b/c",
            "vault:secret/x",
            "arn:aws:secretsmanager:x",
            "os.environ['X']",
            "process.env.X",
            "$1",
            "$env:TOKEN",
            "<%= x %>",
            "ENC[AES256,data:x]",
            "__PASSWORD__",
            "%PASS%",
            "***",
            "$config['x']",
            concat!("2.AAAAAAAAAAAAAAAAAAAAAA==", "|BBBBBBBBBBBBBBBBBBBBBB==", "|CCCCCCCCCCCCCCCCCCCC"),
        ] {
            assert!(is_reference(v.as_bytes()), "{v}");
        }
        for v in ["p$ssw0rd", "$2a$10$abc", "a{b", "100%sure", "kq8Zp2Lm", "$ecret!1", "2.pass|word"] {
            assert!(!is_reference(v.as_bytes()), "{v}");
        }
    }
}
