//! Configuration: `.stanch.toml`, read unvalidated, then checked into a [`Config`].

mod file;

pub use file::{AllowEntry, Config, ConfigError, FILE_NAME};
