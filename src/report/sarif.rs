//! SARIF 2.1.0, as forges' code-scanning pages read it: a small model of the parts that are used.
//!
//! Columns count Unicode code points, the end is exclusive, and paths are percent-encoded URIs relative to the root
//! of what was scanned. A suppressed finding is a suppressed result, with its reason; unread content is a
//! notification of the run.

mod model;

use super::about::{About, in_member};
use super::evidence::told;
use super::explain::{self, Ask};
use super::facts::Facts;
use super::gitlab::Ids;
use crate::finding::{Finding, Location, RepoPath, Severity, SourceKind, printable};
use crate::policy::{Action, Screened, Verdict};
use crate::rules::{Confidence, Rule};
use crate::text::percent;
use model::{
    Artifact, AutomationDetails, Configuration, Driver, Fingerprints, Help, Invocation, LocationObject, Log,
    LogicalLocation, Notification, PhysicalLocation, Read, Region, ResultObject, ResultProperties,
    RuleObject, RuleProperties, Run, RunProperties, Shard, Suppression, Text, Tool,
};
use std::io::{self, Write};

/// Results of one run that code scanning takes; of more the worst are kept.
pub const MAX_RESULTS: usize = 25_000;
/// Characters of the longest text that is shown.
const MAX_TEXT: usize = 1_000;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes the log of a run without further facts.
///
/// # Errors
/// If the stream fails.
pub fn render(decision: &Screened, out: &mut dyn Write) -> io::Result<()> {
    render_about(decision, &About::default(), out)
}

/// Writes the log.
///
/// # Errors
/// If the stream fails.
pub fn render_about(decision: &Screened, about: &About, out: &mut dyn Write) -> io::Result<()> {
    let mut shown: Vec<&Verdict> = decision.findings.iter().collect();
    let dropped = shown.len().saturating_sub(MAX_RESULTS);
    if dropped > 0 {
        shown.sort_by_key(|d| std::cmp::Reverse((d.action, d.finding.severity, d.finding.confidence)));
        shown.truncate(MAX_RESULTS);
    }
    let mut rules: Vec<&'static Rule> = shown.iter().map(|d| d.finding.rule).collect();
    rules.sort_by_key(|r| r.id);
    rules.dedup_by_key(|r| r.id);
    let index = |rule: &Rule| rules.binary_search_by_key(&rule.id, |r| r.id).unwrap_or_default();
    let mut ids = Ids::default();
    let results = shown.iter().map(|d| result(d, index(d.finding.rule), about, &mut ids)).collect::<Vec<_>>();
    let skipped =
        decision.reading.skipped.iter().filter(|s| s.action != Action::Suppress).map(|s| Notification {
            level: if s.action == Action::Block { "error" } else { "warning" },
            message: Text { text: format!("not read: {}: {}", s.path, s.why) },
        });
    let mut notifications: Vec<Notification> = skipped.collect();
    if dropped > 0 {
        let text = format!(
            "{dropped} more findings were left out: code scanning takes {MAX_RESULTS} results of a run"
        );
        notifications.push(Notification { level: "warning", message: Text { text } });
    }
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "stanch",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: rules.iter().map(|r| rule_object(r)).collect(),
                },
            },
            // The part before the last slash is the category; the rest names the run.
            automation_details: about
                .category
                .as_ref()
                .map(|c| AutomationDetails { id: format!("{}/", c.trim_end_matches('/')) }),
            original_uri_base_ids: serde_json::json!({
                "%SRCROOT%": { "description": { "text": "The top of the repository." } }
            }),
            column_kind: "unicodeCodePoints",
            invocations: [Invocation {
                execution_successful: !decision.is_incomplete(),
                tool_execution_notifications: notifications,
            }],
            results,
            properties: about.shard.as_ref().map(|s| RunProperties {
                shard: Shard { number: s.number, of: s.of, list: &s.list },
                read: Read {
                    files: decision.reading.files,
                    commits: decision.reading.commits,
                    bytes: decision.reading.bytes,
                },
            }),
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn rule_object(rule: &'static Rule) -> RuleObject {
    let facts = Facts(rule);
    let help = format!(
        "Take the value out of the file. If it was ever shared, rotate it: {}\nLook for abuse: {}\nWhat breaks: {}\n\
         A new one: {}",
        facts.revoke(),
        facts.check(),
        facts.breaks(),
        facts.new_key()
    );
    let remediation = rule.remediation;
    RuleObject {
        id: rule.id,
        name: rule.name,
        short_description: Text { text: rule.name.to_owned() },
        full_description: Text { text: facts.impact().into_owned() },
        help: Help { text: help, markdown: explain::markdown(&explain::sheet(rule, &Ask::default())) },
        help_uri: facts
            .known("docs_url", remediation.docs_url)
            .or(facts.known("revoke_url", remediation.revoke_url)),
        default_configuration: Configuration { level: if rule.public { "none" } else { "error" } },
        properties: RuleProperties {
            tags: ["security", "secret", rule.kind.slug()],
            precision: match rule.confidence {
                Confidence::Certain => "very-high",
                Confidence::High => "high",
                Confidence::Medium => "medium",
                Confidence::Low => "low",
            },
            security_severity: match rule.severity {
                Severity::Critical => "9.5",
                Severity::High => "8.0",
                Severity::Medium => "5.5",
                Severity::Low => "2.0",
            },
        },
    }
}

fn result<'a>(d: &'a Verdict, rule_index: usize, about: &About, ids: &mut Ids) -> ResultObject<'a> {
    let f = &d.finding;
    let path = about.path(f);
    // A colon is encoded too: in the first part it would end a scheme.
    let uri = percent::encode(about.place(f).as_bytes(), b"/");
    let uri_base_id = path.is_some().then_some("%SRCROOT%");
    let place = |l: &Location, message: Option<Text>| LocationObject {
        physical_location: PhysicalLocation {
            artifact_location: Artifact { uri: uri.clone(), uri_base_id },
            region: match f.source.kind {
                // A place in a name is not a place in the file.
                SourceKind::FileName => Region { start_line: 1, start_column: 1, end_line: 1, end_column: 2 },
                _ => Region {
                    start_line: l.line,
                    start_column: l.column,
                    end_line: l.end_line,
                    end_column: l.end_column,
                },
            },
        },
        logical_locations: f.source.path.member().map(|m| logical(&f.source.path, m)).into_iter().collect(),
        message,
    };
    let suppressions = match d.action {
        Action::Suppress => vec![Suppression {
            kind: if d.because.starts_with("inline") { "inSource" } else { "external" },
            justification: &d.because,
        }],
        _ => Vec::new(),
    };
    let commit = f
        .source
        .commit
        .as_deref()
        .map_or_else(String::new, |id| format!(", in commit {}", &id[..id.len().min(10)]));
    let of_id = |id: &Finding| Text { text: format!("{} {}", id.rule.name, id.secret.masked()) };
    let pair = f.pair.iter().map(|id| place(&id.location, Some(of_id(id))));
    ResultObject {
        rule_id: f.rule.id,
        rule_index,
        level: match d.action {
            Action::Block => "error",
            Action::Warn => "warning",
            Action::Suppress => "note",
        },
        message: Text {
            text: shortened(&format!(
                "{} {}{} ({}){commit}",
                f.rule.name,
                f.secret.masked(),
                in_member(f),
                told(f)
            )),
        },
        locations: [place(&f.location, None)],
        related_locations: pair.collect(),
        partial_fingerprints: Fingerprints {
            stanch: f.fingerprint.to_string(),
            line: format!("{}:1", &ids.of(f, about)[..16]),
        },
        suppressions,
        properties: ResultProperties {
            provider: f.rule.provider.id,
            kind: f.rule.kind.slug(),
            severity: f.severity.slug(),
            confidence: f.confidence.slug(),
            decision: d.action.slug(),
            redacted: f.secret.masked(),
            commit: f.source.commit.as_deref(),
            blob: f.source.blob.as_deref(),
            layer: f.source.layer.as_ref().map(|l| l.digest.as_str()),
        },
    }
}

fn logical(path: &RepoPath, member: &[u8]) -> LogicalLocation {
    let name = printable(member.rsplit(|b| matches!(b, b'/' | b'!')).next().unwrap_or(member));
    LogicalLocation { name, fully_qualified_name: path.to_string(), kind: "member" }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
