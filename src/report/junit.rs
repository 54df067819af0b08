//! JUnit XML: a failed case for each blocked finding. Some readers reject a report without cases, so a clean run
//! has one that passed.

use super::about::{About, advice, worst_first};
use super::evidence::told;
use super::xml::escape;
use crate::policy::{Action, Screened};
use crate::text::plural::count;
use std::io::{self, Write};

/// Writes the report.
///
/// # Errors
/// If the stream fails.
pub(super) fn render(decision: &Screened, about: &About, out: &mut dyn Write) -> io::Result<()> {
    let mut cases = String::new();
    let (mut failures, mut tests) = (0, 0);
    for d in worst_first(decision) {
        let f = &d.finding;
        let place = about.place(f);
        let (line, name) = (f.location.line, format!("{place}:{} {}", f.location.line, f.rule.id));
        tests += 1;
        cases.push_str(&format!(
            "    <testcase classname=\"stanch.{}\" name=\"{}\" file=\"{}\" line=\"{line}\" time=\"0\"",
            escape(f.rule.id),
            escape(&name),
            escape(&place.to_string()),
        ));
        let commit = f.source.commit.as_deref().map_or_else(String::new, |id| format!("\nCommit: {id}"));
        let shown = place.with_member(f.source.path.member());
        let text = format!(
            "{} {} ({})\n{shown}:{line}{commit}\nNow: {}\nstanch explain {}",
            f.rule.name,
            f.secret.masked(),
            told(f),
            advice(f),
            f.rule.id,
        );
        // Line by line: escaping also removes line ends.
        let text = text.lines().map(escape).collect::<Vec<_>>().join("\n");
        if d.action == Action::Block {
            failures += 1;
            let message = escape(&format!("{} {}", f.rule.name, f.secret.masked()));
            cases.push_str(&format!(
                ">\n      <failure type=\"{}\" message=\"{message}\">{text}</failure>\n",
                f.severity.slug()
            ));
        } else {
            cases.push_str(&format!(">\n      <system-out>{text}</system-out>\n"));
        }
        cases.push_str("    </testcase>\n");
    }
    let mut errors = 0;
    for s in decision.reading.skipped.iter().filter(|s| s.action == Action::Block) {
        errors += 1;
        tests += 1;
        cases.push_str(&format!(
            "    <testcase classname=\"stanch.unread\" name=\"{0}\" file=\"{0}\" time=\"0\">\n      <error type=\"unread\" \
             message=\"not read\">{1}</error>\n    </testcase>\n",
            escape(&s.path.to_string()),
            escape(&s.why),
        ));
    }
    if tests == 0 {
        tests = 1;
        let read = match decision.reading.commits {
            0 => count(decision.reading.files, "file"),
            commits => count(commits, "commit"),
        };
        cases.push_str(&format!(
            "    <testcase classname=\"stanch\" name=\"no secret in {read}\" time=\"0\"/>\n"
        ));
    }
    let seconds = about.ended.duration_since(about.started).as_secs_f64();
    write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"stanch\" tests=\"{tests}\" \
         failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\" time=\"{seconds:.3}\">\n{cases}  </testsuite>\n</testsuites>\n"
    )
}
