//! Acknowledges pressed buttons, so that they stop spinning. Nothing depends on it, so nothing is repeated.

use futures::StreamExt;
use teloxide::Bot;
use teloxide::requests::Requester;
use teloxide::types::CallbackQueryId;
use tokio::sync::mpsc;

use super::api;

/// So many presses may wait; more are left spinning until Telegram stops them.
const WAITING: usize = 256;
/// So many are acknowledged at a time.
const AT_A_TIME: usize = 8;

/// Where presses are handed in.
#[derive(Clone)]
pub(super) struct Presses(mpsc::Sender<String>);

impl Presses {
    /// Makes the entrance and the queue behind it.
    pub(super) fn new() -> (Self, mpsc::Receiver<String>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), receiver)
    }

    /// Acknowledges a press soon, if at all.
    pub(super) fn acknowledge(&self, id: String) {
        let _full_or_stopped = self.0.try_send(id);
    }
}

/// Acknowledges presses until nobody can hand one in any more.
pub(super) async fn run(bot: Bot, queue: mpsc::Receiver<String>) {
    let presses = futures::stream::unfold(queue, |mut queue| async { Some((queue.recv().await?, queue)) });
    presses
        .for_each_concurrent(AT_A_TIME, |id| {
            let answer = bot.answer_callback_query(CallbackQueryId(id));
            async move {
                if let Err(fault) = answer.await.map_err(api::sorted) {
                    tracing::debug!(class = fault.class(), "a press was not acknowledged");
                }
            }
        })
        .await;
}
