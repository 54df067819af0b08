//! Example templates: `sk_live_${base62:24}` expands to a made-up value, the same for the same seed.
//!
//! The repository holds no secret-shaped strings; the tests, `rules test` and `doctor --prove` expand them
//! here.
//!
//! | form | becomes |
//! |---|---|
//! | `${ALPHABET:N}`, `${ALPHABET:N-M}` | N (or N to M) random characters of a rule alphabet (`hex-lower`, `base62` ...) |
//! | `${seal:VALIDATOR:ARG}` | a value that passes that validator, for instance `${seal:github-crc32:ghp_}` |
//! | `${b64{...}}` | base64 of the nested template, for instance `${b64{user:${base62:12}}}` |

use crate::rules::{Alphabet, Validator};
use crate::validate;

/// Longest expansion of one form, in characters.
const LONGEST: usize = 1 << 16;

/// Why a template cannot be expanded.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// A `${` without its `}`.
    #[error("`${{` without `}}` in template {0:?}")]
    Open(String),
    /// Not a known alphabet, validator or length.
    #[error(
        "unknown form {0:?} in a template; use ${{ALPHABET:N}}, ${{seal:VALIDATOR:ARG}} or ${{b64{{...}}}}; alphabets: {alphabets}",
        alphabets = Alphabet::ALL.iter().map(|a| a.slug()).collect::<Vec<_>>().join(", ")
    )]
    Form(String),
}

/// A small random number generator (xorshift64*): the same seed gives the same values on every machine.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next 32 bits.
    pub fn draw(&mut self) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as u32
    }

    /// `n` random characters of an alphabet; a version 4 UUID for `uuid`.
    pub fn characters(&mut self, alphabet: Alphabet, n: usize) -> String {
        if alphabet == Alphabet::Uuid {
            let hex = self.characters(Alphabet::HexLower, 32);
            return format!(
                "{}-{}-4{}-a{}-{}",
                &hex[..8],
                &hex[8..12],
                &hex[13..16],
                &hex[17..20],
                &hex[20..]
            );
        }
        let all: Vec<u8> = (0x21..0x7f).filter(|b| alphabet.contains(*b)).collect();
        (0..n).map(|_| all[self.draw() as usize % all.len()] as char).collect()
    }
}

/// Expands a template.
///
/// # Errors
/// If a form is unknown or not closed.
pub fn expand(template: &str, seed: u64) -> Result<String, TemplateError> {
    let mut random = Random::new(seed);
    expand_with(template, &mut random)
}

fn expand_with(template: &str, random: &mut Random) -> Result<String, TemplateError> {
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find("${") {
        out.push_str(&rest[..at]);
        let (form, after) =
            closed(&rest[at + 2..]).ok_or_else(|| TemplateError::Open(template.to_owned()))?;
        out.push_str(&expand_form(form, random)?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Splits after the matching `}`; braces nest.
fn closed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 1;
    for (i, b) in text.bytes().enumerate() {
        match b {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&text[..i], &text[i + 1..]));
        }
    }
    None
}

fn expand_form(form: &str, random: &mut Random) -> Result<String, TemplateError> {
    let unknown = || TemplateError::Form(form.to_owned());
    if let Some(inner) = form.strip_prefix("b64{").and_then(|f| f.strip_suffix('}')) {
        let inner = expand_with(inner, random)?;
        return Ok(data_encoding::BASE64.encode(inner.as_bytes()));
    }
    let (head, tail) = form.split_once(':').ok_or_else(unknown)?;
    if head == "seal" {
        let (name, argument) = tail.split_once(':').unwrap_or((tail, ""));
        let validator = Validator::from_slug(name).ok_or_else(unknown)?;
        return validate::forge(validator, argument, &mut || random.draw()).ok_or_else(unknown);
    }
    let alphabet = Alphabet::from_slug(head).ok_or_else(unknown)?;
    let length = match tail.split_once('-') {
        None => tail.parse().map_err(|_| unknown())?,
        Some((least, most)) => {
            let least: usize = least.parse().map_err(|_| unknown())?;
            let most: usize = most.parse().map_err(|_| unknown())?;
            least.saturating_add(random.draw() as usize % most.saturating_sub(least).saturating_add(1))
        }
    };
    if length > LONGEST {
        return Err(unknown());
    }
    Ok(random.characters(alphabet, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_value_and_another_another() {
        let t = "a=${base62:24};${b64{u:${hex:8}}}";
        assert_eq!(expand(t, 1).unwrap(), expand(t, 1).unwrap());
        assert_ne!(expand(t, 1).unwrap(), expand(t, 2).unwrap());
        assert_eq!(expand("${hex-lower:32}", 3).unwrap().len(), 32);
        assert!(matches!(expand("${hex:3", 1), Err(TemplateError::Open(_))));
        assert!(matches!(expand("${what:3}", 1), Err(TemplateError::Form(_))));
    }
}
