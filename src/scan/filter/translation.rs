//! Files of translations: the word for `password` in another language is not a password.

/// Folders of translations.
const FOLDERS: &str = "\
    i18n l10n intl lang langs language languages locale locales translation translations messages";

/// Endings of files that contain only translations.
const FORMATS: &str = "po pot xlf xliff arb ftl resx strings";

/// Endings of data files.
const DATA: &str = "json json5 yml yaml properties xml toml";

/// Endings of programs that may contain translations.
const PROGRAMS: &str = "js mjs ts php py lua rb";

/// Languages whose two-letter code means little else: at the end of a file's name they give its language.
const LANGUAGES: &str = "\
    en de fr es it pt nl da sv nb nn fi pl cs sk hu ro bg ru uk el tr he ar fa hi th vi ja ko zh eu gl \
    lt lv et sl sr hr ca is";

/// Returns whether a file at this path contains translations.
pub(in crate::scan) fn is_translation(path: &[u8]) -> bool {
    let lower = path.to_ascii_lowercase();
    let mut parts = lower.rsplit(|b| *b == b'/');
    let name = parts.next().unwrap_or_default();
    let Some(dot) = memchr::memrchr(b'.', name) else { return false };
    let (stem, ending) = (&name[..dot], &name[dot + 1..]);
    let in_folder = parts.clone().any(|p| is_in(FOLDERS, p));
    let of_language = parts.next().is_some_and(|p| is_tag(p) || is_android(p) || p.ends_with(b".lproj"));
    is_in(FORMATS, ending)
        || (is_tag(stem) || in_folder && is_code(stem)) && is_in(PROGRAMS, ending)
        || is_in(DATA, ending) && (in_folder || of_language || is_tag(stem) || ends_in_language(stem))
}

/// Returns whether this has the form of a language's code; in a folder of translations it is one.
fn is_code(stem: &[u8]) -> bool {
    let letters = stem.split(|b| matches!(b, b'-' | b'_')).next().unwrap_or_default();
    matches!(letters.len(), 2 | 3) && letters.iter().all(u8::is_ascii_lowercase)
}

/// Returns whether this is a language tag: `de`, `pt-br`, `zh_hans`.
fn is_tag(text: &[u8]) -> bool {
    let mut parts = text.splitn(2, |b| matches!(b, b'-' | b'_'));
    let language = parts.next().unwrap_or_default();
    is_in(LANGUAGES, language)
        && parts
            .next()
            .is_none_or(|place| (2..=4).contains(&place.len()) && place.iter().all(u8::is_ascii_alphanumeric))
}

/// Returns whether this is a folder as Android's `values-de`, `values-pt-rBR`.
fn is_android(folder: &[u8]) -> bool {
    folder.strip_prefix(b"values-").is_some_and(|tag| is_in(LANGUAGES, &tag[..tag.len().min(2)]))
}

/// Returns whether a file's stem ends in a language, as Java's `login_da`, or `messages.de`.
fn ends_in_language(stem: &[u8]) -> bool {
    let mut parts = stem.rsplit(|b| matches!(b, b'_' | b'.'));
    let (last, before) = (parts.next().unwrap_or_default(), parts.next());
    before.is_some_and(|b| !b.is_empty()) && is_tag(last)
        || before.is_some_and(|b| is_tag(b) && last.len() == 2 && parts.next().is_some())
}

/// Returns whether a space-separated list contains this word.
fn is_in(list: &str, word: &[u8]) -> bool {
    list.split(' ').any(|w| w.as_bytes() == word)
}

/// Returns whether letters have the cases of words: small ones, possibly behind a capital.
pub(super) fn is_in_case(value: &[u8]) -> bool {
    let mut words = value.split(|b| !b.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    words.all(|word| word[1..].iter().all(u8::is_ascii_lowercase))
}

/// Returns whether this is text for people: letters of any script, blanks and punctuation, no digit.
pub(super) fn is_wording(value: &[u8]) -> bool {
    // A passphrase has joints and no blanks.
    let joints = value.iter().filter(|b| **b == b'-').count();
    if joints >= 3 && !value.contains(&b' ') {
        return false;
    }
    let mark = |b: &u8| matches!(b, b' ' | b'-' | b'\'' | b'.' | b',' | b'?' | b'!' | b':' | b'\\');
    !value.is_empty() && value.iter().all(|b| b.is_ascii_alphabetic() || *b >= 0x80 || mark(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_translations_are_known_by_whole_parts_of_their_path() {
        for path in [
            "public/intl/messages/da-DK.json",
            "da.properties",
            "login_da.properties",
            "messages_pt_BR.properties",
            "res/values-de/strings.xml",
            "src/i18n/pt-BR.ts",
            "locale/de/app.yml",
            "po/de.po",
            "App/de.lproj/Localizable.strings",
            "config/locales/devise.fr.yml",
        ] {
            assert!(is_translation(path.as_bytes()), "{path}");
        }
        for path in [
            "config/app.yml",
            "lang/Client.java",
            "slang/config.yml",
            "src/message.json",
            "prod.env",
            "deploy.json",
            "app_qa.properties",
            "i18n/loader.go",
            "de.env",
        ] {
            assert!(!is_translation(path.as_bytes()), "{path}");
        }
        assert!(is_wording("Glömt lösenord?".as_bytes()));
        assert!(!is_wording(b"kq7xr2t9z") && !is_wording(b"copper-lantern-meadow-falcon"));
        assert!(is_wording(b"mot-de-passe") && is_wording(b"Mot-de-passe de l-e-mail"));
        assert!(is_in_case(b"Huomautukset") && !is_in_case(b"kQxrTzLmpW"));
    }
}
