//! The other way to get updates: Telegram brings them.
//!
//! An update is answered with success once it is stored, so Telegram brings again what did not get that far. Who posts proves by
//! a secret that it is Telegram. Every process registers the same address with the same secret, which changes nothing after the first.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use teloxide::Bot;
use tokio_util::sync::CancellationToken;

use super::api::{self, SetHook};
use super::arrivals::{Arrivals, received};
use super::backoff::Backoff;
use super::chain;
use super::fault::Fault;
use super::link::Reporter;

/// What the secret is derived for; another use of the token would have another label.
const LABEL: &[u8] = b"zhengqitong: secret of the Telegram webhook";

/// The store has so long before Telegram is asked to come again.
const STORE_LIMIT: Duration = Duration::from_secs(8);

const AGAIN: Backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_mins(1) };
/// Somebody may have removed or replaced the registration: it is looked at this often.
const LOOK_EVERY: Duration = Duration::from_mins(2);

/// Where Telegram is to bring updates.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// The public address.
    pub url: Url,
    /// What Telegram is to show. Where there is none it is derived from the token, so that all processes agree without being told.
    pub secret: Option<SecretString>,
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It is stored, now or before.
    Stored,
    /// It is no update: not JSON, or without a number.
    ///
    /// Everything that Telegram brings is one, so it was damaged on its way. It must be refused: Telegram then brings it again,
    /// whole perhaps, tells of it in `getWebhookInfo`, and gives up by itself after a day. To call it a success would lose it.
    Damaged,
    /// It could not be stored: to be brought again.
    NotStored,
}

/// The receiving end, to be reached by HTTP.
pub struct Webhook {
    path: String,
    secret: SecretString,
    arrivals: Arrivals,
}

impl Webhook {
    /// The header in which Telegram shows the secret.
    pub const SECRET_HEADER: &'static str = "x-telegram-bot-api-secret-token";

    pub(super) fn new(config: &WebhookConfig, token: &SecretString, arrivals: Arrivals) -> Self {
        let secret = config.secret.clone().unwrap_or_else(|| derived(token));
        Self { path: config.url.path().to_owned(), secret, arrivals }
    }

    /// The path of the address, as it was registered.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether `shown` is the secret; takes as long for a nearly right one as for any other.
    pub fn admits(&self, shown: &[u8]) -> bool {
        self.secret.expose_secret().as_bytes().ct_eq(shown).into()
    }

    /// Stores what was brought; durable when it says so.
    pub async fn take(&self, body: &[u8]) -> Delivery {
        let update = serde_json::from_slice::<Value>(body).ok();
        let Some(update) = update.and_then(|update| received(&update, self.arrivals.now())) else {
            tracing::error!(bytes = body.len(), "the webhook was brought something that is no update; refused");
            return Delivery::Damaged;
        };
        match tokio::time::timeout(STORE_LIMIT, self.arrivals.store(&[update])).await {
            Ok(Ok(())) => Delivery::Stored,
            Ok(Err(error)) => {
                tracing::error!(cause = chain(&error), "an update cannot be stored, so Telegram keeps it");
                Delivery::NotStored
            }
            Err(_elapsed) => {
                tracing::error!("an update cannot be stored in time, so Telegram keeps it");
                Delivery::NotStored
            }
        }
    }
}

/// A secret of the characters that Telegram takes, which says nothing of the token.
fn derived(token: &SecretString) -> SecretString {
    let mut mac = Hmac::<Sha256>::new_from_slice(token.expose_secret().as_bytes()).expect("a key may have any length");
    mac.update(LABEL);
    let hex =
        mac.finalize().into_bytes().iter().fold(String::with_capacity(64), |hex, byte| format!("{hex}{byte:02x}"));
    SecretString::from(hex)
}

/// Keeps the webhook registered.
pub(super) struct Registrar {
    pub(super) bot: Bot,
    pub(super) url: Url,
    pub(super) webhook: Arc<Webhook>,
    pub(super) link: Arc<Reporter>,
}

impl Registrar {
    /// Registers it, however long that takes, and again whenever it is not there any more, until the stop.
    ///
    /// It stays registered then: what arrives meanwhile is kept by Telegram, or goes to the other processes.
    pub(super) async fn run(self, stop: CancellationToken) {
        stop.run_until_cancelled(self.keep_registered()).await;
    }

    async fn keep_registered(&self) {
        let mut failures = 0;
        loop {
            let outcome = self.register().await;
            let wait = match outcome {
                Ok(()) => {
                    failures = 0;
                    self.link.up();
                    self.watch().await
                }
                Err(fault) => {
                    failures += 1;
                    self.link.down(&fault);
                    match fault {
                        Fault::WrongToken => AGAIN.most,
                        Fault::Flood(secs) => Duration::from_secs(secs.into()),
                        _ => AGAIN.after(failures),
                    }
                }
            };
            tokio::time::sleep(wait).await;
        }
    }

    async fn register(&self) -> Result<(), Fault> {
        let secret = self.webhook.secret.expose_secret();
        api::call(&self.bot, SetHook::new(self.url.as_str(), secret)).await.map(drop)
    }

    /// Looks at the registration now and then; returns how long to wait before it is made again.
    async fn watch(&self) -> Duration {
        let mut told = None;
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let info = match api::call(&self.bot, api::HookInfo {}).await {
                Ok(info) => info,
                Err(fault) => {
                    self.link.down(&fault);
                    return Duration::ZERO;
                }
            };
            if info.url != self.url.as_str() {
                tracing::warn!("somebody has removed or replaced the webhook; registering it again");
                return Duration::ZERO;
            }
            let failed = info.last_error_date.filter(|_| info.pending_update_count > 0);
            if failed.is_some() && failed != told {
                told = failed;
                let (waiting, why) = (info.pending_update_count, info.failure());
                tracing::warn!(waiting, "Telegram could not bring updates to the webhook: {why}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_the_same_everywhere_and_another_for_another_bot() {
        let of = |token: &str| derived(&SecretString::from(token)).expose_secret().to_owned();
        // Changing it would make running processes of two versions refuse each other's registration.
        assert_eq!(of("123:abc"), "d2ecde564a62ea94f731d8802e5ee87889166cbe9ae12cb1cb39163ab463d41a");
        assert_ne!(of("123:abc"), of("124:abc"));
    }
}
