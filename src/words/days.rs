//! Days of the calendar, for facts that grow old.

/// A fact that was checked longer ago than this may be stale, days: what organisations list changes
/// with each quarter.
pub const FRESH: i64 = 90;

/// The days since 1970-01-01 of a day as ISO 8601 writes it, `2026-11-23`; `None` for anything else.
/// (Howard Hinnant, *chrono-compatible low-level date algorithms*: days from civil.)
#[must_use]
pub fn of(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let mut part = |digits: usize| {
        parts
            .next()
            .filter(|p| p.len() == digits && p.bytes().all(|b| b.is_ascii_digit()))?
            .parse::<i64>()
            .ok()
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    let lengths = [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = *lengths.get(usize::try_from(month - 1).ok()?)?;
    if parts.next().is_some() || !(1..=length).contains(&day) {
        return None;
    }
    // Years that begin in March have their leap day at the end.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - 400 * era;
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Whether what was checked on a day may be stale on another, in days since 1970-01-01.
#[must_use]
pub fn is_stale(checked: i64, today: i64) -> bool {
    today - checked > FRESH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_and_what_is_none_is_refused() {
        assert_eq!(of("1970-01-01"), Some(0));
        assert_eq!(of("2000-03-01"), Some(11_017));
        assert_eq!(of("2026-11-23"), Some(20_780));
        assert_eq!(of("2024-02-29"), Some(19_782));
        for none in ["2023-02-29", "2026-13-01", "2026-1-1", "today", "2026-11-23-1", ""] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn a_row_is_stale_after_ninety_days() {
        let day = |text| of(text).unwrap();
        let checked = day("2026-11-23");
        for (today, days, stale) in
            [("2027-02-20", 89, false), ("2027-02-21", 90, false), ("2027-02-22", 91, true)]
        {
            assert_eq!((day(today) - checked, is_stale(checked, day(today))), (days, stale), "{today}");
        }
    }
}
