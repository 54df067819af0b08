//! The exceptions of users' rules.

use crate::rules::{Except, Pattern, UserRule};
use crate::scan::candidate::Candidate;
use crate::text::line;

/// Returns whether the rule applies to a file of this path.
pub(in crate::scan) fn is_at(own: &UserRule, path: &[u8]) -> bool {
    own.path.as_ref().is_none_or(|p| p.is_match(path))
}

/// Returns whether the rule excepts this match.
pub(super) fn is_excepted(own: &UserRule, text: &[u8], c: &Candidate, path: &[u8]) -> bool {
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

/// Bytes on both sides of a match that are read of a longer line.
const LINE_REACH: usize = 8 << 10;

/// The lines that contain the match.
fn lines<'t>(text: &'t [u8], c: &Candidate) -> &'t [u8] {
    let start = line::start(text, c.whole.start, LINE_REACH);
    &text[start..line::around(text, c.whole.end, LINE_REACH).end]
}
