//! The catalogue as `static` tables, made by `build.rs` from `src/rules/catalogue/*.toml`.
#![allow(clippy::all, unreachable_pub, unused_imports, reason = "generated")]

use super::gate::{Check, Gate};
use super::run::Run;
use super::terms::{Alphabet, Confidence, Holds, Kind, Severity, Validator, Window};
use super::{Context, Detector, Names, Provider, Remediation, Rule, Value};
use std::borrow::Cow;

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));
