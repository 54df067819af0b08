//! The rule format: what one TOML file of a provider may say. `check` says what is wrong with one.
//!
//! Pure data over `std` and `serde` only: `build.rs` takes this file in by `#[path]` to build the
//! static tables, and the library uses the same types for a user's own rules. `deny_unknown_fields` everywhere.

use super::run::Run;
use super::terms::{Alphabet, Confidence, Holds, Kind, Severity, Validator, Window};
use super::{literals, range};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, value::MapAccessDeserializer};
use std::collections::BTreeMap;
use std::fmt;

/// The format version that this program reads.
pub const SCHEMA: u32 = 1;

/// One TOML file: a provider, how to get out of trouble with it, and its rules.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSpec {
    /// Format version; [`SCHEMA`].
    pub schema: u32,
    /// Who issues these secrets.
    pub provider: ProviderSpec,
    /// What to do about a leak: the default for the rules below.
    #[serde(default)]
    pub remediation: RemediationSpec,
    /// Named departures from the default; a rule takes one by `remediation = "NAME"`.
    #[serde(default)]
    pub variant: BTreeMap<String, RemediationSpec>,
    /// What none of the rules below finds. Own rules only.
    #[serde(default)]
    pub except: Vec<ExceptSpec>,
    /// The kinds of secrets.
    #[serde(default, rename = "rule")]
    pub rules: Vec<RuleSpec>,
}

/// Who issues a secret.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSpec {
    /// Stable slug, also the file's name.
    pub id: String,
    /// Name as the provider writes it.
    pub name: String,
}

/// What to do about a leaked secret. Every field may be absent: then nothing is known, and nothing is claimed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemediationSpec {
    /// What a holder of the secret can do.
    pub impact: Option<String>,
    /// The page where it is revoked.
    pub revoke_url: Option<String>,
    /// Revoking it, step by step.
    #[serde(default)]
    pub steps: Vec<String>,
    /// Commands or API calls that revoke it; upper-case words are to be replaced.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Can two be active at once, so that nothing stops while it is replaced?
    pub zero_downtime: Option<bool>,
    /// The order that follows from that.
    pub rotation: Option<String>,
    /// Where use of the secret shows, and what to look for.
    pub audit: Option<String>,
    /// The page for that.
    pub audit_url: Option<String>,
    /// What stops when it is revoked, and how to find it.
    pub breaks: Option<String>,
    /// Making a new one with least privilege, step by step.
    #[serde(default)]
    pub create: Vec<String>,
    /// How long it lives and how it can be limited.
    pub limits: Option<String>,
    /// What the provider does by itself with one found in public.
    pub auto_revoked: Option<String>,
    /// Why a value that looks secret is public, or the other way about.
    pub public_by_design: Option<String>,
    /// What else helps.
    pub notes: Option<String>,
    /// The provider's documentation of these secrets.
    pub docs_url: Option<String>,
    /// Which of the fields above were read at the vendor; the others are worded with care.
    #[serde(default)]
    pub read: Vec<String>,
    /// Where the facts come from.
    #[serde(default)]
    pub sources: Vec<String>,
}

/// One kind of secret.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// Stable slug, unique in the catalogue.
    pub id: String,
    /// Former slugs, and those of kinds that it finds too: accepted wherever a rule is named.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Name in a sentence: "Klaviyo private API key".
    pub name: String,
    /// What sort of secret.
    pub kind: Kind,
    /// Impact if the value is live.
    pub severity: Severity,
    /// How sure a match is, before checks that raise or lower it.
    pub confidence: Confidence,
    /// Public by design: known, shown on request, never blocking.
    #[serde(default)]
    pub public: bool,
    /// Literals of which one is in every match or, for a context rule, near it; 3 or more ASCII bytes, any case.
    /// A context rule may leave them out: its words are the keywords. So may a regex that has literals of its own.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// A regular expression over bytes (no Unicode classes) with the group `secret`; where it has branches, each may
    /// have a group of its own: `secret`, `secret_2`, `secret_3`.
    pub regex: Option<String>,
    /// In place of a regex: a value without a form of its own, known by the names around it.
    pub context: Option<ContextSpec>,
    /// In place of both: found by judgement over assignments (`crate::scan::judge`), for secrets of no provider.
    #[serde(default)]
    pub judged: bool,
    /// In place of those: a file that is a secret by its name and by what it holds.
    pub file: Option<NamesSpec>,
    /// Least Shannon entropy of the secret, bits a character; 0 is none.
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
    /// Rules whose match on the same value gives way to this one; generic rules always give way.
    #[serde(default)]
    pub supersedes: Vec<String>,
    /// Rules whose value is used together with this one.
    #[serde(default)]
    pub pairs: Vec<String>,
    /// Variant of the remediation, or one of its own; the file's default where there is none.
    pub remediation: Option<RemedySpec>,
    /// A regular expression: only in files whose path it matches. Own rules only.
    pub path: Option<String>,
    /// What it does not find. Own rules only.
    #[serde(default)]
    pub except: Vec<ExceptSpec>,
    /// Templates that must be found; see `template` for the language. Of a rule that speaks of paths (`file`, `path`,
    /// `except.path`) the first line is the file's path.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Templates that come close and must not be found by this rule.
    #[serde(default)]
    pub negative_examples: Vec<String>,
}

/// A rule's remediation: a variant's name, or a table.
#[derive(Debug, Clone)]
pub enum RemedySpec {
    /// A `[variant.NAME]` of the file.
    Variant(String),
    /// The rule's own.
    Own(Box<RemediationSpec>),
}

// By hand: of an untagged enum, serde cannot say which key is wrong.
impl<'de> Deserialize<'de> for RemedySpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RemedySpec, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = RemedySpec;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a variant, or a table")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<RemedySpec, E> {
                Ok(RemedySpec::Variant(name.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RemedySpec, A::Error> {
                RemediationSpec::deserialize(MapAccessDeserializer::new(map))
                    .map(|r| RemedySpec::Own(Box::new(r)))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// What a rule does not find: a match of which all that is given here holds. The expressions may match any part.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptSpec {
    /// A regular expression over the secret itself.
    pub value: Option<String>,
    /// Words of which one stands in the secret, any case.
    #[serde(default)]
    pub words: Vec<String>,
    /// A regular expression over all that the rule's pattern matched.
    #[serde(rename = "match")]
    pub found: Option<String>,
    /// A regular expression over the lines that it stands on.
    pub line: Option<String>,
    /// A regular expression over the file's path.
    pub path: Option<String>,
}

impl ExceptSpec {
    /// Its regular expressions, by their keys.
    pub fn patterns(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("value", &self.value), ("match", &self.found), ("line", &self.line), ("path", &self.path)]
            .into_iter()
            .filter_map(|(key, pattern)| Some((key, pattern.as_deref()?)))
    }
}

/// A file known by its name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamesSpec {
    /// Names, any case: `.env`, `*.tfvars`, `.kube/config`; a `*` is any run of characters without `/`. Samples
    /// (`.env.example`) are left out by themselves.
    pub names: Vec<String>,
    /// What it must hold.
    pub holds: Holds,
    /// With `holds = "pattern"`: a regular expression over the whole file with the group `secret`.
    pub pattern: Option<String>,
}

/// A value known by the names around it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextSpec {
    /// Words for the provider, any case, separators ignored (`sendgrid`, `mj_apikey`): one must stand in the
    /// name that the value is assigned to, or near it (see `near`).
    pub words: Vec<String>,
    /// Parts of the name that tell this value from the provider's others (`secret`, `private`); one must stand in
    /// the name. Empty: any name that says key, token, secret, password or the like.
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
    /// The provider's word must stand in the name itself.
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
    /// Exactly so many.
    Exact(u32),
    /// From, to.
    Range([u32; 2]),
}

// By hand, so that an error has its line.
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
    /// Does it say where it holds? Then the first line of its examples is the file's path.
    pub fn speaks_of_paths(&self) -> bool {
        self.file.is_some() || self.path.is_some() || self.except.iter().any(|e| e.path.is_some())
    }

    /// The run that a match cannot be without.
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

    /// The prefilter literals, lower case: `keywords`, or the words of a context rule, or what the pattern tells. Those
    /// of a context rule are parts of names, and stand for each way to join such parts.
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
