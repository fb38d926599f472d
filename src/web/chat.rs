//! What the page's script calls: say something, and wait for news.
//!
//! Waiting is a long poll: it needs nothing of proxies, and a request that got lost is simply made again.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tokio::time::Instant;

use super::record::Said;
use super::refusal::Refusal;
use super::session::Session;
use super::turn::{Taken, chain};
use super::visitor::Sender;
use super::{Web, wording};
use crate::desk::message::{Button, ChatAddress};
use crate::desk::ports::{OutboxItem, StoreError};
use crate::desk::wording::talk;

/// The longest id a page may give to a message.
const MAX_ID: usize = 64;

/// Something said on the page.
#[derive(Deserialize)]
pub(super) struct SayRecord {
    /// Given by the page; the same id is handled once.
    id: String,
    text: Option<String>,
    press: Option<String>,
    label: Option<String>,
    /// The last outbox number that the page knows.
    after: Option<i64>,
}

#[derive(Deserialize)]
pub(super) struct WaitRecord {
    after: Option<i64>,
}

#[derive(Serialize)]
struct NewsRecord {
    messages: Vec<MessageRecord>,
    /// Said by the page itself, such as that a message is saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
}

#[derive(Serialize)]
struct MessageRecord {
    id: i64,
    text: String,
    buttons: Vec<Vec<Button>>,
}

impl From<OutboxItem> for MessageRecord {
    fn from(item: OutboxItem) -> Self {
        Self { id: item.id, text: item.message.text, buttons: item.message.buttons }
    }
}

/// `POST /chat/messages`: 200 with what there is to read, or 202 when the message is saved but not handled yet.
pub(super) async fn say(
    State(web): State<Web>,
    Sender(visitor): Sender,
    record: Result<Json<SayRecord>, JsonRejection>,
) -> Result<Response, Refusal> {
    let Json(record) = record?;
    check_id(&record.id)?;
    let said = match (&record.press, &record.text) {
        (Some(press), _) => Said::press(press, record.label.as_deref().unwrap_or(press))?,
        (None, Some(text)) => Said::text(text, record.label.as_deref())?,
        (None, None) => return Err(Refusal::invalid("invalid_fields", wording::WRONG_FIELDS)),
    };
    let _place = web.begin()?;
    let chat = visitor.session.chat();
    let after = match record.after {
        Some(after) => after,
        None => web.last_told(&chat).await.map_err(|cause| unsaved(&cause))?,
    };
    let taken = web.take(&visitor.session, &record.id, &said).await.map_err(|cause| unsaved(&cause))?;
    // The message is safe by now: what cannot be read here comes with the next wait.
    let messages = web.0.store.outgoing_since(&chat, after).await.unwrap_or_default();
    let (status, notice) = match taken {
        Taken::Handled => (StatusCode::OK, None),
        Taken::Saved(reference) => (StatusCode::ACCEPTED, Some(talk::failed(&reference))),
    };
    Ok(visitor.welcome_new((status, Json(news(messages, notice))).into_response()))
}

/// `GET /chat/messages?after=N`: what was said after number N, at once or as soon as there is something.
pub(super) async fn wait(
    State(web): State<Web>,
    headers: HeaderMap,
    query: Result<Query<WaitRecord>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(query) = query?;
    let session = Session::of(&headers, web.0.config.secure_cookies)
        .ok_or_else(|| Refusal::new(StatusCode::UNAUTHORIZED, "no_session", wording::NO_SESSION))?;
    let messages = web.wait_for_news(&session.chat(), query.after.unwrap_or(0)).await.map_err(|cause| {
        tracing::warn!(error = chain(&cause), "new web messages could not be read");
        Refusal::unavailable(wording::UNAVAILABLE)
    })?;
    Ok(Json(news(messages, None)).into_response())
}

impl Web {
    /// The number of the last message to a conversation; 0 when there is none.
    pub(super) async fn last_told(&self, chat: &ChatAddress) -> Result<i64, StoreError> {
        let lines = self.0.store.history(chat, super::page::LINES_SHOWN).await?;
        Ok(lines.iter().filter_map(|line| line.outbox_id).max().unwrap_or(0))
    }

    async fn wait_for_news(&self, chat: &ChatAddress, after: i64) -> Result<Vec<OutboxItem>, StoreError> {
        let mut news = self.0.news.subscribe();
        let until = Instant::now() + self.0.config.wait;
        let place = self.0.waiting.try_acquire();
        loop {
            let messages = self.0.store.outgoing_since(chat, after).await?;
            let rest = until.saturating_duration_since(Instant::now());
            if !messages.is_empty() || rest.is_zero() || place.is_err() || self.0.closing.is_cancelled() {
                return Ok(messages);
            }
            tokio::select! {
                () = heard_of(chat, &mut news) => {}
                () = tokio::time::sleep(rest.min(self.0.config.look_every)) => {}
                () = self.0.closing.cancelled() => {}
            }
        }
    }
}

/// Returns when there may be something new for `chat`.
async fn heard_of(chat: &ChatAddress, news: &mut broadcast::Receiver<ChatAddress>) {
    loop {
        match news.recv().await {
            Ok(told) if told == *chat => return,
            Ok(_other) => {}
            Err(broadcast::error::RecvError::Lagged(_)) => return,
            // Cannot happen while the router holds the sender; looking every so often goes on all the same.
            Err(broadcast::error::RecvError::Closed) => tokio::time::sleep(Duration::MAX).await,
        }
    }
}

/// The page's own ids are part of inbox ids.
pub(super) fn check_id(id: &str) -> Result<(), Refusal> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=MAX_ID).contains(&id.len()) && id.bytes().all(is_plain) {
        Ok(())
    } else {
        Err(Refusal::invalid("invalid_id", wording::WRONG_ID))
    }
}

/// The store has nothing of the message.
pub(super) fn unsaved(cause: &StoreError) -> Refusal {
    tracing::error!(error = chain(cause), "a web message could not be stored");
    Refusal::unavailable(wording::NOT_SAVED)
}

fn news(messages: Vec<OutboxItem>, notice: Option<String>) -> NewsRecord {
    NewsRecord { messages: messages.into_iter().map(MessageRecord::from).collect(), notice }
}
