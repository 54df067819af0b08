//! tar, read as a stream: the members of a compressed tar are never in memory together.

use super::Unread;
use super::sink::Sink;
use std::io::Read;
use std::ops::Range;

/// Reads the members; returns the ranges of their contents in the stream.
pub(super) fn members<'a, 'm: 'a>(sink: &mut dyn Sink<'a, 'm>, from: impl Read) -> Vec<Range<usize>> {
    let mut covered = Vec::new();
    let mut archive = tar::Archive::new(from);
    // A second archive may follow the end of the first.
    archive.set_ignore_zeros(true);
    let damaged = |e: &std::io::Error| Unread::Damaged(e.to_string());
    let mut entries = match archive.entries() {
        Ok(entries) => entries,
        Err(e) => {
            sink.leave(b"", damaged(&e));
            return covered;
        }
    };
    loop {
        let mut entry = match entries.next() {
            None => return covered,
            Some(Ok(entry)) => entry,
            Some(Err(e)) => {
                let why = sink.meter().reached().unwrap_or_else(|| damaged(&e));
                sink.leave(b"", why);
                return covered;
            }
        };
        if let Err(why) = sink.meter().enter() {
            sink.leave(b"", why);
            return covered;
        }
        let kind = entry.header().entry_type();
        let name = entry.path_bytes().into_owned();
        header(sink, &mut entry, &name);
        let mut content = Vec::new();
        let read = sink.meter().fill(&mut entry, &mut content);
        if !(kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()) {
            // Headers for all members, or an unknown kind.
            sink.aside(&content);
            content.clear();
            if let Err(why) = read {
                sink.leave(&name, why);
                if sink.meter().is_over() {
                    return covered;
                }
            }
            continue;
        }
        let at = entry.raw_file_position() as usize;
        if read.is_ok() && !kind.is_gnu_sparse() {
            covered.push(at..at.saturating_add(content.len()));
        }
        if read.is_ok() || !content.is_empty() {
            sink.member(&name, content);
        }
        if let Err(why) = read {
            sink.leave(&name, why);
            if sink.meter().is_over() {
                return covered;
            }
        }
    }
}

/// Passes on the text of a member's header.
fn header<'a, 'm: 'a>(sink: &mut dyn Sink<'a, 'm>, entry: &mut tar::Entry<'_, impl Read>, name: &[u8]) {
    sink.aside(name);
    sink.aside(&entry.link_name_bytes().unwrap_or_default());
    let owners = [entry.header().username_bytes(), entry.header().groupname_bytes()];
    owners.into_iter().flatten().filter(|o| *o != b"root").for_each(|owner| sink.aside(owner));
    for field in entry.pax_extensions().into_iter().flatten().flatten().flatten() {
        sink.aside(&[field.key_bytes(), b"=", field.value_bytes()].concat());
    }
}
