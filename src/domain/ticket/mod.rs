//! The ticket (诉求工单): a state machine with an append-only history.
//!
//! Only this module changes a ticket's state. [`Ticket::decide`] turns an [`Action`] into [`Event`]s or a [`Refusal`];
//! [`Ticket::apply`] folds events, so a ticket can be rebuilt from its history alone. Deadlines and cards are computed from
//! the ticket each time (`clocks`), never kept.

mod clocks;
mod decide;
mod event;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

pub use clocks::Step;
pub use event::{
    Action, Actor, Event, EventKind, MAX_REWORKS, RETURNS_BEFORE_ESCALATION, REWORKS_UNSUPERVISED, Refusal, URGE_EVERY,
};

use super::commissioner::CommissionerId;
use super::sla::{Card, Clock};
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

impl TicketKind {
    /// Tells whether the company may stay unnamed: only where naming it could harm it.
    #[must_use]
    pub fn may_be_anonymous(self) -> bool {
        matches!(self, Self::Complaint | Self::Report)
    }
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
    /// The name under which the company writes; absent when it does not want to be named.
    pub company: Option<String>,
    /// A phone number or another way to reach the company, if it gave one.
    pub contact: Option<String>,
    /// Whether the company does not want to be named (匿名), as reports and complaints allow.
    pub is_anonymous: bool,
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
    /// Since when.
    pub assigned_at: Option<Timestamp>,
    /// Whether a supervisor chose them: the rules do not overrule that.
    pub is_assigned_by_hand: bool,
    /// Why they have it, in words.
    pub reasons: Vec<String>,
    /// Everybody who has had it.
    pub had_by: BTreeSet<CommissionerId>,
    /// Everybody who handed it on or sent it back: they do not get it again.
    pub handed_on_by: BTreeSet<CommissionerId>,
    /// When the company was first contacted, since the clocks began.
    pub contacted_at: Option<Timestamp>,
    /// When the opinion was given, since the clocks began.
    pub opinion_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Since when the company is waited for.
    pub waits_since: Option<Timestamp>,
    /// When the company was waited for, since the clocks began.
    pub waits: Vec<(Timestamp, Timestamp)>,
    /// Why more time was asked for, while that is undecided.
    pub extension_reason: Option<String>,
    /// Whether an extension was approved.
    pub is_extended: bool,
    /// The rating of the last closing.
    pub rating: Option<Rating>,
    /// Whether the company may still say why it rated so.
    pub may_comment: bool,
    /// How often it was reworked.
    pub reworks: u32,
    /// How often the company raised it again.
    pub reopenings: u32,
    /// How often it was returned.
    pub returns: u32,
    /// When the company last urged.
    pub urged_at: Option<Timestamp>,
    /// Cards shown since the clocks began.
    pub cards: BTreeSet<(Clock, Card)>,
    /// Whether somebody stood in for a holder who missed the first contact, since the clocks began.
    pub has_stand_in: bool,
    /// Whether a supervisor got it, since the clocks began.
    pub is_escalated: bool,
    /// Whether the company was asked, since the last closing, if the matter is settled.
    pub is_followed_up: bool,
    /// The ticket it was joined to.
    pub merged_into: Option<TicketNumber>,
    /// The tickets that were joined to it.
    pub absorbed: BTreeSet<TicketNumber>,
    /// How many events made it; also its version for compare-and-set.
    pub version: u32,
}

impl Ticket {
    /// The worst warning that was shown since the clocks began, whichever clock it was about.
    #[must_use]
    pub fn worst_card(&self) -> Option<Card> {
        self.cards.iter().map(|(_, card)| *card).max()
    }

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
            assigned_at: None,
            is_assigned_by_hand: false,
            reasons: Vec::new(),
            had_by: BTreeSet::new(),
            handed_on_by: BTreeSet::new(),
            contacted_at: None,
            opinion_at: None,
            closed_at: None,
            waits_since: None,
            waits: Vec::new(),
            extension_reason: None,
            is_extended: false,
            rating: None,
            may_comment: false,
            reworks: 0,
            reopenings: 0,
            returns: 0,
            urged_at: None,
            cards: BTreeSet::new(),
            has_stand_in: false,
            is_escalated: false,
            is_followed_up: false,
            merged_into: None,
            absorbed: BTreeSet::new(),
            version: 1,
        })
    }
}
