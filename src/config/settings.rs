//! The settings in force, each with the layer that set it.

use super::agent::AgentActions;
use super::entries::{AllowList, PathRule};
use super::except::Except;
use super::file::{Enforce, RuleSetting, ThresholdSpec};
use super::glob::Glob;
use super::layer::{From, Layer, Sourced};
use super::release::Release;
use crate::finding::{Confidence, Severity};
use crate::reader::ReaderKind;
use crate::rules::Rule;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// From which severity and confidence something happens.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "as in file::ThresholdSpec")]
pub struct Threshold {
    pub severity: Sourced<Severity>,
    pub confidence: Sourced<Confidence>,
    pub generic_confidence: Sourced<Confidence>,
}

impl Threshold {
    fn new(severity: Severity, confidence: Confidence, generic: Confidence) -> Threshold {
        Threshold {
            severity: Sourced::builtin(severity),
            confidence: Sourced::builtin(confidence),
            generic_confidence: Sourced::builtin(generic),
        }
    }

    pub(super) fn take(&mut self, t: &ThresholdSpec, from: From) {
        self.severity.take(t.severity, from);
        self.confidence.take(t.confidence, from);
        self.generic_confidence.take(t.generic_confidence, from);
    }
}

/// What an organisation or a person does not allow a repository to loosen.
#[derive(Debug, Clone)]
pub struct Floor {
    /// The layer that set it.
    pub layer: Layer,
    /// The keys as written.
    pub says: Enforce,
    /// The configuration up to its layer, with the floor's thresholds: the least strict one that decides on a
    /// finding.
    pub config: Box<Config>,
}

impl Floor {
    /// Returns whether inline markers may allow a finding.
    pub fn permits_inline(&self) -> bool {
        match self.says.is_closed() {
            true => self.says.inline == Some(true) && self.config.inline.value,
            false => self.says.inline != Some(false),
        }
    }

    /// Returns whether other tools' inline markers may.
    pub fn permits_foreign(&self) -> bool {
        self.permits_inline() && (!self.says.is_closed() || self.config.foreign_markers.value)
    }
}

/// The configuration in force.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "as in file::File")]
pub struct Config {
    pub salt: Option<String>,
    pub contact: Option<Sourced<String>>,
    pub link: Option<Sourced<String>>,
    pub baseline: Sourced<String>,
    pub since: Sourced<Release>,
    pub warn_only_until: Option<Sourced<Date>>,
    pub block: Threshold,
    pub warn: Threshold,
    pub block_unread: Sourced<bool>,
    pub block_tests: Sourced<bool>,
    pub max_blob_mb: Sourced<u64>,
    pub decode_depth: Sourced<u8>,
    pub archive_mb: Sourced<u64>,
    pub archive_hook_mb: Sourced<u64>,
    pub archive_entries: Sourced<u64>,
    pub archive_ratio: Sourced<u64>,
    pub archive_depth: Sourced<u8>,
    pub inline: Sourced<bool>,
    pub foreign_markers: Sourced<bool>,
    pub audit_enabled: Sourced<bool>,
    pub audit_path: Option<Sourced<String>>,
    pub remind_days: Sourced<u32>,
    pub bypass_allowed: Sourced<bool>,
    pub reader: Sourced<ReaderKind>,
    pub verify_allow: Sourced<bool>,
    pub verify_private: Sourced<bool>,
    pub verify_hosts: BTreeMap<String, Sourced<String>>,
    pub agent: AgentActions,
    pub rules: BTreeMap<String, Sourced<RuleSetting>>,
    pub paths: Vec<PathRule>,
    pub allow: AllowList,
    pub excepts: Vec<Except>,
    pub own_rules: Vec<(Layer, &'static Rule)>,
    pub loosen: Vec<Sourced<Glob>>,
    pub enforce: Vec<Floor>,
    /// Memory that the patterns of all entries and user rules take; see `Pattern::cost`.
    pub(super) spent: u64,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            salt: None,
            contact: None,
            link: None,
            baseline: Sourced::builtin(".stanch-baseline".to_owned()),
            since: Sourced::builtin(Release::NEWEST),
            warn_only_until: None,
            block: Threshold::new(Severity::Medium, Confidence::High, Confidence::High),
            warn: Threshold::new(Severity::Low, Confidence::Medium, Confidence::Medium),
            block_unread: Sourced::builtin(false),
            block_tests: Sourced::builtin(false),
            max_blob_mb: Sourced::builtin(256),
            decode_depth: Sourced::builtin(3),
            archive_mb: Sourced::builtin(2_048),
            archive_hook_mb: Sourced::builtin(256),
            archive_entries: Sourced::builtin(1_000_000),
            archive_ratio: Sourced::builtin(200),
            archive_depth: Sourced::builtin(4),
            inline: Sourced::builtin(true),
            foreign_markers: Sourced::builtin(false),
            audit_enabled: Sourced::builtin(true),
            audit_path: None,
            remind_days: Sourced::builtin(90),
            bypass_allowed: Sourced::builtin(true),
            reader: Sourced::builtin(ReaderKind::default()),
            verify_allow: Sourced::builtin(false),
            verify_private: Sourced::builtin(false),
            verify_hosts: BTreeMap::new(),
            agent: AgentActions::default(),
            rules: BTreeMap::new(),
            paths: Vec::new(),
            allow: AllowList::default(),
            excepts: Vec::new(),
            own_rules: Vec::new(),
            loosen: Vec::new(),
            enforce: Vec::new(),
            spent: 0,
        }
    }
}
