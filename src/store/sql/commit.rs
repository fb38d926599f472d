//! Committing what the desk decided: all of it in one transaction, or nothing.

use super::{Connection, Store, dialect, dialogues, expiry, figures, outbox, questions, roster, tickets};
use crate::desk::changes::{AuditEntry, Changes};
use crate::desk::ports::CommitError;
use crate::store::Fault;
use crate::store::record::read_time;

const MARK_HANDLED: &str = "
    UPDATE inbox SET state = 'handled', handled_at = $2, error = NULL WHERE id = $1 AND state = 'waiting'";

const IS_KNOWN: &str = "SELECT COUNT(*) FROM inbox WHERE id = $1";

const INSERT_AUDIT: &str = "INSERT INTO audit_log (at, done_by, action, detail) VALUES ($1, $2, $3, $4)";

const AUDIT: &str = "SELECT at, done_by, detail FROM audit_log WHERE action = $1 ORDER BY id";

/// The inbox has no message of this id.
#[derive(Debug, thiserror::Error)]
#[error("the message to be marked as handled was never received")]
struct NeverReceived;

/// Why a transaction is given up.
enum Halt {
    Conflict,
    AlreadyHandled,
    NeverReceived,
    Fault(Fault),
}

impl<F: Into<Fault>> From<F> for Halt {
    fn from(fault: F) -> Self {
        Self::Fault(fault.into())
    }
}

impl Store {
    pub(super) async fn commit_changes(&self, changes: &Changes) -> Result<(), CommitError> {
        const ACTION: &str = "commit a decision";
        self.try_commit(changes).await.map_err(|halt| match halt {
            Halt::Conflict | Halt::Fault(Fault::Overtaken(_)) => CommitError::Conflict,
            Halt::AlreadyHandled => CommitError::AlreadyHandled,
            Halt::NeverReceived => {
                CommitError::Store(crate::desk::ports::StoreError { action: ACTION, cause: Box::new(NeverReceived) })
            }
            Halt::Fault(fault) => CommitError::Store(fault.during(ACTION)),
        })
    }

    pub(super) async fn read_audit(&self, action: &str) -> Result<Vec<AuditEntry>, Fault> {
        let mut reader = self.connections.reader().await?;
        let rows = sqlx::query_as::<_, (i64, String, String)>(AUDIT).bind(action).fetch_all(&mut *reader).await?;
        let entry = |(at, by, detail)| Ok(AuditEntry { at: read_time(at)?, by, action: action.to_owned(), detail });
        rows.into_iter().map(entry).collect()
    }

    async fn try_commit(&self, changes: &Changes) -> Result<(), Halt> {
        let mut writer = self.connections.writer().await?;
        let mut transaction = writer.begin().await?;
        dialect::keep_order(&mut transaction, &changes.outgoing).await?;
        apply(&mut transaction, changes).await?;
        transaction.commit().await?;
        Ok(self.connections.keep(writer).await?)
    }
}

/// Dropping the transaction after an error undoes what was written before it.
async fn apply(connection: &mut Connection, changes: &Changes) -> Result<(), Halt> {
    if let Some(id) = &changes.handled {
        mark_handled(connection, id, changes).await?;
    }
    for change in &changes.dialogues {
        if !dialogues::save(connection, change, changes.at).await? {
            return Err(Halt::Conflict);
        }
    }
    for change in &changes.tickets {
        if !tickets::save(connection, change).await? {
            return Err(Halt::Conflict);
        }
    }
    for message in &changes.ticket_messages {
        tickets::insert_message(connection, message).await?;
    }
    for message in &changes.outgoing {
        outbox::insert(connection, message, changes.at).await?;
    }
    for leave in &changes.leaves {
        roster::save_leave(connection, leave).await?;
    }
    for reach in &changes.reaches {
        roster::save_reach(connection, reach).await?;
    }
    if !outbox::look_into(connection, &changes.looked_into, changes.at).await? {
        return Err(Halt::Conflict);
    }
    for warning in &changes.expiry_warnings {
        if !expiry::save(connection, warning, changes.at).await? {
            return Err(Halt::Conflict);
        }
    }
    for sent in &changes.figures_sent {
        if !figures::save(connection, sent, changes.at).await? {
            return Err(Halt::Conflict);
        }
    }
    questions::save(connection, &changes.questions, &changes.feedback, changes.at).await?;
    for entry in &changes.audit {
        insert_audit(connection, entry).await?;
    }
    Ok(())
}

async fn mark_handled(connection: &mut Connection, id: &str, changes: &Changes) -> Result<(), Halt> {
    let query = sqlx::query(MARK_HANDLED).bind(id).bind(changes.at.as_millisecond());
    if query.execute(&mut *connection).await?.rows_affected() == 1 {
        return Ok(());
    }
    let known = sqlx::query_scalar::<_, i64>(IS_KNOWN).bind(id).fetch_one(connection).await?;
    Err(if known == 0 { Halt::NeverReceived } else { Halt::AlreadyHandled })
}

/// Adds a line to the audit log, within a transaction.
pub(super) async fn insert_audit(connection: &mut Connection, entry: &AuditEntry) -> Result<(), Fault> {
    sqlx::query(INSERT_AUDIT)
        .bind(entry.at.as_millisecond())
        .bind(&entry.by)
        .bind(&entry.action)
        .bind(&entry.detail)
        .execute(connection)
        .await?;
    Ok(())
}
