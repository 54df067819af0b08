//! Names in languages other than English: `contraseña`, `wachtwoord`, `пароль`, `密码`.
//!
//! Accents are removed from Latin letters, so that one list covers both spellings. Other scripts often have no
//! separators: their words are searched anywhere in a name.

use super::kind::NameKind;

/// Words in Latin letters, without accents.
const LATIN: [(&[u8], NameKind); 32] = [
    (b"matkhau", NameKind::Password),
    (b"nenosiri", NameKind::Password),
    (b"zugangscode", NameKind::Password),
    (b"contrasenha", NameKind::Password),
    (b"contrasena", NameKind::Password),
    (b"contrasenia", NameKind::Password),
    (b"contrasenya", NameKind::Password),
    (b"senha", NameKind::Password),
    (b"motdepasse", NameKind::Password),
    (b"mdp", NameKind::Password),
    (b"wachtwoord", NameKind::Password),
    (b"kennwort", NameKind::Password),
    (b"passwort", NameKind::Password),
    (b"sifre", NameKind::Password),
    (b"sifresi", NameKind::Password),
    (b"haslo", NameKind::Password),
    (b"heslo", NameKind::Password),
    (b"lozinka", NameKind::Password),
    (b"geslo", NameKind::Password),
    (b"jelszo", NameKind::Password),
    (b"salasana", NameKind::Password),
    (b"losenord", NameKind::Password),
    (b"adgangskode", NameKind::Password),
    (b"kodeord", NameKind::Password),
    (b"passord", NameKind::Password),
    (b"parool", NameKind::Password),
    (b"slaptazodis", NameKind::Password),
    (b"geheimnis", NameKind::Secret),
    (b"segredo", NameKind::Secret),
    (b"secreto", NameKind::Secret),
    (b"schlussel", NameKind::Key),
    (b"schluessel", NameKind::Key),
];

/// Words with other meanings too: a key, a word, a slip.
const LOOSE: [(&[u8], NameKind); 6] = [
    (b"clave", NameKind::Password),
    (b"parola", NameKind::Password),
    (b"passe", NameKind::Password),
    (b"sandi", NameKind::Password),
    (b"geheim", NameKind::Secret),
    (b"jeton", NameKind::Token),
];

/// No word has so many bytes, accents and their marks included.
const LONGEST: usize = 64;

/// Words of other scripts, in lower case.
const OTHER: [(&str, NameKind); 25] = [
    ("пароль", NameKind::Password),
    ("пароля", NameKind::Password),
    ("парола", NameKind::Password),
    ("лозинк", NameKind::Password),
    ("密码", NameKind::Password),
    ("密碼", NameKind::Password),
    ("口令", NameKind::Password),
    ("パスワード", NameKind::Password),
    ("비밀번호", NameKind::Password),
    ("암호", NameKind::Password),
    ("패스워드", NameKind::Password),
    ("κωδικ", NameKind::Password),
    ("סיסמ", NameKind::Password),
    ("المرور", NameKind::Password),
    ("पासवर्ड", NameKind::Password),
    ("รหัสผ่าน", NameKind::Password),
    ("секрет", NameKind::Secret),
    ("токен", NameKind::Token),
    ("令牌", NameKind::Token),
    ("トークン", NameKind::Token),
    ("토큰", NameKind::Token),
    ("密钥", NameKind::CryptoKey),
    ("密鑰", NameKind::CryptoKey),
    ("秘钥", NameKind::CryptoKey),
    ("秘密鍵", NameKind::CryptoKey),
];

/// The kind that a word of another language means, in lower case and without accents; `previous` is the word before
/// it.
pub(super) fn of_word(word: &[u8], previous: &[u8]) -> Option<NameKind> {
    if word == b"passe" && matches!(previous, b"de" | b"palavra") || word == b"khau" && previous == b"mat" {
        return Some(NameKind::Password);
    }
    LATIN.iter().find(|(w, _)| *w == word).map(|(_, kind)| *kind)
}

/// The kind of a word with other meanings too.
pub(super) fn of_loose_word(word: &[u8]) -> Option<NameKind> {
    LOOSE.iter().find(|(w, _)| *w == word).map(|(_, kind)| *kind)
}

/// The kind that a word of another script means, anywhere in the name.
pub(super) fn of_script(name: &[u8]) -> Option<NameKind> {
    let lower = std::str::from_utf8(name).ok()?.to_lowercase();
    OTHER.iter().find(|(word, _)| lower.contains(word)).map(|(_, kind)| *kind)
}

/// Returns whether a value is a word for a secret in another language: a label, not a secret.
pub(in crate::scan::detect::generic) fn is_label(value: &[u8]) -> bool {
    let is_word = || {
        let plain = without_accents(value);
        let word = plain.as_deref().map_or(value, str::as_bytes);
        LATIN.iter().chain(&LOOSE).any(|(w, _)| word.eq_ignore_ascii_case(w))
    };
    value.len() <= LONGEST && is_word()
        || !value.is_ascii() && !value.iter().any(u8::is_ascii_alphanumeric) && of_script(value).is_some()
}

/// The name with Latin letters in ASCII, if it has accents: `contraseña` becomes `contrasena`.
pub(super) fn without_accents(name: &[u8]) -> Option<String> {
    if name.is_ascii() {
        return None;
    }
    let name = std::str::from_utf8(name).ok()?;
    // A mark may follow its letter.
    let without: String = name.chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).map(plain).collect();
    (without != name).then_some(without)
}

/// The letter without its accent.
fn plain(c: char) -> char {
    const LETTERS: [(&str, char); 26] = [
        ("àáâãäåāăą", 'a'),
        ("ÀÁÂÃÄÅĀĂĄ", 'A'),
        ("çćč", 'c'),
        ("ÇĆČ", 'C'),
        ("èéêëēėęě", 'e'),
        ("ÈÉÊËĒĖĘĚ", 'E'),
        ("ìíîïīıį", 'i'),
        ("ÌÍÎÏĪİĮ", 'I'),
        ("ł", 'l'),
        ("Ł", 'L'),
        ("ñńň", 'n'),
        ("ÑŃŇ", 'N'),
        ("òóôõöøőō", 'o'),
        ("ÒÓÔÕÖØŐŌ", 'O'),
        ("śšşș", 's'),
        ("ŚŠŞȘ", 'S'),
        ("ùúûüūůűų", 'u'),
        ("ÙÚÛÜŪŮŰŲ", 'U'),
        ("ýÿ", 'y'),
        ("Ý", 'Y'),
        ("źżž", 'z'),
        ("ŹŻŽ", 'Z'),
        ("ğ", 'g'),
        ("Ğ", 'G'),
        ("ř", 'r'),
        ("đď", 'd'),
    ];
    LETTERS.iter().find(|(all, _)| all.contains(c)).map_or(c, |(_, letter)| *letter)
}

#[cfg(test)]
mod tests {
    use super::super::{NameKind, may_speak, read};
    use super::{LATIN, LOOSE, is_label};

    #[test]
    fn a_word_for_a_secret_is_a_label_and_no_secret() {
        for value in ["Adgangskode", "Kennwort", "Contraseña", "пароль", "请输入密码", "パスワード"]
        {
            assert!(is_label(value.as_bytes()), "{value}");
        }
        for value in ["Kennwort1", "parola9x", "密码kq8Zp2", "hunter2"] {
            assert!(!is_label(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn every_word_passes_the_first_look() {
        for (word, _) in LATIN.iter().chain(&LOOSE) {
            assert!(may_speak(word), "{}", String::from_utf8_lossy(word));
        }
    }

    #[test]
    fn names_are_read_in_other_languages_with_and_without_accents() {
        for name in [
            "contraseña",
            "contrasena",
            "CONTRASEÑA",
            "db_contraseña",
            "contrasen\u{303}a",
            "mot_de_passe",
            "motDePasse",
            "palavra_passe",
            "senha",
            "SENHA_DB",
            "wachtwoord",
            "parola",
            "hasło",
            "haslo",
            "hasło_bazy",
            "lösenord",
            "losenord",
            "Kennwort",
            "Passwort",
            "şifre",
            "heslo",
            "jelszó",
            "salasana",
            "Adgangskode",
            "пароль",
            "Пароль",
            "ПАРОЛЬ",
            "密码",
            "数据库密码",
            "パスワード",
            "비밀번호",
            "κωδικός",
        ] {
            assert!(may_speak(name.as_bytes()), "{name}");
            assert_eq!(read(name.as_bytes()).map(|r| r.kind), Some(NameKind::Password), "{name}");
        }
        for name in ["enclave", "parolado", "größe", "名前", "имя", "ключевой", "sandisk", "chiffre"]
        {
            assert_eq!(read(name.as_bytes()), None, "{name}");
        }
    }
}
