//! What programs call: the question API, health, readiness and metrics.

use std::sync::atomic::Ordering;

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::site::{Site, read};

#[tokio::test]
async fn a_program_asks_and_gets_the_reply_record() {
    let site = Site::open().await;
    let program = site.visitor().await;
    let ask = |record: Value| read(program.post("/api/v1/ask").json(&record));
    let (status, reply) = ask(json!({"text": "高企要什么材料", "profile": {"employees": 3}, "channel": "x"})).await;
    assert_eq!(status, 200);
    assert_eq!((&reply["status"], &reply["text"]), (&json!("answer"), &json!("高企要什么材料")));
    assert_eq!((&reply["as_of"], &reply["topic"]), (&json!("2026-11-22"), &Value::Null));
    for key in ["confidence", "edition", "citations", "candidates", "commissioner", "ticket", "elapsed_us"] {
        assert!(reply.get(key).is_some(), "{key}");
    }
    let (_, reply) = ask(json!({"text": "x", "session": "s1", "as_of": "2025-01-31", "profile": null})).await;
    assert_eq!(reply["as_of"], "2025-01-31");
    let chat = reply["topic"].as_str().unwrap();
    assert!(chat.starts_with("web:api-") && !chat.contains("s1"), "{chat}");
    assert_eq!(ask(json!({"text": "y", "session": "s1"})).await.1["topic"].as_str(), Some(chat));
    assert_ne!(ask(json!({"text": "y", "session": "s2"})).await.1["topic"].as_str(), Some(chat));
}

#[tokio::test]
async fn wrong_questions_are_refused_with_a_code() {
    let site = Site::open().await;
    let program = site.visitor().await;
    for (record, status, code) in [
        (json!({}), 422, "invalid_fields"),
        (json!({"text": 5}), 422, "invalid_fields"),
        (json!({"text": ""}), 422, "empty_text"),
        (json!({"text": "x", "as_of": "2026-02-30"}), 422, "invalid_as_of"),
        (json!({"text": "x", "session": ""}), 422, "invalid_session"),
        (json!({"text": "字".repeat(4_001)}), 413, "text_too_long"),
        (json!({"text": "字".repeat(40_000)}), 413, "body_too_large"),
    ] {
        let (answered, answer) = read(program.post("/api/v1/ask").json(&record)).await;
        assert_eq!((answered, answer["error"]["code"].as_str()), (status, Some(code)));
    }
    let post = |kind: &str, body: &'static str| program.post("/api/v1/ask").header(CONTENT_TYPE, kind).body(body);
    assert_eq!(read(post("application/json", "{\"text\":")).await.0, 400);
    assert_eq!(read(post("application/json", "\u{feff}\0")).await.0, 400);
    assert_eq!(read(post("text/plain", "{}")).await.0, 415);
    assert_eq!(read(program.get("/api/v1/ask")).await.0, 405);
    assert_eq!(read(program.get("/api/v1/nothing")).await.0, 404);
    site.echo.is_broken.store(true, Ordering::SeqCst);
    let (status, answer) = read(program.post("/api/v1/ask").json(&json!({"text": "x"}))).await;
    assert_eq!((status, answer["error"]["code"].as_str()), (503, Some("unavailable")));
    assert!(!answer.to_string().contains("index"), "{answer}");
}

#[tokio::test]
async fn readiness_needs_a_store_and_an_edition() {
    let site = Site::open().await;
    let probe = site.visitor().await;
    let (status, ready) = read(probe.get("/readyz")).await;
    assert_eq!((status, &ready["ready"], &ready["edition"]), (200, &json!(true), &json!(3)));
    assert_eq!(ready["inbox"], json!({"waiting": 0, "oldest_secs": null, "dead": 0}));
    assert_eq!((&ready["semantic"], &ready["reasons"], &ready["warnings"]), (&json!(false), &json!([]), &json!([])));

    site.echo.is_broken.store(true, Ordering::SeqCst);
    probe.say("m1", "注销").await;
    site.clock.advance(jiff::SignedDuration::from_mins(11));
    let (status, ready) = read(probe.get("/readyz")).await;
    assert_eq!((status, &ready["inbox"]["waiting"], &ready["inbox"]["oldest_secs"]), (200, &json!(1), &json!(660)));
    assert_eq!(ready["warnings"], json!(["received messages wait for being handled"]));

    site.echo.has_edition.store(false, Ordering::SeqCst);
    let (status, ready) = read(probe.get("/readyz")).await;
    assert_eq!((status, &ready["reasons"]), (503, &json!(["no edition is serving"])));
    site.store.close().await.unwrap();
    let (status, ready) = read(probe.get("/readyz")).await;
    assert_eq!((status, &ready["ready"]), (503, &json!(false)));
    assert_eq!(ready["reasons"], json!(["no edition is serving", "the store does not answer"]));
    assert_eq!(read(probe.get("/healthz")).await, (200, json!({"status": "ok"})));
}

#[tokio::test]
async fn metrics_count_turns_and_time() {
    let site = Site::open().await;
    let probe = site.visitor().await;
    probe.say("m1", "注销").await;
    read(probe.post("/api/v1/ask").json(&json!({"text": "x"}))).await;
    probe.get("/no/such/page/1").send().await.unwrap();
    let text = probe.get("/metrics").send().await.unwrap().text().await.unwrap();
    for line in [
        "zhengqitong_turns_total{channel=\"web\",status=\"smalltalk\"}",
        "zhengqitong_turns_total{channel=\"api\",status=\"answer\"}",
        "zhengqitong_ask_duration_seconds_bucket",
        "zhengqitong_http_request_duration_seconds_bucket{route=\"/chat/messages\",method=\"POST\",status=\"200\"",
        "zhengqitong_http_request_duration_seconds_count{route=\"other\",method=\"GET\",status=\"404\"}",
        "zhengqitong_waiting_messages{queue=\"inbox\"}",
        "zhengqitong_store_up 1",
        "zhengqitong_edition 3",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("/no/such"));
}
