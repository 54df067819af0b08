//! The integration tests: one binary, one module an area.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::panic)]

mod audit;
mod configuration;
mod credential_files;
mod doctor;
mod documents;
mod everywhere;
mod explain;
mod fix;
mod floors;
mod formats;
mod git_backends;
mod git_message;
mod git_push;
mod git_receive;
mod git_staged;
mod git_table;
mod git_text;
mod git_transport;
mod hostile;
mod import;
mod install;
mod install_sh;
mod layering;
mod managers;
mod message;
mod own_rules;
mod pairs;
mod policy;
mod rule_pages;
mod rule_settings;
mod rules;
mod scan;
mod settings;
mod snippets;
mod support;
