//! What a maintainer needs to know about a false positive or a missed secret, without the value.
//!
//! The report has only the value's shape: its character classes in order, and how many of each. Of its line it has
//! the punctuation and the name beside the value; every other word is reduced to its shape.

use crate::finding::{Finding, printable};
use crate::text::entropy;
use std::fmt::Write;

/// What a report is about.
#[derive(Debug)]
pub(super) struct Misjudged<'a> {
    /// "wrong alarm" or "missed secret".
    pub(super) what: &'static str,
    /// The path; the report has its ending and whether it is a test, sample or documentation.
    pub(super) path: &'a [u8],
    /// The line that holds the value.
    pub(super) line: &'a [u8],
    /// What was found or scored on the line.
    pub(super) findings: &'a [Finding],
}

/// Returns the report as Markdown; `mask` hides anything still secret in a text.
pub(super) fn render(report: &Misjudged<'_>, mask: &dyn Fn(&str) -> String) -> String {
    let mut out = format!(
        "<!-- Read this before you send it. It holds no value; names beside the value are in it. -->\n\
         ### stanch: a {}\n\n| | |\n|---|---|\n",
        report.what
    );
    let mut row = |name: &str, text: &str| {
        let _ = writeln!(out, "| {name} | {} |", text.replace('|', "\\|"));
    };
    row(
        "version",
        &format!("{}, {} on {}", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH),
    );
    row("file", &file(report.path));
    let values: Vec<&[u8]> = report.findings.iter().map(|f| f.secret.expose()).collect();
    let name = report.findings.iter().find_map(|f| f.name.as_deref());
    row("line", &format!("`{}`", mask(&line(report.line, name, &values)).replace('`', "'")));
    if report.findings.is_empty() {
        row("found", "nothing on this line, and no value that was judged");
    }
    for f in report.findings {
        row(
            "rule",
            &format!("{}, confidence {}, severity {}", f.rule.id, f.confidence.slug(), f.severity.slug()),
        );
        row("name beside the value", &f.name.as_deref().map_or_else(|| "none".to_owned(), mask));
        let value = f.secret.expose();
        let bits = entropy::shannon(value);
        row("value", &format!("`{}`, {bits:.1} bits a character", shape(value).replace('`', "'")));
        let codes: Vec<String> = f
            .evidence
            .iter()
            .map(|e| format!("{}{}", ["-", "", "+"][usize::from((e.weight + 1).clamp(0, 2) as u8)], e.code))
            .collect();
        row("evidence", &codes.join(" "));
        if let Some(why) = f.rejected {
            row("rejected", why);
        }
        if let Some(score) = &f.score {
            let terms: Vec<String> = score.terms.iter().map(|(code, w)| format!("{code} {w:+.2}")).collect();
            row(
                "score",
                &format!(
                    "{:+.2} ({}), medium from {:+.2}: {}",
                    score.sum,
                    score.basis,
                    score.medium_from,
                    terms.join(", ")
                ),
            );
        }
    }
    out
}

/// The ending of a file's name, and whether the path has folders of tests, samples or documentation.
fn file(path: &[u8]) -> String {
    let text = printable(path);
    let name = text.rsplit('/').next().unwrap_or_default();
    let ending = match name.rsplit_once('.') {
        Some((_, ending)) if ending.len() <= 12 => format!("*.{ending}"),
        // A name that every project has describes the file.
        _ if name.len() <= 16 && name.bytes().all(|b| b.is_ascii_alphabetic()) => name.to_owned(),
        _ => "without an ending".to_owned(),
    };
    let sorts = ["test", "spec", "fixture", "example", "sample", "doc", "mock", "vendor", "node_modules"];
    let lower = text.to_ascii_lowercase();
    let seen: Vec<&str> = sorts.into_iter().filter(|s| lower.contains(s)).collect();
    if seen.is_empty() { ending } else { format!("{ending}, its path has {}", seen.join(", ")) }
}

/// A line without its values: `api_key = "VALUE"  # [a]{4}`.
fn line(bytes: &[u8], name: Option<&str>, values: &[&[u8]]) -> String {
    let mut out = String::new();
    let mut rest = &bytes[..bytes.len().min(400)];
    let separator = rest.iter().position(|b| b"=:".contains(b)).unwrap_or(0);
    let start = rest.len();
    while !rest.is_empty() {
        if let Some(value) = values.iter().find(|v| !v.is_empty() && rest.starts_with(v)) {
            out.push_str("VALUE");
            rest = &rest[value.len()..];
            continue;
        }
        let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80;
        let length = rest.iter().take_while(|b| is_word(b)).count();
        if length == 0 {
            out.push_str(&printable(&rest[..1]));
            rest = &rest[1..];
            continue;
        }
        // A word may run into a value (`x-VALUE` does not, `xVALUE` does).
        let length = (1..length)
            .find(|n| values.iter().any(|v| !v.is_empty() && rest[*n..].starts_with(v)))
            .unwrap_or(length);
        let (word, after) = rest.split_at(length);
        let is_name = start - rest.len() < separator && is_plain_name(word)
            || name.is_some_and(|n| n.as_bytes() == word && is_plain_name(word));
        if is_name {
            out.push_str(&printable(word));
        } else {
            out.push_str(&shape(word));
        }
        rest = after;
    }
    out
}

/// Returns whether a word may be shown as it is: a name written by people, without digits.
fn is_plain_name(word: &[u8]) -> bool {
    let digits = word.iter().filter(|b| b.is_ascii_digit()).count();
    word.len() <= 40 && digits <= 2 && word.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

/// Character classes in order: `[a]{2}_[a9]{34}`. Adjacent letters and digits are one group.
fn shape(value: &[u8]) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        if length == 0 {
            out.push(if first.is_ascii_graphic() || *first == b' ' { char::from(*first) } else { '?' });
            rest = &rest[1..];
            continue;
        }
        let (run, after) = rest.split_at(length);
        let has = |class: fn(&u8) -> bool| run.iter().any(class);
        let classes = [
            (has(u8::is_ascii_lowercase), "a"),
            (has(u8::is_ascii_uppercase), "A"),
            (has(u8::is_ascii_digit), "9"),
        ];
        let classes: String = classes.into_iter().filter(|(has, _)| *has).map(|(_, c)| c).collect();
        let _ = write!(out, "[{classes}]{{{length}}}");
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_tells_classes_and_lengths_alone() {
        assert_eq!(shape(b"pk_29ab"), "[a]{2}_[a9]{4}");
        assert_eq!(shape("Zm9v+\u{e9}==".as_bytes()), "[Aa9]{4}+??==".replace("Aa9", "aA9"));
        assert_eq!(shape(b""), "");
    }

    #[test]
    fn of_a_line_the_name_stays_and_every_other_word_goes() {
        let value: &[u8] = b"hunter two";
        let text = line(b"db.password = \"hunter two\"  # of Ann, 1987", None, &[value]);
        assert_eq!(text, "db.password = \"VALUE\"  # [a]{2} [Aa]{3}, [9]{4}".replace("Aa", "aA"));
        // Nothing was found, so nothing of the right side is shown.
        assert_eq!(line(b"token: s3cr3tWord", None, &[]), "token: [aA9]{10}");
        assert_eq!(line(b"correct horse", None, &[]), "[a]{7} [a]{5}");
        assert_eq!(line(b"a1b2c3d4e5=x", None, &[]), "[a9]{10}=[a]{1}");
    }
}
