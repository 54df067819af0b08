//! The evidence about one value that is assigned to a name, each piece by its code in `weights.txt`.

use super::name::{self, NameKind, NameReading, holds_value};
use super::score::{self, Stage};
use super::surroundings::Surroundings;
use super::{neighbours, owner, password, shape, special, value};
use crate::scan::boundary;
use crate::scan::extract::assign::{Assignment, Form};
use crate::scan::scope::TextInfo;
use crate::text::lang::Lang;
use crate::text::placeholder;
use crate::text::randomness::is_random;
use crate::text::words;
use crate::validate;

/// The reading of a name, including SQL's `IDENTIFIED BY`; that of `key` with its table's name.
pub(super) fn reading(text: &[u8], found: &Assignment, lang: Lang) -> Option<NameReading> {
    let name = &text[found.name.clone()];
    if name.eq_ignore_ascii_case(b"by") && found.form == Form::Space {
        let before = &text[found.name.start.saturating_sub(48)..found.name.start];
        let sql = memchr::memmem::find(&before.to_ascii_lowercase(), b"identified ").is_some();
        return sql.then(|| name::read(b"password")).flatten();
    }
    // In a list of long strings the one before is not a name.
    if found.form == Form::Pair && name.len() >= LONG_NAME && is_random(name) {
        return None;
    }
    // What follows in a command or a sentence may be the next pair: `label secret my-token "app=web1"`.
    if found.form == Form::Space && is_pair(&text[found.value.clone()]) {
        return None;
    }
    let of_table = name.eq_ignore_ascii_case(b"key")
        && matches!(found.form, Form::Colon | Form::Equals)
        && !owner::is_fingerprint(&text[found.value.clone()]);
    if let Some(reading) = of_table.then(|| owner::of_key(text, found.name.start, lang)).flatten() {
        return Some(reading);
    }
    let is_key = name::encrypts(name) && shape::is_raw_key(&text[found.value.clone()]);
    name::read(if is_key { b"encryption_key" } else { name })
}

/// Bytes from which a random string before a value is another value and not its name.
const LONG_NAME: usize = 40;

/// Returns whether this is a small name, `=` and a value.
fn is_pair(value: &[u8]) -> bool {
    let Some(sign) = memchr::memchr(b'=', value).filter(|sign| *sign > 0) else { return false };
    let is_small =
        |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.' | b'/');
    value[0].is_ascii_lowercase()
        && value[..sign].iter().all(is_small)
        && value.get(sign + 1).is_some_and(u8::is_ascii_alphanumeric)
}

/// The evidence of the name.
pub(super) fn of_name(reading: &NameReading, found: &Assignment) -> Vec<&'static str> {
    let mut codes = Vec::with_capacity(32);
    codes.push(reading.kind.code());
    for (says, code) in [
        (reading.about, "name-about"),
        (reading.of, "name-of"),
        (reading.alone, "name-alone"),
        (reading.prose, "name-prose"),
        (reading.path, "name-path"),
        (reading.plural, "name-plural"),
        (reading.id, "name-id"),
        (
            reading.explicit
                && !(reading.kind == NameKind::Key && found.form == Form::Compare)
                // A table or a setting of them: `rename('access_tokens', 'v')`.
                && !(reading.plural && reading.kind != NameKind::Credential && found.form == Form::Pair),
            "name-explicit",
        ),
        // Passwords are short; keys and tokens that people do not choose are long.
        (reading.kind != NameKind::Password && found.value.len() < 12, "short-for-kind"),
    ] {
        if says {
            codes.push(code);
        }
    }
    codes
}

/// The evidence from the value and its place. An error says why it is clearly not a secret, or that no further evidence
/// could make it one, unless it is to be explained.
pub(super) fn of_value(
    text: &[u8],
    scope: &TextInfo<'_>,
    place: &Surroundings<'_>,
    found: &Assignment,
    codes: &mut Vec<&'static str>,
) -> Result<(), &'static str> {
    let value = &text[found.value.clone()];
    if value.len() < 4 {
        return Err("shorter than four characters");
    }
    // Base64 in Kubernetes and `Basic` is scored by its decoded text.
    let inner = special::base64_text(value);
    let said = inner.as_deref().map(|i| memchr::memchr(b':', i).map_or(i, |colon| &i[colon + 1..]));
    // Every JSON of Python has `\u00df` for a letter: a chosen password is read with one.
    let letters = memchr::memchr(b'\\', value).and_then(|_| shape::with_letters(value));
    let said = letters.as_deref().filter(|letters| password::is_chosen(letters)).or(said);
    let joined = password::is_in_groups(value)
        .then(|| value.iter().copied().filter(|b| *b != b' ').collect::<Vec<_>>());
    let said = joined.as_deref().or(said);
    let subject =
        said.or_else(|| value::random_member(value)).unwrap_or(&value[boundary::leading_escapes(value)..]);
    // The cheapest evidence first: it is enough for most values, which are words.
    let first = codes.len();
    let mut known = place.known_values();
    let form = known.of(subject);
    codes.extend(form.first);
    let has = |codes: &[&str], any: &[&str]| codes.iter().any(|c| any.contains(c));
    if value::may_be_drawn(&codes[first..]) && form.is_random() {
        codes.push("value-random");
    } else if has(codes, &PASSWORDS)
        && form.is_chosen()
        // In a list of words the next one is another word, not a value. Code has pairs of a name and its value,
        // and of arguments an option names the next one.
        && !(found.form == Form::Pair && scope.lang == Lang::Json && text[found.name.start] != b'-')
    {
        codes.push("value-chosen");
    } else if has(codes, &PASSWORDS)
        // The same: `"mdp", "wachtw"`.
        && found.form != Form::Pair
        // `password_field: fldpwx` names something about a password.
        && !has(codes, &["name-about"])
        && password::is_unworded(&codes[first..], subject)
    {
        codes.push("value-unworded");
    } else if has(codes, &["name-password"])
        && (found.quoted || !place.is_program())
        && password::is_pronounced(subject)
    {
        codes.push("value-pronounced");
    }
    place.first_evidence(found, codes);
    let settled = has(codes, &score::DECIDED) || has(codes, &["url-public"]);
    let is_hopeless = |codes: &[_], stage| !scope.explain && !settled && score::is_hopeless(codes, stage);
    if is_hopeless(codes, Stage::First) {
        return Err(HOPELESS);
    }
    codes.extend(form.rest());
    drop(known);
    if let Some(random) = codes.iter().position(|code| *code == "value-random")
        && score::is_hardly_drawn(&codes[first..])
    {
        codes[random] = "value-doubted";
    }
    if is_hopeless(codes, Stage::Value) {
        return Err(HOPELESS);
    }
    // A typed pattern counts as a password where everyone can try it.
    let no_secret = |v: &[u8]| {
        let is_public = || placeholder::is_public_key(v) || validate::is_public(v);
        placeholder::is_reference(v)
            .then_some(placeholder::REFERENCE)
            .or_else(|| placeholder::why_stand_in(v))
            .or_else(|| placeholder::why_pattern(v).filter(|_| !has(codes, &["url-public"])))
            .or_else(|| is_public().then_some("a public key, or its fingerprint"))
    };
    let is_code = || !found.quoted && shape::is_member(value) && !place.is_in_comment(text, found);
    let why = no_secret(value)
        .or_else(|| {
            let why = shape::why_no_value(value);
            why.filter(|why| *why != shape::FOREIGN || !has(codes, &["value-chosen"]))
        })
        .or_else(|| is_code().then_some("code: the member of an object"))
        .or_else(|| neighbours::why_none(text, found, scope.lang))
        .or_else(|| inner.as_deref().and_then(no_secret));
    if let Some(why) = why {
        return Err(why);
    }
    match (placeholder::is_weak(subject) || placeholder::is_pattern(subject), inner.is_some()) {
        (true, _) => codes.push("value-weak"),
        (false, true) => codes.push("value-encoded"),
        (false, false) => {}
    }
    // The name of a variable may be longer than a value that is read as a name by chance.
    let is_of = |case: fn(&u8) -> bool| value.iter().all(|b| case(b) || *b == b'_');
    let is_joined = || is_of(u8::is_ascii_lowercase) || is_of(u8::is_ascii_uppercase);
    if (value.len() < 48 || is_joined()) && name::read(value).is_some() {
        codes.push("value-names-kind");
    }
    if holds_value(&text[found.name.clone()], value) {
        codes.push("value-is-name");
    }
    // `Harbor1234` for harbor_password.
    let word = subject.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    if word >= 4
        && words::holds(&text[found.name.clone()], std::str::from_utf8(&subject[..word]).unwrap_or("-"))
    {
        codes.push("value-of-name");
    }
    place.evidence(text, found, codes);
    Ok(())
}

/// Why a value is passed over without all of its evidence; never shown, because what is explained is scored in full.
const HOPELESS: &str = "the sum alone";

/// Evidence that a value is a password, which people choose.
const PASSWORDS: [&str; 4] = ["name-password", "url-credential", "argument", "header-basic"];
