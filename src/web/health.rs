//! Is it alive, can it serve, and how is it doing.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use serde::Serialize;
use tokio::time::timeout;

use super::Web;
use super::turn::chain;
use crate::desk::ports::{Backlog, SemanticVariant, StoreError};

/// A store that takes longer does not answer.
const STORE_LIMIT: Duration = Duration::from_secs(3);

/// A message that has waited longer is stuck: received, but not handled.
const STUCK_AFTER_SECS: i64 = 10 * 60;

#[derive(Serialize)]
struct ReadyRecord {
    ready: bool,
    /// Which database the state is in: `sqlite` or `postgresql`.
    database: &'static str,
    /// The edition that answers.
    edition: Option<u32>,
    /// The edition that was published last; another one than `edition` while it is being taken over.
    published_edition: Option<u32>,
    inbox: Option<BacklogRecord>,
    outbox: Option<BacklogRecord>,
    /// Whether meanings are compared just now.
    semantic: bool,
    /// What they are compared with: `lexical` (words only), `model` or `endpoint`.
    semantic_variant: &'static str,
    /// Why it is not ready.
    reasons: Vec<&'static str>,
    /// What somebody should look at; it serves all the same.
    warnings: Vec<&'static str>,
}

#[derive(Serialize)]
struct BacklogRecord {
    waiting: u64,
    oldest_secs: Option<i64>,
    dead: u64,
}

impl BacklogRecord {
    fn new(backlog: Backlog, now: Timestamp) -> Self {
        let oldest_secs = backlog.oldest.map(|oldest| now.duration_since(oldest).as_secs().max(0));
        Self { waiting: backlog.waiting, oldest_secs, dead: backlog.dead }
    }

    fn is_stuck(&self) -> bool {
        self.oldest_secs.is_some_and(|secs| secs > STUCK_AFTER_SECS)
    }
}

/// What the store says of itself.
struct StoreState {
    published_edition: Option<u32>,
    inbox: BacklogRecord,
    outbox: BacklogRecord,
}

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> Response {
    Json(serde_json::json!({"status": "ok"})).into_response()
}

/// `GET /readyz`: 200 when the store answers and an edition is serving, otherwise 503 with reasons.
pub(super) async fn ready(State(web): State<Web>) -> Response {
    let edition = web.0.assistant.edition();
    let state = web.store_state().await;
    let mut reasons = Vec::new();
    if edition.is_none() {
        reasons.push("no edition is serving");
    }
    if state.is_none() {
        reasons.push("the store does not answer");
    }
    let mut warnings = Vec::new();
    if let Some(state) = &state {
        for (is_odd, warning) in [
            (state.inbox.is_stuck(), "received messages wait for being handled"),
            (state.outbox.is_stuck(), "answers wait for being sent"),
            (state.inbox.dead > 0, "received messages were given up"),
            (state.outbox.dead > 0, "answers were given up"),
            (
                edition.is_some() && state.published_edition.is_some_and(|published| Some(published) != edition),
                "the published edition is not taken over yet",
            ),
        ] {
            if is_odd {
                warnings.push(warning);
            }
        }
    }
    let (published_edition, inbox, outbox) = match state {
        Some(state) => (state.published_edition, Some(state.inbox), Some(state.outbox)),
        None => (None, None, None),
    };
    let ready = reasons.is_empty();
    let variant = web.0.assistant.semantic();
    let (semantic, semantic_variant) = (variant != SemanticVariant::Lexical, variant.into());
    let record = ReadyRecord {
        ready,
        database: web.0.config.database,
        edition,
        published_edition,
        inbox,
        outbox,
        semantic,
        semantic_variant,
        reasons,
        warnings,
    };
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(record)).into_response()
}

/// `GET /metrics`: for Prometheus.
pub(super) async fn metrics(State(web): State<Web>) -> Response {
    let state = web.store_state().await;
    metrics::gauge!("zhengqitong_store_up").set(if state.is_some() { 1.0 } else { 0.0 });
    metrics::gauge!("zhengqitong_edition").set(web.0.assistant.edition().map_or(0.0, f64::from));
    if let Some(state) = state {
        set_backlog("inbox", &state.inbox);
        set_backlog("outbox", &state.outbox);
        metrics::gauge!("zhengqitong_published_edition").set(state.published_edition.map_or(0.0, f64::from));
    }
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], web.0.prometheus.render()).into_response()
}

#[expect(clippy::cast_precision_loss, reason = "counts and ages stay far below 2^52")]
fn set_backlog(queue: &'static str, backlog: &BacklogRecord) {
    metrics::gauge!("zhengqitong_waiting_messages", "queue" => queue).set(backlog.waiting as f64);
    metrics::gauge!("zhengqitong_dead_messages", "queue" => queue).set(backlog.dead as f64);
    metrics::gauge!("zhengqitong_oldest_message_age_seconds", "queue" => queue)
        .set(backlog.oldest_secs.unwrap_or(0) as f64);
}

impl Web {
    async fn store_state(&self) -> Option<StoreState> {
        match timeout(STORE_LIMIT, self.read_store_state()).await {
            Ok(Ok(state)) => Some(state),
            Ok(Err(cause)) => {
                tracing::warn!(error = chain(&cause), "the store does not answer");
                None
            }
            Err(_elapsed) => {
                tracing::warn!("the store does not answer in time");
                None
            }
        }
    }

    async fn read_store_state(&self) -> Result<StoreState, StoreError> {
        let (store, now) = (&self.0.store, self.0.clock.now());
        Ok(StoreState {
            published_edition: store.serving_number().await?,
            inbox: BacklogRecord::new(store.inbox_backlog().await?, now),
            outbox: BacklogRecord::new(store.outbox_backlog().await?, now),
        })
    }
}

/// Says what the numbers mean.
pub(super) fn describe_metrics() {
    describe_counter!("zhengqitong_turns_total", "Handled messages by channel and status");
    describe_counter!("zhengqitong_turn_failures_total", "Attempts to handle a message that failed");
    describe_counter!("zhengqitong_rate_limited_total", "Requests refused because there were too many");
    describe_histogram!("zhengqitong_http_request_duration_seconds", Unit::Seconds, "HTTP requests");
    describe_histogram!("zhengqitong_turn_duration_seconds", Unit::Seconds, "Handling a message, commit included");
    describe_counter!("zhengqitong_store_faults_total", "What the store failed in, by kind");
    describe_histogram!("zhengqitong_ask_duration_seconds", Unit::Seconds, "Questions of programs");
    describe_counter!("zhengqitong_meanings_total", "Questions whose meaning was asked for, by whom and how it went");
    describe_histogram!("zhengqitong_meaning_duration_seconds", Unit::Seconds, "Reading a question with the model");
    describe_gauge!("zhengqitong_store_up", "Whether the store answers");
    describe_gauge!("zhengqitong_edition", "The serving edition; 0 when there is none");
    describe_gauge!("zhengqitong_published_edition", "The edition that was published last; 0 when there is none");
    describe_gauge!("zhengqitong_waiting_messages", "Messages waiting in inbox and outbox");
    describe_counter!("zhengqitong_feedback_total", "Verdicts on answers by kind; a changed mind counts again");
    describe_gauge!("zhengqitong_questions_kept", "Questions kept to learn from that nobody has settled");
    describe_gauge!("zhengqitong_question_groups_waiting", "Groups of such questions without a draft");
    describe_gauge!("zhengqitong_dead_messages", "Messages that were given up");
    describe_gauge!("zhengqitong_oldest_message_age_seconds", Unit::Seconds, "Age of the oldest waiting message");
}
