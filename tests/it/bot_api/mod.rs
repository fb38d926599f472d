//! The fake Telegram, seen through a real teloxide `Bot`: what it answers must parse, and what goes
//! wrong must arrive as the right teloxide error.

mod faults; // each planned fault, and the flood limits
mod messages; // sends, edits, files, and what is refused
mod people; // persons and transcripts
mod polling; // getUpdates
mod server; // addresses, encodings, profile, stop and restart
mod topics; // topics of a group
mod webhook; // delivery with secret and retry

use serde_json::{Value, json};
use teloxide::Bot;

use crate::support::bot_api::FakeBotApi;

/// A teloxide bot that talks to the fake server.
fn bot(telegram: &FakeBotApi) -> Bot {
    Bot::new(telegram.token()).set_api_url(telegram.url().parse().expect("it is an address"))
}

/// Calls a method without teloxide and returns the whole answer.
async fn call(telegram: &FakeBotApi, method: &str, body: Value) -> Value {
    let url = format!("{}/bot{}/{method}", telegram.url(), telegram.token());
    let response = reqwest::Client::new().post(url).json(&body).send().await;
    response.expect("the server answers").json().await.expect("answers are JSON")
}

/// What a refused call says; `"ok"` for one that was not refused.
async fn refusal(telegram: &FakeBotApi, method: &str, body: Value) -> String {
    let answer = call(telegram, method, body).await;
    answer["description"].as_str().unwrap_or("ok").to_owned()
}

fn callback_keyboard(text: &str, data: &str) -> Value {
    json!({ "inline_keyboard": [[{ "text": text, "callback_data": data }]] })
}
