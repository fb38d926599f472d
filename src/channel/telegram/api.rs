//! Calls of the Bot API that are read more leniently than the client library reads them.
//!
//! The library knows the types of one version of the Bot API and refuses answers that differ. What must not fail for such a
//! reason is called here with the least that we need of its answer.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use teloxide::Bot;
use teloxide::payloads::SendMessage;
use teloxide::requests::{JsonRequest, Payload, Request};

use super::TelegramConfig;
use super::fault::Fault;

/// Waiting for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Waiting for an answer: longer than a long poll, and than the ten seconds that the library sleeps after a 5xx.
pub(super) const ANSWER: Duration = Duration::from_secs(25);

/// Which updates we want; the others are not sent to us.
const KINDS: [&str; 4] = ["message", "edited_message", "callback_query", "my_chat_member"];

/// So many deliveries to the webhook at a time; Telegram's own default.
const HOOK_CONNECTIONS: u32 = 40;

/// Why the adapter cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The address of the Bot API cannot be the base of another one.
    #[error("the address of the Bot API must look like https://api.telegram.org")]
    Address,
    /// The HTTP client could not be built.
    #[error("could not set up the HTTP client")]
    Client(#[source] reqwest::Error),
}

/// Builds the client with our own limits.
pub(super) fn bot(config: &TelegramConfig) -> Result<Bot, SetupError> {
    use secrecy::ExposeSecret;

    let client = reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .timeout(ANSWER)
        .tcp_nodelay(true)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| SetupError::Client(error.without_url()))?;
    let bot = Bot::with_client(config.token.expose_secret(), client);
    let Some(mut url) = config.api_url.clone() else { return Ok(bot) };
    url.path_segments_mut().map_err(|()| SetupError::Address)?.pop_if_empty();
    Ok(bot.set_api_url(url))
}

/// Calls a method and sorts its error.
pub(super) async fn call<P>(bot: &Bot, payload: P) -> Result<P::Output, Fault>
where
    P: Payload + Serialize + 'static,
    P::Output: serde::de::DeserializeOwned,
{
    JsonRequest::new(bot.clone(), payload).send().await.map_err(sorted)
}

/// Sorts and counts an error of the client.
pub(super) fn sorted(error: teloxide::RequestError) -> Fault {
    let fault = Fault::from(error);
    fault.count();
    fault
}

/// `getUpdates`, with the updates as they came.
#[derive(Clone, Debug, Serialize)]
pub(super) struct GetRawUpdates {
    offset: i64,
    timeout: u64,
    allowed_updates: [&'static str; 4],
}

impl GetRawUpdates {
    pub(super) fn new(offset: i64, timeout: Duration) -> Self {
        Self { offset, timeout: timeout.as_secs(), allowed_updates: KINDS }
    }
}

impl Payload for GetRawUpdates {
    type Output = Vec<Value>;

    const NAME: &'static str = "GetUpdates";

    fn timeout_hint(&self) -> Option<Duration> {
        Some(Duration::from_secs(self.timeout))
    }
}

/// `setWebhook`; waiting updates are kept.
#[derive(Clone, Serialize)]
pub(super) struct SetHook {
    url: String,
    secret_token: String,
    allowed_updates: [&'static str; 4],
    max_connections: u32,
}

impl SetHook {
    pub(super) fn new(url: &str, secret: &str) -> Self {
        let (url, secret_token) = (url.to_owned(), secret.to_owned());
        Self { url, secret_token, allowed_updates: KINDS, max_connections: HOOK_CONNECTIONS }
    }
}

impl Payload for SetHook {
    type Output = Value;

    const NAME: &'static str = "SetWebhook";
}

/// `getWebhookInfo`.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct HookInfo {}

impl Payload for HookInfo {
    type Output = Hook;

    const NAME: &'static str = "GetWebhookInfo";
}

/// What Telegram knows of the webhook.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Hook {
    /// Empty where there is none.
    pub(super) url: String,
    pub(super) pending_update_count: u64,
    /// In seconds.
    pub(super) last_error_date: Option<i64>,
    last_error_message: Option<String>,
}

impl Hook {
    /// What went wrong last, in Telegram's words, of which not too many.
    pub(super) fn failure(&self) -> String {
        self.last_error_message.iter().flat_map(|words| words.chars()).take(200).collect()
    }
}

/// `sendMessage`; a message that was sent must not count as failed because its echo has a field that nobody knows.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub(super) struct Send(pub(super) SendMessage);

impl Payload for Send {
    type Output = Sent;

    const NAME: &'static str = "SendMessage";
}

/// Methods that send something besides text, with the parameters as they go out.
macro_rules! sending {
    ($($method:ident)*) => {$(
        #[doc = concat!("`", stringify!($method), "`.")]
        #[derive(Clone, Debug, Serialize)]
        #[serde(transparent)]
        pub(super) struct $method(pub(super) Value);

        impl Payload for $method {
            type Output = Sent;

            const NAME: &'static str = stringify!($method);
        }
    )*};
}

sending! { SendPhoto SendAnimation SendDocument SendVoice SendVideo SendVideoNote SendAudio SendLocation }

/// Methods about the threads of a group; only opening one gives back something that we need.
macro_rules! threads {
    ($($method:ident -> $output:ty)*) => {$(
        #[doc = concat!("`", stringify!($method), "`.")]
        #[derive(Clone, Debug, Serialize)]
        #[serde(transparent)]
        pub(super) struct $method(pub(super) Value);

        impl Payload for $method {
            type Output = $output;

            const NAME: &'static str = stringify!($method);
        }
    )*};
}

threads! { CreateForumTopic -> OpenedThread CloseForumTopic -> Value ReopenForumTopic -> Value }

/// A thread that was opened.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct OpenedThread {
    pub(super) message_thread_id: i64,
}

/// A sent message.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Sent {
    pub(super) message_id: i64,
}

/// `getMe`.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct WhoAmI {}

impl Payload for WhoAmI {
    type Output = Me;

    const NAME: &'static str = "GetMe";
}

/// The bot itself.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Me {
    pub(super) id: u64,
    pub(super) username: Option<String>,
}
