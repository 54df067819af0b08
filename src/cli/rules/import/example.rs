//! Makes an example for a pattern from the pattern itself: a template whose values the pattern matches.
//!
//! An imported rule has no examples. If the real scanner finds one, the rule works here.

use crate::rules::{Alphabet, literals};
use regex_syntax::hir::{Class, Hir, HirKind};

/// Characters of a value of unlimited length.
const VALUE: u32 = 24;
/// Most repetitions of other parts that are written.
const MOST: u32 = 40;

/// Steps after which a pattern is given up: nested repetitions multiply.
const STEPS: usize = 10_000;

/// A template for a pattern; `turn` selects among its branches. `None` if there is no way to write one.
pub(super) fn of(pattern: &str, turn: usize) -> Option<String> {
    let (mut out, mut steps) = (String::new(), STEPS);
    write(&literals::parse(pattern).ok()?, turn, false, &mut out, &mut steps)?;
    (!out.is_empty()).then_some(out)
}

fn write(hir: &Hir, turn: usize, secret: bool, out: &mut String, steps: &mut usize) -> Option<()> {
    *steps = steps.checked_sub(1)?;
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(l) => {
            let text = std::str::from_utf8(&l.0).ok()?;
            if text.contains("${") || (out.ends_with('$') && text.starts_with('{')) {
                return None;
            }
            out.push_str(text);
        }
        HirKind::Class(c) => characters(c, 1, out)?,
        HirKind::Repetition(r) => {
            let most = r.max.unwrap_or(u32::MAX);
            let wanted = if secret && r.min < VALUE && most > 3 { VALUE.min(most) } else { r.min };
            let times = wanted.max(r.min);
            match r.sub.kind() {
                HirKind::Class(c) => characters(c, times, out)?,
                _ if times > MOST && r.min > MOST => return None,
                _ => (0..times.min(MOST).max(r.min))
                    .try_for_each(|_| write(&r.sub, turn, secret, out, steps))?,
            }
        }
        HirKind::Capture(c) => {
            let is_secret = c.name.as_ref().is_some_and(|n| n.starts_with("secret"));
            write(&c.sub, turn, secret || is_secret, out, steps)?;
        }
        HirKind::Concat(parts) => parts.iter().try_for_each(|p| write(p, turn, secret, out, steps))?,
        HirKind::Alternation(parts) => {
            write(&parts[turn % parts.len()], turn / parts.len(), secret, out, steps)?;
        }
    }
    Some(())
}

/// Writes `times` characters of a class: from the largest alphabet that it contains, else from its own characters.
fn characters(class: &Class, times: u32, out: &mut String) -> Option<()> {
    let Class::Bytes(class) = class else { return None };
    let has = |b: u8| class.iter().any(|r| (r.start()..=r.end()).contains(&b));
    let size = |a: Alphabet| (0x21..0x7f).filter(|b| a.contains(*b)).count();
    let alphabet = Alphabet::ALL
        .iter()
        .copied()
        .filter(|a| *a != Alphabet::Uuid && size(*a) > 9)
        .filter(|a| (0x21..0x7f).all(|b| !a.contains(b) || has(b)))
        .filter(|a| size(*a) <= 62)
        .max_by_key(|a| size(*a));
    if times == 0 {
        return Some(());
    }
    if let Some(alphabet) = alphabet {
        out.push_str(&format!("${{{}:{times}}}", alphabet.slug()));
        return Some(());
    }
    // Letters and digits first, since `$` would start a placeholder. Varied, since repeated characters look
    // like a stand-in.
    let all = (b'0'..=b'z').filter(u8::is_ascii_alphanumeric).chain(*b" \"-'_.:=/\t\n").chain(b'!'..=b'#');
    let letters: Vec<u8> = all.filter(|b| has(*b)).take(8).collect();
    if letters.is_empty() {
        return None;
    }
    (0..times.min(MOST) as usize).for_each(|i| out.push(letters[(i * 5 + i / 3) % letters.len()] as char));
    (times <= MOST).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::template;

    #[test]
    fn the_template_of_a_pattern_is_matched_by_it() {
        for (pattern, turn) in [
            (r"\b(?P<secret>acme_[0-9a-f]{20})\b", 0),
            (r"(?i)key\s*[=:]\s*['\x22](?P<secret>[\w.-]+)['\x22]", 0),
            (r"(?P<secret>(?:live|test)_[A-Z]{3}-[0-9]{12,})", 1),
            (r"x(?P<secret>(?:[a-z]{4}-){3}[a-z]{4})(?:\s|;|$)", 2),
        ] {
            let made = of(pattern, turn).unwrap_or_else(|| panic!("{pattern}"));
            let text = template::expand(&made, 1).unwrap();
            assert!(crate::rules::compile(pattern).unwrap().is_match(text.as_bytes()), "{pattern}: {made}");
        }
        assert_eq!(of("(", 0), None);
        // Twenty-four to the thirtieth.
        assert_eq!(of(&format!("(?P<secret>(?:a|^){})", "*".repeat(30)), 1), None);
    }
}
