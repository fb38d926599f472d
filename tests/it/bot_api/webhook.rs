//! Webhook delivery, with a bot that is a bare axum handler.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::{Value, json};
use teloxide::{payloads::SetWebhookSetters as _, prelude::Requester as _, types::AllowedUpdate};
use tokio::{net::TcpListener, task::JoinSet};

use super::{bot, refusal};
use crate::support::bot_api::FakeBotApi;

/// What the bot has got so far: the secret and the update's id.
type Got = Arc<Mutex<Vec<(String, u64)>>>;

/// Takes every update, but the first one only at the second time.
async fn take(State(got): State<Got>, headers: HeaderMap, Json(update): Json<Value>) -> StatusCode {
    let secret = headers["X-Telegram-Bot-Api-Secret-Token"].to_str().expect("it is ASCII");
    let mut got = got.lock().expect("nobody panics with it");
    got.push((secret.to_owned(), update["update_id"].as_u64().expect("updates have ids")));
    if got.len() == 1 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
}

#[tokio::test]
async fn refused_update_is_delivered_again_with_the_secret() {
    let telegram = FakeBotApi::start().await;
    let company = telegram.person(1001, "企业");
    let bot = bot(&telegram);
    let got = Got::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let app = Router::new().route("/hook", post(take)).with_state(Arc::clone(&got));
    let mut webhook = JoinSet::new();
    webhook.spawn(async move { axum::serve(listener, app).await });

    let first = u64::from(company.says("一"));
    bot.set_webhook(url.parse().unwrap())
        .secret_token("s3cret")
        .allowed_updates([AllowedUpdate::Message])
        .await
        .unwrap();
    let second = u64::from(company.says_twice("二"));
    telegram.wait_until_confirmed().await;

    let of = |id: u64| ("s3cret".to_owned(), id);
    assert_eq!(*got.lock().unwrap(), [of(first), of(first), of(second), of(second)]);
    let info = bot.get_webhook_info().await.unwrap();
    assert_eq!(info.url.map(String::from), Some(url));
    assert_eq!(info.pending_update_count, 0);
    assert_eq!(info.allowed_updates, Some(vec![AllowedUpdate::Message]));
    let why = info.last_error_message.expect("one delivery failed");
    assert_eq!(why, "Wrong response from the webhook: 503 Service Unavailable");
}

#[tokio::test]
async fn webhook_and_polling_exclude_each_other() {
    let telegram = FakeBotApi::start().await;
    let bot = bot(&telegram);
    let nobody = "http://127.0.0.1:9/hook".parse().unwrap();
    bot.set_webhook(nobody).await.unwrap();
    let refused = refusal(&telegram, "getUpdates", json!({})).await;
    assert!(refused.starts_with("Conflict: can't use getUpdates method while webhook is active"));

    telegram.person(1001, "企业").says("在吗");
    assert_eq!(bot.get_webhook_info().await.unwrap().pending_update_count, 1);
    bot.delete_webhook().await.unwrap();
    assert_eq!(bot.get_webhook_info().await.unwrap().url, None);
    assert_eq!(bot.get_updates().await.unwrap().len(), 1, "nothing was lost");

    let bad = json!({ "url": "https://example.org/", "secret_token": "no spaces" });
    assert_eq!(refusal(&telegram, "setWebhook", bad).await, "Bad Request: secret token contains unallowed characters",);
}
