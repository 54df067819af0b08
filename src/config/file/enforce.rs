//! `[enforce]` as written: the floors of the system and user layers.

use super::{Block, Limits, ThresholdSpec};
use crate::config::agent::AgentSpec;
use crate::config::release::{self, Release};
use serde::Deserialize;

/// Floors that a repository may tighten, never loosen. Counts in the system and user layers only.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "docs/policy.md and the JSON schema document the keys")]
pub struct Enforce {
    pub block: Block,
    pub warn: ThresholdSpec,
    /// True if inline markers may allow a finding.
    pub inline: Option<bool>,
    /// True if the repository's allow entries may allow one.
    pub allow: Option<bool>,
    /// True if its baseline may.
    pub baseline: Option<bool>,
    /// True if a bypass may.
    pub bypass: Option<bool>,
    /// False if no secret may be sent to its provider.
    pub verify: Option<bool>,
    /// True if the audit log must be written.
    pub audit: Option<bool>,
    /// The oldest version whose decisions may be kept.
    #[serde(deserialize_with = "release::since")]
    pub since: Option<Release>,
    /// False if no rollout may turn blocks into warnings.
    pub warn_only: Option<bool>,
    /// The least limits on how much is read.
    pub limits: Limits,
    /// The loosest actions at the events of coding assistants.
    pub agent: AgentSpec,
    /// What applies to everything that the other keys do not name.
    pub default: EnforceDefault,
}

/// What a floor holds beyond the keys that it names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EnforceDefault {
    /// Nothing.
    #[default]
    Open,
    /// Everything that a later layer could loosen, except allow entries by fingerprint and the baseline.
    Closed,
}

impl Enforce {
    /// Returns whether findings are also decided by the configuration of the floor's own layer: if it is
    /// closed, or sets a threshold. Otherwise it only restricts what may allow a finding.
    pub fn judges(&self) -> bool {
        self.is_closed() || self.has_threshold()
    }

    /// Returns whether everything is held that is not opened by name.
    pub fn is_closed(&self) -> bool {
        self.default == EnforceDefault::Closed
    }

    fn has_threshold(&self) -> bool {
        self.block.tests.is_some()
            || [&self.block.threshold(), &self.warn]
                .iter()
                .any(|t| t.severity.is_some() || t.confidence.is_some() || t.generic_confidence.is_some())
    }
}
