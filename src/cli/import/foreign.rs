//! Parses other tools' files of ignored secrets.
//!
//! They identify a secret by its place, by a hash of its value, or by the value itself; none has our fingerprints.
//! Formats as of gitleaks 8, detect-secrets 1.5, ggshield 1.x (both versions of its file) and talisman 1.3x.

use super::yaml::parse;
use crate::secret::Secret;
use serde_json::Value;
use yaml_rust2::Yaml;

/// What an entry refers to.
#[derive(Debug)]
pub(super) enum Pointer {
    /// A line of a file, possibly of one commit; `rule` is the other tool's name for what is there.
    Line { commit: Option<String>, path: String, line: u32, rule: String },
    /// A value in a file, by its SHA-1 in hex. `line` is where it was; `type_` the other tool's name for it.
    Sha1 { path: String, hash: String, line: u32, type_: String },
    /// A value anywhere, by the hash that ggshield computes from its parts.
    IgnoreSha(String),
    /// A value anywhere.
    Plain(Secret),
    /// A whole file, as long as it has this checksum.
    File { path: String, checksum: String },
}

/// An entry that may be imported.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its line in the file, or its number if lines are not known.
    pub(super) at: usize,
    pub(super) pointer: Pointer,
    /// The reason for our entry.
    pub(super) reason: String,
}

/// A parsed file.
#[derive(Debug, Default)]
pub(super) struct Foreign {
    pub(super) entries: Vec<Entry>,
    /// What has no equivalent here, each in a sentence.
    pub(super) left: Vec<String>,
}

/// Parses a file according to its name; an error says what is wrong.
pub(super) fn read(name: &str, text: &str) -> Result<Foreign, String> {
    match name {
        ".gitleaksignore" | ".betterleaksignore" => Ok(gitleaks(name, text)),
        ".secrets.baseline" => detect_secrets(name, text),
        ".gitguardian.yaml" | ".gitguardian.yml" => gitguardian(name, text),
        ".talismanrc" => talisman(name, text),
        _ if name.ends_with(".toml") => {
            Err(format!("holds rules, not ignored secrets: `stanch rules import {name}` takes them over"))
        }
        _ => {
            Err("is not one of .gitleaksignore, .secrets.baseline, .gitguardian.yaml, .talismanrc".to_owned())
        }
    }
}

/// Lines `[commit:]path:rule:line`; the path may contain colons.
fn gitleaks(name: &str, text: &str) -> Foreign {
    let mut out = Foreign::default();
    for (i, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut from_right = line.rsplitn(3, ':');
        let number = from_right.next().and_then(|n| n.trim().parse().ok());
        let (Some(number), Some(rule), Some(rest)) = (number, from_right.next(), from_right.next()) else {
            out.left.push(format!("line {}: not of the form [COMMIT:]PATH:RULE:LINE", i + 1));
            continue;
        };
        let is_id = |c: &str| matches!(c.len(), 40 | 64) && c.bytes().all(|b| b.is_ascii_hexdigit());
        let (commit, path) = match rest.split_once(':') {
            Some((commit, path)) if is_id(commit) => (Some(commit.to_owned()), path),
            _ => (None, rest),
        };
        let pointer = Pointer::Line { commit, path: path.to_owned(), line: number, rule: rule.to_owned() };
        out.entries.push(Entry { at: i + 1, pointer, reason: format!("ignored in {name}") });
    }
    out
}

/// JSON with `results`: lists of hashed values by path.
fn detect_secrets(name: &str, text: &str) -> Result<Foreign, String> {
    let json: Value = serde_json::from_str(text).map_err(|e| format!("line {}: not JSON", e.line()))?;
    let results = json.get("results").and_then(Value::as_object).ok_or("has no \"results\"")?;
    let mut out = Foreign::default();
    for (path, found) in results {
        for entry in found.as_array().into_iter().flatten() {
            let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let reason = match entry.get("is_secret").and_then(Value::as_bool) {
                Some(true) => format!("audited as a real secret in {name}: rotate it"),
                Some(false) => format!("audited as no secret in {name}"),
                None => format!("in {name}"),
            };
            let line = entry.get("line_number").and_then(Value::as_u64).unwrap_or(0) as u32;
            let pointer = Pointer::Sha1 {
                // The file may have been written on Windows.
                path: path.replace('\\', "/"),
                hash: text("hashed_secret").to_ascii_lowercase(),
                line,
                type_: text("type"),
            };
            out.entries.push(Entry { at: out.entries.len() + 1, pointer, reason });
        }
    }
    let filters = json.get("filters_used").and_then(Value::as_array).map_or(0, Vec::len);
    let plugins = json.get("plugins_used").and_then(Value::as_array).map_or(0, Vec::len);
    if filters + plugins > 0 {
        out.left.push(format!("{plugins} plugins and {filters} filters: rules here are set under [rules]"));
    }
    Ok(out)
}

/// YAML: `secret.ignored_matches` (version 2) or `matches-ignore` (version 1).
fn gitguardian(name: &str, text: &str) -> Result<Foreign, String> {
    let yaml = parse(text)?;
    let mut out = Foreign::default();
    let get = |of: &Yaml, key: &str| -> Yaml {
        let dashed = &of[key.replace('_', "-").as_str()];
        if dashed.is_badvalue() { of[key].clone() } else { dashed.clone() }
    };
    let secret = get(&yaml, "secret");
    for list in [get(&secret, "ignored_matches"), get(&yaml, "matches_ignore")] {
        for entry in list.as_vec().into_iter().flatten() {
            let (value, called) = match entry {
                Yaml::Hash(_) => (entry["match"].as_str(), entry["name"].as_str()),
                other => (other.as_str(), None),
            };
            let at = out.entries.len() + 1;
            let Some(value) = value.map(str::trim).filter(|v| !v.is_empty()) else {
                out.left.push(format!("entry {at}: has no match"));
                continue;
            };
            let is_hash = value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit());
            let pointer = match is_hash {
                true => Pointer::IgnoreSha(value.to_ascii_lowercase()),
                false => Pointer::Plain(Secret::new(value.as_bytes())),
            };
            let called = called.filter(|c| !c.trim().is_empty()).map_or(String::new(), |c| format!(": {c}"));
            out.entries.push(Entry { at, pointer, reason: format!("ignored in {name}{called}") });
        }
    }
    for (of, key) in [
        (&secret, "ignored_paths"),
        (&yaml, "paths_ignore"),
        (&secret, "ignored_detectors"),
        (&yaml, "banlisted_detectors"),
    ] {
        for entry in get(of, key).as_vec().into_iter().flatten().filter_map(Yaml::as_str) {
            out.left.push(match key.contains("path") {
                true => {
                    format!("path {entry:?}: as [[path]] with mode = \"skip\" and a reason, if it is wanted")
                }
                false => format!("detector {entry:?}: as enabled = false under [rules], if it is wanted"),
            });
        }
    }
    Ok(out)
}

/// YAML: `fileignoreconfig`, a list of files with a checksum.
fn talisman(name: &str, text: &str) -> Result<Foreign, String> {
    let yaml = parse(text)?;
    let mut out = Foreign::default();
    for (i, entry) in yaml["fileignoreconfig"].as_vec().into_iter().flatten().enumerate() {
        let Some(path) = entry["filename"].as_str() else {
            out.left.push(format!("entry {}: has no filename", i + 1));
            continue;
        };
        match entry["checksum"].as_str() {
            Some(checksum) => out.entries.push(Entry {
                at: i + 1,
                pointer: Pointer::File { path: path.to_owned(), checksum: checksum.to_ascii_lowercase() },
                reason: format!("file ignored in {name}"),
            }),
            None => out.left.push(format!(
                "entry {}: {path:?} without a checksum: as [[path]] with mode = \"skip\" and a reason, if it is wanted",
                i + 1
            )),
        }
    }
    let known = ["fileignoreconfig", "version"];
    for key in yaml.as_hash().into_iter().flat_map(|h| h.keys()).filter_map(Yaml::as_str) {
        if !known.contains(&key) {
            out.left.push(format!("{key}: has no counterpart in an allow entry"));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ignored_line_is_read_from_the_right_for_paths_have_colons() {
        let id = "a".repeat(40);
        let f = gitleaks("f", &format!("# x\n\n{id}:a:b.txt:aws-key:7\nc:d.txt:rule:1\nnonsense\n"));
        let Pointer::Line { commit, path, line, rule } = &f.entries[0].pointer else { panic!() };
        assert_eq!((commit.as_deref(), &**path, *line, &**rule), (Some(&*id), "a:b.txt", 7, "aws-key"));
        let Pointer::Line { commit, path, .. } = &f.entries[1].pointer else { panic!() };
        assert_eq!((commit, &**path), (&None, "c:d.txt"));
        assert_eq!(f.left, ["line 5: not of the form [COMMIT:]PATH:RULE:LINE"]);
    }

    #[test]
    fn both_versions_of_a_list_of_matches_are_read_and_paths_are_named_as_left() {
        let hash = "0a".repeat(32);
        let two = format!(
            "version: 2\nsecret:\n  ignored-matches:\n    - name: old\n      match: {hash}\n  ignored_paths: ['a/**']\n"
        );
        let f = gitguardian("f", &two).unwrap();
        assert!(matches!(&f.entries[0].pointer, Pointer::IgnoreSha(h) if *h == hash));
        assert_eq!(f.entries[0].reason, "ignored in f: old");
        assert!(f.left[0].contains("a/**"), "{:?}", f.left);
        let one = gitguardian("f", "matches-ignore:\n  - some value\n").unwrap();
        assert!(matches!(&one.entries[0].pointer, Pointer::Plain(_)));
    }

    #[test]
    fn what_cannot_be_read_is_said_with_its_line_and_without_its_text() {
        for name in [".secrets.baseline", ".gitguardian.yaml", ".talismanrc"] {
            let e = read(name, "{\n \"hunter2: [").unwrap_err();
            assert!(!e.contains("hunter2"), "{e}");
        }
    }
}
