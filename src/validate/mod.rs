//! Offline proof: what can be told about a candidate without any network.
//!
//! One family a file. "Invalid" is said only where a mismatch means that the vendor never issued the value; checks
//! that can only confirm answer "unknown" otherwise.

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
mod keys;
mod macaroon;
mod private_key;
mod radix;
mod url;

use crate::finding::Evidence;
use crate::rules::{Severity, Validator};
use dice::Dice;

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Proved: chance does not make this.
    Valid,
    /// Disproved: the vendor never issued it.
    Invalid,
    /// Nothing is known, or the check can only confirm.
    Unknown,
}

/// A verdict and what was learned on the way.
#[derive(Debug, Clone)]
pub struct Check {
    /// The verdict.
    pub verdict: Verdict,
    /// Facts for the person: "checksum valid", "AWS account 123456789012", "expired 2021-03-02". An entry that
    /// lowers takes one step of confidence away unless the verdict is valid.
    pub evidence: Vec<Evidence>,
    /// The severity it has at most (an expired token, an encrypted key).
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

    /// Nothing is proved, but the value is not what it should be.
    pub(crate) fn doubtful(code: &'static str, text: impl Into<String>) -> Check {
        Check { evidence: vec![Evidence::lowers(code, text)], ..Check::unknown() }
    }

    /// Proved, with the reason in words.
    pub fn valid(code: &'static str, text: impl Into<String>) -> Check {
        Check { verdict: Verdict::Valid, evidence: vec![Evidence::raises(code, text)], at_most: None }
    }
}

/// Runs a rule's check. `secret` is the group `secret` of the match, `whole` all that the pattern matched. What
/// vendors print in their manuals is disproved whatever the rule.
pub fn check(validator: Validator, secret: &[u8], whole: &[u8]) -> Check {
    if documented::is_documented(secret) {
        return Check::invalid();
    }
    match validator {
        Validator::None => Check::unknown(),
        Validator::GithubCrc32
        | Validator::CloudflareCrc32
        | Validator::VercelCrc32
        | Validator::GrafanaCrc32
        | Validator::PackagistCrc32
        | Validator::AtlassianCrc32
        | Validator::ConfluentCrc32
        | Validator::ZuploCrc32
        | Validator::ApifyCrc32
        | Validator::SaladCrc32 => crc32::check(validator, secret),
        Validator::GitlabRoutable => gitlab::check(secret),
        Validator::AzureIdentifiable => azure::identifiable(secret),
        Validator::AzureCask => azure::cask(secret),
        Validator::EntraSecret => azure::entra(secret),
        Validator::AzureDevopsPat => azure::devops(secret),
        Validator::AzureSas => azure::sas(secret, whole),
        Validator::AwsKeyId => aws::key_id(secret),
        Validator::AwsBedrock => aws::bedrock(secret),
        Validator::Discord => identifiers::discord(secret, whole),
        Validator::Openai => identifiers::openai(secret),
        Validator::Telegram => identifiers::telegram(secret),
        Validator::Luhn => identifiers::luhn(secret),
        Validator::Jwt => jwt::check(secret),
        Validator::PypiMacaroon => macaroon::check(secret),
        Validator::SentryOrg => encoded::sentry(secret),
        Validator::OnepasswordService => encoded::onepassword(secret),
        Validator::Base64Json => encoded::json(secret),
        Validator::JfrogReference => encoded::jfrog(secret),
        Validator::BasicAuth => encoded::basic(secret),
        Validator::MailjetBasic => encoded::mailjet(secret),
        Validator::GoogleServiceAccount => google::check(secret, whole),
        Validator::PrivateKey => private_key::check(secret, whole),
        Validator::AgeKey => bech32::check(secret, "age-secret-key-"),
        Validator::NostrNsec => bech32::check(secret, "nsec"),
        Validator::Wireguard => keys::wireguard(secret),
        Validator::Key32 => keys::key32(secret),
        Validator::EthereumKey => keys::ethereum(secret),
        Validator::BitcoinWif => base58::wif(secret),
        Validator::Xprv => base58::xprv(secret),
        Validator::SolanaKey => base58::solana(secret),
        Validator::Bip39 => bip39::check(secret),
        Validator::StellarSeed => crc16::stellar(secret),
        Validator::NatsSeed => crc16::nats(secret),
        Validator::UrlCredential => url::check(secret, whole),
    }
}

/// A made-up value that passes the check, for examples in tests and `doctor --prove`; `None` for no check. `argument`
/// is what the template gives: a prefix or a kind, as each family's `forge` says.
pub fn forge(validator: Validator, argument: &str, random: &mut dyn FnMut() -> u32) -> Option<String> {
    let dice = &mut Dice(random);
    Some(match validator {
        Validator::None => return None,
        Validator::GithubCrc32
        | Validator::CloudflareCrc32
        | Validator::VercelCrc32
        | Validator::GrafanaCrc32
        | Validator::PackagistCrc32
        | Validator::AtlassianCrc32
        | Validator::ConfluentCrc32
        | Validator::ZuploCrc32
        | Validator::ApifyCrc32
        | Validator::SaladCrc32 => crc32::forge(validator, argument, dice),
        Validator::GitlabRoutable => gitlab::forge(argument, dice),
        Validator::AzureIdentifiable => azure::forge_identifiable(argument, dice),
        Validator::AzureCask => azure::forge_cask(argument, dice),
        Validator::EntraSecret => azure::forge_entra(dice),
        Validator::AzureDevopsPat => azure::forge_devops(dice),
        Validator::AzureSas => azure::forge_sas(dice),
        Validator::AwsKeyId => aws::forge_key_id(argument, dice),
        Validator::AwsBedrock => aws::forge_bedrock(argument, dice),
        Validator::Discord => identifiers::forge_discord(dice),
        Validator::Openai => identifiers::forge_openai(argument, dice),
        Validator::Telegram => identifiers::forge_telegram(dice),
        Validator::Luhn => identifiers::forge_luhn(argument, dice),
        Validator::Jwt => jwt::forge(argument, dice),
        Validator::PypiMacaroon => macaroon::forge(argument, dice),
        Validator::SentryOrg => encoded::forge_sentry(dice),
        Validator::OnepasswordService => encoded::forge_onepassword(dice),
        Validator::Base64Json => encoded::forge_json(argument, dice),
        Validator::JfrogReference => encoded::forge_jfrog(argument, dice),
        Validator::BasicAuth => encoded::forge_basic(argument, dice),
        Validator::MailjetBasic => encoded::forge_mailjet(dice),
        Validator::GoogleServiceAccount => google::forge(dice),
        Validator::PrivateKey => private_key::forge(argument, dice),
        Validator::AgeKey => bech32::forge("age-secret-key-", dice).to_ascii_uppercase(),
        Validator::NostrNsec => bech32::forge("nsec", dice),
        Validator::Wireguard => keys::forge_wireguard(dice),
        Validator::Key32 => keys::forge_key32(argument, dice),
        Validator::EthereumKey => keys::forge_ethereum(argument, dice),
        Validator::BitcoinWif => base58::forge_wif(dice),
        Validator::Xprv => base58::forge_xprv(dice),
        Validator::SolanaKey => base58::forge_solana(argument, dice),
        Validator::Bip39 => bip39::forge(argument, dice),
        Validator::StellarSeed => crc16::forge_stellar(dice),
        Validator::NatsSeed => crc16::forge_nats(argument, dice),
        Validator::UrlCredential => url::forge(argument, dice),
    })
}

#[cfg(test)]
mod tests;
