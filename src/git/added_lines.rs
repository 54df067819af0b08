//! The new lines of a change. Computed only for files with findings.

use super::staged::{Change, ParentVersion, Removed};
use super::{GitError, Repo};
use crate::text::encoding;
use crate::text::lines::AddedLines;

/// Most removed files that a new one is compared with, the likeliest first. Beyond that a moved line counts as new,
/// so it may be reported needlessly but is never missed.
const MOST_REMOVED: usize = 200;

impl Repo {
    /// The lines of a change that no parent has. `new` is the blob as read.
    ///
    /// # Errors
    /// If a parent's blob cannot be read.
    pub fn added_lines(&self, change: &Change, new: &[u8]) -> Result<AddedLines, GitError> {
        let text = encoding::decode(new).0;
        let mut added = AddedLines::All;
        for former in &change.former {
            let against = match former {
                ParentVersion::Absent => AddedLines::All,
                ParentVersion::Moved(_) => AddedLines::Only(Vec::new()),
                ParentVersion::Blob(id) if *id == change.new.id => AddedLines::Only(Vec::new()),
                ParentVersion::Blob(id) => AddedLines::between(&encoding::decode(&self.blob(id)?).0, &text),
                ParentVersion::Removed(removed) => self.moved(change, removed, &text, new.len() as u64)?,
            };
            added = added.and(against);
        }
        Ok(added)
    }

    /// The new lines of a file that may have been moved and edited: compared with the removed file that shares
    /// most with it, if that is at least half, as in git.
    fn moved(
        &self,
        change: &Change,
        removed: &[Removed],
        text: &[u8],
        size: u64,
    ) -> Result<AddedLines, GitError> {
        let mut likely = Vec::new();
        for (i, r) in removed.iter().enumerate() {
            let old = self.blob_size(&r.id)?;
            // Sizes further apart cannot be half alike; UTF-16 that becomes UTF-8 halves a size.
            if old.max(size) <= old.min(size).saturating_mul(4) {
                let other_name = r.path.file_name() != change.path.file_name();
                likely.push((other_name, old.abs_diff(size), i));
            }
        }
        likely.sort_unstable();
        let mut best = (0, AddedLines::All);
        for (_, _, i) in likely.into_iter().take(MOST_REMOVED) {
            let old = self.blob(&removed[i].id)?;
            let old = encoding::decode(&old).0;
            let added = AddedLines::between(&old, text);
            let kept = text.len().saturating_sub(added.bytes(text));
            if kept * 2 >= old.len().max(text.len()) && kept > best.0 {
                best = (kept, added);
            }
        }
        Ok(best.1)
    }
}
