//! PyPI's tokens: `pypi-` and a macaroon (version 2) in base64url. Only the server can verify the signature.
//! The structure names the index and the projects of the token.

use super::dice::Dice;
use super::{Check, radix};
use crate::finding::{Evidence, printable};
use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;

/// Takes a field: its type and its bytes. Types: 0 end of section, 1 location, 2 identifier, 6 signature.
fn field<'a>(rest: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (kind, after) = rest.split_first()?;
    if *kind == 0 {
        *rest = after;
        return Some((0, &[]));
    }
    let (length, after) = varint(after)?;
    let (data, after) = after.split_at_checked(length)?;
    *rest = after;
    Some((*kind, data))
}

fn varint(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut n = 0usize;
    for (i, b) in bytes.iter().enumerate().take(3) {
        n |= usize::from(b & 0x7f) << (7 * i);
        if b & 0x80 == 0 {
            return Some((n, &bytes[i + 1..]));
        }
    }
    None
}

struct Macaroon<'a> {
    location: &'a [u8],
    caveats: Vec<&'a [u8]>,
}

fn parse(raw: &[u8]) -> Option<Macaroon<'_>> {
    let mut rest = raw.strip_prefix(&[2])?;
    let (1, location) = field(&mut rest)? else { return None };
    let (2, _) = field(&mut rest)? else { return None };
    let (0, _) = field(&mut rest)? else { return None };
    let mut caveats = Vec::new();
    loop {
        match field(&mut rest)? {
            (2, caveat) => {
                caveats.push(caveat);
                let (0, _) = field(&mut rest)? else { return None };
            }
            (0, _) => break,
            _ => return None,
        }
    }
    let (6, signature) = field(&mut rest)? else { return None };
    (signature.len() == 32 && rest.is_empty()).then_some(Macaroon { location, caveats })
}

/// Parses the whole macaroon, to the last byte.
pub(super) fn check(secret: &[u8]) -> Check {
    let body = secret.strip_prefix(b"pypi-").unwrap_or(secret);
    let raw = radix::base64(body);
    let Some(macaroon) = raw.as_deref().and_then(parse) else {
        return Check::doubtful("structure", "not a complete macaroon");
    };
    let mut check = Check::valid("structure", format!("a token of {}", printable(macaroon.location)));
    let projects: Vec<String> = macaroon
        .caveats
        .iter()
        .filter_map(|c| serde_json::from_slice::<Value>(c).ok())
        .filter(|c| c.get(0) == Some(&Value::from(1)))
        .filter_map(|c| c.get(1)?.as_array().cloned())
        .flatten()
        .filter_map(|p| p.as_str().map(|p| printable(p.as_bytes())))
        .collect();
    if !projects.is_empty() {
        check.evidence.push(Evidence::tells("account", format!("for the project {}", projects.join(", "))));
    }
    check
}

/// The start shared by all tokens of the Python Package Index: version, location, its length and the host.
const INDEX: &str = "AgEIcHlwaS5vcmc";
/// The same start for the test index.
const TEST_INDEX: &str = "AgENdGVzdC5weXBpLm9yZw";

/// A user's token for the index, or for the test index if the argument is `test`.
pub(super) fn forge(index: &str, dice: &mut Dice<'_>) -> String {
    let start = if index == "test" { TEST_INDEX } else { INDEX };
    let start = BASE64URL_NOPAD.decode(start.as_bytes()).expect("internal: the start is base64");
    let host = &start[3..];
    let mut raw = vec![2];
    let mut put = |kind: u8, data: &[u8]| {
        raw.push(kind);
        raw.push(data.len() as u8);
        raw.extend(data);
    };
    put(1, host);
    put(2, dice.uuid().as_bytes());
    raw.push(0);
    let caveat = format!(r#"[3, "{}"]"#, dice.uuid());
    raw.extend([2, caveat.len() as u8]);
    raw.extend(caveat.as_bytes());
    raw.extend([0, 0, 6, 32]);
    raw.extend(dice.bytes(32));
    format!("pypi-{}", BASE64URL_NOPAD.encode(&raw))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::Verdict;

    #[test]
    fn the_computed_token_parses_and_a_cut_one_does_not() {
        let token = apart!(
            "pypi-",
            "AgEIcHlwaS5vcmcCJDAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMAACK1szLCAi",
            "MDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxIl0AAAYg",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
        let found = check(token.as_bytes());
        assert_eq!(found.verdict, Verdict::Valid);
        let host = String::from_utf8(BASE64URL_NOPAD.decode(INDEX.as_bytes()).unwrap().split_off(3)).unwrap();
        assert_eq!(found.evidence[0].text, format!("a token of {host}"));
        assert_eq!(check(&token.as_bytes()[..120]).verdict, Verdict::Unknown);
    }
}
