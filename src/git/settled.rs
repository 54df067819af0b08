//! Whether a range of commits is certain in a clone whose history is cut off.

use super::{GitError, Oid, Repo};
use std::collections::{BTreeSet, HashMap, HashSet};

impl Repo {
    /// Returns whether no commit of a range could turn out to be old once more history is fetched. `commits`
    /// are those of the range, parents first; `bases` are the commits that the range leaves out.
    ///
    /// A commit at which history is cut has no parents here: all its lines would count as new. The history of
    /// the bases behind such a cut is unknown, so it would count as new too, unless it is newer than the cut.
    ///
    /// # Errors
    /// If a commit cannot be read.
    pub fn is_settled(&self, commits: &[Oid], bases: &[Oid]) -> Result<bool, GitError> {
        let shallow = self.shallow()?;
        if shallow.is_empty() || commits.is_empty() {
            return Ok(true);
        }
        if commits.iter().any(|id| shallow.contains(id)) {
            return Ok(false);
        }
        let cuts_below = |tips: &[Oid]| -> Result<BTreeSet<Oid>, GitError> {
            let all = self.between(tips, std::iter::empty())?;
            Ok(all.into_iter().filter(|id| shallow.contains(id)).collect())
        };
        let mut cuts: HashMap<Oid, i64> = HashMap::new();
        for id in cuts_below(bases)? {
            cuts.insert(id, self.commit(&id)?.time);
        }
        let range: HashSet<Oid> = commits.iter().copied().collect();
        let mut below: HashMap<Oid, BTreeSet<Oid>> = HashMap::new();
        for id in commits {
            let commit = self.commit(id)?;
            let mut known = BTreeSet::new();
            for parent in &commit.parents {
                if !below.contains_key(parent) && !range.contains(parent) {
                    below.insert(*parent, cuts_below(&[*parent])?);
                }
                known.extend(below.get(parent).into_iter().flatten().copied());
            }
            if cuts.iter().any(|(cut, time)| !known.contains(cut) && commit.time <= *time) {
                return Ok(false);
            }
            below.insert(*id, known);
        }
        Ok(true)
    }

    /// The first of these commits at which a shallow clone's history is cut; `None` if the clone has all their
    /// parents.
    ///
    /// # Errors
    /// If the list of cut commits cannot be read.
    pub fn first_cut(&self, commits: &[Oid]) -> Result<Option<Oid>, GitError> {
        let shallow = self.shallow()?;
        Ok(commits.iter().find(|id| shallow.contains(*id)).copied())
    }
}
