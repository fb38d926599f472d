//! What is told about a run that failed: what still waits, and what the replicas have logged.

#![expect(clippy::print_stderr, reason = "it is for whoever looks for the cause")]

use sqlx::{Connection, PgConnection};

use super::house::Replica;

/// So many lines of each log.
const LINES: usize = 40;

const WAITING: &str = "
    SELECT concat_ws(' ', 'inbox', channel, id, state, 'attempts', attempts, 'ready in ms', ready_at - now, error)
    FROM inbox, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now) AS clock
    WHERE state <> 'handled'
    UNION ALL
    SELECT concat_ws(' ', 'outbox', channel, chat, id, state, 'attempts', attempts, 'ready in ms', ready_at - now, error)
    FROM outbox, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now) AS clock
    WHERE state NOT IN ('kept', 'sent')
    UNION ALL
    SELECT concat_ws(' ', number, assignee, state, (
        SELECT string_agg(replace(text, chr(10), ' '), ' | ' ORDER BY id DESC) FROM (
            SELECT outbox.id, text FROM outbox, commissioner
            WHERE channel = 'telegram' AND outbox.chat = CAST(telegram_id AS TEXT) AND commissioner.id = assignee
            ORDER BY outbox.id DESC LIMIT 6) AS told))
    FROM ticket WHERE is_open AND chat NOT LIKE '%overdue%'
    UNION ALL
    SELECT concat_ws(' ', 'connections', application_name, state, wait_event, COUNT(*), MIN(query))
    FROM pg_stat_activity WHERE datname = current_database() GROUP BY application_name, state, wait_event";

pub(super) async fn tell(database: &str) {
    let Ok(mut connection) = PgConnection::connect(database).await else { return eprintln!("no database any more") };
    match sqlx::query_scalar::<_, String>(WAITING).fetch_all(&mut connection).await {
        Ok(lines) => eprintln!("{}", lines.join("\n")),
        Err(cause) => eprintln!("{cause}"),
    }
}

pub(super) fn tell_log(replica: &Replica) {
    let log = replica.log();
    let lines: Vec<_> = log.lines().collect();
    eprintln!("--- a replica's log, {} lines\n{}", lines.len(), lines[lines.len().saturating_sub(LINES)..].join("\n"));
}
