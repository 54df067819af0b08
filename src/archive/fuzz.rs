//! Entry point of the fuzz target `archives` in `fuzz/`. Compiled only for `cargo fuzz` (`cfg(fuzzing)`).

use super::{Budget, Limits, read, unpack};
use crate::text::container::{self, Archive, Sort};
use std::cell::Cell;

/// Formats that the first byte selects; beyond them the format is recognised by its bytes.
const FORMATS: [Archive; 10] = [
    Archive::Zip,
    Archive::Tar,
    Archive::Ar,
    Archive::Rpm,
    Archive::Gzip,
    Archive::Bzip2,
    Archive::Xz,
    Archive::Lzma,
    Archive::Lzip,
    Archive::Zstd,
];

/// Small enough that a bomb ends at once.
const LIMITS: Limits = Limits { mb: 4, key: "archive_mb", entries: 100, ratio: 50, depth: 3, member_mb: 1 };

/// Any bytes as an archive: members lie in it, they stay within the limits, and what a limit excludes is listed.
pub fn archives(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else { return };
    let archive = match FORMATS.get(usize::from(first % 16)) {
        Some(archive) => *archive,
        None => match container::of(bytes, b"a").map(|c| c.sort) {
            Some(Sort::Archive(archive)) => archive,
            _ => return,
        },
    };
    let (mut members, mut total) = (0u64, 0);
    let budget = Budget::new(LIMITS);
    let walked = read(bytes, b"a", archive, &budget, &|| false, &mut |member| {
        // Bytes outside of the contents are visited a little over a megabyte at a time.
        assert!(member.bytes.len() <= 3 << 20, "a member over the limit");
        assert!(member.path.is_none_or(|p| p.len() <= 3 * 1025), "a name over the limit");
        members += 1;
        total += member.bytes.len();
    });
    // Each byte is visited once as content or beside it, with an end of line.
    assert!(members <= 3 * LIMITS.entries && total <= 12 << 20, "{members} members of {total} bytes");
    for range in &walked.covered {
        assert!(range.start <= range.end && range.end <= bytes.len(), "{range:?} of {}", bytes.len());
    }
    // Again, and ended on the way as a deadline does.
    let asked = Cell::new(0);
    let stop = || asked.replace(asked.get() + 1) > 8;
    read(bytes, b"a", archive, &budget.renewed(), &stop, &mut |_| ());
    let _ = unpack(bytes, bytes.len() as u64, &budget.renewed(), &|| false, |plain| {
        if plain.is_tar() == Ok(true) {
            let _ = plain.entries(&mut |entry| assert!(entry.content.len() <= 1 << 20));
        }
    });
}
