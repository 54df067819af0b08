//! Doors for the fuzz targets in `fuzz/`: an archive, and what it may unpack to. Only there when `cargo fuzz` builds
//! (`cfg(fuzzing)`).

use super::{Budget, Limits, read, unpack};
use crate::text::container::{self, Sort};

const LIMITS: Limits = Limits { mb: 8, key: "archive_mb", entries: 1000, ratio: 100, depth: 4, member_mb: 1 };

/// Any bytes as an archive: read within the budget, and what is covered lies in the bytes. Read as a stream, a tar has
/// the same files.
pub fn archives(data: &[u8]) {
    let Some(Sort::Archive(archive)) = container::of(data, b"a").map(|c| c.sort) else { return };
    let mut total = 0;
    let walked = read(data, b"a", archive, &Budget::new(LIMITS), &|| false, &mut |member| {
        total += member.bytes.len();
    });
    // A member counts once more in each archive that it is in, and four lie in each other.
    assert!(total <= (LIMITS.mb as usize) << 20, "{total}");
    assert!(walked.covered.iter().all(|r| r.start <= r.end && r.end <= data.len()), "{:?}", walked.covered);
    let _ = unpack(data, data.len() as u64, &Budget::new(LIMITS), &|| false, |plain| {
        if plain.is_tar() == Ok(true) {
            let _ = plain.entries(&mut |entry| assert!(entry.content.len() <= 1 << 20));
        }
    });
}
