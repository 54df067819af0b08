//! What the next commit will record, compared with all of its parents.

use super::{Blob, Delta, GitError, Oid, Repo};
use crate::finding::RepoPath;
use std::collections::HashMap;
use std::sync::Arc;

/// A path that gets new content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path in the new version.
    pub path: RepoPath,
    /// The new content.
    pub new: Blob,
    /// The previous content in each parent, in order; a root commit has none.
    pub former: Vec<ParentVersion>,
    /// True if the path itself is new, so that its name is scanned too.
    pub new_name: bool,
}

impl Change {
    /// Returns whether it brings bytes. A file that was only moved does not.
    pub fn brings_content(&self) -> bool {
        !self.former.iter().any(|f| match f {
            ParentVersion::Blob(id) => *id == self.new.id,
            ParentVersion::Moved(_) => true,
            ParentVersion::Absent | ParentVersion::Removed(_) => false,
        })
    }

    /// Paths where the file may have been before, if its path is new.
    pub fn former_paths(&self) -> impl Iterator<Item = &RepoPath> {
        fn of(former: &ParentVersion) -> &[Removed] {
            match former {
                ParentVersion::Moved(removed) => std::slice::from_ref(removed),
                ParentVersion::Removed(all) => all,
                ParentVersion::Absent | ParentVersion::Blob(_) => &[],
            }
        }
        self.former.iter().flat_map(of).map(|r| &r.path)
    }
}

/// What one parent has in place of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParentVersion {
    /// Nothing: every line is new compared with this parent.
    Absent,
    /// This blob, at the same path.
    Blob(Oid),
    /// Exactly this content at another path, which the same change removes.
    Moved(Removed),
    /// Nothing at this path, but these files were removed: it may have been one of them.
    Removed(Arc<[Removed]>),
}

/// A file that the same change removes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// Its path.
    pub path: RepoPath,
    /// Its content.
    pub id: Oid,
}

/// A set of changes, with counts that must add up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The paths with content or names to scan, in order of path.
    pub list: Vec<Change>,
    /// Submodule commits: they refer to another repository's history and bring no bytes.
    pub gitlinks: usize,
    /// Paths that bring nothing: removed, only a new mode, or equal to one of the parents.
    pub silent: usize,
}

/// Most folders around a file: a path on disk has no more, and git refuses them by default.
const DEEPEST: usize = 2048;

/// Turns the differences from each parent into changes: a path counts if it differs from all parents.
///
/// # Errors
/// [`GitError::Unread`] if a differing path is in no class, which would be a defect of this function;
/// [`GitError::Deep`] if a path is nested too deep.
pub(super) fn changes(parents: Vec<Vec<Delta>>) -> Result<Changes, GitError> {
    let mut parents = parents.into_iter();
    let Some(first) = parents.next() else {
        return Ok(Changes::default());
    };
    let folders = |delta: &Delta| memchr::memchr_iter(b'/', delta.path.as_bytes()).count();
    if let Some(folders) = first.iter().map(folders).find(|folders| *folders > DEEPEST) {
        return Err(GitError::Deep { folders, most: DEEPEST });
    }
    let first = Against::new(first);
    let others: Vec<Against> = parents.map(Against::new).collect();
    let mut out = Changes::default();
    for delta in &first.deltas {
        let Some(new) = delta.new.filter(|_| others.iter().all(|o| o.by_path.contains_key(&delta.path)))
        else {
            out.silent += 1;
            continue;
        };
        if new.is_gitlink() {
            out.gitlinks += 1;
            continue;
        }
        let all = || std::iter::once(&first).chain(&others);
        let former: Vec<ParentVersion> = all().map(|a| a.former(&delta.path, &new)).collect();
        let new_name = all().all(|a| a.old(&delta.path).is_none());
        let change = Change { path: delta.path.clone(), new, former, new_name };
        if new_name || change.brings_content() {
            out.list.push(change);
        } else {
            out.silent += 1;
        }
    }
    if out.list.len() + out.gitlinks + out.silent != first.deltas.len() {
        return Err(GitError::Unread(first.deltas.into_iter().map(|d| d.path).collect()));
    }
    Ok(out)
}

/// The differences from one parent, indexed for lookups.
struct Against {
    deltas: Vec<Delta>,
    by_path: HashMap<RepoPath, Option<Blob>>,
    removed: Arc<[Removed]>,
    /// The index in `removed` of a removed content.
    by_id: HashMap<Oid, usize>,
}

impl Against {
    fn new(deltas: Vec<Delta>) -> Against {
        let removed: Arc<[Removed]> = deltas
            .iter()
            .filter(|d| d.new.is_none())
            .filter_map(|d| d.old.filter(|o| !o.is_gitlink()).map(|o| (d, o)))
            .map(|(d, o)| Removed { path: d.path.clone(), id: o.id })
            .collect();
        Against {
            by_path: deltas.iter().map(|d| (d.path.clone(), d.old)).collect(),
            by_id: removed.iter().enumerate().rev().map(|(i, r)| (r.id, i)).collect(),
            removed,
            deltas,
        }
    }

    fn old(&self, path: &RepoPath) -> Option<Blob> {
        self.by_path.get(path).copied().flatten()
    }

    fn former(&self, path: &RepoPath, new: &Blob) -> ParentVersion {
        match (self.old(path), self.by_id.get(&new.id)) {
            (Some(old), _) if old.is_gitlink() => ParentVersion::Absent,
            (Some(old), _) => ParentVersion::Blob(old.id),
            (None, Some(&i)) => ParentVersion::Moved(self.removed[i].clone()),
            (None, None) if self.removed.is_empty() => ParentVersion::Absent,
            (None, None) => ParentVersion::Removed(Arc::clone(&self.removed)),
        }
    }
}

impl Repo {
    /// What the next commit changes.
    ///
    /// # Errors
    /// If the index, a tree or HEAD cannot be read.
    pub fn staged(&self) -> Result<Changes, GitError> {
        let mut parents = Vec::new();
        let mut tips: Vec<Option<Oid>> = vec![self.head()?];
        tips.extend(self.merge_heads()?.into_iter().map(Some));
        for tip in tips {
            let tree = tip.map(|id| self.commit(&id)).transpose()?.map(|c| c.tree);
            parents.push(self.reader().index_against(tree.as_ref())?);
        }
        changes(parents)
    }

    /// The other parents of a merge that is being committed.
    fn merge_heads(&self) -> Result<Vec<Oid>, GitError> {
        let path = self.git_dir().join("MERGE_HEAD");
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(heads_of_running_merge()),
            Err(e) => return Err(GitError::Other(format!("cannot read {}: {e}", path.display()))),
        };
        text.split(|b| *b == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| {
                Oid::from_hex(line.trim_ascii())
                    .ok_or_else(|| GitError::Other(format!("{} holds no object id", path.display())))
            })
            .collect()
    }
}

/// While `git merge` runs pre-merge-commit, MERGE_HEAD is not written yet; the merged commits are in variables
/// `GITHEAD_<id>`, which git sets to name the sides in conflict markers.
fn heads_of_running_merge() -> Vec<Oid> {
    std::env::vars_os()
        .filter_map(|(name, _)| Oid::from_hex(name.to_str()?.strip_prefix("GITHEAD_")?.as_bytes()))
        .collect()
}
