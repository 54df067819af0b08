//! JSON: one array with an object per finding (`json`), or one object per line (`jsonl`).
//!
//! Lines are for tools that work by place: an editor, an annotator, a count per line. So a finding with two places,
//! a secret and its id, has one line for each; the id's line names the finding that it belongs to.

use crate::finding::{Confidence, Finding, Layer, Score, printable};
use crate::policy::{Past, Screened, Still, Verdict};
use crate::verify::State;
use serde::Serialize;
use std::io::{self, Write};

/// A finding as scripts read it. Field names are stable: new ones may be added, but they are never renamed.
#[derive(Debug, Serialize)]
struct Row<'a> {
    rule: &'a str,
    provider: &'a str,
    kind: &'a str,
    severity: &'a str,
    confidence: &'a str,
    decision: &'a str,
    because: &'a str,
    /// The last day on which it only warns.
    #[serde(skip_serializing_if = "Option::is_none")]
    warns_until: Option<String>,
    source: &'a str,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<String>,
    #[serde(flatten)]
    at: At,
    name: Option<&'a str>,
    evidence: Vec<&'a str>,
    /// What its provider said, if it was asked: `live`, `dead`, `unsure` or `not_checked`.
    #[serde(skip_serializing_if = "Option::is_none")]
    verified: Option<&'a str>,
    /// What the history says of the secret, with --verify or --authors.
    #[serde(skip_serializing_if = "Option::is_none")]
    past: Option<PastRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blob: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<LayerRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pair: Option<Half<'a>>,
    /// In the line of an id: the fingerprint of the secret that it is paired with.
    #[serde(skip_serializing_if = "Option::is_none")]
    part_of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<ScoreRow<'a>>,
    /// With `--explain-score`: why a filter rejected the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected: Option<&'a str>,
}

/// What a history says of a secret.
#[derive(Debug, Serialize)]
struct PastRow<'a> {
    /// The day of the oldest commit with it.
    since: String,
    commit: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<&'a str>,
    /// The repositories that have it, if several were read: branches, tags and tips are `REPOSITORY:NAME` then.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    repositories: &'a [String],
    branches: &'a [String],
    tags: &'a [String],
    /// The branches whose newest commit still has it.
    tips: &'a [String],
    /// True if no branch's newest commit has it.
    removed: bool,
    /// `revoke`, `find_out` or `baseline`.
    step: &'a str,
}

fn past_row(p: &Past) -> PastRow<'_> {
    PastRow {
        since: p.day(),
        commit: &p.commit,
        author: p.author.as_deref(),
        repositories: &p.repositories,
        branches: &p.branches,
        tags: &p.tags,
        tips: p.still.tips(),
        removed: p.still == Still::Removed,
        step: p.step.slug(),
    }
}

/// The layer of a container image.
#[derive(Debug, Serialize)]
struct LayerRow<'a> {
    digest: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instruction: Option<&'a str>,
    /// The layer above that deletes or replaces the file: it is still in the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_in: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_in: Option<usize>,
    #[serde(skip_serializing_if = "<[usize]>::is_empty")]
    also_in: &'a [usize],
}

fn layer(l: &Layer) -> LayerRow<'_> {
    LayerRow {
        digest: &l.digest,
        number: l.number.map(|(n, _)| n),
        of: l.number.map(|(_, of)| of),
        instruction: l.instruction.as_deref(),
        deleted_in: l.hidden.filter(|h| !h.replaced).map(|h| h.by),
        replaced_in: l.hidden.filter(|h| h.replaced).map(|h| h.by),
        also_in: &l.also,
    }
}

/// The place of a value in its file, and the masked value.
#[derive(Debug, Serialize)]
struct At {
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    fingerprint: String,
    redacted: String,
}

fn at(f: &Finding) -> At {
    At {
        line: f.location.line,
        column: f.location.column,
        end_line: f.location.end_line,
        end_column: f.location.end_column,
        fingerprint: f.fingerprint.to_string(),
        redacted: f.secret.masked(),
    }
}

/// The id paired with a secret, in the same file.
#[derive(Debug, Serialize)]
struct Half<'a> {
    rule: &'a str,
    #[serde(flatten)]
    at: At,
}

/// How the generic detector got its confidence; `silent` if it reports nothing.
#[derive(Debug, Serialize)]
struct ScoreRow<'a> {
    sum: f32,
    probability: f32,
    medium_from: f32,
    basis: &'a str,
    capped_by: Option<&'a str>,
    confidence: &'a str,
    terms: Vec<Term<'a>>,
}

/// A piece of evidence.
#[derive(Debug, Serialize)]
struct Term<'a> {
    code: &'a str,
    weight: f32,
}

fn score(s: &Score) -> ScoreRow<'_> {
    ScoreRow {
        sum: s.sum,
        probability: s.probability(),
        medium_from: s.medium_from,
        basis: s.basis,
        capped_by: s.capped_by,
        confidence: s.confidence.map_or("silent", Confidence::slug),
        terms: s.terms.iter().map(|(code, weight)| Term { code, weight: *weight }).collect(),
    }
}

fn row<'a>(d: &'a Verdict, past: &'a [Past]) -> Row<'a> {
    let past = past.iter().find(|p| p.fingerprint == d.finding.fingerprint).map(past_row);
    Row { past, ..place(d, &d.finding) }
}

/// The row of the id paired with the secret, with the same decision.
fn row_of_id<'a>(d: &'a Verdict) -> Option<Row<'a>> {
    let id = d.finding.pair.as_deref()?;
    Some(Row { part_of: Some(d.finding.fingerprint.to_string()), ..place(d, id) })
}

fn place<'a>(d: &'a Verdict, f: &'a Finding) -> Row<'a> {
    Row {
        rule: f.rule.id,
        provider: f.rule.provider.id,
        kind: f.rule.kind.slug(),
        severity: f.severity.slug(),
        confidence: f.confidence.slug(),
        decision: d.action.slug(),
        because: &d.because,
        warns_until: d.warns_until.map(|day| day.to_string()),
        source: f.source.kind.slug(),
        path: f.source.path.to_string(),
        member: f.source.path.member().map(printable),
        at: at(f),
        name: f.name.as_deref(),
        evidence: f.evidence.iter().map(|e| e.text.as_str()).collect(),
        verified: f.evidence.iter().map(|e| e.code).find(|code| State::SLUGS.contains(code)),
        past: None,
        commit: f.source.commit.as_deref(),
        blob: f.source.blob.as_deref(),
        layer: f.source.layer.as_deref().map(layer),
        pair: f.pair.as_deref().map(|id| Half { rule: id.rule.id, at: at(id) }),
        part_of: None,
        score: f.score.as_ref().map(score),
        rejected: f.rejected,
    }
}

/// Writes one object per line, a line for each place.
///
/// # Errors
/// If the stream fails.
pub fn render_lines(decision: &Screened, out: &mut dyn Write) -> io::Result<()> {
    for d in &decision.findings {
        for row in std::iter::once(row(d, &decision.reading.past)).chain(row_of_id(d)) {
            serde_json::to_writer(&mut *out, &row)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}

/// Writes one array with an object per finding.
///
/// # Errors
/// If the stream fails.
pub fn render(decision: &Screened, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<Row<'_>> = decision.findings.iter().map(|d| row(d, &decision.reading.past)).collect();
    serde_json::to_writer_pretty(&mut *out, &rows)?;
    out.write_all(b"\n")
}
