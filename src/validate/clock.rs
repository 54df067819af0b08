//! Dates and the current time, for expiry checks.

use super::Check;
use crate::finding::{Evidence, Severity};
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs() as i64)
}

/// The UTC date of an epoch time, as in `2021-03-02`.
pub(super) fn date(epoch: i64) -> String {
    // Days to civil date, over eras of 400 years that start on the first of March.
    let days = epoch.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let doe = days.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}

/// Seconds since 1970 of `2021-03-02...`; only the day is read, which is enough for an expiry.
pub(super) fn parse_date(text: &str) -> Option<i64> {
    let day = text.get(..10)?;
    let mut parts = day.split('-').map(|p| p.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let y = if month <= 2 { year - 1 } else { year };
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let yoe = y.rem_euclid(400);
    let days = y.div_euclid(400) * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468;
    Some(days * 86_400)
}

/// Records the expiry; an expired token loses confidence and is capped at low severity. `about` is added in
/// brackets if not empty.
pub(super) fn expiry(check: &mut Check, expires: Option<i64>, about: &str) {
    let about = if about.is_empty() { String::new() } else { format!(" ({about})") };
    match expires {
        Some(at) if at < now() => {
            check.evidence.push(Evidence::lowers("expiry", format!("expired {}{about}", date(at))));
            check.at_most = Some(Severity::Low);
        }
        Some(at) => {
            check.evidence.push(Evidence::tells("expiry", format!("expires {}{about}", date(at))));
        }
        None => check.evidence.push(Evidence::tells("expiry", format!("never expires{about}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_seconds_agree_over_leap_years() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(951_782_400), "2000-02-29");
        assert_eq!(date(1_614_643_200), "2021-03-02");
        for day in (0..40_000).step_by(17) {
            let at = day * 86_400;
            assert_eq!(parse_date(&date(at)), Some(at));
        }
        assert_eq!(parse_date("2021-13-01"), None);
        assert_eq!(parse_date("soon"), None);
    }
}
