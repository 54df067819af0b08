//! Parses gitleaks' configuration (version 8, and betterleaks' superset): its rules and allowlists.
//!
//! Every key is either used or reported: whatever remains of a table at the end has no equivalent here.

use std::collections::BTreeMap;
use toml::{Table, Value};

/// How many levels of extended configurations are read, as in gitleaks.
const DEPTH: u8 = 2;

/// A configuration, with those that it extends.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// In their order; a rule in an extending file overrides one with the same id.
    pub(super) rules: Vec<Rule>,
    pub(super) allow: Vec<Allow>,
    /// What has no equivalent: the item, and why.
    pub(super) left: Vec<(String, String)>,
}

/// A rule, as written.
#[derive(Debug, Clone, Default)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) description: Option<String>,
    pub(super) regex: Option<String>,
    pub(super) path: Option<String>,
    pub(super) group: usize,
    pub(super) entropy: f64,
    pub(super) keywords: Vec<String>,
    pub(super) allow: Vec<Allow>,
    pub(super) filter: Option<String>,
    /// True if it is reported only together with another rule.
    pub(super) has_required: bool,
    /// True if it is never reported by itself.
    pub(super) helper: bool,
}

/// An allowlist.
#[derive(Debug, Clone, Default)]
pub(super) struct Allow {
    pub(super) description: Option<String>,
    /// True if all criteria must hold, false if one is enough.
    pub(super) all: bool,
    pub(super) target: Target,
    pub(super) regexes: Vec<String>,
    pub(super) paths: Vec<String>,
    pub(super) words: Vec<String>,
    pub(super) commits: Vec<String>,
    /// Only for these rules.
    pub(super) rules: Vec<String>,
}

/// What an allowlist's patterns are matched against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Target {
    #[default]
    Secret,
    Match,
    Line,
}

/// Parses a configuration; `open` reads one that it extends, by its path.
pub(super) fn read(text: &str, open: &dyn Fn(&str) -> Result<String, String>) -> Result<Config, String> {
    let mut config = Config::default();
    add(text, open, DEPTH, &mut config)?;
    if config.rules.is_empty() && config.allow.is_empty() && config.left.is_empty() {
        return Err("has neither [[rules]] nor [[allowlists]]: it is no configuration of gitleaks".to_owned());
    }
    Ok(config)
}

fn add(
    text: &str,
    open: &dyn Fn(&str) -> Result<String, String>,
    depth: u8,
    out: &mut Config,
) -> Result<(), String> {
    let table: Table = toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(1, |s| 1 + text[..s.start.min(text.len())].matches('\n').count());
        format!("line {line}: not TOML")
    })?;
    let mut table = lowered(table);
    if let Some(mut extend) = table_of(&mut table, "extend") {
        extended(&mut extend, open, depth, out)?;
    }
    for key in ["title", "description", "minversion", "betterleaksminversion"] {
        table.remove(key);
    }
    for key in ["prefilter", "filter"] {
        if table.remove(key).is_some() {
            out.left.push((format!("the global {key}"), "an expression over commits and files".to_owned()));
        }
    }
    for rule in tables(&mut table, "rules") {
        let rule = self::rule(rule, &mut out.left);
        match out.rules.iter_mut().find(|r| r.id == rule.id) {
            Some(base) => base.lay(rule),
            None => out.rules.push(rule),
        }
    }
    let lists = tables(&mut table, "allowlists").into_iter().chain(table_of(&mut table, "allowlist"));
    for list in lists {
        let list = allow(list, "a global allowlist", &mut out.left);
        out.allow.push(list);
    }
    describe(&table, "the file", &mut out.left);
    Ok(())
}

fn extended(
    extend: &mut Table,
    open: &dyn Fn(&str) -> Result<String, String>,
    depth: u8,
    out: &mut Config,
) -> Result<(), String> {
    if extend.remove("usedefault").and_then(|v| v.as_bool()) == Some(true) {
        let why = "stanch's own rules stand in their place, and are always in force";
        out.left.push(("[extend] useDefault".to_owned(), why.to_owned()));
    }
    if let Some(path) = text(extend, "path").filter(|p| !p.is_empty()) {
        match (depth, open(&path)) {
            (0, _) => out.left.push((format!("[extend] path {path}"), "too deep a chain".to_owned())),
            (_, Ok(text)) => add(&text, open, depth - 1, out).map_err(|e| format!("extends {path}: {e}"))?,
            (_, Err(why)) => out.left.push((format!("[extend] path {path}"), why)),
        }
    }
    for id in strings(extend, "disabledrules") {
        let before = out.rules.len();
        out.rules.retain(|r| r.id != id);
        if out.rules.len() == before {
            let why = "a rule of gitleaks' own; `stanch rules list` has the one here, if any: enabled = false under \
                       its [rules.ID] in .stanch.toml switches it off";
            out.left.push((format!("disabledRules {id}"), why.to_owned()));
        }
    }
    describe(extend, "[extend]", &mut out.left);
    Ok(())
}

impl Rule {
    /// Overrides this rule with one of the same id.
    fn lay(&mut self, over: Rule) {
        self.description = over.description.or(self.description.take());
        self.regex = over.regex.or(self.regex.take());
        self.path = over.path.or(self.path.take());
        self.filter = over.filter.or(self.filter.take());
        if over.group > 0 {
            self.group = over.group;
        }
        if over.entropy > 0.0 {
            self.entropy = over.entropy;
        }
        self.keywords.extend(over.keywords);
        self.allow.extend(over.allow);
        self.has_required |= over.has_required;
        self.helper |= over.helper;
    }
}

fn rule(mut t: Table, left: &mut Vec<(String, String)>) -> Rule {
    let id = text(&mut t, "id").unwrap_or_default();
    let item = format!("rule {id}");
    let number = |v: Option<Value>| v.and_then(|v| v.as_float().or(v.as_integer().map(|i| i as f64)));
    let lists: Vec<Table> =
        tables(&mut t, "allowlists").into_iter().chain(table_of(&mut t, "allowlist")).collect();
    let rule = Rule {
        description: text(&mut t, "description"),
        regex: text(&mut t, "regex").filter(|r| !r.is_empty()),
        path: text(&mut t, "path").filter(|p| !p.is_empty()),
        group: number(t.remove("secretgroup")).unwrap_or(0.0) as usize,
        entropy: number(t.remove("entropy")).unwrap_or(0.0),
        keywords: strings(&mut t, "keywords"),
        allow: lists.into_iter().map(|list| allow(list, &item, left)).collect(),
        filter: text(&mut t, "filter").filter(|f| !f.trim().is_empty()),
        has_required: !tables(&mut t, "required").is_empty(),
        helper: t.remove("skipreport").and_then(|v| v.as_bool()) == Some(true),
        id,
    };
    describe(&t, &item, left);
    rule
}

fn allow(mut t: Table, item: &str, left: &mut Vec<(String, String)>) -> Allow {
    let condition = text(&mut t, "condition").unwrap_or_default().to_ascii_uppercase();
    let target = text(&mut t, "regextarget").unwrap_or_default();
    let list = Allow {
        description: text(&mut t, "description").filter(|d| !d.trim().is_empty()),
        all: matches!(&*condition, "AND" | "&&"),
        target: match &*target {
            "match" => Target::Match,
            "line" => Target::Line,
            _ => Target::Secret,
        },
        regexes: strings(&mut t, "regexes"),
        paths: strings(&mut t, "paths"),
        words: strings(&mut t, "stopwords"),
        commits: strings(&mut t, "commits"),
        rules: strings(&mut t, "targetrules"),
    };
    describe(&t, &format!("{item}, its allowlist"), left);
    list
}

/// Reports every key that was not used.
fn describe(table: &Table, item: &str, left: &mut Vec<(String, String)>) {
    for key in table.keys() {
        let why = match key.as_str() {
            "validate" => "validate: nothing here asks the provider",
            "tags" => "tags: rules here have none",
            "tokenefficiency" => "tokenEfficiency: what looks like words is judged here by stanch itself",
            "specificity" => "specificity: `supersedes` says which rule gives way",
            other => &format!("the key {other} is not known here"),
        };
        left.push((item.to_owned(), why.to_owned()));
    }
}

/// Makes keys lower case: there they may have any case.
fn lowered(table: Table) -> Table {
    fn value(v: Value) -> Value {
        match v {
            Value::Table(t) => Value::Table(lowered(t)),
            Value::Array(list) => Value::Array(list.into_iter().map(value).collect()),
            other => other,
        }
    }
    table.into_iter().map(|(k, v)| (k.to_ascii_lowercase(), value(v))).collect()
}

fn text(t: &mut Table, key: &str) -> Option<String> {
    match t.remove(key)? {
        Value::String(s) => Some(s),
        _ => None,
    }
}

fn strings(t: &mut Table, key: &str) -> Vec<String> {
    match t.remove(key) {
        Some(Value::Array(list)) => list.into_iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
        Some(Value::String(one)) => vec![one],
        _ => Vec::new(),
    }
}

fn table_of(t: &mut Table, key: &str) -> Option<Table> {
    match t.remove(key)? {
        Value::Table(t) => Some(t),
        other => {
            t.insert(key.to_owned(), other);
            None
        }
    }
}

fn tables(t: &mut Table, key: &str) -> Vec<Table> {
    match t.remove(key) {
        Some(Value::Array(list)) => list
            .into_iter()
            .filter_map(|v| match v {
                Value::Table(t) => Some(t),
                _ => None,
            })
            .collect(),
        Some(Value::Table(one)) => vec![one],
        _ => Vec::new(),
    }
}

/// Groups items by reason.
pub(super) fn by_reason(left: Vec<(String, String)>) -> Vec<(String, Vec<String>)> {
    let mut order: Vec<(String, Vec<String>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (item, why) in left {
        let at = *places.entry(why.clone()).or_insert_with(|| {
            order.push((why, Vec::new()));
            order.len() - 1
        });
        order[at].1.push(item);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_a_base_are_laid_over_or_disabled_and_what_is_not_known_is_reported() {
        let base = "[[rules]]\nid='a'\nregex='x'\nentropy=2\nkeywords=['k']\n[[rules]]\nid='b'\nregex='y'\n";
        let text = "[extend]\npath='base.toml'\ndisabledRules=['b','z']\n[[rules]]\nid='a'\nsecretGroup=1\n\
                    tags=['t']\n[rules.allowlist]\nstopwords=['w']\n[allowlist]\nregexTarget='line'\nregexes=['q']\n";
        let c =
            read(text, &|path| if path == "base.toml" { Ok(base.into()) } else { Err("?".into()) }).unwrap();
        assert_eq!(c.rules.len(), 1);
        let a = &c.rules[0];
        assert_eq!((a.regex.as_deref(), a.group, a.entropy), (Some("x"), 1, 2.0));
        assert_eq!(a.allow[0].words, ["w"]);
        assert_eq!((c.allow[0].target, c.allow[0].regexes.len()), (Target::Line, 1));
        let told: Vec<String> = c.left.iter().map(|(i, w)| format!("{i}: {w}")).collect();
        assert!(told[0].starts_with("disabledRules z:") && told[1].starts_with("rule a: tags:"), "{told:?}");
        assert!(read("a = 1\n", &|_| Err(String::new())).is_ok_and(|c| c.left.len() == 1));
        assert!(read("", &|_| Err(String::new())).is_err());
        assert_eq!(read("a = \n", &|_| Err(String::new())).unwrap_err(), "line 1: not TOML");
    }
}
