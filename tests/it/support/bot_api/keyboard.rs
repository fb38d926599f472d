//! The keyboards that come with messages: checked on the way in, read by the people who press them.

use serde_json::Value;

use super::{call::Params, reply::Refusal};

/// Telegram's bound, in bytes. A 汉字 takes three of them.
const MAX_CALLBACK_DATA_BYTES: usize = 64;
/// More buttons than this on one message are refused.
const MAX_BUTTONS: usize = 100;

/// A button under a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) text: String,
    pub(crate) action: Action,
}

/// What pressing a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Sends a callback query with this data.
    Data(String),
    /// Opens this address; the bot hears nothing of it.
    Url(String),
    /// Says the button's text: a reply keyboard.
    Say,
    /// Something that no part of ours uses, such as a game.
    Other,
}

/// Reads and checks `reply_markup`.
///
/// # Errors
///
/// Returns the 400 of the real server, `BUTTON_DATA_INVALID` among them.
pub(super) fn read(params: &Params) -> Result<Option<Value>, Refusal> {
    let Some(markup) = params.value("reply_markup") else { return Ok(None) };
    if markup.is_string() {
        return Err(Refusal::bad_request("can't parse reply keyboard markup JSON object"));
    }
    if !markup.is_object() {
        return Err(Refusal::bad_request("object expected as reply markup"));
    }
    let mut count = 0;
    for row in rows_of(markup, "inline_keyboard")? {
        for button in row {
            check_inline(button)?;
            count += 1;
        }
    }
    if count > MAX_BUTTONS {
        return Err(Refusal::bad_request("reply markup is too long"));
    }
    rows_of(markup, "keyboard")?;
    let empty = count == 0 && markup.get("inline_keyboard").is_some();
    Ok((!empty).then(|| markup.clone()))
}

fn rows_of<'a>(markup: &'a Value, field: &str) -> Result<Vec<&'a Vec<Value>>, Refusal> {
    let wrong = || {
        let owner = if field == "keyboard" { "" } else { " of the InlineKeyboardMarkup" };
        Refusal::bad_request(format!("field \"{field}\"{owner} must be an Array of Arrays"))
    };
    let Some(rows) = markup.get(field) else { return Ok(Vec::new()) };
    let rows = rows.as_array().ok_or_else(wrong)?;
    rows.iter().map(|row| row.as_array().ok_or_else(wrong)).collect()
}

fn check_inline(button: &Value) -> Result<(), Refusal> {
    let unreadable = |why: &str| Refusal::bad_request(format!("can't parse inline keyboard button: {why}"));
    let text = button["text"].as_str().ok_or_else(|| unreadable("Can't find field \"text\""))?;
    if text.trim().is_empty() {
        return Err(Refusal::bad_request("inline keyboard button text must be non-empty"));
    }
    match action_of(button) {
        Action::Say => Err(unreadable("Text buttons are unallowed in the inline keyboard")),
        Action::Data(data) if data.len() > MAX_CALLBACK_DATA_BYTES => Err(Refusal::bad_request("BUTTON_DATA_INVALID")),
        Action::Url(url) if reqwest::Url::parse(&url).is_err() => {
            let why = format!("inline keyboard button URL '{url}' is invalid: Wrong HTTP URL");
            Err(Refusal::bad_request(why))
        }
        _ => Ok(()),
    }
}

fn action_of(button: &Value) -> Action {
    let text_of = |field: &str| button[field].as_str().filter(|text| !text.is_empty());
    if let Some(url) = text_of("url") {
        Action::Url(url.to_owned())
    } else if let Some(data) = text_of("callback_data") {
        Action::Data(data.to_owned())
    } else if button.as_object().is_some_and(|fields| fields.keys().any(|key| key != "text")) {
        Action::Other
    } else {
        Action::Say
    }
}

/// True for a keyboard under the message itself, which alone is part of the `Message` object.
pub(super) fn is_inline(markup: &Value) -> bool {
    markup.get("inline_keyboard").is_some()
}

/// The buttons of a keyboard that was checked by [`read`], row by row.
pub(super) fn buttons(markup: &Value) -> Vec<Vec<Button>> {
    let rows = markup.get("inline_keyboard").or_else(|| markup.get("keyboard"));
    let rows = rows.and_then(Value::as_array).into_iter().flatten();
    rows.map(|row| row.as_array().into_iter().flatten().map(button).collect()).collect()
}

/// A reply keyboard's button may be a bare string.
fn button(button: &Value) -> Button {
    let text = button.as_str().or_else(|| button["text"].as_str()).unwrap_or_default();
    let action = if button.is_string() { Action::Say } else { action_of(button) };
    Button { text: text.to_owned(), action }
}
