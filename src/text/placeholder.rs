//! Values that stand for a secret without being one: `xxxx`, `your-api-key`, the vendors' documented examples.

/// Is this plainly a stand-in? Said only of what no issuer makes: repeats, sequences, words such as `example`.
pub fn is_placeholder(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    const WORDS: [&[u8]; 12] = [
        b"example",
        b"placeholder",
        b"your_",
        b"your-",
        b"changeme",
        b"change_me",
        b"redacted",
        b"xxxxxx",
        b"replace_me",
        b"dummy",
        b"1234567890abcdef",
        b"abcdefghijklmnop",
    ];
    if WORDS.iter().any(|w| memchr::memmem::find(&lower, w).is_some()) {
        return true;
    }
    // A value of four different bytes or fewer is a pattern that a finger made.
    let mut seen = [false; 256];
    let distinct = lower.iter().filter(|b| !std::mem::replace(&mut seen[**b as usize], true)).count();
    lower.len() >= 8 && distinct <= 4
}
