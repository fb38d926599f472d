//! The ports in SQL that both databases understand, written once and compiled for each.
//!
//! `sqlite/mod.rs` and `postgres/mod.rs` each mount this folder as a module of their own, and the names below come from whoever
//! mounts it. So this is ordinary code over concrete types: no bounds, no macro, no row that is decoded at run time. Where the
//! databases differ, the statement or function stands in each one's `dialect`; here it is only called.
//!
//! For SQL to mean the same to both: parameters are `$1`, every number is an `i64` and every truth a `bool`, text is compared byte
//! by byte, a bare `NULL` is cast, and what may be there already is met with `ON CONFLICT`.

mod commit;
mod dialogues;
mod editions;
mod expiry;
mod figures;
mod files;
mod inbox;
mod lease;
mod letters;
mod outbox;
mod pace;
mod questions;
mod roster;
mod threads;
mod tickets;
pub(super) mod up_to_date;
pub(super) mod whole;

use sqlx::query::Query;

use super::connections::Connections;
use super::{Arguments, Connection, Database, DatabaseRow, Store, dialect};
use crate::desk::ports::Backlog;
use crate::store::Fault;
use crate::store::record::{read_count, read_time};

impl Store {
    /// Runs one statement as a transaction of its own; durable on return.
    pub(super) async fn write_one(&self, query: Query<'_, Database, Arguments>) -> Result<(), Fault> {
        self.change_one(query).await.map(drop)
    }

    /// The same; tells whether there was anything to change.
    async fn change_one(&self, query: Query<'_, Database, Arguments>) -> Result<bool, Fault> {
        let mut writer = self.connections.writer().await?;
        let done = query.execute(writer.connection()).await?;
        self.connections.keep(writer).await?;
        Ok(done.rows_affected() > 0)
    }

    /// Reads the number of waiting messages, when the oldest was written, and the number of dead ones.
    async fn read_backlog(&self, sql: &'static str) -> Result<Backlog, Fault> {
        let mut reader = self.connections.reader().await?;
        let (waiting, oldest, dead): (i64, Option<i64>, i64) = sqlx::query_as(sql).fetch_one(&mut *reader).await?;
        Ok(Backlog {
            waiting: read_count("count", waiting)?,
            oldest: oldest.map(read_time).transpose()?,
            dead: read_count("count", dead)?,
        })
    }
}
