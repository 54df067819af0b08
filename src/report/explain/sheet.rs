//! The page as data.

use crate::rules::Rule;

/// A page.
#[derive(Debug)]
pub struct Sheet {
    /// The rule that it describes.
    pub rule: &'static Rule,
    /// Its heading.
    pub title: String,
    /// Its sections in order.
    pub sections: Vec<Section>,
}

/// A part of a page.
#[derive(Debug)]
pub struct Section {
    /// Its heading.
    pub heading: &'static str,
    /// Its blocks in order.
    pub blocks: Vec<Block>,
}

/// A block of a section.
#[derive(Debug, Clone)]
pub enum Block {
    /// Prose.
    Text(String),
    /// Steps in order: what, and how.
    Steps(Vec<(&'static str, Vec<Block>)>),
    /// Unordered items.
    Bullets(Vec<String>),
    /// A command to paste, and its purpose.
    Command(String, &'static str),
    /// A page to open, and its purpose.
    Link(String, &'static str),
    /// Code, preceded by its language.
    Code(&'static str, String),
}

pub(super) fn bullets(list: &[&str]) -> Block {
    Block::Bullets(list.iter().map(|s| (*s).to_owned()).collect())
}
