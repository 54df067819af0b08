//! Texts and paths made safe to print: on a terminal, in a log, in the output of a CI system.

use std::path::Path;

/// Bytes as text that is safe on a terminal and in a log: control characters (C0, C1, bidirectional overrides,
/// line separators) become `\n`, `\t` or `\u{..}`, bytes that are not UTF-8 become `\xNN`, and so does the first
/// character of a CI system's command (`##vso[`, `::error::` at the start).
pub fn printable(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    if bytes.trim_ascii_start().starts_with(b"::") {
        let lead = bytes.len() - bytes.trim_ascii_start().len();
        return printable(&bytes[..lead]) + "\\x3a" + &printable(&bytes[lead + 1..]);
    }
    for chunk in bytes.utf8_chunks() {
        let mut last = ' ';
        for (at, c) in chunk.valid().char_indices() {
            let before = std::mem::replace(&mut last, c);
            match c {
                // They shape the writing of Persian and Indian languages, emoji and variants of ideographs.
                '\u{200c}' | '\u{200d}' | '\u{e0100}'..='\u{e01ef}' if is_written(before) => out.push(c),
                '#' if is_ci_command(&chunk.valid()[at..]) => out.push_str("\\x23"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if c.is_control() || is_invisible(c) => {
                    out.push_str(&format!("\\u{{{:x}}}", c as u32));
                }
                c => out.push(c),
            }
        }
        for b in chunk.invalid() {
            out.push_str(&format!("\\x{b:02x}"));
        }
    }
    out
}

/// Returns whether a character is one that joiners and selectors shape: no letter of Latin script is.
fn is_written(c: char) -> bool {
    c >= '\u{590}' && !c.is_control() && !is_invisible(c) && !c.is_whitespace()
}

/// Returns whether a character shows nothing or turns the direction of what follows: separators of lines, and those that
/// Unicode calls `Bidi_Control` or `Default_Ignorable_Code_Point` (DerivedCoreProperties.txt, version 17). The two that choose the look of
/// an emoji are shown as they are.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Returns whether a log with this text at any place of a line runs a command: Azure Pipelines and GitHub Actions
/// (`##[`), Azure Pipelines (`##vso[`), TeamCity.
fn is_ci_command(text: &str) -> bool {
    ["##[", "##vso[", "##teamcity["]
        .iter()
        .any(|command| text.get(..command.len()).is_some_and(|start| start.eq_ignore_ascii_case(command)))
}

/// A path for people: control characters escaped, forward slashes.
pub fn shown_path(path: &Path) -> String {
    let text = printable(path.to_string_lossy().as_bytes());
    if cfg!(windows) { text.replace('\\', "/") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_move_a_cursor_is_escaped() {
        assert_eq!(printable(b"a\x1b[2J\n\xff"), "a\\u{1b}[2J\\n\\xff");
        assert_eq!(printable("\u{202e}x".as_bytes()), "\\u{202e}x");
        for name in [
            "\u{645}\u{6cc}\u{200c}\u{62e}",
            "\u{1f469}\u{200d}\u{1f4bb}",
            "\u{8fba}\u{e0100}",
            "\u{2764}\u{fe0f}",
        ] {
            assert_eq!(printable(name.as_bytes()), name);
        }
        for hidden in [
            '\u{200d}',
            '\u{200c}',
            '\u{e0100}',
            '\u{61c}',
            '\u{ad}',
            '\u{180e}',
            '\u{115f}',
            '\u{fff9}',
            '\u{e0041}',
        ] {
            assert_eq!(printable(format!("a{hidden}b").as_bytes()), format!("a\\u{{{:x}}}b", hidden as u32));
        }
    }
}
