//! The strings in code on a command line, and what they stand for together: parts of one string, folders of one path,
//! base64.

/// Most strings that are put together.
const TOGETHER: usize = 6;
/// Most bytes between two strings of one path: `) / (`.
const BETWEEN: usize = 6;
/// Fewest characters of base64 that is decoded.
const ENCODED: usize = 12;

/// The texts between quotes, of any kind.
pub(super) fn quoted(text: &str) -> Vec<&str> {
    literals(text).into_iter().map(|literal| literal.0).collect()
}

/// The texts between quotes, with their offsets.
fn literals(text: &str) -> Vec<(&str, usize)> {
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find(['"', '\'', '`']).map(|at| from + at) {
        let mark = text.as_bytes()[open] as char;
        let Some(length) = text[open + 1..].find(mark) else { break };
        out.push((&text[open + 1..open + 1 + length], open + 1));
        from = open + length + 2;
    }
    out
}

/// Strings that neighbouring ones make: one string where only a sign of joining parts them, a path where the arguments of a
/// call or a slash does.
pub(super) fn joined(text: &str) -> Vec<String> {
    let all = literals(text);
    let mut out = Vec::new();
    for (at, (first, start)) in all.iter().enumerate() {
        let (mut whole, mut end) = ((*first).to_owned(), start + first.len() + 1);
        for (next, start) in all[at + 1..].iter().take(TOGETHER - 1) {
            let between = &text[end..start - 1];
            let is_only = |signs: &str| between.chars().all(|c| signs.contains(c) || c.is_ascii_whitespace());
            if is_only("+.~") {
                whole.push_str(next);
            } else if between.len() <= BETWEEN && is_only(",/()") {
                whole = format!("{whole}/{next}");
            } else {
                break;
            }
            end = start + next.len() + 1;
            out.push(whole.clone());
        }
    }
    out
}

/// Returns whether a string is a mode in which a file is opened to be changed, or begins with perl's sign of one.
pub(super) fn opens_to_change(literal: &str) -> bool {
    let is_mode = literal.len() <= 3
        && literal.bytes().all(|b| b"rwaxbt+".contains(&b))
        && literal.bytes().filter(|b| b"rwax".contains(b)).count() == 1
        && literal.bytes().any(|b| b"wax+".contains(&b));
    is_mode || literal.starts_with('>') || literal.starts_with("+<")
}

/// The texts that strings are in base64.
pub(super) fn decoded(literals: &[&str]) -> Vec<String> {
    let long = literals.iter().filter(|literal| literal.len() >= ENCODED);
    let bytes = long.filter_map(|literal| data_encoding::BASE64.decode(literal.as_bytes()).ok());
    bytes.filter_map(|bytes| String::from_utf8(bytes).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_put_together_as_the_code_does() {
        for (code, whole) in [
            ("open('.stan' + 'ch.toml')", ".stanch.toml"),
            ("open('.stan' 'ch.toml')", ".stanch.toml"),
            ("open('.stan'.\"ch.toml\")", ".stanch.toml"),
            ("join('.git', 'hooks', 'pre-commit')", ".git/hooks/pre-commit"),
            ("Path('.git') / 'hooks' / 'pre-commit'", ".git/hooks/pre-commit"),
        ] {
            assert!(joined(code).iter().any(|text| text == whole), "{code}: {:?}", joined(code));
        }
        assert_eq!(joined("f('a', x, 'b'); 'c' is 'd'"), [""; 0]);
        for mode in ["w", "wb", "r+", "a", "x", ">.stanch.toml", ">>"] {
            assert!(opens_to_change(mode), "{mode}");
        }
        for other in ["r", "rb", "", "b", "wat", "writer", "box"] {
            assert!(!opens_to_change(other), "{other}");
        }
    }
}
