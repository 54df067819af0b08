//! The words of a name, and what they say of its value: that it is public, sealed, a hash, a salt, an event's id.

use super::public_values::{is_evm_address, is_solana_address, is_tron_address};
use crate::text::words;

/// Words of a name that is always of a secret: `NEXT_PUBLIC_CLIENT_SECRET`, `CSRF_SECRET`.
pub(super) const OF_SECRETS: &str = "\
    secret secrets private priv password passwords passwd passphrase pass pwd pw credential credentials \
    master";

/// Words that make a key or token public: a browser or another party receives it.
const PUBLIC: &str = "public publishable pubkey publickey modulus";

/// Words behind `public` that it describes in place of the key: `PUBLIC_DATA_API_KEY` opens a portal of public data.
const OF_THE_PUBLIC: &str = "data transport holiday holidays wifi sector library records cloud procurement";

/// The same, for names written as one word.
const JOINED: &str = "\
    sitekey anonkey foreignkey cachekey partitionkey idempotencykey pagetoken nexttoken \
    continuationtoken authenticitytoken requestverificationtoken publickeytoken instrumentationkey skiptoken deltatoken";

/// Last words of names whose value is a hash, and words that mean a hash anywhere.
const HASHES: &str =
    "hash hashes hashed digest sha md checksum fingerprint fp thumbprint commit revision rev";

/// Words before `id` that make it the id of an event or a client, not of a credential.
const EVENTS: &str = "client request trace span correlation transaction message event token kms";

/// Words of a salt that is part of an application's secret, as in WordPress and CakePHP.
const SALTS_OF_APPS: &str = "\
    auth secure security logged nonce app application cookie session jwt secret hashids merchant \
    payment payu easebuzz";

/// Words of names whose value is an address or account of a blockchain, which everyone sees.
const ON_CHAINS: &str = "address addresses addr contract mint pda program wallet";

/// Last words of names of contracts that have to do with tokens, whatever their owner is called.
const CONTRACTS: &str = "\
    address addresses addr contract contracts mint oracle pool pools impl implementation proxy registry router vault \
    factory bridge gateway whitelisted whitelist allowlist";

/// Words that make a token a login, whatever else the name says.
const OF_LOGINS: &str = "api access auth bearer bot oauth refresh session";

/// Words of what was sealed.
pub(super) const SEALED: &str = "encrypted sealed wrapped ciphertext";

/// Bytes of what was sealed.
const LONG: usize = 100;

/// A name's words in lower case, and the whole name without separators.
pub(super) struct Name {
    pub(super) words: Vec<String>,
    pub(super) joined: String,
}

impl Name {
    pub(super) fn read(name: &[u8]) -> Name {
        let lower = |w: &[u8]| String::from_utf8_lossy(w).to_ascii_lowercase();
        let words: Vec<String> = words::split(name).map(lower).collect();
        Name { joined: words.concat(), words }
    }

    pub(super) fn has(&self, list: &str) -> bool {
        self.words.iter().any(|w| is_in(list, w))
    }

    pub(super) fn first(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    pub(super) fn last(&self) -> &str {
        self.words.last().map_or("", String::as_str)
    }

    pub(super) fn ends_with(&self, words: &[&str]) -> bool {
        self.words.iter().rev().zip(words.iter().rev()).filter(|(a, b)| a == *b).count() == words.len()
    }

    /// Returns whether the last word is one of `kinds`, and the word before it one of `list`.
    pub(super) fn before_last(&self, kinds: &str, list: &str) -> bool {
        let mut words = self.words.iter().rev();
        words.next().is_some_and(|w| is_in(kinds, w)) && words.next().is_some_and(|w| is_in(list, w))
    }

    /// Returns whether `public` describes the key, and not what it opens.
    pub(super) fn is_public(&self) -> bool {
        let describes = |i: usize| self.words.get(i + 1).is_none_or(|next| !is_in(OF_THE_PUBLIC, next));
        let is = |(i, w): (usize, &String)| is_in(PUBLIC, w) && describes(i);
        self.words.iter().enumerate().any(is) || self.before_last("key keys", "pub")
    }

    /// Returns whether the value is sealed, and not the key of what is: `encrypted_password`, but no
    /// `ENCRYPTED_VOLUME_PASSPHRASE`.
    pub(super) fn is_of_sealed(&self, value: &[u8]) -> bool {
        let opens = is_in("key passphrase", self.last()) && !self.before_last("key passphrase", SEALED);
        // No key that seals is as long as what it seals.
        self.has("hashed")
            || self.has(SEALED) && (!opens && !self.is_long_before(SEALED) || value.len() >= LONG)
    }

    /// Returns whether one of these words stands in a longer name, and not before its last words: what it is about may be
    /// anything.
    pub(super) fn is_long_before(&self, list: &str) -> bool {
        let last = self.words.iter().rposition(|w| is_in(list, w));
        let joined = ["api", "access", "auth", "secret", "private"].contains(&self.before_the_last());
        last.is_some_and(|at| at + 2 + usize::from(joined) < self.words.len())
    }

    fn before_the_last(&self) -> &str {
        self.words.iter().rev().nth(1).map_or("", String::as_str)
    }

    pub(super) fn is_joined(&self) -> bool {
        self.has(JOINED) || self.ends_with(&["request", "verification", "token"])
    }

    pub(super) fn ends_in_hash(&self) -> bool {
        is_in(HASHES, self.last()) || self.ends_with(&["oauth", "signature"])
    }

    /// Returns whether this is a token against cross-site requests: every page shows it. A key that signs such
    /// tokens is a secret.
    pub(super) fn is_cross_site(&self) -> bool {
        let says = ["csrf", "xsrf"].iter().any(|w| self.joined.contains(w));
        says && !self.has(OF_SECRETS) && !self.has("key salt bypass")
    }

    /// Returns whether this is a nonce or a salt of one request, user or record. `nonce` and `salt` alone may
    /// belong to anything.
    pub(super) fn is_salt_or_nonce(&self) -> bool {
        match self.last() {
            "cnonce" | "noncestr" => true,
            "nonce" => self.words.len() > 1,
            "salt" => self.words.len() > 1 && !self.has(SALTS_OF_APPS),
            _ => false,
        }
    }

    /// Returns whether the value is an address on a blockchain: that of a token's contract, or of what the name says.
    pub(super) fn is_on_chain(&self, value: &[u8]) -> bool {
        let named = self.has(ON_CHAINS);
        !self.has(OF_LOGINS)
            && (is_in("token tokens", self.last()) || named)
            && (is_evm_address(value)
                || named && is_solana_address(value)
                || (named || self.has("tron trx trc usdt")) && is_tron_address(value))
    }

    /// Returns whether this is the name of a contract on a blockchain, if the value has the form of one's address: a secret of
    /// 20 bytes has no `0x` before it.
    pub(super) fn is_contract(&self) -> bool {
        is_in(CONTRACTS, self.last())
    }

    /// Returns whether this is the id of an event, as in recorded responses: `X-Auth0-RequestId`, `Cf-Ray`.
    pub(super) fn is_event_id(&self) -> bool {
        self.before_last("id ids", EVENTS)
            || self.joined.ends_with("requestid")
            || self.ends_with(&["cf", "ray"])
    }
}

/// Returns whether a space-separated list contains this word.
pub(super) fn is_in(list: &str, word: &str) -> bool {
    list.split(' ').any(|w| w == word)
}
