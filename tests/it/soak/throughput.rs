//! How many turns one, two and three replicas get through, and how long they take. Figures, not assertions: everything shares
//! the machine with the database and with those who ask.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::asked_for;
use super::stage::furnish;
use crate::support::installation::{Installation, Serving};
use crate::support::postgres::Server;

/// Seconds for each number of replicas in `cargo test`.
const FEW: u64 = 1;
const REPLICAS: usize = 3;
/// So many people ask at a time, each as soon as the last question is answered.
const CONVERSATIONS: usize = 24;
/// More in one conversation would be refused for a while.
const QUESTIONS_A_PAGE: usize = 8;

/// What those who ask know.
struct Town {
    urls: Vec<String>,
    known: Vec<(String, String)>,
    until: Instant,
}

/// Asks at one replica and another; returns how long each answer took.
async fn asks(town: Arc<Town>, number: usize) -> Vec<Duration> {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut took = Vec::new();
    let mut turn = number;
    while Instant::now() < town.until {
        let page = client.get(&town.urls[turn % town.urls.len()]).send().await.unwrap();
        let cookie = page.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut after = 0;
        for _ in 0..QUESTIONS_A_PAGE {
            let (question, title) = &town.known[turn % town.known.len()];
            let url = format!("{}/chat/messages", town.urls[turn % town.urls.len()]);
            let record = json!({ "id": format!("m{turn}"), "text": question, "after": after });
            let asked = Instant::now();
            let response = client.post(&url).header(COOKIE, &cookie).json(&record).send().await.unwrap();
            // Saved for now, the answer comes to whoever waits for it.
            assert!([200, 202].contains(&response.status().as_u16()), "{response:?}");
            let mut answer: Value = response.json().await.unwrap();
            while answer["messages"].as_array().unwrap().is_empty() {
                let get = client.get(format!("{url}?after={after}")).header(COOKIE, &cookie);
                answer = get.send().await.unwrap().json().await.unwrap();
            }
            took.push(asked.elapsed());
            let last = answer["messages"].as_array().unwrap().last().expect("an answer");
            assert!(last["text"].as_str().unwrap().contains(title), "{question}: {last}");
            after = last["id"].as_i64().unwrap();
            turn += 1;
        }
    }
    took
}

/// The share of `took`, which is sorted, that is no longer than this.
fn percentile(took: &[Duration], percent: usize) -> f64 {
    took[(took.len() - 1) * percent / 100].as_secs_f64() * 1000.0
}

#[tokio::test(flavor = "multi_thread")]
async fn one_two_and_three_replicas_answer_everybody() {
    let seconds = asked_for("THROUGHPUT_SECONDS").unwrap_or(FEW);
    let server = Server::own().await;
    let database = server.database().await;
    let known = tokio::task::block_in_place(|| furnish(&database));
    let mut replicas: Vec<(Installation, Serving)> = Vec::new();
    for count in 1..=REPLICAS {
        let installation = Installation::bare().over(&database);
        let serving = tokio::task::block_in_place(|| installation.serve());
        replicas.push((installation, serving));
        let urls = replicas.iter().map(|(_, serving)| serving.url.clone()).collect();
        let begun = Instant::now();
        let town = Arc::new(Town { urls, known: known.clone(), until: begun + Duration::from_secs(seconds) });
        let mut people = JoinSet::new();
        for number in 0..CONVERSATIONS {
            people.spawn(asks(Arc::clone(&town), number * 1000));
        }
        let mut took = people.join_all().await.concat();
        let elapsed = begun.elapsed().as_secs_f64();
        took.sort();
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let rate = took.len() as f64 / elapsed;
        eprintln!(
            "{count} replica(s): {rate:.0} turns/s over {elapsed:.0} s; ms p50 {:.0}, p95 {:.0}, p99 {:.0}, most {:.0}",
            percentile(&took, 50),
            percentile(&took, 95),
            percentile(&took, 99),
            percentile(&took, 100)
        );
    }
    for (_, serving) in replicas {
        tokio::task::block_in_place(|| serving.stop());
    }
}
