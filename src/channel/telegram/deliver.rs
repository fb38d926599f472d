//! Delivers one message of the outbox, and records what became of it.
//!
//! How far a message of several parts has come, and how long it has been in trouble, is only remembered in memory: after a
//! restart it begins anew. So a crash repeats at most one message, and Telegram offers nothing to do better.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use teloxide::Bot;
use teloxide::payloads::{SendMessage, SendMessageSetters};
use teloxide::types::{
    ChatId, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageId, ParseMode, ThreadId,
};

use super::api::{self, Sent};
use super::backoff::Backoff;
use super::fault::Fault;
use super::limits::Limits;
use super::threads::{Destination, PlaceError};
use super::{Ports, attached, chain, later, text};
use crate::desk::message::{Attachment, Button, Outgoing};
use crate::desk::ports::OutboxItem;
use crate::desk::threads::TicketThread;
use crate::desk::wording::talk;

/// A part is only begun while the lease leaves time for a slow answer.
const BEGIN_WITHIN: Duration = Duration::from_secs(20);
/// A message that Telegram fails to take for so long is given up.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);
/// The longest data below a button, in bytes.
const MAX_BUTTON_DATA: usize = 64;

const AGAIN: Backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_mins(5) };
const TOKEN_AGAIN: Backoff = Backoff { first: Duration::from_mins(1), most: Duration::from_mins(1) };
const RECORD_AGAIN: Backoff = Backoff { first: Duration::from_millis(100), most: Duration::from_secs(2) };
/// So often is it tried to record what was sent before that is left to the next claim.
const RECORD_ATTEMPTS: u32 = 6;

/// Delivers messages.
pub(super) struct Courier {
    pub(super) bot: Bot,
    pub(super) ports: Arc<Ports>,
    pub(super) limits: Limits,
    pub(super) unfinished: Mutex<HashMap<i64, Progress>>,
}

/// A chat, or a thread within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) chat: i64,
    pub(super) thread: Option<i64>,
}

/// What is remembered of a message that is not settled.
#[derive(Clone, Copy, Default)]
pub(super) struct Progress {
    /// Parts that were sent.
    parts: usize,
    /// The last one of them.
    last: Option<Sent>,
    /// Failures in a row.
    failures: u32,
    /// The first of them.
    failing_since: Option<Timestamp>,
}

/// One of the messages that a message is sent as.
#[derive(Clone, Copy)]
enum Part<'a> {
    /// Words.
    Words(&'a str),
    /// Something else, with words below it.
    Attached(&'a Attachment, Option<&'a str>),
}

/// The words go below what is attached where they fit, and before it where not.
fn parts(message: &Outgoing) -> Vec<Part<'_>> {
    let words = text::split(&message.text, text::MAX_UNITS).into_iter().map(Part::Words);
    let Some(attachment) = &message.attachment else { return words.collect() };
    let fits = message.text.encode_utf16().count() <= attached::MAX_CAPTION_UNITS;
    if fits && attached::takes_caption(attachment.kind) {
        vec![Part::Attached(attachment, Some(message.text.as_str()).filter(|text| !text.is_empty()))]
    } else {
        words.chain([Part::Attached(attachment, None)]).collect()
    }
}

/// What is to become of a message that was not sent.
enum Verdict {
    Retry(Timestamp),
    GiveUp,
}

impl Courier {
    /// Sends what is left of a message and records the outcome.
    pub(super) async fn deliver(&self, item: &OutboxItem) {
        let parts = parts(&item.message);
        if parts.is_empty() {
            return self.give_up(item, "empty", "the message says nothing", false).await;
        }
        let mut progress = self.recall(item.id);
        let mut destination = match self.destination(&item.message).await {
            Ok(destination) => destination,
            Err(trouble) => return self.has_no_place(item, progress, &trouble).await,
        };
        if destination.is_thread()
            && let Err(wait) = self.limits.group_is_ready(destination.place.chat)
        {
            return self.retry(item, "the group has had enough for now", later(self.ports.clock.now(), wait)).await;
        }
        let begun = Instant::now();
        while let Some(&part) = parts.get(progress.parts) {
            if begun.elapsed() > BEGIN_WITHIN {
                self.remember(item.id, progress);
                return self.retry(item, "its parts take long", self.ports.clock.now()).await;
            }
            let is_last = progress.parts + 1 == parts.len();
            let buttons: &[Vec<Button>] = if is_last { &item.message.buttons } else { &[] };
            match self.send_mended(&mut destination, part, progress.parts == 0, buttons).await {
                Ok(sent) => progress = Progress { parts: progress.parts + 1, last: Some(sent), ..Progress::default() },
                Err(trouble) => return self.has_no_place(item, progress, &trouble).await,
            }
        }
        self.remember(item.id, progress);
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
                PlaceError::NoAddress => Verdict::GiveUp,
            };
            if let Verdict::Retry(at) = verdict {
                self.remember(item.id, progress);
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
            PlaceError::Store(cause) => {
                tracing::error!(outbox.id = item.id, cause = chain(cause), "a message could not be sent; trying again");
                self.remember(item.id, progress);
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
        let fault = match self.send(destination.place, part, is_first, buttons).await {
            Ok(sent) => return Ok(sent),
            Err(fault) => fault,
        };
        if self.mend(destination, &fault).await? {
            return Ok(self.send(destination.place, part, is_first, buttons).await?);
        }
        Err(fault.into())
    }

    async fn send(&self, to: Place, part: Part<'_>, is_first: bool, buttons: &[Vec<Button>]) -> Result<Sent, Fault> {
        match part {
            Part::Words(words) => self.send_words(to, words, is_first, buttons).await,
            Part::Attached(attachment, caption) => self.send_attached(to, attachment, caption, buttons).await,
        }
    }

    /// What Telegram no longer has is told of in words, so that nobody waits for it.
    async fn send_attached(
        &self,
        to: Place,
        attachment: &Attachment,
        caption: Option<&str>,
        buttons: &[Vec<Button>],
    ) -> Result<Sent, Fault> {
        self.limits.pass(to.chat).await;
        let keyboard = serde_json::to_value(keyboard(buttons)).unwrap_or_default();
        let html = caption.map(text::to_html);
        let formatted = html.as_deref().map(|html| (html, Some("HTML")));
        let outcome = match attached::send(&self.bot, to, attachment, formatted, &keyboard).await {
            Err(Fault::Markup(_)) => {
                let plain = caption.map(|words| (words, None));
                attached::send(&self.bot, to, attachment, plain, &keyboard).await
            }
            outcome => outcome,
        };
        match outcome {
            Err(Fault::Refused(_)) => {
                let words = talk::attachment_lost(caption.unwrap_or_default(), attachment);
                self.send_words(to, &words, true, buttons).await
            }
            outcome => outcome,
        }
    }

    async fn send_words(&self, to: Place, part: &str, is_first: bool, buttons: &[Vec<Button>]) -> Result<Sent, Fault> {
        self.limits.pass(to.chat).await;
        let plain = message(to, part, buttons);
        let html = if is_first { text::to_html(part) } else { teloxide::utils::html::escape(part) };
        let formatted = message(to, &html, buttons).parse_mode(ParseMode::Html);
        match api::call(&self.bot, api::Send(formatted)).await {
            Err(Fault::Markup(_)) => api::call(&self.bot, api::Send(plain)).await,
            outcome => outcome,
        }
    }

    async fn record(&self, item: &OutboxItem, progress: Progress) {
        let Some(sent) = progress.last else { return };
        for attempt in 1..=RECORD_ATTEMPTS {
            let at = self.ports.clock.now();
            match self.ports.outbox.mark_sent(item.id, &sent.message_id.to_string(), at).await {
                Ok(()) => {
                    self.forget(item.id);
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
                self.remember(item.id, progress);
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
        if let Err(error) = self.ports.outbox.retry_outgoing(item.id, why, at).await {
            // The lease runs out, and it is tried again.
            tracing::error!(outbox.id = item.id, cause = chain(&error), "a failed sending could not be recorded");
        }
    }

    async fn give_up(&self, item: &OutboxItem, reason: &'static str, words: &str, is_unreachable: bool) {
        self.forget(item.id);
        metrics::counter!("zhengqitong_telegram_messages_given_up_total", "reason" => reason).increment(1);
        tracing::warn!(outbox.id = item.id, reason, "a message was given up: {words}");
        let at = self.ports.clock.now();
        if let Err(error) = self.ports.outbox.give_up_outgoing(item.id, words, is_unreachable, at).await {
            tracing::error!(outbox.id = item.id, cause = chain(&error), "giving a message up could not be recorded");
        }
    }

    fn recall(&self, id: i64) -> Progress {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied().unwrap_or_default()
    }

    fn remember(&self, id: i64, progress: Progress) {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).insert(id, progress);
    }

    fn forget(&self, id: i64) {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

/// Decides by the kind of failure; failures that are Telegram's or the network's are counted in `progress`.
fn judge(progress: &mut Progress, fault: &Fault, now: Timestamp) -> Verdict {
    let backoff = match fault {
        Fault::Flood(secs) => return Verdict::Retry(later(now, Duration::from_secs((*secs).into()))),
        Fault::Migrated(_) | Fault::Unreachable(_) | Fault::Markup(_) | Fault::Refused(_) => return Verdict::GiveUp,
        Fault::ThreadGone(_) | Fault::ThreadClosed(_) | Fault::ThreadUnchanged(_) => return Verdict::GiveUp,
        Fault::WrongToken => return Verdict::Retry(later(now, TOKEN_AGAIN.after(1))),
        Fault::Conflict(_) | Fault::Server(_) | Fault::Network(_) | Fault::Garbled => AGAIN,
    };
    let since = *progress.failing_since.get_or_insert(now);
    if now.duration_since(since) >= PATIENCE {
        return Verdict::GiveUp;
    }
    progress.failures += 1;
    Verdict::Retry(later(now, backoff.after(progress.failures)))
}

fn message(to: Place, text: &str, buttons: &[Vec<Button>]) -> SendMessage {
    let no_preview = LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    };
    let message = SendMessage::new(ChatId(to.chat), text).link_preview_options(no_preview);
    let message = match to.thread.and_then(|thread| i32::try_from(thread).ok()) {
        Some(thread) => message.message_thread_id(ThreadId(MessageId(thread))),
        None => message,
    };
    match keyboard(buttons) {
        Some(keyboard) => message.reply_markup(keyboard),
        None => message,
    }
}

fn keyboard(buttons: &[Vec<Button>]) -> Option<InlineKeyboardMarkup> {
    let rows: Vec<Vec<InlineKeyboardButton>> =
        buttons.iter().map(|row| keys(row)).filter(|row| !row.is_empty()).collect();
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}

/// A row of buttons without those that Telegram would refuse, and the message with them.
fn keys(row: &[Button]) -> Vec<InlineKeyboardButton> {
    let fits = |button: &&Button| {
        let fits = !button.label.trim().is_empty() && (1..=MAX_BUTTON_DATA).contains(&button.data.len());
        if !fits {
            tracing::error!("a button that Telegram would refuse was left out");
        }
        fits
    };
    row.iter().filter(fits).map(|button| InlineKeyboardButton::callback(&button.label, &button.data)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> String {
        "words".to_owned()
    }

    #[test]
    fn a_message_is_given_up_after_a_day_of_failures_and_not_before() {
        let mut progress = Progress::default();
        let mut now = Timestamp::UNIX_EPOCH;
        let mut retries = 0;
        while let Verdict::Retry(at) = judge(&mut progress, &Fault::Server(words()), now) {
            assert!(at > now && at.duration_since(now) <= SignedDuration::from_secs(330));
            (now, retries) = (at, retries + 1);
        }
        assert!(now.duration_since(Timestamp::UNIX_EPOCH) >= PATIENCE);
        assert!((250..=350).contains(&retries), "{retries}");
    }

    #[test]
    fn waiting_as_asked_is_no_failure() {
        let mut progress = Progress::default();
        let now = Timestamp::UNIX_EPOCH;
        assert!(matches!(judge(&mut progress, &Fault::Flood(7), now), Verdict::Retry(at) if at.as_second() == 7));
        assert!(matches!(judge(&mut progress, &Fault::WrongToken, now), Verdict::Retry(_)));
        assert_eq!((progress.failures, progress.failing_since), (0, None));
    }

    #[test]
    fn what_can_never_arrive_is_given_up_at_once() {
        for fault in [Fault::Migrated(1), Fault::Unreachable(words()), Fault::Markup(words()), Fault::Refused(words())]
        {
            assert!(matches!(judge(&mut Progress::default(), &fault, Timestamp::UNIX_EPOCH), Verdict::GiveUp));
        }
    }

    #[test]
    fn buttons_that_telegram_refuses_are_left_out() {
        let button = |label: &str, data: &str| Button { label: label.to_owned(), data: data.to_owned() };
        let rows = vec![vec![button("确认", "confirm:1"), button("", "x")], vec![button("长", &"x".repeat(65))]];
        let sent = serde_json::to_value(message(Place { chat: 7, thread: None }, "好", &rows)).unwrap();
        let expected = serde_json::json!([[{ "text": "确认", "callback_data": "confirm:1" }]]);
        assert_eq!(sent["reply_markup"]["inline_keyboard"], expected);
    }
}
