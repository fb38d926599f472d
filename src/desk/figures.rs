//! Figures of a period, for supervisors and for reports.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};

use super::ports::StoreError;
use super::service::Desk;
use crate::domain::calendar::{china_instant, china_time};
use crate::domain::figures::Breakdown;
use crate::domain::ticket::Event;

/// Days in China, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Period {
    /// The days from `from` to `to`; `None` when there are none.
    #[must_use]
    pub fn new(from: Date, to: Date) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// The week of `day`, Monday to Sunday.
    #[must_use]
    pub fn week_of(day: Date) -> Self {
        let from = day.saturating_sub(i32::from(day.weekday().to_monday_zero_offset()).days());
        Self { from, to: from.saturating_add(6.days()) }
    }

    /// The week before.
    #[must_use]
    pub fn week_before(self) -> Self {
        Self { from: self.from.saturating_sub(7.days()), to: self.to.saturating_sub(7.days()) }
    }

    fn instants(self) -> (Timestamp, Timestamp) {
        let begin = |day: Date| china_instant(day.to_datetime(Time::midnight()));
        (begin(self.from), begin(self.to.saturating_add(1.day())))
    }
}

impl Desk {
    /// Figures about the tickets raised in a period, as of now.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    pub async fn figures(&self, period: Period) -> Result<Breakdown, StoreError> {
        let histories = self.histories(period).await?;
        Ok(Breakdown::of(histories.iter().map(Vec::as_slice), &self.rules(), self.clock.now()))
    }

    /// The histories of the tickets raised in a period, oldest first.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    pub async fn histories(&self, period: Period) -> Result<Vec<Vec<Event>>, StoreError> {
        let (from, until) = period.instants();
        self.store.ticket_histories(from, until).await
    }

    /// Today in China.
    #[must_use]
    pub fn today(&self) -> Date {
        china_time(self.clock.now()).date()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weeks_begin_on_monday() {
        let week = Period { from: date(2026, 11, 16), to: date(2026, 11, 22) };
        for day in 16..=22 {
            assert_eq!(Period::week_of(date(2026, 11, day)), week);
        }
        assert_eq!(week.week_before(), Period { from: date(2026, 11, 9), to: date(2026, 11, 15) });
        assert_eq!(Period::new(week.to, week.from), None);
    }
}
