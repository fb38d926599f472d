//! Figures about tickets (办件统计): rates together with what they are rates of, computed from histories.
//!
//! The three rates are those of Beijing's service hotline: response (响应率) is first contacts in time out of those owed,
//! resolution (解决率) tickets that the company calls settled out of closed ones, satisfaction (满意率) the upper three of five levels
//! out of ratings. On time (按时率) is counted for each promise. What is not owed yet is in no rate, so that a figure never looks
//! better for what is still to come; a promise that was missed counts from its deadline on, kept later or not.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::sla::{Card, Clock, Rules};
use super::ticket::{Event, EventKind, Rating, State, Ticket};

/// A part of a whole, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many met the condition.
    pub met: u32,
    /// Out of how many.
    pub of: u32,
}

impl Share {
    /// The rate; `None` out of nothing, which is neither good nor bad.
    ///
    /// # Examples
    ///
    /// ```
    /// # use zhengqitong::domain::figures::Share;
    /// assert_eq!(Share { met: 49, of: 50 }.rate(), Some(0.98));
    /// assert_eq!(Share::default().rate(), None);
    /// ```
    #[must_use]
    pub fn rate(self) -> Option<f64> {
        (self.of > 0).then(|| f64::from(self.met) / f64::from(self.of))
    }

    fn count(&mut self, is_met: bool) {
        self.met += u32::from(is_met);
        self.of += 1;
    }

    fn add(&mut self, other: Self) {
        self.met += other.met;
        self.of += other.of;
    }
}

/// Figures about some tickets. A ticket that is done again counts one round more in everything that is promised anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Tickets that were raised.
    pub raised: u32,
    /// Of these, taken back by the company or joined to another: they are in no rate.
    pub left_out: u32,
    /// Still open.
    pub open: u32,
    /// First contacts in time, out of those owed (响应率).
    pub response: Share,
    /// Opinions in time, out of those owed.
    pub opinion_on_time: Share,
    /// Closings in time, out of those owed (按时办结率).
    pub close_on_time: Share,
    /// Tickets that the company rated 基本满意 or better after their last closing, out of closed ones (解决率).
    pub resolution: Share,
    /// Ratings of 基本满意 or better, out of all (满意率).
    pub satisfaction: Share,
    /// Closings that were rated, out of all (参评率).
    pub rated: Share,
    /// Sent back by a commissioner (退单).
    pub returns: u32,
    /// Done again after a bad rating (重办).
    pub reworks: u32,
    /// Raised again by the company (重新提出).
    pub reopenings: u32,
    /// Red cards (红牌).
    pub red_cards: u32,
}

impl Figures {
    /// Adds the figures about other tickets.
    pub fn add(&mut self, other: &Self) {
        self.raised += other.raised;
        self.left_out += other.left_out;
        self.open += other.open;
        self.response.add(other.response);
        self.opinion_on_time.add(other.opinion_on_time);
        self.close_on_time.add(other.close_on_time);
        self.resolution.add(other.resolution);
        self.satisfaction.add(other.satisfaction);
        self.rated.add(other.rated);
        self.returns += other.returns;
        self.reworks += other.reworks;
        self.reopenings += other.reopenings;
        self.red_cards += other.red_cards;
    }

    /// Figures about the one ticket with this history, as of `now`; nothing for a history that does not begin with a submission.
    #[must_use]
    pub fn of(history: &[Event], rules: &Rules<'_>, now: Timestamp) -> Self {
        let mut figures = Self::default();
        let Some(mut ticket) = history.first().and_then(|first| Ticket::replay([first])) else { return figures };
        figures.raised = 1;
        for event in &history[1..] {
            match &event.kind {
                EventKind::Reworked | EventKind::Reopened => figures.count_round(&ticket, rules, now),
                EventKind::CardShown(_, Card::Red) => figures.red_cards += 1,
                EventKind::Returned { .. } => figures.returns += 1,
                _ => {}
            }
            ticket.apply(event);
        }
        if matches!(ticket.state, State::Withdrawn | State::Merged) {
            return Self { raised: 1, left_out: 1, ..Self::default() };
        }
        figures.count_round(&ticket, rules, now);
        figures.open = u32::from(ticket.state.is_open());
        figures.reworks = ticket.reworks;
        figures.reopenings = ticket.reopenings;
        if ticket.state == State::Closed {
            figures.resolution.count(ticket.rating.is_some_and(is_satisfied));
        }
        figures
    }

    /// Counts what was promised in the round that ends, or stands, with `ticket`.
    fn count_round(&mut self, ticket: &Ticket, rules: &Rules<'_>, now: Timestamp) {
        for clock in [Clock::FirstContact, Clock::Opinion, Clock::Close] {
            let kept_at = match clock {
                Clock::FirstContact => ticket.contacted_at,
                Clock::Opinion => ticket.opinion_at,
                Clock::Close => ticket.closed_at,
            };
            let due_at = ticket.promised(clock, rules).due_at;
            let is_kept = match kept_at {
                Some(at) => at <= due_at,
                None if ticket.deadline(clock, rules).is_some_and(|deadline| deadline.due_at <= now) => false,
                None => continue,
            };
            match clock {
                Clock::FirstContact => self.response.count(is_kept),
                Clock::Opinion => self.opinion_on_time.count(is_kept),
                Clock::Close => self.close_on_time.count(is_kept),
            }
        }
        if ticket.closed_at.is_some() {
            self.rated.count(ticket.rating.is_some());
        }
        if let Some(rating) = ticket.rating {
            self.satisfaction.count(is_satisfied(rating));
        }
    }
}

fn is_satisfied(rating: Rating) -> bool {
    rating >= Rating::BasicallySatisfied
}

/// Figures about all tickets of a period, and in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breakdown {
    /// About all.
    pub total: Figures,
    /// By the company's subdistrict (街道); `None` where it is not known.
    pub by_subdistrict: BTreeMap<Option<String>, Figures>,
    /// By the topic's category (领域); `None` without a topic.
    pub by_field: BTreeMap<Option<String>, Figures>,
}

impl Breakdown {
    /// Figures about the tickets with these histories, as of `now`.
    pub fn of<'h>(histories: impl IntoIterator<Item = &'h [Event]>, rules: &Rules<'_>, now: Timestamp) -> Self {
        let mut breakdown = Self::default();
        for history in histories {
            let Some(EventKind::Submitted(submission)) = history.first().map(|event| &event.kind) else { continue };
            let figures = Figures::of(history, rules, now);
            let field = submission.topic.as_ref().map(|topic| topic.category().to_owned());
            breakdown.total.add(&figures);
            breakdown.by_subdistrict.entry(submission.subdistrict.clone()).or_default().add(&figures);
            breakdown.by_field.entry(field).or_default().add(&figures);
        }
        breakdown
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;
    use crate::domain::calendar::{Calendar, WorkingSpan, china_instant};
    use crate::domain::commissioner::CommissionerId;
    use crate::domain::sla::Promises;
    use crate::domain::ticket::{Action, Actor, Submission, TicketKind, TicketNumber};

    fn calendar() -> Calendar {
        let span = |from, to| WorkingSpan { start: time(from, 0, 0, 0), end: time(to, 0, 0, 0) };
        Calendar::new(vec![span(9, 12), span(13, 17)]).unwrap()
    }

    /// A moment in the week of Monday 2026-11-16.
    fn at(day: i8, hour: i8, minute: i8) -> Timestamp {
        china_instant(date(2026, 11, day).at(hour, minute, 0, 0))
    }

    /// The history of a request for help, raised on Monday at nine, after these actions by its holder or the company.
    fn history(actions: &[(Timestamp, Action)]) -> Vec<Event> {
        let calendar = calendar();
        let rules = Rules { calendar: &calendar, promises: Promises::shandong_2115(&calendar) };
        let wang = CommissionerId::parse("wang").unwrap();
        let submission = Submission {
            kind: TicketKind::Assistance,
            question: "老厂房改造能补多少".into(),
            topic: None,
            answered: None,
            chat: "telegram:1".into(),
            company: None,
            contact: None,
            is_anonymous: false,
            subdistrict: None,
        };
        let mut history = vec![Event::submitted(TicketNumber::new(date(2026, 11, 16), 1), submission, at(16, 9, 0))];
        let dispatch = (at(16, 9, 0), Action::Dispatch { to: wang.clone(), reasons: vec![] });
        for (at, action) in std::iter::once(&dispatch).chain(actions) {
            let ticket = Ticket::replay(&history).unwrap();
            let actor = match action {
                Action::Dispatch { .. } => Actor::System,
                Action::Rate(_) | Action::Withdraw => Actor::Company,
                _ => Actor::Commissioner(wang.clone()),
            };
            history.extend(ticket.decide(action, &actor, *at, &rules).unwrap());
        }
        history
    }

    #[track_caller]
    fn check(actions: &[(Timestamp, Action)], now: Timestamp, expected: &Figures) {
        let calendar = calendar();
        let rules = Rules { calendar: &calendar, promises: Promises::shandong_2115(&calendar) };
        assert_eq!(Figures::of(&history(actions), &rules, now), *expected);
    }

    fn share(met: u32, of: u32) -> Share {
        Share { met, of }
    }

    #[test]
    fn what_is_not_owed_yet_is_in_no_rate_and_what_was_missed_counts_from_its_deadline() {
        let raised = Figures { raised: 1, open: 1, ..Figures::default() };
        check(&[], at(16, 10, 59), &raised);
        check(&[], at(16, 11, 0), &Figures { response: share(0, 1), ..raised });
        let late = [(at(16, 13, 0), Action::Sign), (at(16, 13, 1), Action::Reply)];
        let expected = Figures { response: share(0, 1), opinion_on_time: share(1, 1), ..raised };
        check(&late, at(16, 14, 0), &expected);
    }

    #[test]
    fn each_round_is_promised_anew_and_a_ticket_is_settled_by_its_last_rating() {
        let close = || Action::Close { summary: None };
        let actions = [
            (at(16, 9, 30), Action::Sign),
            (at(16, 10, 0), close()),
            (at(16, 10, 5), Action::Rate(Rating::Dissatisfied)),
            (at(16, 15, 0), Action::Sign),
            (at(16, 15, 30), close()),
            (at(17, 9, 0), Action::Rate(Rating::Satisfied)),
        ];
        let expected = Figures {
            raised: 1,
            // The second first contact was due at 13:05 (two working hours after 10:05).
            response: share(1, 2),
            opinion_on_time: share(2, 2),
            close_on_time: share(2, 2),
            resolution: share(1, 1),
            satisfaction: share(1, 2),
            rated: share(2, 2),
            reworks: 1,
            ..Figures::default()
        };
        check(&actions, at(18, 9, 0), &expected);
    }

    #[test]
    fn what_was_taken_back_is_left_out_and_said_so() {
        let expected = Figures { raised: 1, left_out: 1, ..Figures::default() };
        check(&[(at(16, 15, 0), Action::Withdraw)], at(18, 9, 0), &expected);
    }
}
