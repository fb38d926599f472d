//! Raw updates on their way into the inbox, whichever way they came. Nothing is parsed here beyond what names and orders them.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Notify;

use super::{Ports, parse};
use crate::desk::ports::{Received, StoreError};

/// Takes updates in.
#[derive(Clone)]
pub(super) struct Arrivals {
    ports: Arc<Ports>,
    arrived: Arc<Notify>,
}

impl Arrivals {
    pub(super) fn new(ports: Arc<Ports>) -> Self {
        Self { ports, arrived: Arc::default() }
    }

    /// Told when updates were stored.
    pub(super) fn news(&self) -> Arc<Notify> {
        Arc::clone(&self.arrived)
    }

    /// Now.
    pub(super) fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    /// Stores updates; those that are known by their number change nothing.
    pub(super) async fn store(&self, batch: &[Received]) -> Result<(), StoreError> {
        match self.ports.inbox.receive(batch).await {
            Ok(new) => {
                metrics::counter!("zhengqitong_telegram_updates_received_total").increment(new as u64);
                self.arrived.notify_waiters();
                Ok(())
            }
            Err(error) => {
                metrics::counter!("zhengqitong_telegram_store_errors_total").increment(1);
                Err(error)
            }
        }
    }
}

/// An update as it is stored; `None` for what has no number, which no update is without.
pub(super) fn received(update: &Value, at: Timestamp) -> Option<Received> {
    Some(Received {
        id: format!("telegram:{}", parse::number(update)?),
        chat: parse::conversation(update),
        payload: update.to_string(),
        at,
    })
}
