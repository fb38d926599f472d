//! Telegram brings updates to the real binary: only Telegram, none lost, none twice.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use zhengqitong::desk::ports::{Backlog, Inbox};
use zhengqitong::store::SqliteStore;

use crate::support::bot_api::FakeBotApi;
use crate::support::installation::{Installation, free_port};

const PATH: &str = "/telegram/hook";
const SECRET: &str = "a-secret_of_the_office-1";
const HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";
const QUESTION: &str = "简易注销公示要多少天";
const ANSWER: &str = "简易注销公示";

/// An installation to which Telegram brings updates at a port of its own.
fn installation(telegram: &FakeBotApi) -> (Installation, u16) {
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}{PATH}");
    (Installation::new().on(telegram).told("ZHENGQITONG_TELEGRAM__WEBHOOK_URL", url), port)
}

async fn registered(telegram: &FakeBotApi) -> Value {
    let set = |request: &crate::support::bot_api::Request| request.method == "setWebhook" && request.succeeded();
    telegram.wait_for_request(set, "the registration").await.body
}

/// Posts to the webhook as a stranger may.
async fn posts(port: u16, secret: Option<&str>, body: impl Into<reqwest::Body>) -> StatusCode {
    let request = reqwest::Client::new().post(format!("http://127.0.0.1:{port}{PATH}")).body(body);
    let request = match secret {
        Some(secret) => request.header(HEADER, secret),
        None => request,
    };
    request.send().await.unwrap().status()
}

fn update(number: u32, text: &str) -> String {
    let chat = json!({ "id": 9002, "type": "private" });
    json!({ "update_id": number, "message": { "message_id": number, "date": 1, "text": text, "chat": chat } })
        .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_is_answered_through_the_webhook_and_nothing_is_polled() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(9001, "企业");
    let (office, port) = installation(&telegram);
    let office = office.told("ZHENGQITONG_TELEGRAM__WEBHOOK_SECRET", SECRET);
    company.says(QUESTION);
    let serving = office.serve_on(port);
    let registration = registered(&telegram).await;
    assert_eq!(registration["secret_token"], SECRET);
    let kinds = registration["allowed_updates"].as_array().unwrap();
    assert!(kinds.contains(&"callback_query".into()) && registration["drop_pending_updates"].is_null());
    let answer = company.waits_for_text(ANSWER).await;
    company.presses(&answer, "找专员");
    company.waits_for_text("请核对").await;
    telegram.wait_until_confirmed().await;
    assert!(telegram.requests_of("getUpdates").is_empty());
    office.run(&["doctor"]).says(&["接收方式：webhook"]);

    // Polling again takes the webhook away and loses nothing.
    serving.stop();
    company.says("食品经营许可证有效期几年");
    let office = office.told("ZHENGQITONG_TELEGRAM__WEBHOOK_URL", "");
    office.run(&["doctor"]).says(&["接收方式：长轮询", "在取消之前拉取不到消息"]);
    let serving = office.serve();
    company.waits_for_text("食品经营许可").await;
    serving.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_telegram_is_let_in_and_what_is_no_update_is_refused() {
    let telegram = FakeBotApi::start().await;
    let stranger = telegram.person(9002, "路人");
    let (office, port) = installation(&telegram);
    let serving = office.serve_on(port);
    let secret = registered(&telegram).await["secret_token"].as_str().unwrap().to_owned();
    assert!(secret.len() == 64 && !telegram.token().contains(&secret), "derived where none is given");
    for wrong in [None, Some(""), Some(SECRET), Some(&secret[1..]), Some(telegram.token())] {
        assert_eq!(posts(port, wrong, update(7001, QUESTION)).await, StatusCode::UNAUTHORIZED, "{wrong:?}");
    }
    let other_places = reqwest::Client::new().post(format!("http://127.0.0.1:{port}/telegram")).header(HEADER, &secret);
    assert_eq!(other_places.send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let looked_at = reqwest::get(format!("http://127.0.0.1:{port}{PATH}")).await.unwrap();
    assert_eq!(looked_at.status(), StatusCode::NOT_FOUND);
    for damaged in ["", "{", "[]", "{\"message\": {}}", "{\"update_id\": \"7\"}"] {
        assert_eq!(posts(port, Some(&secret), damaged).await, StatusCode::BAD_REQUEST, "{damaged}");
    }
    let too_long = update(7002, &"长".repeat(400_000));
    assert_eq!(posts(port, Some(&secret), too_long).await, StatusCode::PAYLOAD_TOO_LARGE);
    let store = SqliteStore::open(&office.database_url()).await.unwrap();
    assert_eq!(store.inbox_backlog().await.unwrap(), Backlog::default());
    for _ in 0..3 {
        assert_eq!(posts(port, Some(&secret), update(7003, QUESTION)).await, StatusCode::OK);
    }
    stranger.waits_for_text(ANSWER).await;
    store.close().await.unwrap();
    serving.stop();
    let answers = stranger.messages().into_iter().filter(|message| message.from_bot).count();
    assert_eq!(answers, 1, "once, however often it is brought: {}", stranger.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_updates_are_brought_it_answers_each_of_them_once() {
    let telegram = FakeBotApi::start().await;
    let companies: Vec<_> = (9001..9013).map(|id| telegram.person(id, "企业")).collect();
    let (office, port) = installation(&telegram);
    let serving = office.serve_on(port);
    registered(&telegram).await;
    for company in &companies {
        company.says(QUESTION);
    }
    companies[0].waits_for_text(ANSWER).await;
    serving.kill_9();
    companies[0].says("食品经营许可证有效期几年");
    let serving = office.serve_on(port);
    for company in &companies {
        company.waits_for_text(ANSWER).await;
    }
    companies[0].waits_for_text("食品经营许可").await;
    telegram.wait_until_confirmed().await;
    serving.stop();
    let store = SqliteStore::open(&office.database_url()).await.unwrap();
    for company in &companies {
        let written = super::written_to(&store, company).await;
        assert_eq!(written, if company.chat_id() == 9001 { 2 } else { 1 }, "{}", company.transcript());
        // A message that was being sent when the process died may arrive a second time.
        assert!(super::received_by(company) <= written + 1, "{}", company.transcript());
    }
}

#[test]
fn an_address_that_leads_to_a_page_of_ours_is_refused() {
    let office = Installation::bare().with_telegram("123:abc", "http://127.0.0.1:9");
    let office = office.told("ZHENGQITONG_TELEGRAM__WEBHOOK_URL", "https://zqt.example.gov.cn/chat/messages");
    office
        .run(&["serve", "--listen", "127.0.0.1:0"])
        .ends_with(2)
        .complains(&["telegram.webhook_url", "/chat/messages"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_that_fails_is_tried_again() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(9001, "企业");
    telegram.plan(crate::support::bot_api::Fault::BadRequest("bad webhook: DNS").on("setWebhook").times(2));
    let (office, port) = installation(&telegram);
    let serving = office.serve_on(port);
    company.says(QUESTION);
    serving.logs("bad webhook: DNS", Duration::from_secs(30)).await;
    company.waits_for_text(ANSWER).await;
    assert!(telegram.faults_left().is_empty());
    serving.stop();
}
