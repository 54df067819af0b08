//! The same once more: who was stopped by the very same secrets a moment ago needs the places and the ways out only.

use super::parts;
use crate::policy::{Decision, Stage};
use crate::report::group::Group;
use crate::report::layout::{Layout, Style};

/// Writes the short message about what was stopped the last time too.
pub(super) fn section(page: &mut Layout<'_>, decision: &Decision, all: &[Group<'_>]) {
    parts::verdict(page, decision, all, " again");
    let shown = all.len().min(page.look().limit);
    for group in &all[..shown] {
        parts::place(page, 2, decision, group.first());
    }
    if all.len() > shown {
        let rest = format!("and {} more: ", all.len() - shown);
        page.row(2, &[(Style::Plain, &rest), (Style::Command, parts::listing(decision))]);
    }
    let fingerprint = match all {
        [one] => one.first().fingerprint.short(),
        _ => "FINGERPRINT".to_owned(),
    };
    parts::not_a_secret(page, decision, all[0].first(), &fingerprint);
    if decision.reading.ways.bypass {
        let git = match decision.stage {
            Stage::Push { .. } => "git push",
            _ => "git commit",
        };
        page.command(
            "It must pass?",
            &format!("STANCH_BYPASS=\"WHY\" {git}"),
            "tests, false-positive, later",
        );
    }
}
