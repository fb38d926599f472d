//! Methods that put a new message into a chat, and those about the files in them.

use serde_json::{Value, json};

use super::super::{
    call::Params,
    chats::{Chat, Message},
    files::Medium,
    formatting::{self, Content},
    keyboard,
    reply::{Refusal, Reply},
    state::State,
};

pub(super) fn message(state: &mut State, params: &Params) -> Reply {
    let content = formatting::text_content(params)?;
    send(state, params, Message::of(content, true))
}

pub(super) fn photo(state: &mut State, params: &Params) -> Reply {
    send_medium(state, params, Medium::Photo)
}

pub(super) fn document(state: &mut State, params: &Params) -> Reply {
    send_medium(state, params, Medium::Document)
}

pub(super) fn voice(state: &mut State, params: &Params) -> Reply {
    send_medium(state, params, Medium::Voice)
}

pub(super) fn video(state: &mut State, params: &Params) -> Reply {
    send_medium(state, params, Medium::Video)
}

pub(super) fn location(state: &mut State, params: &Params) -> Reply {
    let degrees = |name: &str| params.value(name).and_then(Value::as_f64);
    let (Some(latitude), Some(longitude)) = (degrees("latitude"), degrees("longitude")) else {
        return Err(Refusal::bad_request("latitude or longitude is missing"));
    };
    let place = json!({ "latitude": latitude, "longitude": longitude });
    send(state, params, Message::of(Content::from_iter([("location".to_owned(), place)]), true))
}

fn send_medium(state: &mut State, params: &Params, medium: Medium) -> Reply {
    // Checked first, so that a refused send leaves no file behind.
    let mut caption = Content::new();
    formatting::add_caption(&mut caption, params)?;
    state.open_chat(params)?;
    let file = state.files.sent(medium, params)?;
    let duration = params.integer("duration").unwrap_or_default();
    let mut content = state.files.content(medium, &file, duration);
    content.extend(caption);
    send(state, params, Message::of(content, true))
}

/// Adds a message of the bot's and returns the `Message` object.
fn send(state: &mut State, params: &Params, message: Message) -> Reply {
    let markup = keyboard::read(params)?;
    let chat = state.open_chat(params)?;
    let thread = topic(chat, params)?;
    let reply_to = replied_message(chat, params)?;
    let id = chat.add(Message { markup, reply_to, thread, ..message });
    Ok(chat.message_json(id))
}

/// The topic that the new message goes to; the bot, who opened it, may write into a closed one.
fn topic(chat: &Chat, params: &Params) -> Result<Option<i32>, Refusal> {
    let Some(thread) = params.integer("message_thread_id").filter(|thread| *thread != 0) else { return Ok(None) };
    let thread = i32::try_from(thread).ok();
    let known = thread.and_then(|thread| chat.topics.get(&thread)).is_some_and(|topic| !topic.is_deleted);
    if known { Ok(thread) } else { Err(Refusal::bad_request("message thread not found")) }
}

/// The message that the new one replies to, in either spelling of the API.
fn replied_message(chat: &Chat, params: &Params) -> Result<Option<i32>, Refusal> {
    let parameters = params.value("reply_parameters");
    if parameters.is_some_and(Value::is_string) {
        return Err(Refusal::bad_request("can't parse reply parameters JSON object"));
    }
    let named = parameters
        .and_then(|parameters| parameters["message_id"].as_i64())
        .or_else(|| params.integer("reply_to_message_id"));
    let Some(named) = named.filter(|&id| id > 0) else { return Ok(None) };
    let lenient = params.flag("allow_sending_without_reply")
        || parameters.is_some_and(|p| p["allow_sending_without_reply"] == true);
    match i32::try_from(named).ok().filter(|&id| chat.message(id).is_some()) {
        None if !lenient => Err(Refusal::bad_request("message to be replied not found")),
        found => Ok(found),
    }
}

pub(super) fn chat_action(state: &mut State, params: &Params) -> Reply {
    const ACTIONS: [&str; 11] = [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ];
    if !ACTIONS.contains(&params.text("action")) {
        return Err(Refusal::bad_request("wrong parameter action in request"));
    }
    state.open_chat(params)?;
    Ok(true.into())
}

pub(super) fn copy(state: &mut State, params: &Params) -> Reply {
    let (_, source) = source(state, params, "message to copy not found")?;
    let mut content = source.content;
    if params.value("caption").is_some() && !content.contains_key("text") {
        content.remove("caption");
        content.remove("caption_entities");
        formatting::add_caption(&mut content, params)?;
    }
    let sent = send(state, params, Message::of(content, true))?;
    Ok(json!({ "message_id": sent["message_id"] }))
}

pub(super) fn forward(state: &mut State, params: &Params) -> Reply {
    let (author, source) = source(state, params, "message to forward not found")?;
    let origin = source.origin.unwrap_or_else(|| json!({ "type": "user", "sender_user": author, "date": source.date }));
    let copy = Message { origin: Some(origin), ..Message::of(source.content, true) };
    send(state, params, copy)
}

/// The message to copy or forward and the `User` object of who wrote it.
fn source(state: &mut State, params: &Params, not_found: &str) -> Result<(Value, Message), Refusal> {
    let chat = state.named_chat(params, "from_chat_id")?;
    let id = params.integer("message_id").and_then(|id| i32::try_from(id).ok());
    let message = id.and_then(|id| chat.message(id)).ok_or_else(|| Refusal::bad_request(not_found))?;
    let author = chat.message_json(message.id)["from"].clone();
    Ok((author, message.clone()))
}

pub(super) fn get_file(state: &mut State, params: &Params) -> Reply {
    state.files.get(params.text("file_id"))
}
