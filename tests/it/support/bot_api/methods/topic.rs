//! Methods about the topics of a group. Left out: icons, the general topic, and renaming.

use serde_json::json;

use super::super::{
    call::Params,
    chats::{Chat, bot_json},
    reply::{Refusal, Reply},
    state::State,
};

/// The colour that a topic has when nobody chose one.
const ICON_COLOR: i64 = 7_322_096;
const MAX_NAME: usize = 128;

pub(super) fn chat(state: &mut State, params: &Params) -> Reply {
    let chat = params.integer("chat_id").and_then(|id| state.chats.get(&id));
    chat.map(Chat::to_json).ok_or_else(|| Refusal::bad_request("chat not found"))
}

/// Only of the bot itself, and of what it may do only the topics.
pub(super) fn member(state: &mut State, params: &Params) -> Reply {
    let chat = forum(state, params)?;
    let status = if chat.may_manage_topics { "administrator" } else { "member" };
    let mut member = json!({ "user": bot_json(), "status": status });
    if chat.may_manage_topics {
        member["can_manage_topics"] = true.into();
    }
    Ok(member)
}

pub(super) fn create(state: &mut State, params: &Params) -> Reply {
    let name = params.text("name").to_owned();
    let chat = forum(state, params)?;
    if !chat.may_manage_topics {
        return Err(Refusal::bad_request("not enough rights to create a topic"));
    }
    if !(1..=MAX_NAME).contains(&name.chars().count()) {
        return Err(Refusal::bad_request("TOPIC_TITLE_EMPTY"));
    }
    let thread = chat.open_topic(&name);
    Ok(json!({ "message_thread_id": thread, "name": name, "icon_color": ICON_COLOR }))
}

pub(super) fn close(state: &mut State, params: &Params) -> Reply {
    set_closed(state, params, true)
}

pub(super) fn reopen(state: &mut State, params: &Params) -> Reply {
    set_closed(state, params, false)
}

fn set_closed(state: &mut State, params: &Params, is_closed: bool) -> Reply {
    let thread = params.integer("message_thread_id").and_then(|id| i32::try_from(id).ok());
    let chat = forum(state, params)?;
    let Some(topic) = thread.and_then(|thread| chat.topics.get(&thread)).filter(|topic| !topic.is_deleted) else {
        return Err(Refusal::bad_request("TOPIC_ID_INVALID"));
    };
    if topic.is_closed == is_closed {
        return Err(Refusal::bad_request("TOPIC_NOT_MODIFIED"));
    }
    chat.close_topic(thread.unwrap_or_default(), is_closed);
    Ok(true.into())
}

fn forum<'a>(state: &'a mut State, params: &Params) -> Result<&'a mut Chat, Refusal> {
    let chat = state.open_chat(params)?;
    if chat.is_forum { Ok(chat) } else { Err(Refusal::bad_request("the chat is not a forum")) }
}
