//! Names that say themselves that their value is public or not a credential: `NEXT_PUBLIC_API_TOKEN`, `pageToken`,
//! `csrf_token`, `password_sha2`.

use super::public_values::{
    is_analytics_id, is_column_of_directory, is_evm_address, is_instrumentation_key, is_key_id,
    is_site_verification, is_solana_address,
};
use crate::text::randomness::is_uuid;
use crate::text::words;

/// Words of a name that is always of a secret: `NEXT_PUBLIC_CLIENT_SECRET`, `CSRF_SECRET`.
const OF_SECRETS: &str = "\
    secret secrets private priv password passwords passwd passphrase pass pwd pw credential credentials \
    master";

/// Words that make a key or token public: a browser or another party receives it.
const PUBLIC: &str = "public pub publishable pubkey publickey";

/// Words before `key` that make it a name of data, not of a credential.
const KEYS_OF_DATA: &str = "\
    foreign cache idempotency idempotence partition sort row range dedup deduplication dedupe composite \
    surrogate translation locale lookup anon anonymous site clustering spreadsheet sheet document \
    dataset dimension dim join instrumentation socket";

/// Words before `token` that make it a position in a list, or a form's token.
const TOKENS_OF_PAGES: &str = "\
    page next continuation continue skip resume pagination sync scroll delta authenticity \
    antiforgery forgery version change concurrency lock";

/// Companies whose page token is a login of the page's owner.
const OF_FACEBOOK: &str = "facebook fb messenger instagram meta";

/// The same, for names written as one word.
const JOINED: &str = "\
    sitekey anonkey foreignkey cachekey partitionkey idempotencykey pagetoken nexttoken \
    continuationtoken authenticitytoken requestverificationtoken publickeytoken instrumentationkey";

/// Last words of names whose value is a hash, and words that mean a hash anywhere.
const HASHES: &str = "hash hashes hashed digest sha md checksum fingerprint thumbprint commit revision rev";

/// Words before `id` that make it the id of an event or a client, not of a credential.
const EVENTS: &str = "client request trace span correlation transaction message event token kms";

/// Words before `id` that make a UUID the name of a secret, which its store keeps.
const NAMED_BY_ID: &str = "key keys credential credentials password certificate";

/// Words before `key` that make a UUID the name of a thing: `CalendarEventKey=...` in a link.
const THINGS: &str = "event community group item issue ticket entity object message member course";

/// Words for an error number.
const ERRORS: &str = "status error errno err exception";

/// Words of a salt that is part of an application's secret, as in WordPress and CakePHP.
const SALTS_OF_APPS: &str = "\
    auth secure security logged nonce app application cookie session jwt secret hashids";

/// Words for a made-up value.
const MADE_UP: &str = "dummy mock mocked stub placeholder";

/// Words of keys that sign packages: their value is a fingerprint.
const OF_PACKAGES: &str = "gpg pgp openpgp apt rpm dpkg keyserver keyring recv";

/// Algorithms of keys that are longer than a fingerprint.
const LONG_KEYS: &str = "rsa dsa";

/// Services whose key a page's script sends to every visitor.
const OF_PAGES: &str = "segment heap fullstory hotjar";

/// Words of names whose value is an address or account of a blockchain, which everyone sees.
const ON_CHAINS: &str = "address addresses addr contract mint pda program wallet";

/// Words that make a token a login, whatever else the name says.
const OF_LOGINS: &str = "api access auth bearer bot oauth refresh session";

/// First words of options that do something with keys, which their ids name.
const COMMANDS: &str = "export delete list import recv receive send sign lsign edit show fingerprint";

/// Returns whether the name says that this value is not a secret.
pub(super) fn says_public(name: &[u8], value: &[u8]) -> bool {
    let is_sentence = name.iter().filter(|b| **b == b' ').count() >= 2;
    let name = Name::read(name);
    // A sentence is about more than its value, unless that speaks for itself.
    if is_sentence {
        return is_evm_address(value) && name.is_on_chain(value);
    }
    if name.has(ERRORS) && is_number(value) {
        return true;
    }
    if name.ends_in_hash() && is_hash(value)
        || name.has("encrypted hashed sealed") && (value.len() >= 24 || is_hash(value))
        || is_analytics_id(value)
        || is_instrumentation_key(value)
        || is_site_verification(value)
        || is_column_of_directory(value)
        || name.ends_with(&["site", "verification"])
        || name.ends_with(&["domain", "verification"])
    {
        return true;
    }
    // `gpg --export-secret-keys ID`; one key of a program may be a secret unless its digits begin as an id's do.
    let of_many = is_in("keys subkeys", name.last());
    let of_one = name.last() == "key" && (value.starts_with(b"0x") || name.first() == "lsign");
    if is_in(COMMANDS, name.first()) && (of_many || of_one) && is_key_id(value) {
        return true;
    }
    if name.has(MADE_UP)
        || name.is_cross_site()
        || name.is_salt_or_nonce()
        || name.is_event_id()
        || is_uuid(value)
            && (name.before_last("id ids", NAMED_BY_ID)
                || name.before_last("key keys", THINGS)
                || name.last() == "version")
        || name.ends_with(&["auth", "tag"])
        // The id of the key that signed a URL.
        || name.ends_with(&["amz", "credential"])
        // The id of a key.
        || name.last() == "kid"
    {
        return true;
    }
    if name.has(OF_SECRETS) {
        return false;
    }
    name.has(PUBLIC) && !name.joined.contains("pubsub")
        || name.is_joined()
        || name.before_last("key keys", KEYS_OF_DATA)
        || name.before_last("token tokens", TOKENS_OF_PAGES) && !name.has(OF_FACEBOOK)
        || name.has(OF_PACKAGES) && is_key_id(value)
        || name.before_last("key", LONG_KEYS) && is_key_id(value)
        || name.before_last("key", OF_PAGES)
        || name.ends_with(&["segment", "write", "key"])
        || name.is_on_chain(value)
        // The keys of a page's client, not of the server.
        || name.ends_with(&["pusher", "app", "key"])
        || name.has("posthog") && !name.has("personal") && !value.starts_with(b"ph")
        // A random id that the client of this company sends with each request.
        || name.ends_with(&["postman", "token"]) && is_uuid(value)
}

/// Returns whether this is just a nonce or a salt: it is rarely a secret, and never certainly one.
pub(super) fn is_bare_salt_or_nonce(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"salt") || name.eq_ignore_ascii_case(b"nonce")
}

/// A name's words in lower case, and the whole name without separators.
struct Name {
    words: Vec<String>,
    joined: String,
}

impl Name {
    fn read(name: &[u8]) -> Name {
        let lower = |w: &[u8]| String::from_utf8_lossy(w).to_ascii_lowercase();
        let words: Vec<String> = words::split(name).map(lower).collect();
        Name { joined: words.concat(), words }
    }

    fn has(&self, list: &str) -> bool {
        self.words.iter().any(|w| is_in(list, w))
    }

    fn first(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    fn last(&self) -> &str {
        self.words.last().map_or("", String::as_str)
    }

    fn ends_with(&self, words: &[&str]) -> bool {
        self.words.iter().rev().zip(words.iter().rev()).filter(|(a, b)| a == *b).count() == words.len()
    }

    /// Returns whether the last word is one of `kinds`, and the word before it one of `list`.
    fn before_last(&self, kinds: &str, list: &str) -> bool {
        let mut words = self.words.iter().rev();
        words.next().is_some_and(|w| is_in(kinds, w)) && words.next().is_some_and(|w| is_in(list, w))
    }

    fn is_joined(&self) -> bool {
        self.has(JOINED) || self.ends_with(&["request", "verification", "token"])
    }

    fn ends_in_hash(&self) -> bool {
        is_in(HASHES, self.last()) || self.ends_with(&["oauth", "signature"])
    }

    /// Returns whether this is a token against cross-site requests: every page shows it. A key that signs such
    /// tokens is a secret.
    fn is_cross_site(&self) -> bool {
        let says = ["csrf", "xsrf"].iter().any(|w| self.joined.contains(w));
        says && !self.has(OF_SECRETS) && !self.has("key salt")
    }

    /// Returns whether this is a nonce or a salt of one request, user or record. `nonce` and `salt` alone may
    /// belong to anything.
    fn is_salt_or_nonce(&self) -> bool {
        match self.last() {
            "cnonce" | "noncestr" => true,
            "nonce" => self.words.len() > 1,
            "salt" => self.words.len() > 1 && !self.has(SALTS_OF_APPS),
            _ => false,
        }
    }

    /// Returns whether the value is an address on a blockchain: that of a token's contract, or of what the name says.
    fn is_on_chain(&self, value: &[u8]) -> bool {
        let named = self.has(ON_CHAINS);
        !self.has(OF_LOGINS)
            && (is_in("token tokens", self.last()) || named)
            && (is_evm_address(value) || named && is_solana_address(value))
    }

    /// Returns whether this is the id of an event, as in recorded responses: `X-Auth0-RequestId`, `Cf-Ray`.
    fn is_event_id(&self) -> bool {
        self.before_last("id ids", EVENTS)
            || self.joined.ends_with("requestid")
            || self.ends_with(&["cf", "ray"])
    }
}

/// Returns whether a space-separated list contains this word.
fn is_in(list: &str, word: &str) -> bool {
    list.split(' ').any(|w| w == word)
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
mod tests {
    use super::*;

    const HEX: &[u8] = b"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b";
    const FREE: &[u8] = b"kQ7xR2T9zLm4pWv8nB3cY6";

    #[test]
    fn names_of_what_is_not_a_secret_are_known() {
        for name in [
            "publicToken",
            "NEXT_PUBLIC_API_TOKEN",
            "VITE_PUBLIC_TOKEN",
            "publicKey",
            "PublicKeyToken",
            "siteKey",
            "RECAPTCHA_SITEKEY",
            "anonKey",
            "SUPABASE_ANON_KEY",
            "foreignKey",
            "cache-key",
            "gtfs_dataset_key",
            "nextPageToken",
            "csrfmiddlewaretoken",
            "X-XSRF-TOKEN",
            "NX-ANTI-CSRF-TOKEN",
            "__RequestVerificationToken",
            "oauth_nonce",
            "password_salt",
            "X-Auth0-RequestId",
            "auth_tag",
            "secret_kid",
            "mock_token",
            "dummyPassword",
        ] {
            assert!(says_public(name.as_bytes(), FREE), "{name}");
        }
        for name in [
            "token_hash",
            "GRAYLOG_ROOT_PASSWORD_SHA2",
            "hashed_password",
            "GPG_KEY",
            "key_fingerprint",
            "export-secret-keys",
        ] {
            assert!(says_public(name.as_bytes(), HEX), "{name}");
            assert!(!says_public(name.as_bytes(), b"Summer!2019"), "{name}");
        }
        assert!(says_public(b"STATUS_WRONG_PASSWORD", b"3221225578"));
        assert!(
            says_public(b"sealed_token", &[FREE, FREE].concat())
                && !says_public(b"sealed_token", b"Summer!2019")
        );
        assert!(says_public(b"hashedTokenKey", &[&b"$3:1:"[..], FREE].concat()));
        assert!(says_public(b"CalendarEventKey", b"8f14e45f-ceea-467f-a34c-0d2b1c9e7a61"));
        assert!(!says_public(b"CalendarEventKey", FREE));
        assert!(says_public(b"credentials-id", b"8f14e45f-ceea-467f-a34c-0d2b1c9e7a61"));
        let aria = "0c6ae279ed8443289764825290e4f9e2-8f14e45f-ceea-467f-a34c-0d2b1c9e7a61-7255";
        assert!(says_public(b"aiKey", aria.as_bytes()) && !says_public(b"aiKey", &aria.as_bytes()[..69]));
        assert!(
            says_public(b"REACT_APP_POSTHOG_TOKEN", FREE) && !says_public(b"POSTHOG_PERSONAL_API_KEY", FREE)
        );
        assert!(!says_public(b"POSTHOG_SECRET_KEY", FREE));
        assert!(says_public(b"VITE_PUSHER_APP_KEY", &HEX[..20]) && says_public(b"syncToken", FREE));
        assert!(says_public(b"segment_key", FREE) && says_public(b"SEGMENT_WRITE_KEY", FREE));
        assert!(!says_public(b"segment_access_token", FREE) && !says_public(b"segment_secret_key", FREE));
        assert!(
            says_public(b"rsa_key", b"9F86D081884C7D65") && !says_public(b"rsa_key", &[HEX, HEX].concat())
        );
        for value in ["UA-12345678-1", "G-K7R2XZ9Q4W", "GTM-K7R2XZ9", "AW-1234567890"] {
            assert!(says_public(b"measurementKey", value.as_bytes()), "{value}");
        }
        assert!(says_public(b"verification_token", &[&b"google-site-verification="[..], FREE].concat()));
    }

    #[test]
    fn names_of_secrets_beside_them_are_not() {
        for name in [
            "privateToken",
            "NEXT_PUBLIC_CLIENT_SECRET",
            "PUBLIC_KEY_PASSWORD",
            "republicToken",
            "CSRF_SECRET",
            "csrf_key",
            "primaryKey",
            "website_key",
            "NEXT_AUTH_TOKEN",
            "NONCE_SALT",
            "AUTH_SALT",
            "APP_SALT",
            "NONCE_KEY",
            "hash_key",
            "gpg_passphrase",
            "error_token",
            "requestToken",
            "FACEBOOK_PAGE_TOKEN",
            "JWT_SIGNATURE",
            "registry_key",
            "CURSOR_TOKEN",
            "WebPubSubKey",
        ] {
            assert!(!says_public(name.as_bytes(), FREE), "{name}");
        }
        assert!(!says_public(b"db_password", b"3221225578"));
        assert!(!says_public(b"secret_id", b"8f14e45f-ceea-467f-a34c-0d2b1c9e7a61"));
        assert!(!says_public(b"SLACK_VERIFICATION_TOKEN", FREE));
        assert!(!says_public(b"api_key", b"G-ABCDEFGHIJKLMN") && !says_public(b"api_key", b"UA-ABCDEFGH"));
        assert!(!says_public(b"api_key", HEX));
    }

    #[test]
    fn addresses_on_a_blockchain_are_public_and_keys_are_not() {
        let evm = [b"0x", HEX].concat();
        let solana = [FREE, &FREE[..21]].concat();
        for name in ["token", "usdcToken", "ethTokenAddress", "TOKEN_CONTRACT", "wallet_token"] {
            assert!(says_public(name.as_bytes(), &evm), "{name}");
            assert!(!says_public(name.as_bytes(), FREE), "{name}");
            // 32 bytes: a private key.
            assert!(!says_public(name.as_bytes(), &[&evm[..], &HEX[..24]].concat()), "{name}");
        }
        for name in ["solTokenBridgeAddress", "tokenProgramAddress", "rewardsTokenPDA", "TOKEN_MINT"] {
            assert!(says_public(name.as_bytes(), &solana), "{name}");
            assert!(!says_public(name.as_bytes(), &[&solana[..], FREE, FREE].concat()), "{name}");
        }
        assert!(!says_public(b"token", &solana));
        assert!(says_public(b"This wallet holds no tokens.", &evm));
        assert!(!says_public(b"This wallet holds no tokens.", &solana));
        for name in ["access_token", "apiToken", "tokenSecret", "private_key", "walletPassword", "bot_token"]
        {
            assert!(!says_public(name.as_bytes(), &evm), "{name}");
            assert!(!says_public(name.as_bytes(), &solana), "{name}");
        }
    }

    #[test]
    fn the_id_of_a_request_is_public_and_a_key_of_its_client_is_not() {
        let uuid = b"8f14e45f-ceea-467f-a34c-0d2b1c9e7a61";
        assert!(says_public(b"Postman-Token", uuid));
        assert!(!says_public(b"Postman-Token", FREE) && !says_public(b"acme-token", uuid));
    }
}
