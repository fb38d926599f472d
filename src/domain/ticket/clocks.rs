//! When a ticket is due, and what the clocks call for: cards, somebody who stands in, a supervisor, an end to waiting, a
//! follow-up question.
//!
//! All of it is recomputed from the ticket, so it can never disagree with the history.

use jiff::Timestamp;

use super::{State, Ticket};
use crate::domain::sla::{Card, Clock, Deadline, Rules};

const CLOCKS: [Clock; 3] = [Clock::FirstContact, Clock::Opinion, Clock::Close];

/// Something the clocks call for; each once a round, in working hours only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Show this card.
    Card(Clock, Card),
    /// The first contact was missed and the red card has not helped: the backup stands in (AB角).
    StandIn,
    /// Nor has that: a supervisor takes it (提级).
    Escalate,
    /// The company was waited for long enough.
    EndWait,
    /// Ask the company whether the matter is settled (回访).
    FollowUp,
}

impl Ticket {
    /// The deadline of `clock`, or `None` when it has been met, stands still, or the ticket is no longer open.
    ///
    /// The clocks of opinion and closing stand still while the company is waited for.
    #[must_use]
    pub fn deadline(&self, clock: Clock, rules: &Rules<'_>) -> Option<Deadline> {
        let is_met = match clock {
            Clock::FirstContact => self.contacted_at.is_some(),
            Clock::Opinion => self.opinion_at.is_some(),
            Clock::Close => self.closed_at.is_some(),
        };
        let stands_still = clock != Clock::FirstContact && self.waits_since.is_some();
        (self.state.is_open() && !is_met && !stands_still).then(|| self.promised(clock, rules))
    }

    /// When `clock` was or is to be met in this round, whether or not it has been.
    ///
    /// While the company is waited for, as if it answered this instant it began.
    #[must_use]
    pub fn promised(&self, clock: Clock, rules: &Rules<'_>) -> Deadline {
        let paused = if clock == Clock::FirstContact {
            0
        } else {
            self.waits.iter().map(|(from, to)| rules.calendar.working_minutes_between(*from, *to)).sum()
        };
        rules.deadline(clock, self.submission.kind, self.is_extended, self.clocks_from, paused)
    }

    /// The next deadline to be met, with its clock.
    #[must_use]
    pub fn next_deadline(&self, rules: &Rules<'_>) -> Option<(Clock, Deadline)> {
        CLOCKS
            .into_iter()
            .filter_map(|clock| Some((clock, self.deadline(clock, rules)?)))
            .min_by_key(|(_, deadline)| deadline.due_at)
    }

    /// What the clocks call for at `now` and has not been done yet.
    ///
    /// Nothing outside working hours. A red card stands for the yellow one that was missed.
    #[must_use]
    pub fn steps_due(&self, rules: &Rules<'_>, now: Timestamp) -> Vec<Step> {
        if !rules.calendar.is_working_time(now) {
            return Vec::new();
        }
        let mut steps: Vec<Step> = CLOCKS.into_iter().filter_map(|clock| self.card_due(clock, rules, now)).collect();
        let others = [self.wait_ends(rules), self.ladder(rules), self.follow_up_due(rules)];
        steps.extend(others.into_iter().flatten().filter(|(at, _)| *at <= now).map(|(_, step)| step));
        steps
    }

    fn card_due(&self, clock: Clock, rules: &Rules<'_>, now: Timestamp) -> Option<Step> {
        let deadline = self.deadline(clock, rules)?;
        let card = if now >= deadline.due_at {
            Card::Red
        } else if now >= deadline.warn_at {
            Card::Yellow
        } else {
            return None;
        };
        (!self.cards.contains(&(clock, card))).then_some(Step::Card(clock, card))
    }

    /// The next instant at which [`Ticket::steps_due`] may have something new; `None` when nothing is left to come.
    #[must_use]
    pub fn next_step_at(&self, rules: &Rules<'_>) -> Option<Timestamp> {
        let cards = CLOCKS.into_iter().filter_map(|clock| {
            let deadline = self.deadline(clock, rules)?;
            let is_shown = |card| self.cards.contains(&(clock, card));
            if is_shown(Card::Red) {
                None
            } else if is_shown(Card::Yellow) {
                Some(deadline.due_at)
            } else {
                Some(deadline.warn_at)
            }
        });
        let others = [self.wait_ends(rules), self.ladder(rules), self.follow_up_due(rules)];
        cards
            .chain(others.into_iter().flatten().map(|(at, _)| at))
            .min()
            .map(|at| rules.calendar.next_working_instant(at))
    }

    fn wait_ends(&self, rules: &Rules<'_>) -> Option<(Timestamp, Step)> {
        let since = self.waits_since.filter(|_| self.state.is_open())?;
        Some((rules.ends_at(since, rules.promises.wait_at_most), Step::EndWait))
    }

    /// The steps after a missed first contact: a quarter of the promise after the red card the backup, another quarter later
    /// a supervisor. A supervisor's own choice of the holder is told by the cards and not overruled.
    fn ladder(&self, rules: &Rules<'_>) -> Option<(Timestamp, Step)> {
        let is_missed = self.cards.contains(&(Clock::FirstContact, Card::Red)) && self.contacted_at.is_none();
        if !is_missed || !self.state.is_open() || self.is_assigned_by_hand || self.is_escalated {
            return None;
        }
        let promised = rules.promises.first_contact;
        let (minutes, step) = if self.has_stand_in { (2, Step::Escalate) } else { (1, Step::StandIn) };
        Some((rules.ends_at(self.clocks_from, promised + minutes * rules.notice(promised)), step))
    }

    fn follow_up_due(&self, rules: &Rules<'_>) -> Option<(Timestamp, Step)> {
        let closed_at = self.closed_at.filter(|_| self.state == State::Closed && !self.is_followed_up)?;
        // Who has rated has said it already.
        (self.rating.is_none()).then(|| (rules.ends_at(closed_at, rules.promises.follow_up_after), Step::FollowUp))
    }
}
