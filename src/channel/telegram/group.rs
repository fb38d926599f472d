//! Whether the supervisors' group is as tickets' threads need it. For checks, not needed for running.

use serde::{Deserialize, Serialize};
use teloxide::requests::Payload;

use super::{Fault, LookUpError, TelegramConfig, api};

/// How the supervisors' group stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupStanding {
    /// Threads can be opened in it.
    Ready {
        /// Its name.
        title: String,
    },
    /// There is no such group, or the bot is not in it.
    NotThere,
    /// It has no topics (话题).
    WithoutTopics,
    /// The bot may not manage its topics.
    NotAllowed,
}

/// Asks Telegram how the configured group stands; `None` where there is none.
///
/// # Errors
///
/// Returns [`LookUpError`]: what an operator has to mend.
pub async fn group_standing(config: &TelegramConfig) -> Result<Option<GroupStanding>, LookUpError> {
    let Some(chat_id) = config.group else { return Ok(None) };
    let bot = api::bot(config)?;
    let group = match api::call(&bot, GetChat { chat_id }).await {
        Ok(group) => group,
        Err(Fault::Refused(_) | Fault::Unreachable(_)) => return Ok(Some(GroupStanding::NotThere)),
        Err(fault) => return Err(fault.into()),
    };
    if !group.is_forum {
        return Ok(Some(GroupStanding::WithoutTopics));
    }
    let me = api::call(&bot, api::WhoAmI {}).await?;
    let member = api::call(&bot, GetChatMember { chat_id, user_id: me.id }).await?;
    Ok(Some(if member.can_manage_topics {
        GroupStanding::Ready { title: group.title }
    } else {
        GroupStanding::NotAllowed
    }))
}

/// `getChat`.
#[derive(Clone, Copy, Debug, Serialize)]
struct GetChat {
    chat_id: i64,
}

impl Payload for GetChat {
    type Output = Group;

    const NAME: &'static str = "GetChat";
}

/// What matters of a chat.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Group {
    title: String,
    is_forum: bool,
}

/// `getChatMember`.
#[derive(Clone, Copy, Debug, Serialize)]
struct GetChatMember {
    chat_id: i64,
    user_id: u64,
}

impl Payload for GetChatMember {
    type Output = Member;

    const NAME: &'static str = "GetChatMember";
}

/// What matters of a member; only administrators have rights.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct Member {
    can_manage_topics: bool,
}
