//! Warnings ahead of an end: administrators are told, each end once thirty and once seven days before.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::changes::{Changes, ExpiryWarning};
use super::message::Outgoing;
use super::ports::{CommitError, StoreError};
use super::scene::address_of;
use super::service::Desk;
use super::wording::expiry as wording;
use crate::domain::calendar::china_time;
use crate::domain::commissioner::Role;
use crate::domain::ending::{Ending, WARNED_DAYS_AHEAD, endings_within};

/// At most this many ends in one message; the rest goes into further ones.
const ENDS_A_MESSAGE: usize = 15;

impl Desk {
    /// What of the serving edition ends within the longest warning time from today, the soonest first.
    #[must_use]
    pub fn endings(&self) -> Vec<Ending> {
        let today = china_time(self.clock.now()).date();
        let days = WARNED_DAYS_AHEAD.into_iter().max().unwrap_or_default();
        endings_within(self.shelf.current().base.topics.values(), today, days)
    }

    /// Tells every administrator of the roster what ends soon; returns how many ends they were told of.
    ///
    /// Idempotent: of an end one is warned once at each of [`WARNED_DAYS_AHEAD`]; another last day is another end. Whoever is
    /// told for the first time within the shorter time is told once. Nothing is said outside working hours, nor while the
    /// roster has no administrator: then it waits for one.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails; what was not told is told the next time.
    pub async fn warn_of_endings(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        if !self.calendar.is_working_time(now) {
            return Ok(0);
        }
        let endings = self.endings();
        if endings.is_empty() {
            return Ok(0);
        }
        let today = china_time(now).date();
        let due = not_yet_given(endings, today, &self.store.expiry_warnings(today).await?);
        let roster = self.store.roster().await?;
        let administrators: Vec<_> = roster.iter().filter(|person| person.role == Role::Administrator).collect();
        if due.is_empty() || administrators.is_empty() {
            return Ok(0);
        }
        let mut changes = Changes { at: now, ..Changes::default() };
        for (days_ahead, due) in due {
            for part in due.chunks(ENDS_A_MESSAGE) {
                let endings: Vec<_> = part.iter().map(|(ending, _)| ending).collect();
                let text = wording::ending_soon(&endings, days_ahead, today);
                changes.outgoing.extend(administrators.iter().map(|person| Outgoing {
                    to: address_of(person),
                    text: text.clone(),
                    buttons: Vec::new(),
                    about: None,
                    attachment: None,
                }));
            }
            changes.expiry_warnings.extend(due.into_iter().map(|(_, warning)| warning));
        }
        let told = changes.expiry_warnings.len();
        match self.store.commit(changes).await {
            Ok(()) => Ok(told),
            // Another process was faster with one of them; the others are told the next time.
            Err(CommitError::Conflict | CommitError::AlreadyHandled) => Ok(0),
            Err(CommitError::Store(cause)) => Err(cause),
        }
    }
}

/// The ends of which one has not been warned as far as is due, by how many days ahead the warning is.
fn not_yet_given(
    endings: Vec<Ending>,
    today: Date,
    given: &[ExpiryWarning],
) -> BTreeMap<i32, Vec<(Ending, ExpiryWarning)>> {
    let mut due: BTreeMap<i32, Vec<_>> = BTreeMap::new();
    for ending in endings {
        let Some(days_ahead) = ending.warning_due(today) else { continue };
        let (topic, document) = (ending.topic.clone(), ending.document.clone());
        let warning = ExpiryWarning { topic, document, last_day: ending.last_day, days_ahead };
        if !given.contains(&warning) {
            due.entry(days_ahead).or_default().push((ending, warning));
        }
    }
    due
}
