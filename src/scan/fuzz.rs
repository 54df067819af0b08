//! Entry points for the fuzz targets in `fuzz/`: they assert what must hold for any bytes. Compiled only for `cargo
//! fuzz` (`cfg(fuzzing)`).

use super::extract::{arguments, assign};
use super::{Engine, Fragment, Options, decode};
use crate::finding::{Confidence, Finding, RepoPath, Source, SourceKind};
use crate::rules::RuleSet;
use crate::text::encoding;
use crate::text::lang::Lang;
use std::sync::OnceLock;

/// File names that decide how a text is parsed.
const PATHS: [&str; 24] = [
    "a.py",
    "a.js",
    "a.go",
    "a.java",
    "a.rb",
    "a.php",
    "a.cs",
    "a.c",
    "a.sh",
    "a.ps1",
    "a.tf",
    "a.yml",
    "a.json",
    "a.toml",
    "a.ini",
    ".env",
    "a.xml",
    "a.html",
    "a.sql",
    "Dockerfile",
    "a.md",
    "a",
    ".netrc",
    "tests/a.properties",
];

/// The whole engine with all rules. The first byte selects the file's name and the engine's options.
pub fn scan(data: &[u8]) {
    static ENGINES: OnceLock<[Engine; 2]> = OnceLock::new();
    let engines = ENGINES.get_or_init(|| {
        [false, true]
            .map(|explain| Engine::new(&RuleSet::builtin(), Options { explain, ..Options::default() }))
    });
    let Some((first, text)) = data.split_first() else { return };
    let path = PATHS[usize::from(*first) % PATHS.len()];
    let source = Source::new(SourceKind::File, RepoPath::new(path));
    let length = encoding::decode(text).0.len();
    for finding in engines[usize::from(*first >> 7)].scan(&Fragment { source, bytes: text.into() }) {
        let shown = format!("{finding:?}");
        for part in finding.apart() {
            holds(&part, length);
            hidden(&part, &shown);
        }
    }
}

/// Any bytes in any encoding, followed by a line in ASCII, UTF-16 or UTF-32, which the first byte selects: the line
/// must be read.
pub fn encodings(data: &[u8]) {
    const LINE: &[u8] = b"\nTOKEN=a-line-of-a-text\n";
    let Some((first, text)) = data.split_first() else { return };
    assert!(encoding::decode(text).0.len() <= 2 * text.len());
    let unit = |b: &u8| -> Vec<u8> {
        let (b, nuls) = (*b, [0; 3]);
        match first % 5 {
            0 => vec![b],
            1 => vec![b, 0],
            2 => vec![0, b],
            3 => [&[b][..], &nuls].concat(),
            _ => [&nuls[..], &[b]].concat(),
        }
    };
    let whole = [text, &LINE.iter().flat_map(unit).collect::<Vec<u8>>()].concat();
    let read = encoding::decode(&whole).0;
    assert!(memchr::memmem::find(&read, LINE.trim_ascii()).is_some(), "{read:?}");
}

/// Any text, scanned a second time where an escape may hide the left end of a match: matches must lie in the text.
pub fn boundaries(data: &[u8]) {
    let Some((first, text)) = data.split_first() else { return };
    let window = usize::from(*first).min(text.len())..text.len();
    for parted in super::boundary::parted(text, vec![window]) {
        assert!(parted.bytes.len() < text.len());
    }
}

/// Checks that a finding lies in the text.
fn holds(finding: &Finding, length: usize) {
    let at = &finding.location;
    assert!(at.bytes.start < at.bytes.end && at.bytes.end <= length, "{}: {at:?}", finding.rule.id);
    assert!((at.line, at.column) <= (at.end_line, at.end_column), "{}: {at:?}", finding.rule.id);
}

/// Checks that `Debug` does not print a value. Excluded is a value that is the name's own word: `password:
/// Password`, which is never reported and found only by an explaining engine.
fn hidden(finding: &Finding, shown: &str) {
    let value = finding.secret.expose();
    let long = value.len() >= 16 && value.iter().all(u8::is_ascii_alphanumeric);
    let told = long && !finding.rule.public && finding.confidence > Confidence::Low;
    if let Some(value) = std::str::from_utf8(value).ok().filter(|_| told) {
        assert!(!shown.contains(value), "{}: the value is shown", finding.rule.id);
    }
}

/// The parsers of assignments, of arguments and of encoded text. The first byte selects the language.
pub fn values(data: &[u8]) {
    let Some((first, text)) = data.split_first() else { return };
    let lang = Lang::of_path(PATHS[usize::from(*first) % PATHS.len()].as_bytes());
    let inside = |r: &std::ops::Range<usize>| assert!(r.start <= r.end && r.end <= text.len(), "{r:?}");
    for found in assign::assignments(text, 0..text.len(), lang) {
        inside(&found.name);
        inside(&found.value);
        assert!(!found.value.is_empty());
        found.via.iter().for_each(inside);
    }
    for at in (0..text.len()).filter(|at| *at == 0 || !text[at - 1].is_ascii_alphanumeric()) {
        for found in arguments::secrets(text, [at]) {
            inside(&found.name);
            inside(&found.value);
        }
        assign::literal_at(text, at).iter().for_each(inside);
    }
    let hits: Vec<usize> = (0..text.len()).step_by(7).collect();
    let mut budget = decode::Budget::of(text.len());
    for view in decode::views(text, lang, &hits, &mut budget).0 {
        inside(&view.at);
        let size = view.bytes.len();
        for place in [0..size, 0..size.min(1), size / 2..size] {
            inside(&view.place(&place));
            let _ = view.is_plain(&place);
        }
    }
}

/// A file of user rules must be refused, or its rules must scan.
pub fn rules(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut rules = RuleSet::empty();
    if rules.add_toml(&text).is_ok() {
        let source = Source::new(SourceKind::Stdin, RepoPath::new(""));
        let bytes = text.as_bytes().into();
        drop(Engine::new(&rules, Options::default()).scan(&Fragment { source, bytes }));
    }
}
