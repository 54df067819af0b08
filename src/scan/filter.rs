//! Rejects matches: entropy, placeholders, offline proof, and the exceptions of user rules.

mod commented;
mod common_keys;
mod documented;
mod excepted;
mod forms;
mod hashes;
mod manual;
mod place;
mod printed;
mod public;
mod public_name;
mod public_values;
mod recorded;
mod schema;
mod siblings;
mod translation;

use crate::finding::{Confidence, Evidence};
use crate::rules::{Detector, Rule, SecretKind, Validator};
use crate::scan::candidate::Candidate;
use crate::scan::detect::generic::Surroundings;
use crate::text::lang::Lang;
use crate::text::randomness::is_random;
use crate::text::{entropy, placeholder};
use crate::validate::{self, Verdict};
use common_keys::{
    OF_DEBUG_BUILDS, is_beside_its_pattern, is_of_debug_builds, is_of_provider, is_test_vector,
};
pub(super) use excepted::is_at;
use excepted::is_excepted;
use forms::{
    is_checksum, is_cut_off, is_identifier, is_named_password, is_of_members, is_piece_of_base64,
    is_sealed_by_rails, is_sealed_by_sops, is_stand_in_key, is_stub, is_worded,
};
use hashes::{is_hash_in_table, is_mysql_hash, is_of_nobody_in_table, is_password_hash};
use place::{is_in_algolia, is_saved_page};
pub(super) use translation::is_translation;

/// Why a match was rejected; the texts are what `--explain-score` shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rejection {
    /// Its entropy is below the rule's minimum: this much.
    Entropy(f32),
    /// The validator disproves it.
    Disproved,
    /// It stands in for a value.
    Placeholder(&'static str),
    /// It refers to the place of the value.
    Reference,
    /// A name in code.
    Identifier(&'static str),
    /// A word that anyone would guess.
    Weak,
    /// Its name or place says that it is public or not a credential.
    Public(&'static str),
    /// An exception of the rule.
    Excepted,
}

impl Rejection {
    /// The reason in words, for this value.
    pub(super) fn told(self, value: &[u8]) -> &'static str {
        match self {
            Rejection::Disproved if validate::is_published(value) => PUBLISHED,
            other => other.why(),
        }
    }

    /// The reason in words.
    pub(super) fn why(self) -> &'static str {
        match self {
            Rejection::Entropy(_) => "too few different characters for this rule",
            Rejection::Disproved => "a check without a network disproves it: no such key can exist",
            Rejection::Placeholder(why) | Rejection::Identifier(why) | Rejection::Public(why) => why,
            Rejection::Reference => placeholder::REFERENCE,
            Rejection::Weak => placeholder::WEAK,
            Rejection::Excepted => "an exception of the rule",
        }
    }
}

/// Checks entropy, placeholders and the validator, and changes the confidence. `path` is the file's: some matches are
/// less sure in tests, examples and documentation.
pub(super) fn filter(
    c: &mut Candidate,
    text: &[u8],
    path: &[u8],
    place: &Surroundings<'_>,
) -> Result<(), Rejection> {
    let value = &text[c.secret.clone()];
    let bits = if c.rule.entropy > 0.0 { entropy::shannon(value) } else { 0.0 };
    if bits < c.rule.entropy {
        return Err(Rejection::Entropy(bits));
    }
    if c.rule.kind == SecretKind::PrivateKey && is_cut_off(c, text) {
        return Err(Rejection::Placeholder("a placeholder (masked or shortened)"));
    }
    let check = validate::check(c.rule.validator, value, &text[c.whole.clone()]);
    match check.verdict {
        Verdict::Invalid => return Err(Rejection::Disproved),
        // Anyone can write a token that parses: in a test or an example its rule's confidence applies.
        Verdict::Valid if c.rule.validator == Validator::Jwt && place.is_test_or_example_path() => {}
        Verdict::Valid if validate::is_made_up_token(value) => {}
        Verdict::Valid => c.confidence = Confidence::Certain,
        // Weak, but reported because of its public host.
        Verdict::Unknown if c.evidence.iter().any(|e| e.code == "host") => {}
        Verdict::Unknown => {
            if let Some(why) = placeholder::why_placeholder(value) {
                return Err(Rejection::Placeholder(why));
            }
            if is_stand_in_key(c.rule, value) {
                return Err(Rejection::Placeholder("a placeholder (in base64)"));
            }
            if placeholder::is_reference(value) {
                return Err(Rejection::Reference);
            }
            if path.ends_with(b".enc") && is_sealed_by_rails(text) {
                return Err(Rejection::Public("encrypted by Rails"));
            }
            if is_sealed_by_sops(c, text) {
                return Err(Rejection::Public("encrypted by SOPS"));
            }
            if is_of_members(c, text) {
                return Err(Rejection::Identifier("the parts of a URL in code"));
            }
            if is_identifier(c.rule, value) {
                return Err(Rejection::Identifier("a name in code: words behind the prefix"));
            }
            if is_piece_of_base64(c, text) {
                return Err(Rejection::Identifier("a piece of longer base64"));
            }
            if is_worded(c.rule, value) {
                return Err(Rejection::Placeholder("a placeholder (words behind the prefix)"));
            }
            if is_stub(c.rule, value) {
                return Err(Rejection::Placeholder("a placeholder (hardly anything behind the prefix)"));
            }
            if c.rule.is_generic() && place.is_lock() && is_checksum(value) {
                return Err(Rejection::Public("a checksum in a lock file"));
            }
            if let Some(why) = why_public(c, text, path) {
                return Err(Rejection::Public(why));
            }
            // A word such as `password` does not count if people choose the value.
            if matches!(c.rule.kind, SecretKind::Password | SecretKind::ConnectionString)
                && placeholder::is_weak(value)
            {
                return Err(Rejection::Weak);
            }
            // In a test or an example, a value that only its name makes a secret is uncertain, and so
            // is one that anyone can make up. A certainly random value counts; whether tests block is
            // decided by the policy.
            if can_be_made_up(c.rule)
                && !c.rule.is_generic()
                && !place.is_test()
                && (place.is_test_or_example_path() || place.in_docstring(text, c.secret.start))
                && !is_random(value)
            {
                soften(c, place.described());
            }
            // The password hash of a test is worthless.
            if c.rule.kind == SecretKind::PasswordHash && place.is_test_or_example_path() {
                c.confidence = lower(c.confidence);
                c.evidence.push(Evidence::lowers("place", place.described()));
            }
            if c.rule.is_generic() && is_password_hash(value) && place.is_test_or_example_path() {
                return Err(Rejection::Public(
                    "the hash of a password, in a test, a sample or documentation",
                ));
            }
            if c.rule.is_generic()
                && c.name.as_ref().is_some_and(|n| public::is_bare_salt_or_nonce(n.as_bytes()))
            {
                soften(c, "is a salt or a nonce by its name");
            }
            // An expired token was live when it was written; its severity reflects that.
            for _ in check.evidence.iter().filter(|e| e.weight < 0 && e.code != "expiry") {
                c.confidence = lower(c.confidence);
            }
        }
    }
    if c.rule.own.is_some_and(|own| is_excepted(own, text, c, path)) {
        return Err(Rejection::Excepted);
    }
    if c.confidence > Confidence::Medium && can_be_made_up(c.rule) {
        let why = validate::is_made_up_token(value)
            .then_some("its claims are made up")
            .or_else(|| validate::is_cut_off_token(value).then_some("a token that was cut off"))
            .or_else(|| siblings::is_in_form(c, text).then_some("the token of a form, which its page shows"))
            .or_else(|| is_mysql_hash(value).then_some("MySQL's hash of a password"))
            .or_else(|| is_password_hash(value).then_some(HASHED))
            .or_else(|| is_hash_in_table(c, text, path).then_some("the hash of a password, in a table"))
            .or_else(|| {
                is_of_nobody_in_table(c, text, path)
                    .then_some("stands in the row of a person with an address that is reserved for examples")
            })
            .or_else(|| {
                is_saved_page(text).then_some("stands in a page that a browser saved, and was a visitor's")
            })
            .or_else(|| {
                (c.rule.id == "algolia-admin-api-key" && is_in_algolia(text, &c.secret))
                    .then_some("stands beside an index, as the key of a page's search does")
            })
            .or_else(|| siblings::why_unlikely(c, text));
        if let Some(why) = why {
            recorded::soften(c, why);
        }
    }
    if c.confidence > Confidence::Medium {
        let why = is_of_debug_builds(c, path)
            .then_some(OF_DEBUG_BUILDS)
            .or_else(|| {
                is_beside_its_pattern(c, text)
                    .then_some("stands beside the pattern that describes such values")
            })
            .or_else(|| place::why_nobodys(text, &c.secret))
            .or_else(|| placeholder::is_filled_up(value).then_some("begins with the words of a template"))
            .or_else(|| {
                (c.rule.kind == SecretKind::ConnectionString && is_named_password(value))
                    .then_some("is words that say what it is")
            })
            .or_else(|| {
                (can_be_made_up(c.rule) && placeholder::is_mashed(value))
                    .then_some("was typed to and fro on the middle row of the keyboard")
            })
            .or_else(|| {
                c.name.as_ref().filter(|_| c.rule.is_generic()).and_then(|n| public::why_unsure(n.as_bytes()))
            });
        if let Some(why) = why {
            recorded::soften(c, why);
        }
    }
    soften_by_place(c, text, place);
    if let Some(most) = check.at_most {
        c.severity = c.severity.min(most);
    }
    c.evidence.splice(0..0, check.evidence);
    Ok(())
}

/// Lowers a candidate to a warning, and says why if that changes it.
fn soften(c: &mut Candidate, why: &'static str) {
    if c.confidence > Confidence::Medium {
        c.confidence = Confidence::Medium;
        c.evidence.push(Evidence::lowers("place", why));
    }
}

/// Why a value that a file's name makes a secret is not one.
pub(super) fn why_public_in_file(c: &Candidate, text: &[u8], path: &[u8]) -> Option<&'static str> {
    why_public(c, text, path).or_else(|| validate::is_published(&text[c.secret.clone()]).then_some(PUBLISHED))
}

/// Why a value that everyone knows is not a secret.
const PUBLISHED: &str = "a value that a manual shows";

/// Lowers what a file's name makes a secret, where that name says as well that everyone has it, or the value is what a
/// program keeps of a password.
pub(super) fn soften_file(mut c: Candidate, text: &[u8], path: &[u8]) -> Candidate {
    if c.confidence > Confidence::Medium {
        let is_hash = || c.rule.id == "bare-secret-file" && is_password_hash(&text[c.secret.clone()]);
        let why = is_of_debug_builds(&c, path).then_some(OF_DEBUG_BUILDS);
        if let Some(why) = why.or_else(|| is_hash().then_some(HASHED)) {
            recorded::soften(&mut c, why);
        }
    }
    c
}

/// Why the hash of a password warns.
const HASHED: &str = "the hash of a password";

/// Lowers a candidate that stands where values are recorded or displayed. A decoded value stands in its view, and
/// again where its encoded form stands.
pub(super) fn soften_by_place(c: &mut Candidate, text: &[u8], place: &Surroundings<'_>) {
    if c.confidence <= Confidence::Medium {
        return;
    }
    if siblings::is_in_signed_url(c, text) {
        recorded::soften(c, "belongs to a signed URL, and is no secret itself or counts for some hours");
        return;
    }
    let why = if can_be_made_up(c.rule) {
        recorded::why_unlikely(text, c, place)
    } else if c.rule.kind == SecretKind::PrivateKey && c.confidence < Confidence::Certain {
        schema::why_shown(text, c)
    } else {
        None
    };
    let is_unproved = c.confidence < Confidence::Certain;
    let is_key = matches!(c.rule.kind, SecretKind::PrivateKey | SecretKind::CredentialFile);
    let of_place = || match () {
        () if c.rule.id == "openvpn-static-key" && is_of_provider(text) => {
            Some("is shared by all customers of a VPN's provider")
        }
        () if is_unproved
            && place.is_test_or_example_path()
            && documented::is_called_unreal(text, c.secret.start) =>
        {
            Some("stands below words that say that it is not real")
        }
        () if is_unproved
            && can_be_made_up(c.rule)
            && documented::is_called_of_tests(text, c.secret.start) =>
        {
            Some("stands below a comment that says that it is for tests only")
        }
        () if is_unproved
            && (c.rule.is_generic() || is_key)
            && siblings::is_beside_types(text, &c.secret) =>
        {
            Some("stands in a request that a program made up from its description")
        }
        () if place::is_bytes_of_public_key(text, &c.secret) => Some("is a public key, byte by byte"),
        () if siblings::is_beside_sealed(c, text) => {
            Some("is the id of a key that is encrypted for Travis CI")
        }
        () if place.is_documentation() => documented::why_key_shown(text, c),
        () if is_key && is_test_vector(text, c.secret.start) => Some("a test vector of a standard"),
        () if is_key && place.is_test_of_others() => Some("belongs to a test of a package of others"),
        () => None,
    };
    let why = why.or_else(of_place);
    if let Some(why) = why {
        recorded::soften(c, why);
    }
}

/// Returns whether a candidate stands in a test and can be made for it: whether such ones block is the policy's to say. A
/// key pair proves its form, and anyone makes one.
pub(super) fn is_of_test(c: &Candidate, place: &Surroundings<'_>) -> bool {
    let is_made_up = c.confidence < Confidence::Certain && can_be_made_up(c.rule);
    (is_made_up || c.rule.kind == SecretKind::PrivateKey) && place.is_test()
}

/// Returns whether the rule recognises a value only by its name or place, so that anyone can make one up.
pub(super) fn can_be_made_up(rule: &Rule) -> bool {
    match rule.kind {
        SecretKind::Password | SecretKind::ConnectionString | SecretKind::CredentialFile => true,
        SecretKind::SigningKey if rule.validator == Validator::None => true,
        // A token that parses does not show who issued it.
        _ if rule.validator == Validator::Jwt && !rule.provider.is_issuer() => true,
        _ => !matches!(rule.detector, Detector::Regex(_)),
    }
}

/// Why the name or the place of a value without a format says that it is not a secret.
fn why_public(c: &Candidate, text: &[u8], path: &[u8]) -> Option<&'static str> {
    let knows_better = match &c.rule.detector {
        Detector::Regex(_) => true,
        // Such a rule names its values itself.
        Detector::Context(context) => c.rule.public || !context.names.is_empty(),
        Detector::Judged | Detector::File(_) => false,
    };
    if knows_better {
        return None;
    }
    let value = c.decoded.as_deref().unwrap_or(&text[c.secret.clone()]);
    let names = [c.name.as_ref().map(String::as_bytes), place::name_of_cookie(text, c)];
    let in_settings = Lang::of_path(path).is_settings();
    // A long word of another language may have the letters of a random value.
    let is_translated = || {
        translation::is_wording(value)
            && (!is_random(value) || translation::is_in_case(value))
            && is_translation(path)
    };
    let mut names = names.into_iter().flatten();
    names
        .find_map(|name| public::why_public(name, value, in_settings))
        .or_else(|| place::why_harmless(text, c.name.as_deref().unwrap_or_default().as_bytes(), &c.secret))
        .or_else(|| is_translated().then_some("words of a translation"))
}

/// One step less sure.
fn lower(c: Confidence) -> Confidence {
    match c {
        Confidence::Certain => Confidence::High,
        Confidence::High => Confidence::Medium,
        Confidence::Medium | Confidence::Low => Confidence::Low,
    }
}
