//! Output: one file a format, each `render(&Decision, &mut dyn Write)`. Never sees a raw secret.

pub mod human;
pub mod json;
