//! `getUpdates` as the real server does it.

use std::time::Instant;

use serde_json::json;
use teloxide::{
    ApiError, RequestError,
    dispatching::UpdateFilterExt as _,
    dptree,
    payloads::GetUpdatesSetters as _,
    prelude::{Bot, Dispatcher, Request as _, Requester as _},
    types::{AllowedUpdate, Message, Update, UpdateKind},
};

use super::{bot, call};
use crate::support::bot_api::{FakeBotApi, Fault, Request};

async fn ids(bot: &Bot, offset: i32) -> Vec<u32> {
    let updates = bot.get_updates().offset(offset).await.expect("polls succeed");
    updates.iter().map(|update| update.id.0).collect()
}

fn after(id: u32) -> i32 {
    i32::try_from(id).expect("ids fit") + 1
}

#[tokio::test]
async fn updates_come_back_until_a_higher_offset_confirms_them() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    let bot = bot(&telegram);
    let (first, second) = (company.says("一"), company.says("二"));
    assert_eq!(ids(&bot, 0).await, [first, second]);
    assert_eq!(ids(&bot, 0).await, [first, second], "not confirmed, so delivered again");
    assert_eq!(ids(&bot, after(first)).await, [second]);
    assert_eq!(ids(&bot, 0).await, [second], "a lower offset does not bring the first one back");
    assert_eq!(ids(&bot, after(second)).await, [] as [u32; 0]);
    telegram.wait_until_confirmed().await;
}

#[tokio::test]
async fn negative_offset_forgets_all_but_the_last() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    company.says("一");
    let second = company.says("二");
    assert_eq!(ids(&bot(&telegram), -1).await, [second]);
}

#[tokio::test]
async fn limit_bounds_a_batch() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    let first = company.says("一");
    company.says("二");
    let updates = bot(&telegram).get_updates().limit(1).await.unwrap();
    assert_eq!(updates.iter().map(|update| update.id.0).collect::<Vec<_>>(), [first]);
}

#[tokio::test]
async fn poll_waits_for_an_update_and_no_longer() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    let bot = bot(&telegram);
    let begun = Instant::now();
    let says = async {
        telegram.wait_for_request(|request| request.method == "getUpdates", "the poll").await;
        company.says("在吗")
    };
    let (updates, id) = tokio::join!(bot.get_updates().timeout(15).send(), says);
    assert_eq!(updates.unwrap()[0].id.0, id);
    assert!(begun.elapsed().as_secs() < 10, "the poll was woken by the update");
}

#[tokio::test]
async fn newer_poll_ends_the_older_one() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    let (older, newer) = (bot(&telegram), bot(&telegram));
    let newer = async {
        telegram.wait_for_request(|request| request.method == "getUpdates", "the poll").await;
        newer.get_updates().timeout(15).await
    };
    let older = async {
        let error = older.get_updates().timeout(15).await.expect_err("a second process polls");
        company.says("在吗");
        error
    };
    let (error, updates) = tokio::join!(older, newer);
    let conflict = matches!(error, RequestError::Api(ApiError::TerminatedByOtherGetUpdates));
    assert!(conflict, "{error:?}");
    assert_eq!(updates.unwrap().len(), 1, "the newer one goes on");
}

#[tokio::test]
async fn killed_client_loses_nothing() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    let bot = bot(&telegram);
    telegram.plan(Fault::CutAfter.on("getUpdates"));
    let id = company.says("在吗");
    bot.get_updates().await.expect_err("the answer is lost");
    assert_eq!(ids(&bot, 0).await, [id]);
}

#[tokio::test]
async fn doubled_updates_come_back_even_after_their_confirmation() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    let bot = bot(&telegram);
    telegram.deliver_every_update_twice(true);
    let first = company.says("一");
    assert_eq!(ids(&bot, 0).await, [first, first]);
    assert_eq!(ids(&bot, after(first)).await, [first], "confirmed, but here once more");
    assert_eq!(ids(&bot, after(first)).await, [] as [u32; 0]);

    telegram.deliver_every_update_twice(false);
    let (second, third) = (company.says_twice("二"), company.says("三"));
    assert_eq!(ids(&bot, 0).await, [second, second, third]);
    assert_eq!(ids(&bot, after(third)).await, [second]);
    telegram.wait_until_confirmed().await;
}

#[tokio::test]
async fn updates_may_come_out_of_order() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    telegram.deliver_out_of_order(true);
    let (first, second) = (company.says("一"), company.says("二"));
    assert_eq!(ids(&bot(&telegram), 0).await, [second, first]);
}

#[tokio::test]
async fn kinds_that_were_not_asked_for_are_dropped() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    let bot = bot(&telegram);
    bot.get_updates().allowed_updates([AllowedUpdate::Message]).await.unwrap();
    let said = company.says("高企怎么申报");
    company.edits(&company.messages()[0], "高企怎么申报？");
    assert_eq!(ids(&bot, 0).await, [said], "the edit was not asked for");
}

#[tokio::test]
async fn every_kind_of_update_parses() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    let keyboard = super::callback_keyboard("找专员", "desk");
    let message = json!({ "chat_id": 1001, "text": "您好", "reply_markup": keyboard });
    call(&telegram, "sendMessage", message).await;
    let greeting = company.next_message().await;
    company.replies_to(&greeting, "谢谢");
    company.edits(&company.messages()[1], "多谢");
    company.presses(&greeting, "找专员");
    company.blocks_the_bot();
    company.unblocks_the_bot();
    telegram.push_update("brand_new_kind", &json!({ "made": "tomorrow" }));

    let updates = bot(&telegram).get_updates().await.unwrap();
    let kinds: Vec<&UpdateKind> = updates.iter().map(|update| &update.kind).collect();
    let [
        UpdateKind::Message(said),
        UpdateKind::EditedMessage(edited),
        UpdateKind::CallbackQuery(press),
        UpdateKind::MyChatMember(blocked),
        UpdateKind::MyChatMember(unblocked),
        UpdateKind::Error(_),
    ] = kinds[..]
    else {
        panic!("{kinds:#?}");
    };
    assert_eq!(said.reply_to_message().and_then(Message::text), Some("您好"));
    assert_eq!(edited.text(), Some("多谢"));
    assert!(edited.edit_date().is_some());
    assert_eq!(press.data.as_deref(), Some("desk"));
    assert_eq!(press.regular_message().and_then(Message::text), Some("您好"));
    assert!(blocked.new_chat_member.is_banned());
    assert!(unblocked.old_chat_member.is_banned() && !unblocked.new_chat_member.is_banned());
}

#[tokio::test]
async fn dispatcher_works_against_it() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    let echo = Update::filter_message().endpoint(|bot: Bot, message: Message| async move {
        let text = message.text().unwrap_or("?").to_owned();
        bot.send_message(message.chat.id, text).await.map(drop)
    });
    let schema = dptree::entry().branch(echo);
    let mut dispatcher = Dispatcher::builder(bot(&telegram), schema).build();
    let stop = dispatcher.shutdown_token();
    let story = async {
        company.says("在吗");
        assert_eq!(company.next_message().await.text, "在吗");
        telegram.wait_until_confirmed().await;
        stop.shutdown().expect("it runs").await;
    };
    tokio::join!(dispatcher.dispatch(), story);
    assert!(telegram.requests_of("getMe").iter().all(Request::succeeded));
}
