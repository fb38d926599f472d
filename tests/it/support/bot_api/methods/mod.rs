//! The methods of the Bot API that we call, and what they refuse.
//!
//! A method that is missing here is answered as one that does not exist, so a story that needs it
//! fails instead of passing by luck.

mod edit;
mod send;
mod topic;

use std::time::Instant;

use super::{
    call::Params,
    limits, polling, profile,
    reply::{Refusal, Reply},
    state::{Shared, State},
    webhook,
};

/// A method that does its work at once.
type Method = fn(&mut State, &Params) -> Reply;

/// Spelled as the documentation does; clients may use other capitals.
const METHODS: [(&str, Method); 30] = [
    ("getMe", profile::get_me),
    ("setMyCommands", profile::set_my_commands),
    ("getMyCommands", profile::get_my_commands),
    ("deleteMyCommands", profile::delete_my_commands),
    ("setMyDescription", profile::set_my_description),
    ("setMyShortDescription", profile::set_my_short_description),
    ("setChatMenuButton", profile::set_chat_menu_button),
    ("setWebhook", webhook::set),
    ("deleteWebhook", webhook::delete),
    ("getWebhookInfo", webhook::info),
    ("sendMessage", send::message),
    ("sendPhoto", send::photo),
    ("sendDocument", send::document),
    ("sendVoice", send::voice),
    ("sendVideo", send::video),
    ("sendLocation", send::location),
    ("sendChatAction", send::chat_action),
    ("copyMessage", send::copy),
    ("forwardMessage", send::forward),
    ("getFile", send::get_file),
    ("editMessageText", edit::text),
    ("editMessageCaption", edit::caption),
    ("editMessageReplyMarkup", edit::reply_markup),
    ("deleteMessage", edit::delete),
    ("answerCallbackQuery", edit::answer_callback_query),
    ("getChat", topic::chat),
    ("getChatMember", topic::member),
    ("createForumTopic", topic::create),
    ("closeForumTopic", topic::close),
    ("reopenForumTopic", topic::reopen),
];

/// The only method that waits.
const GET_UPDATES: &str = "getUpdates";

/// A method's name as documented; an unknown one stays as it is.
pub(super) fn documented_name(spelled: &str) -> String {
    let names = METHODS.iter().map(|(name, _)| *name).chain([GET_UPDATES]);
    let known = names.into_iter().find(|name| name.eq_ignore_ascii_case(spelled));
    known.unwrap_or(spelled).to_owned()
}

/// Calls the method with this documented name.
pub(super) async fn call(shared: &Shared, name: &str, params: &Params) -> Reply {
    if name == GET_UPDATES {
        return polling::get_updates(shared, params).await;
    }
    let Some((_, method)) = METHODS.iter().find(|(known, _)| *known == name) else {
        return Err(Refusal::new(404, "Not Found: method not found"));
    };
    shared.change(|state| {
        if limits::is_limited(name)
            && let Some(chat_id) = params.integer("chat_id")
        {
            state.limits.pass(chat_id, Instant::now()).map_err(Refusal::too_many_requests)?;
        }
        method(state, params)
    })
}
