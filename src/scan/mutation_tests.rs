//! The engine and its parsers on text that is broken in a few places: every rule's examples, PEM blocks, tokens and
//! URLs, in several encodings.

use super::{Engine, Fragment, Options, template};
use crate::finding::{Finding, RepoPath, Source, SourceKind};
use crate::reader::ReaderKind;
use crate::rules::spec::FileSpec;
use crate::rules::{RuleSet, Validator};
use crate::test_support::{Dice, breaks, cases, each};
use crate::text::copies::{Copied, Former};
use crate::text::encoding;
use crate::validate;

/// The catalogue's files, as text.
fn catalogue() -> Vec<Vec<u8>> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules/catalogue");
    let files = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
    let mut paths: Vec<_> = files.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    paths.sort();
    paths.iter().map(|p| std::fs::read(p).unwrap()).collect()
}

/// Every rule's examples, expanded.
fn examples() -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for file in catalogue() {
        let file: FileSpec = toml::from_str(&String::from_utf8(file).unwrap()).unwrap();
        for text in file.rules.iter().flat_map(|r| r.examples.iter().chain(&r.negative_examples)) {
            out.push(template::expand(text, out.len() as u64).unwrap().into_bytes());
        }
    }
    out
}

/// The text, sometimes in another encoding.
fn wrapped(text: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    let lossy = || String::from_utf8_lossy(&text).into_owned();
    match dice.below(12) {
        0 => lossy().encode_utf16().flat_map(u16::to_le_bytes).collect(),
        1 => [0xfe, 0xff].into_iter().chain(lossy().encode_utf16().flat_map(u16::to_be_bytes)).collect(),
        2 => data_encoding::BASE64.encode(&text).into_bytes(),
        3 => data_encoding::HEXLOWER.encode(&text).into_bytes(),
        4 => lossy().replace('=', "%3D").replace('"', "\\u0022").replace('-', "&#45;").into_bytes(),
        5 => serde_json::to_vec(&lossy()).unwrap(),
        _ => text,
    }
}

/// Everything about a finding except its value.
fn shown(f: &Finding) -> String {
    let Finding { rule, location, severity, confidence, evidence, fingerprint, name, pair, score, .. } = f;
    let pair = pair.as_ref().map(|p| format!("{p:?}"));
    let id = rule.id;
    format!(
        "{id} {location:?} {severity:?} {confidence:?} {evidence:?} {fingerprint:?} {name:?} {pair:?} {score:?}"
    )
}

#[test]
fn a_broken_text_is_scanned_alike_by_both_readers_and_every_finding_lies_in_it() {
    let engines = [(1, false), (2, true)].map(|(decode_depth, explain)| {
        [ReaderKind::Fast, ReaderKind::Plain].map(|reader| {
            let options = Options { decode_depth, explain, reader, ..Options::default() };
            Engine::new(&RuleSet::builtin(), options)
        })
    });
    let valid = examples();
    let paths = [
        "a.py", "a.js", "a.yml", ".env", "a.tfvars", "a.json", "a.xml", "a.sh", "a.md", "a", ".netrc",
        "a.java",
    ];
    cases("texts", 400, |dice| {
        let mut text = Vec::new();
        for _ in 0..1 + dice.below(3) {
            text.extend(&valid[dice.below(valid.len())]);
            text.push(b'\n');
        }
        breaks(&mut text, &valid[dice.below(valid.len())], dice);
        let text = wrapped(text, dice);
        let source = Source::new(SourceKind::File, RepoPath::new(paths[dice.below(paths.len())]));
        let length = encoding::decode(&text).0.len();
        let fragment = Fragment { source, bytes: text.into() };
        let [fast, plain] = &engines[dice.below(engines.len())];
        let [found, same] = [fast, plain].map(|engine| engine.scan(&fragment));
        assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), same.iter().map(shown).collect::<Vec<_>>());
        for finding in found {
            let at = &finding.location;
            assert!(at.bytes.start < at.bytes.end && at.bytes.end <= length, "{}: {at:?}", finding.rule.id);
            assert!((at.line, at.column) <= (at.end_line, at.end_column), "{}: {at:?}", finding.rule.id);
        }
    });
}

/// Lines of no interest, and some that what follows them may depend on.
const FILLER: [&str; 16] = [
    "    let total = list.iter().map(|item| item.size).sum();",
    "the quick brown fox jumps over the lazy dog, and so on",
    "",
    "}",
    "\"\"\"",
    "'''",
    "settings:",
    "  encrypted:",
    "  - name: plain",
    "# an example follows",
    "<server>",
    "login",
    "secrets = [",
    "| a | b |",
    "-----BEGIN CERTIFICATE-----",
    "MIIBszCCAVmgAwIBAgIUQ0d3T1Z5bWFrZXVwdGhpc2lzbm90YWNlcnRpZmljYXRl",
];

/// A text of filler and examples that are clean, and a later version with the stretches that it took over.
fn versions(
    valid: &[Vec<u8>],
    is_clean: &dyn Fn(&[u8]) -> bool,
    dice: &mut Dice,
) -> (Vec<u8>, Vec<u8>, Vec<Copied>) {
    let line =
        |dice: &mut Dice| format!("{}\n", FILLER[dice.below(FILLER.len()) * dice.below(2)]).into_bytes();
    let mut lines: Vec<Vec<u8>> = Vec::new();
    for _ in 0..1 + dice.below(3) {
        lines.extend((0..dice.below(160)).map(|_| line(dice)));
        // An example as it is, or without one of its lines, or with a line in between.
        let example = &valid[dice.below(valid.len())];
        let mut parts: Vec<Vec<u8>> = example.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
        match dice.below(3) {
            0 if !parts.is_empty() => drop(parts.remove(dice.below(parts.len()))),
            1 => parts.insert(dice.below(parts.len() + 1), line(dice)),
            _ => {}
        }
        parts.push(b"\n".to_vec());
        if is_clean(&parts.concat()) {
            lines.extend(parts);
        }
    }
    lines.extend((0..dice.below(160)).map(|_| line(dice)));
    let (mut text, mut copies, mut from, mut at) = (Vec::new(), Vec::new(), 0, 0);
    for _ in 0..1 + dice.below(3) {
        let to = at + dice.below(lines.len() - at + 1);
        let kept = lines[at..to].concat();
        copies.push(Copied { from, to: text.len()..text.len() + kept.len() });
        from += kept.len();
        text.extend(kept);
        match dice.below(3) {
            0 => text.extend(&valid[dice.below(valid.len())]),
            1 => text.extend(line(dice)),
            _ => {}
        }
        at = to + dice.below(3).min(lines.len() - to);
        from += lines[to..at].concat().len();
    }
    let kept = lines[at..].concat();
    copies.push(Copied { from, to: text.len()..text.len() + kept.len() });
    text.extend(kept);
    copies.retain(|c| !c.to.is_empty());
    (lines.concat(), text, copies)
}

#[test]
fn what_changed_since_a_clean_version_is_found_as_in_the_whole() {
    let engine = Engine::new(&RuleSet::builtin(), Options::default());
    let valid = examples();
    let paths =
        ["a.py", "a.js", "a.yml", "a.rs", "a.json", "a.xml", "a.sh", "a.md", "a", "a.tf", "a.go", "a.rb"];
    let (mut by_changes, mut found) = (0, 0);
    cases("versions", 600, |dice| {
        let source = Source::new(SourceKind::Commit, RepoPath::new(paths[dice.below(paths.len())]));
        let of = |bytes: &[u8]| Fragment { source: source.clone(), bytes: bytes.to_vec().into() };
        let is_clean = |bytes: &[u8]| engine.scan(&of(bytes)).is_empty();
        let (former, text, copies) = versions(&valid, &is_clean, dice);
        let (former, later) = (of(&former), of(&text));
        if !engine.is_near(&former) || !engine.scan(&former).is_empty() {
            return;
        }
        let former = Former { bytes: &former.bytes, copies: &copies };
        let Some(changes) = engine.scan_changes(&later, former) else { return };
        let whole = engine.scan(&later);
        by_changes += 1;
        found += whole.len();
        let all = |list: &[Finding]| list.iter().map(shown).collect::<Vec<_>>();
        let told = || {
            let [former, later] = [former.bytes, &*later.bytes].map(String::from_utf8_lossy);
            format!("{}\n{former}\n=====\n{later}", later.len())
        };
        assert_eq!(all(&changes.findings), all(&whole), "{}", told());
    });
    assert!(by_changes > 60 && found > 20, "{by_changes} versions, {found} findings");
}

#[test]
fn a_broken_value_is_checked_by_every_family() {
    let kinds = ["rsa", "pkcs8", "ec", "ed25519", "openssh", "encrypted", "putty", "pgp", "json"];
    cases("values", 400, |dice| {
        let validator = Validator::ALL[dice.below(Validator::ALL.len())];
        let seed = dice.below(1 << 20) as u64;
        let mut random = template::Random::new(seed);
        // Half of them private keys, which have the most to parse.
        let (validator, argument) = if dice.below(2) == 0 {
            (Validator::PrivateKey, kinds[dice.below(kinds.len())])
        } else {
            (validator, "")
        };
        let forged =
            validate::forge(validator, argument, &mut || random.draw()).unwrap_or_default().into_bytes();
        let mut broken = forged.clone();
        breaks(&mut broken, &forged, dice);
        // As they are, and inside the armour, where a length in DER or in OpenSSH's format is wrong.
        let _ = validate::check(validator, &broken, &forged);
        let _ = validate::check(validator, &forged, &broken);
        let text = String::from_utf8_lossy(&forged);
        let (head, body, tail) = match text.match_indices('\n').map(|(i, _)| i + 1).collect::<Vec<_>>()[..] {
            [first, .., last] if first < last => (&text[..first], &text[first..last], &text[last..]),
            _ => return,
        };
        let body: String = body.split_whitespace().collect();
        if let Ok(mut inner) = data_encoding::BASE64.decode(body.as_bytes()) {
            let whole = inner.clone();
            breaks(&mut inner, &whole, dice);
            let armour = format!("{head}{}\n{tail}", data_encoding::BASE64.encode(&inner));
            let _ = validate::check(validator, armour.as_bytes(), armour.as_bytes());
        }
    });
}

#[test]
fn a_broken_file_of_own_rules_is_refused_or_scans() {
    let valid = catalogue();
    let text = examples().concat();
    each("own rules", 20, &valid, |bytes| {
        let mut rules = RuleSet::empty();
        if rules.add_toml(&String::from_utf8_lossy(bytes)).is_ok() {
            let source = Source::new(SourceKind::Stdin, RepoPath::new(""));
            let bytes = text[..text.len().min(4 << 10)].into();
            drop(Engine::new(&rules, Options::default()).scan(&Fragment { source, bytes }));
        }
    });
}

#[test]
fn a_broken_example_is_refused_or_expanded() {
    let forms = ["a${base62:20}b${hex-lower:3-9}c", "${seal:github-crc32:ghp_}", "${b64{user:${base62:12}}}"];
    let valid: Vec<Vec<u8>> = forms.iter().map(|f| f.as_bytes().to_vec()).collect();
    each("examples", 500, &valid, |bytes| {
        let _ = template::expand(&String::from_utf8_lossy(bytes), 1);
    });
}
