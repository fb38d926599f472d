//! Dead letters of inbox and outbox.

use async_trait::async_trait;
use jiff::Timestamp;

use super::Store;
use super::commit::insert_audit;
use crate::desk::changes::AuditEntry;
use crate::desk::letters::{DeadLetter, DeadLetters, LetterId, LetterOrder};
use crate::desk::message::reference;
use crate::desk::ports::StoreError;
use crate::store::Fault;
use crate::store::record::{read_count, read_number, read_time, read_word};

const UNSETTLED: &str = "
    SELECT is_incoming, number, id, channel, about, at, attempts, error FROM (
        SELECT TRUE AS is_incoming, sequence AS number, id, channel, CAST(NULL AS TEXT) AS about, received_at AS at,
            attempts, error
        FROM inbox WHERE state = 'dead' AND looked_into_at IS NULL AND channel <> 'terminal'
        UNION ALL
        SELECT FALSE AS is_incoming, id AS number, '' AS id, channel, about, written_at AS at, attempts, error
        FROM outbox WHERE state = 'dead' AND looked_into_at IS NULL) AS letter
    ORDER BY at, number LIMIT $1";

const RETRY_INCOMING: &str = "
    UPDATE inbox SET state = 'waiting', attempts = 0, ready_at = $2, error = NULL, looked_into_at = NULL
    WHERE sequence = $1 AND state = 'dead'";

/// Attempts go on being counted: their number is what a claim is known by.
const RETRY_OUTGOING: &str = "
    UPDATE outbox SET state = 'waiting', ready_at = $2, error = NULL, looked_into_at = NULL,
        settled_at = NULL, is_unreachable = FALSE
    WHERE id = $1 AND state = 'dead'";

const DISMISS_INCOMING: &str = "
    UPDATE inbox SET looked_into_at = $2 WHERE sequence = $1 AND state = 'dead' AND looked_into_at IS NULL";

const DISMISS_OUTGOING: &str = "
    UPDATE outbox SET looked_into_at = $2 WHERE id = $1 AND state = 'dead' AND looked_into_at IS NULL";

type Row = (bool, i64, String, String, Option<String>, i64, i64, Option<String>);

#[async_trait]
impl DeadLetters for Store {
    async fn dead_letters(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        self.read_letters(limit).await.map_err(|fault| fault.during("read dead letters"))
    }

    async fn settle_letter(
        &self,
        id: LetterId,
        order: LetterOrder,
        by: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_letter(id, order, by, at).await.map_err(|fault| fault.during("settle a dead letter"))
    }
}

impl Store {
    async fn read_letters(&self, limit: u32) -> Result<Vec<DeadLetter>, Fault> {
        let query = sqlx::query_as::<_, Row>(UNSETTLED).bind(i64::from(limit));
        let rows = query.fetch_all(&mut *self.connections.reader().await?).await?;
        rows.into_iter().map(read_letter).collect()
    }

    async fn write_letter(&self, id: LetterId, order: LetterOrder, by: &str, at: Timestamp) -> Result<bool, Fault> {
        let (sql, number, action) = match (id, order) {
            (LetterId::In(number), LetterOrder::Retry) => (RETRY_INCOMING, number, "dead_letter.retry"),
            (LetterId::Out(number), LetterOrder::Retry) => (RETRY_OUTGOING, number, "dead_letter.retry"),
            (LetterId::In(number), LetterOrder::Dismiss) => (DISMISS_INCOMING, number, "dead_letter.dismiss"),
            (LetterId::Out(number), LetterOrder::Dismiss) => (DISMISS_OUTGOING, number, "dead_letter.dismiss"),
        };
        let mut writer = self.connections.writer().await?;
        let mut transaction = writer.begin().await?;
        let changed = sqlx::query(sql).bind(number).bind(at.as_millisecond()).execute(&mut *transaction).await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        let entry = AuditEntry { at, by: by.to_owned(), action: action.to_owned(), detail: id.to_string() };
        insert_audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        self.connections.keep(writer).await?;
        Ok(true)
    }
}

fn read_letter((is_incoming, number, id, channel, about, at, attempts, error): Row) -> Result<DeadLetter, Fault> {
    Ok(DeadLetter {
        id: if is_incoming { LetterId::In(number) } else { LetterId::Out(number) },
        channel: read_word("channel", &channel)?,
        reference: is_incoming.then(|| reference(&id)),
        about: about.as_deref().map(read_number).transpose()?,
        at: read_time(at)?,
        attempts: read_count("number of attempts", attempts)?,
        error: error.unwrap_or_default(),
    })
}
