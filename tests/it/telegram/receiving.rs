//! Updates from Telegram to the desk.

use serde_json::json;
use zhengqitong::desk::message::{Body, Channel, ChatAddress, Replied};
use zhengqitong::desk::ports::{Inbox, Outbox};

use super::stage::Stage;
use crate::support::bot_api::Attachment;

#[tokio::test]
async fn what_the_desk_hears_names_chat_sender_and_the_message_replied_to() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(41, "芝罘");
    let process = stage.starts();
    let number = company.says("甲");
    let answer = company.next_message().await;
    assert_eq!((answer.text.as_str(), answer.button_texts()), ("收到:甲", vec!["找专员"]));
    company.replies_to(&answer, "乙");
    company.waits_for_text("乙").await;
    let heard = process.parrot.heard();
    assert_eq!(heard[0].id, format!("telegram:{number}"));
    assert_eq!((heard[0].chat.channel, heard[0].chat.chat.as_str()), (Channel::Telegram, "41"));
    assert_eq!(heard[0].sender.as_deref(), Some("芝罘"));
    let replied = Replied { id: answer.message_id.to_string(), words: answer.text };
    assert_eq!((&heard[0].reply_to, &heard[1].reply_to), (&None, &Some(replied)));
    process.stops().await;
}

#[tokio::test]
async fn somebody_who_sends_without_pause_is_asked_to_wait_and_nobody_else_waits() {
    let stage = Stage::new().await;
    let (flood, other) = (stage.telegram.person(1, "甲"), stage.telegram.person(2, "乙"));
    for number in 0..200 {
        flood.says(&format!("第{number}句"));
    }
    other.says("在吗");
    let process = stage.starts();
    assert_eq!(other.next_message().await.text, "收到:在吗");
    stage.inbox_becomes(|backlog| backlog.waiting == 0).await;
    let heard = process.parrot.words_of(1).len();
    assert!((60..100).contains(&heard), "{heard} of 200 were handled");
    let chat = ChatAddress::new(Channel::Telegram, "1");
    let told = stage.store.outgoing_since(&chat, 0).await.unwrap();
    let asked = told.iter().filter(|item| item.message.text.contains("发送得太快")).count();
    assert_eq!((asked, told.len()), (1, heard + 1), "asked once to wait");
    assert_eq!(stage.store.inbox_backlog().await.unwrap().dead, 0);
    process.dies().await;
}

#[tokio::test]
async fn every_update_delivered_twice_is_handled_once() {
    let stage = Stage::new().await;
    stage.telegram.deliver_every_update_twice(true);
    stage.telegram.deliver_out_of_order(true);
    let (one, other) = (stage.telegram.person(1, "甲"), stage.telegram.person(2, "乙"));
    let process = stage.starts();
    for words in ["一", "二", "三"] {
        one.says(words);
        other.says(words);
    }
    for words in ["一", "二", "三"] {
        assert_eq!(one.next_message().await.text, format!("收到:{words}"));
        assert_eq!(other.next_message().await.text, format!("收到:{words}"));
    }
    stage.telegram.wait_until_confirmed().await;
    stage.inbox_becomes(|backlog| backlog.waiting == 0).await;
    assert_eq!(process.parrot.heard().len(), 6);
    process.stops().await;
    assert!(one.unread().is_empty() && other.unread().is_empty(), "{}", stage.telegram.transcript());
}

#[tokio::test]
async fn a_chat_is_answered_in_its_order() {
    let stage = Stage::new().await;
    stage.telegram.enforce_limits(false);
    let company = stage.telegram.person(7, "甲");
    let words: Vec<String> = (1..=8).map(|number| format!("第{number}问")).collect();
    for words in &words {
        company.says(words);
    }
    let process = stage.starts();
    for words in &words {
        assert_eq!(company.next_message().await.text, format!("收到:{words}"));
    }
    assert_eq!(process.parrot.words_of(7), words);
    process.stops().await;
}

#[tokio::test]
async fn a_press_reaches_the_desk_and_stops_spinning() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    let process = stage.starts();
    company.says("高企");
    let answer = company.next_message().await;
    company.presses(&answer, "找专员");
    assert_eq!(company.next_message().await.text, "收到:[human:1]");
    stage.telegram.wait_for_request(|request| request.method == "answerCallbackQuery", "the acknowledgement").await;
    process.stops().await;
    assert!(stage.telegram.unanswered_presses().is_empty());
}

#[tokio::test]
async fn pictures_edits_and_captions_are_told_apart() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    let process = stage.starts();
    company.attaches(Attachment::photo());
    company.attaches(Attachment::document("表.pdf", b"%PDF").caption("这张表怎么填"));
    company.attaches(Attachment::document("录像.mp4", b"...").claiming(21 << 20));
    company.attaches(Attachment::voice(4));
    company.says("注消");
    company.waits_for_text("注消").await;
    let said = company.messages().into_iter().find(|message| message.text == "注消").unwrap();
    company.edits(&said, "注销");
    company.waits_for_text("注销").await;
    let words = process.parrot.words_of(7);
    assert_eq!(words, ["<Photo>", "<Document>这张表怎么填", "<文件太大>", "<Voice>", "注消", "（更正）注销"]);
    process.stops().await;
}

#[tokio::test]
async fn unknown_kinds_groups_and_blocks_are_taken_without_an_answer() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    stage.telegram.push_update("something_new", &json!({ "chat": { "id": 7 }, "odd": true }));
    stage.telegram.push_update("managed_bot", &json!(17));
    let group = json!({ "message_id": 1, "date": 1, "text": "群里", "chat": { "id": -9, "type": "supergroup" } });
    stage.telegram.push_update("message", &group);
    stage.telegram.push_update("message", &json!({ "some": "fields are missing" }));
    company.blocks_the_bot();
    company.unblocks_the_bot();
    company.says("在吗");
    let process = stage.starts();
    assert_eq!(company.next_message().await.text, "收到:在吗");
    stage.telegram.wait_until_confirmed().await;
    stage.inbox_becomes(|backlog| backlog.waiting == 0 && backlog.dead == 0).await;
    assert!(matches!(process.parrot.heard().as_slice(), [only] if only.body == Body::Text("在吗".to_owned())));
    process.stops().await;
}

#[tokio::test]
async fn people_see_commands_and_a_description_before_they_write() {
    let stage = Stage::new().await;
    let process = stage.starts();
    stage
        .telegram
        .wait_for_request(|request| request.method == "setMyShortDescription" && request.succeeded(), "menu")
        .await;
    let profile = stage.telegram.profile();
    let names: Vec<&str> = profile.commands.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["start", "help", "human", "progress", "new"]);
    assert!(profile.description.contains("政企通") && profile.short_description.contains("政企通"));
    process.stops().await;
}
