//! From the bytes of an archive to its members, and on into those that are archives themselves.

use super::budget::{Budget, Gate, Meter};
use super::sink::Sink;
use super::stream::{Codec, Stream};
use super::{Unread, ar, office, rpm, tar, zip};
use crate::text::container::{self, Archive, Sort};
use std::ops::Range;

/// A member of an archive.
#[derive(Debug)]
pub struct Member<'a> {
    /// Its name; of one in archives in archives their names, joined by `!`. `None` for the archive itself.
    pub path: Option<&'a [u8]>,
    /// Its content. Of an archive what lies outside of its members: the other bytes are zeros, or, where it is
    /// compressed, the names and comments in it, one a line.
    pub bytes: &'a [u8],
    /// What a document of an office says, without its markup.
    pub text: Option<Vec<u8>>,
}

/// Members that were not read, or the rest of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The first of them; empty for the archive itself.
    pub path: Vec<u8>,
    /// Why.
    pub why: Unread,
    /// How many for the same reason.
    pub count: usize,
}

/// What came of reading an archive.
#[derive(Debug, Default)]
pub struct Walked {
    /// What of its bytes the members are.
    pub covered: Vec<Range<usize>>,
    /// What was not read.
    pub left: Vec<Left>,
}

/// Reasons of one archive that are told apart.
const MOST_LEFT: usize = 100;
/// Bytes of a member's name that are kept.
const NAME: usize = 1024;
/// Bytes of names and comments that are visited together; bounds memory.
const ASIDE: usize = 1 << 20;

/// Reads an archive at `path` and gives each member to `visit`. It ends early when `stop` returns true.
pub fn read(
    bytes: &[u8],
    path: &[u8],
    archive: Archive,
    budget: &Budget,
    stop: &dyn Fn() -> bool,
    visit: &mut dyn FnMut(&Member<'_>),
) -> Walked {
    let meter = Meter::new(budget, bytes.len(), stop);
    let mut walk = Walk { meter: &meter, visit, left: Vec::new() };
    let level = Level { depth: 1, prefix: Vec::new(), name: path };
    let covered = walk.archive(bytes, archive, &level);
    if let Some(why) = meter.reached() {
        // Wherever the limit was reached, the rest of the whole archive is unread.
        walk.left.retain(|l| l.why != why);
        walk.left.push(Left { path: Vec::new(), why, count: 1 });
    }
    Walked { covered, left: walk.left }
}

/// An archive on the way.
struct Level<'a> {
    /// Archives around its members, itself included.
    depth: u8,
    /// What stands before the names of its members.
    prefix: Vec<u8>,
    /// The name of its file.
    name: &'a [u8],
}

struct Walk<'a, 'm> {
    meter: &'a Meter<'m>,
    visit: &'a mut dyn FnMut(&Member<'_>),
    left: Vec<Left>,
}

/// A walk in one archive.
struct At<'w, 'a, 'm> {
    walk: &'w mut Walk<'a, 'm>,
    level: &'w Level<'w>,
    /// What stands beside the contents, if the archive is compressed.
    aside: Option<Vec<u8>>,
}

impl At<'_, '_, '_> {
    /// Visits what stands beside the contents so far.
    fn visit_aside(&mut self) {
        let Some(bytes) = self.aside.as_mut().map(std::mem::take).filter(|b| !b.is_empty()) else { return };
        // The name of the archive itself is known to who reads it.
        let path = self.level.prefix.strip_suffix(b"!");
        (self.walk.visit)(&Member { path, bytes: &bytes, text: None });
    }
}

impl<'a, 'm> Sink<'a, 'm> for At<'_, 'a, 'm> {
    fn meter(&self) -> &'a Meter<'m> {
        self.walk.meter
    }

    fn member(&mut self, name: &[u8], bytes: Vec<u8>) {
        self.walk.member(self.level, name, bytes);
    }

    fn aside(&mut self, text: &[u8]) {
        let Some(aside) = &mut self.aside else { return };
        if !text.is_empty() {
            aside.extend_from_slice(text);
            aside.push(b'\n');
        }
        if aside.len() > ASIDE {
            self.visit_aside();
        }
    }

    fn leave(&mut self, name: &[u8], why: Unread) {
        self.walk.leave(self.level, name, why);
    }
}

impl<'a, 'm> Walk<'a, 'm> {
    fn at<'w>(&'w mut self, level: &'w Level<'w>) -> At<'w, 'a, 'm> {
        At { walk: self, level, aside: None }
    }

    /// Reads an archive; returns what of its bytes the members are.
    fn archive(&mut self, bytes: &[u8], archive: Archive, level: &Level<'_>) -> Vec<Range<usize>> {
        let codec = match archive {
            Archive::Zip => return zip::members(&mut self.at(level), bytes),
            Archive::Tar => {
                let gate = Gate::new(self.meter, bytes);
                return tar::members(&mut self.at(level), gate);
            }
            Archive::Ar => return ar::members(&mut self.at(level), bytes),
            Archive::Rpm => {
                return match rpm::payload(bytes) {
                    Some((at, archive)) => {
                        let inner = self.archive(&bytes[at..], archive, level).into_iter();
                        inner.map(|r| r.start + at..r.end + at).collect()
                    }
                    None => {
                        self.leave(level, b"", Unread::Damaged("no payload in the package".to_owned()));
                        Vec::new()
                    }
                };
            }
            Archive::Gzip => Codec::Gzip,
            Archive::Bzip2 => Codec::Bzip2,
            Archive::Xz => Codec::Xz,
            Archive::Lzma => Codec::Lzma,
            Archive::Lzip => Codec::Lzip,
            Archive::Zstd => Codec::Zstd,
        };
        self.compressed(bytes, codec, level)
    }

    /// A compressed file: of a tar its members, else one.
    fn compressed(&mut self, bytes: &[u8], codec: Codec, level: &Level<'_>) -> Vec<Range<usize>> {
        use std::io::Read;
        let mut gate = Gate::new(self.meter, Stream::new(codec, bytes));
        let mut head = Vec::new();
        let begun = self.meter.fill(&mut (&mut gate).take(512), &mut head);
        let mut at = At { walk: self, level, aside: Some(Vec::new()) };
        let is = |archive| container::of(&head, b"").is_some_and(|c| c.sort == Sort::Archive(archive));
        if begun.is_ok() && is(Archive::Tar) {
            tar::members(&mut at, (&head[..]).chain(&mut gate));
        } else if begun.is_ok() && rpm::is_cpio(&head) {
            rpm::cpio(&mut at, &mut (&head[..]).chain(&mut gate));
        } else {
            let read = begun.and_then(|()| {
                at.meter().enter()?;
                at.meter().fill(&mut gate, &mut head)
            });
            let name = without_ending(level.name);
            if !head.is_empty() || read.is_ok() {
                at.member(name, head);
            }
            if let Err(why) = read {
                at.leave(b"", why);
            }
        }
        let (rest, aside) = gate.into_inner().end();
        at.aside(&aside);
        at.visit_aside();
        std::iter::once(0..bytes.len() - rest.len()).collect()
    }

    /// A member that was read: visited, and opened if it is an archive.
    fn member(&mut self, level: &Level<'_>, name: &[u8], mut bytes: Vec<u8>) {
        let name = shortened(name);
        let path = [&level.prefix[..], name].concat();
        let text = office::text(name, &bytes);
        match container::of(&bytes, name).map(|c| (c, c.sort)) {
            Some((_, Sort::Archive(_))) if level.depth >= self.meter.limits().depth => {
                self.leave(level, name, Unread::Depth(self.meter.limits().depth));
            }
            Some((_, Sort::Archive(archive))) => {
                let prefix = [&path[..], b"!"].concat();
                let inner = Level { depth: level.depth + 1, prefix, name };
                let covered = self.archive(&bytes, archive, &inner);
                covered.into_iter().for_each(|r| bytes[r].fill(0));
                if bytes.iter().all(|b| *b == 0) {
                    return;
                }
            }
            Some((c, _)) => self.leave(level, name, Unread::Format(c)),
            None => {}
        }
        (self.visit)(&Member { path: Some(&path), bytes: &bytes, text });
    }

    /// Notes what is not read: a member, or with an empty name the rest of the archive.
    fn leave(&mut self, level: &Level<'_>, name: &[u8], why: Unread) {
        if let Some(known) = self.left.iter_mut().find(|l| l.why == why) {
            known.count += 1;
            return;
        }
        let mut path = [&level.prefix[..], shortened(name)].concat();
        if name.is_empty() {
            // Of an archive in an archive its own name.
            path.pop_if(|b| *b == b'!');
        }
        let least = self.left.iter().position(|l| !l.why.is_limit());
        if self.left.len() < MOST_LEFT {
            self.left.push(Left { path, why, count: 1 });
        } else if let Some(least) = least.filter(|_| why.is_limit()) {
            self.left[least] = Left { path, why, count: 1 };
        }
    }
}

fn shortened(name: &[u8]) -> &[u8] {
    &name[..name.len().min(NAME)]
}

/// The name of what a compressed file holds.
fn without_ending(name: &[u8]) -> &[u8] {
    let name = name.rsplit(|b| *b == b'/').next().unwrap_or_default();
    let endings = ["gz", "bz2", "xz", "lzma", "lz", "zst", "zstd", "z"];
    let is_one = |end: &[u8]| endings.iter().any(|e| end.eq_ignore_ascii_case(e.as_bytes()));
    match memchr::memrchr(b'.', name) {
        Some(dot) if dot > 0 && is_one(&name[dot + 1..]) => &name[..dot],
        _ if name.is_empty() || name == b"-" => b"content",
        _ => name,
    }
}
