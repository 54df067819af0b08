//! Receives what the format readers read.

use super::Unread;
use super::budget::Meter;

/// Receives the members of one archive.
pub(super) trait Sink<'a, 'm: 'a> {
    /// Charges every byte that is read.
    fn meter(&self) -> &'a Meter<'m>;

    /// Receives a member's content.
    fn member(&mut self, name: &[u8], bytes: Vec<u8>);

    /// Receives text that is stored beside the contents: a name, the target of a link, a comment. Ignored if the archive
    /// is not compressed: there it is scanned with the bytes outside of the members.
    fn aside(&mut self, text: &[u8]);

    /// Records an unread member; with an empty name, the rest of the archive.
    fn leave(&mut self, name: &[u8], why: Unread);
}
