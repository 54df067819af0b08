//! Facts about a text as a whole.

use crate::text::lang::Lang;

/// Facts about a text as a whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextInfo<'a> {
    pub(super) lang: Lang,
    pub(super) path: &'a [u8],
    pub(super) binary: bool,
    /// True to keep every score, and candidates that are not reported.
    pub(super) explain: bool,
    /// True to add what an earlier version would have reported.
    pub(super) former: bool,
}
