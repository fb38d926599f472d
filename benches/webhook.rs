//! `cargo bench --bench webhook [-- --updates N --connections N]`: N updates (8,000) are posted to the webhook over N connections (8),
//! each answered when its row is on disk; beside it a bare axum handler that writes the same row with sqlx.
//!
//! Fails when an update is refused or a row is missing.

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

mod measure;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use jiff::Timestamp;
use measure::{Times, option, rate};
use secrecy::SecretString;
use serde_json::{Value, json};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use zhengqitong::channel::Handler;
use zhengqitong::channel::telegram::{Delivery, Ports, Telegram, TelegramConfig, Webhook, WebhookConfig};
use zhengqitong::desk::message::Incoming;
use zhengqitong::desk::ports::{Clock, Inbox};
use zhengqitong::desk::reply::Reply;
use zhengqitong::desk::service::{HandleError, Question};
use zhengqitong::store::SqliteStore;
use zhengqitong::telemetry;
use zhengqitong::web::{Assistant, Hook, Taken, Web, WebConfig};

type Error = Box<dyn std::error::Error + Send + Sync>;

const PATH: &str = "/telegram";
const SECRET: &str = "secret-of-the-benchmark";

const INSERT: &str = "
    INSERT INTO inbox (id, channel, chat, payload, received_at) VALUES ($1, 'telegram', $2, $3, $4)
    ON CONFLICT (id) DO NOTHING";

/// The machine's clock.
struct MachineClock;

impl Clock for MachineClock {
    #[expect(clippy::disallowed_methods, reason = "this is a clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Is never asked: what is measured ends with the row.
struct Nobody;

#[async_trait]
impl Handler for Nobody {
    async fn handle(&self, _: &Incoming) -> Result<Option<Reply>, HandleError> {
        Err(HandleError::Contended)
    }
}

#[async_trait]
impl Assistant for Nobody {
    async fn handle(&self, _: &Incoming) -> Result<Option<Reply>, HandleError> {
        Err(HandleError::Contended)
    }

    async fn ask(&self, _: &Question) -> Result<Reply, HandleError> {
        Err(HandleError::Contended)
    }

    fn edition(&self) -> Option<u32> {
        None
    }
}

/// The webhook as the composition root mounts it.
struct Mounted(Arc<Webhook>);

#[async_trait]
impl Hook for Mounted {
    fn path(&self) -> &str {
        self.0.path()
    }

    fn secret_header(&self) -> &'static str {
        Webhook::SECRET_HEADER
    }

    fn admits(&self, shown: &[u8]) -> bool {
        self.0.admits(shown)
    }

    async fn take(&self, body: &[u8]) -> Taken {
        match self.0.take(body).await {
            Delivery::Stored => Taken::Kept,
            Delivery::Damaged => Taken::Damaged,
            Delivery::NotStored => Taken::NotKept,
        }
    }
}

fn main() -> Result<(), Error> {
    let (updates, connections) = (option("--updates", 8_000), option("--connections", 8).max(1));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let folder = tempfile::tempdir()?;
    runtime.block_on(async {
        let (bare_times, bare) = bare(&folder.path().join("bare.db"), updates, connections).await?;
        print("bare handler", &bare_times, bare, updates);
        let (our_times, ours) = webhook(&folder.path().join("ours.db"), updates, connections).await?;
        print("webhook", &our_times, ours, updates);
        println!("webhook: {:.0} % of the bare handler's rate", 100.0 * bare.as_secs_f64() / ours.as_secs_f64());
        Ok(())
    })
}

fn print(name: &str, times: &Times, took: Duration, updates: usize) {
    let (median, slowest) = (times.percentile(50), times.percentile(99));
    println!("{name:13} {:8.0} updates/s, p50 {median} µs, p99 {slowest} µs", rate(updates, took));
}

async fn webhook(file: &Path, updates: usize, connections: usize) -> Result<(Times, Duration), Error> {
    let store = Arc::new(SqliteStore::open(&format!("sqlite://{}", file.display())).await?);
    let mut config = TelegramConfig::new(SecretString::from("7000000001:benchmark"));
    let hook = WebhookConfig { url: format!("https://127.0.0.1{PATH}").parse()?, secret: Some(SECRET.into()) };
    config.webhook = Some(hook);
    let ports = Ports::new(Arc::clone(&store) as _, Arc::new(Nobody), Arc::new(MachineClock));
    let hook = Telegram::new(config, ports)?.webhook().ok_or("there is a webhook")?;
    let (metrics, clock) = (telemetry::start_metrics()?, Arc::new(MachineClock));
    let web = Web::new(WebConfig::default(), Arc::clone(&store) as _, Arc::new(Nobody), metrics, clock);
    let web = web.with_hook(Arc::new(Mounted(hook)));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let (address, stop) = (listener.local_addr()?, CancellationToken::new());
    let (mut serving, stopped) = (JoinSet::new(), stop.clone());
    serving.spawn(async move { web.serve(listener, stopped).await });
    let measured = post_all(&format!("http://{address}{PATH}"), updates, connections).await?;
    stop.cancel();
    let kept = store.inbox_backlog().await?.waiting;
    if kept != updates as u64 {
        return Err(format!("{kept} of {updates} updates are kept").into());
    }
    Ok(measured)
}

async fn bare(file: &Path, updates: usize, connections: usize) -> Result<(Times, Duration), Error> {
    // The table is the same one, made by the same migrations.
    SqliteStore::open(&format!("sqlite://{}", file.display())).await?.close().await?;
    let options = SqliteConnectOptions::new().filename(file).busy_timeout(Duration::from_secs(10));
    let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    let app = Router::new().route(PATH, post(keep)).with_state(pool.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let mut serving = JoinSet::new();
    serving.spawn(async move { axum::serve(listener, app).await });
    let measured = post_all(&format!("http://{address}{PATH}"), updates, connections).await?;
    let kept: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM inbox").fetch_one(&pool).await?;
    if u64::try_from(kept)? != updates as u64 {
        return Err(format!("{kept} of {updates} rows are there").into());
    }
    Ok(measured)
}

async fn keep(State(pool): State<SqlitePool>, body: Bytes) -> StatusCode {
    let Ok(update) = serde_json::from_slice::<Value>(&body) else { return StatusCode::BAD_REQUEST };
    let kept = sqlx::query(INSERT)
        .bind(format!("telegram:{}", update["update_id"]))
        .bind(update["message"]["chat"]["id"].to_string())
        .bind(update.to_string())
        .bind(MachineClock.now().as_millisecond())
        .execute(&pool)
        .await;
    if kept.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// Posts all updates, the connections side by side; returns how long each took, and all of them.
async fn post_all(url: &str, updates: usize, connections: usize) -> Result<(Times, Duration), Error> {
    let client = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build()?;
    let begun = Instant::now();
    let mut posting = JoinSet::new();
    for connection in 0..connections {
        let (client, url) = (client.clone(), url.to_owned());
        posting.spawn(async move {
            let mut times = Times::default();
            for number in (connection..updates).step_by(connections) {
                let request = client.post(&url).header(Webhook::SECRET_HEADER, SECRET).body(update(number));
                let posted = Instant::now();
                request.send().await?.error_for_status()?;
                times.add(posted.elapsed());
            }
            Ok::<_, reqwest::Error>(times)
        });
    }
    let mut times = Times::default();
    while let Some(done) = posting.join_next().await {
        times.extend(done??);
    }
    Ok((times, begun.elapsed()))
}

/// A message as Telegram brings it.
fn update(number: usize) -> String {
    let person =
        json!({ "id": 1000 + number % 500, "is_bot": false, "first_name": "企业", "language_code": "zh-hans" });
    let chat = json!({ "id": 1000 + number % 500, "first_name": "企业", "type": "private" });
    let message = json!({ "message_id": number, "from": person, "chat": chat, "date": 1_795_400_000, "text": "高企认定要什么材料" });
    json!({ "update_id": number, "message": message }).to_string()
}
