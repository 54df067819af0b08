//! One configuration file.

use crate::finding::Fingerprint;
use serde::Deserialize;

/// The name of a repository's configuration file.
pub const FILE_NAME: &str = ".stanch.toml";

/// The configuration in force.
#[derive(Debug, Clone)]
pub struct Config {
    /// Larger blobs are not read, and said to be so. Bytes.
    pub max_blob_bytes: u64,
    /// A repository's own salt for fingerprints.
    pub salt: Option<String>,
    /// Secrets that were looked at and let through.
    pub allow: Vec<AllowEntry>,
}

impl Default for Config {
    fn default() -> Self {
        Config { max_blob_bytes: 50 << 20, salt: None, allow: Vec::new() }
    }
}

/// One secret that may stay.
#[derive(Debug, Clone)]
pub struct AllowEntry {
    /// Which secret.
    pub fingerprint: Fingerprint,
    /// Of which rule, for the reader.
    pub rule: Option<String>,
    /// Why.
    pub reason: String,
}

/// A configuration that cannot be used. The message names the file and the line.
#[derive(Debug, thiserror::Error)]
#[error("{file}:{line}: {what}")]
pub struct ConfigError {
    /// The file, printable.
    pub file: String,
    /// Line, from 1; 0 when the file as a whole is at fault.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unvalidated {
    #[serde(default)]
    salt: Option<String>,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    allow: Vec<toml::Spanned<Entry>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    max_blob_mb: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fingerprint: String,
    rule: Option<String>,
    reason: Option<String>,
}

impl Config {
    /// Reads the text of a file; `name` is for messages.
    ///
    /// # Errors
    /// On bad TOML, an unknown key, a bad fingerprint or a missing reason, with the line. Nothing of the text is
    /// quoted: it may hold what should not be printed.
    pub fn parse(text: &str, name: &str) -> Result<Config, ConfigError> {
        let line_of = |offset: usize| {
            1 + text.as_bytes()[..offset.min(text.len())].iter().filter(|b| **b == b'\n').count()
        };
        let fail = |line: usize, what: String| ConfigError { file: name.to_owned(), line, what };
        let raw: Unvalidated = toml::from_str(text)
            .map_err(|e| fail(e.span().map_or(0, |s| line_of(s.start)), e.message().to_owned()))?;
        let mut config = Config { salt: raw.salt, ..Config::default() };
        if let Some(mb) = raw.limits.max_blob_mb {
            config.max_blob_bytes = mb << 20;
        }
        for entry in raw.allow {
            let line = line_of(entry.span().start);
            let entry = entry.into_inner();
            let fingerprint = Fingerprint::parse(&entry.fingerprint).ok_or_else(|| {
                fail(line, "fingerprint is not 20 hex digits; `stanch allow` writes it".to_owned())
            })?;
            let reason = entry
                .reason
                .filter(|r| !r.trim().is_empty())
                .ok_or_else(|| fail(line, "an allow entry needs a reason = \"...\"".to_owned()))?;
            config.allow.push(AllowEntry { fingerprint, rule: entry.rule, reason });
        }
        Ok(config)
    }
}
