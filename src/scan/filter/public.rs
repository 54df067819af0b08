//! Names that say themselves that their value is public or not a credential: `NEXT_PUBLIC_API_TOKEN`, `pageToken`,
//! `csrf_token`, `password_sha2`.

use super::public_name::{Name, OF_SECRETS, SEALED, is_in};
use super::public_values::{
    is_analytics_id, is_code_of_error, is_column_of_directory, is_evm_address, is_instrumentation_key,
    is_key_id, is_of_task, is_padded_id, is_site_verification, is_typed_by_a_key,
};
use crate::text::randomness::is_uuid;

/// Words before `key` that make it a name of data, not of a credential.
const KEYS_OF_DATA: &str = "\
    foreign cache idempotency idempotence idempotent partition sort row range dedup deduplication dedupe composite \
    surrogate locale anon anonymous clustering spreadsheet sheet dimension dim instrumentation remote";

/// The same, where a program writes them; a setting of that name is a credential: `CIVICRM_SITE_KEY`, `joinKey`.
const KEYS_OF_PROGRAMS: &str = "translation lookup site document dataset join socket";

/// Words of services that show a page's key to every visitor.
const OF_CAPTCHAS: &str =
    "captcha recaptcha grecaptcha hcaptcha mtcaptcha friendlycaptcha turnstile solvemedia cloudflare";

/// Words before `token` that make it a position in a list, or a form's token.
const TOKENS_OF_PAGES: &str = "\
    next continuation continue skip pagination scroll authenticity antiforgery forgery concurrency";

/// The same, where a program or data has them; a setting of that name is a login: `GITLAB_SYNC_TOKEN`.
const TOKENS_OF_PROGRAMS: &str = "static page resume sync delta version change lock";

/// Words of a position in a list, in settings too.
const POSITIONS: &str = "next previous prev start first last";

/// Companies whose page token is a login of the page's owner.
const OF_FACEBOOK: &str = "facebook fb messenger instagram meta";

/// Words before `id` that make a UUID the name of a secret, which its store keeps.
const NAMED_BY_ID: &str = "key keys credential credentials password certificate";

/// Words before `key` that make a UUID the name of a thing: `CalendarEventKey=...` in a link.
const THINGS: &str = "\
    event community group item issue ticket entity object message member course header";

/// Words for an error number.
const ERRORS: &str = "status error errno err exception";

/// Words for a made-up value.
const MADE_UP: &str = "dummy mock mocked stub placeholder";

/// Words of keys that sign packages: their value is a fingerprint.
const OF_PACKAGES: &str = "gpg pgp openpgp apt rpm dpkg keyserver keyring recv";

/// The same for distributions and their repositories, where the value is as long as a fingerprint.
const OF_DISTRIBUTIONS: &str =
    "debian ubuntu fedora centos stretch buster bullseye bookworm trixie focal jammy noble";

/// Algorithms of keys that are longer than a fingerprint.
const LONG_KEYS: &str = "rsa dsa";

/// Services whose key a page's script sends to every visitor.
const OF_PAGES: &str = "segment heap fullstory hotjar";

/// First words of options that do something with keys, which their ids name.
const COMMANDS: &str = "export delete list import recv receive send sign lsign edit show fingerprint";

/// How the name says that this value is not a secret, in words. `in_settings` is true for a file of settings.
pub(super) fn why_public(name: &[u8], value: &[u8], in_settings: bool) -> Option<&'static str> {
    let is_setting =
        in_settings || name.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_');
    let is_sentence = name.iter().filter(|b| **b == b' ').count() >= 2;
    let name = Name::read(name);
    // A sentence is about more than its value, unless that speaks for itself.
    if is_sentence {
        return (is_evm_address(value) && name.is_on_chain(value)).then_some(ON_CHAIN);
    }
    let is_public_id = || {
        is_analytics_id(value)
            || is_instrumentation_key(value)
            || is_padded_id(value)
            || is_of_task(value)
            || is_typed_by_a_key(value)
            || is_column_of_directory(value)
    };
    let is_verification = || {
        is_site_verification(value)
            || name.ends_with(&["site", "verification"])
            || name.ends_with(&["domain", "verification"])
    };
    // `gpg --export-secret-keys ID`; one key of a program may be a secret unless its digits begin as an id's do.
    let is_given_to_gpg = || {
        let of_many = is_in("keys subkeys", name.last());
        let is_fingerprint = matches!(name.first(), "default" | "local") && value.len() == 40;
        let of_one =
            name.last() == "key" && (value.starts_with(b"0x") || name.first() == "lsign" || is_fingerprint);
        (is_in(COMMANDS, name.first()) || is_fingerprint) && (of_many || of_one) && is_key_id(value)
    };
    // Named as a thing that has a UUID.
    let is_thing = || {
        is_uuid(value)
            && (name.before_last("id ids", NAMED_BY_ID)
                || name.before_last("key keys", THINGS)
                // The row that a migration of Entity Framework changes.
                || name.joined == "keyvalue"
                || name.joined == "keyvalues"
                || name.joined == "restoretoken"
                || name.last() == "version")
    };
    match () {
        () if is_code_of_error(value) || name.has(ERRORS) && is_number(value) => {
            return Some("the number of an error");
        }
        () if name.ends_in_hash() && is_hash(value) => return Some("the name says that the value is a hash"),
        () if name.is_of_sealed(value) && (value.len() >= 24 || is_hash(value)) => {
            return Some("the name says that the value is encrypted or hashed");
        }
        () if is_public_id() => return Some("the value has the form of a public id"),
        () if is_verification() => return Some("it shows who owns a domain"),
        () if is_given_to_gpg() => return Some(KEY_ID),
        () if name.has(MADE_UP) && !name.is_long_before(MADE_UP) => {
            return Some("the name says that the value is made up");
        }
        () if name.is_cross_site() => return Some("a token against cross-site requests, which pages show"),
        () if name.is_salt_or_nonce() => return Some("the name is that of a salt or a nonce"),
        () if name.is_event_id() => return Some("the name is that of an event's or a client's id"),
        () if is_thing() => return Some("a UUID that names a thing"),
        () if name.ends_with(&["auth", "tag"]) => return Some("the tag of an encrypted text"),
        // The key with which git signs, by its id.
        () if name.joined.ends_with("signingkey") && is_key_id(value) || name.last() == "kid" => {
            return Some(KEY_ID);
        }
        () if name.is_contract() && is_evm_address(value) => return Some(ON_CHAIN),
        () if name.has(OF_SECRETS) => return None,
        () => {}
    }
    let is_key_of_data = || {
        name.before_last("key keys", KEYS_OF_DATA)
            || name.before_last("key keys", KEYS_OF_PROGRAMS)
                && (!is_setting || is_uuid(value) || name.has(OF_CAPTCHAS) || is_of_captcha(value))
    };
    let is_position = || {
        name.before_last("token tokens", TOKENS_OF_PAGES) && !name.has(OF_FACEBOOK)
            || name.before_last("token tokens", TOKENS_OF_PROGRAMS)
                && !name.has(OF_FACEBOOK)
                && (!is_setting || name.has(POSITIONS))
    };
    let is_of_package = || {
        // A list of them: `CF1A108D0E7AE720,51C67305FFC2E5C0`.
        let mut ids = value.split(|b| *b == b',');
        let is_id = |id: &[u8]| {
            matches!(id.len(), 16 | 40) && is_key_id(id) && !id.iter().any(u8::is_ascii_lowercase)
        };
        name.last() == "keys" && value.contains(&b',') && ids.all(|id| is_id(id.trim_ascii()))
            || name.before_last("key keys", OF_DISTRIBUTIONS) && is_key_id(value) && value.len() >= 40
            || name.has(OF_PACKAGES) && !name.has("api token tokens") && is_key_id(value)
            || name.before_last("key", LONG_KEYS) && is_key_id(value)
    };
    // The keys of a page's client, not of the server.
    let is_of_page = || {
        name.before_last("key", OF_PAGES)
            || name.ends_with(&["segment", "write", "key"])
            || name.ends_with(&["pusher", "app", "key"])
            // The public part of a DSN.
            || name.ends_with(&["sentry", "key"]) && value.len() == 32 && is_hash(value)
            || name.has("posthog") && !name.has("personal") && !value.starts_with(b"ph")
    };
    match () {
        () if name.is_public() => Some("the name says that the value is public"),
        () if name.is_joined() || is_key_of_data() => Some("the name is that of a key of data or of a page"),
        () if is_position() => Some("the name is that of a position in a list, or of a form's token"),
        () if is_of_package() => Some(KEY_ID),
        () if is_of_page() => Some(SENT_TO_VISITORS),
        () if name.is_on_chain(value) => Some(ON_CHAIN),
        () if name.ends_with(&["internal", "key"]) && name.has("taproot") => Some("a public key of Bitcoin"),
        () if name.joined == "secwebsocketkey" => Some("a random value of each connection"),
        // A random id that the client of this company sends with each request.
        () if name.ends_with(&["postman", "token"]) && is_uuid(value) => Some("a random id of each request"),
        () => None,
    }
}

/// Why a name leaves open whether its value is a secret.
pub(super) fn why_unsure(name: &[u8]) -> Option<&'static str> {
    let name = Name::read(name);
    match () {
        () if name.is_long_before(MADE_UP) => Some("has a name that may say that it is made up"),
        // The key that checks the answers is called secret or private.
        () if name.before_last("key", OF_CAPTCHAS) && !name.has("cloudflare") && !name.has(OF_SECRETS) => {
            Some("has the name of a key that a page sends to its visitors")
        }
        () if name.is_long_before(SEALED) && !is_in("key passphrase secret", name.last()) => {
            Some("has a name that may say that it is encrypted")
        }
        () => None,
    }
}

/// Why the id of a key is not one.
const KEY_ID: &str = "the id or fingerprint of a key";

/// Why an address is not a secret.
const ON_CHAIN: &str = "an address on a blockchain, which everyone sees";

/// Why the key of a page is not a secret.
pub(super) const SENT_TO_VISITORS: &str = "a page sends this value to its visitors";

/// Returns whether this is just a nonce or a salt: it is rarely a secret, and never certainly one.
pub(super) fn is_bare_salt_or_nonce(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"salt") || name.eq_ignore_ascii_case(b"nonce")
}

/// Returns whether this is the key of a page for reCAPTCHA or Turnstile.
fn is_of_captcha(value: &[u8]) -> bool {
    value.starts_with(b"6L") || value.starts_with(b"0x4")
}

/// Returns whether this is a decimal number, as error numbers are.
fn is_number(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    (1..=10).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
}

/// Returns whether the value has the length and alphabet of a hash, in hexadecimal or base64.
fn is_hash(value: &[u8]) -> bool {
    let hex =
        value.iter().all(u8::is_ascii_hexdigit) && matches!(value.len(), 32 | 40 | 48 | 56 | 64 | 96 | 128);
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || b"+/-_".contains(b);
    let plain = value.strip_suffix(b"=").unwrap_or(value);
    let plain = plain.strip_suffix(b"=").unwrap_or(plain);
    hex || matches!(plain.len(), 22 | 27 | 43 | 64 | 86) && plain.iter().all(base64)
}

#[cfg(test)]
mod tests;
