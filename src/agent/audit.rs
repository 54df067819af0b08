//! Records in the audit log what was refused, asked, masked or warned of. No prompt, command or value is recorded.

use super::host::Host;
use super::judge::Ruling;
use crate::check::Checker;
use crate::check::audit_log;
use crate::config::AgentAction;
use crate::error::Error;
use crate::git::Repo;
use crate::policy::audit::{self, Actor, Record};
use jiff::Timestamp;

/// Appends a ruling to the repository's audit log.
pub(crate) fn append(
    repo: Option<&Repo>,
    checker: &Checker,
    host: Host,
    ruling: &Ruling,
) -> Result<(), Error> {
    let Some(repo) = repo.filter(|_| ruling.action > AgentAction::Allow && checker.policy.must_record())
    else {
        return Ok(());
    };
    let (event, action) = (ruling.event.key(), ruling.action.slug());
    let actor = Actor { agent: Some(host.slug().to_owned()), ..audit_log::actor(repo, &checker.screen()) };
    let record = Record {
        decision: action.to_owned(),
        reason: format!("agent.{event} = {action}, for {}", host.slug()),
        ..Record::of(actor, Timestamp::now(), format!("agent {event}"))
    };
    let records: Vec<Record> = match ruling.record.as_slice() {
        [] => vec![record],
        all => all
            .iter()
            .map(|r| Record {
                path: r.path.clone(),
                line: r.line,
                rule: r.rule.clone(),
                fingerprint: r.fingerprint.clone(),
                reason: if r.what.is_empty() {
                    record.reason.clone()
                } else {
                    format!("{}; {}", r.what, record.reason)
                },
                ..record.clone()
            })
            .collect(),
    };
    let path = audit_log::place(repo, checker);
    audit::append(&path, &records).map(drop).map_err(Error::io("the audit log"))
}
