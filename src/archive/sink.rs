//! Where the readers of formats put what they read.

use super::Unread;
use super::budget::Meter;

/// Takes the members of one archive.
pub(super) trait Sink<'a, 'm: 'a> {
    /// What charges each byte that is read.
    fn meter(&self) -> &'a Meter<'m>;

    /// Takes a member that was read.
    fn member(&mut self, name: &[u8], bytes: Vec<u8>);

    /// Takes text that stands beside the contents: a name, the target of a link, a comment. Where the archive is not
    /// compressed it is ignored, for there it is scanned with what of the bytes is no member's.
    fn aside(&mut self, text: &[u8]);

    /// Notes a member that was not read; with an empty name the rest of the archive.
    fn leave(&mut self, name: &[u8], why: Unread);
}
