//! Search in short texts: a name, a line, a value, what is around it.

use std::ops::Range;

/// The first place of `part`. Makes no searcher, which takes longer than searching a line.
pub fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    let Some(first) = part.first() else { return Some(0) };
    memchr::memchr_iter(*first, text).find(|at| text[*at..].starts_with(part))
}

/// Returns whether a text contains one of these parts.
pub fn holds(text: &[u8], any: &[&[u8]]) -> bool {
    any.iter().any(|part| memchr::memmem::find(text, part).is_some())
}

/// Returns whether a text begins with this, ignoring case.
pub fn begins(text: &[u8], head: impl AsRef<[u8]>) -> bool {
    let head = head.as_ref();
    text.get(..head.len()).is_some_and(|t| t.eq_ignore_ascii_case(head))
}

/// Returns whether a text ends in this, ignoring case.
pub fn ends(text: &[u8], tail: impl AsRef<[u8]>) -> bool {
    let tail = tail.as_ref();
    text.len().checked_sub(tail.len()).is_some_and(|at| text[at..].eq_ignore_ascii_case(tail))
}

/// The text around a value, at most `reach` bytes to either side.
pub fn near<'t>(text: &'t [u8], value: &Range<usize>, reach: usize) -> &'t [u8] {
    &text[value.start.saturating_sub(reach)..text.len().min(value.end + reach)]
}

#[cfg(test)]
mod tests {
    use super::{begins, ends, find};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_part_is_found_where_a_searcher_finds_it(
            text in prop::collection::vec(prop::sample::select(b"ab:\\".to_vec()), 0..40),
            part in prop::collection::vec(prop::sample::select(b"ab:\\".to_vec()), 0..4),
        ) {
            prop_assert_eq!(find(&text, &part), memchr::memmem::find(&text, &part));
        }

        #[test]
        fn heads_and_tails_are_those_of_the_text_in_lower_case(text in "[aAbB]{0,5}", part in "[aAbB]{0,3}") {
            let (lower, small) = (text.to_lowercase(), part.to_lowercase());
            prop_assert_eq!(begins(text.as_bytes(), &part), lower.starts_with(&small));
            prop_assert_eq!(ends(text.as_bytes(), &part), lower.ends_with(&small));
        }
    }
}
