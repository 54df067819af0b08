//! The tag that contains a place.

/// Most bytes of a tag.
pub(super) const TAG_REACH: usize = 2 << 10;

/// The start, after its `<`, of the tag that contains `at`; it may be some lines above.
pub(in crate::scan) fn tag(t: &[u8], at: usize) -> Option<usize> {
    Bracket::default().tag(t, at)
}

/// The last angle bracket before a place, kept from one search to the next, so that a line with very many names is
/// not searched again for each of them.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Bracket {
    /// Everything before this place was searched, as far back as a tag may start.
    seen: usize,
    at: Option<usize>,
}

impl Bracket {
    /// The same as [`tag`].
    pub(super) fn tag(&mut self, t: &[u8], at: usize) -> Option<usize> {
        let from = at.saturating_sub(TAG_REACH);
        if self.seen < from || self.seen > at {
            *self = Bracket { seen: from, at: None };
        }
        let new = memchr::memrchr2(b'<', b'>', &t[self.seen..at]).map(|i| self.seen + i);
        *self = Bracket { seen: at, at: new.or(self.at) };
        tag_at(t, self.at.filter(|open| *open >= from)?, at)
    }
}

/// The start of the tag, after its `<`, if the last angle bracket before `at` opens one.
fn tag_at(t: &[u8], open: usize, at: usize) -> Option<usize> {
    let lines = memchr::memchr_iter(b'\n', &t[open..at]).take(4).count();
    let named = t.get(open + 1).is_some_and(u8::is_ascii_alphabetic);
    (t[open] == b'<' && named && lines < 4).then_some(open + 1)
}
