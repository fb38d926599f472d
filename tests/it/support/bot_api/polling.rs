//! `getUpdates`: the long poll.

use std::time::Duration;

use serde_json::Value;

use super::{
    call::Params,
    reply::{Refusal, Reply},
    state::{Shared, State},
};

/// The real server never waits longer, whatever it is asked for.
const MAX_TIMEOUT_SECS: i64 = 50;
const MAX_LIMIT: i64 = 100;

/// Confirms what is below the offset, then waits for something to deliver.
///
/// Of two polls at a time the *older* one is refused with 409, for that is how Telegram makes the
/// newer process win.
pub(super) async fn get_updates(shared: &Shared, params: &Params) -> Reply {
    let limit = params.integer("limit").unwrap_or(MAX_LIMIT).clamp(1, MAX_LIMIT);
    let limit = usize::try_from(limit).expect("clamped to 100");
    let secs = params.integer("timeout").unwrap_or(0).clamp(0, MAX_TIMEOUT_SECS);
    let bound = Duration::from_secs(secs.unsigned_abs());

    let poll = shared.change(|state| begin(state, params))?;
    let outcome = shared.wait_until(bound, |state| {
        if let Some(conflict) = conflict(state, poll) {
            return Some(Err(conflict));
        }
        let batch = state.updates.batch(limit);
        (!batch.is_empty()).then(|| Ok(Value::from(batch)))
    });
    outcome.await.unwrap_or_else(|| Ok(Value::Array(Vec::new())))
}

/// Returns the poll's number.
fn begin(state: &mut State, params: &Params) -> Result<u64, Refusal> {
    if state.webhook.is_set() {
        return Err(Refusal::new(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to \
             delete the webhook first",
        ));
    }
    state.updates.allow(params.value("allowed_updates"));
    state.updates.move_to(params.integer("offset").unwrap_or(0));
    Ok(state.updates.begin_poll())
}

fn conflict(state: &State, poll: u64) -> Option<Refusal> {
    let by = if state.webhook.is_set() {
        "setWebhook request"
    } else if state.updates.is_newest_poll(poll) {
        return None;
    } else {
        "other getUpdates request; make sure that only one bot instance is running"
    };
    Some(Refusal::new(409, format!("Conflict: terminated by {by}")))
}
