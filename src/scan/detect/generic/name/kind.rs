//! The kinds of secrets that names speak of, and the words that say each.

/// The kinds of secrets that names speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scan::detect::generic) enum Kind {
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
    pub(in crate::scan::detect::generic) fn code(self) -> &'static str {
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
    pub(in crate::scan::detect::generic) fn rule(self) -> &'static str {
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

/// The kind that a word says, with the word before it.
pub(super) fn of_word(word: &[u8], previous: &[u8]) -> Option<Kind> {
    let ends = |s: &[u8]| word.ends_with(s);
    let holds = |s: &[u8]| super::holds(word, s);
    Some(match word {
        b"pass" | b"passwd" | b"passphrase" | b"passcode" | b"pwd" | b"pw" | b"pswd" | b"psw" | b"passw"
        | b"passwrd" | b"psk" | b"passwort" => Kind::Password,
        _ if holds(b"password") || holds(b"passwd") || holds(b"passphrase") || ends(b"pwd") => Kind::Password,
        _ if ends(b"pass") && !is_no_password(word) => Kind::Password,
        b"rootpw" | b"bindpw" | b"userpw" | b"dbpw" => Kind::Password,
        b"secretary" => return None,
        _ if holds(b"secretkey") || holds(b"secretaccesskey") => Kind::Secret,
        _ if holds(b"secret") => Kind::Secret,
        b"tokenizer" | b"tokenize" | b"tokenized" | b"tokenization" | b"tokeniser" => return None,
        _ if ends(b"token") || ends(b"tokens") || word == b"bearer" => Kind::Token,
        // Of WeChat; others are events, or errors to mend.
        b"cookie" | b"setcookie" => Kind::Auth,
        b"ticket" if matches!(previous, b"jsapi" | b"api") => Kind::Token,
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
        _ => return None,
    })
}

/// Words that only end like a password.
fn is_no_password(word: &[u8]) -> bool {
    matches!(
        word,
        b"bypass"
            | b"compass"
            | b"trespass"
            | b"surpass"
            | b"encompass"
            | b"overpass"
            | b"underpass"
            | b"minipass"
            | b"multipass"
            | b"lpass"
    )
}
