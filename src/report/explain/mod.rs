//! The whole page about a kind of secret, for a person in trouble: what it is, what a holder can do, whether it has
//! leaked, what to do step by step, what will stop, and where the value belongs.
//!
//! The page is data first ([`Sheet`]); text, Markdown and JSON are forms of it. What was not read at the vendor is
//! worded with care (see `facts`).

mod markdown;
mod sheet;
mod text;
mod words;

use super::snippets::{Store, Target};
use crate::rules::Rule;

pub use sheet::{Block, Section, Sheet};

/// What the reader asked for.
#[derive(Debug, Default)]
pub struct Ask {
    /// Code for this language.
    pub target: Option<&'static Target>,
    /// Code that reads this store.
    pub store: Option<&'static Store>,
    /// Where the reader's own secret stands: "app/mail.py:3".
    pub place: Option<String>,
}

/// The page of a rule.
pub fn sheet(rule: &'static Rule, ask: &Ask) -> Sheet {
    sheet::of(rule, ask)
}

/// The page as text for a terminal, `width` columns wide.
pub fn text(sheet: &Sheet, look: &super::Look) -> String {
    text::render(sheet, look)
}

/// The page as Markdown.
pub fn markdown(sheet: &Sheet) -> String {
    markdown::render(sheet)
}
