//! What the bot says about itself: commands, descriptions, menu buttons.

#![expect(clippy::unnecessary_wraps, reason = "all methods share one signature")]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    call::Params,
    chats::bot_json,
    reply::{Refusal, Reply},
    state::State,
};

const MAX_COMMANDS: usize = 100;
const MAX_COMMAND: usize = 32;
const MAX_COMMAND_DESCRIPTION: usize = 256;
const MAX_DESCRIPTION: usize = 512;
const MAX_SHORT_DESCRIPTION: usize = 120;

/// The bot's profile, each part by scope and language as JSON text.
#[derive(Clone, Debug, Default)]
pub(super) struct Profile {
    commands: BTreeMap<String, Value>,
    pub(super) description: String,
    pub(super) short_description: String,
    /// By chat id; `None` is the default for all.
    menu_buttons: BTreeMap<Option<i64>, Value>,
}

pub(super) fn get_me(_: &mut State, _: &Params) -> Reply {
    let mut me = bot_json();
    for (capability, has) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", false),
        ("supports_inline_queries", false),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
    ] {
        me[capability] = has.into();
    }
    Ok(me)
}

pub(super) fn set_my_commands(state: &mut State, params: &Params) -> Reply {
    let commands = params.value("commands").and_then(Value::as_array);
    let commands = commands.ok_or_else(|| Refusal::bad_request("expected an Array of BotCommand"))?;
    if commands.len() > MAX_COMMANDS {
        return Err(Refusal::bad_request("BOT_COMMANDS_TOO_MUCH"));
    }
    commands.iter().try_for_each(check_command)?;
    state.profile.commands.insert(scope_key(params), commands.clone().into());
    Ok(true.into())
}

fn check_command(command: &Value) -> Result<(), Refusal> {
    let name = command["command"].as_str().unwrap_or_default().trim_start_matches('/');
    let description = command["description"].as_str().unwrap_or_default();
    let too_long =
        |what: &str, bound: usize| Err(Refusal::bad_request(format!("{what} length must not exceed {bound}")));
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() {
        Err(Refusal::bad_request("command must be non-empty"))
    } else if name.len() > MAX_COMMAND {
        too_long("command", MAX_COMMAND)
    } else if !name.chars().all(is_name) {
        Err(Refusal::bad_request("BOT_COMMAND_INVALID"))
    } else if description.is_empty() {
        Err(Refusal::bad_request("command description must be non-empty"))
    } else if description.chars().count() > MAX_COMMAND_DESCRIPTION {
        too_long("command description", MAX_COMMAND_DESCRIPTION)
    } else {
        Ok(())
    }
}

pub(super) fn get_my_commands(state: &mut State, params: &Params) -> Reply {
    Ok(state.profile.commands.get(&scope_key(params)).cloned().unwrap_or_else(|| json!([])))
}

pub(super) fn delete_my_commands(state: &mut State, params: &Params) -> Reply {
    state.profile.commands.remove(&scope_key(params));
    Ok(true.into())
}

/// Commands are kept for each scope and language on their own.
fn scope_key(params: &Params) -> String {
    let default = json!({ "type": "default" });
    let scope = params.value("scope").unwrap_or(&default);
    format!("{scope} {}", params.text("language_code"))
}

pub(super) fn set_my_description(state: &mut State, params: &Params) -> Reply {
    state.profile.description = bounded(params, "description", MAX_DESCRIPTION)?;
    Ok(true.into())
}

pub(super) fn set_my_short_description(state: &mut State, params: &Params) -> Reply {
    let text = bounded(params, "short_description", MAX_SHORT_DESCRIPTION)?;
    state.profile.short_description = text;
    Ok(true.into())
}

fn bounded(params: &Params, name: &str, bound: usize) -> Result<String, Refusal> {
    let text = params.text(name);
    if text.chars().count() > bound {
        let what = name.replace('_', " ");
        return Err(Refusal::bad_request(format!("{what} is too long")));
    }
    Ok(text.to_owned())
}

pub(super) fn set_chat_menu_button(state: &mut State, params: &Params) -> Reply {
    let button = params.value("menu_button").cloned();
    let button = button.unwrap_or_else(|| json!({ "type": "default" }));
    if !["commands", "web_app", "default"].contains(&button["type"].as_str().unwrap_or_default()) {
        return Err(Refusal::bad_request("MenuButton has unsupported type"));
    }
    state.profile.menu_buttons.insert(params.integer("chat_id"), button);
    Ok(true.into())
}

impl Profile {
    /// The commands that a person sees in the default scope: `(command, description)`.
    pub(super) fn default_commands(&self) -> Vec<(String, String)> {
        let commands = self.commands.get(&scope_key(&Params::default()));
        let commands = commands.and_then(Value::as_array).into_iter().flatten();
        let text = |command: &Value, field: &str| command[field].as_str().unwrap_or_default().to_owned();
        commands.map(|command| (text(command, "command"), text(command, "description"))).collect()
    }

    /// The menu button of a chat, or of all chats, as it was set.
    pub(super) fn menu_button(&self, chat_id: Option<i64>) -> Option<&Value> {
        self.menu_buttons.get(&chat_id)
    }
}
