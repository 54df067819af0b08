//! The pages of docs/rules: one per provider, and an index with counts. The code of `stanch explain` makes
//! them from the catalogue. After a change there, `STANCH_UPDATE=1 cargo test rule_pages` rewrites them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use stanch::report::explain::{self, Ask};
use stanch::rules::{Detector, LiveCheck, Rule, RuleSet, Validator};

/// The sections of a rule's page that the provider's page keeps; the others hold for any secret.
const SECTIONS: [&str; 10] = [
    "Public by design",
    "What keeps it harmless",
    "Related secrets",
    "What it opens",
    "What to do now",
    "How to see abuse",
    "What stops working, and how to find it",
    "How to make the new one",
    "Not checked",
    "Links and sources",
];

#[test]
fn the_pages_of_the_rules_are_those_of_the_catalogue() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules");
    let pages = pages();
    if std::env::var_os("STANCH_UPDATE").is_some() {
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        pages.iter().for_each(|(name, text)| fs::write(dir.join(name), text).unwrap());
    }
    let stored: BTreeMap<String, String> = fs::read_dir(&dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .map(|p| {
            let name = p.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(p).unwrap().replace("\r\n", "\n"))
        })
        .collect();
    let names: Vec<&String> =
        pages.keys().chain(stored.keys()).filter(|n| pages.get(*n) != stored.get(*n)).collect();
    assert!(
        names.is_empty(),
        "not as the catalogue has them: {names:?}; STANCH_UPDATE=1 cargo test rule_pages writes them"
    );
}

/// All pages, by file name.
fn pages() -> BTreeMap<String, String> {
    let set = RuleSet::builtin();
    let mut providers: BTreeMap<&str, Vec<&'static Rule>> = BTreeMap::new();
    for rule in set.iter() {
        providers.entry(rule.provider.id).or_default().push(rule);
    }
    let mut pages: BTreeMap<String, String> =
        providers.values().map(|rules| (format!("{}.md", rules[0].provider.id), page(rules))).collect();
    pages.insert("README.md".to_owned(), index(&providers));
    pages
}

/// The page of a provider: its kinds of secrets, then what to do, once for each remediation that they share.
fn page(rules: &[&'static Rule]) -> String {
    let name = heading(rules[0].provider.name);
    let mut out = format!("# {name}\n\n| rule | what it finds | severity | known by | variable |\n");
    out.push_str("|---|---|---|---|---|\n");
    for r in rules {
        let severity = if r.public { "public by design" } else { r.severity.slug() };
        let variable = r.env_var.map(|v| format!("`{v}`")).unwrap_or_default();
        let _ =
            writeln!(out, "| `{}` | {} | {severity} | {} | {variable} |", r.id, cell(r.name), known_by(r));
    }
    let mut told: Vec<&'static Rule> = Vec::new();
    for r in rules.iter().copied() {
        match told.iter_mut().find(|t| std::ptr::eq(&*t.remediation, &*r.remediation)) {
            Some(t) if weight(r) > weight(t) => *t = r,
            Some(_) => {}
            None => told.push(r),
        }
    }
    let several = told.len() > 1;
    for r in told {
        let mut sheet = explain::sheet(r, &Ask { all: true, ..Ask::default() });
        sheet.sections.retain(|s| SECTIONS.contains(&s.heading));
        let text = explain::markdown(&sheet);
        let (title, body) = text.split_once('\n').unwrap();
        if several {
            let _ = write!(out, "\n#{title}\n{}", body.replace("\n## ", "\n### "));
        } else {
            out.push_str(body);
        }
    }
    out.push_str(&live(rules));
    let _ = write!(out, "\nMore, with code for your language and store: `stanch explain {}`.\n", rules[0].id);
    out
}

/// The calls that check whether a secret of the provider is live, each with the rules that it serves.
fn live(rules: &[&'static Rule]) -> String {
    const HEADING: &str = "Is the old one dead, does the new one work?";
    let mut out = String::new();
    for check in LiveCheck::all() {
        // Nothing is asked about a service that has ended.
        let is_served = |r: &&Rule| r.service_end().is_none() && check.rules.iter().any(|id| id == r.id);
        let served: Vec<&Rule> = rules.iter().copied().filter(is_served).collect();
        let Some(first) = rules.iter().copied().find(|r| served.iter().any(|s| s.id == r.id)) else {
            continue;
        };
        let mut sheet = explain::sheet(first, &Ask::default());
        sheet.sections.retain(|s| s.heading == HEADING);
        let text = explain::markdown(&sheet);
        let ids: Vec<String> = served.iter().map(|r| format!("`{}`", r.id)).collect();
        // No call only reads: there is one that ends the secret.
        let Some((_, body)) = text.split_once(HEADING) else { continue };
        let body = body.trim_start();
        let _ = write!(out, "\n## {HEADING}\n\nFor {}:\n\n{body}", ids.join(", "));
    }
    out
}

/// Ranks rules that share a remediation; the highest one represents them.
fn weight(r: &Rule) -> impl Ord + use<> {
    (!r.public, r.severity, r.confidence)
}

fn known_by(r: &Rule) -> String {
    let form = match r.detector {
        Detector::Regex(_) => "its form",
        Detector::Context(_) => "names around it",
        Detector::Judged => "judgement",
        Detector::File(_) => "its file",
    };
    match r.validator {
        Validator::None => form.to_owned(),
        _ => format!("{form}, offline check"),
    }
}

fn index(providers: &BTreeMap<&str, Vec<&'static Rule>>) -> String {
    let all = || providers.values().flatten();
    let mut out = format!(
        "# Rules\n\n{} kinds of secrets of {} providers; {} with an offline check, {} known as public by design.\n\n\
         Some kinds have no rule of their own, because another finds them by what they are: `stanch explain \
         github-app-private-key` opens the page of the RSA key. Chief Tools tokens, LangSmith SCIM tokens and Siemens API \
         tokens have none, because their form is not published; what a name gives away is found by the generic rules.\n\n\
         | provider | kinds |\n|---|---|\n",
        all().count(),
        // The rules without a provider have a file too.
        providers.keys().filter(|id| **id != "generic").count(),
        all().filter(|r| r.validator != Validator::None).count(),
        all().filter(|r| r.public).count(),
    );
    let mut names: Vec<_> = providers.iter().collect();
    names.sort_by_key(|(id, rules)| (rules[0].provider.name.to_lowercase(), **id));
    for (id, rules) in names {
        let _ = writeln!(out, "| [{}]({id}.md) | {} |", cell(rules[0].provider.name), rules.len());
    }
    out
}

fn heading(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
