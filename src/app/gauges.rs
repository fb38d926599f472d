//! What waits for people, counted for whoever watches the service.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::house::House;
use crate::desk::knowledge::Shelf;
use crate::desk::learning;
use crate::desk::service::Desk;

/// What waits to be learned from is counted, and what was kept for long enough is deleted, this often.
const QUESTIONS_COUNTED_EVERY: Duration = Duration::from_mins(5);

/// Open tickets are counted this often.
const TICKETS_COUNTED_EVERY: Duration = Duration::from_mins(1);

/// Counts open tickets by state and card until `stop`. Every process counts all of them.
pub(super) async fn watch_tickets(desk: Arc<Desk>, stop: CancellationToken) {
    metrics::describe_gauge!("zhengqitong_open_tickets", "Open tickets by state and by the worst card they were shown");
    let mut tick = tokio::time::interval(TICKETS_COUNTED_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        match desk.open_tickets().await {
            Ok(counts) => {
                for ((state, card), open) in counts {
                    let (state, card): (&'static str, _) = (state.into(), card.map_or("none", Into::into));
                    metrics::gauge!("zhengqitong_open_tickets", "state" => state, "card" => card).set(number(open));
                }
            }
            Err(cause) => tracing::error!(error = %cause, "open tickets could not be counted; trying again"),
        }
    }
}

/// Sweeps old questions and counts the groups that wait for somebody.
pub(super) async fn watch_questions(house: House, shelf: Arc<Shelf>, stop: CancellationToken) {
    let mut tick = tokio::time::interval(QUESTIONS_COUNTED_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(cause) = count_questions(&house, &shelf).await {
            tracing::error!(error = format!("{cause:#}"), "kept questions could not be counted; trying again");
        }
    }
}

async fn count_questions(house: &House, shelf: &Shelf) -> anyhow::Result<()> {
    let swept = house.sweep_questions().await?;
    if swept > 0 {
        tracing::info!(swept, "questions kept for long enough were deleted");
    }
    let (questions, edition, now) = (house.store.open_questions().await?, shelf.current(), house.clock.now());
    metrics::gauge!("zhengqitong_questions_kept").set(number(questions.len()));
    let groups = tokio::task::spawn_blocking(move || learning::group(questions, &edition.base, now)).await?;
    let waiting = groups.iter().filter(|group| group.is_waiting()).count();
    metrics::gauge!("zhengqitong_question_groups_waiting").set(number(waiting));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub(super) fn number(count: usize) -> f64 {
    count as f64
}
