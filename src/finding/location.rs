//! Locations: paths as git stores them (bytes), lines and columns as editors count them.

use super::escape::printable;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// A path inside a repository or a tree: bytes, `/` between parts, possibly not UTF-8. Of a member of an archive also its
/// name in the archive; the path's bytes are then the archive's.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RepoPath {
    bytes: Vec<u8>,
    /// If a secret in it is masked: a shell glob that the real path matches.
    glob: Option<Vec<u8>>,
    /// The name in the archive at this path; of archives in archives all names, joined by `!`.
    member: Option<Vec<u8>>,
}

impl RepoPath {
    /// Takes the bytes unchanged; the caller converts backslashes of Windows paths first.
    pub fn new(bytes: impl Into<Vec<u8>>) -> RepoPath {
        RepoPath { bytes: bytes.into(), glob: None, member: None }
    }

    /// The path with these ranges of it masked, in order of place.
    pub fn masked(bytes: &[u8], masks: &[(Range<usize>, String)]) -> RepoPath {
        if masks.is_empty() {
            return RepoPath::new(bytes);
        }
        let (mut out, mut glob, mut at) = (Vec::new(), Vec::new(), 0);
        for (range, masked) in masks {
            let clear = &bytes[at..range.start];
            out.extend_from_slice(clear);
            out.extend_from_slice(masked.as_bytes());
            // What of the value is shown anyway narrows the glob.
            let (first, last) = masked.split_once("****").map_or(("", ""), |(first, rest)| {
                (first, rest.rsplit_once("****").map_or("", |(_, last)| last))
            });
            let plain = |bytes: &[u8]| -> Vec<u8> {
                bytes.iter().map(|b| if is_plain(*b) { *b } else { b'*' }).collect()
            };
            // A dot stands for a byte that cannot be shown.
            let shown = |text: &str| plain(text.replace('.', "*").as_bytes());
            glob.extend(plain(clear));
            glob.extend(shown(first));
            glob.push(b'*');
            glob.extend(shown(last));
            at = range.end;
        }
        out.extend_from_slice(&bytes[at..]);
        glob.extend(bytes[at..].iter().map(|b| if is_plain(*b) { *b } else { b'*' }));
        glob.dedup_by(|b, a| *a == b'*' && *b == b'*');
        RepoPath { bytes: out, glob: Some(glob), member: None }
    }

    /// The path of a member of the archive at this path.
    #[must_use]
    pub fn with_member(&self, member: Option<&[u8]>) -> RepoPath {
        RepoPath { member: member.map(<[u8]>::to_vec), ..self.clone() }
    }

    /// The path of a member of the archive that is at this path, itself perhaps a member.
    #[must_use]
    pub fn inside(&self, member: &[u8]) -> RepoPath {
        match &self.member {
            None => self.with_member(Some(member)),
            Some(outer) => self.with_member(Some(&[outer, &b"!"[..], member].concat())),
        }
    }

    /// The same path under a folder.
    #[must_use]
    pub fn under(&self, folder: &[u8]) -> RepoPath {
        let join =
            |path: &[u8]| if path.is_empty() { folder.to_vec() } else { [folder, b"/", path].concat() };
        RepoPath {
            bytes: join(&self.bytes),
            glob: self.glob.as_deref().map(join),
            member: self.member.clone(),
        }
    }

    /// The name in the archive at this path, if it is a member of one.
    pub fn member(&self) -> Option<&[u8]> {
        self.member.as_deref()
    }

    /// The path as if archives were folders: what it says about its content is judged by it.
    pub fn as_folders(&self) -> Cow<'_, [u8]> {
        match &self.member {
            None => Cow::Borrowed(&self.bytes),
            Some(member) => Cow::Owned([&self.bytes, &b"/"[..], &folders(member)].concat()),
        }
    }

    /// The member's name as if archives were folders: the archive's own says nothing about it.
    pub fn member_as_folders(&self) -> Vec<u8> {
        folders(self.member.as_deref().unwrap_or_default())
    }

    /// The path, and behind a `!` the member.
    pub fn shown_bytes(&self) -> Cow<'_, [u8]> {
        match &self.member {
            None => Cow::Borrowed(&self.bytes),
            Some(member) => Cow::Owned([&self.bytes[..], b"!", member].concat()),
        }
    }

    /// If a part of the path is masked: a glob, safe in a shell without quotes, that the real path matches.
    pub fn glob(&self) -> Option<&[u8]> {
        self.glob.as_deref()
    }

    /// The raw bytes: for git, never for a terminal.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The last part.
    pub fn file_name(&self) -> &[u8] {
        self.bytes.rsplit(|b| *b == b'/').next().unwrap_or_default()
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", printable(&self.shown_bytes()))
    }
}

/// Safe to print: control characters and bytes that are not UTF-8 are escaped.
impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.shown_bytes()))
    }
}

fn folders(member: &[u8]) -> Vec<u8> {
    member.iter().map(|b| if matches!(b, b'!' | b'\\') { b'/' } else { *b }).collect()
}

/// Returns whether a shell and a glob take the byte as itself.
fn is_plain(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"_-./:@%+=,".contains(&b)
}

/// The origin of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The kind of text.
    pub kind: SourceKind,
    /// The file, if the text comes from one.
    pub path: RepoPath,
    /// The commit or tag that contains it, as hex.
    pub commit: Option<String>,
    /// The blob's object id, as hex.
    pub blob: Option<String>,
    /// The layer of a container image that holds it.
    pub layer: Option<Box<Layer>>,
}

/// A layer of a container image, as one of its files sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Its digest: `sha256:` and hex.
    pub digest: String,
    /// Its number, and how many the image has; `None` if no image names it.
    pub number: Option<(usize, usize)>,
    /// The instruction that made it.
    pub instruction: Option<String>,
    /// The layer above that deletes or replaces the file.
    pub hidden: Option<Hidden>,
    /// The numbers of layers above that have the same in the same place.
    pub also: Vec<usize>,
}

/// How a layer hides a file of the layers below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hidden {
    /// The layer's number.
    pub by: usize,
    /// True if it has another file in its place.
    pub replaced: bool,
}

impl Layer {
    /// In words: "layer 3 of 9, COPY . .; deleted in layer 5, still in the image".
    pub fn text(&self) -> String {
        let mut text = match self.number {
            Some((n, of)) => format!("layer {n} of {of}"),
            None => "a layer that no image of the file names".to_owned(),
        };
        let also: Vec<String> = self.also.iter().map(usize::to_string).collect();
        if !also.is_empty() {
            text.push_str(&format!(" (again in {})", also.join(", ")));
        }
        if let Some(instruction) = &self.instruction {
            text.push_str(&format!(", {instruction}"));
        }
        if let Some(Hidden { by, replaced }) = self.hidden {
            let how = if replaced { "replaced" } else { "deleted" };
            text.push_str(&format!("; {how} in layer {by}, still in the image"));
        }
        text
    }
}

/// The kind of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// A blob in the index.
    Staged,
    /// A blob of a commit.
    Commit,
    /// A file of a work tree or any folder.
    File,
    /// Standard input.
    Stdin,
    /// A file of a container image, or what its configuration says.
    Image,
    /// The name of a file.
    FileName,
    /// A commit's message, or one being written.
    CommitMessage,
    /// An annotated tag's message.
    TagMessage,
    /// The name of a branch or tag.
    RefName,
}

impl SourceKind {
    /// The slug used in records.
    pub fn slug(self) -> &'static str {
        match self {
            SourceKind::Staged => "staged",
            SourceKind::Commit => "commit",
            SourceKind::File => "file",
            SourceKind::Stdin => "stdin",
            SourceKind::Image => "image",
            SourceKind::FileName => "file-name",
            SourceKind::CommitMessage => "commit-message",
            SourceKind::TagMessage => "tag-message",
            SourceKind::RefName => "ref-name",
        }
    }
}

impl Source {
    /// A source that has only a path.
    pub fn new(kind: SourceKind, path: RepoPath) -> Source {
        Source { kind, path, commit: None, blob: None, layer: None }
    }
}

/// A range of a text. Lines and columns count from 1. Columns count characters as editors do: Unicode code
/// points, and each byte that is not UTF-8. The end column is exclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
    /// Bytes of the decoded text (the blob itself, unless it has UTF-16 or UTF-32).
    pub bytes: Range<usize>,
}

/// Counts lines and columns of offsets in a text; fastest for ascending offsets.
#[derive(Debug)]
pub struct LineCounter<'a> {
    text: &'a [u8],
    at: Position,
}

/// A position that was counted.
#[derive(Debug, Clone, Copy)]
struct Position {
    offset: usize,
    line: u32,
    column: u32,
}

impl<'a> LineCounter<'a> {
    /// Starts at the beginning.
    pub fn new(text: &'a [u8]) -> LineCounter<'a> {
        LineCounter { text, at: Position { offset: 0, line: 1, column: 1 } }
    }

    /// The line of a byte offset.
    pub fn line(&mut self, offset: usize) -> u32 {
        self.go(offset);
        self.at.line
    }

    /// Lines and columns of a byte range.
    pub fn locate(&mut self, bytes: Range<usize>) -> Location {
        self.go(bytes.start);
        let Position { line, column, .. } = self.at;
        let end = self.at.forward(self.text, bytes.end);
        Location { line, column, end_line: end.line, end_column: end.column, bytes }
    }

    fn go(&mut self, offset: usize) {
        if offset < self.at.offset {
            *self = LineCounter::new(self.text);
        }
        self.at = self.at.forward(self.text, offset);
    }
}

impl Position {
    /// Moves to `offset`, which must not be before this position.
    fn forward(self, text: &[u8], offset: usize) -> Position {
        let between = &text[self.offset..offset];
        let newlines = memchr::memchr_iter(b'\n', between).count();
        let chars = |bytes: &[u8]| -> usize {
            bytes.utf8_chunks().map(|c| c.valid().chars().count() + c.invalid().len()).sum()
        };
        match memchr::memrchr(b'\n', between) {
            Some(i) => Position {
                offset,
                line: self.line + newlines as u32,
                column: chars(&between[i + 1..]) as u32 + 1,
            },
            None => Position { offset, line: self.line, column: self.column + chars(between) as u32 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let text = "a\nüé key=VALUE\nz".as_bytes();
        let at = text.windows(5).position(|w| w == b"VALUE").unwrap();
        let l = LineCounter::new(text).locate(at..at + 5);
        assert_eq!((l.line, l.column, l.end_line, l.end_column), (2, 8, 2, 13));
    }

    #[test]
    fn a_range_over_lines_ends_on_its_last_line() {
        let l = LineCounter::new(b"ab\ncd\nef").locate(1..7);
        assert_eq!((l.line, l.column, l.end_line, l.end_column), (1, 2, 3, 2));
    }

    #[test]
    fn places_may_be_asked_for_in_any_order() {
        let text = "é\nab\n\ncd".as_bytes();
        let mut counter = LineCounter::new(text);
        for at in [7, 3, 8, 0, 2] {
            let fresh = LineCounter::new(text).locate(at..at);
            assert_eq!(counter.locate(at..at), fresh, "{at}");
        }
        assert_eq!((counter.line(7), counter.line(0)), (4, 1));
    }
}
