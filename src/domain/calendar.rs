//! Working time: statutory holidays, make-up workdays (调休) and the two spans of a working day.
//!
//! Every clock of the desk is counted in working minutes, so that lunch breaks, evenings, holidays and make-up workdays are
//! handled in one place. China Standard Time is UTC+8 all year round; the domain needs no time-zone database.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

/// How far the search for a working day goes before the calendar is taken to be broken.
const SEARCH_DAYS: usize = 400;

/// Local date and time in China at `instant`.
#[must_use]
pub fn china_time(instant: Timestamp) -> DateTime {
    china_offset().to_datetime(instant)
}

/// The instant at which clocks in China show `local`.
///
/// # Panics
///
/// Panics for dates outside the years -9999 to 9999.
#[must_use]
pub fn china_instant(local: DateTime) -> Timestamp {
    local.to_zoned(TimeZone::fixed(china_offset())).expect("civil years fit a timestamp").timestamp()
}

fn china_offset() -> Offset {
    Offset::constant(8)
}

/// One span of a working day; `end` is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingSpan {
    /// First working minute.
    pub start: Time,
    /// The minute after the last one.
    pub end: Time,
}

impl WorkingSpan {
    fn minutes(self) -> i64 {
        minutes_of(self.end) - minutes_of(self.start)
    }
}

/// Why working hours or a calendar year were refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// A working day needs at least one span, each non-empty, in order and apart.
    #[error("working spans must be non-empty, in order and must not overlap")]
    BadSpans,
}

/// Which days and minutes are worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    spans: Vec<WorkingSpan>,
    days: BTreeMap<Date, bool>,
    years: BTreeSet<i16>,
}

impl Calendar {
    /// Makes a calendar with `spans` of work a day and no published year yet.
    ///
    /// Without a published year, Monday to Friday are worked; see [`Calendar::has_year`].
    ///
    /// # Errors
    ///
    /// Returns [`CalendarError::BadSpans`] when the spans are empty, out of order or overlap.
    pub fn new(spans: Vec<WorkingSpan>) -> Result<Self, CalendarError> {
        let in_order = spans.windows(2).all(|pair| pair[0].end <= pair[1].start);
        if spans.is_empty() || !in_order || spans.iter().any(|span| span.minutes() <= 0) {
            return Err(CalendarError::BadSpans);
        }
        Ok(Self { spans, days: BTreeMap::new(), years: BTreeSet::new() })
    }

    /// Adds a published year: the days that differ from the plain week, `true` for a day off.
    pub fn add_year(&mut self, year: i16, days: impl IntoIterator<Item = (Date, bool)>) {
        self.years.insert(year);
        self.days.extend(days.into_iter().map(|(day, is_off)| (day, !is_off)));
    }

    /// Tells whether the holidays of `year` have been published and loaded.
    ///
    /// Where not, the plain week is counted and administrators must be warned.
    #[must_use]
    pub fn has_year(&self, year: i16) -> bool {
        self.years.contains(&year)
    }

    /// Working minutes in one working day: what "one working day" means for every clock.
    #[must_use]
    pub fn minutes_per_day(&self) -> i64 {
        self.spans.iter().map(|span| span.minutes()).sum()
    }

    /// The spans of a working day.
    #[must_use]
    pub fn spans(&self) -> &[WorkingSpan] {
        &self.spans
    }

    /// Tells whether `day` is worked, make-up workdays included.
    #[must_use]
    pub fn is_working_day(&self, day: Date) -> bool {
        self.days.get(&day).copied().unwrap_or_else(|| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
    }

    /// Tells whether the office is at work at `instant`.
    #[must_use]
    pub fn is_working_time(&self, instant: Timestamp) -> bool {
        let local = china_time(instant);
        self.is_working_day(local.date())
            && self.spans.iter().any(|span| span.start <= local.time() && local.time() < span.end)
    }

    /// The first working instant at or after `instant`.
    #[must_use]
    pub fn next_working_instant(&self, instant: Timestamp) -> Timestamp {
        if self.is_working_time(instant) {
            return instant;
        }
        let local = china_time(instant);
        self.spans_from(local.date())
            .map(|(day, span)| day.to_datetime(span.start))
            .find(|start| *start >= local)
            .map_or(instant, china_instant)
    }

    /// The instant at which `minutes` working minutes have passed since `start`.
    ///
    /// A start outside working hours counts from the next working instant. The result always lies within a span or at its
    /// end, never earlier than `start`, and adding in two steps gives the same as adding at once.
    ///
    /// # Examples
    ///
    /// ```
    /// # use zhengqitong::domain::calendar::{Calendar, WorkingSpan, china_instant};
    /// # use jiff::civil::{date, time};
    /// let span = |from, to| WorkingSpan { start: time(from, 0, 0, 0), end: time(to, 0, 0, 0) };
    /// let calendar = Calendar::new(vec![span(9, 12), span(13, 17)])?;
    /// // Friday 16:00 plus two working hours is Monday 10:00.
    /// let friday = china_instant(date(2026, 11, 20).at(16, 0, 0, 0));
    /// assert_eq!(calendar.add_working_minutes(friday, 120), china_instant(date(2026, 11, 23).at(10, 0, 0, 0)));
    /// # Ok::<(), zhengqitong::domain::calendar::CalendarError>(())
    /// ```
    #[must_use]
    pub fn add_working_minutes(&self, start: Timestamp, minutes: i64) -> Timestamp {
        let start = self.next_working_instant(start);
        if minutes <= 0 {
            return start;
        }
        let local = china_time(start);
        let mut left = minutes * 60;
        for (day, span) in self.spans_from(local.date()) {
            let from = day.to_datetime(span.start).max(local);
            let available = seconds_between(from, day.to_datetime(span.end));
            if available <= 0 {
                continue;
            }
            if left <= available {
                return china_instant(from + left.seconds());
            }
            left -= available;
        }
        start
    }

    /// Working minutes between two instants, rounded down; zero when `end` is not after `start`.
    #[must_use]
    pub fn working_minutes_between(&self, start: Timestamp, end: Timestamp) -> i64 {
        let (from, to) = (china_time(start), china_time(end));
        let mut seconds = 0;
        let mut day = from.date();
        while day <= to.date() {
            if self.is_working_day(day) {
                seconds += self
                    .spans
                    .iter()
                    .map(|span| {
                        let begin = day.to_datetime(span.start).max(from);
                        let finish = day.to_datetime(span.end).min(to);
                        seconds_between(begin, finish).max(0)
                    })
                    .sum::<i64>();
            }
            day = day.saturating_add(1.day());
            if day == Date::MAX {
                break;
            }
        }
        seconds / 60
    }

    /// Spans of working days from `day` on, in order.
    fn spans_from(&self, day: Date) -> impl Iterator<Item = (Date, WorkingSpan)> + '_ {
        day.series(1.day())
            .filter(|day| self.is_working_day(*day))
            .take(SEARCH_DAYS)
            .flat_map(|day| self.spans.iter().map(move |span| (day, *span)))
    }
}

fn minutes_of(time: Time) -> i64 {
    i64::from(time.hour()) * 60 + i64::from(time.minute())
}

fn seconds_between(from: DateTime, to: DateTime) -> i64 {
    to.duration_since(from).as_secs()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    use super::*;

    /// 9:00–12:00 and 13:30–17:00, with the days around Spring Festival and National Day of 2026.
    fn calendar() -> Calendar {
        let morning = WorkingSpan { start: time(9, 0, 0, 0), end: time(12, 0, 0, 0) };
        let afternoon = WorkingSpan { start: time(13, 30, 0, 0), end: time(17, 0, 0, 0) };
        let mut calendar = Calendar::new(vec![morning, afternoon]).unwrap();
        let spring = (15..=23).map(|day| (date(2026, 2, day), true));
        let national = (1..=7).map(|day| (date(2026, 10, day), true));
        let made_up = [(2, 14), (2, 28), (9, 20), (10, 10)].map(|(month, day)| (date(2026, month, day), false));
        calendar.add_year(2026, spring.chain(national).chain(made_up));
        calendar
    }

    fn at(month: i8, day: i8, hour: i8, minute: i8) -> Timestamp {
        china_instant(date(2026, month, day).at(hour, minute, 0, 0))
    }

    #[track_caller]
    fn check(start: Timestamp, minutes: i64, expected: Timestamp) {
        let due = calendar().add_working_minutes(start, minutes);
        assert_eq!(china_time(due), china_time(expected), "{minutes} minutes after {}", china_time(start));
    }

    #[test]
    fn a_make_up_saturday_is_worked() {
        assert!(calendar().is_working_day(date(2026, 2, 14)));
        check(at(2, 13, 16, 30), 60, at(2, 14, 9, 30));
    }

    #[test]
    fn a_public_holiday_is_not_worked() {
        assert!(!calendar().is_working_day(date(2026, 10, 1)));
        check(at(9, 30, 16, 30), 60, at(10, 8, 9, 30));
    }

    #[test]
    fn an_ordinary_weekend_is_not_worked() {
        check(at(11, 20, 17, 0), 1, at(11, 23, 9, 1));
    }

    #[test]
    fn lunch_is_skipped() {
        check(at(11, 23, 11, 30), 60, at(11, 23, 14, 0));
        check(at(11, 23, 12, 15), 10, at(11, 23, 13, 40));
        assert!(!calendar().is_working_time(at(11, 23, 12, 0)));
        assert_eq!(calendar().working_minutes_between(at(11, 23, 11, 0), at(11, 23, 14, 0)), 90);
    }

    #[test]
    fn a_due_time_may_be_the_end_of_a_span() {
        check(at(11, 23, 9, 0), 180, at(11, 23, 12, 0));
        check(at(11, 23, 9, 0), 390, at(11, 23, 17, 0));
    }

    #[test]
    fn no_minutes_lead_to_the_next_working_instant() {
        check(at(11, 21, 8, 0), 0, at(11, 23, 9, 0));
        check(at(11, 23, 10, 7), -5, at(11, 23, 10, 7));
    }

    #[test]
    fn nothing_lies_between_an_instant_and_an_earlier_one() {
        assert_eq!(calendar().working_minutes_between(at(11, 23, 14, 0), at(11, 23, 11, 0)), 0);
    }

    #[test]
    fn spans_that_overlap_or_are_empty_are_refused() {
        let span = |from, to| WorkingSpan { start: time(from, 0, 0, 0), end: time(to, 0, 0, 0) };
        for spans in [vec![], vec![span(9, 9)], vec![span(9, 12), span(11, 17)], vec![span(13, 17), span(9, 12)]] {
            assert_eq!(Calendar::new(spans), Err(CalendarError::BadSpans));
        }
    }

    #[test]
    fn a_year_is_known_once_it_is_added() {
        assert!(calendar().has_year(2026) && !calendar().has_year(2027));
    }

    prop_compose! {
        /// Any second of 2026 and some days around it.
        fn instants()(seconds in -864_000_i64..=34_000_000) -> Timestamp {
            at(1, 1, 0, 0) + jiff::SignedDuration::from_secs(seconds)
        }
    }

    prop_compose! {
        /// Any whole minute of 2026 and some days around it.
        fn whole_minutes()(minutes in -14_400_i64..=560_000) -> Timestamp {
            at(1, 1, 0, 0) + jiff::SignedDuration::from_mins(minutes)
        }
    }

    proptest! {
        #[test]
        fn a_due_time_is_working_time_or_the_end_of_a_span_and_never_early(start in instants(), minutes in 0_i64..20_000) {
            let calendar = calendar();
            let due = calendar.add_working_minutes(start, minutes);
            let local = china_time(due);
            let is_end = calendar.is_working_day(local.date())
                && calendar.spans().iter().any(|span| span.end == local.time());
            prop_assert!(calendar.is_working_time(due) || is_end, "{local}");
            prop_assert!(due >= start + jiff::SignedDuration::from_mins(minutes));
        }

        #[test]
        fn adding_in_two_steps_is_adding_at_once(start in instants(), first in 0_i64..9_000, second in 0_i64..9_000) {
            let calendar = calendar();
            let once = calendar.add_working_minutes(start, first + second);
            let twice = calendar.add_working_minutes(calendar.add_working_minutes(start, first), second);
            // At the end of a span, adding nothing moves on to the next one: the same working minute.
            prop_assert_eq!(calendar.next_working_instant(once), calendar.next_working_instant(twice));
            prop_assert!(second == 0 || once == twice);
        }

        #[test]
        fn as_many_minutes_lie_between_as_were_added(start in whole_minutes(), minutes in 0_i64..20_000) {
            let calendar = calendar();
            let due = calendar.add_working_minutes(start, minutes);
            prop_assert_eq!(calendar.working_minutes_between(start, due), minutes);
        }

        #[test]
        fn the_next_working_instant_is_the_first_one(start in instants()) {
            let calendar = calendar();
            let next = calendar.next_working_instant(start);
            prop_assert!(calendar.is_working_time(next) && next >= start);
            prop_assert_eq!(calendar.working_minutes_between(start, next), 0);
        }
    }
}
