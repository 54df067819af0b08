//! Properties that every family must have.

use super::*;
use proptest::prelude::*;

/// Arguments for forged values, besides none.
const ARGUMENTS: &[(Validator, &[&str])] = &[
    (Validator::GithubCrc32, &["ghp_", "gho_", "ghs_", "npm_"]),
    (Validator::CloudflareCrc32, &["cfk_", "cfat_"]),
    (Validator::VercelCrc32, &["vci_", "vck_"]),
    (Validator::PackagistCrc32, &["packagist_uut_"]),
    (Validator::AtlassianCrc32, &["ATATT3", "ATCTT3", "ATBB"]),
    (Validator::GitlabRoutable, &["glpat-", "glrt-t1_"]),
    (
        Validator::AzureIdentifiable,
        &[
            "storage",
            "cosmos",
            "batch",
            "ml",
            "apim",
            "servicebus",
            "eventhub",
            "relay",
            "iot",
            "redis",
            "acr",
            "search",
            "functions",
        ],
    ),
    (Validator::AzureCask, &["ACOG"]),
    (Validator::AwsKeyId, &["ASIA", "123456789012"]),
    (Validator::AwsBedrock, &["short"]),
    (Validator::Openai, &["sk-", "sk-proj-"]),
    (Validator::Jwt, &["service_role"]),
    (Validator::PypiMacaroon, &["test"]),
    (Validator::Base64Json, &["glc_", "qstash"]),
    (Validator::JfrogReference, &["AKCp"]),
    (
        Validator::PrivateKey,
        &[
            "rsa",
            "pkcs8",
            "ec",
            "ed25519",
            "openssh",
            "encrypted",
            "putty",
            "pgp",
            "json",
            "der",
            "der-rsa",
            "der-ec",
        ],
    ),
    (Validator::Key32, &["base64:", "url"]),
    (Validator::EthereumKey, &["0x"]),
    (Validator::SolanaKey, &["json"]),
    (Validator::Bip39, &["24"]),
    (Validator::NatsSeed, &["A", "O"]),
    (Validator::UrlCredential, &["mysql"]),
];

/// Families that reject or doubt a value with one wrong character anywhere in its random part.
const REJECTING: &[Validator] = &[
    Validator::GithubCrc32,
    Validator::CloudflareCrc32,
    Validator::VercelCrc32,
    Validator::GrafanaCrc32,
    Validator::PackagistCrc32,
    Validator::AtlassianCrc32,
    Validator::ConfluentCrc32,
    Validator::ZuploCrc32,
    Validator::GitlabRoutable,
    Validator::AzureIdentifiable,
    Validator::EntraSecret,
    Validator::AzureDevopsPat,
    Validator::AgeKey,
    Validator::NostrNsec,
    Validator::BitcoinWif,
    Validator::Xprv,
    Validator::StellarSeed,
    Validator::NatsSeed,
    Validator::SolanaKey,
];

/// A generator that gives the same numbers on every machine.
fn random(seed: u64) -> impl FnMut() -> u32 {
    let mut n = seed | 1;
    move || {
        n ^= n << 13;
        n ^= n >> 7;
        n ^= n << 17;
        (n >> 32) as u32
    }
}

fn forged(validator: Validator, argument: &str, seed: u64) -> String {
    forge(validator, argument, &mut random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))).unwrap_or_default()
}

#[test]
fn forged_values_are_never_disproved_or_doubted() {
    for validator in Validator::ALL.iter().copied().filter(|v| *v != Validator::None) {
        let more = ARGUMENTS.iter().find(|(v, _)| *v == validator).map_or(&[][..], |(_, a)| *a);
        for argument in more.iter().copied().chain([""]) {
            for seed in 1..12 {
                let value = forged(validator, argument, seed);
                let check = check(validator, value.as_bytes(), value.as_bytes());
                assert_ne!(check.verdict, Verdict::Invalid, "{validator:?} {argument:?}");
                assert!(check.evidence.iter().all(|e| e.weight >= 0), "{validator:?} {argument:?} {check:?}");
                let proves = !matches!(
                    validator,
                    Validator::AwsKeyId
                        | Validator::Telegram
                        | Validator::Luhn
                        | Validator::BasicAuth
                        | Validator::Wireguard
                        | Validator::Key32
                        | Validator::EthereumKey
                        | Validator::UrlCredential
                );
                assert_eq!(check.verdict == Verdict::Valid, proves, "{validator:?} {argument:?}");
            }
        }
    }
}

#[test]
fn a_value_without_a_check_is_unknown_and_none_is_forged() {
    assert_eq!(check(Validator::None, b"anything", b"anything").verdict, Verdict::Unknown);
    assert!(forge(Validator::None, "", &mut random(1)).is_none());
}

#[test]
fn a_value_of_the_manuals_is_disproved_whatever_the_rule() {
    let key = apart!("wJalrXUtnFEMI/K7MDENG", "/bPxRfiCYEXAMPLEKEY");
    assert_eq!(check(Validator::None, key.as_bytes(), b"").verdict, Verdict::Invalid);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn one_changed_character_is_rejected(which in 0..REJECTING.len(), seed in 1u64.., place in any::<prop::sample::Index>(), by in 1usize..10) {
        let validator = REJECTING[which];
        let value = forged(validator, "", seed).into_bytes();
        // Prefixes name the family, and the last characters of base32 and base64 have spare bits.
        let body = value.iter().rposition(|b| matches!(b, b'_' | b'-')).map_or(6, |i| i + 1).min(value.len() / 2);
        let at = body + place.index(value.len() - body - 4);
        let digits: Vec<u8> = (b'2'..=b'7').chain(b'a'..=b'f').chain(b'A'..=b'F').collect();
        let old = value[at];
        let same_sort: Vec<u8> = digits.into_iter().filter(|b| {
            *b != old && b.is_ascii_digit() == old.is_ascii_digit() && b.is_ascii_uppercase() == old.is_ascii_uppercase()
        }).collect();
        prop_assume!(old.is_ascii_alphanumeric());
        let mut other = value.clone();
        other[at] = same_sort[by % same_sort.len()];
        let was = check(validator, &value, &value).verdict;
        let is = check(validator, &other, &other).verdict;
        prop_assert_eq!(was, Verdict::Valid);
        prop_assert_ne!(is, Verdict::Valid, "{:?}", validator);
    }

    #[test]
    fn no_bytes_make_a_check_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for validator in Validator::ALL {
            let _ = check(*validator, &bytes, &bytes);
        }
    }

}

proptest! {
    // Every case runs all families, including RSA and curves.
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_broken_value_makes_a_check_panic(seed in 1u64.., cut in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for validator in Validator::ALL.iter().copied() {
            let mut value = forged(validator, "", seed % 5 + 1).into_bytes();
            if value.is_empty() {
                continue;
            }
            let at = cut.index(value.len());
            value[at] = byte;
            let _ = check(validator, &value, &value);
            value.truncate(at);
            let _ = check(validator, &value, b"");
        }
    }
}
