//! The numbers of a configuration, and the range of each.

use crate::rules::range;
use serde::{Deserialize, Deserializer, de};
use std::ops::RangeInclusive;

/// MB of the largest file that is read.
pub const MAX_BLOB_MB: RangeInclusive<i64> = 0..=65_536;
/// Layers of encoding that are taken off.
pub const DECODE_DEPTH: RangeInclusive<i64> = 0..=16;
/// Days until an allowed secret is to be rotated; 0 is never.
pub const REMIND_DAYS: RangeInclusive<i64> = 0..=36_500;

/// MB that are read of every file, whatever a configuration says.
pub const LEAST_BLOB_MB: u64 = 1;
/// Layers of encoding that are taken off, whatever a configuration says.
pub const LEAST_DECODE_DEPTH: u8 = 3;

pub(super) fn max_blob_mb<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u64>, D::Error> {
    range::integer(d, &MAX_BLOB_MB).map(Some)
}

pub(super) fn decode_depth<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u8>, D::Error> {
    range::integer(d, &DECODE_DEPTH).map(Some)
}

pub(super) fn remind_days<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u32>, D::Error> {
    range::integer(d, &REMIND_DAYS).map(Some)
}

/// The version of the format.
pub(super) fn schema<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u32>, D::Error> {
    match i64::deserialize(d)? {
        1 => Ok(Some(1)),
        n => Err(de::Error::custom(format!("schema = {n}, but this program reads schema 1"))),
    }
}
