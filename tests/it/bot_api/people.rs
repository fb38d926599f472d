//! People: what they see, press and wait for, and how their chats read.

use serde_json::json;
use teloxide::{
    payloads::AnswerCallbackQuerySetters as _,
    prelude::Requester as _,
    types::{ChatId, MessageId, UpdateKind},
};

use super::{bot, call, callback_keyboard};
use crate::support::bot_api::{FakeBotApi, Person, Request, SentMessage};

async fn tell(telegram: &FakeBotApi, person: &Person, text: &str, button: Option<&str>) {
    let mut body = json!({ "chat_id": person.chat_id(), "text": text });
    if let Some(button) = button {
        body["reply_markup"] = callback_keyboard(button, "data");
    }
    assert_eq!(call(telegram, "sendMessage", body).await["ok"], true);
}

fn texts(messages: &[SentMessage]) -> Vec<&str> {
    messages.iter().map(|message| message.text.as_str()).collect()
}

#[tokio::test]
async fn chats_read_like_a_play() {
    let telegram = FakeBotApi::start().await;
    let (company, commissioner) = (telegram.person(1001, "企业"), telegram.person(2002, "专员"));
    let bot = bot(&telegram);
    company.opens_link("invite-7");
    company.says("高企怎么申报\n要什么材料");
    tell(&telegram, &company, "您是想问高新技术企业认定吗？", Some("是的")).await;
    let question = company.next_message().await;
    company.presses(&question, "是的");
    let updates = bot.get_updates().await.unwrap();
    let UpdateKind::CallbackQuery(press) = &updates[2].kind else { panic!("{updates:?}") };
    assert_eq!(telegram.unanswered_presses(), ["是的"]);
    bot.answer_callback_query(press.id.clone()).text("好的").await.unwrap();
    assert!(telegram.unanswered_presses().is_empty());
    bot.edit_message_text(ChatId(1001), MessageId(question.message_id), "好的。").await.unwrap();
    company.replies_to(&question, "谢谢");
    tell(&telegram, &commissioner, "新工单", Some("签收")).await;
    let url = json!({ "inline_keyboard": [[{ "text": "原文", "url": "https://example.org/" }]] });
    let body = json!({ "chat_id": 2002, "text": "附件", "reply_markup": url });
    call(&telegram, "sendMessage", body).await;
    bot.delete_message(ChatId(2002), MessageId(1)).await.unwrap();
    commissioner.blocks_the_bot();
    insta::assert_snapshot!(telegram.transcript(), @r"
    == 企业 (1001) ==
    企业: /start invite-7
    企业: 高企怎么申报
        要什么材料
    bot: 您是想问高新技术企业认定吗？ [是的]
    企业 presses [是的]
    bot (notice): 好的
    bot (edits 您是想问高新技术企业认定…): 好的。
    企业 (re: 好的。): 谢谢

    == 专员 (2002) ==
    bot: 新工单 [签收]
    bot: 附件 [原文](https://example.org/)
    bot deletes: 新工单
    专员 blocks the bot
    ");
}

#[tokio::test]
async fn messages_are_read_one_after_the_other() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    for text in ["一", "二", "三", "四"] {
        tell(&telegram, &company, text, None).await;
    }
    assert_eq!(company.next_message().await.text, "一");
    assert_eq!(company.waits_for_text("三").await.text, "三");
    assert_eq!(company.waits_for(|message| message.text == "一", "it").await.text, "一");
    assert_eq!(texts(&company.unread()), ["四"], "二 was passed over, 一 was looked up without reading");
}

#[tokio::test]
async fn person_waits_for_what_comes_later() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    let tells = async {
        tell(&telegram, &company, "请稍等", None).await;
        tell(&telegram, &company, "答复来了", Some("找专员")).await;
    };
    let (answer, ()) = tokio::join!(company.waits_for_text("答复"), tells);
    assert!(answer.has_button("找专员"));
    let request = |request: &Request| request.body["text"] == "答复来了";
    let request = telegram.wait_for_request(request, "the answer").await;
    assert_eq!(request.chat_id, Some(1001));
    assert!(request.at >= telegram.requests()[0].at);
}

#[tokio::test]
#[should_panic(expected = "no button [退单] under \"新工单\"; there are [\"签收\"]")]
async fn pressing_a_button_that_is_not_there_names_those_that_are() {
    let telegram = FakeBotApi::start().await;
    let commissioner = telegram.person(2002, "专员");
    tell(&telegram, &commissioner, "新工单", Some("签收")).await;
    commissioner.presses(&commissioner.next_message().await, "退单");
}

#[tokio::test]
async fn stale_screen_can_still_be_tapped() {
    let telegram = FakeBotApi::start().await;
    let commissioner = telegram.person(2002, "专员");
    tell(&telegram, &commissioner, "新工单", Some("签收")).await;
    let seen = commissioner.next_message().await;
    let edit = json!({ "chat_id": 2002, "message_id": seen.message_id, "text": "已签收" });
    call(&telegram, "editMessageText", edit).await;
    commissioner.presses_as_seen(&seen, "签收");
    let updates = bot(&telegram).get_updates().await.unwrap();
    assert!(matches!(updates[0].kind, UpdateKind::CallbackQuery(_)));
}

#[tokio::test]
async fn reply_keyboard_says_its_text() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    let markup = json!({ "keyboard": [["我的工单"], [{ "text": "找专员" }]] });
    let body = json!({ "chat_id": 1001, "text": "请选择", "reply_markup": markup });
    let sent = call(&telegram, "sendMessage", body).await;
    assert!(sent["result"].get("reply_markup").is_none(), "only inline keyboards are echoed");
    company.presses(&company.next_message().await, "我的工单");
    insta::assert_snapshot!(company.transcript(), @r"
    bot: 请选择 [我的工单] [找专员]
    企业: 我的工单
    ");
}
