//! Visits an archive's members, and those of members that are archives themselves.

use super::budget::{Budget, Gate, Meter};
use super::sink::Sink;
use super::stream::{Codec, Stream};
use super::{Unread, ar, office, rpm, tar, zip};
use crate::text::container::{self, Archive, Sort};
use std::ops::Range;

/// A member of an archive.
#[derive(Debug)]
pub struct Member<'a> {
    /// Its name; inside nested archives all their names, joined by `!`. `None` for the archive itself.
    pub path: Option<&'a [u8]>,
    /// Its content. For an archive, the bytes outside of its members; the rest is zeros. For a compressed archive, the
    /// names and comments in it, one a line.
    pub bytes: &'a [u8],
    /// The text of an office document, without its markup.
    pub text: Option<Vec<u8>>,
}

/// Members that were not read, or the rest of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The first of them; empty for the archive itself.
    pub path: Vec<u8>,
    /// The reason.
    pub why: Unread,
    /// How many have the same reason.
    pub count: usize,
}

/// The result of reading an archive.
#[derive(Debug, Default)]
pub struct Walked {
    /// The ranges of its bytes that belong to members.
    pub covered: Vec<Range<usize>>,
    /// The unread parts.
    pub left: Vec<Left>,
}

/// Most different reasons that are listed for one archive.
const MOST_LEFT: usize = 100;
/// Most bytes of a member's name that are kept.
const NAME: usize = 1024;
/// Bytes of names and comments per visit; bounds memory.
const ASIDE: usize = 1 << 20;

/// Reads an archive at `path` and passes each member to `visit`. Ends early if `stop` returns true.
pub fn read(
    bytes: &[u8],
    path: &[u8],
    archive: Archive,
    budget: &Budget,
    stop: &dyn Fn() -> bool,
    visit: &mut dyn FnMut(&Member<'_>),
) -> Walked {
    let meter = Meter::new(budget, bytes.len() as u64, stop);
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

/// An archive being read.
struct Level<'a> {
    /// Number of nested archives around its members, itself included.
    depth: u8,
    /// The prefix of its members' names.
    prefix: Vec<u8>,
    /// Its file name.
    name: &'a [u8],
}

struct Walk<'a, 'm> {
    meter: &'a Meter<'m>,
    visit: &'a mut dyn FnMut(&Member<'_>),
    left: Vec<Left>,
}

/// Reads one archive of a walk.
struct At<'w, 'a, 'm> {
    walk: &'w mut Walk<'a, 'm>,
    level: &'w Level<'w>,
    /// Text beside the contents; `None` if the archive is not compressed.
    aside: Option<Vec<u8>>,
}

impl At<'_, '_, '_> {
    /// Visits the text beside the contents so far.
    fn visit_aside(&mut self) {
        let Some(bytes) = self.aside.as_mut().map(std::mem::take).filter(|b| !b.is_empty()) else { return };
        // `None` for the outermost archive.
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

    /// Reads an archive; returns the ranges of its bytes that belong to members.
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
            compressed => Codec::of(compressed),
        };
        match codec {
            Some(codec) => self.compressed(bytes, codec, level),
            None => Vec::new(),
        }
    }

    /// Reads a compressed file: the members of a tar, otherwise one member.
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
        // Of a damaged one all is left: what follows its first bytes may be text.
        let left = rest.map_or(bytes.len(), <[u8]>::len);
        std::iter::once(0..bytes.len() - left).collect()
    }

    /// Visits a member, and opens it if it is an archive.
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

    /// Records an unread member; with an empty name, the rest of the archive.
    fn leave(&mut self, level: &Level<'_>, name: &[u8], why: Unread) {
        if let Some(known) = self.left.iter_mut().find(|l| l.why == why) {
            known.count += 1;
            return;
        }
        let mut path = [&level.prefix[..], shortened(name)].concat();
        if name.is_empty() {
            // For a nested archive, its own name.
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

/// The name of a compressed file's content.
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
