//! Configuration: files are parsed, then checked and laid over each other into a [`Config`].

pub mod agent;
pub mod allow_file;
pub mod edit;
mod entries;
mod except;
pub mod extend_spec;
pub mod extends;
pub mod file;
mod glob;
mod layer;
mod layers;
mod number;
mod own;
mod parse;
mod paths;
mod release;
mod settings;

pub use agent::{AgentAction, AgentEvent};
pub use allow_file::ALLOW_FILE;
pub use entries::{AllowEntry, AllowList, AllowWhat, PathRule, Paths};
pub use except::Except;
pub use file::{FILE_NAME, Limits, PathMode};
pub use glob::Glob;
pub use layer::{Layer, Sourced};
pub use number::{
    ARCHIVE_DEPTH, ARCHIVE_ENTRIES, ARCHIVE_HOOK_MB, ARCHIVE_MB, ARCHIVE_RATIO, DECODE_DEPTH,
    LEAST_ARCHIVE_DEPTH, LEAST_ARCHIVE_ENTRIES, LEAST_ARCHIVE_MB, LEAST_ARCHIVE_RATIO, LEAST_BLOB_MB,
    LEAST_DECODE_DEPTH, MAX_BLOB_MB, REMIND_DAYS,
};
pub use own::{own_rules, rule_files};
pub use parse::{ConfigError, MAX_BYTES};
pub(crate) use paths::{folder, inside};
pub use paths::{system_file, user_file};
pub(crate) use release::today;
pub use release::{MOST_WARN_ONLY_DAYS, Release};
pub use settings::{Config, Floor, Threshold};
