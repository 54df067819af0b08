//! ar: a Debian package is one with two compressed tars; a static library is one too.

use super::Unread;
use super::budget::Gate;
use super::sink::Sink;
use std::ops::Range;

const MAGIC: usize = 8;
const HEADER: usize = 60;

/// Reads the members; returns the ranges of their contents.
pub(super) fn members<'a, 'm: 'a>(sink: &mut dyn Sink<'a, 'm>, bytes: &[u8]) -> Vec<Range<usize>> {
    let mut covered = Vec::new();
    let mut at = MAGIC;
    while at < bytes.len() && !sink.meter().is_over() {
        let Some(header) = bytes.get(at..at + HEADER).filter(|h| h.ends_with(b"`\n")) else {
            sink.leave(b"", Unread::Damaged("no header where a member begins".to_owned()));
            break;
        };
        let size = std::str::from_utf8(&header[48..58]).ok().and_then(|s| s.trim_end().parse::<usize>().ok());
        let from = at + HEADER;
        let Some(end) = size.and_then(|size| from.checked_add(size)).filter(|end| *end <= bytes.len()) else {
            sink.leave(b"", Unread::Damaged("a member reaches past the end".to_owned()));
            break;
        };
        let name = header[..16].trim_ascii_end();
        let name = name.strip_suffix(b"/").unwrap_or(name);
        let mut content = Vec::new();
        let gate = &mut Gate::new(sink.meter(), &bytes[from..end]);
        match sink.meter().enter().and_then(|()| sink.meter().fill(gate, &mut content)) {
            Ok(()) => {
                covered.push(from..end);
                sink.member(name, content);
            }
            Err(why) => sink.leave(name, why),
        }
        at = end + end % 2;
    }
    covered
}
