//! Delivers one message of the outbox, and records what became of it.
//!
//! How far a message of several parts has come, and how long it has been in trouble, is only remembered in memory: after a
//! restart it begins anew. So a crash repeats at most one message, and Telegram offers nothing to do better.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use teloxide::Bot;
use teloxide::payloads::SendMessageSetters;
use teloxide::types::ParseMode;

use super::api::{self, Sent};
use super::backoff::Backoff;
use super::fault::Fault;
use super::limits::{Crowded, Limits};
use super::parts::{Part, keyboard, message, parts};
use super::progress::{AGAIN, Hold, Progress, Unfinished, Verdict, judge};
use super::threads::{Destination, PlaceError};
use super::{Ports, attached, chain, later, text};
use crate::desk::message::{Attachment, Button};
use crate::desk::ports::OutboxItem;
use crate::desk::threads::TicketThread;
use crate::desk::wording::talk;

const RECORD_AGAIN: Backoff = Backoff { first: Duration::from_millis(100), most: Duration::from_secs(2) };
/// So often is it tried to record what was sent before that is left to the next claim.
const RECORD_ATTEMPTS: u32 = 6;

/// Delivers messages.
pub(super) struct Courier {
    pub(super) bot: Bot,
    pub(super) ports: Arc<Ports>,
    pub(super) limits: Limits,
    pub(super) unfinished: Unfinished,
}

impl Courier {
    /// Sends what is left of a message and records the outcome. No request is begun that may outlast the claim.
    pub(super) async fn deliver(&self, item: &OutboxItem, hold: Hold) {
        let parts = parts(&item.message);
        if parts.is_empty() {
            return self.give_up(item, "empty", "the message says nothing", false).await;
        }
        let mut progress = self.unfinished.recall(item.id);
        let mut destination = match self.destination(&item.message, hold).await {
            Ok(destination) => destination,
            Err(trouble) => return self.has_no_place(item, progress, &trouble).await,
        };
        if destination.is_thread()
            && let Err(crowded) = self.limits.pass_group(destination.place.chat).await
        {
            return self.retry(item, &crowded.to_string(), crowded.0).await;
        }
        while let Some(&part) = parts.get(progress.parts) {
            let is_last = progress.parts + 1 == parts.len();
            let buttons: &[Vec<Button>] = if is_last { &item.message.buttons } else { &[] };
            match self.send_mended(&mut destination, part, progress.parts == 0, buttons).await {
                Ok(sent) => progress = progress.after(sent),
                Err(trouble) => return self.has_no_place(item, progress, &trouble).await,
            }
        }
        self.unfinished.remember(item.id, progress);
        self.finish(item, progress, &mut destination).await;
    }

    /// Records a message that was sent. A ticket's thread that cannot be closed for now is closed by the next attempt, which
    /// sends nothing again; one that can never be is left open.
    async fn finish(&self, item: &OutboxItem, mut progress: Progress, destination: &mut Destination) {
        if let Err(trouble) = self.close_finished(destination).await {
            let now = self.ports.clock.now();
            let verdict = match &trouble {
                PlaceError::Fault(fault) => judge(&mut progress, fault, now),
                PlaceError::Store(_) => Verdict::Retry(later(now, AGAIN.after(1))),
                PlaceError::Late => Verdict::Retry(now),
                PlaceError::Crowded(Crowded(at)) => Verdict::Retry(*at),
                PlaceError::NoAddress => Verdict::GiveUp,
            };
            if let Verdict::Retry(at) = verdict {
                self.unfinished.remember(item.id, progress);
                return self.retry(item, &trouble.to_string(), at).await;
            }
            tracing::warn!(outbox.id = item.id, cause = chain(&trouble), "a ticket's thread was not closed");
        }
        self.record(item, progress).await;
    }

    /// The message has no place to go to, or was refused there.
    async fn has_no_place(&self, item: &OutboxItem, progress: Progress, trouble: &PlaceError) {
        match trouble {
            PlaceError::NoAddress => self.give_up(item, "address", &trouble.to_string(), false).await,
            PlaceError::Fault(fault) => self.failed(item, progress, fault).await,
            PlaceError::Late => {
                self.unfinished.remember(item.id, progress);
                self.retry(item, &trouble.to_string(), self.ports.clock.now()).await;
            }
            PlaceError::Crowded(crowded) => {
                self.unfinished.remember(item.id, progress);
                self.retry(item, &trouble.to_string(), crowded.0).await;
            }
            PlaceError::Store(cause) => {
                tracing::error!(outbox.id = item.id, cause = chain(cause), "a message could not be sent; trying again");
                self.unfinished.remember(item.id, progress);
                self.retry(item, &cause.to_string(), later(self.ports.clock.now(), AGAIN.after(1))).await;
            }
        }
    }

    /// Sends a part; where its thread was deleted or closed by hand, mends that and sends it again.
    async fn send_mended(
        &self,
        destination: &mut Destination,
        part: Part<'_>,
        is_first: bool,
        buttons: &[Vec<Button>],
    ) -> Result<Sent, PlaceError> {
        let fault = match self.send(destination, part, is_first, buttons).await {
            Err(PlaceError::Fault(fault)) => fault,
            outcome => return outcome,
        };
        if self.mend(destination, &fault).await? {
            return self.send(destination, part, is_first, buttons).await;
        }
        Err(fault.into())
    }

    async fn send(
        &self,
        to: &Destination,
        part: Part<'_>,
        is_first: bool,
        buttons: &[Vec<Button>],
    ) -> Result<Sent, PlaceError> {
        match part {
            Part::Words(words) => self.send_words(to, words, is_first, buttons).await,
            Part::Attached(attachment, caption) => self.send_attached(to, attachment, caption, buttons).await,
        }
    }

    /// What Telegram no longer has is told of in words, so that nobody waits for it.
    async fn send_attached(
        &self,
        to: &Destination,
        attachment: &Attachment,
        caption: Option<&str>,
        buttons: &[Vec<Button>],
    ) -> Result<Sent, PlaceError> {
        self.limits.pass(to.place.chat).await?;
        to.is_ours()?;
        let keyboard = serde_json::to_value(keyboard(buttons)).unwrap_or_default();
        let html = caption.map(text::to_html);
        let formatted = html.as_deref().map(|html| (html, Some("HTML")));
        let outcome = match attached::send(&self.bot, to.place, attachment, formatted, &keyboard).await {
            Err(Fault::Markup(_)) => {
                to.is_ours()?;
                let plain = caption.map(|words| (words, None));
                attached::send(&self.bot, to.place, attachment, plain, &keyboard).await
            }
            outcome => outcome,
        };
        match outcome {
            Err(Fault::Refused(_)) => {
                let words = talk::attachment_lost(caption.unwrap_or_default(), attachment);
                self.send_words(to, &words, true, buttons).await
            }
            outcome => Ok(outcome?),
        }
    }

    async fn send_words(
        &self,
        to: &Destination,
        part: &str,
        is_first: bool,
        buttons: &[Vec<Button>],
    ) -> Result<Sent, PlaceError> {
        let plain = message(to.place, part, buttons);
        let html = if is_first { text::to_html(part) } else { teloxide::utils::html::escape(part) };
        let formatted = message(to.place, &html, buttons).parse_mode(ParseMode::Html);
        self.limits.pass(to.place.chat).await?;
        to.is_ours()?;
        match api::call(&self.bot, api::Send(formatted)).await {
            Err(Fault::Markup(_)) => {
                to.is_ours()?;
                Ok(api::call(&self.bot, api::Send(plain)).await?)
            }
            outcome => Ok(outcome?),
        }
    }

    async fn record(&self, item: &OutboxItem, progress: Progress) {
        let Some(sent) = progress.last else { return };
        for attempt in 1..=RECORD_ATTEMPTS {
            let at = self.ports.clock.now();
            match self.ports.outbox.mark_sent(item.id, &sent.message_id.to_string(), at).await {
                Ok(()) => {
                    self.unfinished.forget(item.id);
                    metrics::counter!("zhengqitong_telegram_messages_sent_total").increment(1);
                    return;
                }
                Err(error) if attempt == 1 => {
                    tracing::error!(outbox.id = item.id, cause = chain(&error), "a sent message could not be recorded");
                }
                Err(_told_before) => {}
            }
            tokio::time::sleep(RECORD_AGAIN.after(attempt)).await;
        }
        // Remembered as sent: when its lease runs out, it is only recorded.
    }

    async fn failed(&self, item: &OutboxItem, mut progress: Progress, fault: &Fault) {
        let now = self.ports.clock.now();
        let words = fault.to_string();
        match judge(&mut progress, fault, now) {
            Verdict::Retry(at) => {
                self.unfinished.remember(item.id, progress);
                metrics::counter!("zhengqitong_telegram_messages_retried_total", "reason" => fault.class())
                    .increment(1);
                tracing::debug!(outbox.id = item.id, class = fault.class(), "a message was not sent; trying again");
                self.retry(item, &words, at).await;
            }
            Verdict::GiveUp => {
                // A group is nobody: what stands in its threads are copies.
                let is_thread = TicketThread::of(&item.message.to).is_some();
                if is_thread {
                    tracing::error!(
                        class = fault.class(),
                        "the supervisors' group takes no message: check `telegram.group`, that the group has topics, and \
                         that the bot may manage them"
                    );
                }
                let is_unreachable = matches!(fault, Fault::Unreachable(_)) && !is_thread;
                self.give_up(item, fault.class(), &words, is_unreachable).await;
            }
        }
    }

    async fn retry(&self, item: &OutboxItem, why: &str, at: Timestamp) {
        match self.ports.outbox.retry_outgoing(item.id, item.attempts, why, at).await {
            Ok(true) => {}
            Ok(false) => self.is_overtaken(item),
            // The lease runs out, and it is tried again.
            Err(error) => {
                tracing::error!(outbox.id = item.id, cause = chain(&error), "a failed sending could not be recorded");
            }
        }
    }

    async fn give_up(&self, item: &OutboxItem, reason: &'static str, words: &str, is_unreachable: bool) {
        self.unfinished.forget(item.id);
        let at = self.ports.clock.now();
        match self.ports.outbox.give_up_outgoing(item.id, item.attempts, words, is_unreachable, at).await {
            Ok(true) => {
                metrics::counter!("zhengqitong_telegram_messages_given_up_total", "reason" => reason).increment(1);
                tracing::warn!(outbox.id = item.id, reason, "a message was given up: {words}");
            }
            Ok(false) => self.is_overtaken(item),
            Err(error) => {
                tracing::error!(
                    outbox.id = item.id,
                    cause = chain(&error),
                    "giving a message up could not be recorded"
                );
            }
        }
    }

    /// Somebody else has claimed the message since, or sent it: what became of it here is no longer of interest.
    fn is_overtaken(&self, item: &OutboxItem) {
        self.unfinished.forget(item.id);
        tracing::warn!(outbox.id = item.id, "somebody else has a message that took too long here");
    }
}
