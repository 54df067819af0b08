//! Offline proof: what a candidate shows without any network.
//!
//! One family per file. "Invalid" is the answer only where a mismatch means that the vendor never issued the
//! value. Checks that can only confirm answer "unknown" otherwise.

/// Joins the pieces of a published vector or example, so that no whole token is in the source. stanch itself
/// reads through `concat!`.
macro_rules! apart {
    ($($piece:expr),+ $(,)?) => { concat!($($piece),+) };
}

mod aws;
mod azure;
mod base58;
mod bech32;
mod bip39;
mod clock;
mod crc16;
mod crc32;
mod dice;
mod documented;
mod ed25519;
mod encoded;
mod gitlab;
mod google;
mod identifiers;
mod jwt;
pub mod key_store;
mod keys;
mod macaroon;
mod private_key;
mod radix;
mod url;

use crate::finding::Evidence;
use crate::rules::{Severity, Validator};
use dice::Dice;

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Proved: chance does not produce this.
    Valid,
    /// Disproved: the vendor never issued it.
    Invalid,
    /// Nothing is known, or the check can only confirm.
    Unknown,
}

/// A verdict and the facts behind it.
#[derive(Debug, Clone)]
pub struct Check {
    /// The verdict.
    pub verdict: Verdict,
    /// Facts for the user: "checksum valid", "AWS account 123456789012", "expired 2021-03-02". Lowering
    /// evidence costs one step of confidence unless the verdict is valid.
    pub evidence: Vec<Evidence>,
    /// Upper bound of the severity (an expired token, an encrypted key).
    pub at_most: Option<Severity>,
}

impl Check {
    /// Nothing is known.
    pub fn unknown() -> Check {
        Check { verdict: Verdict::Unknown, evidence: Vec::new(), at_most: None }
    }

    /// Disproved.
    pub fn invalid() -> Check {
        Check { verdict: Verdict::Invalid, ..Check::unknown() }
    }

    /// Nothing is proved, but the value is not as expected.
    pub(crate) fn doubtful(code: &'static str, text: impl Into<String>) -> Check {
        Check { evidence: vec![Evidence::lowers(code, text)], ..Check::unknown() }
    }

    /// Proved, with the reason in words.
    pub fn valid(code: &'static str, text: impl Into<String>) -> Check {
        Check { verdict: Verdict::Valid, evidence: vec![Evidence::raises(code, text)], at_most: None }
    }
}

/// The check of a family of values, and the function that makes up a value that passes it.
struct Family {
    /// Takes the rule's validator, the secret, and all that the pattern matched.
    check: fn(Validator, &[u8], &[u8]) -> Check,
    /// Takes the rule's validator and the template's argument: a prefix or a kind.
    forge: fn(Validator, &str, &mut Dice<'_>) -> String,
}

impl Family {
    #[allow(clippy::unnecessary_wraps, reason = "each line of the table is an answer")]
    fn of(
        check: fn(Validator, &[u8], &[u8]) -> Check,
        forge: fn(Validator, &str, &mut Dice<'_>) -> String,
    ) -> Option<Family> {
        Some(Family { check, forge })
    }
}

/// The table of families; `None` for rules without a check.
#[rustfmt::skip]
fn family(validator: Validator) -> Option<Family> {
    use Validator as V;
    match validator {
        V::None => None,
        V::GithubCrc32 | V::CloudflareCrc32 | V::VercelCrc32 | V::GrafanaCrc32 | V::PackagistCrc32
        | V::AtlassianCrc32 | V::ConfluentCrc32 | V::ZuploCrc32 | V::ApifyCrc32 | V::SaladCrc32 => {
            Family::of(|v, s, _| crc32::check(v, s), crc32::forge)
        }
        V::GitlabRoutable => Family::of(|_, s, _| gitlab::check(s), |_, a, d| gitlab::forge(a, d)),
        V::AzureIdentifiable => Family::of(|_, s, _| azure::identifiable(s), |_, a, d| azure::forge_identifiable(a, d)),
        V::AzureCask => Family::of(|_, s, _| azure::cask(s), |_, a, d| azure::forge_cask(a, d)),
        V::EntraSecret => Family::of(|_, s, _| azure::entra(s), |_, _, d| azure::forge_entra(d)),
        V::AzureDevopsPat => Family::of(|_, s, _| azure::devops(s), |_, _, d| azure::forge_devops(d)),
        V::AzureSas => Family::of(|_, s, w| azure::sas(s, w), |_, _, d| azure::forge_sas(d)),
        V::AwsKeyId => Family::of(|_, s, _| aws::key_id(s), |_, a, d| aws::forge_key_id(a, d)),
        V::AwsBedrock => Family::of(|_, s, _| aws::bedrock(s), |_, a, d| aws::forge_bedrock(a, d)),
        V::Discord => Family::of(|_, s, w| identifiers::discord(s, w), |_, _, d| identifiers::forge_discord(d)),
        V::Openai => Family::of(|_, s, _| identifiers::openai(s), |_, a, d| identifiers::forge_openai(a, d)),
        V::Telegram => Family::of(|_, s, _| identifiers::telegram(s), |_, _, d| identifiers::forge_telegram(d)),
        V::Luhn => Family::of(|_, s, _| identifiers::luhn(s), |_, a, d| identifiers::forge_luhn(a, d)),
        V::Jwt => Family::of(|_, s, _| jwt::check(s), |_, a, d| jwt::forge(a, d)),
        V::PypiMacaroon => Family::of(|_, s, _| macaroon::check(s), |_, a, d| macaroon::forge(a, d)),
        V::SentryOrg => Family::of(|_, s, _| encoded::sentry(s), |_, _, d| encoded::forge_sentry(d)),
        V::OnepasswordService => Family::of(|_, s, _| encoded::onepassword(s), |_, _, d| encoded::forge_onepassword(d)),
        V::Base64Json => Family::of(|_, s, _| encoded::json(s), |_, a, d| encoded::forge_json(a, d)),
        V::JfrogReference => Family::of(|_, s, _| encoded::jfrog(s), |_, a, d| encoded::forge_jfrog(a, d)),
        V::BasicAuth => Family::of(|_, s, _| encoded::basic(s), |_, a, d| encoded::forge_basic(a, d)),
        V::MailjetBasic => Family::of(|_, s, _| encoded::mailjet(s), |_, _, d| encoded::forge_mailjet(d)),
        V::GoogleServiceAccount => Family::of(|_, s, w| google::check(s, w), |_, _, d| google::forge(d)),
        V::PrivateKey => Family::of(|_, s, w| private_key::check(s, w), |_, a, d| private_key::forge(a, d)),
        V::AgeKey => Family::of(|_, s, _| bech32::check(s, AGE), |_, _, d| bech32::forge(AGE, d).to_ascii_uppercase()),
        V::NostrNsec => Family::of(|_, s, _| bech32::check(s, "nsec"), |_, _, d| bech32::forge("nsec", d)),
        V::Wireguard => Family::of(|_, s, _| keys::wireguard(s), |_, _, d| keys::forge_wireguard(d)),
        V::Key32 => Family::of(|_, s, _| keys::key32(s), |_, a, d| keys::forge_key32(a, d)),
        V::EthereumKey => Family::of(|_, s, _| keys::ethereum(s), |_, a, d| keys::forge_ethereum(a, d)),
        V::BitcoinWif => Family::of(|_, s, _| base58::wif(s), |_, _, d| base58::forge_wif(d)),
        V::Xprv => Family::of(|_, s, _| base58::xprv(s), |_, _, d| base58::forge_xprv(d)),
        V::SolanaKey => Family::of(|_, s, _| base58::solana(s), |_, a, d| base58::forge_solana(a, d)),
        V::Bip39 => Family::of(|_, s, _| bip39::check(s), |_, a, d| bip39::forge(a, d)),
        V::StellarSeed => Family::of(|_, s, _| crc16::stellar(s), |_, _, d| crc16::forge_stellar(d)),
        V::NatsSeed => Family::of(|_, s, _| crc16::nats(s), |_, a, d| crc16::forge_nats(a, d)),
        V::UrlCredential => Family::of(|_, s, w| url::check(s, w), |_, a, d| url::forge(a, d)),
    }
}

/// The start of an age identity.
const AGE: &str = "age-secret-key-";

/// Runs a rule's check. `secret` is the group `secret` of the match, `whole` everything that the pattern matched.
/// Values printed in vendors' manuals are disproved for every rule.
pub fn check(validator: Validator, secret: &[u8], whole: &[u8]) -> Check {
    if is_published(secret) {
        return Check::invalid();
    }
    family(validator).map_or_else(Check::unknown, |f| (f.check)(validator, secret, whole))
}

/// Returns whether the value's own checksum proves it the public half of a pair.
pub fn is_public(value: &[u8]) -> bool {
    crc16::is_public(value)
}

/// Returns whether a vendor's manual or an emulator shows this value to everyone.
pub fn is_published(secret: &[u8]) -> bool {
    documented::is_documented(secret) || jwt::is_documented(secret)
}

/// Returns whether a date as `2021-03-02` at the start of a text lies in the past.
pub fn is_past(text: &[u8]) -> bool {
    let day = text.get(..10).and_then(|day| std::str::from_utf8(day).ok());
    day.and_then(clock::parse_date).is_some_and(|at| at + clock::DAY < clock::now())
}

/// Returns whether this is a JSON Web Token with made-up claims: of a host that nobody else can reach, or of a
/// placeholder person.
pub fn is_made_up_token(value: &[u8]) -> bool {
    jwt::is_made_up(value)
}

/// Returns whether the value is a JSON Web Token that was cut off before its signature.
pub fn is_cut_off_token(value: &[u8]) -> bool {
    jwt::is_cut_off(value)
}

/// A made-up value that passes the check, for examples in tests and `doctor --prove`; `None` if the validator
/// has no check. `argument` comes from the template: a prefix or a kind, as each family's `forge` documents.
pub fn forge(validator: Validator, argument: &str, random: &mut dyn FnMut() -> u32) -> Option<String> {
    family(validator).map(|f| (f.forge)(validator, argument, &mut Dice(random)))
}

#[cfg(test)]
mod tests;
