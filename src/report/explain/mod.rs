//! The page about a kind of secret, for a user who has just leaked one: what it opens, whether it has leaked, what
//! to do now, how abuse shows, what will break, how to make a new one, and where the value belongs. `--all` adds
//! causes, risks and practices.
//!
//! The page is data first ([`Sheet`]), rendered as text, Markdown or JSON. What was not read at the vendor is
//! listed separately, and only on request (see `facts`).

mod background;
mod kind_text;
mod live;
mod markdown;
mod public;
mod rotation;
mod sheet;
mod text;

use super::snippets::{Store, Target};
use crate::rules::Rule;

pub use live::by_hand;
pub use sheet::{Block, Section, Sheet};

/// The reader's choices.
#[derive(Debug, Default)]
pub struct Ask {
    /// The language of the code.
    pub target: Option<&'static Target>,
    /// The store that the code reads.
    pub store: Option<&'static Store>,
    /// The reader's own secret, if one was blocked.
    pub stopped: Option<Stopped>,
    /// True for the whole page: causes, risks, practices, and what was not checked at the vendor.
    pub all: bool,
}

/// The reader's own secret.
#[derive(Debug, Clone, Default)]
pub struct Stopped {
    /// Its fingerprint, or its first digits.
    pub fingerprint: String,
    /// Where it was blocked: "app/mail.py:3".
    pub place: String,
    /// The variable that `fix` writes; the rule's usual one if the value cannot be read any more.
    pub variable: Option<String>,
    /// The name of its file, if that is the secret itself.
    pub file: Option<String>,
    /// The names that the value has in its files.
    pub names: Vec<String>,
    /// Its other places in the work tree: "deploy/app.yml:9".
    pub copies: Vec<String>,
}

/// The page of a rule.
pub fn sheet(rule: &'static Rule, ask: &Ask) -> Sheet {
    rotation::of(rule, ask)
}

/// The page as text for a terminal, `width` columns wide.
pub fn text(sheet: &Sheet, look: &super::Terminal) -> String {
    text::render(sheet, look)
}

/// The page as Markdown.
pub fn markdown(sheet: &Sheet) -> String {
    markdown::render(sheet)
}
