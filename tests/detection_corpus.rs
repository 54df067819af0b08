//! What must be found and what must be ignored, setting by setting: `tests/detection_corpus/*.txt`, with the built-in
//! rules.
//!
//! A case begins with `=== file name`. In most files each `«...»` must hold a finding of medium confidence or
//! more, and nothing else may be found. In `left_alone.txt` nothing may be found; in `warned.txt` a case says whether
//! what it marks warns or blocks. Values are made up:
//!
//! | form | becomes |
//! |---|---|
//! | `@{base62:20}` | the template `${base62:20}` |
//! | `@ENCODING{...}` | its content encoded: `b64`, `b64url`, `wrap` (base64 over lines, indented like the first), `hex`, `percent`, `u`, `x`, `html`, `bytes` (numbers) |

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use stanch::finding::{Confidence, RepoPath, Source, SourceKind};
use stanch::rules::RuleSet;
use stanch::scan::{Engine, Fragment, Options, template};

/// The cases of a table: file name and text of each.
fn cases(table: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/detection_corpus").join(table);
    let text = fs::read_to_string(path).unwrap().replace('\r', "");
    let cases: Vec<_> = text
        .split("\n=== ")
        .skip(1)
        .map(|c| c.split_once('\n').unwrap())
        .map(|(path, text)| (path.to_owned(), text.trim_end().to_owned() + "\n"))
        .collect();
    assert!(cases.len() > 5, "{table}: {} cases", cases.len());
    cases
}

/// Replaces the forms, innermost first; `seed` changes with each value.
fn expand(text: &str, seed: &mut u64) -> String {
    let mut text = text.to_owned();
    // The last form that opens contains no other.
    while let Some((at, name)) = last_form(&text) {
        let open = at + 1 + name.len() + 1;
        let end = open + closing(&text[open..]);
        let inner = &text[open..end];
        let line = &text[..at];
        let line = &line[line.rfind('\n').map_or(0, |i| i + 1)..];
        let indent = &line[..line.len() - line.trim_start().len()];
        *seed += 1;
        let made = match name {
            "" => template::expand(&format!("${{{inner}}}"), *seed).unwrap(),
            _ => encoded(name, inner.as_bytes(), indent),
        };
        text.replace_range(at..=end, &made);
    }
    text
}

/// The offset of the matching brace; braces nest.
fn closing(text: &str) -> usize {
    let mut depth = 1;
    let closes = |(i, b)| {
        depth += i32::from(b == b'{') - i32::from(b == b'}');
        (depth == 0).then_some(i)
    };
    text.bytes().enumerate().find_map(closes).unwrap()
}

const ENCODINGS: [&str; 10] = ["", "b64", "b64url", "wrap", "hex", "percent", "u", "x", "html", "bytes"];

fn last_form(text: &str) -> Option<(usize, &'static str)> {
    let forms = ENCODINGS.iter().filter_map(|e| Some((text.rfind(&format!("@{e}{{"))?, *e)));
    forms.max_by_key(|(at, _)| *at)
}

fn encoded(name: &str, inner: &[u8], indent: &str) -> String {
    let each = |f: fn(u8) -> String| inner.iter().map(|b| f(*b)).collect();
    match name {
        "b64" => data_encoding::BASE64.encode(inner),
        "b64url" => data_encoding::BASE64URL_NOPAD.encode(inner),
        "wrap" => {
            let all = data_encoding::BASE64.encode(inner);
            let lines: Vec<_> = all.as_bytes().chunks(64).map(|c| String::from_utf8_lossy(c)).collect();
            lines.join(&format!("\n{indent}"))
        }
        "hex" => data_encoding::HEXLOWER.encode(inner),
        "percent" => each(|b| format!("%{b:02X}")),
        "u" => each(|b| format!("\\u{b:04x}")),
        "x" => each(|b| format!("\\x{b:02x}")),
        "html" => each(|b| format!("&#{b};")),
        "bytes" => each(|b| format!("0x{b:02x}, ")),
        _ => panic!("unknown encoding {name}"),
    }
}

/// The text without its marks, and their positions.
fn unmarked(text: &str) -> (String, Vec<(usize, usize)>) {
    let (mut plain, mut marks, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, after)) = rest.split_once('«') {
        let (inside, after) = after.split_once('»').unwrap();
        plain += before;
        marks.push((plain.len(), plain.len() + inside.len()));
        plain += inside;
        rest = after;
    }
    (plain + rest, marks)
}

/// The faults among the findings in a case.
fn faults(engine: &Engine, path: &str, template: &str, seed: &mut u64) -> Vec<String> {
    let (text, marks) = unmarked(&expand(template, seed));
    let file = path.split(' ').next().unwrap();
    let source = Source::new(SourceKind::File, RepoPath::new(file));
    let found = engine.scan(&Fragment { source, bytes: Cow::Borrowed(text.as_bytes()) });
    // A string in pieces must be found as a whole.
    let within = |f: &stanch::finding::Finding, (start, end): (usize, usize)| {
        let bytes = &f.location.bytes;
        let pieces = text[start..end].contains(['"', '\'']);
        bytes.start >= start && bytes.end <= end && (!pieces || *bytes == (start..end))
    };
    let mut out = Vec::new();
    for mark in &marks {
        if !found.iter().any(|f| within(f, *mark) && f.confidence >= Confidence::Medium) {
            out.push(format!("not found: {:?}", &text[mark.0..mark.1]));
        }
    }
    for f in &found {
        assert!(text.get(f.location.bytes.clone()).is_some(), "{path}: {f:?}");
        if !marks.iter().any(|m| within(f, *m)) {
            out.push(format!("{} found at {:?}", f.rule.id, &text[f.location.bytes.clone()]));
        }
    }
    out.into_iter().map(|fault| format!("{path}: {fault}\n    in {text:?}")).collect()
}

fn check(table: &str) {
    let set = RuleSet::builtin();
    let engine = Engine::new(&set, Options::default());
    let mut seed = 1000;
    let all = cases(table);
    let faults: Vec<_> = all.iter().flat_map(|(path, text)| faults(&engine, path, text, &mut seed)).collect();
    assert!(faults.is_empty(), "{} faults in {} cases:\n{}", faults.len(), all.len(), faults.join("\n"));
}

#[test]
fn what_was_recorded_or_is_shown_warns_and_its_neighbours_block() {
    let engine = Engine::new(&RuleSet::builtin(), Options::default());
    let mut seed = 1000;
    let mut faults = Vec::new();
    for (title, template) in cases("warned.txt") {
        let (text, marks) = unmarked(&expand(&template, &mut seed));
        let mut words = title.split(' ');
        let (file, says) = (words.next().unwrap(), words.next().unwrap().trim_end_matches(':'));
        let source = Source::new(SourceKind::File, RepoPath::new(file));
        let found = engine.scan(&Fragment { source, bytes: Cow::Borrowed(text.as_bytes()) });
        for (start, end) in marks {
            let within = |f: &&stanch::finding::Finding| {
                f.location.bytes.start >= start && f.location.bytes.end <= end
            };
            let all: Vec<_> = found.iter().filter(within).map(|f| f.confidence).collect();
            let is_said = match says {
                "warns" => all.iter().max() == Some(&Confidence::Medium),
                "blocks" => all.iter().max() >= Some(&Confidence::High),
                _ => panic!("{title}"),
            };
            if !is_said {
                faults.push(format!("{title}: {all:?} for {:?}", &text[start..end]));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn an_engine_that_explains_finds_what_one_finds_that_does_not() {
    let [plain, explains] = [false, true]
        .map(|explain| Engine::new(&RuleSet::builtin(), Options { explain, ..Options::default() }));
    let mut seed = 1000;
    for table in ["found.txt", "commands.txt", "encoded.txt", "left_alone.txt", "quiet.txt", "warned.txt"] {
        for (title, template) in cases(table) {
            let (text, _) = unmarked(&expand(&template, &mut seed));
            let [plain, explained] = [&plain, &explains].map(|engine| {
                let file = RepoPath::new(title.split(' ').next().unwrap());
                let source = Source::new(SourceKind::File, file);
                let found = engine.scan(&Fragment { source, bytes: Cow::Borrowed(text.as_bytes()) });
                let found = found.into_iter().filter(|f| !f.is_only_explained());
                found.map(|f| (f.rule.id, f.location.bytes, f.confidence)).collect::<Vec<_>>()
            });
            assert_eq!(plain, explained, "{table}: {title}\n{text}");
        }
    }
}

#[test]
fn a_secret_is_found_in_every_setting() {
    check("found.txt");
}

#[test]
fn a_secret_on_a_command_line_is_found() {
    check("commands.txt");
}

#[test]
fn an_encoded_secret_is_found_where_it_stands() {
    check("encoded.txt");
}

#[test]
fn values_that_are_not_secrets_are_left_alone() {
    check("left_alone.txt");
}

#[test]
fn what_says_itself_that_it_is_not_a_secret_is_silent_and_its_neighbours_are_found() {
    check("quiet.txt");
}
