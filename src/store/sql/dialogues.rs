//! Dialogues: one JSON document a conversation, replaced only by whoever read the latest one.

use jiff::Timestamp;

use super::{Connection, Connections};
use crate::desk::changes::DialogueChange;
use crate::desk::dialogue::Dialogue;
use crate::desk::message::ChatAddress;
use crate::desk::ports::Versioned;
use crate::store::Fault;
use crate::store::record::{read_count, read_json, write_json};

const SELECT: &str = "SELECT state, version FROM dialogue WHERE channel = $1 AND chat = $2";

const INSERT: &str = "
    INSERT INTO dialogue (channel, chat, state, version, updated_at) VALUES ($1, $2, $3, 1, $4)
    ON CONFLICT (channel, chat) DO NOTHING";

const UPDATE: &str = "
    UPDATE dialogue SET state = $3, version = version + 1, updated_at = $4
    WHERE channel = $1 AND chat = $2 AND version = $5";

pub(super) async fn find(connections: &Connections, chat: &ChatAddress) -> Result<Versioned<Dialogue>, Fault> {
    let query = sqlx::query_as::<_, (String, i64)>(SELECT).bind(chat.channel.to_string()).bind(&chat.chat);
    match query.fetch_optional(&mut *connections.reader().await?).await? {
        None => Ok(Versioned::default()),
        Some((state, version)) => {
            Ok(Versioned { value: read_json("dialogue", &state)?, version: read_count("dialogue version", version)? })
        }
    }
}

/// Stores a dialogue; `false` when it is no longer at the version it was read at.
pub(super) async fn save(connection: &mut Connection, change: &DialogueChange, at: Timestamp) -> Result<bool, Fault> {
    let query = if change.version == 0 { sqlx::query(INSERT) } else { sqlx::query(UPDATE) };
    let mut query = query
        .bind(change.chat.channel.to_string())
        .bind(&change.chat.chat)
        .bind(write_json("dialogue", &change.dialogue)?)
        .bind(at.as_millisecond());
    if change.version != 0 {
        query = query.bind(i64::from(change.version));
    }
    Ok(query.execute(connection).await?.rows_affected() == 1)
}
