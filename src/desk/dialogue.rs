//! What the assistant remembers of a conversation.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::message::{Attachment, Button};
use super::questions::{Reason, Verdict};

/// The context of a conversation is forgotten after this long without a message.
pub const CONTEXT_LASTS: SignedDuration = SignedDuration::from_mins(30);

/// How many turns are remembered, for buttons below older messages.
pub const TURNS_KEPT: usize = 8;

/// The state of one conversation. Kept as a JSON document; unknown fields of a newer version are ignored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dialogue {
    /// Counts turns, so that buttons can name theirs.
    pub turn: u32,
    /// The last turns, oldest first.
    pub turns: Vec<Turn>,
    /// What the assistant is waiting for.
    pub pending: Option<Pending>,
    /// The buttons below the last message, so that their words can be typed.
    pub offered: Vec<Button>,
    /// Until when the company asks the assistant although a person has its case.
    pub asking_until: Option<Timestamp>,
    /// Turns in a row that were not answered.
    pub unsolved: u32,
    /// The company's subdistrict, once told.
    pub subdistrict: Option<String>,
    /// The company's name or credit code, once told.
    pub company: Option<String>,
    /// The phone on which the company may be called, once told.
    pub phone: Option<String>,
    /// Whether the company would rather not leave one.
    pub leaves_no_phone: bool,
    /// What was sent before a ticket was opened, to go with it.
    pub attached: Vec<KeptAttachment>,
    /// When the last message was handled.
    pub last_at: Option<Timestamp>,
}

/// Something attached that waits for a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAttachment {
    /// What.
    pub attachment: Attachment,
    /// The words that go with it; may be empty.
    #[serde(default)]
    pub words: String,
    /// When it came.
    pub at: Timestamp,
}

/// One question and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Turn {
    /// Its number within the conversation.
    pub number: u32,
    /// The company's own words.
    pub question: String,
    /// The topic it was answered from.
    pub topic: Option<String>,
    /// The facet it was answered about.
    pub facet: Option<String>,
    /// Topics that the company said it does not mean.
    pub not_meant: Vec<String>,
    /// The candidates it asked back with.
    pub choices: Vec<String>,
    /// What was answered.
    pub answered: Option<String>,
    /// The topics to be offered when the answer does not help.
    pub others: Vec<String>,
    /// What was thought of the answer.
    pub verdict: Option<Verdict>,
    /// Why the question is kept to learn from.
    pub reasons: BTreeSet<Reason>,
    /// The likeliest topic of a question that was not answered.
    pub guess: Option<String>,
}

/// Something the assistant is waiting for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Pending {
    /// The company's confirmation before a ticket is opened.
    Confirm {
        /// The turn it is about.
        turn: u32,
        /// The company's own words.
        question: String,
        /// The topic, if known.
        topic: Option<String>,
        /// What the assistant had answered.
        answered: Option<String>,
        /// What they want: a [`crate::domain::ticket::TicketKind`].
        ticket_kind: String,
        /// Whether they do not want to be named.
        #[serde(default)]
        is_anonymous: bool,
    },
    /// The company's own words, because nothing was asked before a person was wanted.
    Question,
    /// The company's name or credit code, before a ticket is opened.
    Company {
        /// The turn it is about.
        turn: u32,
        /// What they want: a [`crate::domain::ticket::TicketKind`].
        ticket_kind: String,
        /// Whether they do not want to be named.
        is_anonymous: bool,
    },
    /// The phone on which the company may be called, before a ticket is opened.
    Phone {
        /// The turn it is about.
        turn: u32,
        /// What they want: a [`crate::domain::ticket::TicketKind`].
        ticket_kind: String,
        /// Whether they do not want to be named.
        is_anonymous: bool,
    },
    /// Words about a ticket: a reason, an opinion, a note.
    Words {
        /// What for.
        purpose: Purpose,
        /// The ticket.
        ticket: String,
    },
    /// The company's words about its rating.
    Comment {
        /// The ticket.
        ticket: String,
    },
    /// Until when a commissioner is away.
    LeaveUntil,
    /// A commissioner's choice of the ticket that a message without a reference belongs to.
    WhichTicket {
        /// Names the question: buttons below an earlier one are about other words.
        #[serde(default)]
        asked: u32,
        /// The message.
        text: String,
        /// What goes with it.
        #[serde(default)]
        attachment: Option<Attachment>,
        /// Whether it corrects another one.
        #[serde(default)]
        is_correction: bool,
    },
}

/// What awaited words about a ticket are for. The names are what buttons carry.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString, strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Purpose {
    /// Why it is handed on (转办).
    Transfer,
    /// Why it is sent back (退单).
    Return,
    /// How the matter will be handled (办理意见).
    Opinion,
    /// What the company is to supply (等企业补充).
    Wait,
    /// Why more time is needed (延期).
    Extension,
    /// Why more time is refused.
    RefuseExtension,
    /// An internal note (内部备注).
    Note,
    /// What came of it (附说明办结).
    Close,
    /// The number of the ticket that it is joined to (并单).
    Merge,
}

impl Dialogue {
    /// The last turn, unless the context has run out by `now`.
    #[must_use]
    pub fn context(&self, now: Timestamp) -> Option<&Turn> {
        let fresh = self.last_at.is_some_and(|last| now.duration_since(last) <= CONTEXT_LASTS);
        if fresh { self.turns.last() } else { None }
    }

    /// The last turn that offered choices, unless it is further back than `turns` or the context has run out by `now`.
    #[must_use]
    pub fn offer(&self, turns: usize, now: Timestamp) -> Option<&Turn> {
        self.context(now)?;
        self.turns.iter().rev().take(turns).find(|turn| !turn.choices.is_empty())
    }

    /// The turn with this number, if still remembered.
    #[must_use]
    pub fn turn_numbered(&self, number: u32) -> Option<&Turn> {
        self.turns.iter().find(|turn| turn.number == number)
    }

    /// The same, to be changed.
    pub fn turn_numbered_mut(&mut self, number: u32) -> Option<&mut Turn> {
        self.turns.iter_mut().find(|turn| turn.number == number)
    }

    /// Adds a turn and returns its number.
    pub fn remember(&mut self, mut turn: Turn) -> u32 {
        self.turn += 1;
        turn.number = self.turn;
        self.turns.push(turn);
        if self.turns.len() > TURNS_KEPT {
            self.turns.remove(0);
        }
        self.turn
    }

    /// Forgets what was talked about, as after a closed ticket.
    pub fn start_afresh(&mut self) {
        self.turns.clear();
        self.pending = None;
        self.attached.clear();
        self.offered.clear();
        self.asking_until = None;
        self.unsolved = 0;
    }
}
