//! What a push sends: every commit, tag, tree and blob that the remote lacks.
//!
//! Never just the difference of the end points: a secret that is added and removed again within the range is sent
//! all the same.

use super::remote::{Destination, Moved, Tracking};
use super::staged::{self, Change, Changes, ParentVersion};
use super::{Blob, Commit, GitError, ObjectKind, Oid, RefUpdate, Repo, Tag, tree, walk};
use crate::finding::RepoPath;
use std::collections::HashSet;

/// Most commits scanned for a remote that changed its address; `stanch.pushCommits` changes it.
const MOST_COMMITS: usize = 100_000;

/// Everything that is sent.
#[derive(Debug, Clone, Default)]
pub struct Outgoing {
    /// The commits, parents before children.
    pub commits: Vec<Oid>,
    /// The annotated tags.
    pub tags: Vec<Tag>,
    /// Trees and blobs sent under a ref of their own.
    pub bare: Vec<LooseRefTarget>,
    /// Names of refs that are new on the remote.
    pub names: Vec<Vec<u8>>,
    /// Commits that the remote is known to have.
    pub known: Vec<Oid>,
    /// Notes about the range, for the reader.
    pub notes: Vec<String>,
}

/// A tree or blob that a ref names directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LooseRefTarget {
    /// The ref.
    pub name: Vec<u8>,
    /// Its content; all of it is new.
    pub changes: Changes,
}

impl Repo {
    /// Returns what a push to `to` sends.
    ///
    /// # Errors
    /// If an object on the way is missing or broken.
    pub fn outgoing(&self, updates: &[RefUpdate], to: &Destination) -> Result<Outgoing, GitError> {
        let Tracking { refs, notes, moved, .. } = self.tracking(to)?;
        let mut out = self.new_objects(updates, refs.into_iter().map(|(_, id)| id))?;
        out.notes.extend(notes);
        let (commits, most) = (out.commits.len(), self.most_commits()?);
        match moved {
            Some(Moved { name: remote, .. }) if commits > most => {
                Err(GitError::TooManyCommits { remote, commits, most })
            }
            _ => Ok(out),
        }
    }

    /// Most commits scanned for a remote that changed its address; bounds the time of a push.
    fn most_commits(&self) -> Result<usize, GitError> {
        match self.config_value("stanch.pushcommits")? {
            None => Ok(MOST_COMMITS),
            Some(text) => text.parse().map_err(|_| {
                let text = crate::finding::printable(text.as_bytes());
                GitError::Other(format!("git config stanch.pushCommits is no number of commits: {text}"))
            }),
        }
    }

    /// Returns whether this clone's refs of a remote count for the address of the push.
    ///
    /// # Errors
    /// As for [`Repo::outgoing`].
    pub fn knows(&self, to: &Destination) -> Result<bool, GitError> {
        let tracking = self.tracking(to)?;
        Ok(tracking.known && tracking.moved.is_none() && !tracking.doubted)
    }

    /// What this branch has and `to` lacks, for a push without a list of refs: git had nothing to send, or a
    /// hook manager kept the list. `None` if no branch has anything to send.
    ///
    /// # Errors
    /// As for [`Repo::outgoing`].
    pub fn unsent(&self, to: &Destination) -> Result<Option<Outgoing>, GitError> {
        let Tracking { mut refs, known, moved, .. } = self.tracking(to)?;
        if !known || moved.is_some() {
            // Scanning all of history for an empty push would be out of proportion.
            refs = self.backend().refs("refs/remotes/")?;
        }
        let known: Vec<Oid> = refs.into_iter().map(|(_, id)| id).collect();
        let heads: Vec<Oid> = self.backend().refs("refs/heads/")?.into_iter().map(|(_, id)| id).collect();
        let hide = known.iter().map(|id| self.peel_if_here(*id)).collect::<Result<Vec<_>, _>>()?;
        let hide: Vec<Oid> = hide.into_iter().flatten().collect();
        if heads.is_empty() || self.walk(&heads, &hide)?.is_empty() {
            return Ok(None);
        }
        let head = self.head()?;
        let update = RefUpdate { source: b"HEAD".to_vec(), new: head, target: b"HEAD".to_vec(), old: None };
        let mut out = self.new_objects(&[update], known.into_iter())?;
        out.names.clear();
        Ok(Some(out))
    }

    /// What a push brings to this repository, before its refs move: everything that no ref reaches.
    ///
    /// # Errors
    /// As for [`Repo::outgoing`].
    pub fn incoming(&self, updates: &[RefUpdate]) -> Result<Outgoing, GitError> {
        let refs = self.backend().refs("refs/")?;
        self.new_objects(updates, refs.into_iter().map(|(_, id)| id))
    }

    /// The commits in these revisions, written as in git: `B`, `A..B`, `^A`. `A...B` means what B added since
    /// the merge base, so the same as `A..B`; an omitted side is HEAD.
    ///
    /// # Errors
    /// If a revision does not exist here, and as for [`Repo::outgoing`].
    pub fn range(&self, revisions: &[String]) -> Result<Outgoing, GitError> {
        let named = |revision: &str| {
            let revision = if revision.is_empty() { "HEAD" } else { revision };
            self.resolve(revision)?.ok_or_else(|| GitError::NoRevision(revision.to_owned()))
        };
        let (mut include, mut hide) = (Vec::new(), Vec::new());
        for revision in revisions {
            let ends = revision.split_once("...").or_else(|| revision.split_once(".."));
            let tip = match (ends, revision.strip_prefix('^')) {
                (Some((from, to)), _) => {
                    hide.push(named(from)?);
                    to
                }
                (None, Some(hidden)) => {
                    hide.push(named(hidden)?);
                    continue;
                }
                (None, None) => revision,
            };
            let (new, name) = (Some(named(tip)?), tip.as_bytes().to_vec());
            include.push(RefUpdate { source: name.clone(), new, target: name, old: None });
        }
        let mut out = self.new_objects(&include, hide.into_iter())?;
        out.names.clear();
        Ok(out)
    }

    /// What `head` reaches and `bases` do not, and the message of `head` if it is an annotated tag. `name` is
    /// the ref that names it.
    ///
    /// # Errors
    /// As for [`Repo::outgoing`].
    pub fn since(&self, head: Oid, name: &str, bases: &[Oid]) -> Result<Outgoing, GitError> {
        let name = name.as_bytes().to_vec();
        let update = RefUpdate { source: name.clone(), new: Some(head), target: name, old: None };
        let mut out = self.new_objects(&[update], bases.iter().copied())?;
        out.names.clear();
        Ok(out)
    }

    /// Every file that a commit has, without its history.
    ///
    /// # Errors
    /// As for [`Repo::outgoing`].
    pub fn whole(&self, commit: &Oid) -> Result<Outgoing, GitError> {
        let deltas = tree::compare(self.reader(), None, Some(&self.tree_of(commit)?))?;
        let changes = staged::changes(vec![deltas])?;
        let bare = vec![LooseRefTarget { name: b"HEAD".to_vec(), changes }];
        Ok(Outgoing { bare, ..Outgoing::default() })
    }

    /// The commits of `tips` (or HEAD) made at `time` (seconds since 1970) or later, as far back as their parents were too.
    ///
    /// # Errors
    /// As for [`Repo::outgoing`].
    pub fn recent(&self, tips: Option<&[Oid]>, time: i64) -> Result<Outgoing, GitError> {
        let head = self.head()?;
        let mut include: Vec<Oid> = Vec::new();
        for tip in tips.map_or(head.as_slice(), |tips| tips) {
            include.extend(self.peel_if_here(*tip)?);
        }
        let mut seen: HashSet<Oid> = include.iter().copied().collect();
        let (mut queue, mut older) = (include.clone(), Vec::new());
        while let Some(id) = queue.pop() {
            let commit = self.commit(&id)?;
            match commit.time < time {
                true => older.push(id),
                false if self.shallow()?.contains(&id) => {}
                false => queue.extend(commit.parents.into_iter().filter(|parent| seen.insert(*parent))),
            }
        }
        include.retain(|tip| !older.contains(tip));
        let tip = |id: Oid| RefUpdate {
            source: b"HEAD".to_vec(),
            new: Some(id),
            target: b"HEAD".to_vec(),
            old: None,
        };
        let tips: Vec<RefUpdate> = include.into_iter().map(tip).collect();
        let mut out = self.new_objects(&tips, older.into_iter())?;
        out.names.clear();
        Ok(out)
    }

    /// Everything that HEAD and the refs of this repository reach.
    ///
    /// # Errors
    /// As for [`Repo::outgoing`].
    pub fn history(&self) -> Result<Outgoing, GitError> {
        let refs = self.backend().refs("refs/")?;
        let head = self.head()?.map(|id| (b"HEAD".to_vec(), id));
        let of = |(name, id): (Vec<u8>, Oid)| RefUpdate {
            source: name.clone(),
            new: Some(id),
            target: name,
            old: None,
        };
        let all: Vec<RefUpdate> = refs.into_iter().chain(head).map(of).collect();
        // Nearly every commit is read, and those of a pack lie together.
        self.expect_all();
        let out = self.new_objects(&all, std::iter::empty());
        self.reader().expect_few();
        out
    }

    fn new_objects(
        &self,
        updates: &[RefUpdate],
        known: impl Iterator<Item = Oid>,
    ) -> Result<Outgoing, GitError> {
        let mut out = Outgoing::default();
        let mut include = Vec::new();
        let mut seen = HashSet::new();
        for update in updates {
            if update.old.is_none() && update.new.is_some() {
                out.names.push(update.target.clone());
            }
            if let Some(id) = update.new {
                self.follow(id, update, &mut seen, &mut include, &mut out)?;
            }
        }
        // After another person's push the remote may have objects that are not here.
        for id in known.chain(updates.iter().filter_map(|u| u.old)) {
            if let Some(commit) = self.peel_if_here(id)? {
                out.known.push(commit);
            }
        }
        out.known.sort_unstable();
        out.known.dedup();
        if !include.is_empty() {
            out.commits = self.walk(&include, &out.known)?;
        }
        let shallow = self.shallow()?;
        for id in out.commits.iter().filter(|id| shallow.contains(*id)) {
            out.notes
                .push(format!("shallow clone: history ends at {}, all its lines count as new", id.short()));
        }
        Ok(out)
    }

    /// The commits that `include` reaches and `hide` does not, parents before children. Missing objects of
    /// `hide` are skipped.
    ///
    /// # Errors
    /// If an object of `include` or one on the way is missing or broken.
    pub fn between(
        &self,
        include: &[Oid],
        hide: impl IntoIterator<Item = Oid>,
    ) -> Result<Vec<Oid>, GitError> {
        let peeled = |id: Oid| self.peel_if_here(id).transpose();
        let include = include.iter().copied().filter_map(peeled).collect::<Result<Vec<_>, _>>()?;
        let hide = hide.into_iter().filter_map(peeled).collect::<Result<Vec<_>, _>>()?;
        if include.is_empty() { Ok(Vec::new()) } else { self.walk(&include, &hide) }
    }

    /// The refs of this repository: full name and object id.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn refs(&self) -> Result<Vec<(Vec<u8>, Oid)>, GitError> {
        self.backend().refs("refs/")
    }

    /// The ids of the remote-tracking branches.
    ///
    /// # Errors
    /// If the refs cannot be read.
    pub fn remote_tips(&self) -> Result<Vec<Oid>, GitError> {
        Ok(self.backend().refs("refs/remotes/")?.into_iter().map(|(_, id)| id).collect())
    }

    /// The commits reachable from `include` and not from `hide`, parents before children.
    fn walk(&self, include: &[Oid], hide: &[Oid]) -> Result<Vec<Oid>, GitError> {
        match self.backend().walk(include, hide)? {
            Some(commits) => Ok(commits),
            None => walk::walk(self.reader(), include, hide, self.shallow()?),
        }
    }

    /// Follows an object to a commit, recording the tags, trees and blobs on the way.
    fn follow(
        &self,
        mut id: Oid,
        update: &RefUpdate,
        seen: &mut HashSet<Oid>,
        include: &mut Vec<Oid>,
        out: &mut Outgoing,
    ) -> Result<(), GitError> {
        while seen.insert(id) {
            match self.kind(&id)?.ok_or_else(|| GitError::Missing(vec![id]))? {
                ObjectKind::Commit => include.push(id),
                ObjectKind::Tag => {
                    let tag = self.tag(&id)?;
                    id = tag.target;
                    out.tags.push(tag);
                }
                ObjectKind::Tree => {
                    let deltas = tree::compare(self.reader(), None, Some(&id))?;
                    let changes = staged::changes(vec![deltas])?;
                    out.bare.push(LooseRefTarget { name: update.target.clone(), changes });
                }
                ObjectKind::Blob => {
                    let change = Change {
                        path: RepoPath::new(update.target.clone()),
                        new: Blob { id, mode: 0o100_644 },
                        former: vec![ParentVersion::Absent],
                        new_name: false,
                    };
                    let changes = Changes { list: vec![change], ..Changes::default() };
                    out.bare.push(LooseRefTarget { name: update.target.clone(), changes });
                }
            }
        }
        Ok(())
    }

    /// The commit that an id leads to through tags, if it and everything on the way are here.
    pub(super) fn peel_if_here(&self, mut id: Oid) -> Result<Option<Oid>, GitError> {
        loop {
            match self.kind(&id)? {
                Some(ObjectKind::Commit) => return Ok(Some(id)),
                Some(ObjectKind::Tag) => id = self.tag(&id)?.target,
                _ => return Ok(None),
            }
        }
    }

    /// A commit and its changes: the paths that differ from all of its parents. At the end of a shallow clone's
    /// history there is no parent to compare with, and everything is new.
    ///
    /// # Errors
    /// If a commit or tree is missing or broken.
    pub fn brought_by(&self, id: &Oid) -> Result<(Commit, Changes), GitError> {
        let commit = self.commit(id)?;
        let mut trees = Vec::new();
        if !self.shallow()?.contains(id) {
            for parent in &commit.parents {
                trees.push(Some(self.tree_of(parent)?));
            }
        }
        // Most merges bring nothing, which is known long before all that a branch missed is listed.
        if trees.len() > 1 && !tree::differs_from_all(self.reader(), &trees, &commit.tree)? {
            return Ok((commit, Changes::default()));
        }
        if trees.is_empty() {
            trees.push(None);
        }
        let deltas = |tree: &Option<Oid>| tree::compare(self.reader(), tree.as_ref(), Some(&commit.tree));
        let parents = trees.iter().map(deltas).collect::<Result<_, _>>()?;
        Ok((commit, staged::changes(parents)?))
    }
}
