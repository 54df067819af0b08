//! Configuration: files read unvalidated, then checked and laid over each other into a [`Config`].

pub mod edit;
pub mod file;
mod layers;
mod places;

pub use file::{ConfigError, FILE_NAME, MAX_BYTES, PathMode, Threshold};
pub use layers::{AllowEntry, AllowWhat, Bar, Config, Layer, PathRule, Set};
pub use places::{system_file, user_file};
