//! GitHub Actions, and Gitea and Forgejo, which set the same variables. The event file has what the variables lack.

use super::event::{Base, Event, Kind, Need, Trust, What};
use super::vars::{self, Vars};
use crate::disk::{self, Links};
use crate::error::Error;
use crate::finding::printable;
use serde_json::Value;
use std::path::Path;

/// Bytes of the largest event file that is read; GitHub caps payloads at 25 MB.
const MAX_EVENT: u64 = 32 << 20;
/// The variable that names the event file.
const FILE: &str = "GITHUB_EVENT_PATH";

pub(super) fn event(vars: Vars<'_>) -> Result<Event, Error> {
    let name = vars.text("GITHUB_EVENT_NAME").unwrap_or_default();
    let (path, file) = read(vars)?;
    let broken = |what: &str| broken(what, &path);
    let text = |place: &str| file.pointer(place).and_then(Value::as_str).filter(|text| !text.is_empty());
    let by = |place: &str| format!("{} in {FILE}", place.trim_start_matches('/').replace('/', "."));
    let id = |place: &str| text(place).map_or(Ok(None), |value| vars::id(value, &by(place)));
    let with_id = |place: &str| Ok::<_, Error>(id(place)?.map(|id| (id, by(place))));
    let branch = |place: &str| text(place).map(|value| vars::branch(value, &by(place))).transpose();
    let default = branch("/repository/default_branch")?;
    if file.pointer("/pull_request/head").is_some() {
        let head =
            with_id("/pull_request/head/sha")?.ok_or_else(|| broken("pull_request.head.sha is missing"))?;
        let (target, given_by) = match branch("/pull_request/base/ref")? {
            Some(target) => (target, by("/pull_request/base/ref")),
            None => match vars.branch("GITHUB_BASE_REF")? {
                Some(target) => (target, "GITHUB_BASE_REF".to_owned()),
                None => return Err(broken("pull_request.base.ref is missing")),
            },
        };
        // A deleted fork has no repository any more.
        let full =
            |side: &str| text(&format!("/pull_request/{side}/repo/full_name")).map(str::to_ascii_lowercase);
        let trust = match (full("head"), full("base")) {
            (Some(head), Some(base)) if head == base => Trust::Same,
            _ => Trust::Fork,
        };
        let number = file.pointer("/pull_request/number").and_then(Value::as_u64).unwrap_or_default();
        let mut bases = vec![Base::new(What::Branch(target.clone()), Need::Ask, &given_by)];
        // That event checks out the base, not a merge.
        if name != "pull_request_target" {
            bases.push(Base::merge_parent());
        }
        if let Some(base) = id("/pull_request/base/sha")? {
            bases.push(Base::new(What::Id(base), Need::Else, &by("/pull_request/base/sha")));
        }
        let title = format!("pull request {number} into {target}");
        return Ok(Event { title, kind: Kind::Request(trust), head: Some(head), bases, default });
    }
    match name.as_str() {
        "merge_group" => {
            let head = with_id("/merge_group/head_sha")?;
            let base = id("/merge_group/base_sha")?;
            let (Some(head), Some(base)) = (head, base) else {
                return Err(broken("merge_group has neither head_sha nor base_sha"));
            };
            let into =
                branch("/merge_group/base_ref")?.map_or_else(String::new, |name| format!(" into {name}"));
            Ok(Event {
                title: format!("merge queue{into}"),
                // The merge queue holds approved changes only.
                kind: Kind::Request(Trust::Same),
                head: Some(head),
                bases: vec![Base::new(What::Id(base), Need::Else, &by("/merge_group/base_sha"))],
                default,
            })
        }
        "push" => {
            let full =
                text("/ref").map(str::to_owned).or_else(|| vars.text("GITHUB_REF")).unwrap_or_default();
            let head = with_id("/after")?;
            if file.pointer("/deleted") == Some(&Value::Bool(true)) {
                let title = format!("{} was deleted", printable(full.as_bytes()));
                return Ok(Event { kind: Kind::Nothing, ..Event::whole(title) });
            }
            if let Some(tag) = full.strip_prefix("refs/tags/") {
                return Ok(Event::tag(&vars::branch(tag, &by("/ref"))?, head).with_default(default));
            }
            let name = vars::branch(&full, &by("/ref"))?;
            let before = id("/before")?;
            if before.is_none() && default.as_ref() == Some(&name) {
                return Ok(Event::first_push(name, head));
            }
            let before = before.map(|id| Base::new(What::Id(id), Need::Else, &by("/before")));
            Ok(Event::push(Some(name), head, before.into_iter().collect()).with_default(default))
        }
        "" => Err(broken("GITHUB_EVENT_NAME is not set")),
        other => Ok(Event::whole(printable(other.as_bytes())).with_default(default)),
    }
}

/// Reads the event file; returns its path too.
fn read(vars: Vars<'_>) -> Result<(String, Value), Error> {
    let path = vars.text(FILE).ok_or_else(|| Error::Ci {
        what: format!("{FILE} is not set, so the event is not known"),
        help: "run stanch ci in a step of the workflow itself, or give --base REV and --head REV".to_owned(),
    })?;
    let bytes = disk::read(Path::new(&path), Links::Follow, MAX_EVENT);
    let bytes = bytes.map_err(|e| broken(&format!("it cannot be read: {e}"), &path))?;
    let value = serde_json::from_slice(&bytes)
        .map_err(|e| broken(&format!("it is no JSON (line {}, column {})", e.line(), e.column()), &path))?;
    Ok((path, value))
}

fn broken(what: &str, path: &str) -> Error {
    Error::Ci {
        what: format!("the event file {}: {what}", printable(path.as_bytes())),
        help: "name the range yourself: stanch ci --base REV --head REV".to_owned(),
    }
}
