//! An entry of `extends` as written: a path, or a table.

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// One entry of `extends`, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExtendSpec {
    /// A path.
    File(String),
    /// A file from elsewhere.
    Table(ExtendTable),
}

/// A file of another repository, or of an installed package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "docs/policy.md and the JSON schema document the keys")]
pub struct ExtendTable {
    pub git: Option<String>,
    pub commit: Option<String>,
    pub path: Option<String>,
    pub package: Option<String>,
}

impl<'de> Deserialize<'de> for ExtendSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ExtendSpec, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = ExtendSpec;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a path, or a table with git, commit and path, or with package")
            }
            fn visit_str<E: de::Error>(self, path: &str) -> Result<ExtendSpec, E> {
                Ok(ExtendSpec::File(path.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ExtendSpec, A::Error> {
                ExtendTable::deserialize(MapAccessDeserializer::new(map)).map(ExtendSpec::Table)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
