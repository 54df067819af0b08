//! Braces: `{a,b}` and `{1..9}` make several words of one.

use super::ast::{Piece, Word};
use std::borrow::Cow;

/// Words that the braces of one word may make.
const WORDS: usize = 2048;
/// Bytes of all of these words.
const BYTES: usize = 1 << 19;
/// Items of a sequence that is followed; a longer one is a counter, and stays as it is.
const ITEMS: usize = 64;
/// Nesting of braces.
const DEPTH: u8 = 8;

/// The words that braces make of one; `None` if they are too many.
pub(super) fn braces(word: &Word) -> Option<Cow<'_, [Word]>> {
    if !word.0.iter().any(|piece| matches!(piece, Piece::Bare(text) if text.contains('{'))) {
        return Some(Cow::Borrowed(std::slice::from_ref(word)));
    }
    let (mut out, mut left) = (vec![Vec::new()], BYTES);
    for piece in &word.0 {
        match piece {
            Piece::Bare(text) => {
                let choices: Vec<Piece> = chosen(text, 0, &mut left)?.into_iter().map(Piece::Bare).collect();
                let size = |p: &Piece| if let Piece::Bare(text) = p { text.len() } else { 0 };
                let add = |word: &mut Vec<Piece>, piece: &Piece| word.push(piece.clone());
                out = product(out, &choices, size, Vec::len, add, &mut left)?;
            }
            other => {
                let size = if let Piece::Quoted(text) = other { text.len() } else { 64 };
                left = left.checked_sub(out.len() * (16 + size))?;
                out.iter_mut().for_each(|word| word.push(other.clone()));
            }
        }
    }
    Some(Cow::Owned(out.into_iter().map(Word).collect()))
}

/// The texts that braces make of one, nested ones too.
fn chosen(text: &str, depth: u8, left: &mut usize) -> Option<Vec<String>> {
    let (mut out, mut rest) = (vec![String::new()], text);
    let add = |text: &mut String, choice: &String| text.push_str(choice);
    while let Some((before, choices, after)) = first_braces(rest) {
        if depth == DEPTH {
            return None;
        }
        out = product(out, &[before.to_owned()], String::len, String::len, add, left)?;
        let choices: Vec<String> = match &choices[..] {
            [only] => sequence(only).unwrap_or_else(|| vec![format!("{{{only}}}")]),
            choices => {
                let mut all = Vec::new();
                for choice in choices {
                    all.extend(chosen(choice, depth + 1, left)?);
                }
                all
            }
        };
        out = product(out, &choices, String::len, String::len, add, left)?;
        rest = after;
    }
    product(out, &[rest.to_owned()], String::len, String::len, add, left)
}

/// The items of `a..c`, `1..9`, `01..10..3`.
fn sequence(text: &str) -> Option<Vec<String>> {
    let mut parts = text.split("..");
    let (from, to, step) = (parts.next()?, parts.next()?, parts.next());
    let step: usize = step.map_or(Some(1), |s| s.trim_start_matches('-').parse().ok())?;
    if parts.next().is_some() {
        return None;
    }
    let one = |text: &str| {
        text.bytes().next().filter(|b| text.len() == 1 && b.is_ascii_alphabetic()).map(i64::from)
    };
    let letters = one(from).zip(one(to));
    let (first, last) = match letters {
        Some(ends) => ends,
        None => (from.parse::<i64>().ok()?, to.parse::<i64>().ok()?),
    };
    let count = usize::try_from(first.abs_diff(last)).ok()? / step.max(1) + 1;
    let padded = |text: &str| text.len() > 1 && text.trim_start_matches('-').starts_with('0');
    let width = if padded(from) || padded(to) { from.len().max(to.len()) } else { 0 };
    let step = i64::try_from(step.max(1)).ok()? * if last < first { -1 } else { 1 };
    let item = |n: usize| {
        let value = first + step * i64::try_from(n).unwrap_or_default();
        match letters {
            Some(_) => u8::try_from(value).map(|b| char::from(b).to_string()).unwrap_or_default(),
            None => format!("{value:0width$}"),
        }
    };
    (count <= ITEMS).then(|| (0..count).map(item).collect())
}

/// Each of `all` with each choice; `None` if that is too much.
fn product<T: Clone, C>(
    mut all: Vec<T>,
    choices: &[C],
    size: impl Fn(&C) -> usize,
    held: impl Fn(&T) -> usize,
    add: impl Fn(&mut T, &C),
    left: &mut usize,
) -> Option<Vec<T>> {
    let added: usize = choices.iter().map(|c| 16 + size(c)).sum();
    if let [only] = choices {
        *left = left.checked_sub(all.len() * added)?;
        all.iter_mut().for_each(|one| add(one, only));
        return Some(all);
    }
    if all.len() * choices.len() > WORDS {
        return None;
    }
    let copied: usize = all.iter().map(|one| 16 * held(one)).sum();
    *left = left.checked_sub(all.len() * added + choices.len() * copied)?;
    let mut out = Vec::with_capacity(all.len() * choices.len());
    for one in all {
        for choice in choices {
            let mut one = one.clone();
            add(&mut one, choice);
            out.push(one);
        }
    }
    Some(out)
}

fn first_braces(text: &str) -> Option<(&str, Vec<&str>, &str)> {
    let open = text.find('{')?;
    let (mut depth, mut start, mut choices) = (0_u32, open + 1, Vec::new());
    for (at, c) in text[open..].char_indices() {
        let at = open + at;
        match c {
            '{' => depth += 1,
            ',' if depth == 1 => {
                choices.push(&text[start..at]);
                start = at + 1;
            }
            '}' => {
                depth -= 1;
                if depth == 0 {
                    choices.push(&text[start..at]);
                    return Some((&text[..open], choices, &text[at + 1..]));
                }
            }
            _ => {}
        }
    }
    None
}
