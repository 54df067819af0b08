//! CSV for spreadsheets: every cell is quoted, and none can be taken for a formula.

use super::about::About;
use crate::finding::Finding;
use crate::policy::{Screened, Verdict};
use crate::verify::State;
use std::io::{self, Write};

const HEADER: [&str; 15] = [
    "decision",
    "severity",
    "confidence",
    "rule",
    "provider",
    "path",
    "line",
    "column",
    "commit",
    "fingerprint",
    "redacted",
    "source",
    "because",
    "layer",
    "verified",
];

/// Writes the table, one row per finding.
///
/// # Errors
/// If the stream fails.
pub(super) fn render(decision: &Screened, about: &About, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", HEADER.join(","))?;
    for d in &decision.findings {
        writeln!(out, "{}", row(&cells(d, &d.finding, about)))?;
    }
    Ok(())
}

fn cells(d: &Verdict, f: &Finding, about: &About) -> [String; 15] {
    [
        d.action.slug().to_owned(),
        f.severity.slug().to_owned(),
        f.confidence.slug().to_owned(),
        f.rule.id.to_owned(),
        f.rule.provider.id.to_owned(),
        about.place(f).with_member(f.source.path.member()).to_string(),
        f.location.line.to_string(),
        f.location.column.to_string(),
        f.source.commit.clone().unwrap_or_default(),
        f.fingerprint.to_string(),
        f.secret.masked(),
        f.source.kind.slug().to_owned(),
        d.because.clone(),
        f.source.layer.as_ref().map_or_else(String::new, |l| l.text()),
        f.evidence
            .iter()
            .map(|e| e.code)
            .find(|code| State::SLUGS.contains(code))
            .unwrap_or_default()
            .to_owned(),
    ]
}

/// Cells as a row.
pub(super) fn row(cells: &[String]) -> String {
    cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",")
}

fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '|', '%']);
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn no_cell_is_a_formula_and_quotes_are_doubled() {
        assert_eq!(quoted("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(quoted("@SUM(A1)"), "\"'@SUM(A1)\"");
        assert_eq!(quoted("a,b"), "\"a,b\"");
    }
}
