//! Public promises: when a ticket is due, and when a card is shown.
//!
//! The defaults are Shandong's "2115": first contact within 2 working hours, an opinion within 1 working day, closed within
//! 15 working days, 30 with an approved extension; a consultation is closed within 1 working day, 15 with an extension (Qilu Evening News and China
//! News Service, 2023–2024, on the provincial service rules). Yellow and red cards follow the provincial complaints hotline
//! (Qilu Evening News, 2017), returning within 2 working days the provincial measures for service hotlines (Dazhong Daily, 2020).

use jiff::Timestamp;

use super::calendar::Calendar;
use super::ticket::TicketKind;

/// A promise with a deadline of its own.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Clock {
    /// First contact with the company (首次联系).
    FirstContact,
    /// Opinion on how the matter will be handled (办理意见).
    Opinion,
    /// The matter is closed (办结).
    Close,
}

/// A warning about a clock.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::Display, strum::EnumString, strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Card {
    /// A quarter of the time is left, at most one working day (黄牌).
    Yellow,
    /// The deadline has passed (红牌).
    Red,
}

/// How long each promise runs, in working minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promises {
    /// Until first contact.
    pub first_contact: i64,
    /// Until the opinion.
    pub opinion: i64,
    /// Until a consultation is closed.
    pub close_consultation: i64,
    /// Until any other ticket is closed.
    pub close: i64,
    /// Until any other ticket is closed, with an approved extension.
    pub close_extended: i64,
    /// How long after dispatch a ticket may be returned.
    pub return_within: i64,
    /// How long after closing a company may reopen.
    pub reopen_within: i64,
    /// How long after closing the company is asked once whether the matter is settled.
    pub follow_up_after: i64,
    /// How long the clocks stand still at most while the company is waited for.
    pub wait_at_most: i64,
}

impl Promises {
    /// The "2115" promises on `calendar`'s working day.
    #[must_use]
    pub fn shandong_2115(calendar: &Calendar) -> Self {
        let day = calendar.minutes_per_day();
        Self {
            first_contact: 120,
            opinion: day,
            close_consultation: day,
            close: 15 * day,
            close_extended: 30 * day,
            return_within: 2 * day,
            reopen_within: 15 * day,
            follow_up_after: 3 * day,
            wait_at_most: 5 * day,
        }
    }

    /// Working minutes of `clock` for a ticket of `kind`.
    #[must_use]
    pub fn minutes(&self, clock: Clock, kind: TicketKind, is_extended: bool) -> i64 {
        match clock {
            Clock::FirstContact => self.first_contact,
            Clock::Opinion => self.opinion,
            Clock::Close => match (kind, is_extended) {
                (TicketKind::Consultation, false) => self.close_consultation,
                (TicketKind::Consultation, true) | (_, false) => self.close,
                (_, true) => self.close_extended,
            },
        }
    }
}

/// When one clock warns and when it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// From this instant on a yellow card is shown.
    pub warn_at: Timestamp,
    /// From this instant on a red card is shown.
    pub due_at: Timestamp,
}

/// Everything deadlines are computed from.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Working time.
    pub calendar: &'a Calendar,
    /// The promises.
    pub promises: Promises,
}

impl Rules<'_> {
    /// The deadline of `clock` when it starts at `start` and stood still for `paused` working minutes since.
    ///
    /// Both instants lie within working time (or at the end of a span), so cards are never shown at night. The warning comes
    /// when a quarter of the promise is left, at most one working day: 30 working minutes for the first contact.
    #[must_use]
    pub fn deadline(
        &self,
        clock: Clock,
        kind: TicketKind,
        is_extended: bool,
        start: Timestamp,
        paused: i64,
    ) -> Deadline {
        let promised = self.promises.minutes(clock, kind, is_extended);
        let notice = self.notice(promised);
        let minutes = promised + paused;
        Deadline {
            warn_at: self.calendar.add_working_minutes(start, minutes - notice),
            due_at: self.calendar.add_working_minutes(start, minutes),
        }
    }

    /// When something promised in `minutes` from `start` on ends.
    #[must_use]
    pub fn ends_at(&self, start: Timestamp, minutes: i64) -> Timestamp {
        self.calendar.add_working_minutes(start, minutes)
    }

    /// How long before the end of a promise of `minutes` it is warned, and how long after it the next step is taken.
    #[must_use]
    pub fn notice(&self, minutes: i64) -> i64 {
        (minutes / 4).min(self.calendar.minutes_per_day())
    }
}
