//! Published editions, and which of them is the serving one.

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;

use sqlx::{FromRow, Row as _};

use super::commit::insert_audit;
use super::{Connection, DatabaseRow, Store, expiry};
use crate::desk::changes::{AuditEntry, ExpiryWarning};
use crate::desk::ports::{EditionRecord, Editions, NewEdition, PublishError, RolledBack, ServingMark, StoreError};
use crate::store::record::{RecordError, read_count, read_time};
use crate::store::{Fault, Turn};

const INSERT: &str = "
    INSERT INTO edition (number, content_sha256, published_at, published_by, topics, is_forced, content)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

const HIGHEST: &str = "SELECT COALESCE(MAX(number), 0) FROM edition";

const MARK: &str = "INSERT INTO serving_mark (edition, marked_at, marked_by) VALUES ($1, $2, $3)";

const SERVING_MARK: &str = "
    SELECT sequence, edition, marked_at, marked_by FROM serving_mark ORDER BY sequence DESC LIMIT 1";

const SERVING_NUMBER: &str = "SELECT edition FROM serving_mark ORDER BY sequence DESC LIMIT 1";

const SERVING: &str = "
    SELECT number, content_sha256, published_at, published_by, topics, is_forced, TRUE AS is_serving, content
    FROM edition WHERE number = (SELECT edition FROM serving_mark ORDER BY sequence DESC LIMIT 1)";

const BY_NUMBER: &str = "
    SELECT number, content_sha256, published_at, published_by, topics, is_forced,
        number = COALESCE((SELECT edition FROM serving_mark ORDER BY sequence DESC LIMIT 1), 0) AS is_serving, content
    FROM edition WHERE number = $1";

const ALL: &str = "
    SELECT number, content_sha256, published_at, published_by, topics, is_forced,
        number = COALESCE((SELECT edition FROM serving_mark ORDER BY sequence DESC LIMIT 1), 0) AS is_serving
    FROM edition ORDER BY number DESC";

const IS_KNOWN: &str = "SELECT COUNT(*) FROM edition WHERE number = $1";

/// One row of `edition`, without its content.
struct Row {
    number: i64,
    content_sha256: String,
    published_at: i64,
    published_by: String,
    topics: i64,
    is_forced: bool,
    is_serving: bool,
}

impl FromRow<'_, DatabaseRow> for Row {
    fn from_row(row: &DatabaseRow) -> sqlx::Result<Self> {
        Ok(Self {
            number: row.try_get("number")?,
            content_sha256: row.try_get("content_sha256")?,
            published_at: row.try_get("published_at")?,
            published_by: row.try_get("published_by")?,
            topics: row.try_get("topics")?,
            is_forced: row.try_get("is_forced")?,
            is_serving: row.try_get("is_serving")?,
        })
    }
}

struct WholeRow {
    row: Row,
    content: String,
}

impl FromRow<'_, DatabaseRow> for WholeRow {
    fn from_row(row: &DatabaseRow) -> sqlx::Result<Self> {
        Ok(Self { row: Row::from_row(row)?, content: row.try_get("content")? })
    }
}

#[async_trait]
impl Editions for Store {
    async fn publish(&self, edition: &NewEdition) -> Result<(), PublishError> {
        match self.insert_edition(edition).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(PublishError::Superseded),
            Err(fault) => Err(fault.during("publish an edition").into()),
        }
    }

    async fn roll_back(&self, number: u32, by: &str, at: Timestamp) -> Result<RolledBack, StoreError> {
        self.mark_again(number, by, at).await.map_err(|fault| fault.during("roll back to an edition"))
    }

    async fn serving_edition(&self) -> Result<Option<(EditionRecord, String)>, StoreError> {
        self.find_serving().await.map_err(|fault| fault.during("read the serving edition"))
    }

    async fn edition(&self, number: u32) -> Result<Option<(EditionRecord, String)>, StoreError> {
        self.find_edition(number).await.map_err(|fault| fault.during("read an edition"))
    }

    async fn serving_mark(&self) -> Result<Option<ServingMark>, StoreError> {
        self.find_serving_mark().await.map_err(|fault| fault.during("read the serving mark"))
    }

    async fn editions(&self) -> Result<Vec<EditionRecord>, StoreError> {
        self.list_editions().await.map_err(|fault| fault.during("list editions"))
    }

    async fn expiry_warnings(&self, from: Date) -> Result<Vec<ExpiryWarning>, StoreError> {
        expiry::since(&self.connections, from).await.map_err(|fault| fault.during("list expiry warnings"))
    }
}

impl Store {
    /// `false` when another edition was published, or serves, that `edition` does not know of; nothing is written then.
    async fn insert_edition(&self, edition: &NewEdition) -> Result<bool, Fault> {
        let mut writer = self.connections.writer().await?;
        let mut transaction = writer.begin_alone(Turn::Editions).await?;
        let highest: i64 = sqlx::query_scalar(HIGHEST).fetch_one(&mut *transaction).await?;
        let serving: Option<i64> = sqlx::query_scalar(SERVING_NUMBER).fetch_optional(&mut *transaction).await?;
        if i64::from(edition.number) != highest + 1 || serving != edition.instead_of.map(i64::from) {
            return Ok(false);
        }
        sqlx::query(INSERT)
            .bind(i64::from(edition.number))
            .bind(&edition.content_sha256)
            .bind(edition.at.as_millisecond())
            .bind(&edition.by)
            .bind(i64::from(edition.topics))
            .bind(edition.is_forced)
            .bind(&edition.content)
            .execute(&mut *transaction)
            .await?;
        let forced = if edition.is_forced { ", forced" } else { "" };
        let detail =
            format!("edition {}, {} topics{forced}, sha256 {}", edition.number, edition.topics, edition.content_sha256);
        let (by, action) = (edition.by.clone(), "edition.publish".to_owned());
        mark(&mut transaction, edition.number, AuditEntry { at: edition.at, by, action, detail }).await?;
        transaction.commit().await?;
        self.connections.keep(writer).await?;
        Ok(true)
    }

    async fn mark_again(&self, number: u32, by: &str, at: Timestamp) -> Result<RolledBack, Fault> {
        let mut writer = self.connections.writer().await?;
        let mut transaction = writer.begin_alone(Turn::Editions).await?;
        let known: i64 = sqlx::query_scalar(IS_KNOWN).bind(i64::from(number)).fetch_one(&mut *transaction).await?;
        if known == 0 {
            return Ok(RolledBack::NoSuchEdition);
        }
        let serving: Option<i64> = sqlx::query_scalar(SERVING_NUMBER).fetch_optional(&mut *transaction).await?;
        let serving = serving.map(|serving| read_count("edition number", serving)).transpose()?;
        if serving == Some(number) {
            return Ok(RolledBack::AlreadyServing);
        }
        let before = serving.map_or_else(|| "none".to_owned(), |serving: u32| serving.to_string());
        let (by, action) = (by.to_owned(), "edition.rollback".to_owned());
        let detail = format!("edition {number} serves again, instead of {before}");
        mark(&mut transaction, number, AuditEntry { at, by, action, detail }).await?;
        transaction.commit().await?;
        self.connections.keep(writer).await?;
        Ok(RolledBack::InsteadOf(serving))
    }

    async fn find_serving(&self) -> Result<Option<(EditionRecord, String)>, Fault> {
        let found: Option<WholeRow> =
            sqlx::query_as(SERVING).fetch_optional(&mut *self.connections.reader().await?).await?;
        Ok(found.map(WholeRow::read).transpose()?)
    }

    async fn find_edition(&self, number: u32) -> Result<Option<(EditionRecord, String)>, Fault> {
        let query = sqlx::query_as::<_, WholeRow>(BY_NUMBER).bind(i64::from(number));
        let found = query.fetch_optional(&mut *self.connections.reader().await?).await?;
        Ok(found.map(WholeRow::read).transpose()?)
    }

    async fn find_serving_mark(&self) -> Result<Option<ServingMark>, Fault> {
        let query = sqlx::query_as::<_, (i64, i64, i64, String)>(SERVING_MARK);
        let found = query.fetch_optional(&mut *self.connections.reader().await?).await?;
        let read = |(sequence, edition, at, by)| {
            Ok::<_, RecordError>(ServingMark {
                sequence: read_count("serving mark", sequence)?,
                edition: read_count("edition number", edition)?,
                at: read_time(at)?,
                by,
            })
        };
        Ok(found.map(read).transpose()?)
    }

    async fn list_editions(&self) -> Result<Vec<EditionRecord>, Fault> {
        let rows: Vec<Row> = sqlx::query_as(ALL).fetch_all(&mut *self.connections.reader().await?).await?;
        Ok(rows.into_iter().map(Row::read).collect::<Result<_, _>>()?)
    }
}

/// Makes an edition the serving one, with the line of the audit log that says so.
async fn mark(connection: &mut Connection, number: u32, entry: AuditEntry) -> Result<(), Fault> {
    let query = sqlx::query(MARK).bind(i64::from(number)).bind(entry.at.as_millisecond()).bind(&entry.by);
    query.execute(&mut *connection).await?;
    insert_audit(connection, &entry).await
}

impl Row {
    fn read(self) -> Result<EditionRecord, RecordError> {
        Ok(EditionRecord {
            number: read_count("edition number", self.number)?,
            content_sha256: self.content_sha256,
            published_at: read_time(self.published_at)?,
            published_by: self.published_by,
            topics: read_count("number of topics", self.topics)?,
            is_forced: self.is_forced,
            is_serving: self.is_serving,
        })
    }
}

impl WholeRow {
    fn read(self) -> Result<(EditionRecord, String), RecordError> {
        Ok((self.row.read()?, self.content))
    }
}
