//! What own rules say beside their pattern: where they hold, and what they leave out.

use super::candidate::Candidate;
use crate::rules::{Except, Own, Pattern};
use crate::text::line;

/// Does the rule hold in a file of this path?
pub(super) fn is_at(own: &Own, path: &[u8]) -> bool {
    own.path.as_ref().is_none_or(|p| p.is_match(path))
}

/// Does the rule leave this match out?
pub(super) fn is_excepted(own: &Own, text: &[u8], c: &Candidate, path: &[u8]) -> bool {
    let holds = |e: &Except| {
        let matches = |p: &Option<Pattern>, text: &[u8]| p.as_ref().is_none_or(|p| p.is_match(text));
        let secret = &text[c.secret.clone()];
        matches(&e.path, path)
            && matches(&e.value, secret)
            && has_word(&e.words, secret)
            && matches(&e.found, &text[c.whole.clone()])
            && matches(&e.line, lines(text, c))
    };
    own.except.iter().any(holds)
}

fn has_word(words: &[String], secret: &[u8]) -> bool {
    if words.is_empty() {
        return true;
    }
    let secret = secret.to_ascii_lowercase();
    words.iter().any(|w| memchr::memmem::find(&secret, w.as_bytes()).is_some())
}

/// Of a line that is longer, so many bytes on both sides of a match are looked at.
const LINE_REACH: usize = 8 << 10;

/// The lines that the match stands on.
fn lines<'t>(text: &'t [u8], c: &Candidate) -> &'t [u8] {
    let start = line::start(text, c.whole.start, LINE_REACH);
    &text[start..line::around(text, c.whole.end, LINE_REACH).end]
}
