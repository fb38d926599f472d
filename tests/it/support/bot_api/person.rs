//! Somebody who talks to the bot: the company, the commissioner, the administrator.
//!
//! Verbs in the third person make a test read as the story it tells. What a person waits for is
//! awaited for [`WAIT_BOUND`] by the real clock, so such a test must not pause tokio's.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{
    call::Upload,
    chats::{Event, Message, now},
    files::Medium,
    formatting::Content,
    html::utf16_len,
    keyboard::Action,
    sent::SentMessage,
    state::{Press, Shared, State},
    transcript,
};

/// Longer than anything the bot does, retries included; only a failing test waits for so long.
pub(super) const WAIT_BOUND: Duration = Duration::from_secs(30);

/// A person in their private chat with the bot. Clones are the same person.
#[derive(Clone)]
pub(crate) struct Person {
    shared: Arc<Shared>,
    chat_id: i64,
    /// Who they are, where the chat is a group.
    member: Option<(i64, String)>,
}

/// A file that a person sends.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    medium: Medium,
    upload: Upload,
    caption: String,
    duration: i64,
    size: Option<u64>,
}

impl Attachment {
    pub(crate) fn photo() -> Self {
        Self::of(Medium::Photo, None, b"not really a JPEG")
    }

    pub(crate) fn document(name: &str, bytes: &[u8]) -> Self {
        Self::of(Medium::Document, Some(name), bytes)
    }

    pub(crate) fn voice(secs: i64) -> Self {
        Self { duration: secs, ..Self::of(Medium::Voice, None, b"not really an Opus stream") }
    }

    pub(crate) fn video(secs: i64) -> Self {
        Self { duration: secs, ..Self::of(Medium::Video, None, b"not really a film") }
    }

    fn of(medium: Medium, name: Option<&str>, bytes: &[u8]) -> Self {
        let file_name = name.map(str::to_owned);
        let upload = Upload { file_name, mime_type: None, bytes: bytes.to_vec() };
        Self { medium, upload, caption: String::new(), duration: 0, size: None }
    }

    pub(crate) fn caption(self, caption: &str) -> Self {
        Self { caption: caption.to_owned(), ..self }
    }

    /// Claims to be this large; over 20 MB bots cannot download a file.
    pub(crate) fn claiming(self, bytes: u64) -> Self {
        Self { size: Some(bytes), ..self }
    }

    fn stored(self, state: &mut State) -> Content {
        let file = state.files.store(self.medium, self.upload, self.size);
        let mut content = state.files.content(self.medium, &file, self.duration);
        if !self.caption.is_empty() {
            content.insert("caption".to_owned(), self.caption.into());
        }
        content
    }
}

/// What a person does. Each verb returns the id of the update that the bot will get.
///
/// A person who has blocked the bot cannot write to it: then the verbs that write panic.
impl Person {
    pub(super) fn new(shared: Arc<Shared>, chat_id: i64) -> Self {
        Self { shared, chat_id, member: None }
    }

    /// The same person in a group.
    pub(super) fn member_of(&self, group: i64) -> Self {
        let name = self.shared.change(|state| {
            let name = state.chat(self.chat_id).first_name.clone();
            state.chat(group).members.insert(self.chat_id, name.clone());
            name
        });
        Self { shared: Arc::clone(&self.shared), chat_id: group, member: Some((self.chat_id, name)) }
    }

    pub(crate) fn chat_id(&self) -> i64 {
        self.chat_id
    }

    pub(crate) fn says(&self, text: &str) -> u32 {
        self.hear(Message::of(spoken(text), false), false)
    }

    /// Says it once, but the update is delivered doubled and once more after its confirmation.
    pub(crate) fn says_twice(&self, text: &str) -> u32 {
        self.hear(Message::of(spoken(text), false), true)
    }

    pub(crate) fn replies_to(&self, message: &SentMessage, text: &str) -> u32 {
        let reply_to = Some(self.id_here(message));
        self.hear(Message { reply_to, thread: message.thread, ..Message::of(spoken(text), false) }, false)
    }

    /// Says it in the topic in which `message` stands, without replying to it.
    pub(crate) fn says_beside(&self, message: &SentMessage, text: &str) -> u32 {
        self.hear(Message { thread: message.thread, ..Message::of(spoken(text), false) }, false)
    }

    /// Opens `https://t.me/<bot>?start=PARAMETER`.
    pub(crate) fn opens_link(&self, start_parameter: &str) -> u32 {
        self.says(&format!("/start {start_parameter}"))
    }

    pub(crate) fn attaches(&self, attachment: Attachment) -> u32 {
        self.shared.change(|state| {
            let content = attachment.stored(state);
            state.hear(self.chat_id, Message::of(content, false), false)
        })
    }

    /// Changes the text of a message of their own.
    pub(crate) fn edits(&self, message: &SentMessage, text: &str) -> u32 {
        self.shared.change(|state| {
            let chat = state.chat(self.chat_id);
            assert!(!message.from_bot, "people edit what they wrote themselves");
            let id = self.id_here(message);
            chat.edit(id, spoken(text), None);
            let object = chat.message_json(id);
            state.updates.push("edited_message", &object, false)
        })
    }

    /// The message's id; the same id in another chat is another message.
    fn id_here(&self, message: &SentMessage) -> i32 {
        assert_eq!(message.chat_id, self.chat_id, "\"{}\" is in another chat", message.text);
        message.message_id
    }

    fn hear(&self, message: Message, twice: bool) -> u32 {
        let message = Message { member: self.member.clone(), ..message };
        self.shared.change(|state| state.hear(self.chat_id, message, twice))
    }

    /// Presses a button that is under the message *now*.
    ///
    /// # Panics
    ///
    /// Panics, naming the buttons there are, when there is no such button (any more).
    pub(crate) fn presses(&self, message: &SentMessage, button: &str) -> u32 {
        let id = self.id_here(message);
        let current = self.messages().into_iter().find(|now| now.message_id == id);
        let current =
            current.unwrap_or_else(|| panic!("no button [{button}]: the message \"{}\" was deleted", message.text));
        self.presses_as_seen(&current, button)
    }

    /// Presses a button as it was when the message was looked at: an impatient second tap, or a
    /// tap on a screen that has not been refreshed.
    ///
    /// # Panics
    ///
    /// Panics, naming the buttons there were, when there was no such button, or when the bot does
    /// not hear of it because it opens an address.
    pub(crate) fn presses_as_seen(&self, seen: &SentMessage, button: &str) -> u32 {
        match seen.action_of(button) {
            Action::Data(data) => {
                let id = self.id_here(seen);
                self.shared.change(|state| press(state, self, id, button, data))
            }
            Action::Say => self.says(button),
            action => panic!("the bot does not hear of the button [{button}]: {action:?}"),
        }
    }

    pub(crate) fn blocks_the_bot(&self) -> u32 {
        self.changes_membership(true)
    }

    pub(crate) fn unblocks_the_bot(&self) -> u32 {
        self.changes_membership(false)
    }

    fn changes_membership(&self, blocked: bool) -> u32 {
        self.shared.change(|state| {
            let chat = state.chat(self.chat_id);
            let was_blocked = std::mem::replace(&mut chat.blocked, blocked);
            let change = json!({
                "chat": chat.to_json(),
                "from": chat.person_json(),
                "date": now(),
                "old_chat_member": membership(was_blocked),
                "new_chat_member": membership(blocked),
            });
            chat.events.push(Event::Blocked(blocked));
            state.updates.push("my_chat_member", &change, false)
        })
    }
}

/// What a person sees, and waits to see.
impl Person {
    /// All messages of the chat as they read now, edits applied and deleted ones gone.
    pub(crate) fn messages(&self) -> Vec<SentMessage> {
        self.shared.look(|state| {
            let messages = state.chats[&self.chat_id].messages.values();
            let present = messages.filter(|message| !message.deleted);
            present.map(|message| SentMessage::of(self.chat_id, message)).collect()
        })
    }

    /// The bot's messages that were not read by [`next_message`](Self::next_message) or
    /// [`waits_for_text`](Self::waits_for_text).
    pub(crate) fn unread(&self) -> Vec<SentMessage> {
        self.shared.look(|state| unread(state, self.chat_id))
    }

    /// The bot's oldest unread message, which is then read.
    ///
    /// # Panics
    ///
    /// Panics with the chats' transcript when there is none within [`WAIT_BOUND`].
    pub(crate) async fn next_message(&self) -> SentMessage {
        self.waits("the next message", |state| self.read_up_to(state, |_| true)).await
    }

    /// The bot's oldest unread message that contains `text`; it and those before it are then read.
    ///
    /// # Panics
    ///
    /// Panics with the chats' transcript when there is none within [`WAIT_BOUND`].
    pub(crate) async fn waits_for_text(&self, text: &str) -> SentMessage {
        let what = format!("an unread message with \"{text}\"");
        let wanted = |message: &SentMessage| message.text.contains(text);
        self.waits(&what, |state| self.read_up_to(state, wanted)).await
    }

    /// The bot's messages after number `seen`, as soon as there are any; none when that takes longer than `within`.
    pub(crate) async fn news_after(&self, seen: i32, within: Duration) -> Vec<SentMessage> {
        let news = self.shared.wait_until(within, |state| {
            let later = state.chats[&self.chat_id].messages.range(seen + 1..).map(|(_, message)| message);
            let new: Vec<_> = later
                .filter(|message| message.from_bot && !message.deleted)
                .map(|message| SentMessage::of(self.chat_id, message))
                .collect();
            (!new.is_empty()).then_some(new)
        });
        news.await.unwrap_or_default()
    }

    /// The bot's oldest message for which `wanted` holds, read or not; nothing is marked as read.
    ///
    /// Sees messages as they are now, so it can wait for an edit.
    ///
    /// # Panics
    ///
    /// Panics with `what` and the chats' transcript when there is none within [`WAIT_BOUND`].
    pub(crate) async fn waits_for(&self, wanted: impl Fn(&SentMessage) -> bool, what: &str) -> SentMessage {
        self.waits(what, |state| from_bot(state, self.chat_id).into_iter().find(|message| wanted(message))).await
    }

    /// This chat as text: `企业: …`, `bot: … [button] [button]`.
    pub(crate) fn transcript(&self) -> String {
        self.shared.look(|state| transcript::of(&state.chats[&self.chat_id]))
    }

    /// Marks the unread messages up to the first wanted one as read and returns that one.
    fn read_up_to(&self, state: &mut State, wanted: impl Fn(&SentMessage) -> bool) -> Option<SentMessage> {
        let unread = unread(state, self.chat_id);
        let found = unread.iter().position(wanted)?;
        let ids = unread[..=found].iter().map(|message| message.message_id);
        state.chat(self.chat_id).read.extend(ids);
        unread.into_iter().nth(found)
    }

    async fn waits<R>(&self, what: &str, ready: impl FnMut(&mut State) -> Option<R>) -> R {
        let found = self.shared.wait_until(WAIT_BOUND, ready).await;
        found.unwrap_or_else(|| {
            let (name, scene) =
                self.shared.look(|state| (state.chats[&self.chat_id].first_name.clone(), state.scene()));
            panic!("{name} waited in vain for {what}{scene}")
        })
    }
}

/// The content of a person's message; a leading command is marked as their client marks it.
fn spoken(text: &str) -> Content {
    let mut content = Content::from_iter([("text".to_owned(), text.into())]);
    if text.starts_with('/') {
        let command = text.split_whitespace().next().unwrap_or_default();
        let entity = json!([{ "type": "bot_command", "offset": 0, "length": utf16_len(command) }]);
        content.insert("entities".to_owned(), entity);
    }
    content
}

fn press(state: &mut State, person: &Person, message_id: i32, button: &str, data: &str) -> u32 {
    let chat_id = person.chat_id;
    let number = state.presses.len() + 1;
    let id = format!("4382{number:014}");
    let chat = state.chat(chat_id);
    let query = json!({
        "id": id,
        "from": chat.member_json(person.member.as_ref().map(|(id, _)| *id)),
        "message": chat.message_json(message_id),
        "chat_instance": format!("-{chat_id}"),
        "data": data,
    });
    chat.events.push(Event::Press(person.member.as_ref().map(|(_, name)| name.clone()), button.to_owned()));
    state.presses.insert(id, Press { chat_id, button: button.to_owned(), answered: false });
    state.updates.push("callback_query", &query, false)
}

/// The bot's standing in a private chat, as the real API tells of a block.
fn membership(blocked: bool) -> Value {
    let mut member = json!({ "user": super::chats::bot_json(), "status": "member" });
    if blocked {
        member["status"] = "kicked".into();
        member["until_date"] = 0.into();
    }
    member
}

fn from_bot(state: &State, chat_id: i64) -> Vec<SentMessage> {
    let messages = state.chats[&chat_id].messages.values();
    let present = messages.filter(|message| message.from_bot && !message.deleted);
    present.map(|message| SentMessage::of(chat_id, message)).collect()
}

fn unread(state: &State, chat_id: i64) -> Vec<SentMessage> {
    let mut messages = from_bot(state, chat_id);
    messages.retain(|message| !state.chats[&chat_id].read.contains(&message.message_id));
    messages
}
