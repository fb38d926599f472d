//! The ticket (诉求工单): a state machine with an append-only history.
//!
//! Only this module changes a ticket's state. [`Ticket::decide`] turns an [`Action`] into [`Event`]s or a [`Refusal`];
//! [`Ticket::apply`] folds events, so a ticket can be rebuilt from its history alone.

mod event;

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

pub use event::{
    Action, Actor, Event, EventKind, MAX_REWORKS, RETURNS_BEFORE_ESCALATION, REWORKS_UNSUPERVISED, Refusal, URGE_EVERY,
};

use super::commissioner::CommissionerId;
use super::sla::{Card, Clock, Deadline, Rules};
use super::topic::TopicId;

/// A ticket number such as `ZQ-20261122-0007`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketNumber(String);

impl TicketNumber {
    /// The `sequence`-th ticket of `day`, counted from 1.
    #[must_use]
    pub fn new(day: Date, sequence: u32) -> Self {
        Self(format!("ZQ-{}-{sequence:04}", day.strftime("%Y%m%d")))
    }

    /// Reads a number as people type it: any case, with surrounding spaces.
    ///
    /// # Examples
    ///
    /// ```
    /// # use zhengqitong::domain::ticket::TicketNumber;
    /// assert_eq!(TicketNumber::parse(" zq-20261122-0007 ").unwrap().as_str(), "ZQ-20261122-0007");
    /// assert!(TicketNumber::parse("20261122").is_none());
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let (day, sequence) = text.strip_prefix("ZQ-")?.split_once('-')?;
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let is_number = day.len() == 8 && (4..=9).contains(&sequence.len()) && digits(day) && digits(sequence);
        is_number.then_some(Self(text))
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a company wants (诉求类别).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString, strum::IntoStaticStr, strum::EnumIter,
)]
#[strum(serialize_all = "snake_case")]
pub enum TicketKind {
    /// 咨询: an answer.
    Consultation,
    /// 求助: help.
    Assistance,
    /// 投诉: a complaint.
    Complaint,
    /// 报告 of wrongdoing by others (举报).
    Report,
    /// 建议: a suggestion.
    Suggestion,
}

/// Where a ticket stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString, strum::IntoStaticStr, strum::EnumIter,
)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Raised, not yet with a person.
    Submitted,
    /// With a commissioner who has not signed yet.
    Dispatched,
    /// Signed for.
    Signed,
    /// The company has been contacted.
    Contacted,
    /// The company knows how the matter will be handled.
    OpinionGiven,
    /// Answered.
    Replied,
    /// Closed; may be rated and reworked.
    Closed,
    /// Sent back by the commissioner with a reason; waits for dispatch.
    Returned,
    /// With a supervisor.
    Escalated,
    /// Joined to another ticket.
    Merged,
    /// Taken back by the company.
    Withdrawn,
}

impl State {
    /// Tells whether somebody still owes the company something.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Merged | Self::Withdrawn)
    }

    /// Tells whether a person has taken the case, so that the bot keeps silent.
    #[must_use]
    pub fn is_in_hand(self) -> bool {
        matches!(self, Self::Signed | Self::Contacted | Self::OpinionGiven | Self::Replied)
    }
}

/// What the company thought of it (好差评), from 1 very dissatisfied to 5 very satisfied.
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
    strum::IntoStaticStr,
    strum::EnumIter,
)]
#[strum(serialize_all = "snake_case")]
pub enum Rating {
    /// 非常不满意.
    VeryDissatisfied,
    /// 不满意.
    Dissatisfied,
    /// 基本满意.
    BasicallySatisfied,
    /// 满意.
    Satisfied,
    /// 非常满意.
    VerySatisfied,
}

impl Rating {
    /// Tells whether the matter must be reworked.
    #[must_use]
    pub fn calls_for_rework(self) -> bool {
        self <= Self::Dissatisfied
    }
}

/// What a company raised: all that the commissioner needs and nothing more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// What they want.
    pub kind: TicketKind,
    /// Their own words.
    pub question: String,
    /// What the conversation was about, if known.
    pub topic: Option<TopicId>,
    /// What the assistant had answered, so that the commissioner need not ask again.
    pub answered: Option<String>,
    /// Where the company is reached: `<channel>:<chat>`.
    pub chat: String,
    /// The name under which the company writes.
    pub company: Option<String>,
    /// The company's subdistrict (街道), if known.
    pub subdistrict: Option<String>,
}

/// A ticket as it stands after its last event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Its number.
    pub number: TicketNumber,
    /// What was raised.
    pub submission: Submission,
    /// Where it stands.
    pub state: State,
    /// When it was raised.
    pub opened_at: Timestamp,
    /// When its clocks began: the opening, or the last rework.
    pub clocks_from: Timestamp,
    /// Who has it.
    pub assignee: Option<CommissionerId>,
    /// Why they have it, in words.
    pub reasons: Vec<String>,
    /// Everybody who has had it.
    pub had_by: BTreeSet<CommissionerId>,
    /// When the company was first contacted, since the clocks began.
    pub contacted_at: Option<Timestamp>,
    /// When the opinion was given, since the clocks began.
    pub opinion_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Whether an extension was approved.
    pub is_extended: bool,
    /// The rating of the last closing.
    pub rating: Option<Rating>,
    /// How often it was reworked.
    pub reworks: u32,
    /// How often it was returned.
    pub returns: u32,
    /// When the company last urged.
    pub urged_at: Option<Timestamp>,
    /// Cards shown since the clocks began.
    pub cards: BTreeSet<(Clock, Card)>,
    /// How many events made it; also its version for compare-and-set.
    pub version: u32,
}

impl Ticket {
    /// Rebuilds a ticket from its whole history; `None` for an empty history or one that does not begin with a submission.
    #[must_use]
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Self> {
        let mut events = events.into_iter();
        let mut ticket = Self::begin(events.next()?)?;
        events.for_each(|event| ticket.apply(event));
        Some(ticket)
    }

    /// The ticket after its first event.
    fn begin(first: &Event) -> Option<Self> {
        let EventKind::Submitted(submission) = &first.kind else { return None };
        Some(Self {
            number: first.ticket.clone(),
            submission: submission.clone(),
            state: State::Submitted,
            opened_at: first.at,
            clocks_from: first.at,
            assignee: None,
            reasons: Vec::new(),
            had_by: BTreeSet::new(),
            contacted_at: None,
            opinion_at: None,
            closed_at: None,
            is_extended: false,
            rating: None,
            reworks: 0,
            returns: 0,
            urged_at: None,
            cards: BTreeSet::new(),
            version: 1,
        })
    }

    /// The deadline of `clock`, or `None` when it has been met or the ticket is no longer open.
    ///
    /// Recomputed from the ticket each time, so a deadline can never disagree with the history.
    #[must_use]
    pub fn deadline(&self, clock: Clock, rules: &Rules<'_>) -> Option<Deadline> {
        let is_met = match clock {
            Clock::FirstContact => self.contacted_at.is_some(),
            Clock::Opinion => self.opinion_at.is_some(),
            Clock::Close => self.closed_at.is_some(),
        };
        (self.state.is_open() && !is_met)
            .then(|| rules.deadline(clock, self.submission.kind, self.is_extended, self.clocks_from))
    }

    /// The next deadline to be met, with its clock.
    #[must_use]
    pub fn next_deadline(&self, rules: &Rules<'_>) -> Option<(Clock, Deadline)> {
        [Clock::FirstContact, Clock::Opinion, Clock::Close]
            .into_iter()
            .filter_map(|clock| Some((clock, self.deadline(clock, rules)?)))
            .min_by_key(|(_, deadline)| deadline.due_at)
    }

    /// Cards that must be shown at `now` and have not been shown yet.
    ///
    /// Nothing outside working hours. A red card stands for the yellow one that was missed.
    #[must_use]
    pub fn cards_due(&self, rules: &Rules<'_>, now: Timestamp) -> Vec<(Clock, Card)> {
        if !rules.calendar.is_working_time(now) {
            return Vec::new();
        }
        [Clock::FirstContact, Clock::Opinion, Clock::Close]
            .into_iter()
            .filter_map(|clock| {
                let deadline = self.deadline(clock, rules)?;
                let card = if now >= deadline.due_at {
                    Card::Red
                } else if now >= deadline.warn_at {
                    Card::Yellow
                } else {
                    return None;
                };
                (!self.cards.contains(&(clock, card))).then_some((clock, card))
            })
            .collect()
    }

    /// The next instant at which [`Ticket::cards_due`] may have something new; `None` when nothing is left to warn about.
    #[must_use]
    pub fn next_card_at(&self, rules: &Rules<'_>) -> Option<Timestamp> {
        [Clock::FirstContact, Clock::Opinion, Clock::Close]
            .into_iter()
            .filter_map(|clock| {
                let deadline = self.deadline(clock, rules)?;
                let shown = |card| self.cards.contains(&(clock, card));
                if shown(Card::Red) {
                    None
                } else if shown(Card::Yellow) {
                    Some(deadline.due_at)
                } else {
                    Some(deadline.warn_at)
                }
            })
            .min()
            .map(|at| rules.calendar.next_working_instant(at))
    }
}
