//! Adds `import os` to a Python file that lacks it.

/// The file with the import, or `None` if it has one or the right place for it is uncertain.
pub(super) fn python(text: &[u8]) -> Option<Vec<u8>> {
    let lines: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
    if lines.iter().any(|l| imports_os(l)) {
        return None;
    }
    let newline: &[u8] = if text.windows(2).any(|w| w == b"\r\n") { b"\r\n" } else { b"\n" };
    let mut at = 0;
    let mut quotes = 0;
    let mut first_code = None;
    for line in &lines {
        let inside = quotes % 2 == 1;
        let is_import = line.starts_with(b"import ") || line.starts_with(b"from ");
        if is_import && !inside && !line.starts_with(b"from __future__ ") {
            return Some([&text[..at], b"import os", newline, &text[at..]].concat());
        }
        let comment = line.trim_ascii().is_empty() || line.starts_with(b"#");
        if !comment && first_code.is_none() {
            first_code = Some((at, *line));
        }
        for mark in [&b"\"\"\""[..], b"'''"] {
            quotes += line.windows(3).filter(|w| *w == mark).count();
        }
        at += line.len();
    }
    // There is no import: insert before the first statement, unless that is a docstring or must stay first.
    let (at, line) = first_code?;
    let sure = !line.starts_with(b"\"") && !line.starts_with(b"'") && !line.starts_with(b"from __future__ ");
    sure.then(|| [&text[..at], b"import os", newline, newline, &text[at..]].concat())
}

fn imports_os(line: &[u8]) -> bool {
    let Some(names) = line.strip_prefix(b"import ") else {
        return false;
    };
    names.split(|b| *b == b',').any(|name| name.trim_ascii() == b"os")
}
