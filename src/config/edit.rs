//! Writes allow entries into a configuration file; the rest of the file stays byte for byte the same.
//!
//! Entries are one line each and sorted, so that two branches that add one each merge without a conflict in most
//! cases, and with an obvious one otherwise.

use super::parse::ConfigError;
use std::collections::BTreeMap;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Value};

/// An entry to write.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "as in file::Allow")]
pub struct NewAllow {
    pub fingerprint: Option<String>,
    pub blob: Option<String>,
    pub regex: Option<String>,
    pub path: Option<String>,
    pub rule: Option<String>,
    pub reason: String,
    pub who: Option<String>,
    pub expires: Option<String>,
}

impl NewAllow {
    /// Returns whether it is about one secret or one content: such an entry can stand in a line of its own.
    pub fn is_single(&self) -> bool {
        (self.fingerprint.is_some() || self.blob.is_some()) && self.path.is_none() && self.regex.is_none()
    }
}

/// Returns the file's text with the entries added. An entry with the same fingerprint, blob, regex, rule and path
/// is replaced.
///
/// # Errors
/// If the text is not TOML, or its `allow` is not a list.
pub fn add_allow(text: &str, name: &str, entries: &[NewAllow]) -> Result<String, ConfigError> {
    let (mut doc, mut all) = take_all(text, name)?;
    for entry in entries {
        all.push(table(entry)?);
    }
    // Of two with one key the later one stays.
    let all: BTreeMap<Vec<String>, InlineTable> = all.into_iter().map(|t| (key(&t), t)).collect();
    Ok(with_list(&mut doc, all.into_values()))
}

/// The text of a file without the entries for one secret or content each, and those entries.
///
/// # Errors
/// As [`add_allow`].
pub fn take_single(text: &str, name: &str) -> Result<(String, Vec<NewAllow>), ConfigError> {
    let (mut doc, all) = take_all(text, name)?;
    let read = |t: &InlineTable| {
        let get = |key: &str| t.get(key).and_then(Value::as_str).map(str::to_owned);
        NewAllow {
            fingerprint: get("fingerprint"),
            blob: get("blob"),
            regex: get("regex"),
            path: get("path"),
            rule: get("rule"),
            reason: get("reason").unwrap_or_default(),
            who: get("who"),
            expires: t.get("expires").and_then(Value::as_datetime).map(ToString::to_string),
        }
    };
    let (single, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|t| read(t).is_single());
    let text = if others.is_empty() { doc.to_string() } else { with_list(&mut doc, others.into_iter()) };
    Ok((text, single.iter().map(read).collect()))
}

/// The file without its entries, and the entries.
fn take_all(text: &str, name: &str) -> Result<(DocumentMut, Vec<InlineTable>), ConfigError> {
    let fail = |what: &str| ConfigError { file: name.to_owned(), line: 0, what: what.to_owned() };
    let mut doc: DocumentMut = text.parse().map_err(|_| fail("is not TOML; fix it first"))?;
    let all = match doc.remove("allow") {
        None => Vec::new(),
        Some(Item::Value(Value::Array(list))) => {
            list.into_iter().filter_map(|v| v.as_inline_table().cloned()).collect()
        }
        Some(Item::ArrayOfTables(tables)) => {
            tables.into_iter().map(toml_edit::Table::into_inline_table).collect()
        }
        Some(_) => return Err(fail("`allow` is not a list of entries")),
    };
    Ok((doc, all))
}

/// The file with these entries, one a line.
fn with_list(doc: &mut DocumentMut, all: impl Iterator<Item = InlineTable>) -> String {
    let mut list = Array::new();
    for mut table in all {
        table.fmt();
        let mut value = Value::InlineTable(table);
        value.decor_mut().set_prefix("\n  ");
        list.push_formatted(value);
    }
    list.set_trailing("\n");
    list.set_trailing_comma(true);
    // Top-level keys must be before the first table.
    let mut out = DocumentMut::new();
    out.insert("allow", Item::Value(Value::Array(list)));
    let rest = doc.to_string();
    let (head, tail) = split_before_tables(&rest);
    format!("{head}{out}{tail}")
}

/// The part with top-level keys, and the part from the first table on, with the comments directly above it.
fn split_before_tables(text: &str) -> (&str, &str) {
    let mut offset = 0;
    let mut cut = text.len();
    let mut comment_start = None;
    for line in text.split_inclusive('\n') {
        let t = line.trim_start();
        if t.starts_with('[') && is_header(t) {
            cut = comment_start.unwrap_or(offset);
            break;
        }
        match t.starts_with('#') || t.trim().is_empty() {
            true => comment_start = comment_start.or(Some(offset)),
            false => comment_start = None,
        }
        offset += line.len();
    }
    text.split_at(cut)
}

/// Returns whether a line is a table header, not part of a multi-line array.
fn is_header(line: &str) -> bool {
    let inner = line.split('#').next().unwrap_or_default().trim();
    inner.ends_with(']') && !inner.contains(',') && !inner.contains('{')
}

fn table(e: &NewAllow) -> Result<InlineTable, ConfigError> {
    let mut t = InlineTable::new();
    let fields = [
        ("fingerprint", &e.fingerprint),
        ("blob", &e.blob),
        ("regex", &e.regex),
        ("rule", &e.rule),
        ("path", &e.path),
        ("reason", &Some(e.reason.clone())),
        ("who", &e.who),
    ];
    for (name, value) in fields {
        if let Some(v) = value {
            t.insert(name, v.as_str().into());
        }
    }
    if let Some(date) = &e.expires {
        let date: toml_edit::Datetime = date.parse().map_err(|_| ConfigError {
            file: "--expires".to_owned(),
            line: 0,
            what: "is no date; write 2026-12-31".to_owned(),
        })?;
        t.insert("expires", date.into());
    }
    Ok(t)
}

/// The sort key, which also tells whether two entries are the same.
fn key(t: &InlineTable) -> Vec<String> {
    ["fingerprint", "blob", "regex", "rule", "path"]
        .iter()
        .map(|k| t.get(k).and_then(Value::as_str).unwrap_or_default().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Layer};

    fn entry(fp: &str) -> NewAllow {
        NewAllow {
            fingerprint: Some(fp.repeat(20)),
            rule: Some("klaviyo-private-api-key".into()),
            reason: "a \"fixture\"".into(),
            expires: Some("2031-01-02".into()),
            ..NewAllow::default()
        }
    }

    fn read(text: &str) -> Config {
        let mut c = Config::default();
        c.lay(Layer::Repository, text, "t").unwrap_or_else(|e| panic!("{e}\n{text}"));
        c
    }

    #[test]
    fn entries_stand_one_a_line_sorted_before_the_tables_and_the_rest_stays() {
        let before = "# ours\ncontact = \"x\"\n\n# how strict\n[block]\nseverity = \"high\" # why\n";
        let one = add_allow(before, "t", &[entry("b")]).unwrap();
        let two = add_allow(&one, "t", &[entry("a")]).unwrap();
        assert_eq!(read(&two).allow.len(), 2);
        assert!(two.starts_with("# ours\ncontact = \"x\"\n"));
        assert!(two.ends_with("\n# how strict\n[block]\nseverity = \"high\" # why\n"), "{two}");
        let lines: Vec<&str> = two.lines().filter(|l| l.starts_with("  {")).collect();
        assert_eq!(lines.len(), 2);
        assert!(lines.is_sorted(), "{two}");
    }

    #[test]
    fn the_same_entry_is_replaced_and_tables_of_the_other_form_are_taken_over() {
        let text = format!(
            "[[allow]]\nfingerprint = '{}'\nreason = 'old'\n[limits]\nmax_blob_mb = 3\n",
            "c".repeat(20)
        );
        let new = add_allow(&text, "t", &[entry("d"), entry("d")]).unwrap();
        assert_eq!(read(&new).allow.len(), 2);
        assert_eq!(read(&new).max_blob_mb.value, 3);
    }

    #[test]
    fn an_empty_file_gets_its_first_entry() {
        assert_eq!(read(&add_allow("", "t", &[entry("e")]).unwrap()).allow.len(), 1);
    }
}
