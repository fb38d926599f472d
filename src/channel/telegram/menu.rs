//! What people see before they write: the list of commands and the description.

use std::time::Duration;

use strum::IntoEnumIterator;
use teloxide::Bot;
use teloxide::payloads::{SetMyDescriptionSetters, SetMyShortDescriptionSetters};
use teloxide::requests::Requester;
use teloxide::types::BotCommand;
use tokio_util::sync::CancellationToken;

use super::api;
use super::backoff::Backoff;
use super::fault::Fault;
use crate::desk::command::Command;
use crate::desk::wording::talk;

/// Telegram's limits, in characters.
const MAX_DESCRIPTION: usize = 512;
const MAX_SHORT_DESCRIPTION: usize = 120;

const AGAIN: Backoff = Backoff { first: Duration::from_secs(5), most: Duration::from_mins(10) };

/// Publishes them, however long it takes, then waits for the stop.
pub(super) async fn run(bot: Bot, stop: CancellationToken) {
    let mut failures = 0;
    while !stop.is_cancelled() {
        let wait = match stop.run_until_cancelled(publish(&bot)).await {
            None => return,
            Some(Ok(())) => return stop.cancelled().await,
            Some(Err(Fault::Flood(secs))) => Duration::from_secs(secs.into()),
            Some(Err(fault)) => {
                failures += 1;
                tracing::debug!(class = fault.class(), "the menu was not set; trying again");
                AGAIN.after(failures)
            }
        };
        let _stopped = stop.run_until_cancelled(tokio::time::sleep(wait)).await;
    }
}

async fn publish(bot: &Bot) -> Result<(), Fault> {
    let commands = Command::iter().filter(|command| command.is_for_companies());
    let commands = commands.map(|command| BotCommand::new(command.to_string(), talk::describe(command)));
    bot.set_my_commands(commands).await.map_err(api::sorted)?;
    let welcome = talk::welcome();
    bot.set_my_description().description(head(&welcome, MAX_DESCRIPTION)).await.map_err(api::sorted)?;
    let first_line = welcome.lines().next().unwrap_or_default();
    bot.set_my_short_description()
        .short_description(head(first_line, MAX_SHORT_DESCRIPTION))
        .await
        .map_err(api::sorted)?;
    Ok(())
}

fn head(text: &str, max_chars: usize) -> String {
    text.chars().take(max_chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wording_fits_telegrams_limits() {
        let welcome = talk::welcome();
        assert!(welcome.chars().count() <= MAX_DESCRIPTION);
        assert!(welcome.lines().next().unwrap().chars().count() <= MAX_SHORT_DESCRIPTION);
        for command in Command::iter() {
            let name = command.to_string();
            assert!(name.len() <= 32 && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
            assert!((1..=256).contains(&talk::describe(command).chars().count()));
        }
    }
}
