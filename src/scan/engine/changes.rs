//! Scans only what changed in a text, where its former version is clean.
//!
//! What the engine says of a keyword's hit depends on the text around it. So where everything within [`AROUND`] bytes of a hit
//! is as it was, the answer is as it was too. What depends on more is not scanned this way ([`Engine::is_near`]).

use super::{Engine, Scanned};
use crate::finding::RepoPath;
use crate::rules::Window;
use crate::scan::decode::is_base64;
use crate::scan::detect::generic;
use crate::scan::extract::tables;
use crate::scan::{Fragment, filter, windows};
use crate::text::copies::{self, Former};
use crate::text::lang::Lang;
use crate::text::line;
use aho_corasick::{AhoCorasick, Match, MatchKind};
use std::ops::Range;
use std::sync::LazyLock;

/// Bytes before and behind a hit that decide what is said of it, with room to spare: lists, the members of an object, resources,
/// strings of constants and what is sent to a host are read 2 KB on (`LIST_REACH`, `HOSTS_REACH`, `REACH` in `members`, `resources` and
/// `constants`), a provider's pattern 2,000 bytes.
const AROUND: usize = 3 << 10;
/// Lines on either side that decide, however long they are: a context rule reads at most so many ([`NEAR_REACH`] bytes of each).
const LINES: usize = 6;
/// Bytes of a neighbouring line that a context rule reads.
const NEAR_REACH: usize = 2 << 10;
/// Bytes in which the start or the end of a line is searched; a pattern reads no more of one.
const LINE_REACH: usize = 8 << 10;
/// Least characters of a run in a line of wrapped base64, in a string or not.
const WRAP: usize = 24;

impl Engine {
    /// Returns whether every answer about this text depends on the lines around the place only: not for files that are tables,
    /// notebooks, mail and manifests, whose head may be far above, for what is not ASCII, and with a user rule that reads more than a line.
    pub fn is_near(&self, fragment: &Fragment<'_>) -> bool {
        let (text, lang) = (&*fragment.bytes, language(fragment));
        self.may_be_near(fragment, lang) && !tells_of_far(text, 0..text.len())
    }

    /// The same without a look at the text itself.
    fn may_be_near(&self, fragment: &Fragment<'_>, lang: Lang) -> bool {
        let (text, path) = (&*fragment.bytes, fragment.source.path.as_folders());
        let reads_more = |window| !matches!(window, Window::Line);
        !text.starts_with(b"\xef\xbb\xbf")
            && windows::of(text).len() == 1
            && !tables::is_table(&path)
            && !path.ends_with(b".ipynb")
            && lang != Lang::Sql
            && !self.rules.iter().any(|rule| rule.own.is_some() && reads_more(rule.window))
    }

    /// Returns whether the same text says the same under both paths.
    pub fn reads_alike(&self, path: &RepoPath, other: &RepoPath) -> bool {
        let kind = |path: &RepoPath| {
            let path = path.as_folders();
            let ending = path.rsplit(|b| matches!(b, b'.' | b'/')).next().map(<[u8]>::to_vec);
            (Lang::of_path(&path), generic::class_of_path(&path), filter::is_translation(&path), ending)
        };
        path == other || self.rules.iter().all(|rule| rule.own.is_none()) && kind(path) == kind(other)
    }

    /// The findings of a fragment that are near a change since its former version, which is clean and near
    /// ([`Engine::is_near`]). `None` if the whole must be scanned; else this version is near as well.
    pub fn scan_changes(&self, fragment: &Fragment<'_>, former: Former<'_>) -> Option<Scanned> {
        let (text, lang) = (&*fragment.bytes, language(fragment));
        let changed = copies::changed(former.copies, text.len(), former.bytes.len());
        let near: Vec<Range<usize>> = changed
            .chunk_by(|a, b| b.start - a.end <= 2 * AROUND)
            .map(|near| near[0].start..near[near.len() - 1].end)
            .collect();
        let is_near = |part: &Range<usize>| {
            let around = part.start.saturating_sub(LONGEST)..text.len().min(part.end + LONGEST);
            !tells_of_far(text, around)
        };
        (self.may_be_near(fragment, lang) && near.iter().all(is_near)).then_some(())?;
        if lang == Lang::Python {
            // Quotes of a docstring turn what is within it inside out.
            let is_kept = |text: &[u8], part: &Range<usize>| {
                let around = part.start.saturating_sub(2)..text.len().min(part.end + 2);
                !QUOTES.iter().any(|quotes| memchr::memmem::find(&text[around.clone()], quotes).is_some())
            };
            let removed = copies::removed(former.copies, former.bytes.len())?;
            let all = removed.iter().all(|part| is_kept(former.bytes, part));
            (all && changed.iter().all(|part| is_kept(text, part))).then_some(())?;
        }
        Some(self.scan_parts(fragment, Some(&parts(text, &near))))
    }
}

fn language(fragment: &Fragment<'_>) -> Lang {
    Lang::of_path(&fragment.source.path.as_folders())
}

/// Returns whether something in this part of a text tells of what is read from far.
fn tells_of_far(text: &[u8], part: Range<usize>) -> bool {
    // `kind: Secret`
    let is_kind = |at: usize| {
        let head = &text[..part.start + at];
        head[head.len().saturating_sub(12)..].windows(4).any(|word| word.eq_ignore_ascii_case(b"kind"))
    };
    let part = &text[part.clone()];
    let tells = |found: Match| !SECRET.contains(&WORDS[found.pattern().as_usize()]) || is_kind(found.start());
    memchr::memchr(0, part).is_some() || FAR.find_iter(part).any(tells)
}

/// Words of what is read from far: values of Kubernetes, what Renovate and SOPS sealed, mail, notebooks, recorded cookies, keys of
/// PuTTY. Their first letter may be a capital.
const WORDS: [&str; 12] = [
    "tringData",
    "tringdata",
    "\"encrypted\"",
    "ENC[",
    "uoted-",
    "UOTED-",
    "\"cells\"",
    "ookies\"",
    "ookies'",
    "PuTTY-User-Key-File",
    SECRET[0],
    SECRET[1],
];
/// The kind of a manifest of Kubernetes.
const SECRET: [&str; 2] = ["ecret", "ECRET"];
static FAR: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let kind = MatchKind::LeftmostFirst;
    let all = AhoCorasick::builder().match_kind(kind).build(WORDS);
    all.expect("internal: a few words make a searcher")
});
/// More bytes than the longest of these words has.
const LONGEST: usize = 24;
/// What begins and ends a docstring.
const QUOTES: [&[u8]; 2] = [b"\"\"\"", b"'''"];

/// The parts of a text around these changes that are to be scanned: in order, and apart.
fn parts(text: &[u8], changed: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for change in changed {
        let part = start(text, above(text, change.start))..end(text, below(text, change.end));
        match out.last_mut().filter(|last| last.end >= part.start) {
            Some(last) => last.end = last.end.max(part.end),
            None => out.push(part),
        }
    }
    out
}

/// Where the hits begin that read up to `at`.
fn above(text: &[u8], at: usize) -> usize {
    line::above(text, at, LINES, NEAR_REACH).min(at.saturating_sub(AROUND))
}

/// Where the hits end that read back to `at`.
fn below(text: &[u8], at: usize) -> usize {
    line::below(text, at, LINES, NEAR_REACH).max(text.len().min(at + AROUND))
}

/// The start of the line at `at`; in a block of base64 or a table that of the lines above it, which say what it is.
fn start(text: &[u8], at: usize) -> usize {
    let at = at - text[..at].iter().rev().take_while(|b| is_base64(**b)).count();
    let mut start = line::start(text, at, LINE_REACH);
    let mut is_block = false;
    while start > 0 {
        let above = line::start(text, start - 1, LINE_REACH);
        let line = &text[above..start];
        if !is_wrapped(line) && !is_row(line) {
            break;
        }
        (start, is_block) = (above, true);
    }
    if is_block { line::above(text, start, LINES, NEAR_REACH) } else { start }
}

/// The end of the line at `at`; in a block of base64 or a table that of the lines below it.
fn end(text: &[u8], at: usize) -> usize {
    let at = at + text[at..].iter().take_while(|b| is_base64(**b)).count();
    let mut end = line::end(text, at, LINE_REACH);
    let mut is_block = false;
    while end + 1 < text.len() {
        let below = line::end(text, end + 1, LINE_REACH);
        let line = &text[end..below];
        if !is_wrapped(line) && !is_row(line) {
            break;
        }
        (end, is_block) = (below, true);
    }
    if is_block { line::end(text, line::below(text, end, LINES, NEAR_REACH), LINE_REACH) } else { end }
}

/// Returns whether a line is a row of a table in Markdown, whose head names the values of all rows.
fn is_row(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(b"|")
}

/// Returns whether a line is one of wrapped base64, possibly in quotes: nothing but one long run and signs beside it.
fn is_wrapped(line: &[u8]) -> bool {
    let from = line.iter().position(|b| is_base64(*b) && !b"+/-_".contains(b)).unwrap_or(line.len());
    let run = line[from..].iter().take_while(|b| is_base64(**b)).count();
    run >= WRAP && !line[from + run..].iter().any(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Source, SourceKind};
    use crate::rules::RuleSet;
    use crate::scan::Options;

    fn engine() -> Engine {
        Engine::new(&RuleSet::builtin(), Options::default())
    }

    fn fragment<'a>(path: &str, bytes: &'a [u8]) -> Fragment<'a> {
        Fragment { source: Source::new(SourceKind::Commit, RepoPath::new(path)), bytes: bytes.into() }
    }

    #[test]
    fn a_text_whose_answers_depend_on_what_is_far_is_scanned_as_a_whole() {
        let engine = engine();
        for (path, text) in [
            ("a.rs", "let token = value;\n"),
            ("a.md", "| a | b |\n|---|---|\n"),
            ("Secret.java", "class Secret {}\n"),
        ] {
            assert!(engine.is_near(&fragment(path, text.as_bytes())), "{path}");
        }
        for (path, text) in [
            ("a.csv", "a,b\n"),
            ("a.sql", "select 1;\n"),
            ("a.yml", "kind: Secret\n"),
            ("a.json", "{\"kind\": \"Secret\"}"),
            ("a.yml", "kind: SECRET\n"),
            ("a.yml", "stringData:\n"),
            ("a.yml", "a: ENC[AES256_GCM,data:\n"),
            ("a.eml", "Content-Transfer-Encoding: quoted-printable\n"),
            ("a.ipynb", "{}\n"),
            ("a.json", "{\"cookies\": []}"),
            ("a.ppk", "PuTTY-User-Key-File-3: ssh-rsa\n"),
            ("a.json", "{\"encrypted\": {\"a\": 1}}"),
            ("a.bin", "a\0b"),
            ("a.txt", "\u{feff}a"),
        ] {
            assert!(!engine.is_near(&fragment(path, text.as_bytes())), "{path}: {text}");
        }
    }

    #[test]
    fn paths_of_one_kind_read_alike() {
        let alike = |a: &str, b: &str| engine().reads_alike(&RepoPath::new(a), &RepoPath::new(b));
        assert!(alike("src/a.rs", "src/b/c.rs"));
        for (a, b) in
            [("src/a.rs", "tests/a.rs"), ("a.yml", "a.json"), ("a.txt", "locale/de.txt"), ("a.x", "a.y")]
        {
            assert!(!alike(a, b), "{a} {b}");
        }
    }

    #[test]
    fn what_is_scanned_is_what_changed_with_whole_lines_around_it() {
        let text = "some words in a line of the file\n".repeat(2000);
        let text = text.as_bytes();
        let all = parts(text, &[9_000..9_010, 9_400..9_400, 30_000..30_001]);
        assert_eq!(all.len(), 2);
        for (part, change) in all.iter().zip([9_000..9_400, 30_000..30_001]) {
            assert!(part.start + AROUND <= change.start && change.end + AROUND <= part.end);
            assert!(part.len() < change.len() + 2 * AROUND + 80, "{part:?}");
            assert_eq!((text[part.start - 1], text[part.end]), (b'\n', b'\n'));
        }
        let ends = parts(text, &[0..0, text.len()..text.len()]);
        assert_eq!((ends[0].start, ends[1].end), (0, text.len()));
    }

    #[test]
    fn a_table_is_scanned_with_its_head_and_its_end() {
        let rows = "| a cell | of a table |\n".repeat(900);
        let text = format!(
            "{}| name | value |\n|---|---|\n{rows}{}",
            "a line\n".repeat(999),
            "a line\n".repeat(999)
        );
        let (head, at) = (999 * 7, 999 * 7 + rows.len() / 2);
        let part = &parts(text.as_bytes(), std::slice::from_ref(&(at..at + 4)))[0];
        assert!(part.start <= head && part.end >= head + rows.len(), "{part:?}");
        assert!(part.len() < text.len() - 9_000, "{part:?}");
    }

    #[test]
    fn a_block_of_base64_is_scanned_with_the_lines_around_it() {
        let block = format!("{}\n", "QUJD".repeat(19)).repeat(200);
        let text = format!("{}\n{block}{}", "a line\n".repeat(999), "a line\n".repeat(999));
        let at = 7_000 + block.len() / 2;
        let part = &parts(text.as_bytes(), std::slice::from_ref(&(at..at + 4)))[0];
        assert!(part.start < 6_990 && part.end > 6_994 + block.len(), "{part:?}");
    }
}
