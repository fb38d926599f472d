//! The knowledge changes while companies ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::installation::Installation;

const TOPIC: &str = "topics/market/cancellation.yaml";
const BEFORE: &str = "简易注销公示20日，期满";
const AFTER: &str = "简易注销公示期为20日，期满";

/// Asks until the second edition has answered a few times; returns the edition of every reply.
async fn asks(url: String, give_up: Arc<AtomicBool>) -> Vec<u64> {
    let client = reqwest::Client::new();
    let mut editions: Vec<u64> = Vec::new();
    while editions.iter().filter(|edition| **edition == 2).count() < 20 && !give_up.load(Ordering::Relaxed) {
        let question = json!({ "text": "简易注销公示要多少天" });
        let response = client.post(format!("{url}/api/v1/ask")).json(&question).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let reply: Value = response.json().await.unwrap();
        assert_eq!(reply["status"], "answer", "{reply}");
        let edition = reply["edition"].as_u64().unwrap();
        let (right, wrong) = if edition == 1 { (BEFORE, AFTER) } else { (AFTER, BEFORE) };
        let text = reply["text"].as_str().unwrap();
        assert!(text.contains(right) && !text.contains(wrong), "edition {edition}: {text}");
        editions.push(edition);
    }
    editions
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_edition_takes_over_without_a_failed_or_mixed_answer() {
    let installation = Installation::new().own_knowledge();
    let serving = installation.serve();
    let give_up = Arc::new(AtomicBool::new(false));
    let mut askers = JoinSet::new();
    for _ in 0..2 {
        askers.spawn(asks(serving.url.clone(), Arc::clone(&give_up)));
    }
    installation.edit(TOPIC, BEFORE, AFTER);
    let published = installation.run(&["reindex"]);
    // The watcher looks once a second; opening the index of the edition takes a moment more.
    let all = tokio::time::timeout(std::time::Duration::from_mins(1), askers.join_all()).await;
    give_up.store(true, Ordering::Relaxed);
    published.succeeds().says(&["已发布版次 2"]);
    for editions in all.expect("the second edition is served in time") {
        assert_eq!(editions[0], 1, "the first edition served first");
        assert!(editions.is_sorted(), "an edition came back: {editions:?}");
        eprintln!(
            "{} answers, of them {} after the swap",
            editions.len(),
            editions.iter().filter(|e| **e == 2).count()
        );
    }
    serving.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_edition_leaves_the_old_one_serving() {
    let installation = Installation::new().own_knowledge();
    let serving = installation.serve();
    installation.edit(TOPIC, "title:", "titel:");
    installation.run(&["reindex"]).ends_with(1).complains(&["cancellation.yaml:1:1", "原版次继续使用"]);
    let response = reqwest::Client::new()
        .post(format!("{}/api/v1/ask", serving.url))
        .json(&json!({ "text": "简易注销公示要多少天" }))
        .send()
        .await
        .unwrap();
    let reply: Value = response.json().await.unwrap();
    assert_eq!((&reply["status"], &reply["edition"]), (&"answer".into(), &1.into()), "{reply}");
    serving.stop();
}
