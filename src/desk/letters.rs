//! Dead letters (死信): messages that were given up. They are kept, shown to whoever looks after the service, and tried again or
//! dismissed on that person's order.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use jiff::Timestamp;

use super::message::Channel;
use super::ports::StoreError;
use crate::domain::ticket::TicketNumber;

/// Names a dead letter: `in-12` was received and never handled, `out-7` was decided and never arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterId {
    /// Of the inbox.
    In(i64),
    /// Of the outbox.
    Out(i64),
}

impl fmt::Display for LetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::In(number) => write!(f, "in-{number}"),
            Self::Out(number) => write!(f, "out-{number}"),
        }
    }
}

/// The text names no dead letter.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not of the form in-12 or out-7")]
pub struct LetterIdError;

impl FromStr for LetterId {
    type Err = LetterIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (side, number) = text.split_once('-').ok_or(LetterIdError)?;
        let number = number.parse().map_err(|_not_a_number| LetterIdError)?;
        match side {
            "in" => Ok(Self::In(number)),
            "out" => Ok(Self::Out(number)),
            _ => Err(LetterIdError),
        }
    }
}

/// A message that was given up, without what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its name.
    pub id: LetterId,
    /// Where it came from, or was to go.
    pub channel: Channel,
    /// What people were told as its number; of received ones only.
    pub reference: Option<String>,
    /// The ticket it is about.
    pub about: Option<TicketNumber>,
    /// When it was received or written.
    pub at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last attempt failed; masked.
    pub error: String,
}

/// What is ordered about a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterOrder {
    /// Try it again, as if it had just come.
    Retry,
    /// It is settled: nobody needs to look at it any more. It is kept.
    Dismiss,
}

/// Keeps dead letters.
#[async_trait]
pub trait DeadLetters: Send + Sync {
    /// Dead letters that nobody has settled, oldest first, at most `limit`. Those to people who cannot be reached are not among them
    /// once the desk has looked into them; those of terminals never are.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn dead_letters(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError>;

    /// Carries out an order, with a line in the audit log; `false` when there is no such dead letter any more.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails; nothing was changed.
    async fn settle_letter(
        &self,
        id: LetterId,
        order: LetterOrder,
        by: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_written() {
        for id in [LetterId::In(12), LetterId::Out(7)] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for wrong in ["12", "in-", "in-x", "up-1", ""] {
            assert_eq!(wrong.parse::<LetterId>(), Err(LetterIdError), "{wrong}");
        }
    }
}
