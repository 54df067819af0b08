//! The commits that some commits reach and others do not: what a push sends.
//!
//! Walks from the newest commit until only hidden ones are left, as git and libgit2 do. For each commit only its
//! id, parents and time are kept, some hundred bytes.

use super::object::Commit;
use super::reader::Reader;
use super::{GitError, ObjectKind, Oid};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

/// Hidden commits visited after the last visible one, in case clocks are wrong.
const SLOP: u32 = 5;

/// A commit that was seen.
struct Node {
    id: Oid,
    /// Its parents' ids, until it is visited.
    unmet: Vec<Oid>,
    /// Its parents, once it is visited.
    parents: Vec<u32>,
    /// True if hidden commits reach it, or it is one.
    hidden: bool,
    /// True while it waits to be visited.
    waits: bool,
    /// Number of its children in the result that are not listed yet.
    children: u32,
}

struct Walk<'a> {
    reader: &'a dyn Reader,
    shallow: &'a HashSet<Oid>,
    nodes: Vec<Node>,
    numbers: HashMap<Oid, u32>,
    /// Commits to visit: the newest first; of the same time, the one seen first.
    queue: BinaryHeap<(i64, Reverse<u32>)>,
    /// Number of waiting commits that are not hidden.
    open: usize,
}

/// The commits reachable from `include` and not from `hide`, parents before children. The parents of `shallow`
/// commits are not here.
pub(super) fn walk(
    reader: &dyn Reader,
    include: &[Oid],
    hide: &[Oid],
    shallow: &HashSet<Oid>,
) -> Result<Vec<Oid>, GitError> {
    let (nodes, numbers, queue) = (Vec::new(), HashMap::new(), BinaryHeap::new());
    let mut walk = Walk { reader, shallow, nodes, numbers, queue, open: 0 };
    for id in hide {
        walk.meet(id, true)?;
    }
    for id in include {
        walk.meet(id, false)?;
    }
    let listed = walk.list()?;
    Ok(walk.in_order(&listed))
}

impl Walk<'_> {
    /// A commit's number; a new one is read, and waits. A missing commit is accepted if it is hidden.
    fn meet(&mut self, id: &Oid, hidden: bool) -> Result<Option<u32>, GitError> {
        if let Some(number) = self.numbers.get(id).copied() {
            if hidden {
                self.hide(number);
            }
            return Ok(Some(number));
        }
        let commit = match self.reader.read(id) {
            Ok(object) if object.kind == ObjectKind::Commit => Commit::parse(*id, &object.bytes)?,
            Ok(object) => {
                return Err(GitError::object("commit", id, format!("it is a {}", object.kind.word())));
            }
            Err(GitError::Missing(_)) if hidden => return Ok(None),
            Err(e) => return Err(e),
        };
        let number = self.nodes.len() as u32;
        self.numbers.insert(*id, number);
        let unmet = if self.shallow.contains(id) { Vec::new() } else { commit.parents };
        self.nodes.push(Node { id: *id, unmet, parents: Vec::new(), hidden, waits: true, children: 0 });
        self.queue.push((commit.time, Reverse(number)));
        self.open += usize::from(!hidden);
        Ok(Some(number))
    }

    /// Hides a commit and everything seen behind it.
    fn hide(&mut self, number: u32) {
        let mut todo = vec![number];
        while let Some(number) = todo.pop() {
            let node = &mut self.nodes[number as usize];
            if !node.hidden {
                node.hidden = true;
                self.open -= usize::from(node.waits);
                todo.extend(&node.parents);
            }
        }
    }

    /// Visits commits until only hidden ones are left; returns those that were not hidden when visited.
    fn list(&mut self) -> Result<Vec<u32>, GitError> {
        let mut listed = Vec::new();
        let (mut slop, mut last) = (SLOP, i64::MAX);
        while let Some((time, Reverse(number))) = self.queue.pop() {
            let node = &mut self.nodes[number as usize];
            node.waits = false;
            let hidden = node.hidden;
            self.open -= usize::from(!hidden);
            for parent in std::mem::take(&mut node.unmet) {
                if let Some(parent) = self.meet(&parent, hidden)? {
                    self.nodes[number as usize].parents.push(parent);
                }
            }
            if !hidden {
                (slop, last) = (SLOP, time);
                listed.push(number);
                continue;
            }
            let newest = self.queue.peek().map(|(time, _)| *time);
            slop = if self.open > 0 || newest.is_some_and(|t| t >= last) { SLOP } else { slop - 1 };
            if slop == 0 {
                break;
            }
        }
        Ok(listed)
    }

    /// Orders parents before children, without mixing branches.
    fn in_order(&mut self, listed: &[u32]) -> Vec<Oid> {
        let listed: Vec<u32> = listed.iter().copied().filter(|n| !self.nodes[*n as usize].hidden).collect();
        for number in &listed {
            for i in 0..self.nodes[*number as usize].parents.len() {
                let parent = self.nodes[*number as usize].parents[i];
                self.nodes[parent as usize].children += 1;
            }
        }
        // From the tips on: the last commit that became free is next, so a branch is followed to its merge
        // base.
        let mut free: Vec<u32> =
            listed.iter().rev().copied().filter(|n| self.nodes[*n as usize].children == 0).collect();
        let mut out = Vec::with_capacity(listed.len());
        while let Some(number) = free.pop() {
            out.push(self.nodes[number as usize].id);
            for i in 0..self.nodes[number as usize].parents.len() {
                let parent = self.nodes[number as usize].parents[i];
                let node = &mut self.nodes[parent as usize];
                node.children -= 1;
                if node.children == 0 && !node.hidden {
                    free.push(parent);
                }
            }
        }
        out.reverse();
        out
    }
}

#[cfg(test)]
mod tests;
