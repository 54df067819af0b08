//! Output: one file a format, each `render(&Screened, &mut dyn Write)`. Never sees a raw secret, nor a text or
//! path that the screen did not see.
//!
//! The message for a person ([`human`]) is put together from small parts: what can be said of a kind of secret
//! (`facts`), what to write in its place ([`crate::fix`]), what to do at this stage (`remedy`), where it stands
//! (`place`), and the lines on which all that is written (`page`, `look`).

mod about;
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
pub mod sarif;
pub mod score;
pub mod snippets;
mod sonarqube;
mod terminal;
pub mod trial;
mod unread;
pub mod webhook;
mod xml;

pub use about::About;
pub use format::Format;
pub use path_display::{seen_from, shell_word};
pub use terminal::Terminal;
