//! Configuration: files read unvalidated, then checked and laid over each other into a [`Config`].

pub mod edit;
mod entries;
pub mod file;
mod layers;
mod own;
mod places;

pub use entries::{AllowEntry, AllowWhat, PathRule, Paths};
pub use file::{ConfigError, FILE_NAME, MAX_BYTES, PathMode};
pub use layers::{Bar, Config, Floor, Layer, Set};
pub use own::{own_rules, rule_files};
pub use places::{system_file, user_file};
