//! Output: one file a format, each `render(&Screened, &mut dyn Write)`. Never sees a raw secret, nor a text or
//! path that the screen did not see.
//!
//! The message for a person ([`human`]) is put together from small parts: what can be said of a kind of secret
//! (`facts`), what to write in its place ([`crate::fix`]), what to do at this stage (`remedy`), where it stands
//! (`place`), and the lines on which all that is written (`page`, `look`).

pub mod catalogue;
mod evidence;
pub mod explain;
mod facts;
mod group;
pub mod human;
pub mod json;
mod layout;
mod path_display;
pub mod sarif;
pub mod score;
pub mod snippets;
mod terminal;
mod unread;

pub use path_display::shell_word;
pub use terminal::Terminal;
