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
    /// The content of a file: what was read of it.
    pub content: Vec<u8>,
    /// Why not all of the content was read.
    pub cut: Option<Unread>,
    /// What its header says besides, such as extended attributes; of an unknown kind also its content.
    pub fields: Vec<u8>,
    /// The names of its user and group.
    owners: Vec<Vec<u8>>,
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
        let mut fields = Vec::new();
        for field in entry.pax_extensions().into_iter().flatten().flatten().flatten() {
            fields.extend([field.key_bytes(), b"=", field.value_bytes(), b"\n"].concat());
        }
        let owners = [entry.header().username_bytes(), entry.header().groupname_bytes()];
        let owners = owners.into_iter().flatten().filter(|o| *o != b"root" && !o.is_empty());
        let owners = owners.map(<[u8]>::to_vec).collect();
        let mut content = Vec::new();
        let cut = meter.fill(&mut entry, &mut content).err();
        let at = entry.raw_file_position() as usize;
        if matches!(cut, Some(Unread::TooLarge(_))) {
            meter.pass(&mut entry)?;
        }
        if kind != Kind::File {
            // Headers for all members, or an unknown kind.
            fields.append(&mut content);
        }
        let at = Some(at).filter(|_| kind == Kind::File && !header.is_gnu_sparse());
        visit(Entry { path, kind, content, cut, fields, owners, at });
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
        let Entry { path, kind, content, cut, fields, owners, at } = entry;
        sink.aside(&path);
        if let Kind::HardLink(target) | Kind::Symlink(target) = &kind {
            sink.aside(target);
        }
        owners.iter().chain([&fields]).for_each(|text| sink.aside(text));
        if kind == Kind::File {
            covered.extend(at.filter(|_| cut.is_none()).map(|at| at..at.saturating_add(content.len())));
            if cut.is_none() || !content.is_empty() {
                sink.member(&path, content);
            }
        }
        cut.into_iter().for_each(|why| sink.leave(&path, why));
    });
    if let Err(why) = read {
        sink.leave(b"", why);
    }
    covered
}
