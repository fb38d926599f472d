//! Several processes behind one address to which Telegram brings updates, over one PostgreSQL database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::any;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::{each_was_answered_once, hears};
use crate::support::bot_api::{FakeBotApi, Request};
use crate::support::installation::{Installation, Serving};
use crate::support::postgres;

const QUESTION: &str = "简易注销公示要多少天";
const ANSWER: &str = "简易注销公示";

/// A load balancer: each request goes to the next process, and to another one where that does not answer.
#[derive(Clone, Default)]
struct Balancer {
    targets: Arc<std::sync::Mutex<Vec<String>>>,
    next: Arc<AtomicUsize>,
}

impl Balancer {
    /// Runs as long as the set.
    async fn starts(&self, running: &mut JoinSet<()>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/telegram", listener.local_addr().unwrap());
        let app = Router::new().fallback(any(forward)).with_state(self.clone());
        running.spawn(async move { axum::serve(listener, app).await.unwrap() });
        url
    }

    fn leads_to(&self, processes: &[&Serving]) {
        *self.targets.lock().unwrap() = processes.iter().map(|serving| serving.url.clone()).collect();
    }
}

async fn forward(State(balancer): State<Balancer>, uri: Uri, headers: HeaderMap, body: Bytes) -> StatusCode {
    let targets = balancer.targets.lock().unwrap().clone();
    for _ in 0..targets.len() {
        let target = &targets[balancer.next.fetch_add(1, Ordering::Relaxed) % targets.len()];
        let request = reqwest::Client::new().post(format!("{target}{}", uri.path())).headers(headers.clone());
        if let Ok(response) = request.body(body.clone()).send().await {
            return response.status();
        }
    }
    StatusCode::BAD_GATEWAY
}

/// Two offices over one database behind one address; neither runs yet.
async fn offices(telegram: &FakeBotApi, address: &str) -> (String, [Installation; 2]) {
    let database = postgres::new_database().await;
    let office = || {
        let office = Installation::bare().over(&database).on(telegram);
        office.told("ZHENGQITONG_TELEGRAM__WEBHOOK_URL", address)
    };
    (database.clone(), [office(), office()])
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_what_telegram_brings_and_one_of_them_may_die() {
    let telegram = FakeBotApi::start().await;
    let (balancer, mut running) = (Balancer::default(), JoinSet::new());
    let address = balancer.starts(&mut running).await;
    let (database, offices) = offices(&telegram, &address).await;
    let (first, second) = (offices[0].serve(), offices[1].serve());
    balancer.leads_to(&[&first, &second]);
    let companies: Vec<_> = (9001..9021).map(|id| telegram.person(id, "企业")).collect();
    for company in &companies[..10] {
        company.says(QUESTION);
    }
    for company in &companies[..10] {
        company.waits_for_text(ANSWER).await;
    }
    for company in &companies[10..] {
        company.says(QUESTION);
    }
    companies[10].waits_for_text(ANSWER).await;
    first.kill_9();
    for company in &companies[10..] {
        hears(company, ANSWER).await;
    }
    telegram.wait_until_confirmed().await;
    each_was_answered_once(&database, 9001..9021).await;
    second.stop();
    let secrets: Vec<_> =
        telegram.requests_of("setWebhook").iter().map(|set| set.body["secret_token"].clone()).collect();
    assert!(secrets.len() == 2 && secrets[0] == secrets[1], "both agree without being told");
    assert!(telegram.requests_of("getUpdates").is_empty());
}

/// Why Telegram could not bring an update, once it could not.
async fn last_error(telegram: &FakeBotApi) -> String {
    let url = format!("{}/bot{}/getWebhookInfo", telegram.url(), telegram.token());
    let mut pace = tokio::time::interval(Duration::from_millis(50));
    let told = async {
        loop {
            pace.tick().await;
            let info: Value = reqwest::get(&url).await.unwrap().json().await.unwrap();
            if let Some(why) = info["result"]["last_error_message"].as_str().filter(|why| why.contains("503")) {
                return why.to_owned();
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), told).await.expect("Telegram says what is wrong")
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_telegram_is_asked_to_come_again() {
    let telegram = FakeBotApi::start().await;
    let (balancer, mut running) = (Balancer::default(), JoinSet::new());
    let address = balancer.starts(&mut running).await;
    let (database, [office, _]) = offices(&telegram, &address).await;
    let serving = office.serve();
    balancer.leads_to(&[&serving]);
    let set = |request: &Request| request.method == "setWebhook" && request.succeeded();
    telegram.wait_for_request(set, "the registration").await;

    let (server, name) = database.rsplit_once('/').unwrap();
    let mut administrator = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    let closed = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false");
    sqlx::raw_sql(AssertSqlSafe(closed)).execute(&mut administrator).await.unwrap();
    let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    sqlx::raw_sql(AssertSqlSafe(cut)).execute(&mut administrator).await.unwrap();
    let company = telegram.person(9001, "企业");
    company.says(QUESTION);
    serving.logs("an update cannot be stored", Duration::from_mins(1)).await;
    assert_eq!(last_error(&telegram).await, "Wrong response from the webhook: 503 Service Unavailable");
    assert!(company.unread().is_empty());

    let open = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true");
    sqlx::raw_sql(AssertSqlSafe(open)).execute(&mut administrator).await.unwrap();
    company.waits_for_text(ANSWER).await;
    telegram.wait_until_confirmed().await;
    each_was_answered_once(&database, 9001..9002).await;
    serving.stop();
}
