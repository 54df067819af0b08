//! The answer to "has it leaked?": where else the secret was found, and what was searched without a result.

use crate::finding::SourceKind;
use crate::policy::{Action, Decision, Exposure, Looked, Stage};
use crate::report::path_display::short;
use crate::text::day;
use crate::text::plural::count;
use std::collections::BTreeMap;

/// The answer to "has it leaked?". Says what was searched, and claims no more.
pub(super) fn leaked(decision: &Decision) -> String {
    let blocked: BTreeMap<_, _> =
        decision.with(Action::Block).map(|d| (d.finding.fingerprint.short(), d.known.as_ref())).collect();
    let known: Vec<&Exposure> = blocked.values().copied().flatten().collect();
    let it = |n: usize| match (n, blocked.len()) {
        (_, 1) => "it".to_owned(),
        (n, all) => format!("{n} of the {all}"),
    };
    let out = known.iter().filter(|e| e.remote.is_some()).min_by_key(|e| e.time);
    if let Some(Exposure { commit, time, remote: Some(remote) }) = out {
        let it = it(known.iter().filter(|e| e.remote.is_some()).count());
        let since = match commit {
            Some(commit) => format!("has {it} since {} of {}", short(commit), day::of(*time)),
            None => format!("got {it} by a push of {}", day::of(*time)),
        };
        return format!("Yes: {remote} {since}. Treat it as public: revoke it first.");
    }
    let here =
        known.iter().filter_map(|e| Some((e.commit.as_deref()?, e.time))).min_by_key(|(_, time)| *time);
    match (&decision.stage, here) {
        (Stage::Commit, Some((commit, time))) => format!(
            "Not as far as is known, but commit {} of {} has {} already: taking it out here leaves it there.",
            short(commit),
            day::of(time),
            it(known.len())
        ),
        (Stage::Commit, None) => format!("Not by this commit.{}", looked(decision)),
        (Stage::Message, _) => "Not by this commit: it was not made.".into(),
        (Stage::Push { remote }, _) => format!(
            "Not by this push: nothing was sent to {remote}.{} A new commit on top does not help: git sends the old one with it.",
            no_remote(decision)
        ),
        (Stage::Receive, _) => {
            "It reached this server, which refused it: no one can fetch it. A new commit on top does not help.".into()
        }
        (Stage::Scan, _) if decision.with(Action::Block).any(|d| d.finding.source.kind == SourceKind::Image) => {
            "If the image was ever pushed, yes: whoever can pull it can read all of its layers.".into()
        }
        (Stage::Scan, _) => "A scan cannot tell. If it was ever pushed, yes.".into(),
    }
}

/// What of it remotes are known to have: nothing, as far as was searched. Commits here hold it, so only theirs count.
fn no_remote(decision: &Decision) -> String {
    let Some(Looked { commits, whole, record, .. }) = decision.reading.looked.filter(|l| l.commits > 0)
    else {
        return String::new();
    };
    let record = if record { ", nor does the record of pushes from here" } else { "" };
    let some = if whole { "" } else { "; there was no time for more" };
    format!(" Looked at {}: none that a remote has holds it{record}{some}.", count(commits, "commit"))
}

/// What was searched without a result.
fn looked(decision: &Decision) -> String {
    let Some(Looked { commits, files, whole, record }) = decision.reading.looked else {
        return String::new();
    };
    let mut parts = Vec::new();
    if commits > 0 {
        parts.push(format!("its file in {}", count(commits, "commit")));
    }
    if files > 0 {
        parts.push(format!("{} of HEAD", count(files, "file")));
    }
    if record {
        parts.push("the record of pushes from here".to_owned());
    }
    let some = if whole { "it is not there" } else { "it is not there; there was no time for more" };
    match &*parts {
        [] => String::new(),
        [one] => format!(" Looked at {one}: {some}."),
        [most @ .., last] => format!(" Looked at {} and {last}: {some}.", most.join(", ")),
    }
}
