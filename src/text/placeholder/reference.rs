//! References to a secret kept elsewhere: variables, templates, calls, stores, sealed values.

use super::sealed;
use crate::text::words;

/// Prefixes of a reference to the place that holds the secret.
const SCHEMES: [&[u8]; 38] = [
    b"vault:",
    b"op://",
    b"arn:",
    b"crn:",
    b"orn:",
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
    b"secrets://",
    b"secretref:",
    b"ref+",
    b"sm://",
    b"gsm://",
    b"gcpsm://",
    b"awssm://",
    b"awsps://",
    b"azkv://",
    b"akv://",
    b"bws://",
    b"keyring://",
    b"infisical://",
    b"@microsoft.keyvault(",
];

/// Returns whether this is a reference, not a value: a variable, a template, a call, a format, a sealed
/// value.
pub fn is_reference(value: &[u8]) -> bool {
    let v = value.trim_ascii();
    let lower = v[..v.len().min(32)].to_ascii_lowercase();
    if SCHEMES.iter().any(|s| lower.starts_with(s)) || sealed::is_sealed(v, &lower) || is_resource(v) {
        return true;
    }
    match v {
        [b'<', .., b'>'] | [b'%', .., b'%'] | [b'[', .., b']'] | [b'(', .., b')'] => {
            return true;
        }
        // `<...>` in HTML.
        [b'&', b'l', b't', b';', ..] => return true,
        [b'_', b'_', .., b'_', b'_'] => return true,
        [b'%', c, ..] if v.len() <= 4 && c.is_ascii_alphabetic() => return true,
        [b'@', b'@', ..] | [b'*', b'*', ..] | [b'.', b'.', b'.'] => return true,
        [b'$', rest @ ..] if is_variable(rest) => return true,
        [b'#', b'{' | b'[', ..] => return true,
        // The newest version of a secret in Google's Secret Manager.
        [name @ .., b':', b'l', b'a', b't', b'e', b's', b't'] if is_shouted(name) => return true,
        [.., b')'] if is_call_on_element(v) => return true,
        // A value of a SealedSecret: a version, the length of an RSA key and the data encrypted with it.
        [b'A', b'g', b'A'..=b'D', ..] if v.len() >= 300 => return true,
        // A value encrypted by Bitwarden: the kind, then an initialisation vector, the text and its
        // authentication code.
        [b'0'..=b'7', b'.', parts @ ..] if is_bitwarden(parts) => return true,
        // JSON in a string is not a template.
        [b'{', inner @ .., b'}'] if !inner.contains(&b'"') => return true,
        _ => {}
    }
    let opens = |two: &[u8]| matches!(two, [b'$' | b'{' | b'#' | b'@', b'{'] | [b'$' | b'%', b'('] | b"<%");
    v.windows(2).any(opens) && TEMPLATES.iter().any(|(open, close)| holds_template(v, open, close))
}

/// Returns whether this is the name of a setting in capitals.
fn is_shouted(name: &[u8]) -> bool {
    name.contains(&b'_') && name.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
}

/// Opening and closing of each template syntax.
const TEMPLATES: [(&[u8], &[u8]); 7] = [
    (b"${", b"}"),
    (b"{{", b"}}"),
    (b"$(", b")"),
    (b"#{", b"}"),
    (b"<%", b"%>"),
    (b"%(", b")"),
    (b"@{", b"}"),
];

/// The end of the template that is open at the end of a word of this length, if it closes on the line.
pub fn end_of_template(line: &[u8], word: usize) -> Option<usize> {
    let value = &line[..word];
    let open = TEMPLATES.iter().filter_map(|(open, close)| {
        let at = memchr::memmem::rfind(value, open)? + open.len();
        memchr::memmem::find(&value[at..], close).is_none().then_some((at, *close))
    });
    let (at, close) = open.max_by_key(|(at, _)| *at)?;
    let rest = &line[at..line.len().min(word + TEMPLATE)];
    let rest = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
    memchr::memmem::find(rest, close).map(|i| at + i + close.len())
}

/// Bytes of the longest template.
const TEMPLATE: usize = 128;

/// Returns whether the value contains a template. Random values contain an opening by chance, so a name or an
/// expression must follow. It need not close: a value without quotes ends at a blank.
fn holds_template(value: &[u8], open: &[u8], close: &[u8]) -> bool {
    memchr::memmem::find_iter(value, open).any(|at| {
        let rest = &value[at + open.len()..];
        match memchr::memmem::find(rest, close) {
            _ if at == 0 || rest.is_empty() => true,
            Some(end) => end > 0 && is_expression(&rest[..end]) && (open[1] != b'(' || is_call(&rest[..end])),
            None => is_expression(rest) && !rest.iter().any(u8::is_ascii_digit) && is_likely(rest),
        }
    })
}

/// Returns whether this starts with a name, or with a character that starts an expression.
fn is_expression(inner: &[u8]) -> bool {
    let inner = inner.trim_ascii();
    let length = inner.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')).count();
    let word = &inner[..length];
    // Digits among lower-case letters are random: `k3m9q`.
    let turns = word.windows(2).filter(|w| w[0].is_ascii_digit() && w[1].is_ascii_lowercase()).count();
    match word.first() {
        Some(first) => !first.is_ascii_digit() && turns < 2,
        None => inner.first().is_none_or(|b| b"@\"'$/<-=#?!:`".contains(b)),
    }
}

/// Returns whether this may be a command or a name in round brackets, which random values contain most often.
fn is_call(inner: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'/' | b'-' | b':');
    inner.contains(&b' ') || inner.iter().all(plain)
}

/// Returns whether the letters may be words.
fn is_likely(text: &[u8]) -> bool {
    words::surprise(text).is_some_and(|s| s < 4.5)
}

/// Returns whether this is the path of a secret in Google's Secret Manager: `projects/P/secrets/S`.
fn is_resource(v: &[u8]) -> bool {
    let mut parts = v.split(|b| *b == b'/').filter(|part| !part.is_empty());
    parts.next() == Some(b"projects") && parts.nth(1) == Some(b"secrets")
}

/// Returns whether this is a call in R with the element of a list: `decrypt(sysdat$NAME)`.
fn is_call_on_element(v: &[u8]) -> bool {
    let is_name = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_alphabetic)
            && part.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'))
    };
    let Some(open) = memchr::memchr(b'(', v) else { return false };
    let mut parts = v[open + 1..v.len() - 1].splitn(2, |b| *b == b'$');
    let (list, element) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    [&v[..open], list, element].into_iter().all(is_name)
}

/// Returns whether these are two or more parts in base64.
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
    fn the_end_of_a_template_is_found_on_its_line() {
        for (line, word, end) in [
            ("v1-${NAME}-2 x", 9, Some(10)),
            ("v1-$(date +%s) x", 9, Some(14)),
            ("{{ a }} x", 2, Some(7)),
            ("a${b}c", 6, None),
            ("a$(b c\n)", 4, None),
            ("abc", 3, None),
        ] {
            assert_eq!(end_of_template(line.as_bytes(), word), end, "{line}");
        }
    }

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
            "ref+awssecrets://prod/token",
            "sm://db-password",
            "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/x)",
            "projects/acme/secrets/db-password/versions/latest",
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
        for v in [
            "prefix-${VAR}-1",
            "a$(cat",
            "v1-{{",
            "key-${DB_PASSWORD",
            "x#{user.name}y",
            "http://%(host)s/",
            "ab{{ .Values.x1 }}",
        ] {
            assert!(is_reference(v.as_bytes()), "{v}");
        }
        // A random value may contain an opening.
        for v in [
            "of6tW0$(xan29aLi",
            "fv1ykmlsw9hz9ptmjxhr%(2elth6fb5mga3t5oqsf1ps2g1vn8",
            "kq8$(z4p2m)xw7",
            "T7${vR2xz9Qw",
            "m3{{cd9Lx2",
        ] {
            assert!(!is_reference(v.as_bytes()), "{v}");
        }
        for v in ["p$ssw0rd", "$2a$10$abc", "a{b", "100%sure", "kq8Zp2Lm", "$ecret!1", "2.pass|word"] {
            assert!(!is_reference(v.as_bytes()), "{v}");
        }
    }
}
