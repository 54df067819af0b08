//! Installs stanch's hooks, and finds out whether git runs them.

pub(crate) mod events;
pub(crate) mod file;
pub(crate) mod git;
pub(crate) mod git_config;
pub(crate) mod global;
pub(crate) mod install;
pub(crate) mod location;
pub(crate) mod managers;
pub(crate) mod prove;
pub(crate) mod shim;
pub(crate) mod status;
pub(crate) mod uninstall;
