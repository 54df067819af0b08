//! tar, read as a stream: the members of a compressed one are never in memory together.

use super::Unread;
use super::walk::{Level, Walk};
use std::io::Read;
use std::ops::Range;

/// Reads the members; returns where in the stream their contents lie.
pub(super) fn members(walk: &mut Walk<'_, '_>, from: impl Read, level: &Level<'_>) -> Vec<Range<usize>> {
    let mut covered = Vec::new();
    let mut archive = tar::Archive::new(from);
    // A second archive may follow the end of the first.
    archive.set_ignore_zeros(true);
    let damaged = |e: &std::io::Error| Unread::Damaged(e.to_string());
    let mut entries = match archive.entries() {
        Ok(entries) => entries,
        Err(e) => {
            walk.leave(level, b"", damaged(&e));
            return covered;
        }
    };
    loop {
        let mut entry = match entries.next() {
            None => return covered,
            Some(Ok(entry)) => entry,
            Some(Err(e)) => {
                let why = walk.meter.reached().unwrap_or_else(|| damaged(&e));
                walk.leave(level, b"", why);
                return covered;
            }
        };
        if let Err(why) = walk.meter.enter() {
            walk.leave(level, b"", why);
            return covered;
        }
        let kind = entry.header().entry_type();
        if !(kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()) {
            continue;
        }
        let name = entry.path_bytes().into_owned();
        let mut content = Vec::new();
        let read = walk.meter.fill(&mut entry, &mut content);
        let at = entry.raw_file_position() as usize;
        if read.is_ok() && !kind.is_gnu_sparse() {
            covered.push(at..at.saturating_add(content.len()));
        }
        if read.is_ok() || !content.is_empty() {
            walk.member(level, &name, content);
        }
        if let Err(why) = read {
            walk.leave(level, &name, why);
            if walk.meter.is_over() {
                return covered;
            }
        }
    }
}
