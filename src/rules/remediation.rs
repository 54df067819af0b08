//! What a rule file says about a leak: the fields of a `[remediation]` block, and how blocks complete each other.
//!
//! Pure data, as `spec`: `build.rs` includes this file too.

use super::vocabulary::SecretKind;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, value::MapAccessDeserializer};
use std::fmt;

/// The name by which a rule or a block takes the file's `[remediation]`.
pub const PROVIDER: &str = "provider";

/// Most characters of a line of the message (`short_*`).
pub const LINE: usize = 78;

/// Separates the items of a list in the packed blocks.
pub const ITEM: char = '\x1f';

/// Separates the fields of a packed block.
pub const FIELD: char = '\x1e';

/// Separates packed blocks.
pub const BLOCK: char = '\x1d';

/// Blocks that are compressed together; a message unpacks one group, which takes about a tenth of a millisecond.
pub const GROUP: usize = 64;

/// What to do about a leaked secret. Fields may be absent: then nothing is known and nothing is claimed.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemediationSpec {
    /// The block that gives the fields which are absent here: `"provider"`, or a variant's name.
    pub base: Option<String>,
    /// Fields that are not taken from `base`, because they are about another kind of secret.
    #[serde(default)]
    pub without: Vec<String>,
    /// The kinds of secrets that the facts hold for. May be absent if all rules that take the block are of one kind.
    #[serde(default)]
    pub kinds: Vec<SecretKind>,
    /// Line of the message, at most [`LINE`] characters: how to revoke it, the verb or the menu path first.
    pub short_revoke: Option<String>,
    /// Line of the message: where abuse shows.
    pub short_check: Option<String>,
    /// Line of the message: what stops when it is revoked.
    pub short_breaks: Option<String>,
    /// Line of the message: how to make the next one.
    pub short_new_key: Option<String>,
    /// That the service or the kind of secret has ended, and when: "LINE Notify ended on 31 March 2025". At most [`LINE`]
    /// characters. Nothing is left to revoke or to rotate.
    pub ended: Option<String>,
    /// What a holder of the secret can do.
    pub impact: Option<String>,
    /// The page for revoking it.
    pub revoke_url: Option<String>,
    /// How to revoke it, step by step.
    #[serde(default)]
    pub steps: Vec<String>,
    /// Commands or API calls that revoke it; the user replaces upper-case words.
    #[serde(default)]
    pub commands: Vec<String>,
    /// True if two can be active at once, so that it can be replaced without an outage.
    pub zero_downtime: Option<bool>,
    /// The order of rotation that follows from `zero_downtime`.
    pub rotation: Option<String>,
    /// Where use of the secret is logged, and what to look for.
    pub audit: Option<String>,
    /// The page with that log.
    pub audit_url: Option<String>,
    /// What stops when it is revoked, and how to find it.
    pub breaks: Option<String>,
    /// How to create a new one with least privilege, step by step.
    #[serde(default)]
    pub create: Vec<String>,
    /// How long it lives and how it can be limited.
    pub limits: Option<String>,
    /// What the provider does by itself if one is found in public.
    pub auto_revoked: Option<String>,
    /// Why a value that looks secret is public, or the reverse.
    pub public_by_design: Option<String>,
    /// Further advice.
    pub notes: Option<String>,
    /// The provider's documentation of these secrets.
    pub docs_url: Option<String>,
    /// The fields above that were read at the vendor. The others are shown only on request, as not checked.
    #[serde(default)]
    pub read: Vec<String>,
    /// The month in which they were read: `2026-11`.
    pub read_in: Option<String>,
    /// Where the facts come from.
    #[serde(default)]
    pub sources: Vec<String>,
}

impl RemediationSpec {
    /// This block completed with the fields of `base`. Whether a field was read is taken from the block that
    /// has it.
    pub(super) fn over(&self, base: &RemediationSpec) -> RemediationSpec {
        let mut read = self.read.clone();
        macro_rules! field {
            ($name:ident, $is_set:expr) => {{
                let name = stringify!($name);
                if $is_set(&self.$name) || self.without.iter().any(|f| f == name) {
                    self.$name.clone()
                } else {
                    read.extend(base.read.iter().filter(|f| *f == name && !self.read.contains(f)).cloned());
                    base.$name.clone()
                }
            }};
        }
        macro_rules! text {
            ($name:ident) => {
                field!($name, Option::is_some)
            };
        }
        macro_rules! list {
            ($name:ident) => {
                field!($name, |l: &Vec<String>| !l.is_empty())
            };
        }
        RemediationSpec {
            base: None,
            without: Vec::new(),
            kinds: self.kinds.clone(),
            short_revoke: text!(short_revoke),
            short_check: text!(short_check),
            short_breaks: text!(short_breaks),
            short_new_key: text!(short_new_key),
            ended: text!(ended),
            impact: text!(impact),
            revoke_url: text!(revoke_url),
            steps: list!(steps),
            commands: list!(commands),
            zero_downtime: text!(zero_downtime),
            rotation: text!(rotation),
            audit: text!(audit),
            audit_url: text!(audit_url),
            breaks: text!(breaks),
            create: list!(create),
            limits: text!(limits),
            auto_revoked: text!(auto_revoked),
            public_by_design: text!(public_by_design),
            notes: text!(notes),
            docs_url: text!(docs_url),
            read_in: self.read_in.clone().or_else(|| base.read_in.clone()),
            // The base is a source only of what was taken from it and was read.
            sources: {
                let is_source = read.len() > self.read.len();
                let others = base.sources.iter().filter(|s| is_source && !self.sources.contains(s));
                self.sources.iter().chain(others).cloned().collect()
            },
            read,
        }
    }
}

/// A rule's remediation: a block's name, or a table.
#[derive(Debug, Clone)]
pub enum RemedySpec {
    /// [`PROVIDER`], or a `[variant.NAME]` of the file.
    Named(String),
    /// A table for this rule only.
    Own(Box<RemediationSpec>),
}

// Written by hand: serde cannot say which key of an untagged enum is wrong.
impl<'de> Deserialize<'de> for RemedySpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RemedySpec, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = RemedySpec;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"provider\", the name of a variant, or a table")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<RemedySpec, E> {
                Ok(RemedySpec::Named(name.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RemedySpec, A::Error> {
                RemediationSpec::deserialize(MapAccessDeserializer::new(map))
                    .map(|r| RemedySpec::Own(Box::new(r)))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
