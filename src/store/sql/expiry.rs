//! Warnings given that something ends: each once, whoever gives it.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Connection, Connections};
use crate::desk::changes::ExpiryWarning;
use crate::domain::topic::TopicId;
use crate::store::Fault;
use crate::store::record::RecordError;

const INSERT: &str = "
    INSERT INTO expiry_warning (topic, document, last_day, days_ahead, warned_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (topic, document, last_day, days_ahead) DO NOTHING";

/// Days are kept as `2026-12-31`, which sorts as they do.
const SINCE: &str = "
    SELECT topic, document, last_day, days_ahead FROM expiry_warning WHERE last_day >= $1
    ORDER BY last_day, topic, document, days_ahead";

/// Keeps a warning; `false` when it was given before.
pub(super) async fn save(connection: &mut Connection, warning: &ExpiryWarning, at: Timestamp) -> Result<bool, Fault> {
    let query = sqlx::query(INSERT)
        .bind(warning.topic.as_str())
        .bind(warning.document.as_deref().unwrap_or_default())
        .bind(warning.last_day.to_string())
        .bind(i64::from(warning.days_ahead))
        .bind(at.as_millisecond());
    Ok(query.execute(connection).await?.rows_affected() == 1)
}

/// Warnings about what ends on `from` or later.
pub(super) async fn since(connections: &Connections, from: Date) -> Result<Vec<ExpiryWarning>, Fault> {
    let query = sqlx::query_as::<_, (String, String, String, i64)>(SINCE).bind(from.to_string());
    let rows = query.fetch_all(&mut *connections.reader().await?).await?;
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

fn read((topic, document, last_day, days_ahead): (String, String, String, i64)) -> Result<ExpiryWarning, RecordError> {
    Ok(ExpiryWarning {
        topic: TopicId::parse(&topic).ok_or(RecordError::new("topic"))?,
        document: (!document.is_empty()).then_some(document),
        last_day: last_day.parse().map_err(|_| RecordError::new("last day"))?,
        days_ahead: i32::try_from(days_ahead).map_err(|_| RecordError::new("days ahead"))?,
    })
}
