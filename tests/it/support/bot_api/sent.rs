//! A message as a test sees it.

use super::{
    chats::Message,
    files::Medium,
    keyboard::{self, Action, Button},
};

/// A message in a chat at the time it was looked at; later edits do not reach this copy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SentMessage {
    pub(crate) chat_id: i64,
    pub(crate) message_id: i32,
    /// False for what the person wrote.
    pub(crate) from_bot: bool,
    /// The text or the caption, without markup.
    pub(crate) text: String,
    /// The addresses behind words of the text.
    pub(crate) links: Vec<String>,
    /// What the message shows besides its text.
    pub(crate) medium: Option<Medium>,
    /// The buttons row by row.
    pub(crate) buttons: Vec<Vec<Button>>,
    /// The id of the message it replies to.
    pub(crate) reply_to: Option<i32>,
    /// True for a message forwarded from elsewhere.
    pub(crate) forwarded: bool,
    pub(crate) edited: bool,
    /// The topic of a group that it stands in.
    pub(crate) thread: Option<i32>,
    /// Who wrote it in a group.
    pub(crate) member: Option<String>,
}

impl SentMessage {
    pub(super) fn of(chat_id: i64, message: &Message) -> Self {
        let content = &message.content;
        let text = |key: &str| content.get(key).and_then(|text| text.as_str());
        let entities = content.get("entities").or_else(|| content.get("caption_entities"));
        let entities = entities.and_then(|entities| entities.as_array()).into_iter().flatten();
        let links = entities.filter_map(|entity| entity["url"].as_str()).map(str::to_owned);
        Self {
            chat_id,
            message_id: message.id,
            from_bot: message.from_bot,
            text: text("text").or_else(|| text("caption")).unwrap_or_default().to_owned(),
            links: links.collect(),
            medium: Medium::ALL.into_iter().find(|medium| content.contains_key(medium.key())),
            buttons: message.markup.as_ref().map(keyboard::buttons).unwrap_or_default(),
            reply_to: message.reply_to,
            forwarded: message.origin.is_some(),
            edited: message.edit_date.is_some(),
            thread: message.thread,
            member: message.member.as_ref().map(|(_, name)| name.clone()),
        }
    }

    /// The texts of all buttons, in reading order.
    pub(crate) fn button_texts(&self) -> Vec<&str> {
        self.buttons.iter().flatten().map(|button| button.text.as_str()).collect()
    }

    pub(crate) fn has_button(&self, text: &str) -> bool {
        self.button_texts().contains(&text)
    }

    /// What the button with this text does.
    ///
    /// # Panics
    ///
    /// Panics, naming the buttons there are, when there is none with this text.
    pub(crate) fn action_of(&self, text: &str) -> &Action {
        let button = self.buttons.iter().flatten().find(|button| button.text == text);
        match button {
            Some(button) => &button.action,
            None => panic!("no button [{text}] under \"{}\"; there are {:?}", self.text, self.button_texts()),
        }
    }
}
