//! The terminal that a message is written for: width, characters, and the reader's folder.
//!
//! Colour is not decided here: styles are always written, and the stream (`anstream`) removes them if the reader
//! has no terminal or disabled colour (`NO_COLOR`).

use crate::finding::printable;
use std::borrow::Cow;
use std::env;

/// What the message adapts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminal {
    /// Columns, at most 100.
    pub width: usize,
    /// True if the reader can see more than ASCII.
    pub unicode: bool,
    /// Number of secrets shown; the rest is only counted.
    pub limit: usize,
    /// The folder of the repository in which the command was run (`web/`, or empty): git runs hooks at the top,
    /// but the reader pastes commands where they are.
    pub prefix: Vec<u8>,
}

impl Terminal {
    /// Most columns of a line.
    pub const WIDEST: usize = 100;
    /// The narrowest: in fewer columns words are broken by the terminal.
    pub const NARROWEST: usize = 36;

    /// The terminal of this process's environment.
    pub fn from_env() -> Terminal {
        #[allow(clippy::disallowed_methods, reason = "only asked how wide they are")]
        let terminal = terminal_size::terminal_size_of(std::io::stderr())
            .or_else(|| terminal_size::terminal_size_of(std::io::stdout()));
        Terminal {
            width: terminal
                .map_or(Self::WIDEST, |(w, _)| usize::from(w.0).clamp(Self::NARROWEST, Self::WIDEST)),
            unicode: cfg!(windows) || utf8_locale(|name| env::var(name).ok()),
            limit: 5,
            prefix: env::var_os("GIT_PREFIX").map(std::ffi::OsString::into_encoded_bytes).unwrap_or_default(),
        }
    }

    /// The same, showing every finding: for a command that lists them.
    pub fn listing(self) -> Terminal {
        Terminal { limit: usize::MAX, ..self }
    }

    /// The same for a reader in this folder of the work tree, unless git has named one.
    pub fn seen_from(self, prefix: Vec<u8>) -> Terminal {
        if self.prefix.is_empty() { Terminal { prefix, ..self } } else { self }
    }

    /// The same, showing at most `limit` findings.
    pub fn at_most(self, limit: usize) -> Terminal {
        Terminal { limit, ..self }
    }

    /// Text for this reader: nothing that moves a cursor, and only ASCII if the locale is not UTF-8.
    pub(super) fn text(&self, text: &str) -> String {
        let safe = printable(text.as_bytes());
        if self.unicode { safe } else { ascii(&safe).into_owned() }
    }
}

/// Returns whether the locale is UTF-8. The first of the three variables that is set and not empty decides, as in
/// POSIX.
fn utf8_locale(var: impl Fn(&str) -> Option<String>) -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| var(name).filter(|v| !v.is_empty())).is_some_and(
        |value| {
            let value = value.to_ascii_lowercase();
            value.contains("utf-8") || value.contains("utf8")
        },
    )
}

fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{2026}' => out.push_str("..."),
            '\u{2013}' | '\u{2014}' | '\u{2212}' => out.push('-'),
            '\u{2018}' | '\u{2019}' => out.push('\''),
            '\u{201c}' | '\u{201d}' => out.push('"'),
            '\u{2192}' => out.push_str("->"),
            '\u{a0}' => out.push(' '),
            c if c.is_ascii() => out.push(c),
            c => out.push_str(&format!("\\u{{{:x}}}", c as u32)),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        let env = |pairs: &'static [(&str, &str)]| {
            move |name: &str| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned())
        };
        assert!(utf8_locale(env(&[("LANG", "de_DE.UTF-8")])));
        assert!(utf8_locale(env(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("LANG", "C")])));
        assert!(!utf8_locale(env(&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")])));
        assert!(!utf8_locale(env(&[])));
    }

    #[test]
    fn without_utf8_every_character_is_ascii_and_none_is_lost() {
        let look = Terminal { width: 100, unicode: false, limit: 5, prefix: Vec::new() };
        assert_eq!(look.text("a \u{2192} b\u{2026} \u{e9}"), "a -> b... \\u{e9}");
        assert!(Terminal { unicode: true, ..look }.text("\u{e9}\x1b[0m").starts_with("\u{e9}\\u{1b}"));
    }
}
