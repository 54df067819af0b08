//! Output: one file per format, each `render(&Screened, &mut dyn Write)`. Never sees a raw secret, nor a text or
//! path that was not screened.
//!
//! The message for a person ([`human`]) is made of small parts: what is known about a kind of secret (`facts`),
//! what to write in its place ([`crate::fix`]), what to do at this stage (`human::remedy`), where it is
//! (`path_display`), and the lines of the page (`layout`, `terminal`).

mod about;
pub mod agent;
pub mod catalogue;
mod checkstyle;
mod csv;
mod evidence;
pub mod explain;
mod facts;
mod format;
mod github;
mod gitlab;
mod group;
mod html;
pub mod human;
pub mod json;
mod junit;
mod layout;
mod markdown;
mod path_display;
mod rdjsonl;
pub mod records;
pub mod sarif;
pub mod score;
pub mod snippets;
mod sonarqube;
mod terminal;
pub mod trial;
mod unread;
pub mod webhook;
mod xml;

pub use about::{About, Shard};
pub use format::Format;
pub use path_display::{seen_from, shell_word};
pub use sarif::MAX_RESULTS;
pub use terminal::Terminal;
