//! What people see before they write: the list of commands and the description.
//!
//! Companies see the commands that are for them; each member of the roster sees theirs in their own chat, from the moment their
//! account is bound. Which chats have a list of their own is remembered in memory only: after a restart the lists are set again,
//! and one that was to be taken away meanwhile stays visible, though its commands do nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use strum::IntoEnumIterator;
use teloxide::Bot;
use teloxide::payloads::{
    DeleteMyCommandsSetters, SetMyCommandsSetters, SetMyDescriptionSetters, SetMyShortDescriptionSetters,
};
use teloxide::requests::Requester;
use teloxide::types::{BotCommand, BotCommandScope, ChatId, True};
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::fault::Fault;
use super::{Ports, api};
use crate::desk::command::Command;
use crate::desk::wording::talk;
use crate::domain::commissioner::Role;

/// Telegram's limits, in characters.
const MAX_DESCRIPTION: usize = 512;
const MAX_SHORT_DESCRIPTION: usize = 120;

const AGAIN: Backoff = Backoff { first: Duration::from_secs(5), most: Duration::from_mins(10) };

/// Publishes them, however long it takes, then keeps the lists of the roster until the stop.
pub(super) async fn run(bot: Bot, ports: Arc<Ports>, look_every: Duration, stop: CancellationToken) {
    let mut failures = 0;
    while !stop.is_cancelled() {
        let wait = match stop.run_until_cancelled(publish(&bot)).await {
            None => return,
            Some(Ok(())) => break,
            Some(Err(Fault::Flood(secs))) => Duration::from_secs(secs.into()),
            Some(Err(fault)) => {
                failures += 1;
                tracing::debug!(class = fault.class(), "the menu was not set; trying again");
                AGAIN.after(failures)
            }
        };
        let _stopped = stop.run_until_cancelled(tokio::time::sleep(wait)).await;
    }
    keep_up(&bot, &ports, look_every, &stop).await;
}

/// Gives every member of the roster the list that fits, and takes it from who has left.
async fn keep_up(bot: &Bot, ports: &Ports, look_every: Duration, stop: &CancellationToken) {
    let mut published: BTreeMap<i64, Role> = BTreeMap::new();
    let mut wait = Duration::ZERO;
    while stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_some() {
        wait = look_every;
        let Ok(roster) = ports.files.roster().await else { continue };
        let wanted: BTreeMap<i64, Role> =
            roster.iter().filter_map(|person| Some((person.telegram_id?, person.role))).collect();
        if let Some(Err(fault)) = stop.run_until_cancelled(publish_lists(bot, &wanted, &mut published)).await {
            tracing::debug!(class = fault.class(), "the roster's commands were not set; trying again");
            wait = AGAIN.after(1).max(look_every);
        }
    }
}

async fn publish_lists(
    bot: &Bot,
    wanted: &BTreeMap<i64, Role>,
    published: &mut BTreeMap<i64, Role>,
) -> Result<(), Fault> {
    for (chat, role) in wanted {
        if published.get(chat) == Some(role) {
            continue;
        }
        let commands = Command::iter().filter(|command| command.is_for(*role));
        let commands = commands.map(|command| BotCommand::new(command.to_string(), talk::describe(command)));
        settled(bot.set_my_commands(commands).scope(scope(*chat)).await.map_err(api::sorted))?;
        published.insert(*chat, *role);
    }
    let gone: Vec<i64> = published.keys().filter(|chat| !wanted.contains_key(chat)).copied().collect();
    for chat in gone {
        settled(bot.delete_my_commands().scope(scope(chat)).await.map_err(api::sorted))?;
        published.remove(&chat);
    }
    Ok(())
}

fn scope(chat: i64) -> BotCommandScope {
    BotCommandScope::Chat { chat_id: ChatId(chat).into() }
}

/// What Telegram will never take is not tried again: somebody who has not begun the chat sees the companies' list.
fn settled(outcome: Result<True, Fault>) -> Result<(), Fault> {
    match outcome {
        Ok(_) | Err(Fault::Refused(_) | Fault::Unreachable(_) | Fault::Migrated(_)) => Ok(()),
        Err(fault) => Err(fault),
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
