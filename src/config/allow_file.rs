//! Allow entries in a file of their own, one per line: branches that each add one merge by union.
//!
//! `FINGERPRINT RULE until=2026-12-31 by=NAME <MAIL> -- REASON`; `*` means any rule, and `blob=ID` instead of both
//! accepts unread content. Entries by pattern stay in the configuration.

use super::edit::NewAllow;
use super::entries::AllowEntry;
use super::file::Allow;
use super::layer::Layer;
use crate::finding::printable;

/// The file's name, at the top of a repository.
pub const ALLOW_FILE: &str = ".stanch-allow";

const HEAD: &str = "# Allowed secrets, one a line: fingerprint, rule -- reason. Made by `stanch allow`.\n";

/// A parsed file.
#[derive(Debug, Default)]
pub struct AllowFile {
    /// The entries, each with its line.
    pub entries: Vec<AllowEntry>,
    /// Invalid lines, and why.
    pub faults: Vec<(usize, String)>,
}

impl AllowFile {
    /// Parses a file's text; `name` is for messages.
    pub fn parse(text: &str, name: &str) -> AllowFile {
        let mut file = AllowFile::default();
        for (i, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let entry = parse(line).and_then(|e| AllowEntry::new(e, Layer::Repository, i + 1));
            match entry {
                Ok(entry) => file.entries.push(AllowEntry { file: Some(name.to_owned()), ..entry }),
                Err(why) => file.faults.push((i + 1, why)),
            }
        }
        file
    }
}

fn parse(line: &str) -> Result<Allow, String> {
    if is_conflict_marker(line.as_bytes()) {
        return Err(
            "is a marker of a merge conflict; remove the markers and keep the entries that you want".into()
        );
    }
    let (head, reason) = line.split_once(" -- ").ok_or("is not a line `FINGERPRINT RULE -- REASON`")?;
    let (head, who) = match head.split_once(" by=") {
        Some((head, who)) => (head, Some(who.trim().to_owned())),
        None => (head, None),
    };
    let mut e = Allow { reason: Some(reason.trim().to_owned()), who, ..Allow::default() };
    let mut words = head.split_ascii_whitespace();
    let first = words.next().unwrap_or_default();
    match first.strip_prefix("blob=") {
        Some(id) => e.blob = Some(id.to_owned()),
        None => {
            e.fingerprint = Some(first.to_owned());
            let rule = words.next().filter(|rule| !rule.contains('='));
            let rule = rule.ok_or("has no rule behind the fingerprint; write `*` for any")?;
            e.rule = (rule != "*").then(|| rule.to_owned());
        }
    }
    for word in words {
        match word.split_once('=') {
            Some(("until", date)) => {
                let date = date.parse().map_err(|_| "until is no date: write until=2026-12-31")?;
                e.expires = Some(date);
            }
            _ => {
                return Err(format!(
                    "has `{}`, but only until= and by= are known",
                    printable(word.as_bytes())
                ));
            }
        }
    }
    Ok(e)
}

/// Returns whether git writes such a line into a conflict.
pub fn is_conflict_marker(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    [b'<', b'|', b'=', b'>'].into_iter().any(|sign| {
        let run = line.iter().take_while(|b| **b == sign).count();
        run == 7 && line.get(7).is_none_or(|b| *b == b' ')
    })
}

/// The text with the entries added in their sorted places; other lines stay the same. An entry for the same secret
/// and rule is replaced.
pub fn add(text: &str, entries: &[NewAllow]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        lines.push(HEAD.trim_end().to_owned());
    }
    for entry in entries {
        let line = line(entry);
        let key = key(&line);
        match lines.iter().position(|l| self::key(l) == key) {
            Some(same) => lines[same] = line,
            None => {
                let is_after = |l: &String| !l.starts_with('#') && !l.trim().is_empty() && self::key(l) > key;
                let at = lines.iter().position(is_after).unwrap_or(lines.len());
                lines.insert(at, line);
            }
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The sort key, which also tells whether two entries are the same: the first two words, or the blob.
fn key(line: &str) -> (String, String) {
    let mut words = line.split_ascii_whitespace().map(str::to_ascii_lowercase);
    let first = words.next().unwrap_or_default();
    let rule = if first.starts_with("blob=") { None } else { words.next() };
    (first, rule.unwrap_or_default())
}

fn line(e: &NewAllow) -> String {
    // A line break and the separator of the line are not part of a word in it.
    let one_line = |text: &str| printable(text.as_bytes());
    let mut out = match (&e.blob, &e.fingerprint) {
        (Some(blob), _) => format!("blob={blob}"),
        (None, fingerprint) => {
            let fingerprint = fingerprint.as_deref().unwrap_or_default();
            format!("{fingerprint} {}", e.rule.as_deref().unwrap_or("*"))
        }
    };
    if let Some(date) = &e.expires {
        out.push_str(&format!(" until={date}"));
    }
    if let Some(who) = &e.who {
        out.push_str(&format!(" by={}", one_line(who).replace(" -- ", " - ")));
    }
    out.push_str(&format!(" -- {}", one_line(&e.reason)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(digit: char, rule: Option<&str>, reason: &str) -> NewAllow {
        NewAllow {
            fingerprint: Some(digit.to_string().repeat(20)),
            rule: rule.map(str::to_owned),
            reason: reason.to_owned(),
            ..NewAllow::default()
        }
    }

    #[test]
    fn what_is_written_is_read_again_in_order() {
        let mut b = entry('b', Some("jwt"), "a -- b\nc");
        b.expires = Some("2031-01-02".to_owned());
        b.who = Some("A. -- Person <a@example.org>".to_owned());
        let blob = NewAllow { blob: Some("c".repeat(40)), reason: "big".to_owned(), ..NewAllow::default() };
        let text = add(&add("", &[b, blob]), &[entry('a', None, "x"), entry('b', Some("jwt-x"), "y")]);
        let file = AllowFile::parse(&text, "f");
        assert_eq!(file.faults, []);
        let got: Vec<_> =
            file.entries.iter().map(|e| (e.line, e.rule.as_deref(), e.reason.as_str())).collect();
        assert_eq!(
            got,
            [(2, None, "x"), (3, Some("jwt"), "a -- b\\nc"), (4, Some("jwt-x"), "y"), (5, None, "big")]
        );
        assert_eq!(file.entries[1].who.as_deref(), Some("A. - Person <a@example.org>"));
        assert_eq!(file.entries[1].expires, Some(jiff::civil::date(2031, 1, 2)));
    }

    #[test]
    fn the_same_secret_has_one_entry_and_other_lines_stay() {
        let text =
            format!("# ours\n{} jwt -- old\n\n# about this one\n{} jwt -- x", "a".repeat(20), "c".repeat(20));
        let new = add(&text, &[entry('a', Some("jwt"), "new")]);
        assert_eq!(new, format!("{}\n", text.replace("old", "new")));
    }

    #[test]
    fn a_line_that_is_none_is_told_and_the_others_count() {
        let fp = "a".repeat(20);
        for (bad, told) in [
            (format!("{} HEAD", "<".repeat(7)), "merge conflict"),
            ("=".repeat(7), "merge conflict"),
            (fp.clone(), "is not a line"),
            (format!("{fp} -- x"), "has no rule"),
            (format!("{fp} until=2031-01-01 -- x"), "has no rule"),
            (format!("{fp} jwt until=soon -- x"), "until is no date"),
            (format!("{fp} jwt for=ever -- x"), "has `for=ever`"),
            (format!("{fp} jwt --  "), "needs a reason"),
            ("zz jwt -- x".to_owned(), "fingerprint is not 20 hex digits"),
            ("blob=12 -- x".to_owned(), "blob is not a whole object id"),
        ] {
            let file = AllowFile::parse(&format!("{bad}\n{fp} jwt -- fine\n"), "f");
            assert_eq!(file.entries.len(), 1, "{bad}");
            assert!(file.faults.len() == 1 && file.faults[0].0 == 1, "{bad}: {:?}", file.faults);
            assert!(file.faults[0].1.contains(told), "{bad}: {:?}", file.faults);
        }
    }

    proptest! {
        #[test]
        fn any_reason_and_person_come_back_on_one_line(reason in "[ -~\n\r\t]{0,30}x", who in "[ -~\n]{1,20}") {
            let new = NewAllow { who: Some(who), ..entry('d', Some("jwt"), &reason) };
            let file = AllowFile::parse(&add("", &[new]), "f");
            prop_assert_eq!(&file.faults, &[]);
            let shown = printable(reason.as_bytes());
            prop_assert_eq!(file.entries[0].reason.as_str(), shown.trim());
        }

        #[test]
        fn any_text_is_read(text in "[ -~\n]{0,200}") {
            let file = AllowFile::parse(&text, "f");
            prop_assert!(file.entries.len() + file.faults.len() <= text.lines().count());
        }
    }
}
