//! Evidence in words: why a value is believed to be a secret.

use crate::finding::{Confidence, Finding};
use crate::report::layout::chars;
use crate::rules::Detector;

/// All reasons that are shown; for a file of an image also its layer.
pub(super) fn told(f: &Finding) -> String {
    match &f.source.layer {
        None => belief(f, usize::MAX),
        Some(layer) => format!("{}; {}", belief(f, usize::MAX), layer.text()),
    }
}

/// "high: format and variable name agree": as many reasons as fit into `width` columns, at least one.
pub(super) fn belief(f: &Finding, width: usize) -> String {
    let reasons =
        |sign: i8| f.evidence.iter().filter(move |e| e.weight.signum() == sign).map(|e| e.text.as_str());
    let mut why: Vec<&str> = reasons(1).collect();
    if why.is_empty() {
        why.push(match f.rule.detector {
            Detector::Regex(_) if !f.rule.provider.is_issuer() => "it has the form of one",
            Detector::Regex(_) => "it has the provider's format",
            Detector::Context(_) => "its name and its form agree",
            Detector::File(_) => "such a file holds credentials",
            Detector::Judged => "it looks random and is named like a secret",
        });
    }
    let first = why.remove(0);
    let lowered = reasons(-1).next();
    let mut but = lowered.map(|t| format!("but {t}"));
    let facts = reasons(0);
    let mut text = format!("{}: {first}", f.confidence.slug());
    // Of a warning, people want to know first why it does not stop.
    if let Some(lowered) = lowered.filter(|_| f.confidence <= Confidence::Medium) {
        let alone = format!("{}: {lowered}", f.confidence.slug());
        if chars(&text) + 6 + chars(lowered) > width && chars(&alone) <= width {
            (text, but) = (alone, None);
        }
    }
    for more in but.iter().map(String::as_str).chain(why).chain(facts).take(3) {
        if chars(&text) + 2 + chars(more) <= width {
            text = format!("{text}, {more}");
        }
    }
    text
}
