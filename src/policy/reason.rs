//! Tells a person's reason from a placeholder or a flag.

/// Returns whether a text gives a reason: not the placeholder that the message shows, and not only a number or a
/// flag.
pub fn is_reason(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    text.chars().any(char::is_alphabetic)
        && !["why", "reason", "true", "yes", "no", "on", "your reason"].contains(&text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_not_a_reason() {
        for none in ["", " ", "WHY", "why ", "1", "42", "...", "true", "Yes"] {
            assert!(!is_reason(none), "{none:?}");
        }
        for reason in ["made for tests", "why not: a demo", "later", "\u{6e2c}\u{8a66}"] {
            assert!(is_reason(reason), "{reason:?}");
        }
    }
}
