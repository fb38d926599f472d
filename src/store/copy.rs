//! Copying a whole store into an empty one, from either database to either.
//!
//! Everything is read in one transaction and written in another, table by table, in pages. Before that one is committed what was
//! written is read back: each table must have the checksum of the original. Whoever works on either store meanwhile would be cut
//! off from what is copied, so both must be unused.

use std::fmt::Write as _;

use async_trait::async_trait;
use sha2::{Digest, Sha256};

use super::record::storable;
use super::{Fault, OpenStoreError, StoreUrl, open, postgres, sqlite};
use crate::desk::ports::StoreError;

/// Every table with something to keep, those that others refer to first.
pub(super) const TABLES: [&str; 18] = [
    "setting",
    "edition",
    "serving_mark",
    "commissioner",
    "invitation",
    "dialogue",
    "inbox",
    "outbox",
    "ticket",
    "ticket_event",
    "ticket_message",
    "ticket_counter",
    "question",
    "feedback",
    "audit_log",
    "expiry_warning",
    "thread",
    "figures_sent",
];

/// Tables about the moment, which stay behind: whoever copies has stopped everything that they speak of.
#[cfg(test)]
pub(super) const OF_THE_MOMENT: [&str; 2] = ["pace", "lease"];

/// So many rows are in memory at a time.
pub(super) const PAGE: i64 = 500;

/// A table that was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedTable {
    /// Its name.
    pub name: &'static str,
    /// How many rows it has.
    pub rows: u64,
    /// The SHA-256 of all that stands in them, the same on both sides.
    pub sha256: String,
}

/// Why nothing was copied; the target is as it was.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// One of the two could not be opened.
    #[error(transparent)]
    Open(#[from] OpenStoreError),
    /// There is nothing to copy from.
    #[error("there is no database at `{place}`")]
    Missing {
        /// The source.
        place: String,
    },
    /// Both are the same.
    #[error("both are the same database")]
    Same,
    /// The target has something.
    #[error("`{place}` is not empty: table {table} has rows")]
    NotEmpty {
        /// The target.
        place: String,
        /// The first table with rows.
        table: &'static str,
    },
    /// Somebody works on one of the two.
    #[error("`{place}` is in use: stop the service first")]
    InUse {
        /// Which.
        place: String,
    },
    /// A table has other columns than here.
    #[error("table {table} has other columns in `{place}`")]
    Differs {
        /// The target.
        place: String,
        /// The table.
        table: &'static str,
    },
    /// What was read back is not what was written.
    #[error("table {table} is not the same after copying")]
    NotTheSame {
        /// The table.
        table: &'static str,
    },
    /// A database failed.
    #[error("could not copy table {table}")]
    Failed {
        /// The table that was being copied.
        table: &'static str,
        /// Why not.
        #[source]
        cause: Fault,
    },
    /// The target did not keep what was written.
    #[error("could not keep what was copied")]
    Kept(#[source] Fault),
    /// A store could not be closed after it was brought up to date.
    #[error(transparent)]
    Close(#[from] StoreError),
}

/// What stands in a column of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A number or a truth.
    Number(Option<i64>),
    /// A text.
    Text(Option<String>),
}

/// How a column is read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Number,
    Truth,
    Text,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) form: Form,
    /// Its place in the primary key; 0 where it is no part of it.
    pub(super) place: i64,
}

/// A table as one of the databases has it.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) name: &'static str,
    /// By name.
    pub(super) columns: Vec<Column>,
}

impl Layout {
    /// The columns of the primary key, in its order.
    pub(super) fn key(&self) -> Vec<&Column> {
        let mut key: Vec<_> = self.columns.iter().filter(|column| column.place > 0).collect();
        key.sort_by_key(|column| column.place);
        key
    }
}

/// A store within one transaction over all its tables; dropped, nothing has happened.
#[async_trait]
pub(super) trait Whole: Send {
    /// How a table is laid out.
    async fn layout(&mut self, table: &'static str) -> Result<Layout, Fault>;

    /// The next rows after the one with the key `after`, by key, at most [`PAGE`].
    async fn read(&mut self, table: &Layout, after: &[Value]) -> Result<Vec<Vec<Value>>, Fault>;

    /// Adds a row.
    async fn write(&mut self, table: &Layout, row: &[Value]) -> Result<(), Fault>;

    /// Removes what a new database has by itself.
    async fn clear_settings(&mut self) -> Result<(), Fault>;

    /// The last number that was drawn for a table, be its row still there or not.
    async fn counter(&mut self, table: &Layout) -> Result<Option<i64>, Fault>;

    /// Goes on counting after `last`.
    async fn set_counter(&mut self, table: &Layout, last: i64) -> Result<(), Fault>;

    /// Makes everything last.
    async fn commit(self: Box<Self>) -> Result<(), Fault>;
}

/// Copies everything from the store at `from` to the empty one at `to`; a target that does not exist yet is created where it is a
/// file.
///
/// # Errors
///
/// Returns [`CopyError`]; the target is then as it was, but for being brought up to date.
pub async fn copy(from: &str, to: &str) -> Result<Vec<CopiedTable>, CopyError> {
    if from == to {
        return Err(CopyError::Same);
    }
    if let StoreUrl::Sqlite(url) = from.parse()?
        && !sqlite::exists(&url)?
    {
        return Err(CopyError::Missing { place: url });
    }
    let mut source = begin(from).await?;
    let mut target = begin(to).await?;
    let to: StoreUrl = to.parse()?;
    let mut tables = Vec::new();
    for name in TABLES {
        let failed = |cause| CopyError::Failed { table: name, cause };
        let (reading, writing) =
            (source.layout(name).await.map_err(failed)?, target.layout(name).await.map_err(failed)?);
        if !reading.columns.iter().map(|column| &column.name).eq(writing.columns.iter().map(|column| &column.name)) {
            return Err(CopyError::Differs { place: to.to_string(), table: name });
        }
        if name == "setting" {
            target.clear_settings().await.map_err(failed)?;
        } else if !target.read(&writing, &[]).await.map_err(failed)?.is_empty() {
            return Err(CopyError::NotEmpty { place: to.to_string(), table: name });
        }
        let read = carry(&mut *source, &reading, &mut *target, &writing).await.map_err(failed)?;
        let written = read_all(&mut *target, &writing).await.map_err(failed)?;
        if read != written {
            return Err(CopyError::NotTheSame { table: name });
        }
        tables.push(CopiedTable { name, rows: read.rows, sha256: read.hex() });
    }
    target.commit().await.map_err(CopyError::Kept)?;
    Ok(tables)
}

/// Brings a store up to date and begins a transaction that nobody else disturbs.
async fn begin(url: &str) -> Result<Box<dyn Whole>, CopyError> {
    open(url).await?.close().await?;
    let url: StoreUrl = url.parse()?;
    let begun = match &url {
        StoreUrl::Sqlite(url) => sqlite::begin_whole(url).await?,
        StoreUrl::Postgres(options) => postgres::begin_whole(options).await?,
    };
    begun.ok_or_else(|| CopyError::InUse { place: url.to_string() })
}

/// Copies the rows of one table and returns their sum.
async fn carry(
    source: &mut dyn Whole,
    reading: &Layout,
    target: &mut dyn Whole,
    writing: &Layout,
) -> Result<Sum, Fault> {
    let mut sum = Sum::default();
    let mut after = Vec::new();
    loop {
        let page = source.read(reading, &after).await?;
        let Some(last) = page.last() else { break };
        after = key_of(reading, last);
        for row in &page {
            sum.add(row);
            target.write(writing, row).await?;
        }
    }
    if let Some(last) = source.counter(reading).await? {
        target.set_counter(writing, last).await?;
    }
    Ok(sum)
}

async fn read_all(store: &mut dyn Whole, table: &Layout) -> Result<Sum, Fault> {
    let mut sum = Sum::default();
    let mut after = Vec::new();
    loop {
        let page = store.read(table, &after).await?;
        let Some(last) = page.last() else { return Ok(sum) };
        after = key_of(table, last);
        page.iter().for_each(|row| sum.add(row));
    }
}

fn key_of(table: &Layout, row: &[Value]) -> Vec<Value> {
    let position = |key: &Column| table.columns.iter().position(|column| column.name == key.name);
    table.key().into_iter().filter_map(|key| Some(row[position(key)?].clone())).collect()
}

/// How many rows there are, and what stands in them.
#[derive(Clone, Debug, Default)]
struct Sum {
    rows: u64,
    hash: Sha256,
}

impl Sum {
    /// Each value is told apart from its neighbours: by its kind, and a text by its length.
    fn add(&mut self, row: &[Value]) {
        self.rows += 1;
        for value in row {
            match value {
                Value::Number(None) | Value::Text(None) => self.hash.update([0]),
                Value::Number(Some(number)) => {
                    self.hash.update([1]);
                    self.hash.update(number.to_be_bytes());
                }
                Value::Text(Some(text)) => {
                    // What the other database could not hold is replaced on the way; see `storable`.
                    let text = storable(text);
                    self.hash.update([2]);
                    self.hash.update((text.len() as u64).to_be_bytes());
                    self.hash.update(text.as_bytes());
                }
            }
        }
    }

    fn hex(&self) -> String {
        let digest = self.hash.clone().finalize();
        digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

impl PartialEq for Sum {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows && self.hex() == other.hex()
    }
}
