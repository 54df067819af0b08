//! Output: one file a format, each `render(&Screened, &mut dyn Write)`. Never sees a raw secret, nor a text or
//! path that the screen did not see.
//!
//! The message for a person ([`human`]) is put together from small parts: what can be said of a kind of secret
//! (`facts`), what to write in its place ([`replacement`]), what to do at this stage (`remedy`), where it stands
//! (`place`), and the lines on which all that is written (`page`, `look`).

mod again;
pub mod catalogue;
pub mod explain;
mod facts;
mod group;
pub mod human;
pub mod json;
mod look;
mod page;
mod place;
mod remedy;
pub mod replacement;
mod rotate;
pub mod sarif;
pub mod score;
pub mod snippets;
mod unread;

pub use look::Look;
pub use place::shell_word;
