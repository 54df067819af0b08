//! The catalogue: `rules list`, `rules show`, and the JSON of `explain`.

use super::explain::Ask;
use super::layout::{Layout, Style, chars};
use super::{Terminal, snippets};
use crate::rules::{Context, Detector, Remediation, Rule};
use serde::Serialize;
use std::io::{self, Write};

/// A rule in JSON. Field names are stable: new ones may be added, but they are never renamed.
#[derive(Debug, Serialize)]
struct RuleRow {
    id: &'static str,
    #[serde(skip_serializing_if = "empty")]
    aliases: &'static [&'static str],
    name: &'static str,
    provider: &'static str,
    provider_name: &'static str,
    kind: &'static str,
    severity: &'static str,
    confidence: &'static str,
    public: bool,
    validator: &'static str,
    keywords: &'static [&'static str],
    detector: DetectorRow,
    entropy: f32,
    env_var: Option<&'static str>,
    env_var_aliases: &'static [&'static str],
    references: &'static [&'static str],
    supersedes: &'static [&'static str],
    pairs: &'static [&'static str],
    remediation: RemediationRow,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum DetectorRow {
    Regex(&'static str),
    Context(ContextRow),
    Judged,
    File { names: &'static [&'static str], holds: &'static str },
}

#[derive(Debug, Serialize)]
struct ContextRow {
    words: &'static [&'static str],
    names: &'static [&'static str],
    not_names: &'static [&'static str],
    alphabet: &'static str,
    prefix: &'static str,
    suffix: &'static str,
    length: [u32; 2],
    near: u8,
}

#[derive(Debug, Serialize)]
struct RemediationRow {
    short_revoke: Option<&'static str>,
    short_check: Option<&'static str>,
    short_breaks: Option<&'static str>,
    short_new_key: Option<&'static str>,
    /// That the service has ended, and when.
    ended: Option<&'static str>,
    impact: Option<&'static str>,
    revoke_url: Option<&'static str>,
    steps: &'static [&'static str],
    commands: &'static [&'static str],
    zero_downtime: Option<bool>,
    rotation: Option<&'static str>,
    audit: Option<&'static str>,
    audit_url: Option<&'static str>,
    breaks: Option<&'static str>,
    create: &'static [&'static str],
    limits: Option<&'static str>,
    auto_revoked: Option<&'static str>,
    public_by_design: Option<&'static str>,
    notes: Option<&'static str>,
    docs_url: Option<&'static str>,
    /// Fields that were read at the vendor.
    read: &'static [&'static str],
    /// The month in which they were read.
    read_in: Option<&'static str>,
    sources: &'static [&'static str],
}

/// The `explain` page in JSON.
#[derive(Debug, Serialize)]
struct PageRow {
    rule: RuleRow,
    variable: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<SnippetRow>,
    markdown: String,
}

#[derive(Debug, Serialize)]
struct SnippetRow {
    lang: &'static str,
    store: &'static str,
    code: String,
    pitfalls: &'static [&'static str],
}

fn empty(list: &&'static [&'static str]) -> bool {
    list.is_empty()
}

fn row(r: &'static Rule) -> RuleRow {
    RuleRow {
        id: r.id,
        aliases: r.aliases,
        name: r.name,
        provider: r.provider.id,
        provider_name: r.provider.name,
        kind: r.kind.slug(),
        severity: r.severity.slug(),
        confidence: r.confidence.slug(),
        public: r.public,
        validator: r.validator.slug(),
        keywords: r.keywords,
        detector: match &r.detector {
            Detector::Regex(pattern) => DetectorRow::Regex(pattern),
            Detector::Context(c) => DetectorRow::Context(context(c)),
            Detector::Judged => DetectorRow::Judged,
            Detector::File(f) => DetectorRow::File { names: f.names, holds: f.holds.slug() },
        },
        entropy: r.entropy,
        env_var: r.env_var,
        env_var_aliases: r.env_var_aliases,
        references: r.references,
        supersedes: r.supersedes,
        pairs: r.pairs,
        remediation: remediation(&r.remediation),
    }
}

fn context(c: &'static Context) -> ContextRow {
    ContextRow {
        words: c.words,
        names: c.names,
        not_names: c.not_names,
        alphabet: c.value.alphabet.slug(),
        prefix: c.value.prefix,
        suffix: c.value.suffix,
        length: [c.value.least, c.value.most],
        near: c.near,
    }
}

fn remediation(r: &Remediation) -> RemediationRow {
    RemediationRow {
        short_revoke: r.short_revoke,
        short_check: r.short_check,
        short_breaks: r.short_breaks,
        short_new_key: r.short_new_key,
        ended: r.ended,
        impact: r.impact,
        revoke_url: r.revoke_url,
        steps: r.steps,
        commands: r.commands,
        zero_downtime: r.zero_downtime,
        rotation: r.rotation,
        audit: r.audit,
        audit_url: r.audit_url,
        breaks: r.breaks,
        create: r.create,
        limits: r.limits,
        auto_revoked: r.auto_revoked,
        public_by_design: r.public_by_design,
        notes: r.notes,
        docs_url: r.docs_url,
        read: r.read,
        read_in: r.read_in,
        sources: r.sources,
    }
}

/// Rules as one JSON array.
///
/// # Errors
/// If the stream fails.
pub fn json(rules: &[&'static Rule], out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<RuleRow> = rules.iter().map(|r| row(r)).collect();
    serde_json::to_writer_pretty(&mut *out, &rows)?;
    out.write_all(b"\n")
}

/// The pages of these rules as one JSON array.
///
/// # Errors
/// If the stream fails.
pub fn pages_json(rules: &[&'static Rule], ask: &Ask, out: &mut dyn Write) -> io::Result<()> {
    let store = ask.store.unwrap_or(&snippets::STORES[0]);
    let rows: Vec<PageRow> = rules
        .iter()
        .map(|r| PageRow {
            rule: row(r),
            variable: crate::fix::replacement::variable(r, None),
            place: ask.stopped.as_ref().map(|s| s.place.clone()),
            snippet: ask.target.map(|t| SnippetRow {
                lang: t.slug,
                store: store.slug,
                code: t.snippet(store, r),
                pitfalls: store.pitfalls,
            }),
            markdown: super::explain::markdown(&super::explain::sheet(r, ask)),
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &rows)?;
    out.write_all(b"\n")
}

/// Rules as a table: id, severity, confidence, name.
///
/// # Errors
/// If the stream fails.
pub fn table(rules: &[&'static Rule], out: &mut dyn Write) -> io::Result<()> {
    let id = rules.iter().map(|r| r.id.len()).max().unwrap_or_default();
    for r in rules {
        let public = if r.public { " (public by design)" } else { "" };
        let name = crate::finding::printable(r.name.as_bytes());
        writeln!(out, "{:id$}  {:8}  {:9}  {name}{public}", r.id, r.severity.slug(), r.confidence.slug())?;
    }
    Ok(())
}

/// One rule with the parts that the scanner uses.
pub fn show(r: &Rule, look: &Terminal) -> String {
    let mut page = Layout::new(look, Terminal::WIDEST);
    page.row(0, &[(Style::Strong, r.name)]);
    let mut line = |label: &str, text: &str| {
        if !text.is_empty() {
            page.row(
                2,
                &[
                    (Style::Plain, label),
                    (Style::Plain, &" ".repeat(14 - chars(label))),
                    (Style::Plain, text),
                ],
            );
        }
    };
    line("id", r.id);
    line("aliases", &r.aliases.join(", "));
    line("provider", r.provider.name);
    line("kind", r.kind.slug());
    line("severity", r.severity.slug());
    line("confidence", r.confidence.slug());
    line("public", if r.public { "by design" } else { "" });
    line("validator", r.validator.slug());
    line("variable", r.env_var.unwrap_or_default());
    line("also", &r.env_var_aliases.join(", "));
    line("keywords", &r.keywords.join(", "));
    match &r.detector {
        Detector::Regex(pattern) => line("pattern", pattern),
        Detector::Judged => line("pattern", "judged by name and value"),
        Detector::File(f) => {
            line("files", &f.names.join(", "));
            line("holds", f.holds.slug());
        }
        Detector::Context(c) => {
            line("words", &c.words.join(", "));
            line("names", &c.names.join(", "));
            line("not names", &c.not_names.join(", "));
            let v = &c.value;
            let length =
                if v.least == v.most { v.least.to_string() } else { format!("{} to {}", v.least, v.most) };
            line("value", &format!("{}{length} of {}{}", v.prefix, v.alphabet.slug(), v.suffix));
        }
    }
    if r.entropy > 0.0 {
        line("entropy", &format!("at least {:.1} bits per character", r.entropy));
    }
    line("supersedes", &r.supersedes.join(", "));
    line("pairs with", &r.pairs.join(", "));
    line("references", &r.references.join(", "));
    page.blank();
    page.row(
        2,
        &[(Style::Command, &format!("stanch explain {}", r.id)), (Style::Dim, "   what to do about a leak")],
    );
    page.finish()
}
