//! Triage of a history: since when each secret is in it, which branches and tags have it, whether a tip still does, and
//! what to do about it first.

use super::exposure::value;
use crate::error::Error;
use crate::finding::{Finding, Fingerprint, SourceKind, printable};
use crate::git::{Content, NamedTip, Oid, Repo};
use crate::policy::{Action, Decision, Past, Step, Still, in_order};
use crate::text::encoding;
use crate::verify::State;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Most bytes of a file at a tip that is searched; a secret's own file is known by its id, whatever its size.
const LARGEST: u64 = 64 << 20;

/// Adds to a decision about commits what their history says of each secret, worst first. Authors only if asked for.
pub(crate) fn note(repo: &Repo, decision: &mut Decision, authors: bool) -> Result<(), Error> {
    let mut secrets: BTreeMap<Fingerprint, Vec<&Finding>> = BTreeMap::new();
    for d in decision.findings.iter().filter(|d| d.action != Action::Suppress && !d.finding.rule.public) {
        secrets.entry(d.finding.fingerprint).or_default().push(&d.finding);
    }
    if secrets.is_empty() {
        return Ok(());
    }
    let tips = repo.named_tips()?;
    let commit_of = |f: &Finding| f.source.commit.as_deref().and_then(|id| Oid::from_hex(id.as_bytes()));
    let wanted: HashSet<Oid> = secrets.values().flatten().filter_map(|f| commit_of(f)).collect();
    let reached = repo.reached_by(&wanted, &tips)?;
    let held = held(repo, &tips, &secrets)?;
    let mut past = Vec::new();
    for (fingerprint, findings) in &secrets {
        let commits: BTreeSet<Oid> = findings.iter().filter_map(|f| commit_of(f)).collect();
        let mut times = Vec::new();
        for id in &commits {
            times.push((repo.commit(id)?.time, *id));
        }
        let Some((since, commit)) = times.into_iter().min() else { continue };
        let by: BTreeSet<usize> =
            commits.iter().filter_map(|id| reached.get(id)).flatten().copied().collect();
        let names = |is_tag: bool| -> Vec<String> {
            let of_kind = by.iter().map(|at| &tips[*at]).filter(|tip| tip.is_tag == is_tag);
            of_kind.map(|tip| printable(&tip.name)).collect()
        };
        let author = match authors {
            true => repo.author(&commit)?.map(|author| printable(&author)),
            false => None,
        };
        let still = match held.get(fingerprint) {
            Some(tips) if !tips.is_empty() => Still::At(tips.clone()),
            Some(_) => Still::Removed,
            None if findings.iter().all(|f| is_in_message(f)) => Still::InMessage,
            None => Still::Unknown,
        };
        let state = findings[0].evidence.iter().map(|e| e.code).find(|code| State::SLUGS.contains(code));
        past.push(Past {
            fingerprint: *fingerprint,
            name: findings[0].rule.name.to_owned(),
            severity: findings.iter().map(|f| f.severity).max().unwrap_or(findings[0].severity),
            state,
            since,
            commit: commit.to_string(),
            author,
            repositories: Vec::new(),
            branches: names(false),
            tags: names(true),
            still,
            step: match state {
                Some("live") => Step::Revoke,
                Some("dead") => Step::Baseline,
                _ => Step::FindOut,
            },
        });
    }
    decision.reading.past = in_order(past);
    Ok(())
}

fn is_in_message(f: &Finding) -> bool {
    matches!(f.source.kind, SourceKind::CommitMessage | SourceKind::TagMessage | SourceKind::RefName)
}

/// The branches whose newest commit still has each secret: the very file that held it, or its value in any file. A secret
/// whose value cannot be searched is there only if such a file is.
fn held(
    repo: &Repo,
    tips: &[NamedTip],
    secrets: &BTreeMap<Fingerprint, Vec<&Finding>>,
) -> Result<HashMap<Fingerprint, Vec<String>>, Error> {
    let mut by_blob: HashMap<Oid, Vec<Fingerprint>> = HashMap::new();
    let mut values = Vec::new();
    for (fingerprint, findings) in secrets {
        for f in findings.iter().filter(|f| !is_in_message(f) && f.source.kind != SourceKind::FileName) {
            if let Some(id) = f.source.blob.as_deref().and_then(|id| Oid::from_hex(id.as_bytes())) {
                by_blob.entry(id).or_default().push(*fingerprint);
            }
        }
        for f in findings {
            if let Some(value) = value(repo, f)? {
                values.push((*fingerprint, value));
                break;
            }
        }
    }
    let finders: Vec<_> = values.iter().map(|(f, value)| (*f, memchr::memmem::Finder::new(value))).collect();
    let mut known: HashMap<Oid, Vec<Fingerprint>> = HashMap::new();
    let mut out: HashMap<Fingerprint, Vec<String>> = values.iter().map(|(f, _)| (*f, Vec::new())).collect();
    for tip in tips.iter().filter(|tip| !tip.is_tag) {
        let mut here: HashSet<Fingerprint> = HashSet::new();
        for blob in repo.blobs_of(&tip.commit)? {
            let found = match known.entry(blob) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let mut found = by_blob.get(&blob).cloned().unwrap_or_default();
                    if repo.kind(&blob)?.is_some()
                        && let Content::Whole(bytes) = repo.blob_within(&blob, LARGEST)?
                    {
                        let text = encoding::decode(&bytes).0;
                        let has = finders.iter().filter(|(_, finder)| finder.find(&text).is_some());
                        found.extend(has.map(|(fingerprint, _)| *fingerprint));
                    }
                    new.insert(found)
                }
            };
            here.extend(found.iter());
        }
        for fingerprint in here {
            out.entry(fingerprint).or_default().push(printable(&tip.name));
        }
    }
    Ok(out)
}
