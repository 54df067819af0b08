//! The members of an image's file or folder, by name, read where they lie.

use super::ImageError;
use crate::archive::{self, Budget};
use crate::disk::{self, Links};
use crate::finding::{printable, shown_path};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The members of an image's file or folder.
#[derive(Debug)]
pub struct Files {
    from: From,
    places: BTreeMap<Vec<u8>, Place>,
    /// Why the rest of the file was not read.
    cut: Option<String>,
}

#[derive(Debug)]
enum From {
    Folder(PathBuf),
    Tar(Arc<File>),
}

#[derive(Debug, Clone)]
enum Place {
    File {
        at: u64,
        size: u64,
    },
    /// Another name, from the top.
    Link(Vec<u8>),
}

/// A member that is there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Blob {
    /// Its name.
    pub name: Vec<u8>,
    /// Its size in bytes.
    pub size: u64,
    at: u64,
}

/// Members of a file or folder that are looked at; images have hundreds.
const MOST: usize = 100_000;
/// Folders in folders that are looked at.
const DEPTH: usize = 6;
/// Links to links that are followed.
const LINKS: usize = 16;

const DAMAGED: &str = "save the image again: skopeo copy, docker save or podman save";

impl Files {
    /// Opens a layout in a folder, or a file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn open(path: &Path, budget: &Budget) -> Result<Files, ImageError> {
        let fail = |e: io::Error| ImageError {
            what: format!("cannot read {}: {e}", shown_path(path)),
            help: "name an OCI layout, or a file of docker save or podman save; an image by its name is docker://NAME",
        };
        let found = path.metadata().map_err(fail)?;
        if found.is_dir() {
            return Files::of_folder(path).map_err(fail);
        }
        if found.is_file() {
            return Files::of_file(disk::open(path, Links::Follow).map_err(fail)?, budget);
        }
        #[cfg(unix)]
        if std::os::unix::fs::FileTypeExt::is_char_device(&found.file_type()) {
            let what = format!("{} is no file, folder or pipe", shown_path(path));
            return Err(ImageError {
                what,
                help: "name an OCI layout, or a file of docker save or podman save",
            });
        }
        // A pipe, as a shell's <(docker save NAME).
        Files::of_stream(File::open(path).map_err(fail)?, budget)
    }

    /// Takes an image from a stream. Its manifest may come last, so it is kept in a file without a name meanwhile.
    ///
    /// # Errors
    /// If it cannot be read or kept, or is larger than all that may be unpacked.
    pub fn of_stream(from: impl Read, budget: &Budget) -> Result<Files, ImageError> {
        let most = budget.limits().mb.saturating_mul(1 << 20);
        let mut file = tempfile::tempfile().map_err(|e| unkept(&e))?;
        let size = io::copy(&mut from.take(most.saturating_add(1)), &mut file).map_err(|e| unkept(&e))?;
        if size > most {
            let what = format!("the image has more than {} MB", budget.limits().mb);
            return Err(ImageError { what, help: "raise limits.archive_mb" });
        }
        Files::of_file(file, budget)
    }

    fn of_file(mut file: File, budget: &Budget) -> Result<Files, ImageError> {
        let fail = |e: io::Error| ImageError { what: format!("cannot read the image: {e}"), help: DAMAGED };
        let size = file.metadata().map_err(fail)?.len();
        file.seek(SeekFrom::Start(0)).map_err(fail)?;
        let mut head = Vec::new();
        (&file).take(512).read_to_end(&mut head).map_err(fail)?;
        file.seek(SeekFrom::Start(0)).map_err(fail)?;
        if !archive::is_compressed(&head) {
            return Ok(Files::of_tar(file, size));
        }
        let mut plain = tempfile::tempfile().map_err(|e| unkept(&e))?;
        let unpacked = archive::unpack(&file, size, budget, &|| false, |p| p.copy(&mut plain));
        let cut = unpacked.map_err(fail)?.err().map(|why| why.text());
        let size = plain.metadata().map_err(fail)?.len();
        plain.seek(SeekFrom::Start(0)).map_err(fail)?;
        let mut files = Files::of_tar(plain, size);
        files.cut = cut.or(files.cut);
        Ok(files)
    }

    /// Notes where each member lies; contents are passed over.
    fn of_tar(file: File, whole: u64) -> Files {
        let file = Arc::new(file);
        let mut files = Files { from: From::Tar(Arc::clone(&file)), places: BTreeMap::new(), cut: None };
        let mut archive = tar::Archive::new(Section { file, at: 0, end: whole });
        archive.set_ignore_zeros(true);
        let entries = match archive.entries_with_seek() {
            Ok(entries) => entries,
            Err(e) => {
                files.cut = Some(e.to_string());
                return files;
            }
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) if files.places.len() < MOST => entry,
                Ok(_) => {
                    files.cut = Some(format!("it has more than {MOST} members"));
                    break;
                }
                Err(e) => {
                    files.cut = Some(e.to_string());
                    break;
                }
            };
            let Some(name) = clean(b"", &entry.path_bytes()) else { continue };
            let target = entry.link_name_bytes().unwrap_or_default();
            let kind = entry.header().entry_type();
            let place = match kind {
                tar::EntryType::Symlink => clean(parent(&name), &target).map(Place::Link),
                tar::EntryType::Link => clean(b"", &target).map(Place::Link),
                kind if kind.is_file() || kind.is_contiguous() => {
                    let (at, size) = (entry.raw_file_position(), entry.size());
                    if at.saturating_add(size) > whole {
                        files.cut = Some(format!("{} reaches past its end", printable(&name)));
                    }
                    Some(Place::File { at, size: size.min(whole.saturating_sub(at)) })
                }
                _ => None,
            };
            // The last of one name counts, as it does for who unpacks it.
            place.into_iter().for_each(|place| drop(files.places.insert(name.clone(), place)));
        }
        files
    }

    fn of_folder(top: &Path) -> io::Result<Files> {
        let mut files = Files { from: From::Folder(top.to_owned()), places: BTreeMap::new(), cut: None };
        let mut open = vec![(top.to_owned(), Vec::new(), 0)];
        while let Some((folder, prefix, depth)) = open.pop() {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                let name = [&prefix[..], entry.file_name().as_encoded_bytes()].concat();
                let found = entry.path().symlink_metadata()?;
                if files.places.len() >= MOST {
                    files.cut = Some(format!("it has more than {MOST} files"));
                    return Ok(files);
                }
                if found.is_dir() && depth < DEPTH {
                    open.push((entry.path(), [&name[..], b"/"].concat(), depth + 1));
                } else if found.is_file() {
                    files.places.insert(name, Place::File { at: 0, size: found.len() });
                } else if found.is_symlink() {
                    let target = fs::read_link(entry.path())?;
                    let target = clean(parent(&name), target.as_os_str().as_encoded_bytes());
                    target.into_iter().for_each(|t| drop(files.places.insert(name.clone(), Place::Link(t))));
                }
            }
        }
        Ok(files)
    }

    /// Why a part of the file was not read.
    pub fn cut(&self) -> Option<&str> {
        self.cut.as_deref()
    }

    /// All members that are files.
    pub fn blobs(&self) -> impl Iterator<Item = Blob> {
        self.places.iter().filter_map(|(name, place)| match place {
            Place::File { at, size } => Some(Blob { name: name.clone(), size: *size, at: *at }),
            Place::Link(_) => None,
        })
    }

    /// The member of a name, links followed.
    pub fn find(&self, name: &[u8]) -> Option<Blob> {
        let mut name = clean(b"", name)?;
        for _ in 0..LINKS {
            match self.places.get(&name)? {
                Place::File { at, size } => return Some(Blob { name, size: *size, at: *at }),
                Place::Link(to) => name = to.clone(),
            }
        }
        None
    }

    /// The blob of a digest such as `sha256:...`.
    pub fn digest(&self, digest: &str) -> Option<Blob> {
        let (algorithm, hex) = digest.split_once(':')?;
        let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric());
        if !plain(algorithm) || !plain(hex) {
            return None;
        }
        self.find(format!("blobs/{algorithm}/{hex}").as_bytes())
    }

    /// A reader of a member.
    ///
    /// # Errors
    /// If its file cannot be opened.
    pub fn reader(&self, blob: &Blob) -> io::Result<Section> {
        let file = match &self.from {
            From::Tar(file) => Arc::clone(file),
            From::Folder(top) => {
                let name = std::str::from_utf8(&blob.name).map_err(io::Error::other)?;
                Arc::new(disk::open(&top.join(name), Links::Refuse)?)
            }
        };
        Ok(Section { file, at: blob.at, end: blob.at.saturating_add(blob.size) })
    }

    /// A small member, such as a manifest.
    ///
    /// # Errors
    /// If it cannot be read, or is not a small file.
    pub fn read(&self, blob: &Blob, most: u64) -> io::Result<Vec<u8>> {
        if blob.size > most {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("it is larger than {most} bytes"),
            ));
        }
        let mut bytes = Vec::new();
        self.reader(blob)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

fn unkept(e: &io::Error) -> ImageError {
    ImageError {
        what: format!("cannot keep the image in a temporary file: {e}"),
        help: "make room there, or let TMPDIR name a folder with room",
    }
}

/// A part of a file, read at its own place: several threads read one file.
#[derive(Debug)]
pub struct Section {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX).min(buffer.len());
        #[cfg(unix)]
        let n = std::os::unix::fs::FileExt::read_at(&*self.file, &mut buffer[..most], self.at)?;
        #[cfg(windows)]
        let n = std::os::windows::fs::FileExt::seek_read(&*self.file, &mut buffer[..most], self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Section {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(n) => Some(n),
            SeekFrom::Current(n) => self.at.checked_add_signed(n),
            SeekFrom::End(n) => self.end.checked_add_signed(n),
        };
        self.at = at.ok_or_else(|| io::Error::other("a place before the beginning"))?;
        Ok(self.at)
    }
}

fn parent(name: &[u8]) -> &[u8] {
    &name[..memchr::memrchr(b'/', name).unwrap_or(0)]
}

/// A name from the top, without `.` and `..`; `None` if it leads out or names nothing.
pub(super) fn clean(folder: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let from = if name.starts_with(b"/") { &b""[..] } else { folder };
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in from.split(|b| *b == b'/').chain(name.split(|b| *b == b'/')) {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join(&b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_a_member_or_nowhere() {
        for (folder, name, want) in [
            ("", "./a//b/", Some("a/b")),
            ("x/y", "../layer.tar", Some("x/layer.tar")),
            ("x", "/a", Some("a")),
            ("x", "../../etc/passwd", None),
            ("", "..", None),
            ("", "", None),
        ] {
            let got = clean(folder.as_bytes(), name.as_bytes());
            assert_eq!(got.as_deref(), want.map(str::as_bytes), "{folder} {name}");
        }
    }

    #[test]
    fn a_stream_without_end_is_refused_at_its_limit() {
        let limits =
            archive::Limits { mb: 1, key: "archive_mb", entries: 9, ratio: 9, depth: 1, member_mb: 1 };
        let error = Files::of_stream(io::repeat(b'x'), &Budget::new(limits)).unwrap_err();
        assert_eq!(error.what, "the image has more than 1 MB");
    }
}
