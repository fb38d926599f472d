//! What the page's script says and hears.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;
use zhengqitong::desk::changes::Changes;
use zhengqitong::desk::message::Outgoing;
use zhengqitong::desk::ports::{Clock, Files, Inbox, Received};
use zhengqitong::web::WebConfig;

use super::site::{Site, read, texts};

#[tokio::test]
async fn the_same_message_twice_is_answered_once() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let ((first_status, first), (second_status, second)) =
        tokio::join!(visitor.say("m1", "注销"), visitor.say("m1", "注销"));
    assert_eq!((first_status, second_status), (200, 200));
    assert_eq!(texts(&first), ["您说:注销"]);
    assert_eq!(texts(&second), ["您说:注销"]);
    let (status, again) = visitor.say("m1", "注销").await;
    assert_eq!((status, texts(&again)), (200, vec!["您说:注销"]));
    assert_eq!(site.handled(), 1);
}

#[tokio::test]
async fn what_another_process_handles_is_waited_for() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let (chat, at) = (visitor.chat(), site.clock.now());
    let received = Received { id: format!("{chat}:m1"), chat: chat.clone(), payload: "{}".to_owned(), at };
    site.store.receive(std::slice::from_ref(&received)).await.unwrap();
    site.store.claim_message(&received.id, at, SignedDuration::from_secs(30)).await.unwrap().unwrap();
    let elsewhere = async {
        let text = "另一个进程答的".to_owned();
        let answer = Outgoing { to: chat, text, buttons: vec![], about: None, attachment: None };
        let handled = Some(received.id.clone());
        let changes = Changes { handled, outgoing: vec![answer], at, ..Changes::default() };
        site.store.commit(changes).await.unwrap();
    };
    let ((status, answer), ()) = tokio::join!(visitor.say("m1", "注销"), elsewhere);
    assert_eq!((status, texts(&answer)), (200, vec!["另一个进程答的"]));
    assert!(answer["notice"].is_null(), "{answer}");
    assert_eq!(site.handled(), 0);
}

#[tokio::test]
async fn messages_at_the_same_time_are_all_answered() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let (first, second, third) = tokio::join!(visitor.say("a", "一"), visitor.say("b", "二"), visitor.say("c", "三"));
    assert_eq!((first.0, second.0, third.0), (200, 200, 200));
    assert_eq!(site.handled(), 3);
}

#[tokio::test]
async fn a_button_is_pressed_with_its_data_and_shown_with_its_label() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let record = json!({"id": "m1", "press": "human:1", "label": "找专员", "after": 0});
    let (status, answer) = read(visitor.post("/chat/messages").json(&record)).await;
    assert_eq!((status, texts(&answer)), (200, vec!["您说:human:1"]));
    assert!(visitor.page().await.contains("<p class=\"\">找专员</p>"));
}

#[tokio::test]
async fn without_a_place_to_start_from_only_the_new_answer_is_returned() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    visitor.say("m1", "一").await;
    let record = json!({"id": "m2", "text": "二"});
    let (_, answer) = read(visitor.post("/chat/messages").json(&record)).await;
    assert_eq!(texts(&answer), ["您说:二"]);
}

#[tokio::test]
async fn nobody_reads_someone_elses_conversation() {
    let site = Site::open().await;
    let (mine, mut theirs) = (site.visitor().await, site.visitor().await);
    mine.say("m1", "我的秘密").await;
    let (_, heard) = theirs.say("m1", "你好").await;
    assert_eq!(texts(&heard), ["您说:你好"]);
    assert!(!theirs.page().await.contains("我的秘密"));
    // Knowing the conversation's name, as the operator does, is not enough.
    for guess in [mine.chat().chat, mine.chat().to_string(), "0".repeat(64)] {
        theirs.cookie = format!("zqt={guess}");
        assert!(!theirs.page().await.contains("我的秘密"), "{guess}");
    }
}

#[tokio::test]
async fn what_a_commissioner_writes_reaches_the_waiting_page() {
    let site = Site::open_with(WebConfig { look_every: Duration::from_millis(40), ..WebConfig::default() }).await;
    let (visitor, other) = (site.visitor().await, site.visitor().await);
    let started = Instant::now();
    let pushed = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        site.write_to(&other, "给别人的").await;
        site.write_to(&visitor, "专员王芳：材料已收到。").await;
    };
    let ((status, news), ()) = tokio::join!(visitor.news(0), pushed);
    assert_eq!((status, texts(&news)), (200, vec!["专员王芳：材料已收到。"]));
    assert_eq!(news["messages"][0]["buttons"][0][0]["data"], "human:1");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn an_announcement_wakes_the_waiting_page_at_once() {
    let long = Duration::from_secs(20);
    let site = Site::open_with(WebConfig { wait: long, look_every: long, ..WebConfig::default() }).await;
    let visitor = site.visitor().await;
    let pushed = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        site.write_to(&visitor, "来了").await;
        site.web.announce(&visitor.chat());
    };
    let started = Instant::now();
    let ((_, news), ()) = tokio::join!(visitor.news(0), pushed);
    assert_eq!(texts(&news), ["来了"]);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn waiting_in_vain_ends_and_shutdown_ends_it_early() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    assert_eq!(visitor.news(0).await, (200, json!({"messages": []})));

    let site = Site::open_with(WebConfig::default()).await;
    let visitor = site.visitor().await;
    let started = Instant::now();
    let tasks = site.tasks;
    let stopped = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        tasks.finish(Duration::from_secs(5)).await
    };
    let ((status, _), cut_off) = tokio::join!(visitor.news(0), stopped);
    assert_eq!((status, cut_off), (200, 0));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_message_that_cannot_be_handled_is_saved_and_handled_later() {
    let mut site = Site::open().await;
    let visitor = site.visitor().await;
    site.echo.is_broken.store(true, Ordering::SeqCst);
    let (status, answer) = visitor.say("m1", "注销").await;
    assert_eq!((status, texts(&answer).len()), (202, 0));
    assert!(answer["notice"].as_str().unwrap().contains("已保存"), "{answer}");
    assert_eq!(site.store.inbox_backlog().await.unwrap().waiting, 1);

    site.echo.is_broken.store(false, Ordering::SeqCst);
    site.clock.advance(SignedDuration::from_secs(3));
    site.start_worker();
    let (_, news) = visitor.news(0).await;
    assert_eq!(texts(&news), ["您说:注销"]);
    assert_eq!(site.store.inbox_backlog().await.unwrap().waiting, 0);
}

#[tokio::test]
async fn a_message_that_never_can_be_handled_is_given_up_and_the_person_is_told() {
    let mut site = Site::open().await;
    let visitor = site.visitor().await;
    site.echo.is_broken.store(true, Ordering::SeqCst);
    visitor.say("m1", "注销").await;
    site.start_worker();
    let told = async {
        loop {
            site.clock.advance(SignedDuration::from_mins(6));
            let (_, news) = visitor.news(0).await;
            if let Some(text) = texts(&news).first() {
                return (*text).to_owned();
            }
        }
    };
    let text = tokio::time::timeout(Duration::from_mins(2), told).await.unwrap();
    assert!(text.contains("没有成功") && text.contains("12345"), "{text}");
    assert_eq!(site.store.inbox_backlog().await.unwrap().dead, 1);
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_in_chinese() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let text = |chars: usize| json!({"id": "m1", "text": "字".repeat(chars)});
    for (record, status, code) in [
        (text(4_001), 413, "text_too_long"),
        (text(40_000), 413, "body_too_large"),
        (json!({"id": "m1", "text": " \n"}), 422, "empty_text"),
        (json!({"id": "m1"}), 422, "invalid_fields"),
        (json!({"id": 1, "text": "注销"}), 422, "invalid_fields"),
        (json!({"id": "../1", "text": "注销"}), 422, "invalid_id"),
        (json!({"id": "m1", "press": "x".repeat(65)}), 422, "invalid_press"),
    ] {
        let (answered, answer) = read(visitor.post("/chat/messages").json(&record)).await;
        assert_eq!((answered, answer["error"]["code"].as_str()), (status, Some(code)));
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.chars().any(|char| ('\u{4e00}'..='\u{9fff}').contains(&char)), "{message}");
    }
    let post = || visitor.post("/chat/messages");
    assert_eq!(read(post().header(CONTENT_TYPE, "text/plain").body("{}")).await.0, 415);
    assert_eq!(read(post().header(CONTENT_TYPE, "application/json").body("{")).await.0, 400);
    assert_eq!(read(visitor.get("/chat/messages?after=x")).await.0, 400);
    assert_eq!(visitor.say("m1", &"字".repeat(4_000)).await.0, 200);
    assert_eq!(site.handled(), 1);
}

#[tokio::test]
async fn other_sites_cannot_speak_for_a_visitor() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let record = json!({"id": "m1", "text": "注销"});
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")] {
        let (status, answer) = read(visitor.post("/chat/messages").header(name, value).json(&record)).await;
        assert_eq!((status, answer["error"]["code"].as_str()), (403, Some("cross_site")));
        let form =
            visitor.post("/chat/form").header(name, value).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        assert_eq!(form.body("id=m1&text=x").send().await.unwrap().status(), 403);
    }
    assert_eq!(site.handled(), 0);
    let own = visitor.post("/chat/messages").header("origin", &site.address);
    assert_eq!(read(own.json(&record)).await.0, 200);
}

#[tokio::test]
async fn too_many_messages_are_refused_with_a_time_to_wait() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let mut refused = None;
    for number in 0..11 {
        let record = json!({"id": format!("m{number}"), "text": "注销"});
        let response = visitor.post("/chat/messages").json(&record).send().await.unwrap();
        if response.status() == 429 {
            refused = Some(response);
        }
    }
    let response = refused.unwrap();
    let secs: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=4).contains(&secs), "{secs}");
    assert!(response.text().await.unwrap().contains("秒后再试"));
    assert_eq!(site.visitor().await.say("m1", "注销").await.0, 200);
}

#[tokio::test]
async fn one_too_many_at_a_time_is_asked_to_come_again_and_nobody_waits_in_a_growing_queue() {
    let site = Site::open_with(WebConfig { at_a_time: 2, ..WebConfig::default() }).await;
    let visitors = futures::future::join_all((0..8).map(|_| site.visitor())).await;
    let answers = futures::future::join_all(visitors.iter().map(|visitor| visitor.say("m1", "注销"))).await;
    let (taken, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|(status, _)| *status == 200);
    assert_eq!((taken.len(), refused.len()), (2, 6), "{answers:?}");
    for (status, answer) in refused {
        assert_eq!((*status, answer["error"]["code"].as_str()), (503, Some("unavailable")));
        assert!(answer.to_string().contains("咨询的人较多"), "{answer}");
    }
    assert_eq!(site.visitor().await.say("m1", "注销").await.0, 200, "afterwards there is room again");
}

#[tokio::test]
async fn when_the_store_is_down_nobody_is_told_that_something_is_saved() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    site.store.close().await.unwrap();
    let (status, answer) = visitor.say("m1", "注销").await;
    assert_eq!((status, answer["error"]["code"].as_str()), (503, Some("unavailable")));
    let text = answer.to_string();
    assert!(text.contains("没有保存") && !text.contains("pool") && !text.contains("sql"), "{text}");
    assert_eq!(visitor.news(0).await.0, 503);
    assert!(visitor.page().await.contains("暂时读不到之前的对话"));
}
