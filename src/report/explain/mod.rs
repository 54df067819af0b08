//! The whole page about a kind of secret, for a user who has leaked one. It says what the secret is, what a holder
//! can do and whether it has leaked. Then it lists what to do, what will stop, and where the value belongs.
//!
//! The page is data first ([`Sheet`]), rendered as text, Markdown or JSON. What was not read
//! at the vendor is listed apart, and only on request (see `facts`).

mod kind_text;
mod markdown;
mod sheet;
mod text;

use super::snippets::{Store, Target};
use crate::rules::Rule;

pub use sheet::{Block, Section, Sheet};

/// The reader's choices.
#[derive(Debug, Default)]
pub struct Ask {
    /// The language of the code.
    pub target: Option<&'static Target>,
    /// The store that the code reads.
    pub store: Option<&'static Store>,
    /// The location of the reader's own secret: "app/mail.py:3".
    pub place: Option<String>,
    /// True if what was not checked at the vendor is shown too.
    pub all: bool,
}

/// The page of a rule.
pub fn sheet(rule: &'static Rule, ask: &Ask) -> Sheet {
    sheet::of(rule, ask)
}

/// The page as text for a terminal, `width` columns wide.
pub fn text(sheet: &Sheet, look: &super::Terminal) -> String {
    text::render(sheet, look)
}

/// The page as Markdown.
pub fn markdown(sheet: &Sheet) -> String {
    markdown::render(sheet)
}
