//! English words for secrets, and the kind of each.

use super::holds;
use super::kind::NameKind;

/// The kind that a word means after the word before it.
pub(super) fn of_word(word: &[u8], previous: &[u8]) -> Option<NameKind> {
    let ends = |s: &[u8]| word.ends_with(s);
    let holds = |s: &[u8]| holds(word, s);
    Some(match word {
        // Of a program over its data.
        b"pass"
            if matches!(
                previous,
                b"first" | b"second" | b"one" | b"two" | b"single" | b"multi" | b"render"
            ) =>
        {
            return None;
        }
        b"pass" | b"passwd" | b"passphrase" | b"passcode" | b"pwd" | b"pw" | b"pswd" | b"psw" | b"passw"
        | b"passwrd" | b"psk" | b"passwort" | b"passwod" | b"passwor" | b"passwrod" | b"passowrd"
        | b"paswd" | b"authtok" | b"paswrd" | b"pasword" | b"paswword" | b"passsword" | b"psswd"
        | b"psswrd" | b"pssword" | b"pswrd" | b"psword" | b"pword" => NameKind::Password,
        _ if holds(b"password") || holds(b"passwd") || holds(b"passphrase") || ends(b"pwd") => {
            NameKind::Password
        }
        _ if ends(b"pass") && !is_no_password(word) => NameKind::Password,
        b"rootpw" | b"bindpw" | b"userpw" | b"dbpw" => NameKind::Password,
        b"secretary" => return None,
        _ if holds(b"secretkey") || holds(b"secretaccesskey") => NameKind::Secret,
        _ if holds(b"secret") => NameKind::Secret,
        b"tokenizer" | b"tokenize" | b"tokenized" | b"tokenization" | b"tokeniser" => return None,
        _ if ends(b"token") || ends(b"tokens") || word == b"bearer" => NameKind::Token,
        // Of WeChat; others are events, or errors.
        b"cookie" | b"setcookie" => NameKind::Auth,
        b"ticket" if matches!(previous, b"jsapi" | b"api") => NameKind::Token,
        b"key" | b"keys" => match previous {
            b"api" | b"access" | b"app" | b"application" | b"consumer" | b"client" | b"auth" | b"account"
            | b"license" | b"licence" | b"oauth" | b"service" | b"user" | b"admin" | b"subscription"
            | b"deploy" | b"write" | b"rest" | b"write_" | b"integration" | b"rapidapi" | b"routing" => {
                NameKind::ApiKey
            }
            b"encryption" | b"encrypt" | b"encrypted" | b"crypto" | b"cipher" | b"aes" | b"des" | b"hmac"
            | b"signing" | b"signature" | b"sign" | b"master" | b"private" | b"priv" | b"session"
            | b"shared" | b"jwt" | b"symmetric" | b"wrapped" | b"decryption" | b"data" | b"security"
            | b"wrapping" | b"storage" | b"ssh" | b"rsa" | b"wep" => NameKind::CryptoKey,
            b"secret" => NameKind::Secret,
            _ => NameKind::Key,
        },
        b"apikey" | b"apikeys" | b"accesskey" | b"appkey" | b"authkey" | b"consumerkey" | b"clientkey"
        | b"accountkey" | b"licensekey" | b"apisecret" | b"appsecret" => NameKind::ApiKey,
        b"privatekey" | b"privkey" | b"encryptionkey" | b"masterkey" | b"signingkey" | b"sessionkey"
        | b"sharedkey" | b"aeskey" | b"nkey" | b"jwtkey" | b"sshkey" | b"hmackey" => NameKind::CryptoKey,
        b"auth" | b"authorization" | b"authorisation" | b"authentication" | b"oauth" => NameKind::Auth,
        _ if ends(b"auth") && word.len() <= 10 => NameKind::Auth,
        b"credential" | b"credentials" | b"cred" | b"creds" => NameKind::Credential,
        b"salt" => NameKind::Salt,
        _ if ends(b"salt") && word.len() <= 10 => NameKind::Salt,
        b"nonce" | b"noncestr" | b"cnonce" => NameKind::Nonce,
        _ => return None,
    })
}

/// The kind that a name's last word means if no other word has a kind. These words have other meanings too.
pub(super) fn of_last(word: &[u8], is_part: bool) -> Option<NameKind> {
    Some(match word {
        b"api" => NameKind::ApiKey,
        b"access" if is_part => NameKind::ApiKey,
        b"pat" if is_part => NameKind::Token,
        b"private" | b"pkey" if is_part => NameKind::CryptoKey,
        _ if word.ends_with(b"key") && word.len() >= 6 && !is_no_key(word) => NameKind::ApiKey,
        _ if word.starts_with(b"token") && !word.starts_with(b"tokeni") => NameKind::Token,
        _ => return None,
    })
}

/// Returns whether a word only ends like a key.
fn is_no_key(word: &[u8]) -> bool {
    matches!(
        word,
        b"monkey" | b"turkey" | b"hotkey" | b"donkey" | b"hockey" | b"jockey" | b"whiskey" | b"flunkey"
    )
}

/// Returns whether a word only ends like a password.
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
