//! One configuration file as written: every key is optional, unknown keys are refused.

mod enforce;

use super::agent::AgentSpec;
use super::extend_spec::ExtendSpec;
use super::number;
use super::parse::{ConfigError, parse};
use super::release::{self, Release};
use crate::reader::ReaderKind;
use crate::rules::remediation::RemediationSpec;
use crate::rules::spec::{ExceptSpec, ProviderSpec, RuleSpec};
use crate::rules::{Confidence, Severity};
pub use enforce::{Enforce, EnforceDefault};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// The name of a repository's configuration file.
pub const FILE_NAME: &str = ".stanch.toml";

/// One file, as written. docs/policy.md explains every key.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "docs/policy.md and the JSON schema document the keys")]
pub struct File {
    #[serde(deserialize_with = "number::schema")]
    pub schema: Option<u32>,
    pub salt: Option<String>,
    pub contact: Option<String>,
    pub link: Option<String>,
    pub baseline: Option<String>,
    pub policy: PolicySpec,
    pub block: Block,
    pub warn: ThresholdSpec,
    pub limits: Limits,
    pub inline: Inline,
    pub audit: Audit,
    pub bypass: Bypass,
    pub engine: Engine,
    pub verify: Verify,
    pub agent: AgentSpec,
    pub rules: BTreeMap<String, Spanned<RuleSetting>>,
    pub path: Vec<Spanned<PathRule>>,
    pub allow: Vec<Spanned<Allow>>,
    /// User rules, in the catalogue's format, and what they share.
    pub provider: Option<ProviderSpec>,
    pub remediation: RemediationSpec,
    pub variant: BTreeMap<String, RemediationSpec>,
    pub except: Vec<Spanned<ExceptEntry>>,
    pub rule: Vec<Spanned<RuleSpec>>,
    /// Files with more user rules.
    pub rule_files: Vec<Spanned<String>>,
    /// Files that this one is laid over.
    pub extends: Vec<Spanned<ExtendSpec>>,
    /// What the files of folders may do.
    pub folders: FoldersSpec,
    pub enforce: Option<Enforce>,
}

/// A file of user rules: the part of a configuration that may be in a separate file. A catalogue file is one too.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "as in File")]
pub struct RuleFile {
    #[serde(deserialize_with = "number::schema")]
    pub schema: Option<u32>,
    pub provider: Option<ProviderSpec>,
    pub remediation: RemediationSpec,
    pub variant: BTreeMap<String, RemediationSpec>,
    pub except: Vec<Spanned<ExceptEntry>>,
    pub rule: Vec<Spanned<RuleSpec>>,
    pub path: Vec<Spanned<PathRule>>,
    pub allow: Vec<Spanned<Allow>>,
}

/// What the files of folders below the top may do.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoldersSpec {
    /// Folders whose file may loosen what holds in them.
    #[serde(default)]
    pub loosen: Vec<Spanned<String>>,
}

/// How a team adopts stanch, or a newer version of it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicySpec {
    /// The version whose decisions are kept: findings that it did not block are warnings.
    #[serde(default, deserialize_with = "release::since")]
    pub since: Option<Release>,
    /// The last day on which findings warn instead of block.
    #[serde(default, deserialize_with = "release::day")]
    pub warn_only_until: Option<Date>,
}

/// From which severity and confidence something happens. Both must be reached.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThresholdSpec {
    /// Least severity.
    pub severity: Option<Severity>,
    /// Least confidence of rules with a provider.
    pub confidence: Option<Confidence>,
    /// Least confidence of generic rules.
    pub generic_confidence: Option<Confidence>,
}

/// From when a finding blocks, and whether unread content and secrets in tests block.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "as in Threshold")]
pub struct Block {
    pub severity: Option<Severity>,
    pub confidence: Option<Confidence>,
    pub generic_confidence: Option<Confidence>,
    /// True if content of an unsupported format blocks too.
    pub unread: Option<bool>,
    /// True if secrets in no provider's format block in tests too.
    pub tests: Option<bool>,
}

impl Block {
    /// The part about findings.
    pub fn threshold(&self) -> ThresholdSpec {
        let Block { severity, confidence, generic_confidence, .. } = *self;
        ThresholdSpec { severity, confidence, generic_confidence }
    }
}

/// How much is read.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// MB; larger blobs are unread.
    #[serde(default, deserialize_with = "number::max_blob_mb")]
    pub max_blob_mb: Option<u64>,
    /// Layers of encoding that are decoded.
    #[serde(default, deserialize_with = "number::decode_depth")]
    pub decode_depth: Option<u8>,
    /// MB that archives may unpack to in one scan.
    #[serde(default, deserialize_with = "number::archive_mb")]
    pub archive_mb: Option<u64>,
    /// The same in a hook.
    #[serde(default, deserialize_with = "number::archive_hook_mb")]
    pub archive_hook_mb: Option<u64>,
    /// Members of archives that are read in one run.
    #[serde(default, deserialize_with = "number::archive_entries")]
    pub archive_entries: Option<u64>,
    /// Bytes unpacked per byte of an archive.
    #[serde(default, deserialize_with = "number::archive_ratio")]
    pub archive_ratio: Option<u64>,
    /// Levels of archives inside archives that are opened.
    #[serde(default, deserialize_with = "number::archive_depth")]
    pub archive_depth: Option<u8>,
}

impl Limits {
    /// Returns whether every limit is set.
    pub fn is_complete(&self) -> bool {
        let Limits {
            max_blob_mb,
            decode_depth,
            archive_mb,
            archive_hook_mb,
            archive_entries,
            archive_ratio,
            archive_depth,
        } = self;
        let counts = [max_blob_mb, archive_mb, archive_hook_mb, archive_entries, archive_ratio];
        counts.iter().all(|limit| limit.is_some()) && decode_depth.is_some() && archive_depth.is_some()
    }
}

/// Inline markers.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inline {
    /// True if `stanch:allow` counts.
    pub enabled: Option<bool>,
    /// True if other tools' markers count too.
    pub foreign: Option<bool>,
}

/// The audit log.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// True if it is written.
    pub enabled: Option<bool>,
    /// Its path; by default inside the git directory.
    pub path: Option<String>,
    /// Days after which an allowed secret is due for rotation.
    #[serde(default, deserialize_with = "number::remind_days")]
    pub remind_days: Option<u32>,
}

/// `STANCH_BYPASS="reason"`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bypass {
    /// True if a bypass is possible.
    pub allowed: Option<bool>,
}

/// How git's data is read and keywords are found. Counts in the system and user layers only.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    /// The reader.
    pub reader: Option<ReaderKind>,
}

/// What `stanch verify` and `stanch revoke` may send. Counts in the system and user layers only.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    /// True if a secret may be sent to its provider when a person asks.
    pub allow: Option<bool>,
    /// True if a host may have a private or loopback address.
    pub private: Option<bool>,
    /// The address of a provider's instance of one's own, by provider.
    #[serde(default)]
    pub hosts: BTreeMap<String, String>,
}

/// One rule's settings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSetting {
    /// False to turn the rule off; its findings are suppressed with that as the reason.
    pub enabled: Option<bool>,
    /// Replaces the rule's own severity.
    pub severity: Option<Severity>,
    /// The highest confidence of its findings.
    pub confidence: Option<Confidence>,
}

/// Different treatment of paths.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathRule {
    /// Pattern as in .gitignore: `tests/**`, `*.md`.
    pub glob: Option<String>,
    /// Instead of a glob: a regular expression that matches any part of the path.
    pub regex: Option<String>,
    /// What happens there.
    pub mode: PathMode,
    /// Only these rules; empty means all.
    #[serde(default)]
    pub rules: Vec<String>,
    /// The reason, for the reader.
    pub reason: String,
}

/// What happens under a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathMode {
    /// Findings are suppressed.
    Skip,
    /// Findings are shown and do not block.
    Report,
    /// Findings that would warn elsewhere block here.
    Strict,
}

/// One entry that allows secrets.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "docs/policy.md and the JSON schema document the keys")]
pub struct Allow {
    pub fingerprint: Option<String>,
    pub blob: Option<String>,
    pub regex: Option<String>,
    pub path: Option<String>,
    pub rule: Option<String>,
    pub reason: Option<String>,
    pub who: Option<String>,
    pub expires: Option<toml::value::Datetime>,
}

/// One exception. With a reason it holds for the findings of every rule, else for the rules of the file alone, as
/// [`ExceptSpec`] says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "docs/policy.md and the JSON schema document the keys")]
pub struct ExceptEntry {
    pub rule: Option<String>,
    pub name: Option<String>,
    pub value: Option<String>,
    #[serde(default)]
    pub words: Vec<String>,
    #[serde(rename = "match")]
    pub found: Option<String>,
    pub line: Option<String>,
    pub path: Option<String>,
    pub reason: Option<String>,
}

impl ExceptEntry {
    /// As an exception of the file's own rules.
    pub(super) fn own(self) -> ExceptSpec {
        let ExceptEntry { value, words, found, line, path, .. } = self;
        ExceptSpec { value, words, found, line, path }
    }
}

impl File {
    /// Parses a file's text; `name` is for messages.
    ///
    /// # Errors
    /// On bad TOML or an unknown key, with the line and the nearest known key. The message quotes none of the
    /// text's values, since they may be secret.
    pub fn parse(text: &str, name: &str) -> Result<File, ConfigError> {
        parse(text, name)
    }

    /// The keys that it sets and that count at the top of a repository alone.
    pub(super) fn only_at_top(&self) -> Vec<&'static str> {
        let all = [
            ("salt", self.salt.is_some()),
            ("contact", self.contact.is_some()),
            ("link", self.link.is_some()),
            ("baseline", self.baseline.is_some()),
            ("policy", self.policy != PolicySpec::default()),
            ("block.unread", self.block.unread.is_some()),
            ("limits", self.limits != Limits::default()),
            ("audit", self.audit != Audit::default()),
            ("bypass", self.bypass != Bypass::default()),
            ("engine", self.engine != Engine::default()),
            ("verify", self.verify != Verify::default()),
            ("agent", self.agent != AgentSpec::default()),
            ("rule", !self.rule.is_empty()),
            ("rule_files", !self.rule_files.is_empty()),
            ("extends", !self.extends.is_empty()),
            ("folders", !self.folders.loosen.is_empty()),
            ("enforce", self.enforce.is_some()),
        ];
        all.into_iter().filter_map(|(key, is_set)| is_set.then_some(key)).collect()
    }
}

impl RuleFile {
    /// Parses a file's text; `name` is for messages.
    ///
    /// # Errors
    /// As [`File::parse`].
    pub fn parse(text: &str, name: &str) -> Result<RuleFile, ConfigError> {
        parse(text, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        File::parse(text, ".stanch.toml").unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_known_one() {
        assert_eq!(
            fault("contact = 'x'\n[blok]\n"),
            ".stanch.toml:2: unknown key `blok`; did you mean `block`?"
        );
        assert!(
            fault("[block]\nseverty = 'high'\n")
                .contains(":2: unknown key `severty`; did you mean `severity`?")
        );
    }

    #[test]
    fn a_value_is_never_quoted_in_an_error() {
        let text = format!("[block]\nseverity = \"{}\"\n", "hunter2hunter2");
        let message = fault(&text);
        assert!(!message.contains("hunter2"), "{message}");
        assert!(message.starts_with(".stanch.toml:2: "), "{message}");
    }
}
