//! Ranges of the numbers in a file; a number outside of its range is refused with its line.
//!
//! docs/configuration.md lists the ranges. Pure: `build.rs` includes this file by `#[path]`, as it does `spec.rs`.

use serde::{Deserialize, Deserializer, de};
use std::fmt;
use std::ops::RangeInclusive;

/// Lines around a name that may contain its provider's word.
pub const NEAR: RangeInclusive<i64> = 0..=255;
/// Characters of a value.
pub const LENGTH: RangeInclusive<i64> = 1..=65_536;
/// Bits per byte.
pub const ENTROPY: RangeInclusive<f64> = 0.0..=8.0;

fn checked<T: PartialOrd + fmt::Display>(value: T, range: &RangeInclusive<T>) -> Result<T, String> {
    match range.contains(&value) {
        true => Ok(value),
        false => Err(format!("{value} is out of range; give {} to {}", range.start(), range.end())),
    }
}

/// Reads an integer within a range.
///
/// # Errors
/// If the value is not an integer or outside the range.
pub fn integer<'de, D, T>(deserializer: D, range: &RangeInclusive<i64>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i64>,
{
    let value = checked(i64::deserialize(deserializer)?, range).map_err(de::Error::custom)?;
    T::try_from(value).map_err(|_| de::Error::custom("the number is too large"))
}

/// Reads [`NEAR`].
///
/// # Errors
/// As [`integer`].
pub fn near<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    integer(deserializer, &NEAR)
}

/// Reads [`ENTROPY`].
///
/// # Errors
/// If the value is not a number or outside the range.
pub fn entropy<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    checked(f64::deserialize(deserializer)?, &ENTROPY).map(|bits| bits as f32).map_err(de::Error::custom)
}

/// Reads one number within [`LENGTH`], or a list of two.
///
/// # Errors
/// If the value is neither, or outside the range.
pub fn lengths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(u32, Option<u32>), D::Error> {
    struct Visitor;
    fn length<E: de::Error>(n: i64) -> Result<u32, E> {
        let n = checked(n, &LENGTH).map_err(E::custom)?;
        u32::try_from(n).map_err(E::custom)
    }
    impl<'de> de::Visitor<'de> for Visitor {
        type Value = (u32, Option<u32>);
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number, or a list of two")
        }
        fn visit_i64<E: de::Error>(self, n: i64) -> Result<Self::Value, E> {
            Ok((length(n)?, None))
        }
        fn visit_u64<E: de::Error>(self, n: u64) -> Result<Self::Value, E> {
            self.visit_i64(i64::try_from(n).unwrap_or(i64::MAX))
        }
        fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut next = || list.next_element::<i64>();
            match (next()?, next()?, next()?) {
                (Some(from), Some(to), None) => Ok((length(from)?, Some(length(to)?))),
                _ => Err(de::Error::invalid_length(2, &self)),
            }
        }
    }
    deserializer.deserialize_any(Visitor)
}
