//! Starting, stopping, dying, and starting again.

use serde_json::json;
use zhengqitong::channel::telegram::{Fault, Link};
use zhengqitong::desk::ports::{Clock, Files};

use super::parrot::Mood;
use super::stage::Stage;
use crate::support::bot_api::Request;

#[tokio::test]
async fn what_was_said_during_a_stop_is_answered_after_it_and_nothing_twice() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    let process = stage.starts();
    company.says("一");
    company.next_message().await;
    process.stops().await;
    company.says("二");
    let process = stage.starts();
    assert_eq!(company.next_message().await.text, "收到:二");
    stage.telegram.wait_until_confirmed().await;
    assert_eq!(process.parrot.words_of(7), ["二"]);
    process.stops().await;
    assert!(company.unread().is_empty());
}

#[tokio::test]
async fn killed_in_the_middle_of_a_turn_it_answers_after_the_restart() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    let process = stage.starts();
    process.parrot.set_mood("问", Mood::Hangs);
    company.says("问");
    company.says("再问");
    process.parrot.waits_for("问", 1).await;
    process.dies().await;
    stage.clock.advance(31);
    let process = stage.starts();
    assert_eq!(company.next_message().await.text, "收到:问");
    assert_eq!(company.next_message().await.text, "收到:再问");
    process.stops().await;
    assert!(company.unread().is_empty());
}

#[tokio::test]
async fn killed_again_and_again_by_one_message_it_puts_that_aside() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    company.says("致命");
    company.says("问");
    for _ in 0..8 {
        let process = stage.starts();
        process.parrot.set_mood("致命", Mood::Hangs);
        process.parrot.waits_for("致命", 1).await;
        process.dies().await;
        stage.clock.advance(31);
    }
    let process = stage.starts();
    assert_eq!(company.waits_for_text("收到").await.text, "收到:问");
    process.stops().await;
}

#[tokio::test]
async fn what_is_due_is_sent_before_it_ends() {
    let stage = Stage::new().await;
    let people: Vec<_> = (1..=20).map(|id| stage.telegram.person(id, "甲")).collect();
    for person in &people {
        stage.writes(person.chat_id(), &["一", "二"]).await;
    }
    stage.starts().stops().await;
    for person in &people {
        assert_eq!(person.unread().len(), 2, "{}", stage.telegram.transcript());
    }
}

#[tokio::test]
async fn telegram_away_at_the_start_is_found_when_it_comes_back() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    stage.telegram.stop().await;
    let mut process = stage.starts();
    let link = process.link_becomes(|link| matches!(link, Link::Down(_))).await;
    assert_eq!(link, Link::Down(Fault::Network("could not connect")));
    stage.telegram.restart().await;
    company.says("在吗");
    assert_eq!(company.next_message().await.text, "收到:在吗");
    process.link_becomes(|link| *link == Link::Up).await;
    process.stops().await;
}

#[tokio::test]
async fn a_wrong_token_is_told_and_does_not_end_the_bot() {
    let mut stage = Stage::new().await;
    stage.token = "7000000001:AAwrongwrongwrongwrongwrongwrongwron".to_owned();
    let mut process = stage.starts();
    assert_eq!(process.link_becomes(|link| *link != Link::Starting).await, Link::Down(Fault::WrongToken));
    process.stops().await;
}

#[tokio::test]
async fn another_poller_and_a_forgotten_webhook_are_overcome() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    let url = |method: &str| format!("{}/bot{}/{method}", stage.telegram.url(), stage.telegram.token());
    let client = reqwest::Client::new();
    let webhook = json!({ "url": "https://192.0.2.1/hook" });
    client.post(url("setWebhook")).json(&webhook).send().await.unwrap();
    company.says("一");
    let mut process = stage.starts();
    assert_eq!(company.next_message().await.text, "收到:一");
    stage.telegram.wait_until_confirmed().await;

    let polling = |request: &crate::support::bot_api::Request| {
        request.method == "getUpdates" && request.outcome == crate::support::bot_api::Outcome::Pending
    };
    stage.telegram.wait_for_request(polling, "a waiting poll").await;
    client.post(url("getUpdates")).json(&json!({ "timeout": 0 })).send().await.unwrap();
    let link = process.link_becomes(|link| *link != Link::Up).await;
    assert!(matches!(link, Link::Down(Fault::Conflict(_))), "{link:?}");
    company.says("二");
    assert_eq!(company.next_message().await.text, "收到:二");
    process.stops().await;
}

const ROSTER: &str = "\
id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity
li,李专员(示例),,,market,commissioner,,502,10
zhao,赵督办(示例),,,,supervisor,,504,50
";

#[tokio::test]
async fn each_member_of_the_roster_sees_the_commands_of_their_role_while_they_are_on_it() {
    let stage = Stage::new().await;
    for (id, name) in [(502, "李"), (504, "赵")] {
        stage.telegram.person(id, name);
    }
    let roster = |csv: &str| zhengqitong::catalog::parse_roster("r.csv", csv.as_bytes(), true).unwrap();
    stage.store.replace_roster(&roster(ROSTER), "test", stage.clock.now()).await.unwrap();
    let process = stage.starts();
    let is_set = |request: &Request, method: &str, chat: i64| {
        request.method == method && request.body["scope"]["chat_id"] == chat && request.succeeded()
    };
    stage.telegram.wait_for_request(|request| is_set(request, "setMyCommands", 504), "the supervisor's list").await;
    let names = |chat: i64| {
        let requests = stage.telegram.requests_of("setMyCommands");
        let request = requests.iter().find(|request| is_set(request, "setMyCommands", chat)).unwrap();
        let commands = request.body["commands"].as_array().unwrap();
        commands.iter().map(|command| command["command"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(names(502).contains(&"leave".to_owned()) && !names(502).contains(&"handover".to_owned()));
    assert!(["supervise", "figures", "handover"].iter().all(|name| names(504).contains(&(*name).to_owned())));
    let without_li: String =
        ROSTER.lines().filter(|line| !line.starts_with("li,")).map(|line| format!("{line}\n")).collect();
    stage.store.replace_roster(&roster(&without_li), "test", stage.clock.now()).await.unwrap();
    stage.telegram.wait_for_request(|request| is_set(request, "deleteMyCommands", 502), "the list taken away").await;
    process.stops().await;
}
