//! `--explain-score`: each value that was judged, the evidence with its weights, their sum, and what follows.
//!
//! Values that the judgement is silent about are told too, or nobody could see why.

use super::human::belief;
use super::look::Look;
use super::page::{Page, Role};
use super::place::position;
use crate::finding::{Confidence, Score};
use crate::policy::{Decided, Screened};
use std::io::{self, Write};

/// Writes it for this reader.
///
/// # Errors
/// When the stream fails.
pub fn render(look: &Look, decision: &Screened, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(look, Look::WIDEST);
    for d in &decision.findings {
        one(&mut page, d, &position(&d.finding, &look.prefix));
        page.blank();
    }
    let said = "stanch: no value here is a secret by its form or is named like one";
    if decision.findings.is_empty() {
        page.row(0, &[(Role::Plain, said)]);
    }
    out.write_all(page.finish().as_bytes())
}

fn one(page: &mut Page<'_>, d: &Decided, place: &str) {
    let f = &d.finding;
    let name = f.name.as_ref().map_or_else(String::new, |n| format!("   {n}"));
    let pieces = [
        (Role::Strong, place),
        (Role::Plain, "   "),
        (Role::Plain, f.rule.id),
        (Role::Plain, &name),
        (Role::Plain, "   "),
        (Role::Dim, &f.secret.masked()),
    ];
    page.row(0, &pieces);
    match &f.score {
        Some(score) => {
            page.paragraph(2, Role::Plain, &verdict(score), 2);
            page.paragraph(2, Role::Plain, &terms(score), usize::MAX);
            let told = score.confidence.unwrap_or(Confidence::Low);
            if score.confidence.is_some() && f.confidence != told {
                page.paragraph(2, Role::Plain, &format!("then {}", belief(f, usize::MAX)), 2);
            }
        }
        None => page.paragraph(2, Role::Plain, &format!("no score; {}", belief(f, usize::MAX)), 2),
    }
    page.paragraph(2, Role::Plain, &format!("{}: {}", d.action.slug(), d.because), 2);
}

/// "high: sum +3.41, probability 97 %; medium from -0.28, high from +2.20".
fn verdict(score: &Score) -> String {
    let says = score.confidence.map_or("silent", Confidence::slug);
    let cap = score.capped_by.map_or_else(String::new, |c| format!(", nothing is sure beside {c}"));
    format!(
        "{says}: sum {:+.2}, probability {:.0} %; medium from {:+.2}, high from {:+.2}{cap}",
        score.sum,
        score.probability() * 100.0,
        score.medium_from,
        score.high_from,
    )
}

fn terms(score: &Score) -> String {
    let all: Vec<String> = score.terms.iter().map(|(code, weight)| format!("{weight:+.2} {code}")).collect();
    all.join(", ")
}
