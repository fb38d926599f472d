//! /figures: the figures of a week or another period, for supervisors.

use jiff::civil::Date;

use super::Scene;
use crate::desk::figures::Period;
use crate::desk::reply::Status;
use crate::desk::service::HandleError;
use crate::desk::wording::{figures as wording, supervision};
use crate::domain::calendar::china_time;
use crate::domain::text;

impl Scene<'_> {
    /// `/figures`, `/figures 上周` or `/figures 2026-11-01 2026-11-30`.
    pub(super) async fn on_figures(&mut self, argument: &str) -> Result<(), HandleError> {
        if !self.may_supervise() {
            self.say(Status::Rejected, supervision::only_for_supervisors().to_owned(), Vec::new());
            return Ok(());
        }
        let Some(period) = period_named(argument, china_time(self.now).date()) else {
            self.say(Status::Rejected, wording::which_period().to_owned(), Vec::new());
            return Ok(());
        };
        let breakdown = self.desk.figures(period).await?;
        let words = wording::report(&breakdown, period.from, period.to, self.now);
        self.say(Status::Progress, words, Vec::new());
        Ok(())
    }
}

/// The period that somebody names: this week where nothing is named.
fn period_named(words: &str, today: Date) -> Option<Period> {
    let words = text::normalise(words);
    let this_week = Period::week_of(today);
    match words.as_str() {
        "" | "本周" => return Some(this_week),
        "上周" => return Some(this_week.week_before()),
        _ => {}
    }
    let mut days = words.split([' ', '到', '至']).filter(|word| !word.is_empty()).map(str::parse::<Date>);
    let (from, to) = (days.next()?.ok()?, days.next()?.ok()?);
    if days.next().is_some() { None } else { Period::new(from, to) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn periods_are_read_as_people_write_them() {
        let today = date(2026, 11, 20);
        let of = |from, to| Period::new(date(2026, 11, from), date(2026, 11, to));
        assert_eq!(period_named("", today), of(16, 22));
        assert_eq!(period_named(" 上周 ", today), of(9, 15));
        assert_eq!(period_named("2026-11-01 2026-11-30", today), of(1, 30));
        assert_eq!(period_named("2026-11-01至2026-11-30", today), of(1, 30));
        for odd in ["下周", "2026-11-30 2026-11-01", "2026-11-01", "2026-11-01 2026-11-02 2026-11-03"] {
            assert_eq!(period_named(odd, today), None, "{odd}");
        }
    }
}
