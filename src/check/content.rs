//! Scans the content of a path: text as it is, an archive member by member.

use super::Checker;
use super::lfs::Object;
use crate::archive::{self, Left, Member};
use crate::error::Error;
use crate::finding::{Confidence, Finding, Fingerprint, RepoPath, Source, SourceKind};
use crate::git::{Change, Content as Blob, ParentVersion, Repo};
use crate::policy::{Action, BlobId, Cause, Markers, Skipped, Verdict};
use crate::scan::{self, Fragment, Scanned};
use crate::text::container::{self, Archive, Sort};
use crate::text::encoding;
use std::collections::{HashMap, HashSet};

/// The result of scanning a content.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) findings: Vec<Finding>,
    pub(crate) unread: Vec<Unread>,
    /// The members of an archive that have findings.
    pub(crate) members: MemberTexts,
}

/// A part of a content that was not read.
#[derive(Debug)]
pub(crate) struct Unread {
    /// The member of an archive, if it is one.
    pub(crate) member: Option<Vec<u8>>,
    pub(crate) cause: Cause,
}

/// The parts of a member that decisions on its findings need.
#[derive(Debug, Default)]
pub(crate) struct MemberText {
    /// Its text; empty if larger than [`KEPT`].
    pub(super) text: Vec<u8>,
    pub(super) markers: Markers,
}

/// By the members' names.
pub(crate) type MemberTexts = HashMap<Vec<u8>, MemberText>;

/// Bytes of a member's text that are kept until its findings are decided; bounds memory.
const KEPT: usize = 4 << 20;

impl Content {
    /// Keeps what the decision on findings in a member needs of its text.
    fn keep(&mut self, member: &[u8], bytes: &[u8]) {
        let text = encoding::decode(bytes).0;
        let markers = Markers::of(&text);
        let text = if text.len() > KEPT { Vec::new() } else { text.into_owned() };
        self.members.entry(member.to_vec()).or_insert(MemberText { text, markers });
    }

    fn leave(&mut self, member: Option<Vec<u8>>, cause: Cause) {
        self.unread.push(Unread { member, cause });
    }
}

impl Checker {
    /// Scans a content that has a path.
    pub(crate) fn content(&self, fragment: &Fragment<'_>) -> Content {
        self.content_within(fragment, self.archives())
    }

    /// Scans a content that has a path, and decides on its findings. What was not read goes to `skipped`.
    pub(crate) fn judge(
        &self,
        fragment: &Fragment<'_>,
        blob: &BlobId<'_>,
        skipped: &mut Vec<Skipped>,
    ) -> Vec<Verdict> {
        let content = self.content(fragment);
        skipped.extend(content.unread.into_iter().map(|part| {
            let path = unread_path(&fragment.source.path, &part);
            self.policy.unread(path, part.cause, blob.clone())
        }));
        self.decide(fragment, content.findings, &content.members)
    }

    /// [`Checker::content`], with archives read within this budget.
    pub(super) fn content_within(&self, fragment: &Fragment<'_>, budget: &archive::Budget) -> Content {
        match container::of(&fragment.bytes, fragment.source.path.as_bytes()).map(|c| (c, c.sort)) {
            Some((_, Sort::Archive(archive))) => self.archive(fragment, archive, budget),
            other => {
                let Scanned { findings, unread } = self.engine().scan_within(fragment);
                let mut content = Content { findings, ..Content::default() };
                if let Some(member) = fragment.source.path.member().filter(|_| !content.findings.is_empty()) {
                    content.keep(member, &fragment.bytes);
                }
                let cause = unread.map(Cause::Spent).or_else(|| other.map(|(c, _)| Cause::Container(c)));
                let pointer =
                    cause.as_ref().is_some_and(|c| matches!(c, Cause::Container(c) if c.sort == Sort::Lfs));
                if pointer && self.pointer(fragment, &mut content) {
                    return content;
                }
                cause.into_iter().for_each(|cause| content.leave(None, cause));
                content
            }
        }
    }

    /// Scans what a pointer of Git LFS stands for, as a member of the pointer's file under the same name. Returns whether that
    /// is done with.
    fn pointer(&self, fragment: &Fragment<'_>, out: &mut Content) -> bool {
        let path = &fragment.source.path;
        let Some(store) = self.lfs.as_ref().filter(|_| path.member().is_none()) else { return false };
        match store.find(&fragment.bytes, self.most_bytes()) {
            Object::Absent => false,
            Object::Larger(size) => {
                if store.asked {
                    out.leave(None, self.too_large(size));
                }
                store.asked
            }
            Object::Whole(bytes) => {
                let _held = (bytes.len() as u64 > super::LARGE).then(|| self.large());
                let source = Source { path: path.inside(path.file_name()), ..fragment.source.clone() };
                let object = self.content(&Fragment { source, bytes: bytes.into() });
                out.findings.extend(object.findings);
                out.unread.extend(object.unread);
                out.members.extend(object.members);
                true
            }
        }
    }

    /// Scans the members of an archive, then the bytes that belong to no member.
    fn archive(&self, fragment: &Fragment<'_>, archive: Archive, budget: &archive::Budget) -> Content {
        let path = &fragment.source.path;
        let mut out = Content::default();
        let walked =
            archive::read(&fragment.bytes, path.as_bytes(), archive, budget, &scan::is_up, &mut |member| {
                self.member(fragment, member, &mut out);
            });
        for Left { path, why, count } in walked.left {
            out.leave(Some(path).filter(|p| !p.is_empty()), Cause::Archive(why, count));
        }
        let mut rest = fragment.bytes.to_vec();
        for range in walked.covered {
            rest.get_mut(range).into_iter().for_each(|part| part.fill(0));
        }
        if rest.iter().any(|b| *b != 0) {
            let rest = Fragment { source: fragment.source.clone(), bytes: rest.into() };
            let Scanned { findings, unread } = self.engine().scan_within(&rest);
            if let Some(member) = path.member().filter(|_| !findings.is_empty()) {
                out.keep(member, &rest.bytes);
            }
            out.findings.extend(findings);
            unread.into_iter().for_each(|spent| out.leave(None, Cause::Spent(spent)));
        }
        out
    }

    fn member(&self, archive: &Fragment<'_>, member: &Member<'_>, out: &mut Content) {
        let outer = &archive.source.path;
        let path = member.path.map_or_else(|| outer.clone(), |name| outer.inside(name));
        let kind = match archive.source.kind {
            kind if member.path.is_none() => kind,
            kind @ (SourceKind::Staged | SourceKind::Commit | SourceKind::Image) => kind,
            // It has a name, wherever it comes from.
            _ => SourceKind::File,
        };
        let source = Source { kind, path, ..archive.source.clone() };
        // A document's text goes before its markup, in which the same words are split up.
        let texts = member.text.iter().map(Vec::as_slice).chain([member.bytes]);
        let mut known: HashSet<Fingerprint> = HashSet::new();
        for text in texts {
            let fragment = Fragment { source: source.clone(), bytes: text.into() };
            let Scanned { mut findings, unread } = self.engine().scan_within(&fragment);
            findings.retain(|f| !known.contains(&f.fingerprint));
            unread
                .into_iter()
                .for_each(|spent| out.leave(member.path.map(<[u8]>::to_vec), Cause::Spent(spent)));
            if member.path.is_some() && !findings.is_empty() {
                out.keep(fragment.source.path.member().unwrap_or_default(), text);
            }
            known.extend(findings.iter().map(|f| f.fingerprint));
            out.findings.extend(findings);
        }
    }

    /// What the parents' versions of a changed file hold, and how sure each was there.
    pub(super) fn held_before(
        &self,
        repo: &Repo,
        change: &Change,
    ) -> Result<HashMap<Fingerprint, Confidence>, Error> {
        let mut before = HashMap::new();
        for former in &change.former {
            let ParentVersion::Blob(id) = former else { continue };
            let Blob::Whole(bytes) = repo.blob_within(id, self.most_bytes())? else { continue };
            let source = Source::new(SourceKind::Commit, change.path.clone());
            let former = Fragment { source, bytes: bytes.as_slice().into() };
            let found = self.content_within(&former, &self.archives().renewed()).findings;
            let markers = Markers::of(&encoding::decode(&bytes).0);
            // What was allowed at its place counts in another one.
            let is_let = |f: &Finding| {
                f.source.path.member().is_none()
                    && self.policy.decide(f.clone(), &markers).action == Action::Suppress
            };
            for f in found.into_iter().flat_map(Finding::apart).filter(|f| !is_let(f)) {
                let sure = before.entry(f.fingerprint).or_insert(f.confidence);
                *sure = f.confidence.max(*sure);
            }
        }
        Ok(before)
    }
}

/// The path of an unread part.
pub(crate) fn unread_path(path: &RepoPath, unread: &Unread) -> RepoPath {
    match &unread.member {
        None => path.clone(),
        Some(member) => path.inside(member),
    }
}
