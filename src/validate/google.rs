//! Google's service account files: a JSON object of known fields whose key is an RSA key in PKCS#8.
//!
//! Fields are searched by name, so a truncated or wrapped object is read as far as possible.

use super::dice::{Dice, HEX};
use super::{Check, Verdict, private_key};
use crate::finding::{Evidence, printable};

/// Checks the object in `secret`, or in `whole` if `secret` is only the key.
pub(super) fn check(secret: &[u8], whole: &[u8]) -> Check {
    let text = if field(secret, "private_key").is_some() { secret } else { whole };
    let key = field(text, "private_key").unwrap_or(secret);
    let mut check = match private_key::is_plain_rsa(key) {
        Some(true) => Check::valid("structure", "its private key is a whole RSA key"),
        Some(false) => Check::doubtful("structure", "its private key is not RSA"),
        None => private_key::check(key, key),
    };
    if check.verdict == Verdict::Invalid {
        return check;
    }
    let Some(email) = field(text, "client_email") else {
        return check;
    };
    check.evidence.push(Evidence::tells("account", format!("service account {}", printable(email))));
    let domain = email.split(|b| *b == b'@').nth(1).unwrap_or_default();
    let project = domain.strip_suffix(b".iam.gserviceaccount.com");
    if let (Some(named), Some(project)) = (field(text, "project_id"), project)
        && named != project
    {
        check.evidence.push(Evidence::lowers("structure", "its project is not the account's"));
        check.verdict = Verdict::Unknown;
    }
    check
}

/// The string value of a JSON field, escapes unchanged.
fn field<'a>(text: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let quoted = [b"\"", name.as_bytes(), b"\""].concat();
    let at = memchr::memmem::find_iter(text, &quoted).next()? + quoted.len();
    let rest = text[at..].trim_ascii_start().strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?;
    Some(&rest[..memchr::memchr(b'"', rest)?])
}

/// A complete file on several lines.
pub(super) fn forge(dice: &mut Dice<'_>) -> String {
    let key = private_key::forge("json", dice);
    format!(
        "{{\n  \"type\": \"service_account\",\n  \"project_id\": \"acme-prod\",\n  \"private_key_id\": \"{}\",\n  \
         \"private_key\": \"{key}\",\n  \"client_email\": \"ci@acme-prod.iam.gserviceaccount.com\",\n  \
         \"client_id\": \"1{}\"\n}}",
        dice.text(HEX, 40),
        dice.text(b"0123456789", 20)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_its_account_and_a_foreign_project_is_doubted() {
        let mut n = 3u32;
        let mut next = || {
            n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            n
        };
        let file = forge(&mut Dice(&mut next));
        let found = check(file.as_bytes(), b"");
        assert_eq!(found.verdict, Verdict::Valid);
        assert_eq!(found.evidence[1].text, "service account ci@acme-prod.iam.gserviceaccount.com");
        let other = file.replace("\"acme-prod\"", "\"acme-test\"");
        assert_eq!(check(other.as_bytes(), b"").verdict, Verdict::Unknown);
        let key = &file[file.find("-----BEGIN").unwrap()..file.find("KEY-----\\n\"").unwrap() + 8];
        assert_eq!(check(key.as_bytes(), file.as_bytes()).evidence.len(), 2);
        let placeholder = file.replace(key, "-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----");
        assert_eq!(check(placeholder.as_bytes(), b"").verdict, Verdict::Invalid);
    }
}
