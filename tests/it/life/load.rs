//! Editions change under a load of questions: none fails, none is answered from two editions.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::generated::{Dice, mark, question, topic, write_folder};
use crate::support::installation::Installation;

const TOPICS: usize = 100;
const ASKERS: u64 = 3;

/// Asks about one topic after the other; every answer must be whole and of the edition that it names. Returns how many.
async fn asks(url: String, seed: u64, last: Arc<AtomicU32>, over: Arc<AtomicBool>) -> (usize, Vec<u32>) {
    let client = reqwest::Client::new();
    let mut dice = Dice::new(seed);
    let mut path: Vec<u32> = Vec::new();
    let mut asked = 0;
    while !over.load(Ordering::Relaxed) {
        let number = dice.below(TOPICS);
        let body = json!({ "text": question(number) });
        // Everybody comes from an address of their own, which the proxy in front tells.
        let address = format!("10.{}.{}.{}", dice.below(256), dice.below(256), dice.below(256));
        let request = client.post(format!("{url}/api/v1/ask")).header("X-Forwarded-For", address);
        let response = request.json(&body).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let reply: Value = response.json().await.unwrap();
        assert_eq!((&reply["status"], &reply["topic"]), (&"answer".into(), &topic(number, 1).id.into()), "{reply}");
        let edition = u32::try_from(reply["edition"].as_u64().unwrap()).unwrap();
        let text = reply["text"].as_str().unwrap();
        for other in 1..=3 {
            assert_eq!(text.contains(&mark(other)), other == edition, "edition {edition}: {text}");
        }
        asked += 1;
        if path.last() != Some(&edition) {
            path.push(edition);
            last.store(edition, Ordering::Relaxed);
        }
    }
    (asked, path)
}

/// Waits until somebody was answered from `edition`.
async fn reached(last: &AtomicU32, edition: u32) {
    let mut look = tokio::time::interval(Duration::from_millis(10));
    let reached = async {
        while last.load(Ordering::Relaxed) != edition {
            look.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(3), reached).await.expect("the edition is taken over in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn under_load_editions_change_without_a_failed_or_mixed_answer() {
    let installation = Installation::bare().with_generated(TOPICS);
    installation.run(&["reindex"]).succeeds();
    installation.file("zhengqitong.toml", "[web]\ntrusts_proxy = true\n");
    let serving = installation.serve();
    let (last, over) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let mut askers = JoinSet::new();
    for seed in 0..ASKERS {
        askers.spawn(asks(serving.url.clone(), seed, Arc::clone(&last), Arc::clone(&over)));
    }
    reached(&last, 1).await;
    for edition in 2..=3 {
        write_folder(&installation.knowledge(""), TOPICS, edition);
        let published = tokio::task::block_in_place(|| installation.run(&["reindex"]));
        published.succeeds().says(&[&format!("已发布版次 {edition}"), &format!("修改 {TOPICS}")]);
        reached(&last, edition).await;
    }
    tokio::task::block_in_place(|| installation.run(&["rollback", "1"])).succeeds();
    reached(&last, 1).await;
    over.store(true, Ordering::Relaxed);
    let mut all = 0;
    for (asked, path) in askers.join_all().await {
        assert!(asked > 0 && [1, 2, 3, 1].starts_with(&path), "no edition comes back by itself: {path:?}");
        all += asked;
    }
    eprintln!("{all} questions over three changes of edition, none failed, none mixed");
    serving.stop();
}
