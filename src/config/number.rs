//! The numbers of a configuration, and the range of each.

use crate::rules::range;
use serde::{Deserialize, Deserializer, de};
use std::ops::RangeInclusive;

/// MB of the largest file that is read.
pub const MAX_BLOB_MB: RangeInclusive<i64> = 0..=65_536;
/// Layers of encoding that are taken off.
pub const DECODE_DEPTH: RangeInclusive<i64> = 0..=16;
/// MB that archives may unpack to in a scan.
pub const ARCHIVE_MB: RangeInclusive<i64> = 0..=1_048_576;
/// The same in a hook.
pub const ARCHIVE_HOOK_MB: RangeInclusive<i64> = 0..=1_048_576;
/// Files in archives that are read in a run.
pub const ARCHIVE_ENTRIES: RangeInclusive<i64> = 0..=100_000_000;
/// Bytes unpacked for each byte of an archive.
pub const ARCHIVE_RATIO: RangeInclusive<i64> = 0..=100_000;
/// Archives in archives that are opened.
pub const ARCHIVE_DEPTH: RangeInclusive<i64> = 0..=16;
/// Days until an allowed secret is to be rotated; 0 is never.
pub const REMIND_DAYS: RangeInclusive<i64> = 0..=36_500;

/// MB that are read of every file, whatever a configuration says.
pub const LEAST_BLOB_MB: u64 = 1;
/// Layers of encoding that are taken off, whatever a configuration says.
pub const LEAST_DECODE_DEPTH: u8 = 3;

/// MB that archives may unpack to, whatever a configuration says.
pub const LEAST_ARCHIVE_MB: u64 = 64;
/// Files in archives that are read, whatever a configuration says.
pub const LEAST_ARCHIVE_ENTRIES: u64 = 10_000;
/// Bytes unpacked for each byte of an archive, whatever a configuration says.
pub const LEAST_ARCHIVE_RATIO: u64 = 100;
/// Archives in archives that are opened, whatever a configuration says.
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

/// The version of the format.
pub(super) fn schema<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u32>, D::Error> {
    match i64::deserialize(d)? {
        1 => Ok(Some(1)),
        n => Err(de::Error::custom(format!("schema = {n}, but this program reads schema 1"))),
    }
}
