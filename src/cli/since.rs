//! `--since`: a span of time, a day, a revision or a range.

use crate::error::Error;
use crate::git::{GitError, Oid, Outgoing, Repo};
use jiff::civil::Date;
use jiff::{Span, Timestamp, tz::TimeZone};

/// What may be written.
const FORMS: &str = "write 30.days, 2.weeks, 6.months, 30d, a date (2026-11-01), a revision or a range A..B";

/// The value of `--since`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Since {
    Day(Date),
    Range(String),
}

impl Since {
    /// Parses it; `today` is the day to count back from.
    pub(super) fn parse(text: &str, today: Date) -> Result<Since, Error> {
        let unusable = |what: &str| Error::Usage(format!("--since: {what}; {FORMS}"));
        if let Ok(day) = text.parse::<Date>() {
            return Ok(Since::Day(day));
        }
        let words: Vec<&str> = text.split(['.', ' ']).filter(|w| !w.is_empty() && *w != "ago").collect();
        // `30d`: a number and a letter.
        let short =
            text.char_indices().last().map(|(at, _)| text.split_at(at)).filter(|(n, _)| !n.is_empty());
        let words = match (&words[..], short) {
            ([_], Some((number, unit))) if "dwmy".contains(unit) => vec![number, unit],
            _ => words,
        };
        if let [number, unit] = words[..]
            && let Ok(number) = number.parse::<i64>()
            && !text.contains("..")
        {
            let span = match unit.strip_suffix('s').unwrap_or(unit) {
                "day" | "d" => Span::new().try_days(number),
                "week" | "w" => Span::new().try_weeks(number),
                "month" | "m" => Span::new().try_months(number),
                "year" | "y" => Span::new().try_years(number),
                _ => return Err(unusable("the unit must be days, weeks, months or years")),
            };
            let span = span.map_err(|_| unusable("the number is out of range"))?;
            let day = today.checked_sub(span).map_err(|_| unusable("the number is out of range"))?;
            return Ok(Since::Day(day));
        }
        match text {
            "" => Err(unusable("it is empty")),
            range if range.contains("..") => Ok(Since::Range(range.to_owned())),
            revision => Ok(Since::Range(format!("{revision}..HEAD"))),
        }
    }

    /// The commits reachable from `tips`, or from HEAD.
    pub(super) fn commits(&self, repo: &Repo, tips: Option<&[Oid]>) -> Result<Outgoing, Error> {
        Ok(match self {
            Since::Day(day) => {
                let start = day.to_zoned(TimeZone::UTC).map_or(Timestamp::MIN, |z| z.timestamp());
                repo.recent(tips, start.as_second())?
            }
            Since::Range(range) => repo.range(std::slice::from_ref(range)).map_err(|e| match e {
                GitError::NoRevision(what) => {
                    Error::Usage(format!("--since: {what} names no commit here; {FORMS}"))
                }
                e => e.into(),
            })?,
        })
    }

    /// The same in words.
    pub(super) fn shown(&self) -> String {
        match self {
            Since::Day(day) => format!("since {day}"),
            Since::Range(range) => format!("in {range}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_span_is_counted_back_and_everything_else_is_a_date_a_revision_or_a_range() {
        let parse = |text: &str| Since::parse(text, date(2026, 11, 29)).ok();
        for text in ["30.days", "30 days ago", "30.days.ago", "30d"] {
            assert_eq!(parse(text), Some(Since::Day(date(2026, 10, 30))), "{text}");
        }
        assert_eq!(parse("1.week"), Some(Since::Day(date(2026, 11, 22))));
        assert_eq!(parse("1.month"), Some(Since::Day(date(2026, 10, 29))));
        assert_eq!(parse("2026-01-02"), Some(Since::Day(date(2026, 1, 2))));
        assert_eq!(parse("2w"), Some(Since::Day(date(2026, 11, 15))));
        for text in ["d", "abcd", "v2"] {
            assert_eq!(parse(text), Some(Since::Range(format!("{text}..HEAD"))), "{text}");
        }
        assert_eq!(parse("v1.4"), Some(Since::Range("v1.4..HEAD".into())));
        assert_eq!(parse("1..2"), Some(Since::Range("1..2".into())));
        assert_eq!(parse("a..b"), Some(Since::Range("a..b".into())));
        for text in ["", "3.fortnights", "99999999.years"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
