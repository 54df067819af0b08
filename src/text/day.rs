//! Days of commits.

use jiff::Timestamp;

/// The day of a time in seconds since 1970, in UTC: `2026-11-29`. A commit's time is its author's to choose, and may be
/// one that no calendar has.
pub fn of(seconds: i64) -> String {
    Timestamp::from_second(seconds)
        .map_or_else(|_| "an unknown day".to_owned(), |time| time.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_time_beyond_the_calendar_is_said() {
        assert_eq!(of(0), "1970-01-01");
        assert_eq!(of(i64::MAX), "an unknown day");
    }
}
