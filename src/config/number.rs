//! The range of each number in a configuration.

use crate::rules::range;
use serde::{Deserialize, Deserializer, de};
use std::ops::RangeInclusive;

/// MB of the largest file that is read.
pub const MAX_BLOB_MB: RangeInclusive<i64> = 0..=65_536;
/// Layers of encoding that are decoded.
pub const DECODE_DEPTH: RangeInclusive<i64> = 0..=16;
/// MB that archives may unpack to in one scan.
pub const ARCHIVE_MB: RangeInclusive<i64> = 0..=1_048_576;
/// The same in a hook.
pub const ARCHIVE_HOOK_MB: RangeInclusive<i64> = 0..=1_048_576;
/// Members of archives that are read in one run.
pub const ARCHIVE_ENTRIES: RangeInclusive<i64> = 0..=100_000_000;
/// Bytes unpacked per byte of an archive.
pub const ARCHIVE_RATIO: RangeInclusive<i64> = 0..=100_000;
/// Levels of archives inside archives that are opened.
pub const ARCHIVE_DEPTH: RangeInclusive<i64> = 0..=16;
/// Days until an allowed secret is due for rotation; 0 means never.
pub const REMIND_DAYS: RangeInclusive<i64> = 0..=36_500;

/// MB of every file that are always read, whatever the configuration.
pub const LEAST_BLOB_MB: u64 = 1;
/// Layers of encoding that are always decoded, whatever the configuration.
pub const LEAST_DECODE_DEPTH: u8 = 3;

/// MB that archives may always unpack to, whatever the configuration.
pub const LEAST_ARCHIVE_MB: u64 = 64;
/// Members of archives that are always read, whatever the configuration.
pub const LEAST_ARCHIVE_ENTRIES: u64 = 10_000;
/// Bytes per byte of an archive that are always unpacked, whatever the configuration.
pub const LEAST_ARCHIVE_RATIO: u64 = 100;
/// Levels of archives that are always opened, whatever the configuration.
pub const LEAST_ARCHIVE_DEPTH: u8 = 4;

pub(super) fn max_blob_mb<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u64>, D::Error> {
    range::integer(d, &MAX_BLOB_MB).map(Some)
}

pub(super) fn decode_depth<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u8>, D::Error> {
    range::integer(d, &DECODE_DEPTH).map(Some)
}

pub(super) fn archive_mb<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u64>, D::Error> {
    range::integer(d, &ARCHIVE_MB).map(Some)
}

pub(super) fn archive_hook_mb<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u64>, D::Error> {
    range::integer(d, &ARCHIVE_HOOK_MB).map(Some)
}

pub(super) fn archive_entries<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u64>, D::Error> {
    range::integer(d, &ARCHIVE_ENTRIES).map(Some)
}

pub(super) fn archive_ratio<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u64>, D::Error> {
    range::integer(d, &ARCHIVE_RATIO).map(Some)
}

pub(super) fn archive_depth<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u8>, D::Error> {
    range::integer(d, &ARCHIVE_DEPTH).map(Some)
}

pub(super) fn remind_days<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u32>, D::Error> {
    range::integer(d, &REMIND_DAYS).map(Some)
}

/// Checks the version of the format.
pub(super) fn schema<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u32>, D::Error> {
    match i64::deserialize(d)? {
        1 => Ok(Some(1)),
        n => Err(de::Error::custom(format!("schema = {n}, but this program reads schema 1"))),
    }
}
