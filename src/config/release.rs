//! The keys of `[policy]`: the version whose decisions are kept, and the last day of a rollout.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Deserializer, de};

/// A version of the decisions that can be kept. It is counted apart from the program's own version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Release {
    /// The decisions of the first builds.
    V0_1,
    /// The decisions of this program.
    V0_2,
}

impl Release {
    /// All of them, the oldest first.
    pub const ALL: [Release; 2] = [Release::V0_1, Release::V0_2];
    /// The version whose decisions apply by default.
    pub const NEWEST: Release = Release::V0_2;

    /// Its name in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Release::V0_1 => "0.1",
            Release::V0_2 => "0.2",
        }
    }

    fn from_name(name: &str) -> Option<Release> {
        Release::ALL.into_iter().find(|release| release.name() == name)
    }
}

/// Most days of a rollout; a longer one would be a policy that never blocks.
pub const MOST_WARN_ONLY_DAYS: i32 = 180;

/// Today, in UTC.
pub(crate) fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

pub(super) fn since<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Release>, D::Error> {
    let known = Release::ALL.map(Release::name).join(", ");
    let toml::Value::String(name) = toml::Value::deserialize(d)? else {
        return Err(de::Error::custom(format!(
            "since is no version in quotes; write one of {known} in quotes"
        )));
    };
    Release::from_name(&name).map(Some).ok_or_else(|| {
        let version = env!("CARGO_PKG_VERSION");
        de::Error::custom(format!(
            "since names a version whose decisions stanch {version} cannot keep; it knows {known} (a newer one needs \
             a newer stanch)"
        ))
    })
}

/// A day as written: a date, or the same in quotes.
#[derive(Deserialize)]
#[serde(untagged, expecting = "warn_only_until is no date: write 2027-01-31")]
enum Day {
    Date(toml::value::Datetime),
    Text(String),
}

pub(super) fn day<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Date>, D::Error> {
    let text = match Day::deserialize(d)? {
        Day::Date(day) => day.to_string(),
        Day::Text(text) => text,
    };
    let date = (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten();
    date.map(Some).ok_or_else(|| de::Error::custom("warn_only_until is no date: write 2027-01-31"))
}

/// Why a rollout cannot last until this day; `None` if it can.
pub(super) fn too_far(until: Date, today: Date) -> Option<String> {
    let most = today.saturating_add(MOST_WARN_ONLY_DAYS.days());
    (until > most).then(|| {
        format!(
            "policy.warn_only_until is more than {MOST_WARN_ONLY_DAYS} days away: {most} is the latest day from today \
             on (if today is not {today}, set the clock)"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_rollout_ends_within_the_most_days() {
        let today = date(2026, 11, 29);
        assert_eq!(too_far(today, today), None);
        assert_eq!(too_far(date(2000, 1, 1), today), None);
        assert_eq!(too_far(date(2027, 5, 28), today), None);
        let error = too_far(date(2027, 5, 29), today).unwrap();
        assert!(error.contains("2027-05-28 is the latest day"), "{error}");
        assert!(too_far(date(9999, 12, 31), date(9999, 12, 31)).is_none());
    }
}
