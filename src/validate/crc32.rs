//! Tokens that end in a CRC32 of themselves (IEEE polynomial): one description per family.
//!
//! Sources: GitHub's post on its token formats (2021); Cloudflare's and Packagist's documentation; Grafana's
//! source (`satokengen`). For Vercel, Atlassian, Confluent, Zuplo, Apify and SaladCloud the sum was derived
//! from published samples and holds for all of them. Apify and SaladCloud only confirm: too few samples are
//! known to reject a token.

use super::Check;
use super::dice::{ALNUM, Dice, HEX};
use super::radix::{self, B62, B62_LOWER};
use crate::rules::Validator;
use data_encoding::{BASE64, HEXLOWER, HEXUPPER};

/// The part of a token that its sum covers, and the sum as the token carries it; `None` if the token has
/// another form.
fn parts(validator: Validator, token: &[u8]) -> Option<(&[u8], &[u8])> {
    let body = &token[memchr::memrchr(b'_', token).map_or(0, |i| i + 1)..];
    // The body after the last underscore: `n` characters, the last `tail` of them the sum.
    let sealed = |n: usize, tail: usize| (body.len() == n).then(|| body.split_at(n - tail));
    let whole = |tail: usize| token.split_at_checked(token.len().checked_sub(tail)?);
    match validator {
        Validator::GithubCrc32 => sealed(36, 6).filter(|_| body.iter().all(u8::is_ascii_alphanumeric)),
        Validator::CloudflareCrc32 => sealed(48, 8),
        Validator::VercelCrc32 => sealed(56, 6),
        Validator::GrafanaCrc32 => {
            let covered = &token[..(token.len() - body.len()).checked_sub(1)?];
            let random = covered.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
            (body.len() == 8 && random == 32).then_some((covered, body))
        }
        Validator::PackagistCrc32 => whole(8).filter(|_| body.len() == 68),
        Validator::AtlassianCrc32 => {
            whole(8).filter(|(covered, _)| covered.len() >= 16 && covered.starts_with(b"AT"))
        }
        Validator::ConfluentCrc32 => {
            let body = token.strip_prefix(b"cflt")?;
            (body.len() == 60).then(|| body.split_at(54))
        }
        Validator::ZuploCrc32 => {
            let random = token.strip_prefix(b"zpka_")?.strip_suffix(body)?.strip_suffix(b"_")?;
            (random.len() == 32 && body.len() == 8).then_some((random, body))
        }
        Validator::ApifyCrc32 => whole(6).filter(|_| body.len() == 36),
        Validator::SaladCrc32 => (body.len() >= 12).then(|| body.split_at(body.len() - 6)),
        _ => None,
    }
}

/// The sum as this family writes it.
fn seal(validator: Validator, covered: &[u8]) -> String {
    let sum = crc32fast::hash(covered);
    match validator {
        Validator::GithubCrc32 | Validator::VercelCrc32 | Validator::SaladCrc32 => radix::encode(sum, B62, 6),
        Validator::ApifyCrc32 => radix::encode(sum, B62_LOWER, 6),
        Validator::GrafanaCrc32 => HEXLOWER.encode(&sum.to_le_bytes()),
        Validator::AtlassianCrc32 => HEXUPPER.encode(&sum.to_be_bytes()),
        Validator::ConfluentCrc32 => BASE64.encode(&sum.to_le_bytes())[..6].to_owned(),
        _ => HEXLOWER.encode(&sum.to_be_bytes()),
    }
}

fn confirms_only(validator: Validator) -> bool {
    matches!(validator, Validator::ApifyCrc32 | Validator::SaladCrc32)
}

/// Compares the computed sum with the one in the token.
pub(super) fn check(validator: Validator, secret: &[u8]) -> Check {
    let token = radix::plain(secret);
    match parts(validator, &token) {
        None => Check::unknown(),
        Some((covered, sum)) if seal(validator, covered).as_bytes() == sum => {
            Check::valid("checksum", "checksum valid")
        }
        Some(_) if confirms_only(validator) => Check::unknown(),
        Some(_) => Check::invalid(),
    }
}

/// A token with this prefix, or with the family's most common one.
pub(super) fn forge(validator: Validator, prefix: &str, dice: &mut Dice<'_>) -> String {
    let or = |default: &'static str| if prefix.is_empty() { default.to_owned() } else { prefix.to_owned() };
    let (head, n, alphabet) = match validator {
        Validator::GithubCrc32 => (or("ghp_"), 30, ALNUM),
        Validator::CloudflareCrc32 => (or("cfut_"), 40, ALNUM),
        Validator::VercelCrc32 => (or("vcp_"), 50, ALNUM),
        Validator::GrafanaCrc32 => (or("glsa_"), 32, ALNUM),
        Validator::PackagistCrc32 => (or("packagist_ort_"), 60, HEX),
        Validator::AtlassianCrc32 => match prefix {
            "ATATT3" | "ATCTT3" => (format!("{prefix}xFfGF0"), 160, ALNUM),
            _ => (or("ATBB"), 24, ALNUM),
        },
        Validator::ConfluentCrc32 => (or("cflt"), 54, ALNUM),
        Validator::ZuploCrc32 => (or("zpka_"), 32, ALNUM),
        Validator::SaladCrc32 => (or("salad_cloud_user_"), 40, ALNUM),
        _ => (or("apify_api_"), 30, ALNUM),
    };
    let body = dice.text(alphabet, n);
    let joint = match validator {
        Validator::GrafanaCrc32 | Validator::ZuploCrc32 => "_",
        Validator::AtlassianCrc32 if head.len() > 6 => "=",
        _ => "",
    };
    let covered = match validator {
        Validator::GrafanaCrc32 | Validator::PackagistCrc32 | Validator::ApifyCrc32 => {
            format!("{head}{body}")
        }
        Validator::AtlassianCrc32 => format!("{head}{body}{joint}"),
        _ => body.clone(),
    };
    format!("{head}{body}{joint}{}", seal(validator, covered.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::Verdict::{self, Invalid, Unknown, Valid};

    fn verdict(validator: Validator, token: &str) -> Verdict {
        check(validator, token.as_bytes()).verdict
    }

    #[test]
    fn published_and_computed_vectors_pass() {
        let vectors = [
            (Validator::GithubCrc32, apart!("ghp_", "EXAMPLE0EXAMPLE1EXAMPLE2EXAMPL", "17SpSL")),
            (Validator::GithubCrc32, apart!("npm_", "EXAMPLE0EXAMPLE1EXAMPLE2EXAMPL", "17SpSL")),
            (Validator::GithubCrc32, apart!("gho_", "PADDING00000000000000000000001", "0Bwz0z")),
            (
                Validator::CloudflareCrc32,
                apart!("cfut_", "aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStT", "03fa099b"),
            ),
            (Validator::GrafanaCrc32, apart!("glsa_", "EXAMPLEEXAMPLEEXAMPLEEXAMPLE0000", "_66daff0c")),
            (Validator::GrafanaCrc32, apart!("glsa_", "HOruNAb7SOiCdshU9algkrq7FDsNSLAa", "_54e2f8be")),
            (
                Validator::PackagistCrc32,
                apart!(
                    "packagist_ort_",
                    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab",
                    "680569fb"
                ),
            ),
            (Validator::AtlassianCrc32, apart!("ATBB", "EXAMPLEexampleEXAMPLEexa", "64DE5E41")),
            (
                Validator::ConfluentCrc32,
                apart!("cflt", "EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMP", "oxHT3Q"),
            ),
            (Validator::ZuploCrc32, apart!("zpka_", "0123456789abcdefghijklmnopqrstuv", "_782bbe53")),
            (Validator::ZuploCrc32, apart!("zpka_", "3e6c4f7d39954ca29353b7ab88589b64", "_de26cd55")),
            (Validator::ApifyCrc32, apart!("apify_api_", "9uyewBxQUF1EXWdKVc4lNaTSM461Ls", "4oQouz")),
        ];
        for (validator, token) in vectors {
            assert_eq!(verdict(validator, token), Valid, "{validator:?} {}", &token[..6]);
        }
    }

    #[test]
    fn an_escaped_equals_sign_does_not_hide_the_sum() {
        let mut n = 7u32;
        let mut next = || {
            n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            n
        };
        let token = forge(Validator::AtlassianCrc32, "ATATT3", &mut Dice(&mut next));
        assert_eq!(verdict(Validator::AtlassianCrc32, &token), Valid);
        assert_eq!(verdict(Validator::AtlassianCrc32, &token.replace('=', "%3D")), Valid);
        assert_eq!(verdict(Validator::AtlassianCrc32, &token.replace('=', "\\=")), Valid);
    }

    #[test]
    fn other_forms_are_left_alone() {
        assert_eq!(verdict(Validator::GithubCrc32, "ghs_12345_a.b.c"), Unknown);
        assert_eq!(verdict(Validator::GithubCrc32, &format!("ghr_{}", "a1".repeat(38))), Unknown);
        assert_eq!(verdict(Validator::PackagistCrc32, &"ab".repeat(30)), Unknown);
        assert_eq!(verdict(Validator::ApifyCrc32, &format!("apify_api_{}", "a".repeat(36))), Unknown);
        assert_eq!(verdict(Validator::GithubCrc32, &format!("ghp_{}", "a".repeat(36))), Invalid);
    }
}
