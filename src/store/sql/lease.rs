//! Leases: one row a name, taken and prolonged by one statement.

use async_trait::async_trait;
use jiff::Timestamp;

use super::Store;
use crate::desk::lease::Leases;
use crate::desk::ports::StoreError;
use crate::store::Fault;

/// One that ends later than any lease can was written by a clock that has been put right since.
const HOLD: &str = "
    INSERT INTO lease (name, holder, held_until) VALUES ($1, $2, $4)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
    WHERE lease.holder = excluded.holder OR lease.held_until <= $3 OR lease.held_until > $5";

const RELEASE: &str = "DELETE FROM lease WHERE name = $1 AND holder = $2";

#[async_trait]
impl Leases for Store {
    async fn hold(&self, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool, StoreError> {
        self.take_lease(name, holder, now, until).await.map_err(|fault| fault.during("hold a lease"))
    }

    async fn release(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        let query = sqlx::query(RELEASE).bind(name).bind(holder);
        self.write_one(query).await.map_err(|fault| fault.during("release a lease"))
    }
}

impl Store {
    /// Does not wait for the disk of a file: after a crash there is nobody who holds anything.
    async fn take_lease(&self, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool, Fault> {
        let (now, until) = (now.as_millisecond(), until.as_millisecond());
        let nonsense = until.saturating_add(until.saturating_sub(now));
        let query = sqlx::query(HOLD).bind(name).bind(holder).bind(now).bind(until).bind(nonsense);
        let mut writer = self.connections.writer().await?;
        Ok(query.execute(writer.connection()).await?.rows_affected() > 0)
    }
}
