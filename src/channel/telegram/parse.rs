//! Stored updates read as messages.
//!
//! Only the few fields that we need are looked at, so that a person is heard although Telegram has added or dropped something
//! elsewhere in the update. Nothing here fails: what says nothing to us is [`Update::Nothing`].

use serde_json::Value;

use super::attached::{self, Content};
use crate::desk::message::{AttachmentKind, Body, Channel, ChatAddress, Incoming, Replied, ThreadPlace};
use crate::desk::ports::Received;

/// What an update means to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Update {
    /// A person says something.
    Message(Incoming),
    /// A person presses a button; the press is to be acknowledged under this id.
    Press(Incoming, String),
    /// Nothing that anybody waits for: another group, a block, a service message, an unknown kind.
    Nothing,
}

/// What a stored update says; `group` is the supervisors', whose threads are read as well.
pub(super) fn read(received: &Received, group: Option<i64>) -> Update {
    let Ok(update) = serde_json::from_str::<Value>(&received.payload) else { return Update::Nothing };
    if let Some(query) = update.get("callback_query") {
        return press(received, query, group);
    }
    let body = match (update.get("message"), update.get("edited_message")) {
        (Some(message), _) => said(message).map(|body| (message, body)),
        (None, Some(message)) => said(message).and_then(|body| Some((message, edited(body)?))),
        (None, None) => None,
    };
    let Some((message, body)) = body else { return Update::Nothing };
    let Some((chat, thread)) = place(message, message, group) else { return Update::Nothing };
    Update::Message(Incoming {
        id: received.id.clone(),
        chat,
        sender: first_name(message),
        at: received.at,
        body,
        reply_to: message.get("reply_to_message").and_then(replied),
        thread,
    })
}

/// The bot is the only one that people talk to in private; in the group what other bots say is not gone by.
fn replied(message: &Value) -> Option<Replied> {
    let id = message.get("message_id")?.as_i64()?.to_string();
    let is_from_bot = message.pointer("/from/is_bot").and_then(Value::as_bool).unwrap_or_default();
    let words = text(message, "text").or_else(|| text(message, "caption")).filter(|_| is_from_bot);
    Some(Replied { id, words: words.unwrap_or_default().to_owned() })
}

fn press(received: &Received, query: &Value, group: Option<i64>) -> Update {
    let Some(id) = text(query, "id") else { return Update::Nothing };
    let pressed = query.get("message").and_then(|message| place(message, query, group));
    let (Some((chat, thread)), Some(data)) = (pressed, text(query, "data")) else { return Update::Nothing };
    let incoming = Incoming {
        id: received.id.clone(),
        chat,
        sender: first_name(query),
        at: received.at,
        body: Body::Press(data.to_owned()),
        reply_to: None,
        thread,
    };
    Update::Press(incoming, id.to_owned())
}

/// What a message says; `None` for service messages.
fn said(message: &Value) -> Option<Body> {
    let words = text(message, "text").or_else(|| text(message, "caption")).map(str::to_owned);
    Some(match (attached::read(message), words) {
        (Some(Content::Attached(attachment)), caption) => {
            Body::Attached { attachment, caption: caption.unwrap_or_default() }
        }
        (Some(Content::TooLarge(name)), _) => Body::TooLarge(name.to_owned()),
        (Some(Content::Unsupported(_)) | None, Some(words)) => Body::Text(words),
        (Some(Content::Unsupported(name)), None) => Body::Unsupported(name.to_owned()),
        (None, None) => return None,
    })
}

/// A correction is a message of its own: what was answered to the first version stays. A position that moves says nothing new.
fn edited(body: Body) -> Option<Body> {
    match body {
        Body::Text(words) => Some(Body::Corrected { words, attachment: None }),
        Body::Attached { attachment, .. } if attachment.kind == AttachmentKind::Location => None,
        Body::Attached { attachment, caption } => {
            Some(Body::Corrected { words: caption, attachment: Some(attachment) })
        }
        other => Some(other),
    }
}

/// The conversation of a message if it is one that is served. In the threads of the supervisors' group that is the writer's own,
/// with the thread; elsewhere in groups the assistant keeps silent. `by` has who wrote or pressed.
fn place(message: &Value, by: &Value, group: Option<i64>) -> Option<(ChatAddress, Option<ThreadPlace>)> {
    let chat = message.get("chat")?;
    let id = chat.get("id")?.as_i64()?;
    let own = |id: i64| ChatAddress::new(Channel::Telegram, id.to_string());
    match chat.get("type")?.as_str()? {
        "private" => Some((own(id), None)),
        "supergroup" if group == Some(id) && message.get("is_topic_message")?.as_bool()? => {
            let thread = message.get("message_thread_id")?.as_i64()?;
            let writer = by.pointer("/from/id")?.as_i64()?;
            Some((own(writer), Some(ThreadPlace { group: id.to_string(), thread })))
        }
        _ => None,
    }
}

fn first_name(sent: &Value) -> Option<String> {
    sent.pointer("/from/first_name").and_then(Value::as_str).map(str::to_owned).filter(|name| !name.trim().is_empty())
}

fn text<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get(key)?.as_str().filter(|text| !text.is_empty())
}

/// The number of an update, without which it can be neither stored nor confirmed.
pub(super) fn number(update: &Value) -> Option<i64> {
    update.get("update_id")?.as_i64()
}

/// The conversation an update belongs to, whatever its kind: only the order of handling depends on it.
pub(super) fn conversation(update: &Value) -> ChatAddress {
    let kinds = update.as_object().into_iter().flatten().filter(|(_, kind)| kind.is_object());
    let chat = kinds.into_iter().find_map(|(_, kind)| {
        let places = ["/chat/id", "/message/chat/id", "/from/id"];
        places.iter().find_map(|place| kind.pointer(place)?.as_i64())
    });
    ChatAddress::new(Channel::Telegram, chat.map_or_else(|| "unknown".to_owned(), |chat| chat.to_string()))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::desk::message::Attachment;

    fn received(update: &Value) -> Received {
        Received {
            id: "telegram:7".to_owned(),
            chat: conversation(update),
            payload: update.to_string(),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn message(extra: &Value) -> Value {
        let mut message = json!({
            "message_id": 3, "date": 1, "chat": { "id": 42, "type": "private" },
            "from": { "id": 42, "is_bot": false, "first_name": "王", "last_name": "五", "username": "w" },
        });
        message.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        message
    }

    #[track_caller]
    fn check(kind: &str, object: &Value, expected: Option<&Body>) {
        let update = json!({ "update_id": 7, kind: object });
        match read(&received(&update), Some(-1_007)) {
            Update::Message(incoming) | Update::Press(incoming, _) => {
                assert_eq!(Some(&incoming.body), expected);
                assert_eq!(incoming.chat.to_string(), "telegram:42");
                assert_eq!(incoming.sender.as_deref(), Some("王"));
            }
            Update::Nothing => assert_eq!(expected, None),
        }
    }

    #[test]
    fn messages_are_read() {
        let words = |words: &str| Body::Text(words.to_owned());
        let thing = |name: &str| Body::Unsupported(name.to_owned());
        let corrected = |words: &str| Body::Corrected { words: words.to_owned(), attachment: None };
        check("message", &message(&json!({ "text": "高企怎么申报" })), Some(&words("高企怎么申报")));
        check("message", &message(&json!({ "photo": [], "caption": "这张表怎么填" })), Some(&words("这张表怎么填")));
        check("message", &message(&json!({ "photo": [] })), Some(&thing("图片")));
        check("message", &message(&json!({ "animation": {}, "document": {} })), Some(&thing("动图")));
        check("message", &message(&json!({ "venue": {}, "location": {} })), Some(&thing("位置")));
        check("message", &message(&json!({ "voice": {} })), Some(&thing("语音")));
        check("message", &message(&json!({ "pinned_message": {} })), None);
        check("edited_message", &message(&json!({ "text": "注销" })), Some(&corrected("注销")));
        let photo = json!({ "photo": [{ "file_id": "p" }], "caption": "厂房" });
        let attachment = Attachment { kind: AttachmentKind::Photo, reference: "p".to_owned(), name: None };
        let attached = Body::Attached { attachment: attachment.clone(), caption: "厂房".to_owned() };
        check("message", &message(&photo), Some(&attached));
        let again = Body::Corrected { words: "厂房".to_owned(), attachment: Some(attachment) };
        check("edited_message", &message(&photo), Some(&again));
        let moving = json!({ "location": { "latitude": 1.5, "longitude": 2.5 } });
        check("edited_message", &message(&moving), None);
        check("my_chat_member", &message(&json!({})), None);
        check("managed_bot", &message(&json!({ "text": "?" })), None);
        check("message", &message(&json!({ "text": "?", "chat": { "id": -5, "type": "group" } })), None);
    }

    #[test]
    fn a_press_carries_its_data_and_is_acknowledged() {
        let query = json!({ "id": "9", "from": { "id": 42, "first_name": "王" }, "data": "confirm:1",
            "message": { "message_id": 5, "date": 0, "chat": { "id": 42, "type": "private" } } });
        let update = json!({ "update_id": 7, "callback_query": query });
        let Update::Press(incoming, id) = read(&received(&update), Some(-1_007)) else { panic!("a press") };
        assert_eq!((incoming.body, id), (Body::Press("confirm:1".to_owned()), "9".to_owned()));
        let lone = json!({ "update_id": 7, "callback_query": { "id": "9", "from": { "id": 42 } } });
        assert_eq!(read(&received(&lone), None), Update::Nothing);
        assert_eq!(conversation(&lone).chat, "42");
    }

    #[test]
    fn a_reply_names_its_message() {
        let update = json!({ "update_id": 7, "message": message(&json!({ "text": "好", "reply_to_message": { "message_id": 2 } })) });
        let Update::Message(incoming) = read(&received(&update), Some(-1_007)) else { panic!("a message") };
        assert_eq!(incoming.reply_to, Some(Replied { id: "2".to_owned(), words: String::new() }));
        let ours = json!({ "message_id": 2, "from": { "id": 1, "is_bot": true }, "text": "工单 ZQ-20261120-0001" });
        let update = json!({ "update_id": 7, "message": message(&json!({ "text": "好", "reply_to_message": ours })) });
        let Update::Message(incoming) = read(&received(&update), None) else { panic!("a message") };
        assert_eq!(incoming.reply_to.unwrap().words, "工单 ZQ-20261120-0001");
    }

    #[test]
    fn only_threads_of_the_supervisors_group_are_heard_and_belong_to_who_writes() {
        let said = |group: i64, is_topic: bool| {
            let chat = json!({ "id": group, "type": "supergroup", "is_forum": true });
            let extra = json!({ "text": "好", "chat": chat, "message_thread_id": 9, "is_topic_message": is_topic });
            read(&received(&json!({ "update_id": 7, "message": message(&extra) })), Some(-1_007))
        };
        let Update::Message(incoming) = said(-1_007, true) else { panic!("a message") };
        assert_eq!(incoming.chat.to_string(), "telegram:42");
        assert_eq!(incoming.thread, Some(ThreadPlace { group: "-1007".to_owned(), thread: 9 }));
        assert_eq!(said(-1_008, true), Update::Nothing);
        assert_eq!(said(-1_007, false), Update::Nothing);
    }

    fn odd_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,12}".prop_map(Value::from),
            Just(Value::from("private")),
        ];
        let keys = prop::sample::select(vec![
            "update_id",
            "message",
            "edited_message",
            "callback_query",
            "my_chat_member",
            "chat",
            "id",
            "type",
            "from",
            "first_name",
            "text",
            "caption",
            "photo",
            "data",
            "reply_to_message",
            "message_id",
            "odd",
        ]);
        leaf.prop_recursive(5, 60, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((keys.clone(), inner), 0..6)
                    .prop_map(|pairs| pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn odd_updates_never_panic(update in odd_json()) {
            let _ = number(&update);
            let _ = read(&received(&update), Some(-1_007));
        }

        #[test]
        fn hostile_payloads_never_panic(payload in "\\PC{0,200}") {
            let received = Received { payload, ..received(&Value::Null) };
            prop_assert_eq!(read(&received, None), Update::Nothing);
        }

        #[test]
        fn words_of_a_private_message_always_arrive(words in "\\PC{1,80}", extra in odd_json()) {
            let update = json!({ "update_id": 7, "message": message(&json!({ "text": words, "entities": extra, "odd": 1 })) });
            let Update::Message(incoming) = read(&received(&update), Some(-1_007)) else { panic!("lost") };
            prop_assert_eq!(incoming.body, Body::Text(words));
        }
    }
}
