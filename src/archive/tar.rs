//! tar, read as a stream: the members of a compressed tar are never in memory together.

use super::Unread;
use super::budget::Meter;
use super::sink::Sink;
use std::io::Read;
use std::ops::Range;

/// What an entry of a tar is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// Another name for a file that stands before it.
    HardLink(Vec<u8>),
    /// A symbolic link, with its target.
    Symlink(Vec<u8>),
    /// A folder.
    Folder,
    /// A device or a FIFO: it has no content.
    Other,
}

/// An entry of a tar.
#[derive(Debug)]
pub struct Entry {
    /// Its name, as it stands there.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// The text of its header, one a line.
    pub beside: Vec<u8>,
    /// Its content: what was read of it.
    pub content: Vec<u8>,
    /// Why not all of the content was read.
    pub cut: Option<Unread>,
    /// Where in the stream the content lies, if it does as it is.
    at: Option<usize>,
}

/// Gives each entry to `visit`; an error says why the rest was not read.
pub(super) fn entries(
    meter: &Meter<'_>,
    from: impl Read,
    visit: &mut dyn FnMut(Entry),
) -> Result<(), Unread> {
    let mut archive = tar::Archive::new(from);
    // A second archive may follow the end of the first.
    archive.set_ignore_zeros(true);
    let why = |e: &std::io::Error| meter.reached().unwrap_or_else(|| Unread::Damaged(e.to_string()));
    for entry in archive.entries().map_err(|e| why(&e))? {
        let mut entry = entry.map_err(|e| why(&e))?;
        meter.enter()?;
        let header = entry.header().entry_type();
        let target = || entry.link_name_bytes().unwrap_or_default().into_owned();
        let kind = match header {
            tar::EntryType::Link => Kind::HardLink(target()),
            tar::EntryType::Symlink => Kind::Symlink(target()),
            tar::EntryType::Directory => Kind::Folder,
            h if h.is_file() || h.is_contiguous() || h.is_gnu_sparse() => Kind::File,
            _ => Kind::Other,
        };
        let path = entry.path_bytes().into_owned();
        let beside = header_text(&mut entry, &path);
        let mut content = Vec::new();
        let cut = meter.fill(&mut entry, &mut content).err();
        let at = Some(entry.raw_file_position() as usize).filter(|_| !header.is_gnu_sparse());
        if matches!(cut, Some(Unread::TooLarge(_))) {
            meter.pass(&mut entry)?;
        }
        visit(Entry { path, kind, beside, content, cut, at });
        if let Some(why) = meter.reached() {
            return Err(why);
        }
    }
    Ok(())
}

/// Reads the members; returns where in the stream their contents lie.
pub(super) fn members<'a, 'm: 'a>(sink: &mut dyn Sink<'a, 'm>, from: impl Read) -> Vec<Range<usize>> {
    let mut covered = Vec::new();
    let read = entries(sink.meter(), from, &mut |entry| {
        let Entry { path, kind, beside, content, cut, at } = entry;
        sink.aside(&beside);
        if kind != Kind::File {
            // Headers for all members, or an unknown kind.
            sink.aside(&content);
            cut.into_iter().for_each(|why| sink.leave(&path, why));
            return;
        }
        covered.extend(at.filter(|_| cut.is_none()).map(|at| at..at.saturating_add(content.len())));
        if cut.is_none() || !content.is_empty() {
            sink.member(&path, content);
        }
        cut.into_iter().for_each(|why| sink.leave(&path, why));
    });
    if let Err(why) = read {
        sink.leave(b"", why);
    }
    covered
}

/// The text of a member's header, one a line: its name, the target of a link, its owners and the pax fields.
fn header_text(entry: &mut tar::Entry<'_, impl Read>, name: &[u8]) -> Vec<u8> {
    let mut out = [name, b"\n"].concat();
    let mut add = |text: &[u8]| {
        if !text.is_empty() {
            out.extend_from_slice(text);
            out.push(b'\n');
        }
    };
    add(&entry.link_name_bytes().unwrap_or_default());
    let owners = [entry.header().username_bytes(), entry.header().groupname_bytes()];
    owners.into_iter().flatten().filter(|o| *o != b"root").for_each(&mut add);
    for field in entry.pax_extensions().into_iter().flatten().flatten().flatten() {
        add(&[field.key_bytes(), b"=", field.value_bytes()].concat());
    }
    out.truncate(out.trim_ascii_end().len());
    out
}
