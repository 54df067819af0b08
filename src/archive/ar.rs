//! ar: a Debian package is one that holds two compressed tars; a static library is one too.

use super::Unread;
use super::budget::Gate;
use super::walk::{Level, Walk};
use std::ops::Range;

const MAGIC: usize = 8;
const HEADER: usize = 60;

/// Reads the members; returns where their contents lie.
pub(super) fn members(walk: &mut Walk<'_, '_>, bytes: &[u8], level: &Level<'_>) -> Vec<Range<usize>> {
    let mut covered = Vec::new();
    let mut at = MAGIC;
    while at < bytes.len() && !walk.meter.is_over() {
        let Some(header) = bytes.get(at..at + HEADER).filter(|h| h.ends_with(b"`\n")) else {
            walk.leave(level, b"", Unread::Damaged("no header where a member begins".to_owned()));
            break;
        };
        let size = std::str::from_utf8(&header[48..58]).ok().and_then(|s| s.trim_end().parse::<usize>().ok());
        let from = at + HEADER;
        let Some(end) = size.and_then(|size| from.checked_add(size)).filter(|end| *end <= bytes.len()) else {
            walk.leave(level, b"", Unread::Damaged("a member reaches past the end".to_owned()));
            break;
        };
        let name = header[..16].trim_ascii_end();
        let name = name.strip_suffix(b"/").unwrap_or(name);
        let mut content = Vec::new();
        let gate = &mut Gate::new(walk.meter, &bytes[from..end]);
        match walk.meter.enter().and_then(|()| walk.meter.fill(gate, &mut content)) {
            Ok(()) => {
                covered.push(from..end);
                walk.member(level, name, content);
            }
            Err(why) => walk.leave(level, name, why),
        }
        at = end + end % 2;
    }
    covered
}
