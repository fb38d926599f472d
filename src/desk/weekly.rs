//! The figures of the week before, sent by themselves to those who supervise.

use super::changes::{Changes, FiguresSent};
use super::figures::Period;
use super::message::Outgoing;
use super::ports::{CommitError, StoreError};
use super::scene::address_of;
use super::service::Desk;
use super::wording::figures as wording;
use crate::domain::commissioner::{Commissioner, Role};

impl Desk {
    /// Sends last week's figures to every supervisor and administrator with a Telegram account, once each; returns how many were
    /// sent.
    ///
    /// Due from the start of the office hours of the week's first working day. Idempotent: whoever was sent them this week is
    /// left alone, also by other processes. What was missed on that day is sent later in the week if there is anything to tell.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails; what was not sent is sent the next time.
    pub async fn send_weekly_figures(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        if !self.calendar.is_working_time(now) {
            return Ok(0);
        }
        let (today, week) = (self.today(), Period::week_of(self.today()));
        let (roster, sent) = (self.store.roster().await?, self.store.figures_sent(week.from).await?);
        let due: Vec<_> = roster.iter().filter(|person| reads_figures(person) && !sent.contains(&person.id)).collect();
        if due.is_empty() {
            return Ok(0);
        }
        let period = week.week_before();
        let breakdown = self.figures(period).await?;
        let mut earlier = week.from.series(jiff::Span::new().days(1)).take_while(|day| *day < today);
        let is_late = earlier.any(|day| self.calendar.is_working_day(day));
        if is_late && breakdown.total.raised == 0 {
            return Ok(0);
        }
        let text = wording::report(&breakdown, period.from, period.to, now);
        let mut count = 0;
        for person in due {
            let (to, text) = (address_of(person), text.clone());
            let changes = Changes {
                outgoing: vec![Outgoing { to, text, buttons: Vec::new(), about: None, attachment: None }],
                figures_sent: vec![FiguresSent { week: week.from, to: person.id.clone() }],
                at: now,
                ..Changes::default()
            };
            match self.store.commit(changes).await {
                Ok(()) => count += 1,
                // Another process was faster.
                Err(CommitError::Conflict | CommitError::AlreadyHandled) => {}
                Err(CommitError::Store(cause)) => return Err(cause),
            }
        }
        Ok(count)
    }
}

fn reads_figures(person: &Commissioner) -> bool {
    let supervises = matches!(person.role, Role::Supervisor | Role::Administrator);
    supervises && person.telegram_id.is_some() && person.unreachable_since.is_none()
}
