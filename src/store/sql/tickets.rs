//! Tickets: append-only histories, and columns beside them to find tickets by.
//!
//! A ticket is always rebuilt from its events; the columns only decide which tickets are rebuilt.

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::{FromRow, QueryBuilder, Row};

use super::{Connection, Connections, Database, DatabaseRow};
use crate::desk::changes::{TicketChange, TicketMessage};
use crate::desk::message::ChatAddress;
use crate::desk::ports::TicketFilter;
use crate::domain::commissioner::CommissionerId;
use crate::domain::dispatch::Loads;
use crate::domain::ticket::{Event, Ticket, TicketNumber};
use crate::store::Fault;
use crate::store::record::{
    EventRow, RecordError, read_actor, read_commissioner_id, read_count, read_json, read_number, read_time, storable,
    write_actor, write_json,
};

/// How many tickets a list has when its filter does not say.
const DEFAULT_LIMIT: u32 = 200;

const EVENTS: &str = "
    SELECT ticket, sequence, at, actor, from_state, to_state, kind, detail FROM ticket_event
    WHERE ticket = $1 ORDER BY sequence";

const OF_PERIOD: &str = "
    SELECT ticket, sequence, at, actor, from_state, to_state, kind, detail
    FROM ticket_event JOIN (
        SELECT number, opened_at FROM ticket WHERE opened_at >= $1 AND opened_at < $2) AS found
        ON found.number = ticket_event.ticket
    ORDER BY found.opened_at, found.number, sequence";

const STEP_DUE: &str = "
    SELECT ticket, sequence, at, actor, from_state, to_state, kind, detail
    FROM ticket_event JOIN (
        SELECT number, next_step_at FROM ticket
        WHERE next_step_at IS NOT NULL AND next_step_at <= $1
        ORDER BY next_step_at, number LIMIT 100) AS due ON due.number = ticket_event.ticket
    ORDER BY due.next_step_at, due.number, sequence";

const INSERT: &str = "
    INSERT INTO ticket (number, chat, assignee, state, is_open, opened_at, next_step_at, version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (number) DO NOTHING";

const UPDATE: &str = "
    UPDATE ticket
    SET chat = $2, assignee = $3, state = $4, is_open = $5, opened_at = $6, next_step_at = $7, version = $8
    WHERE number = $1 AND version = $9";

const INSERT_EVENT: &str = "
    INSERT INTO ticket_event (ticket, sequence, at, actor, from_state, to_state, kind, detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

const MESSAGES: &str = "SELECT at, sender, text, is_note, attachment FROM ticket_message WHERE ticket = $1 ORDER BY id";

const INSERT_MESSAGE: &str =
    "INSERT INTO ticket_message (ticket, at, sender, text, is_note, attachment) VALUES ($1, $2, $3, $4, $5, $6)";

const BEHIND: &str = "
    SELECT about FROM outbox
    WHERE channel = $1 AND chat = $2 AND message_id = $3 AND about IS NOT NULL ORDER BY id DESC LIMIT 1";

const NEXT_SEQUENCE: &str = "
    INSERT INTO ticket_counter (day, last) VALUES ($1, 1)
    ON CONFLICT (day) DO UPDATE SET last = ticket_counter.last + 1 RETURNING last";

const LOADS: &str = "
    SELECT assignee, COUNT(*) FROM ticket WHERE is_open AND assignee IS NOT NULL GROUP BY assignee";

pub(super) async fn history(connections: &Connections, number: &TicketNumber) -> Result<Vec<Event>, Fault> {
    let rows = sqlx::query_as::<_, EventRow>(EVENTS)
        .bind(number.as_str())
        .fetch_all(&mut *connections.reader().await?)
        .await?;
    Ok(rows.into_iter().map(EventRow::read).collect::<Result<_, _>>()?)
}

pub(super) async fn histories(
    connections: &Connections,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Vec<Event>>, Fault> {
    let query = sqlx::query_as::<_, EventRow>(OF_PERIOD).bind(from.as_millisecond()).bind(until.as_millisecond());
    let rows = query.fetch_all(&mut *connections.reader().await?).await?;
    let events = rows.into_iter().map(EventRow::read).collect::<Result<Vec<_>, _>>()?;
    Ok(events.chunk_by(|one, next| one.ticket == next.ticket).map(<[Event]>::to_vec).collect())
}

pub(super) async fn find(connections: &Connections, number: &TicketNumber) -> Result<Option<Ticket>, Fault> {
    let events = history(connections, number).await?;
    if events.is_empty() { Ok(None) } else { Ok(Some(replay(&events)?)) }
}

pub(super) async fn list(connections: &Connections, filter: &TicketFilter) -> Result<Vec<Ticket>, Fault> {
    let mut sql = QueryBuilder::<Database>::new(
        "SELECT ticket, sequence, at, actor, from_state, to_state, kind, detail
         FROM ticket_event JOIN (SELECT number, opened_at FROM ticket WHERE 1 = 1",
    );
    if let Some(chat) = &filter.chat {
        sql.push(" AND chat = ").push_bind(chat);
    }
    if let Some(assignee) = &filter.assignee {
        sql.push(" AND assignee = ").push_bind(assignee.as_str());
    }
    if filter.only_open {
        sql.push(" AND is_open");
    }
    let limit = if filter.limit == 0 { DEFAULT_LIMIT } else { filter.limit };
    sql.push(" ORDER BY opened_at DESC, number DESC LIMIT ").push_bind(i64::from(limit));
    sql.push(
        ") AS found ON found.number = ticket_event.ticket ORDER BY found.opened_at DESC, found.number DESC, sequence",
    );
    replay_all(sql.build_query_as().fetch_all(&mut *connections.reader().await?).await?)
}

pub(super) async fn with_step_due(connections: &Connections, now: Timestamp) -> Result<Vec<Ticket>, Fault> {
    replay_all(sqlx::query_as(STEP_DUE).bind(now.as_millisecond()).fetch_all(&mut *connections.reader().await?).await?)
}

pub(super) async fn messages(connections: &Connections, number: &TicketNumber) -> Result<Vec<TicketMessage>, Fault> {
    let query = sqlx::query_as::<_, (i64, String, String, bool, Option<String>)>(MESSAGES).bind(number.as_str());
    let rows = query.fetch_all(&mut *connections.reader().await?).await?;
    rows.into_iter()
        .map(|(at, sender, text, is_note, attachment)| {
            let from = read_actor(&sender)?;
            let attachment = attachment.as_deref().map(|attachment| read_json("attachment", attachment)).transpose()?;
            Ok(TicketMessage { ticket: number.clone(), at: read_time(at)?, from, text, is_note, attachment })
        })
        .collect()
}

pub(super) async fn behind(
    connections: &Connections,
    chat: &ChatAddress,
    message_id: &str,
) -> Result<Option<TicketNumber>, Fault> {
    let query = sqlx::query_scalar::<_, String>(BEHIND).bind(chat.channel.to_string()).bind(&chat.chat);
    let about = query.bind(message_id).fetch_optional(&mut *connections.reader().await?).await?;
    Ok(about.as_deref().map(read_number).transpose()?)
}

pub(super) async fn next_sequence(connections: &Connections, day: Date) -> Result<u32, Fault> {
    let mut writer = connections.writer().await?;
    // `fetch_one` would stop at the first row and never learn whether the statement was committed.
    let last =
        sqlx::query_scalar::<_, i64>(NEXT_SEQUENCE).bind(day.to_string()).fetch_all(writer.connection()).await?.pop();
    Ok(read_count("ticket counter", last.unwrap_or_default())?)
}

pub(super) async fn loads(connections: &Connections) -> Result<Loads, Fault> {
    let rows = sqlx::query_as::<_, (String, i64)>(LOADS).fetch_all(&mut *connections.reader().await?).await?;
    rows.into_iter().map(|(id, open)| Ok((read_commissioner_id(&id)?, read_count("count", open)?))).collect()
}

/// Appends events; `false` when the ticket is no longer at the version it was read at.
pub(super) async fn save(connection: &mut Connection, change: &TicketChange) -> Result<bool, Fault> {
    let ticket = &change.ticket;
    if !follows(change) {
        return Err(RecordError::new("ticket change").into());
    }
    let query = if change.version == 0 { sqlx::query(INSERT) } else { sqlx::query(UPDATE) };
    let mut query = query
        .bind(ticket.number.as_str())
        .bind(&ticket.submission.chat)
        .bind(ticket.assignee.as_ref().map(CommissionerId::as_str))
        .bind(ticket.state.to_string())
        .bind(ticket.state.is_open())
        .bind(ticket.opened_at.as_millisecond())
        .bind(change.next_step_at.map(Timestamp::as_millisecond))
        .bind(i64::from(ticket.version));
    if change.version != 0 {
        query = query.bind(i64::from(change.version));
    }
    if query.execute(&mut *connection).await?.rows_affected() != 1 {
        return Ok(false);
    }
    for event in &change.events {
        append(connection, event).await?;
    }
    Ok(true)
}

/// Tells whether the ticket of `change` is what its events make of the version it was read at.
fn follows(change: &TicketChange) -> bool {
    let ticket = &change.ticket;
    let numbers = change.version + 1..;
    change.events.iter().zip(numbers).all(|(event, number)| event.sequence == number && event.ticket == ticket.number)
        && ticket.version.checked_sub(change.version).map(usize::try_from) == Some(Ok(change.events.len()))
        && change.events.last().is_none_or(|event| event.to == ticket.state)
}

async fn append(connection: &mut Connection, event: &Event) -> Result<(), Fault> {
    let row = EventRow::write(event)?;
    sqlx::query(INSERT_EVENT)
        .bind(row.ticket)
        .bind(row.sequence)
        .bind(row.at)
        .bind(row.actor)
        .bind(row.from_state)
        .bind(row.to_state)
        .bind(row.kind)
        .bind(row.detail)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn insert_message(connection: &mut Connection, message: &TicketMessage) -> Result<(), Fault> {
    sqlx::query(INSERT_MESSAGE)
        .bind(message.ticket.as_str())
        .bind(message.at.as_millisecond())
        .bind(write_actor(&message.from))
        .bind(storable(&message.text))
        .bind(message.is_note)
        .bind(message.attachment.as_ref().map(|attachment| write_json("attachment", attachment)).transpose()?)
        .execute(connection)
        .await?;
    Ok(())
}

/// Rebuilds tickets from the events of several, each one's together and in order.
fn replay_all(rows: Vec<EventRow>) -> Result<Vec<Ticket>, Fault> {
    let events = rows.into_iter().map(EventRow::read).collect::<Result<Vec<_>, _>>()?;
    let histories = events.chunk_by(|one, next| one.ticket == next.ticket);
    Ok(histories.map(replay).collect::<Result<_, _>>()?)
}

fn replay(history: &[Event]) -> Result<Ticket, RecordError> {
    Ticket::replay(history).ok_or(RecordError::new("ticket history"))
}

impl FromRow<'_, DatabaseRow> for EventRow {
    fn from_row(row: &DatabaseRow) -> sqlx::Result<Self> {
        Ok(Self {
            ticket: row.try_get("ticket")?,
            sequence: row.try_get("sequence")?,
            at: row.try_get("at")?,
            actor: row.try_get("actor")?,
            from_state: row.try_get("from_state")?,
            to_state: row.try_get("to_state")?,
            kind: row.try_get("kind")?,
            detail: row.try_get("detail")?,
        })
    }
}
