//! Turns at what may be done only so often: one row a key, moved on by one statement.
//!
//! The row says until when turns are taken, each as long as its pace (GCRA, the generic cell rate algorithm). Nothing is counted, so
//! no window begins or ends at which twice as much would pass.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::Store;
use crate::desk::pace::{Pace, Turn, Turns};
use crate::desk::ports::StoreError;
use crate::store::Fault;
use crate::store::record::read_time;

/// Times further ahead than any turn can be were written by a clock that has been put right since; they count for nothing.
const TAKE: &str = "
    INSERT INTO pace (key, taken_until) VALUES ($1, $2 + $3)
    ON CONFLICT (key) DO UPDATE
    SET taken_until = $3 + CASE WHEN pace.taken_until BETWEEN $2 AND $5 THEN pace.taken_until ELSE $2 END
    WHERE pace.taken_until <= $4 OR pace.taken_until > $5
    RETURNING taken_until";

const TAKEN: &str = "SELECT taken_until FROM pace WHERE key = $1";

const FORGET: &str = "DELETE FROM pace WHERE taken_until < $1";

/// Processes agree on the time better than this.
const CLOCKS_DIFFER_MILLIS: i64 = 60_000;

#[async_trait]
impl Turns for Store {
    async fn take_turn(
        &self,
        key: &str,
        pace: Pace,
        now: Timestamp,
        patience: SignedDuration,
    ) -> Result<Turn, StoreError> {
        self.take(key, pace, now, patience).await.map_err(|fault| fault.during("take a turn"))
    }

    async fn forget_turns(&self, before: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query(FORGET).bind(before.as_millisecond());
        self.write_one(query).await.map_err(|fault| fault.during("forget turns"))
    }
}

impl Store {
    /// Does not wait for the disk: what is forgotten in a crash is over before anybody is back.
    async fn take(&self, key: &str, pace: Pace, now: Timestamp, patience: SignedDuration) -> Result<Turn, Fault> {
        let (every, now) = (millis(pace.every), now.as_millisecond());
        let allowance = every.saturating_mul(i64::from(pace.burst.max(1)) - 1);
        let latest = now.saturating_add(allowance).saturating_add(millis(patience));
        let nonsense = latest.saturating_add(every).saturating_add(CLOCKS_DIFFER_MILLIS);
        let query = sqlx::query_scalar::<_, i64>(TAKE).bind(key).bind(now).bind(every).bind(latest).bind(nonsense);
        let mut writer = self.connections.writer().await?;
        if let Some(until) = query.fetch_all(writer.connection()).await?.pop() {
            let at = until - every - allowance;
            return Ok(Turn::At(read_time(at.max(now))?));
        }
        let query = sqlx::query_scalar::<_, i64>(TAKEN).bind(key);
        let until = query.fetch_optional(writer.connection()).await?.unwrap_or(now);
        Ok(Turn::NotBefore(read_time((until - allowance).max(now))?))
    }
}

fn millis(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
