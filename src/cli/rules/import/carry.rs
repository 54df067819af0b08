//! Converts foreign rules: each becomes one of our rules in TOML, or a reason why it cannot.

use super::gitleaks::{Allow, Config, Rule, Target};
use super::{filter, go};
use crate::finding::printable;
use crate::rules::spec::ExceptSpec;
use crate::rules::{self, RuleSet, SecretKind, literals};
use std::collections::HashSet;
use std::fmt::Write;

/// The result of converting a configuration.
#[derive(Debug, Default)]
pub(super) struct Carried {
    /// The converted rules, each as a text of its own.
    pub(super) rules: Vec<CarriedRule>,
    /// File-wide exceptions, path rules and allow entries.
    pub(super) general: String,
    /// What is not converted, or only in part: the item, and why.
    pub(super) left: Vec<(String, String)>,
    /// How many rules there were.
    pub(super) of: usize,
}

/// A converted rule.
#[derive(Debug)]
pub(super) struct CarriedRule {
    pub(super) id: String,
    pub(super) pattern: String,
    pub(super) path: Option<String>,
    pub(super) keywords: Vec<String>,
    /// True if a keyword may be anywhere in the file.
    pub(super) far: bool,
    /// The table's start; examples go between it and the rest.
    pub(super) head: String,
    pub(super) tail: String,
}

/// Converts a configuration; `name` is its file's name.
pub(super) fn carry(config: Config, name: &str) -> Carried {
    let known = RuleSet::builtin();
    let mut out = Carried { left: config.left, of: config.rules.len(), ..Carried::default() };
    let mut taken: HashSet<String> = HashSet::new();
    let (targeted, global): (Vec<Allow>, Vec<Allow>) =
        config.allow.into_iter().partition(|l| !l.rules.is_empty());
    for mut rule in config.rules {
        rule.allow.extend(targeted.iter().filter(|l| l.rules.contains(&rule.id)).cloned());
        let wanted = slug(&rule.id);
        let mut id = wanted.clone();
        // A name that is taken gets the tool's name as prefix, and a number if that is taken too.
        let mut n = 1;
        while known.get(&id).is_some() || !taken.insert(id.clone()) {
            id = if n == 1 { format!("gitleaks-{wanted}") } else { format!("gitleaks-{wanted}-{n}") };
            n += 1;
        }
        match self::rule(&rule, &id, &mut out.left) {
            Ok(carried) => {
                if id != rule.id {
                    let why = "carried under this id: the other is a built-in rule's, or taken, or has other \
                               characters than a-z, 0-9 and -";
                    out.left.push((format!("rule {} as {id}", rule.id), why.to_owned()));
                }
                out.rules.push(carried);
            }
            Err(why) => out.left.push((format!("rule {}", rule.id), why)),
        }
    }
    for list in &global {
        self::global(list, name, &mut out);
    }
    out
}

/// Lower case with dashes.
fn slug(id: &str) -> String {
    let plain: String =
        id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let parts: Vec<&str> = plain.split('-').filter(|p| !p.is_empty()).collect();
    if parts.is_empty() { "rule".to_owned() } else { parts.join("-") }
}

fn rule(rule: &Rule, id: &str, left: &mut Vec<(String, String)>) -> Result<CarriedRule, String> {
    if rule.helper {
        return Err("reports nothing by itself: other rules ask for it (skipReport)".to_owned());
    }
    let Some(regex) = &rule.regex else {
        return Err(match &rule.path {
            Some(_) => {
                "is about a file's name alone: `[rule.file]` knows files by name and by what they hold, and \
                        built-in rules know the usual ones"
                    .to_owned()
            }
            None => "has no pattern: it adds to a rule of gitleaks' own".to_owned(),
        });
    };
    let item = format!("rule {}", rule.id);
    let pattern = go::with_secret(regex, rule.group)?;
    let path = rule.path.as_deref().map(go::plain).transpose().map_err(|e| format!("path: {e}"))?;
    let (keywords, window) = keywords(rule, &pattern);
    let mut excepts = Vec::new();
    for list in &rule.allow {
        excepts.extend(self::excepts(list, &item, left));
    }
    let mut entropy = rule.entropy;
    if let Some(text) = &rule.filter {
        let filter = filter::read(text, &|list| joined(list, &item, &mut Vec::new()).ok_or_else(String::new));
        entropy = filter.entropy.unwrap_or(entropy);
        excepts.extend(filter.except);
        if !filter.left.is_empty() {
            let why =
                "carried, but for terms of its filter that have no counterpart: it finds more than there";
            left.push((format!("{item} ({} terms)", filter.left.len()), why.to_owned()));
        }
    }
    if rule.has_required {
        left.push((
            item,
            "carried, but for `required`: it is found without the others, and so with confidence medium, which warns"
                .to_owned(),
        ));
    }
    let sure = if rule.has_required || id.contains("generic") { "medium" } else { "high" };
    let name = name(rule, id);
    let mut text = format!("[[rule]]\nid = {}\nname = {}\n", quoted(id), quoted(&name));
    let kind = kind(id);
    let _ =
        writeln!(text, "kind = {}\nseverity = \"high\"\nconfidence = {}", quoted(kind.slug()), quoted(sure));
    if !keywords.is_empty() {
        let _ = writeln!(text, "keywords = {}", list(&keywords));
    }
    if window == "file" {
        text.push_str("window = \"file\"\n");
    }
    let _ = writeln!(text, "regex = {}", quoted(&pattern));
    if entropy > 0.0 {
        let _ = writeln!(text, "entropy = {entropy:?}");
    }
    if let Some(path) = &path {
        let _ = writeln!(text, "path = {}", quoted(path));
    }
    let mut tail = String::new();
    if let Some(notes) = rule.description.as_ref().filter(|d| !d.trim().is_empty() && **d != name) {
        let _ = writeln!(tail, "[rule.remediation]\nnotes = {}", quoted(&printable(notes.as_bytes())));
    }
    excepts.iter().for_each(|e| except(e, "rule.except", &mut tail));
    Ok(CarriedRule { id: id.to_owned(), pattern, path, keywords, far: window == "file", head: text, tail })
}

/// The keywords, and the window that may contain them. There a keyword may be anywhere in the file; here it must be
/// on the line of the match, unless the window is the whole file.
fn keywords(rule: &Rule, pattern: &str) -> (Vec<String>, &'static str) {
    let theirs: Vec<String> = rule.keywords.iter().map(|k| k.to_ascii_lowercase()).collect();
    let usable = |k: &String| k.len() >= 3 && k.bytes().all(|b| (0x20..0x7f).contains(&b));
    let lines = if go::spans_lines(pattern) { "file" } else { "line" };
    let sets = literals::parse(pattern).map(|hir| literals::required(&hir)).unwrap_or_default();
    let has_one = |s: &Vec<u8>| theirs.iter().any(|k| memchr::memmem::find(s, k.as_bytes()).is_some());
    let implied = sets.iter().any(|set| set.iter().all(has_one));
    let all_usable = !theirs.is_empty() && theirs.iter().all(usable);
    if all_usable {
        return (theirs, if implied { lines } else { "file" });
    }
    match literals::keywords(pattern) {
        // These are in every match, so they replace missing keywords, and theirs if those are too short
        // here.
        Some(own) if theirs.is_empty() || implied => (own, lines),
        // Runs on every text.
        _ => (Vec::new(), "file"),
    }
}

/// The exceptions of an allowlist: a single one if all criteria must hold, else one per criterion.
fn excepts(list: &Allow, item: &str, left: &mut Vec<(String, String)>) -> Vec<ExceptSpec> {
    if !list.commits.is_empty() {
        let why =
            "allowlist: commits have no say here: `stanch baseline create` takes what is there as known";
        left.push((item.to_owned(), why.to_owned()));
        if list.all {
            return Vec::new();
        }
    }
    let before = left.len();
    let path = joined(&list.paths, item, left);
    let pattern = joined(&list.regexes, item, left);
    if list.all && left.len() > before {
        return Vec::new();
    }
    let mut of_pattern = ExceptSpec::default();
    match list.target {
        Target::Secret => of_pattern.value = pattern,
        Target::Match => of_pattern.found = pattern,
        Target::Line => of_pattern.line = pattern,
    }
    let words = list.words.clone();
    let all = if list.all {
        vec![ExceptSpec { path, words, ..of_pattern }]
    } else {
        vec![
            ExceptSpec { path, ..ExceptSpec::default() },
            of_pattern,
            ExceptSpec { words, ..ExceptSpec::default() },
        ]
    };
    all.into_iter().filter(|e| !e.words.is_empty() || e.patterns().next().is_some()).collect()
}

/// Joins several patterns into one; those that do not parse are reported.
fn joined(list: &[String], item: &str, left: &mut Vec<(String, String)>) -> Option<String> {
    let mut good = Vec::new();
    for pattern in list {
        match go::plain(pattern) {
            Ok(p) => good.push(p),
            Err(why) => left.push((item.to_owned(), format!("allowlist: {why}"))),
        }
    }
    match &good[..] {
        [] => None,
        [one] => Some(one.clone()),
        all => Some(all.iter().map(|p| format!("(?:{p})")).collect::<Vec<_>>().join("|")),
    }
}

/// A global allowlist becomes what holds for all rules, stanch's own too; what it says of matches, exceptions of the rules
/// of this file.
fn global(list: &Allow, name: &str, out: &mut Carried) {
    let item = "a global allowlist";
    let reason = list.description.clone().unwrap_or_else(|| format!("allowlist of {name}"));
    let reason = quoted(&printable(reason.as_bytes()));
    if list.all || list.target != Target::Secret {
        let rest = Allow { paths: if list.all { list.paths.clone() } else { Vec::new() }, ..list.clone() };
        for e in excepts(&rest, item, &mut out.left) {
            except(&e, "except", &mut out.general);
            if e.found.is_none() {
                let _ = writeln!(out.general, "reason = {reason}");
                continue;
            }
            let why = "carried for the rules of this file; stanch's own rules know no match";
            out.left.push((item.to_owned(), why.to_owned()));
        }
    } else {
        if !list.commits.is_empty() {
            excepts(&Allow { commits: list.commits.clone(), ..Allow::default() }, item, &mut out.left);
        }
        let mut values: Vec<String> = Vec::new();
        values
            .extend(list.regexes.iter().filter_map(|r| joined(std::slice::from_ref(r), item, &mut out.left)));
        if !list.words.is_empty() {
            let words: Vec<String> = list.words.iter().map(|w| regex_syntax::escape(w)).collect();
            values.push(format!("(?i:{})", words.join("|")));
        }
        for value in values {
            // There a match of any part of the value is enough.
            let whole = format!("(?s:.*)(?:{value})(?s:.*)");
            match rules::compile(&whole) {
                Ok(_) => {
                    let _ =
                        writeln!(out.general, "\n[[allow]]\nregex = {}\nreason = {reason}", quoted(&whole));
                }
                Err(_) => {
                    out.left.push((item.to_owned(), "a pattern or a list of words is too large".to_owned()));
                }
            }
        }
    }
    if !list.all {
        for path in &list.paths {
            let Some(path) = joined(std::slice::from_ref(path), item, &mut out.left) else { continue };
            let _ = writeln!(
                out.general,
                "\n[[path]]\nregex = {}\nmode = \"skip\"\nreason = {reason}",
                quoted(&path)
            );
        }
    }
}

fn except(e: &ExceptSpec, table: &str, out: &mut String) {
    let _ = writeln!(out, "\n[[{table}]]");
    for (key, pattern) in e.patterns() {
        let _ = writeln!(out, "{key} = {}", quoted(pattern));
    }
    if !e.words.is_empty() {
        let _ = writeln!(out, "words = {}", list(&e.words));
    }
}

/// The description if it is a name, else the id in words.
fn name(rule: &Rule, id: &str) -> String {
    let short = |d: &&str| !d.is_empty() && d.len() <= 50 && !d.contains(['.', ',', ';', ':']);
    match rule.description.as_deref().map(str::trim).filter(short) {
        Some(description) => printable(description.as_bytes()),
        None => id.trim_start_matches("gitleaks-").replace('-', " "),
    }
}

/// The kind of secret, from the words of the id.
fn kind(id: &str) -> SecretKind {
    let has = |words: &[&str]| words.iter().any(|w| id.contains(w));
    match () {
        () if has(&["private-key"]) => SecretKind::PrivateKey,
        () if has(&["webhook"]) => SecretKind::WebhookUrl,
        () if has(&["client-secret"]) => SecretKind::ClientSecret,
        () if has(&["password", "passphrase"]) => SecretKind::Password,
        () if has(&["token", "pat", "jwt"]) => SecretKind::Token,
        () => SecretKind::ApiKey,
    }
}

/// A TOML string, literal if possible.
pub(super) fn quoted(text: &str) -> String {
    let plain = text.chars().all(|c| !c.is_control());
    match () {
        () if plain && !text.contains(['"', '\\']) => format!("\"{text}\""),
        () if plain && !text.contains('\'') => format!("'{text}'"),
        () if plain && !text.contains("'''") && !text.ends_with('\'') => format!("'''{text}'''"),
        () => basic(text),
    }
}

/// A basic string of one line.
fn basic(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

/// A TOML list of strings, wrapped to readable lines.
pub(super) fn list(items: &[String]) -> String {
    let one: Vec<String> = items.iter().map(|i| quoted(i)).collect();
    let line = format!("[{}]", one.join(", "));
    if line.len() <= 110 {
        return line;
    }
    let mut out = String::from("[\n ");
    let mut width = 1;
    for item in one {
        if width + item.len() > 110 && width > 1 {
            out.push_str("\n ");
            width = 1;
        }
        width += item.len() + 2;
        let _ = write!(out, " {item},");
    }
    out.push_str("\n]");
    out
}
