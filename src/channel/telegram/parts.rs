//! The messages that one message is sent as, each in the form in which Telegram takes it.

use teloxide::payloads::{SendMessage, SendMessageSetters};
use teloxide::types::{ChatId, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageId, ThreadId};

use super::threads::Place;
use super::{attached, text};
use crate::desk::message::{Attachment, Button, Outgoing};

/// The longest data below a button, in bytes.
const MAX_BUTTON_DATA: usize = 64;

/// One of the messages that a message is sent as.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    /// Words.
    Words(&'a str),
    /// Something else, with words below it.
    Attached(&'a Attachment, Option<&'a str>),
}

/// The words go below what is attached where they fit, and before it where not.
pub(super) fn parts(message: &Outgoing) -> Vec<Part<'_>> {
    let words = text::split(&message.text, text::MAX_UNITS).into_iter().map(Part::Words);
    let Some(attachment) = &message.attachment else { return words.collect() };
    let fits = message.text.encode_utf16().count() <= attached::MAX_CAPTION_UNITS;
    if fits && attached::takes_caption(attachment.kind) {
        vec![Part::Attached(attachment, Some(message.text.as_str()).filter(|text| !text.is_empty()))]
    } else {
        words.chain([Part::Attached(attachment, None)]).collect()
    }
}

pub(super) fn message(to: Place, text: &str, buttons: &[Vec<Button>]) -> SendMessage {
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

pub(super) fn keyboard(buttons: &[Vec<Button>]) -> Option<InlineKeyboardMarkup> {
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

    #[test]
    fn buttons_that_telegram_refuses_are_left_out() {
        let button = |label: &str, data: &str| Button { label: label.to_owned(), data: data.to_owned() };
        let rows = vec![vec![button("确认", "confirm:1"), button("", "x")], vec![button("长", &"x".repeat(65))]];
        let sent = serde_json::to_value(message(Place { chat: 7, thread: None }, "好", &rows)).unwrap();
        let expected = serde_json::json!([[{ "text": "确认", "callback_data": "confirm:1" }]]);
        assert_eq!(sent["reply_markup"]["inline_keyboard"], expected);
    }
}
