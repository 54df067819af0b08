//! The message for a repeated attempt: a person blocked by the same secrets a moment ago knows the details, and
//! needs only the next step.

use super::{first_line, parts, remedy};
use crate::policy::{Decision, Stage};
use crate::report::facts::Facts;
use crate::report::group::Group;
use crate::report::layout::{Layout, Style};

/// Writes the short message about what was also blocked the last time.
pub(super) fn section(page: &mut Layout<'_>, decision: &Decision, all: &[Group<'_>]) {
    first_line::write(page, decision, all, " again");
    let shown = all.len().min(page.look().limit);
    for group in &all[..shown] {
        parts::place(page, 2, decision, group.first());
        if all.len() > 1 {
            let id = group.first().fingerprint.short();
            page.row(4, &[(Style::Dim, &id), (Style::Plain, "   "), (Style::Plain, group.first().rule.name)]);
        }
    }
    if all.len() > shown {
        let rest = format!("and {} more: ", all.len() - shown);
        page.row(2, &[(Style::Plain, &rest), (Style::Command, parts::listing(decision))]);
    }
    let fingerprint = match all {
        [one] => {
            remedy::fix(page, decision, one);
            let facts = Facts(one.first().rule);
            let url = facts.known("revoke_url", one.first().rule.remediation.revoke_url);
            page.prose("Ever shared?", url.unwrap_or(&facts.revoke()));
            one.first().fingerprint.short()
        }
        several => {
            remedy::fix_many(page, decision, several);
            "FINGERPRINT".to_owned()
        }
    };
    if matches!(decision.stage, Stage::Commit | Stage::Message | Stage::Push { .. }) {
        page.command("More", &format!("stanch explain {fingerprint}"), "");
    }
    parts::not_a_secret(page, decision, all[0].first(), &fingerprint);
    if decision.reading.ways.bypass {
        let git = match decision.stage {
            Stage::Push { .. } => "git push",
            _ => "git commit",
        };
        page.command(
            "It must pass?",
            &format!("STANCH_BYPASS=\"WHY\" {git}"),
            "or for WHY one word: tests, false-positive, later",
        );
    }
}
