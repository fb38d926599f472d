//! Webhooks: the settings, and the delivery with retries.
//!
//! Left out: parallel delivery (the real server opens up to `max_connections`), certificates, the
//! rule that the address is HTTPS, and methods called in the body of the bot's answer.

#![expect(clippy::unnecessary_wraps, reason = "all methods share one signature")]

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    call::Params,
    chats::now,
    reply::{Refusal, Reply},
    state::{Shared, State},
};

const SECRET_HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";
const MAX_SECRET: usize = 256;
/// How long the bot may take over one update.
const ANSWER_BOUND: Duration = Duration::from_secs(10);
/// The first pause after a failed delivery; it doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The webhook as it was set.
#[derive(Debug, Default)]
pub(super) struct Webhook {
    /// Empty while there is none.
    url: String,
    secret: String,
    max_connections: Option<i64>,
    last_error: Option<(i64, String)>,
}

impl Webhook {
    pub(super) fn is_set(&self) -> bool {
        !self.url.is_empty()
    }
}

pub(super) fn set(state: &mut State, params: &Params) -> Reply {
    let url = params.text("url");
    if url.is_empty() {
        return delete(state, params);
    }
    if reqwest::Url::parse(url).is_err() {
        return Err(Refusal::bad_request("invalid webhook URL specified"));
    }
    let secret = params.text("secret_token");
    if secret.len() > MAX_SECRET {
        return Err(Refusal::bad_request("secret token is too long"));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !secret.chars().all(allowed) {
        return Err(Refusal::bad_request("secret token contains unallowed characters"));
    }
    state.updates.allow(params.value("allowed_updates"));
    drop_pending(state, params);
    state.webhook = Webhook {
        url: url.to_owned(),
        secret: secret.to_owned(),
        max_connections: params.integer("max_connections"),
        last_error: None,
    };
    Ok(true.into())
}

pub(super) fn delete(state: &mut State, params: &Params) -> Reply {
    drop_pending(state, params);
    state.webhook = Webhook::default();
    Ok(true.into())
}

fn drop_pending(state: &mut State, params: &Params) {
    if params.flag("drop_pending_updates") {
        state.updates.forget_all();
    }
}

pub(super) fn info(state: &mut State, _: &Params) -> Reply {
    let mut info = json!({
        "url": state.webhook.url,
        "has_custom_certificate": false,
        "pending_update_count": state.updates.unconfirmed(),
    });
    if state.webhook.is_set() {
        info["max_connections"] = state.webhook.max_connections.unwrap_or(40).into();
        info["ip_address"] = "127.0.0.1".into();
    }
    if let Some((date, why)) = &state.webhook.last_error {
        info["last_error_date"] = (*date).into();
        info["last_error_message"] = why.as_str().into();
    }
    if let Some(kinds) = state.updates.allowed() {
        info["allowed_updates"] = kinds.into();
    }
    Ok(info)
}

/// One update on its way to the bot.
struct Delivery {
    url: String,
    secret: String,
    update: Value,
}

/// Delivers updates to the webhook, one after the other, for as long as the server runs.
///
/// An update that the bot does not answer with 2xx stays first in the queue and is tried again.
pub(super) async fn deliver(shared: Arc<Shared>) {
    // A proxy from the environment would look for the test's own port elsewhere.
    let client = reqwest::Client::builder().no_proxy().timeout(ANSWER_BOUND).build();
    let client = client.expect("a client without TLS settings can be built");
    let mut pause = FIRST_PAUSE;
    loop {
        let Some(delivery) = shared.wait_until(Duration::MAX, |state| next(state)).await else {
            continue;
        };
        match post(&client, &delivery).await {
            Ok(()) => {
                pause = FIRST_PAUSE;
                shared.change(|state| state.updates.confirm(&delivery.update));
            }
            Err(why) => {
                shared.change(|state| state.webhook.last_error = Some((now(), why)));
                sleep(pause).await;
                pause = LONGEST_PAUSE.min(pause * 2);
            }
        }
    }
}

fn next(state: &State) -> Option<Delivery> {
    let Webhook { url, secret, .. } = &state.webhook;
    let update = state.updates.first().filter(|_| state.webhook.is_set())?;
    Some(Delivery { url: url.clone(), secret: secret.clone(), update: update.clone() })
}

async fn post(client: &reqwest::Client, delivery: &Delivery) -> Result<(), String> {
    let mut request = client.post(&delivery.url).json(&delivery.update);
    if !delivery.secret.is_empty() {
        request = request.header(SECRET_HEADER, &delivery.secret);
    }
    let response = request.send().await.map_err(|_| "Connection refused".to_owned())?;
    let status = response.status();
    if status.is_success() { Ok(()) } else { Err(format!("Wrong response from the webhook: {status}")) }
}
