//! Private chats, and groups with topics: who is in them and what was said.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{formatting::Content, keyboard, sent::SentMessage};

/// The bot's own user id and names, as `getMe` tells them.
pub(super) const BOT_ID: i64 = 7_000_000_001;
pub(super) const BOT_NAME: &str = "政企通";
pub(super) const BOT_USERNAME: &str = "zhengqitong_bot";

/// A private chat between the bot and one person, whose user id is the chat's id; or a group with topics, whose title is its
/// first name.
#[derive(Debug)]
pub(super) struct Chat {
    pub(super) id: i64,
    pub(super) first_name: String,
    pub(super) blocked: bool,
    pub(super) messages: BTreeMap<i32, Message>,
    /// What happened, in order, for the transcript.
    pub(super) events: Vec<Event>,
    /// The bot's messages that the person has read.
    pub(super) read: BTreeSet<i32>,
    /// Whether it is a group with topics.
    pub(super) is_forum: bool,
    /// Whether the bot may open topics there.
    pub(super) may_manage_topics: bool,
    /// The topics by the message that opened them.
    pub(super) topics: BTreeMap<i32, ForumTopic>,
    /// First names of the people who have spoken in the group.
    pub(super) members: BTreeMap<i64, String>,
}

/// A topic of a group.
#[derive(Debug)]
pub(super) struct ForumTopic {
    pub(super) name: String,
    pub(super) is_closed: bool,
    pub(super) is_deleted: bool,
}

/// Something that a person in the chat notices.
#[derive(Debug)]
pub(super) enum Event {
    /// A message as it was when it came, and the one it replied to as it was then.
    Said(SentMessage, Option<SentMessage>),
    /// A message before and after an edit.
    Edited(SentMessage, SentMessage),
    /// A message as it was when the bot took it away.
    Deleted(SentMessage),
    /// Somebody presses the button with this text; in a private chat it is the person.
    Press(Option<String>, String),
    /// Something becomes of a topic.
    Topic(&'static str, String),
    /// The bot answers a press with a short notice.
    Notice(String),
    /// The person blocks the bot, or starts it again.
    Blocked(bool),
}

/// A message as both sides see it now.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) id: i32,
    pub(super) from_bot: bool,
    pub(super) date: i64,
    pub(super) edit_date: Option<i64>,
    pub(super) content: Content,
    pub(super) markup: Option<Value>,
    pub(super) reply_to: Option<i32>,
    /// Who wrote it first, for a forwarded message.
    pub(super) origin: Option<Value>,
    pub(super) deleted: bool,
    /// The topic it stands in.
    pub(super) thread: Option<i32>,
    /// Who wrote it in a group.
    pub(super) member: Option<(i64, String)>,
}

impl Message {
    /// A message of `content` alone; the rest is for the caller to fill in.
    pub(super) fn of(content: Content, from_bot: bool) -> Self {
        Self {
            id: 0,
            from_bot,
            date: 0,
            edit_date: None,
            content,
            markup: None,
            reply_to: None,
            origin: None,
            deleted: false,
            thread: None,
            member: None,
        }
    }
}

impl Chat {
    pub(super) fn new(id: i64, first_name: &str) -> Self {
        Self {
            id,
            first_name: first_name.to_owned(),
            blocked: false,
            messages: BTreeMap::new(),
            events: Vec::new(),
            read: BTreeSet::new(),
            is_forum: false,
            may_manage_topics: false,
            topics: BTreeMap::new(),
            members: BTreeMap::new(),
        }
    }

    /// A group with topics that the bot may manage.
    pub(super) fn forum(id: i64, title: &str) -> Self {
        Self { is_forum: true, may_manage_topics: true, ..Self::new(id, title) }
    }

    /// Opens a topic and returns its id, which is that of the message that says so.
    pub(super) fn open_topic(&mut self, name: &str) -> i32 {
        let created = json!({ "name": name, "icon_color": 7_322_096 });
        let content = Content::from_iter([("forum_topic_created".to_owned(), created)]);
        let id = self.next_id();
        self.messages.insert(id, Message { id, date: now(), thread: Some(id), ..Message::of(content, true) });
        self.read.insert(id);
        self.topics.insert(id, ForumTopic { name: name.to_owned(), is_closed: false, is_deleted: false });
        self.events.push(Event::Topic("opened", name.to_owned()));
        id
    }

    /// Closes a topic or opens it again.
    ///
    /// # Panics
    ///
    /// Panics when there is no such topic; callers have looked.
    pub(super) fn close_topic(&mut self, thread: i32, is_closed: bool) {
        let topic = self.topics.get_mut(&thread).expect("callers have looked");
        topic.is_closed = is_closed;
        let verb = if is_closed { "closed" } else { "opened again" };
        self.events.push(Event::Topic(verb, topic.name.clone()));
    }

    /// Deletes a topic with all that stands in it.
    ///
    /// # Panics
    ///
    /// Panics when there is no such topic.
    pub(super) fn delete_topic(&mut self, thread: i32) {
        let topic = self.topics.get_mut(&thread).expect("the topic is there");
        topic.is_deleted = true;
        self.events.push(Event::Topic("deleted by hand", topic.name.clone()));
        for message in self.messages.values_mut().filter(|message| message.thread == Some(thread)) {
            message.deleted = true;
        }
    }

    /// Deleted messages stay in the map, so that their ids are not given away again.
    fn next_id(&self) -> i32 {
        self.messages.last_key_value().map_or(1, |(last, _)| last + 1)
    }

    /// Adds a message under the chat's next id and returns that id.
    pub(super) fn add(&mut self, message: Message) -> i32 {
        let id = self.next_id();
        let message = Message { id, date: now(), ..message };
        let replied = message.reply_to.and_then(|id| self.message(id));
        let replied = replied.map(|replied| SentMessage::of(self.id, replied));
        self.events.push(Event::Said(SentMessage::of(self.id, &message), replied));
        self.messages.insert(id, message);
        id
    }

    /// Gives a message new content and a new keyboard.
    ///
    /// # Panics
    ///
    /// Panics when the message is not there; callers have looked.
    pub(super) fn edit(&mut self, id: i32, content: Content, markup: Option<Value>) {
        let message = self.messages.get_mut(&id).expect("callers have looked");
        let before = SentMessage::of(self.id, message);
        message.content = content;
        message.markup = markup;
        message.edit_date = Some(now());
        self.events.push(Event::Edited(before, SentMessage::of(self.id, message)));
    }

    /// Takes a message away; false when it is not there.
    pub(super) fn delete(&mut self, id: i32) -> bool {
        let Some(message) = self.messages.get_mut(&id).filter(|message| !message.deleted) else {
            return false;
        };
        message.deleted = true;
        self.events.push(Event::Deleted(SentMessage::of(self.id, message)));
        true
    }

    /// A message that has not been deleted.
    pub(super) fn message(&self, id: i32) -> Option<&Message> {
        self.messages.get(&id).filter(|message| !message.deleted)
    }

    /// The `Chat` object.
    pub(super) fn to_json(&self) -> Value {
        if self.is_forum {
            return json!({ "id": self.id, "type": "supergroup", "title": self.first_name, "is_forum": true });
        }
        json!({ "id": self.id, "type": "private", "first_name": self.first_name })
    }

    /// The `User` object of a member of the group, or of the person whose chat it is.
    pub(super) fn member_json(&self, member: Option<i64>) -> Value {
        match member.and_then(|id| Some((id, self.members.get(&id)?))) {
            Some((id, first_name)) => json!({
                "id": id,
                "is_bot": false,
                "first_name": first_name,
                "language_code": "zh-hans",
            }),
            None => self.person_json(),
        }
    }

    /// The `User` object of the person.
    pub(super) fn person_json(&self) -> Value {
        json!({
            "id": self.id,
            "is_bot": false,
            "first_name": self.first_name,
            "language_code": "zh-hans",
        })
    }

    /// The `Message` object with the message it replies to, or what is left of a deleted one.
    pub(super) fn message_json(&self, id: i32) -> Value {
        let Some(message) = self.message(id) else {
            return json!({ "message_id": id, "chat": self.to_json(), "date": 0 });
        };
        let mut object = self.bare_json(message);
        // In a topic, what replies to nothing replies to the message that opened it.
        let replied = message.reply_to.or(message.thread.filter(|thread| *thread != id));
        let replied = replied.and_then(|id| self.message(id));
        if let Some(replied) = replied {
            // As in the real API, a replied message comes without the one it replied to.
            object.insert("reply_to_message".to_owned(), self.bare_json(replied).into());
        }
        object.into()
    }

    fn bare_json(&self, message: &Message) -> Map<String, Value> {
        let member = message.member.as_ref().map(|(id, _)| *id);
        let from = if message.from_bot { bot_json() } else { self.member_json(member) };
        let mut object = message.content.clone();
        object.insert("message_id".to_owned(), message.id.into());
        object.insert("from".to_owned(), from);
        object.insert("chat".to_owned(), self.to_json());
        object.insert("date".to_owned(), message.date.into());
        let optional = [
            ("edit_date", message.edit_date.map(Value::from)),
            ("reply_markup", message.markup.clone().filter(keyboard::is_inline)),
            ("forward_origin", message.origin.clone()),
            ("message_thread_id", message.thread.map(Value::from)),
            ("is_topic_message", message.thread.map(|_| true.into())),
        ];
        for (key, value) in optional {
            object.extend(value.map(|value| (key.to_owned(), value)));
        }
        object
    }
}

/// The `User` object of the bot.
pub(super) fn bot_json() -> Value {
    json!({
        "id": BOT_ID,
        "is_bot": true,
        "first_name": BOT_NAME,
        "username": BOT_USERNAME,
    })
}

/// Unix seconds, by the real clock: Telegram's servers know nothing of a test's.
pub(super) fn now() -> i64 {
    let since_epoch = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
}
