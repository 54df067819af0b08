//! Numbers of things, in words.

/// "1 secret", "3 files".
pub fn count(n: usize, one: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {one}{plural}")
}
