//! Methods that change a message that is already there, or answer the press of its button.

use serde_json::Value;

use super::super::{
    call::Params,
    chats::{Chat, Event, Message},
    files::Medium,
    formatting::{self, Content},
    html::utf16_len,
    keyboard,
    reply::{Refusal, Reply},
    state::State,
};

const MAX_NOTICE: usize = 200;

pub(super) fn text(state: &mut State, params: &Params) -> Reply {
    let content = formatting::text_content(params)?;
    let markup = keyboard::read(params)?;
    let chat = state.named_chat(params, "chat_id")?;
    if !editable(chat, params)?.content.contains_key("text") {
        return Err(Refusal::bad_request("there is no text in the message to edit"));
    }
    edit(chat, params, content, markup)
}

pub(super) fn caption(state: &mut State, params: &Params) -> Reply {
    let markup = keyboard::read(params)?;
    let chat = state.named_chat(params, "chat_id")?;
    let mut content = editable(chat, params)?.content.clone();
    if !Medium::ALL.iter().any(|medium| content.contains_key(medium.key())) {
        return Err(Refusal::bad_request("there is no caption in the message to edit"));
    }
    content.remove("caption");
    content.remove("caption_entities");
    formatting::add_caption(&mut content, params)?;
    edit(chat, params, content, markup)
}

pub(super) fn reply_markup(state: &mut State, params: &Params) -> Reply {
    let markup = keyboard::read(params)?;
    let chat = state.named_chat(params, "chat_id")?;
    let content = editable(chat, params)?.content.clone();
    edit(chat, params, content, markup)
}

/// Gives a message new content and a new keyboard; without one, the old keyboard goes.
fn edit(chat: &mut Chat, params: &Params, content: Content, markup: Option<Value>) -> Reply {
    let message = editable(chat, params)?;
    let id = message.id;
    if message.content == content && message.markup == markup {
        return Err(Refusal::bad_request(
            "message is not modified: specified new message content and reply markup are exactly \
             the same as a current content and reply markup of the message",
        ));
    }
    chat.edit(id, content, markup);
    Ok(chat.message_json(id))
}

/// The bot's own message that `message_id` names.
fn editable<'a>(chat: &'a Chat, params: &Params) -> Result<&'a Message, Refusal> {
    let message = chat.message(message_id(params)?);
    let message = message.ok_or_else(|| Refusal::bad_request("message to edit not found"))?;
    if !message.from_bot {
        return Err(Refusal::bad_request("message can't be edited"));
    }
    Ok(message)
}

pub(super) fn delete(state: &mut State, params: &Params) -> Reply {
    let chat = state.named_chat(params, "chat_id")?;
    if chat.delete(message_id(params)?) {
        Ok(true.into())
    } else {
        Err(Refusal::bad_request("message to delete not found"))
    }
}

fn message_id(params: &Params) -> Result<i32, Refusal> {
    let id = params.integer("message_id").and_then(|id| i32::try_from(id).ok());
    id.ok_or_else(|| Refusal::bad_request("message identifier is not specified"))
}

pub(super) fn answer_callback_query(state: &mut State, params: &Params) -> Reply {
    let text = params.text("text").to_owned();
    if utf16_len(&text) > MAX_NOTICE {
        return Err(Refusal::bad_request("MESSAGE_TOO_LONG"));
    }
    let Some(press) = state.presses.get_mut(params.text("callback_query_id")) else {
        return Err(Refusal::bad_request("query is too old and response timeout expired or query ID is invalid"));
    };
    press.answered = true;
    let chat_id = press.chat_id;
    if !text.is_empty() {
        state.chat(chat_id).events.push(Event::Notice(text));
    }
    Ok(true.into())
}
