//! What is known of a text as a whole.

use crate::text::lang::Lang;

/// What is known of the text as a whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextInfo<'a> {
    pub(super) lang: Lang,
    pub(super) path: &'a [u8],
    pub(super) binary: bool,
    /// Keep how each judgement came about, and what comes to nothing.
    pub(super) explain: bool,
    /// Say what an earlier version would have said.
    pub(super) former: bool,
}
