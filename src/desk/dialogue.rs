//! What the assistant remembers of a conversation.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::message::Button;

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
    /// When the last message was handled.
    pub last_at: Option<Timestamp>,
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
    },
    /// The company's own words, because nothing was asked before a person was wanted.
    Question,
    /// A commissioner's reason for handing a ticket on.
    TransferReason {
        /// The ticket.
        ticket: String,
    },
    /// A commissioner's choice of the ticket that a message without a reference belongs to.
    WhichTicket {
        /// The message.
        text: String,
    },
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
        self.offered.clear();
        self.asking_until = None;
        self.unsolved = 0;
    }
}
