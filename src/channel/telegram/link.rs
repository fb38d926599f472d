//! Whether Telegram is reached, told once per change.

use tokio::sync::watch;

use super::fault::Fault;

/// The state of the connection to Telegram, for health pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Nothing was asked yet.
    #[default]
    Starting,
    /// Updates arrive.
    Up,
    /// Another process fetches them.
    StandingBy,
    /// Updates do not arrive.
    Down(Fault),
}

/// Keeps the state and says when it changes.
pub(super) struct Reporter(watch::Sender<Link>);

impl Reporter {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Link::Starting))
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Link> {
        self.0.subscribe()
    }

    pub(super) fn up(&self) {
        if self.changes(Link::Up) {
            tracing::info!("Telegram is reached, updates arrive");
        }
    }

    pub(super) fn stands_by(&self) {
        if self.changes(Link::StandingBy) {
            tracing::info!("another process fetches the updates from Telegram; standing by");
        }
    }

    pub(super) fn down(&self, fault: &Fault) {
        if !self.changes(Link::Down(fault.clone())) {
            return;
        }
        match fault {
            Fault::WrongToken | Fault::Conflict(_) | Fault::Refused(_) => {
                tracing::error!(class = fault.class(), "no updates from Telegram: {fault}");
            }
            _ => tracing::warn!(class = fault.class(), "no updates from Telegram: {fault}"),
        }
    }

    /// Stores the state; true when it is another one. Faults of one class are one state.
    fn changes(&self, link: Link) -> bool {
        metrics::gauge!("zhengqitong_telegram_up").set(if matches!(link, Link::Up | Link::StandingBy) {
            1.0
        } else {
            0.0
        });
        self.0.send_if_modified(|current| {
            let is_same = match (&*current, &link) {
                (Link::Down(before), Link::Down(now)) => before.class() == now.class(),
                (before, now) => before == now,
            };
            *current = link;
            !is_same
        })
    }
}
