//! `--explain-score`: each scored value, the evidence with its weights, their sum, and the result.
//!
//! Values that are not reported are shown too, those that a filter rejected with its reason.

use super::evidence::belief;
use super::layout::{Layout, Style};
use super::path_display::position;
use super::terminal::Terminal;
use crate::finding::{Confidence, Finding, Score, evidence_in_words};
use crate::policy::{Screened, Verdict};
use std::io::{self, Write};

/// Writes it for this terminal.
///
/// # Errors
/// If the stream fails.
pub fn render(look: &Terminal, decision: &Screened, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Layout::new(look, Terminal::WIDEST);
    for d in &decision.findings {
        one(&mut page, d, &position(&d.finding, &look.prefix));
        page.blank();
    }
    let said = "stanch: no value here is a secret by its form or is named like one";
    if decision.findings.is_empty() {
        page.row(0, &[(Style::Plain, said)]);
    }
    out.write_all(page.finish().as_bytes())
}

fn one(page: &mut Layout<'_>, d: &Verdict, place: &str) {
    let f = &d.finding;
    let name = f.name.as_ref().map_or_else(String::new, |n| format!("   {n}"));
    let pieces = [
        (Style::Strong, place),
        (Style::Plain, "   "),
        (Style::Plain, f.rule.id),
        (Style::Plain, &name),
        (Style::Plain, "   "),
        (Style::Dim, &f.secret.masked()),
    ];
    page.row(0, &pieces);
    if let Some(why) = f.rejected {
        page.paragraph(2, Style::Plain, &format!("silent: {why}"));
        return;
    }
    match &f.score {
        Some(score) => {
            page.paragraph(2, Style::Plain, &verdict(score));
            page.paragraph(2, Style::Plain, &terms(score));
            let told = score.confidence.unwrap_or(Confidence::Low);
            if score.confidence.is_some() && f.confidence != told {
                page.paragraph(2, Style::Plain, &format!("then {}", lowered(f)));
            }
        }
        None => page.paragraph(2, Style::Plain, &format!("no score; {}", lowered(f))),
    }
    page.paragraph(2, Style::Plain, &format!("{}: {}", d.action.slug(), d.because));
}

/// The confidence with every reason that lowers it: "medium: stands in documentation, after words that call it an
/// example".
fn lowered(f: &Finding) -> String {
    let reasons: Vec<&str> = f.evidence.iter().filter(|e| e.weight < 0).map(|e| e.text.as_str()).collect();
    match &reasons[..] {
        [] => belief(f, usize::MAX),
        [_] if f.score.is_none() => belief(f, usize::MAX),
        reasons => format!("{}: {}", f.confidence.slug(), reasons.join("; ")),
    }
}

/// "high: an explicit name with a random value; sum +3.41, probability 97 %, medium from -0.28".
fn verdict(score: &Score) -> String {
    let says = score.confidence.map_or("silent", Confidence::slug);
    let cap = score.capped_by.map_or_else(String::new, |c| match evidence_in_words(c) {
        "" => format!(", one step less for {c}"),
        words => format!(", one step less for {c} ({words})"),
    });
    format!(
        "{says}: {}{cap}; sum {:+.2}, probability {:.0} %, medium from {:+.2}",
        score.basis,
        score.sum,
        score.probability() * 100.0,
        score.medium_from,
    )
}

fn terms(score: &Score) -> String {
    let all: Vec<String> = score.terms.iter().map(|(code, weight)| format!("{weight:+.2} {code}")).collect();
    all.join(", ")
}
