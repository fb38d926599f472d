//! One message from being said to being handled.

use std::error::Error;
use std::time::Duration;

use jiff::SignedDuration;

use super::record::{Said, parse};
use super::session::Session;
use super::{Web, wording};
use crate::desk::changes::Changes;
use crate::desk::message::{Outgoing, reference};
use crate::desk::ports::{InboxItem, Received, StoreError};
use crate::desk::reply::Reply;
use crate::desk::service::HandleError;

/// A claimed message that is not settled after this long may be claimed again.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// Handling that takes longer has failed; shorter than the lease, so that nobody else begins meanwhile.
const HANDLE_LIMIT: Duration = Duration::from_secs(20);

/// After this many attempts, some 25 minutes, a message is given up and the person is told.
const MAX_ATTEMPTS: u32 = 55;

/// Somebody waits in front of the page: whatever was wrong, it is tried again this soon.
const LONGEST_WAIT_SECS: i64 = 30;

/// A message that cannot be claimed at once is looked at this often, so long apart.
const LOOKS: u32 = 20;
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What became of a message.
pub(super) enum Taken {
    /// It was handled, now or before.
    Handled,
    /// It is in the inbox and will be handled later; the reference is what people are told.
    Saved(String),
}

/// Whether a message may be handled now.
enum Turn {
    Claimed(InboxItem),
    /// It was handled or given up.
    Over,
    /// Not yet.
    Late,
}

/// Why handling failed.
#[derive(Debug, thiserror::Error)]
enum TurnError {
    #[error(transparent)]
    Desk(#[from] HandleError),
    #[error("handling took longer than {} s", HANDLE_LIMIT.as_secs())]
    TooSlow,
}

impl Web {
    /// Stores what was said and handles it at once; saying it again with the same id does nothing.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when it could not be stored: then nothing has happened.
    pub(super) async fn take(&self, session: &Session, id: &str, said: &Said) -> Result<Taken, StoreError> {
        let chat = session.chat();
        let payload = serde_json::to_string(said)
            .map_err(|cause| StoreError { action: "write a web message", cause: cause.into() })?;
        let received = Received { id: format!("{chat}:{id}"), chat, payload, at: self.0.clock.now() };
        self.0.store.receive(std::slice::from_ref(&received)).await?;
        let is_handled = match self.wait_for_turn(&received.id).await {
            Turn::Claimed(item) => self.handle(&item).await,
            Turn::Over => true,
            Turn::Late => {
                self.0.leftover.notify_one();
                false
            }
        };
        Ok(if is_handled { Taken::Handled } else { Taken::Saved(reference(&received.id)) })
    }

    /// Handles a claimed message; whether that succeeded. Whatever goes wrong, the message is kept.
    pub(super) async fn handle(&self, item: &InboxItem) -> bool {
        let Some(incoming) = parse(&item.received) else {
            tracing::error!(reference = reference(&item.received.id), "a web message cannot be read; it is given up");
            self.give_up(item, "the payload cannot be read").await;
            return false;
        };
        let handled = tokio::time::timeout(HANDLE_LIMIT, self.0.assistant.handle(&incoming)).await;
        match handled.map_err(|_elapsed| TurnError::TooSlow).and_then(|result| Ok(result?)) {
            Ok(reply) => {
                count_turn("web", reply.as_ref());
                self.announce(&item.received.chat);
                true
            }
            Err(cause) => {
                self.fail(item, &cause).await;
                false
            }
        }
    }

    /// Claims a message, waiting a little while an earlier one of its conversation, or this one, is handled elsewhere: by a request
    /// that said the same, by the worker, or by another process.
    async fn wait_for_turn(&self, id: &str) -> Turn {
        for look in 0..LOOKS {
            if look > 0 {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            match self.claim(id).await {
                Ok(turn @ (Turn::Claimed(_) | Turn::Over)) => return turn,
                Ok(Turn::Late) => {}
                // The worker looks at it again.
                Err(cause) => tracing::warn!(error = chain(&cause), "a web message could not be claimed"),
            }
        }
        Turn::Late
    }

    async fn claim(&self, id: &str) -> Result<Turn, StoreError> {
        let claimed = self.0.store.claim_message(id, self.0.clock.now(), LEASE).await?;
        Ok(match claimed {
            Some(item) => Turn::Claimed(item),
            None if self.0.store.is_settled(id).await? => Turn::Over,
            None => Turn::Late,
        })
    }

    async fn fail(&self, item: &InboxItem, cause: &TurnError) {
        metrics::counter!("zhengqitong_turn_failures_total", "channel" => "web").increment(1);
        let (reference, error, attempts) = (reference(&item.received.id), chain(cause), item.attempts);
        tracing::warn!(reference, attempts, error, "a web message could not be handled");
        if attempts >= MAX_ATTEMPTS {
            self.give_up(item, &error).await;
            return;
        }
        let retry_at = self.0.clock.now() + backoff(attempts);
        // Where somebody else has it by now, it is theirs to put back.
        if let Err(cause) = self.0.store.fail_incoming(&item.received.id, attempts, &error, Some(retry_at)).await {
            // Its lease runs out by itself.
            tracing::warn!(reference, error = chain(&cause), "a web message could not be put back");
        }
    }

    /// Keeps the message as a dead letter and tells the person, so that nobody waits in vain.
    async fn give_up(&self, item: &InboxItem, error: &str) {
        let reference = reference(&item.received.id);
        let apology = Outgoing {
            to: item.received.chat.clone(),
            text: wording::given_up(&reference),
            buttons: Vec::new(),
            about: None,
            attachment: None,
        };
        let changes = Changes { outgoing: vec![apology], at: self.0.clock.now(), ..Changes::default() };
        match self.0.store.fail_incoming(&item.received.id, item.attempts, error, None).await {
            Ok(true) => tracing::error!(reference, "a web message was given up"),
            Ok(false) => return tracing::warn!(reference, "somebody else has a web message that took too long here"),
            Err(cause) => {
                tracing::warn!(reference, error = chain(&cause), "a web message could not be kept as a dead letter");
                return;
            }
        }
        match self.0.store.commit(changes).await {
            Ok(()) => self.announce(&item.received.chat),
            Err(cause) => tracing::error!(reference, error = chain(&cause), "nobody was told of a message given up"),
        }
    }
}

/// 2, 4, 8, … seconds.
fn backoff(attempts: u32) -> SignedDuration {
    SignedDuration::from_secs(2_i64.saturating_pow(attempts).min(LONGEST_WAIT_SECS))
}

/// Counts what became of a turn.
pub(super) fn count_turn(channel: &'static str, reply: Option<&Reply>) {
    let status = reply.map_or("silent", |reply| reply.status.into());
    metrics::counter!("zhengqitong_turns_total", "channel" => channel, "status" => status).increment(1);
}

/// An error with its causes, for logs; masked, should one of them quote what somebody wrote.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    crate::domain::privacy::mask(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_tried_for_some_minutes_before_it_is_given_up() {
        let waits: Vec<_> = (1..MAX_ATTEMPTS).map(|attempts| backoff(attempts).as_secs()).collect();
        assert_eq!(waits[..3], [2, 4, 8]);
        assert_eq!(waits.last(), Some(&LONGEST_WAIT_SECS));
        assert!(waits.iter().sum::<i64>() > 20 * 60, "{waits:?}");
    }

    #[test]
    fn a_reference_does_not_name_the_conversation() {
        let reference = reference("web:0123456789abcdef:1");
        assert_eq!(reference.len(), 8);
        assert!(!"web:0123456789abcdef:1".contains(&reference.to_ascii_lowercase()));
    }
}
