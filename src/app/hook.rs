//! Telegram's webhook behind the web server: the one has the HTTP, the other knows what it means.

use std::sync::Arc;

use async_trait::async_trait;

use super::Misuse;
use crate::channel::telegram::{Delivery, Webhook};
use crate::config::Config;
use crate::web::{self, Hook, Taken};

/// The webhook as the web server mounts it.
pub(super) struct TelegramHook(pub(super) Arc<Webhook>);

#[async_trait]
impl Hook for TelegramHook {
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

/// Refuses an address whose path leads to one of our own pages.
pub(super) fn check(config: &Config) -> Result<(), Misuse> {
    let webhook = config.telegram.as_ref().and_then(|telegram| telegram.webhook.as_ref());
    match webhook {
        Some(webhook) if web::is_taken(webhook.url.path()) => Err(Misuse(format!(
            "telegram.webhook_url：路径 {} 是本服务自己的页面，请换一个，例如 /telegram",
            webhook.url.path()
        ))),
        _ => Ok(()),
    }
}
