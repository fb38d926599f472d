//! What people send besides text, read from a message, and how it is sent on: by the id that Telegram keeps it under, so that
//! nothing is downloaded.

use serde_json::{Value, json};
use teloxide::Bot;

use super::api::{self, Sent};
use super::fault::Fault;
use super::threads::Place;
use crate::desk::message::{Attachment, AttachmentKind};

/// What is larger is not passed on: bots cannot read it, so it could not be shown anywhere else either.
const MAX_BYTES: u64 = 20 << 20;

/// Telegram's limit for words below something, in UTF-16 units.
pub(super) const MAX_CAPTION_UNITS: usize = 1024;

/// What a message has besides text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// It can be passed on.
    Attached(Attachment),
    /// It is too large; the name is for people.
    TooLarge(&'static str),
    /// It can be neither read nor passed on; the name is for people.
    Unsupported(&'static str),
}

/// What can be passed on, and what people call it. An animation is also a document.
const ATTACHMENTS: [(&str, AttachmentKind, &str); 8] = [
    ("photo", AttachmentKind::Photo, "图片"),
    ("animation", AttachmentKind::Animation, "动图"),
    ("document", AttachmentKind::Document, "文件"),
    ("voice", AttachmentKind::Voice, "语音"),
    ("video_note", AttachmentKind::VideoNote, "视频"),
    ("video", AttachmentKind::Video, "视频"),
    ("audio", AttachmentKind::Audio, "音频"),
    ("location", AttachmentKind::Location, "位置"),
];

/// What cannot, and what people call it.
const OTHERS: [(&str, &str); 10] = [
    ("sticker", "表情"),
    ("contact", "名片"),
    ("poll", "投票"),
    ("dice", "表情"),
    ("game", "游戏"),
    ("story", "动态"),
    ("paid_media", "图片或视频"),
    ("checklist", "清单"),
    ("invoice", "账单"),
    ("rich_message", "这种格式的消息"),
];

/// What a message has besides text; `None` when there is nothing.
pub(super) fn read(message: &Value) -> Option<Content> {
    for (key, kind, name) in ATTACHMENTS {
        if let Some(object) = message.get(key) {
            if size(object).is_some_and(|size| size > MAX_BYTES) {
                return Some(Content::TooLarge(name));
            }
            return Some(attachment(kind, object).map_or(Content::Unsupported(name), Content::Attached));
        }
    }
    let (_, name) = OTHERS.iter().find(|(key, _)| message.get(key).is_some())?;
    Some(Content::Unsupported(name))
}

/// The file behind an object; a photo comes in several sizes, the largest last.
fn file(object: &Value) -> Option<&Value> {
    object.as_array().map_or(Some(object), |sizes| sizes.last())
}

fn size(object: &Value) -> Option<u64> {
    file(object)?.get("file_size")?.as_u64()
}

/// The attachment; `None` when it cannot be read.
fn attachment(kind: AttachmentKind, object: &Value) -> Option<Attachment> {
    if kind == AttachmentKind::Location {
        let (latitude, longitude) = (object.get("latitude")?.as_f64()?, object.get("longitude")?.as_f64()?);
        return Some(Attachment { kind, reference: format!("{latitude},{longitude}"), name: None });
    }
    let file = file(object)?;
    let reference = file.get("file_id")?.as_str()?.to_owned();
    let name = file.get("file_name").and_then(Value::as_str).map(str::to_owned);
    Some(Attachment { kind, reference, name })
}

/// Whether words can stand below it.
pub(super) fn takes_caption(kind: AttachmentKind) -> bool {
    !matches!(kind, AttachmentKind::VideoNote | AttachmentKind::Location)
}

/// Sends an attachment with words below it, where it takes any, and buttons.
pub(super) async fn send(
    bot: &Bot,
    place: Place,
    attachment: &Attachment,
    caption: Option<(&str, Option<&'static str>)>,
    buttons: &Value,
) -> Result<Sent, Fault> {
    let mut request = json!({ "chat_id": place.chat });
    if let Some(thread) = place.thread {
        request["message_thread_id"] = thread.into();
    }
    if let Some((words, markup)) = caption {
        request["caption"] = words.into();
        if let Some(markup) = markup {
            request["parse_mode"] = markup.into();
        }
    }
    if !buttons.is_null() {
        request["reply_markup"] = buttons.clone();
    }
    let key = match attachment.kind {
        AttachmentKind::Photo => "photo",
        AttachmentKind::Animation => "animation",
        AttachmentKind::Document => "document",
        AttachmentKind::Voice => "voice",
        AttachmentKind::Video => "video",
        AttachmentKind::VideoNote => "video_note",
        AttachmentKind::Audio => "audio",
        AttachmentKind::Location => {
            let (latitude, longitude) = attachment.reference.split_once(',').unwrap_or_default();
            let degrees = |text: &str| text.parse::<f64>().unwrap_or_default();
            request["latitude"] = degrees(latitude).into();
            request["longitude"] = degrees(longitude).into();
            return api::call(bot, api::SendLocation(request)).await;
        }
    };
    request[key] = attachment.reference.clone().into();
    match attachment.kind {
        AttachmentKind::Photo => api::call(bot, api::SendPhoto(request)).await,
        AttachmentKind::Animation => api::call(bot, api::SendAnimation(request)).await,
        AttachmentKind::Voice => api::call(bot, api::SendVoice(request)).await,
        AttachmentKind::Video => api::call(bot, api::SendVideo(request)).await,
        AttachmentKind::VideoNote => api::call(bot, api::SendVideoNote(request)).await,
        AttachmentKind::Audio => api::call(bot, api::SendAudio(request)).await,
        AttachmentKind::Document | AttachmentKind::Location => api::call(bot, api::SendDocument(request)).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &Value, expected: Option<&Content>) {
        assert_eq!(read(message).as_ref(), expected, "{message}");
    }

    #[test]
    fn attachments_are_read_by_the_id_that_telegram_keeps_them_under() {
        let attached = |kind, reference: &str, name: Option<&str>| {
            Content::Attached(Attachment { kind, reference: reference.to_owned(), name: name.map(str::to_owned) })
        };
        let photo = json!({ "photo": [{ "file_id": "small" }, { "file_id": "large", "file_size": 90_000 }] });
        check(&photo, Some(&attached(AttachmentKind::Photo, "large", None)));
        let document = json!({ "document": { "file_id": "d", "file_name": "表.pdf" } });
        check(&document, Some(&attached(AttachmentKind::Document, "d", Some("表.pdf"))));
        let place = json!({ "venue": {}, "location": { "latitude": 37.54, "longitude": 121.39 } });
        check(&place, Some(&attached(AttachmentKind::Location, "37.54,121.39", None)));
        let large = json!({ "video": { "file_id": "v", "file_size": 21 << 20 } });
        check(&large, Some(&Content::TooLarge("视频")));
        check(&json!({ "voice": {} }), Some(&Content::Unsupported("语音")));
        check(&json!({ "poll": {} }), Some(&Content::Unsupported("投票")));
        check(&json!({ "text": "好" }), None);
    }
}
