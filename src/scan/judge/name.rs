//! What a name says about its value.

use crate::text::words;

/// The kinds of secrets that names speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Password,
    Secret,
    Token,
    ApiKey,
    CryptoKey,
    /// `key` and nothing that says what for.
    Key,
    Auth,
    Credential,
    Salt,
    Nonce,
}

impl Kind {
    /// The evidence that the name gives.
    pub(super) fn code(self) -> &'static str {
        match self {
            Kind::Password => "name-password",
            Kind::Secret => "name-secret",
            Kind::Token => "name-token",
            Kind::ApiKey => "name-api-key",
            Kind::CryptoKey => "name-crypto-key",
            Kind::Key => "name-key",
            Kind::Auth => "name-auth",
            Kind::Credential => "name-credential",
            Kind::Salt => "name-salt",
            Kind::Nonce => "name-nonce",
        }
    }

    /// The rule of the catalogue for secrets of this kind.
    pub(super) fn rule(self) -> &'static str {
        match self {
            Kind::Password => "generic-password",
            Kind::Secret => "generic-secret",
            Kind::Token => "generic-token",
            Kind::ApiKey | Kind::Key => "generic-api-key",
            Kind::CryptoKey | Kind::Salt | Kind::Nonce => "generic-encryption-key",
            Kind::Auth | Kind::Credential => "generic-credential",
        }
    }
}

/// A name, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) kind: Kind,
    /// A word after the one that says the kind makes it something else: `password_field`, `token_url`.
    pub(super) about: bool,
    /// A word before it does: `forgot_password`, `has_token`, `public_key`, `primary_key`.
    pub(super) of: bool,
    /// Nothing but the word of the kind.
    pub(super) alone: bool,
    /// More words than a name has: a sentence.
    pub(super) prose: bool,
    /// A path, not a name: `./keys`.
    pub(super) path: bool,
    /// `passwords`, `tokens`: more than one value, or a count of them.
    pub(super) plural: bool,
}

/// Reads a name; `None` when it does not speak of a secret.
pub(super) fn read(name: &[u8]) -> Option<Reading> {
    // The cheapest test first: most names are of something else.
    if name.len() < 2 || !STEMS.iter().any(|s| find(name, s)) {
        return None;
    }
    let mut buffer = [0u8; 96];
    let mut list: [&[u8]; 16] = [b""; 16];
    let name = &name[name.len().saturating_sub(96)..];
    let mut count = 0;
    let lower = &mut buffer[..name.len()];
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    let base = name.as_ptr() as usize;
    for word in words::split(name) {
        let at = word.as_ptr() as usize - base;
        if count < list.len() {
            list[count] = &lower[at..at + word.len()];
            count += 1;
        }
    }
    let list = &list[..count];
    let (at, kind) = list.iter().enumerate().rev().find_map(|(i, w)| {
        let previous = if i > 0 { list[i - 1] } else { b"" };
        kind(w, previous).map(|k| (i, k))
    })?;
    let before = &list[..at];
    let after = &list[at + 1..];
    let of = before.iter().any(|w| OF.contains(w));
    let about = after.iter().any(|w| ABOUT.contains(w));
    let plural = list[at].ends_with(b"s") && !list[at].ends_with(b"ss");
    let prose = name.iter().filter(|b| **b == b' ').count() >= 2;
    Some(Reading { kind, about, of, alone: list.len() == 1, prose, plural, path: name.contains(&b'/') })
}

/// Some of these bytes are in every name that speaks of a secret.
const STEMS: &[&[u8]] = &[
    b"pass", b"pwd", b"pw", b"secret", b"token", b"key", b"auth", b"cred", b"salt", b"nonce", b"psw", b"psk",
    b"pin", b"bearer", b"cookie",
];

/// The kind that a word says, with the word before it.
fn kind(word: &[u8], previous: &[u8]) -> Option<Kind> {
    let ends = |s: &[u8]| word.ends_with(s);
    let holds = |s: &[u8]| find(word, s);
    Some(match word {
        b"pass" | b"passwd" | b"passphrase" | b"passcode" | b"pwd" | b"pw" | b"pswd" | b"psw" | b"passw"
        | b"passwrd" | b"psk" | b"passwort" => Kind::Password,
        _ if holds(b"password") || holds(b"passwd") || holds(b"passphrase") || ends(b"pwd") => Kind::Password,
        _ if ends(b"pass") && !NO_PASS.contains(&word) => Kind::Password,
        b"rootpw" | b"bindpw" | b"userpw" | b"dbpw" => Kind::Password,
        b"secretary" => return None,
        _ if holds(b"secretkey") || holds(b"secretaccesskey") => Kind::Secret,
        _ if holds(b"secret") => Kind::Secret,
        b"tokenizer" | b"tokenize" | b"tokenized" | b"tokenization" | b"tokeniser" => return None,
        _ if ends(b"token") || ends(b"tokens") || word == b"bearer" => Kind::Token,
        b"key" | b"keys" => match previous {
            b"api" | b"access" | b"app" | b"application" | b"consumer" | b"client" | b"auth" | b"account"
            | b"license" | b"licence" | b"oauth" | b"service" | b"user" | b"admin" | b"subscription"
            | b"deploy" | b"write" | b"rest" | b"write_" | b"integration" | b"rapidapi" | b"routing" => {
                Kind::ApiKey
            }
            b"encryption" | b"encrypt" | b"encrypted" | b"crypto" | b"cipher" | b"aes" | b"des" | b"hmac"
            | b"signing" | b"signature" | b"sign" | b"master" | b"private" | b"priv" | b"session"
            | b"shared" | b"jwt" | b"symmetric" | b"wrapped" | b"decryption" | b"data" | b"security"
            | b"wrapping" | b"storage" | b"ssh" | b"rsa" | b"wep" => Kind::CryptoKey,
            b"secret" => Kind::Secret,
            _ => Kind::Key,
        },
        b"apikey" | b"apikeys" | b"accesskey" | b"appkey" | b"authkey" | b"consumerkey" | b"clientkey"
        | b"accountkey" | b"licensekey" | b"apisecret" | b"appsecret" => Kind::ApiKey,
        b"privatekey" | b"privkey" | b"encryptionkey" | b"masterkey" | b"signingkey" | b"sessionkey"
        | b"sharedkey" | b"aeskey" | b"nkey" | b"jwtkey" | b"sshkey" | b"hmackey" => Kind::CryptoKey,
        b"auth" | b"authorization" | b"authorisation" | b"authentication" | b"oauth" => Kind::Auth,
        _ if ends(b"auth") && word.len() <= 10 => Kind::Auth,
        b"credential" | b"credentials" | b"cred" | b"creds" => Kind::Credential,
        b"salt" => Kind::Salt,
        _ if ends(b"salt") && word.len() <= 10 => Kind::Salt,
        b"nonce" | b"noncestr" | b"cnonce" => Kind::Nonce,
        b"cookie" | b"setcookie" => Kind::Auth,
        _ => return None,
    })
}

const NO_PASS: &[&[u8]] = &[
    b"bypass",
    b"compass",
    b"trespass",
    b"surpass",
    b"encompass",
    b"overpass",
    b"underpass",
    b"minipass",
    b"multipass",
];

/// Words after the kind that make the name speak about the secret, not hold it.
const ABOUT: &[&[u8]] = &[
    b"checksum",
    b"fingerprint",
    b"sha",
    b"md",
    b"digest",
    b"user",
    b"username",
    b"uid",
    b"gid",
    b"login",
    b"validity",
    b"seconds",
    b"secs",
    b"minutes",
    b"hours",
    b"days",
    b"limit",
    b"usage",
    b"binding",
    b"flow",
    b"grant",
    b"signature",
    b"scopes",
    b"scope",
    b"role",
    b"roles",
    b"group",
    b"config",
    b"settings",
    b"options",
    b"plugin",
    b"backend",
    b"mechanism",
    b"exception",
    b"event",
    b"events",
    b"button",
    b"icon",
    b"tooltip",
    b"link",
    b"advice",
    b"matching",
    b"mismatch",
    b"match",
    b"hash",
    b"hashes",
    b"usages",
    b"guid",
    b"uuid",
    b"cert",
    b"certificate",
    b"name",
    b"names",
    b"id",
    b"ids",
    b"identifier",
    b"url",
    b"uri",
    b"urls",
    b"path",
    b"paths",
    b"file",
    b"files",
    b"filename",
    b"dir",
    b"type",
    b"types",
    b"field",
    b"fields",
    b"label",
    b"labels",
    b"length",
    b"len",
    b"size",
    b"count",
    b"expiry",
    b"expires",
    b"expire",
    b"expiration",
    b"expired",
    b"ttl",
    b"timeout",
    b"age",
    b"lifetime",
    b"policy",
    b"policies",
    b"min",
    b"max",
    b"format",
    b"regex",
    b"regexp",
    b"pattern",
    b"prefix",
    b"suffix",
    b"header",
    b"headers",
    b"class",
    b"provider",
    b"providers",
    b"endpoint",
    b"endpoints",
    b"alg",
    b"algo",
    b"algorithm",
    b"version",
    b"status",
    b"state",
    b"hint",
    b"placeholder",
    b"title",
    b"text",
    b"message",
    b"messages",
    b"msg",
    b"error",
    b"errors",
    b"description",
    b"desc",
    b"help",
    b"index",
    b"position",
    b"pos",
    b"column",
    b"enabled",
    b"disabled",
    b"required",
    b"used",
    b"valid",
    b"validation",
    b"validator",
    b"strength",
    b"reset",
    b"forgot",
    b"page",
    b"form",
    b"input",
    b"view",
    b"controller",
    b"service",
    b"manager",
    b"handler",
    b"helper",
    b"factory",
    b"util",
    b"utils",
    b"test",
    b"tests",
    b"model",
    b"store",
    b"ref",
    b"arn",
    b"source",
    b"location",
    b"method",
    b"mode",
    b"display",
    b"attr",
    b"attribute",
    b"param",
    b"params",
    b"env",
    b"var",
    b"variable",
    b"property",
    b"properties",
    b"rule",
    b"rules",
    b"scheme",
    b"domain",
    b"host",
    b"port",
    b"rotation",
    b"encoder",
    b"generator",
    b"time",
    b"at",
    b"date",
    b"code",
    b"issuer",
    b"audience",
];

/// Words before the kind that make it something else.
const OF: &[&[u8]] = &[
    b"label",
    b"title",
    b"tooltip",
    b"mandatory",
    b"hint",
    b"error",
    b"msg",
    b"message",
    b"old_",
    b"describe",
    b"topology",
    b"correlation",
    b"tag",
    b"hash",
    b"range",
    b"dedup",
    b"compound",
    b"order",
    b"set_",
    b"node",
    b"build",
    b"parse",
    b"format",
    b"list",
    b"count",
    b"num",
    b"total",
    b"add",
    b"update",
    b"change",
    b"compare",
    b"no",
    b"has",
    b"is",
    b"show",
    b"hide",
    b"forgot",
    b"forgotten",
    b"lost",
    b"reset",
    b"validate",
    b"check",
    b"verify",
    b"require",
    b"requires",
    b"required",
    b"invalid",
    b"missing",
    b"max",
    b"min",
    b"public",
    b"pub",
    b"primary",
    b"foreign",
    b"partition",
    b"sort",
    b"map",
    b"dict",
    b"index",
    b"row",
    b"lookup",
    b"unique",
    b"group",
    b"translation",
    b"shortcut",
    b"hot",
    b"arrow",
    b"enter",
    b"escape",
    b"next",
    b"page",
    b"continuation",
    b"object",
    b"cache",
    b"field",
    b"column",
    b"property",
    b"parent",
    b"child",
    b"first",
    b"last",
    b"composite",
    b"natural",
    b"surrogate",
    b"registry",
    b"hkey",
    b"get",
    b"find",
    b"fetch",
    b"load",
    b"read",
    b"delete",
    b"remove",
    b"generate",
    b"create",
    b"use",
    b"enable",
    b"allow",
    b"disable",
    b"input",
    b"ctrl",
];

/// Does the text hold the lower-case part, any case?
fn find(text: &[u8], part: &[u8]) -> bool {
    text.len() >= part.len() && text.windows(part.len()).any(|w| w.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_every_style() {
        for (name, kind) in [
            ("DB_PASSWORD", Kind::Password),
            ("mysqlrootpwd", Kind::Password),
            ("userPass", Kind::Password),
            ("bind_pw", Kind::Password),
            ("client-secret", Kind::Secret),
            ("oauth_token_secret", Kind::Secret),
            ("accessToken", Kind::Token),
            ("X-Api-Key", Kind::ApiKey),
            ("apikey", Kind::ApiKey),
            ("encryption.key", Kind::CryptoKey),
            ("key", Kind::Key),
            ("Authorization", Kind::Auth),
            ("password_salt", Kind::Salt),
        ] {
            assert_eq!(read(name.as_bytes()).map(|r| r.kind), Some(kind), "{name}");
        }
        for name in ["compass", "author", "monkey", "tokenizer", "keyboard", "passenger", "user", "secretary"]
        {
            assert_eq!(read(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn words_around_tell_what_only_speaks_about_a_secret() {
        for name in ["password_field", "tokenUrl", "secretName"] {
            assert!(read(name.as_bytes()).unwrap().about, "{name}");
        }
        for name in ["forgot_password", "publicKey", "primary_key", "getToken"] {
            assert!(read(name.as_bytes()).unwrap().of, "{name}");
        }
    }
}
