//! The weeks whose figures were sent, and to whom: each once, whoever sends them.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Connection, Connections};
use crate::desk::changes::FiguresSent;
use crate::domain::commissioner::CommissionerId;
use crate::store::Fault;
use crate::store::record::read_commissioner_id;

const INSERT: &str = "
    INSERT INTO figures_sent (week, commissioner, sent_at) VALUES ($1, $2, $3)
    ON CONFLICT (week, commissioner) DO NOTHING";

const OF_WEEK: &str = "SELECT commissioner FROM figures_sent WHERE week = $1 ORDER BY commissioner";

/// Keeps that figures were sent; `false` when they were before.
pub(super) async fn save(connection: &mut Connection, sent: &FiguresSent, at: Timestamp) -> Result<bool, Fault> {
    let query = sqlx::query(INSERT).bind(sent.week.to_string()).bind(sent.to.as_str()).bind(at.as_millisecond());
    Ok(query.execute(connection).await?.rows_affected() == 1)
}

/// Who was sent the figures in the week that begins on `week`.
pub(super) async fn of_week(connections: &Connections, week: Date) -> Result<Vec<CommissionerId>, Fault> {
    let query = sqlx::query_scalar::<_, String>(OF_WEEK).bind(week.to_string());
    let rows = query.fetch_all(&mut *connections.reader().await?).await?;
    Ok(rows.iter().map(|id| read_commissioner_id(id)).collect::<Result<_, _>>()?)
}
