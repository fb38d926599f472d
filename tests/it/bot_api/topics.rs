//! Topics of a group: what the methods refuse, in Telegram's words, and how messages in them look.

use serde_json::json;
use teloxide::prelude::Requester as _;
use teloxide::types::UpdateKind;

use super::{bot, call, refusal};
use crate::support::bot_api::FakeBotApi;

const GROUP: i64 = -1_001_234_567_890;

#[tokio::test]
async fn topics_are_opened_closed_and_refused_as_telegram_does() {
    let telegram = FakeBotApi::start().await;
    let group = telegram.group(GROUP, "督办群");
    telegram.person(7, "甲");
    let of = |thread: i64| json!({ "chat_id": GROUP, "message_thread_id": thread });
    let opened = call(&telegram, "createForumTopic", json!({ "chat_id": GROUP, "name": "一" })).await;
    let thread = opened["result"]["message_thread_id"].as_i64().expect("a topic");
    assert_eq!(refusal(&telegram, "closeForumTopic", of(thread)).await, "ok");
    assert_eq!(refusal(&telegram, "closeForumTopic", of(thread)).await, "Bad Request: TOPIC_NOT_MODIFIED");
    assert!(group.topics()[0].is_closed);
    assert_eq!(refusal(&telegram, "reopenForumTopic", of(thread)).await, "ok");
    let say = |thread: i64| json!({ "chat_id": GROUP, "message_thread_id": thread, "text": "好" });
    assert_eq!(refusal(&telegram, "sendMessage", say(thread)).await, "ok");
    assert_eq!(refusal(&telegram, "sendMessage", say(99)).await, "Bad Request: message thread not found");
    group.loses_topic(i32::try_from(thread).expect("it fits"));
    assert_eq!(refusal(&telegram, "sendMessage", say(thread)).await, "Bad Request: message thread not found");
    assert_eq!(refusal(&telegram, "closeForumTopic", of(thread)).await, "Bad Request: TOPIC_ID_INVALID");
    let private = json!({ "chat_id": 7, "name": "一" });
    assert_eq!(refusal(&telegram, "createForumTopic", private).await, "Bad Request: the chat is not a forum");
    group.lets_the_bot_manage_topics(false);
    let again = json!({ "chat_id": GROUP, "name": "二" });
    assert_eq!(refusal(&telegram, "createForumTopic", again).await, "Bad Request: not enough rights to create a topic");
}

#[tokio::test]
async fn what_is_said_in_a_topic_names_it_and_who_says_it() {
    let telegram = FakeBotApi::start().await;
    let group = telegram.group(GROUP, "督办群");
    let member = telegram.person(501, "王晓").in_group(&group);
    let opened = call(&telegram, "createForumTopic", json!({ "chat_id": GROUP, "name": "一" })).await;
    let thread = opened["result"]["message_thread_id"].as_i64().expect("a topic");
    call(&telegram, "sendMessage", json!({ "chat_id": GROUP, "message_thread_id": thread, "text": "好" })).await;
    let said = member.next_message().await;
    member.says_beside(&said, "看到了");
    member.replies_to(&said, "收到");
    let updates = bot(&telegram).get_updates().await.expect("teloxide reads them");
    let messages: Vec<_> = updates
        .into_iter()
        .filter_map(|update| if let UpdateKind::Message(message) = update.kind { Some(message) } else { None })
        .collect();
    let replied = |at: usize| messages[at].reply_to_message().map(|replied| i64::from(replied.id.0));
    assert_eq!(replied(0), Some(thread), "what replies to nothing replies to the message that opened the topic");
    assert_eq!(replied(1), Some(i64::from(said.message_id)));
    for message in messages {
        assert!(message.is_topic_message);
        assert_eq!(message.thread_id.map(|thread| i64::from(thread.0.0)), Some(thread));
        assert_eq!(message.from.expect("somebody").id.0, 501);
    }
}
