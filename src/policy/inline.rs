//! Inline markers: `stanch:allow RULE -- reason` on the line, or on the line before.

use crate::finding::printable;
use crate::rules::Rule;

const MARKER: &[u8] = b"stanch:allow";

/// The markers of one text.
#[derive(Debug, Clone, Default)]
pub struct Markers {
    markers: Vec<Marker>,
}

#[derive(Debug, Clone)]
struct Marker {
    line: u32,
    rule: String,
    reason: String,
}

impl Markers {
    /// Finds the markers of a decoded text. One without a rule or without a reason is none.
    pub fn of(text: &[u8]) -> Markers {
        let mut markers = Vec::new();
        for at in memchr::memmem::find_iter(text, MARKER) {
            let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i);
            let rest = &text[at + MARKER.len()..end];
            let Some(dash) = memchr::memmem::find(rest, b"--") else {
                continue;
            };
            let rule = String::from_utf8_lossy(&rest[..dash]).trim().to_owned();
            let reason = printable(rest[dash + 2..].trim_ascii());
            let reason = reason.trim_end_matches("*/").trim_end_matches("-->").trim().to_owned();
            if rule.is_empty() || reason.is_empty() || !rest.starts_with(b" ") {
                continue;
            }
            let line = 1 + memchr::memchr_iter(b'\n', &text[..at]).count() as u32;
            markers.push(Marker { line, rule, reason });
        }
        Markers { markers }
    }

    /// The reason of a marker that lets this rule pass on this line.
    pub fn allows(&self, rule: &Rule, line: u32) -> Option<&str> {
        self.markers
            .iter()
            .find(|m| (m.line == line || m.line + 1 == line) && rule.is_called(&m.rule))
            .map(|m| m.reason.as_str())
    }
}
