//! The rule format: the fields of one provider's TOML file. `check` reports its faults.
//!
//! Pure data over `std` and `serde` only: `build.rs` includes this file by `#[path]` to build the static
//! tables. The library uses the same types for user rules. `deny_unknown_fields` everywhere.

use super::remediation::{PROVIDER, RemediationSpec, RemedySpec};
use super::required_run::Run;
use super::vocabulary::{Alphabet, Confidence, Holds, SecretKind, Severity, Validator, Window};
use super::{literals, range};
use serde::Deserialize;
use serde::de::Deserializer;
use std::collections::BTreeMap;

/// The format version that this program reads.
pub const SCHEMA: u32 = 1;

/// One TOML file: a provider, what to do about a leak, and its rules.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSpec {
    /// Format version; [`SCHEMA`].
    pub schema: u32,
    /// The issuer of these secrets.
    pub provider: ProviderSpec,
    /// What to do about a leak; a rule takes it with `remediation = "provider"`.
    #[serde(default)]
    pub remediation: RemediationSpec,
    /// Further blocks; a rule takes one with `remediation = "NAME"`.
    #[serde(default)]
    pub variant: BTreeMap<String, RemediationSpec>,
    /// Matches that all rules below leave out. User rules only.
    #[serde(default)]
    pub except: Vec<ExceptSpec>,
    /// The kinds of secrets.
    #[serde(default, rename = "rule")]
    pub rules: Vec<RuleSpec>,
}

/// The issuer of a secret.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSpec {
    /// Stable slug, also the file's name.
    pub id: String,
    /// Name as the provider writes it.
    pub name: String,
}

/// One kind of secret.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// Stable slug, unique in the catalogue.
    pub id: String,
    /// Former slugs, and slugs of kinds that this rule also finds; accepted wherever a rule is named.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Name in a sentence: "Klaviyo private API key".
    pub name: String,
    /// The kind of secret.
    pub kind: SecretKind,
    /// Impact if the value is live.
    pub severity: Severity,
    /// How sure a match is before checks raise or lower it.
    pub confidence: Confidence,
    /// Public by design: recognised, shown on request, never blocking.
    #[serde(default)]
    pub public: bool,
    /// Literals of which one is in every match or, for a context rule, near it: 3 or more ASCII bytes, any
    /// case. May be omitted for a context rule, whose words are the keywords, and for a regex that contains
    /// literals.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// A regular expression over bytes (no Unicode classes) with the group `secret`. If it has branches, each
    /// may have its own group: `secret`, `secret_2`, `secret_3`.
    pub regex: Option<String>,
    /// Instead of a regex: a value without a distinctive form, identified by the names around it.
    pub context: Option<ContextSpec>,
    /// Instead of both: found by scoring assignments (`crate::scan::detect::generic`), for secrets without a provider.
    #[serde(default)]
    pub judged: bool,
    /// Instead of those: a file that is secret because of its name and content.
    pub file: Option<NamesSpec>,
    /// Least Shannon entropy of the secret, bits per character; 0 means no minimum.
    #[serde(default, deserialize_with = "range::entropy")]
    pub entropy: f32,
    /// How far around the keyword the regex may look.
    #[serde(default)]
    pub window: Window,
    /// Offline proof.
    #[serde(default)]
    pub validator: Validator,
    /// The conventional environment variable.
    pub env_var: Option<String>,
    /// Further conventional variables.
    #[serde(default)]
    pub env_var_aliases: Vec<String>,
    /// Where the format comes from.
    #[serde(default)]
    pub references: Vec<String>,
    /// Rules whose match on the same value is dropped in favour of this one; matches of generic rules are
    /// always dropped.
    #[serde(default)]
    pub supersedes: Vec<String>,
    /// Rules whose values are used together with this one.
    #[serde(default)]
    pub pairs: Vec<String>,
    /// `"provider"` for the file's `[remediation]`, the name of a variant, or a table for this rule only. If absent,
    /// nothing is known about this kind: a sibling's facts are never taken silently.
    pub remediation: Option<RemedySpec>,
    /// A regular expression that limits the rule to files whose path it matches. User rules only.
    pub path: Option<String>,
    /// Matches that the rule leaves out. User rules only.
    #[serde(default)]
    pub except: Vec<ExceptSpec>,
    /// Templates that must be found; see `template` for the language. If the rule uses paths (`file`, `path`,
    /// `except.path`), the first line is the file's path.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Templates of near misses that this rule must not find.
    #[serde(default)]
    pub negative_examples: Vec<String>,
}

impl FileSpec {
    /// The block with this name.
    pub fn block(&self, name: &str) -> Option<&RemediationSpec> {
        if name == PROVIDER { Some(&self.remediation) } else { self.variant.get(name) }
    }

    /// All that is known about a leak of this rule's secrets: its block, completed from the block's bases.
    pub fn remediation_of(&self, rule: &RuleSpec) -> RemediationSpec {
        match &rule.remediation {
            None => RemediationSpec::default(),
            Some(RemedySpec::Named(name)) => {
                self.block(name).map(|b| self.complete(b, BASES)).unwrap_or_default()
            }
            Some(RemedySpec::Own(own)) => self.complete(own, BASES),
        }
    }

    fn complete(&self, block: &RemediationSpec, left: usize) -> RemediationSpec {
        match block.base.as_deref().and_then(|name| self.block(name)) {
            Some(base) if left > 0 => block.over(&self.complete(base, left - 1)),
            _ => block.clone(),
        }
    }
}

/// Longest chain of bases; ends a circle.
const BASES: usize = 4;

/// Excludes a match if every given condition holds. The expressions may match any part.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptSpec {
    /// A regular expression over the secret itself.
    pub value: Option<String>,
    /// Words of which one is in the secret, any case.
    #[serde(default)]
    pub words: Vec<String>,
    /// A regular expression over all that the rule's pattern matched.
    #[serde(rename = "match")]
    pub found: Option<String>,
    /// A regular expression over the lines that contain the match.
    pub line: Option<String>,
    /// A regular expression over the file's path.
    pub path: Option<String>,
}

impl ExceptSpec {
    /// Its regular expressions, with their keys.
    pub fn patterns(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("value", &self.value), ("match", &self.found), ("line", &self.line), ("path", &self.path)]
            .into_iter()
            .filter_map(|(key, pattern)| Some((key, pattern.as_deref()?)))
    }
}

/// A file identified by its name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamesSpec {
    /// Names, any case: `.env`, `*.tfvars`, `.kube/config`. A `*` matches any characters except `/`. Samples
    /// (`.env.example`) are excluded automatically.
    pub names: Vec<String>,
    /// What the file must contain.
    pub holds: Holds,
    /// With `holds = "pattern"`: a regular expression over the whole file with the group `secret`.
    pub pattern: Option<String>,
}

/// A value identified by the names around it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextSpec {
    /// Words for the provider, any case, separators ignored (`sendgrid`, `mj_apikey`). One must be in the
    /// name that the value is assigned to, or near it (see `near`).
    pub words: Vec<String>,
    /// Parts of the name that distinguish this value from the provider's others (`secret`, `private`); one
    /// must be in the name. If empty: any name that contains key, token, secret, password or similar.
    #[serde(default)]
    pub names: Vec<String>,
    /// Parts of the name that rule this value out (`public`).
    #[serde(default)]
    pub not_names: Vec<String>,
    /// The value.
    pub value: ValueSpec,
    /// Lines above and below on which a word may stand when the name itself has none.
    #[serde(default, deserialize_with = "range::near")]
    pub near: u8,
    /// True if the provider's word must be in the name itself.
    #[serde(default)]
    pub strict: bool,
}

/// The shape of a value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueSpec {
    /// Literal first characters.
    #[serde(default)]
    pub prefix: String,
    /// Characters of the rest.
    pub alphabet: Alphabet,
    /// Least and most characters of the rest.
    pub length: Length,
    /// Literal last characters.
    #[serde(default)]
    pub suffix: String,
}

/// A number or a range of lengths, in characters.
#[derive(Debug, Clone, Copy)]
pub enum Length {
    /// Exactly this many.
    Exact(u32),
    /// From, to; inclusive.
    Range([u32; 2]),
}

// Written by hand, so that an error has its line.
impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Length, D::Error> {
        range::lengths(deserializer)
            .map(|(from, to)| to.map_or(Length::Exact(from), |to| Length::Range([from, to])))
    }
}

impl Length {
    /// Least and most, inclusive.
    pub fn bounds(self) -> (u32, u32) {
        match self {
            Length::Exact(n) => (n, n),
            Length::Range([a, b]) => (a, b),
        }
    }
}

impl RuleSpec {
    /// Returns whether the rule uses paths; then the first line of its examples is the file's path.
    pub fn speaks_of_paths(&self) -> bool {
        self.file.is_some() || self.path.is_some() || self.except.iter().any(|e| e.path.is_some())
    }

    /// The byte run that every match contains.
    pub fn run(&self) -> Run {
        match (&self.regex, &self.context) {
            (Some(regex), _) => Run::of_pattern(regex),
            (None, Some(c)) => {
                let value = (0..=255).filter(|b| {
                    let mut literal = c.value.prefix.bytes().chain(c.value.suffix.bytes());
                    c.value.alphabet.contains(*b)
                        || (c.value.alphabet.padded() && *b == b'=')
                        || literal.any(|l| l == *b)
                });
                let (least, _) = c.value.length.bounds();
                Run::of(value, least as usize + c.value.prefix.len() + c.value.suffix.len())
            }
            (None, None) => Run::NONE,
        }
    }

    /// The prefilter literals in lower case: `keywords`, or a context rule's words, or literals from the
    /// pattern. A context rule's words are parts of names, so each stands for all ways to join such parts.
    pub fn effective_keywords(&self) -> Vec<String> {
        let from = match (&self.context, &self.regex) {
            (Some(c), _) if self.keywords.is_empty() => c.words.clone(),
            (None, Some(regex)) if self.keywords.is_empty() => literals::keywords(regex).unwrap_or_default(),
            _ => self.keywords.clone(),
        };
        let mut out: Vec<String> = from.iter().map(|k| k.to_ascii_lowercase()).collect();
        if self.context.is_some() {
            out = out.iter().flat_map(|k| ["_", "-", "."].map(|joint| rejoined(k, joint))).collect();
        }
        out.sort();
        out.dedup();
        out
    }
}

/// A keyword with `joint` for each `_`, `-` or `.` inside it.
fn rejoined(keyword: &str, joint: &str) -> String {
    let ends = ['_', '-', '.'];
    let inner = keyword.trim_matches(ends);
    let start = keyword.len() - keyword.trim_start_matches(ends).len();
    let end = keyword.trim_end_matches(ends).len().max(start);
    [&keyword[..start], &inner.replace(ends, joint), &keyword[end..]].concat()
}
