//! What a name says about its value.

mod english;
mod foreign;
mod kind;
mod modifiers;

pub(super) use foreign::is_label;
pub(super) use kind::NameKind;

use crate::text::short;
use crate::text::word_set::WordSet;
use crate::text::words as text_words;

/// A parsed name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NameReading {
    pub(super) kind: NameKind,
    /// True if a word after the kind makes it something else: `password_field`, `token_url`.
    pub(super) about: bool,
    /// True if a word before the kind does: `forgot_password`, `has_token`, `public_key`, `primary_key`.
    pub(super) of: bool,
    /// True if it is only the word of the kind.
    pub(super) alone: bool,
    /// True if its last word has other meanings too (`acme_api`, `GITLAB_PAT`, `functionkey`): the value
    /// decides.
    pub(super) weak: bool,
    /// True if it has more words than a name: a sentence.
    pub(super) prose: bool,
    /// True if it is a path, not a name: `./keys`.
    pub(super) path: bool,
    /// True if the last word makes it only an identifier of a key: `ecdsaKeyID`.
    pub(super) id: bool,
    /// True for `passwords`, `tokens`: more than one value, or a count of them.
    pub(super) plural: bool,
    /// True if the name says that its value is a credential, in any surroundings: `db_password`,
    /// `READ_API_KEY`.
    pub(super) explicit: bool,
}

impl NameReading {
    /// An explicit name of this kind.
    fn of_kind(kind: NameKind) -> NameReading {
        NameReading {
            kind,
            about: false,
            of: false,
            alone: false,
            weak: false,
            prose: false,
            path: false,
            id: false,
            plural: false,
            explicit: true,
        }
    }
}

/// Parses a name; `None` if it is not the name of a secret.
pub(super) fn read(name: &[u8]) -> Option<NameReading> {
    // The cheapest test first: most names are of something else.
    if !may_speak(name) {
        return None;
    }
    if !name.is_ascii() {
        if let Some(kind) = foreign::of_script(name) {
            return Some(NameReading::of_kind(kind));
        }
        if let Some(plain) = foreign::without_accents(name) {
            return read(plain.as_bytes());
        }
    }
    let mut buffer = [0u8; 96];
    let mut list: [&[u8]; 16] = [b""; 16];
    let name = &name[name.len().saturating_sub(96)..];
    let mut count = 0;
    let lower = &mut buffer[..name.len()];
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    let base = name.as_ptr() as usize;
    for word in text_words::split(name) {
        let at = word.as_ptr() as usize - base;
        if count < list.len() {
            list[count] = &lower[at..at + word.len()];
            count += 1;
        }
    }
    let list = &list[..count];
    let strong = list.iter().enumerate().rev().find_map(|(i, w)| {
        let previous = if i > 0 { list[i - 1] } else { b"" };
        let kind = || english::of_word(w, previous).or_else(|| foreign::of_word(w, previous));
        STEMS.is_in(w).then(kind).flatten().map(|k| (i, k))
    });
    let last = list.len().checked_sub(1)?;
    let weak = || english::of_last(list[last], last > 0).or_else(|| foreign::of_loose_word(list[last]));
    let (at, kind) = strong.or_else(|| weak().map(|k| (last, k)))?;
    // PSK_8 and 8PSK are ways to modulate a carrier.
    if list[at] == b"psk" && holds(name, b"8psk") {
        return None;
    }
    let before = &list[..at];
    let after = &list[at + 1..];
    let owns = |w: &[u8]| kind == NameKind::Password && modifiers::is_owner_of_passwords(w);
    let of = before.iter().any(|w| modifiers::makes_other(w) && !owns(w));
    let about = after.iter().any(|w| modifiers::is_about(w));
    let id = matches!(
        after.last(),
        Some(&(b"id" | b"ids" | b"ident" | b"identity" | b"identifier" | b"identifiers"))
    );
    let plural = list[at].ends_with(b"s") && !list[at].ends_with(b"ss");
    let prose = name.iter().filter(|b| **b == b' ').count() >= 2;
    let path = name.contains(&b'/');
    // An attribute that a page shows to everyone: `data-key` of a script.
    let shown = name.starts_with(b"data-")
        && matches!(kind, NameKind::Key | NameKind::ApiKey | NameKind::CryptoKey | NameKind::Token)
        && !before.iter().any(|w| matches!(*w, b"encryption" | b"signing" | b"master" | b"private"));
    let modified = path
        || shown
        || prose
        || id
        || before.iter().any(|w| modifiers::is_made_up(w))
        || kind == NameKind::Password && before.iter().any(|w| modifiers::is_digest(w))
        || after.iter().any(|w| modifiers::is_about(w) && !modifiers::is_place(w));
    let opens = match kind {
        // `twitter_key`; what `key` alone is for, and whether it is secret, is unknown.
        NameKind::Key => list.len() > 1 && !of,
        NameKind::Salt | NameKind::Nonce => false,
        // Of a recorded request; once a program sets one, its session is over.
        NameKind::Auth if list[at].ends_with(b"cookie") => false,
        // `urn:ietf:params:oauth:...`
        NameKind::Auth if list[at] == b"oauth" => false,
        _ => true,
    };
    Some(NameReading {
        kind,
        about,
        of,
        alone: list.len() == 1,
        weak: strong.is_none(),
        prose,
        id,
        plural,
        path,
        // What these loose words leave open, a random value tells.
        explicit: opens
            && !modified
            && (strong.is_some() || kind == NameKind::Password || list[last] == b"pat"),
    })
}

/// Every name of a secret contains one of these, in the word for the kind.
static STEMS: WordSet = WordSet::new(&[
    b"pass",
    b"pwd",
    b"pw",
    b"secret",
    b"token",
    b"key",
    b"auth",
    b"cred",
    b"salt",
    b"nonce",
    b"psw",
    b"psk",
    b"pssw",
    b"pasw",
    b"pin",
    b"bearer",
    b"cookie",
    b"ticket",
    b"contrase",
    b"clave",
    b"senha",
    b"mdp",
    b"wachtw",
    b"kennw",
    b"parol",
    b"sifre",
    b"haslo",
    b"heslo",
    b"lozink",
    b"geslo",
    b"jelsz",
    b"salasan",
    b"losenord",
    b"adgang",
    b"kodeord",
    b"paroo",
    b"slapta",
    b"khau",
    b"nenosiri",
    b"zugangsc",
    b"sandi",
    b"geheim",
    b"segredo",
    b"schl",
    b"jeton",
]);

/// Endings of names that are recognised by their last word alone.
const ENDS: [&[u8]; 4] = [b"api", b"pat", b"access", b"private"];

/// Endings of names of a key if nothing but a key is written like their value, as Consul's `encrypt`.
const ENCRYPT: [&[u8]; 3] = [b"encrypt", b"encryption", b"gossip"];

/// Returns whether the name says that its value encrypts something.
pub(super) fn encrypts(name: &[u8]) -> bool {
    ENCRYPT.iter().any(|w| short::ends(name, w))
}

/// Returns whether this may be the name of a secret, including SQL's `IDENTIFIED BY`.
pub(super) fn may_speak(name: &[u8]) -> bool {
    STEMS.is_in(name)
        || encrypts(name)
        || name.eq_ignore_ascii_case(b"by")
        || ENDS.iter().any(|w| short::ends(name, w))
        || !name.is_ascii()
}

/// Returns whether the value is only a part of its name, as in `TokenTypeBearer = "bearer"`.
pub(in crate::scan) fn holds_value(name: &[u8], value: &[u8]) -> bool {
    let letters = |text: &[u8]| -> Vec<u8> {
        text.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
    };
    // The file that is made of it is name_evidence like it.
    let value = value.strip_suffix(b".o").unwrap_or(value);
    value.len() <= name.len() && {
        let (name, value) = (letters(name), letters(value));
        value.len() >= 3 && memchr::memmem::find(&name, &value).is_some()
    }
}

/// Returns whether the text contains the lower-case part, ignoring case.
fn holds(text: &[u8], part: &[u8]) -> bool {
    text.len() >= part.len() && text.windows(part.len()).any(|w| w.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_every_style() {
        for (name, kind) in [
            ("DB_PASSWORD", NameKind::Password),
            ("mysqlrootpwd", NameKind::Password),
            ("userPass", NameKind::Password),
            ("bind_pw", NameKind::Password),
            ("client-secret", NameKind::Secret),
            ("oauth_token_secret", NameKind::Secret),
            ("accessToken", NameKind::Token),
            ("X-Api-Key", NameKind::ApiKey),
            ("apikey", NameKind::ApiKey),
            ("encryption.key", NameKind::CryptoKey),
            ("key", NameKind::Key),
            ("Authorization", NameKind::Auth),
            ("password_salt", NameKind::Salt),
        ] {
            assert_eq!(read(name.as_bytes()).map(|r| r.kind), Some(kind), "{name}");
        }
        for name in [
            "compass",
            "author",
            "monkey",
            "lpass_tlmm",
            "gp8psk",
            "tokenizer",
            "keyboard",
            "passenger",
            "user",
            "secretary",
        ] {
            assert_eq!(read(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn a_value_that_its_name_says_is_known() {
        for (name, value) in [
            ("TokenTypeBearer", "bearer"),
            ("CustomerMasterKeySpecEccSecgP256k1", "ECC_SECG_P256K1"),
            ("dvb-usb-gp8psk-objs", "gp8psk.o"),
            ("password", "password"),
        ] {
            assert!(holds_value(name.as_bytes(), value.as_bytes()), "{name}");
        }
        let other = b"kq8Zp2Lm";
        assert!(!holds_value(b"db_password", other));
        assert!(!holds_value(b"db_password", b"--"));
    }

    #[test]
    fn a_name_is_explicit_when_it_says_that_its_value_is_a_credential() {
        let explicit = |name: &str| read(name.as_bytes()).is_some_and(|r| r.explicit);
        for name in [
            "db_password",
            "password",
            "token",
            "internalApiKey",
            "TWITTER_KEY",
            "app_secret",
            "STRIPE_KEY_LIVE",
            "Authorization",
            "secret_token",
            "client-secret",
            "AWS_SECRET_ACCESS_KEY",
            "auth",
            "JWT_SECRET_2",
            "NODE_AUTH_TOKEN",
            "REGISTRY_PASSWORD",
            "page_access_token",
            "READ_API_KEY",
            "API_KEY_TEST",
            "data-encryption-key",
        ] {
            assert!(explicit(name), "{name}");
        }
        for name in [
            "key",
            "cache_key",
            "primary_key",
            "token_url",
            "password_hash",
            "GRAYLOG_SHA256_PASSWORD",
            "oauth_nonce",
            "password_salt",
            "access_key_id",
            "node_key",
            "s3_object_key",
            "cookie",
            "fake_token",
            "data-key",
            "data-api-key",
        ] {
            assert!(!explicit(name), "{name}");
        }
    }

    #[test]
    fn words_around_tell_what_only_speaks_about_a_secret() {
        for name in ["password_field", "tokenUrl", "secretName"] {
            assert!(read(name.as_bytes()).unwrap().about, "{name}");
        }
        for name in ["forgot_password", "publicKey", "primary_key", "getToken", "registry_key"] {
            assert!(read(name.as_bytes()).unwrap().of, "{name}");
        }
        for name in ["registry_password", "primary_db_password", "ReadOnlyDbPassword", "cache-password"] {
            assert!(!read(name.as_bytes()).unwrap().of, "{name}");
        }
    }
}
