//! Published editions, and which of them is the serving one.

use async_trait::async_trait;

use super::commit::insert_audit;
use super::record::{RecordError, read_count, read_time};
use super::{Fault, SqliteStore};
use crate::desk::changes::AuditEntry;
use crate::desk::ports::{EditionRecord, Editions, NewEdition, StoreError};

const INSERT: &str = "
    INSERT INTO edition (content_sha256, published_at, published_by, topics, is_forced, content)
    VALUES ($1, $2, $3, $4, $5, $6) RETURNING number";

const SERVE: &str = "
    INSERT INTO setting (key, value) VALUES ('serving_edition', $1)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value";

const SERVING_NUMBER: &str = "SELECT CAST(value AS BIGINT) FROM setting WHERE key = 'serving_edition'";

const SERVING: &str = "
    SELECT number, content_sha256, published_at, published_by, topics, is_forced, TRUE AS is_serving, content
    FROM edition WHERE number = (SELECT CAST(value AS BIGINT) FROM setting WHERE key = 'serving_edition')";

const ONE: &str = "
    SELECT number, content_sha256, published_at, published_by, topics, is_forced,
        EXISTS (SELECT 1 FROM setting WHERE key = 'serving_edition' AND CAST(value AS BIGINT) = number) AS is_serving, content
    FROM edition WHERE number = $1";

const ALL: &str = "
    SELECT number, content_sha256, published_at, published_by, topics, is_forced,
        EXISTS (SELECT 1 FROM setting WHERE key = 'serving_edition' AND CAST(value AS BIGINT) = number) AS is_serving
    FROM edition ORDER BY number DESC";

/// One row of `edition`, without its content.
#[derive(sqlx::FromRow)]
struct Row {
    number: i64,
    content_sha256: String,
    published_at: i64,
    published_by: String,
    topics: i64,
    is_forced: bool,
    is_serving: bool,
}

#[derive(sqlx::FromRow)]
struct WholeRow {
    #[sqlx(flatten)]
    row: Row,
    content: String,
}

#[async_trait]
impl Editions for SqliteStore {
    async fn publish(&self, edition: &NewEdition) -> Result<u32, StoreError> {
        self.insert_edition(edition).await.map_err(|fault| fault.during("publish an edition"))
    }

    async fn serving_edition(&self) -> Result<Option<(EditionRecord, String)>, StoreError> {
        self.find_serving().await.map_err(|fault| fault.during("read the serving edition"))
    }

    async fn edition(&self, number: u32) -> Result<Option<(EditionRecord, String)>, StoreError> {
        self.find_edition(number).await.map_err(|fault| fault.during("read an edition"))
    }

    async fn serving_number(&self) -> Result<Option<u32>, StoreError> {
        self.find_serving_number().await.map_err(|fault| fault.during("read the serving edition"))
    }

    async fn editions(&self) -> Result<Vec<EditionRecord>, StoreError> {
        self.list_editions().await.map_err(|fault| fault.during("list editions"))
    }
}

impl SqliteStore {
    async fn insert_edition(&self, edition: &NewEdition) -> Result<u32, Fault> {
        let mut writer = self.connections.writer().await?;
        let mut transaction = writer.begin().await?;
        let number: i64 = sqlx::query_scalar(INSERT)
            .bind(&edition.content_sha256)
            .bind(edition.at.as_millisecond())
            .bind(&edition.by)
            .bind(i64::from(edition.topics))
            .bind(edition.is_forced)
            .bind(&edition.content)
            .fetch_one(&mut *transaction)
            .await?;
        sqlx::query(SERVE).bind(number.to_string()).execute(&mut *transaction).await?;
        let forced = if edition.is_forced { ", forced" } else { "" };
        let detail = format!("edition {number}, {} topics{forced}, sha256 {}", edition.topics, edition.content_sha256);
        let (by, action) = (edition.by.clone(), "edition.publish".to_owned());
        insert_audit(&mut transaction, &AuditEntry { at: edition.at, by, action, detail }).await?;
        transaction.commit().await?;
        self.connections.keep(writer).await?;
        Ok(read_count("edition number", number)?)
    }

    async fn find_serving(&self) -> Result<Option<(EditionRecord, String)>, Fault> {
        let found: Option<WholeRow> =
            sqlx::query_as(SERVING).fetch_optional(&mut *self.connections.reader().await?).await?;
        Ok(found.map(|whole| Ok::<_, RecordError>((whole.row.read()?, whole.content))).transpose()?)
    }

    async fn find_edition(&self, number: u32) -> Result<Option<(EditionRecord, String)>, Fault> {
        let found: Option<WholeRow> =
            sqlx::query_as(ONE).bind(i64::from(number)).fetch_optional(&mut *self.connections.reader().await?).await?;
        Ok(found.map(|whole| Ok::<_, RecordError>((whole.row.read()?, whole.content))).transpose()?)
    }

    async fn find_serving_number(&self) -> Result<Option<u32>, Fault> {
        let number: Option<i64> =
            sqlx::query_scalar(SERVING_NUMBER).fetch_optional(&mut *self.connections.reader().await?).await?;
        Ok(number.map(|number| read_count("edition number", number)).transpose()?)
    }

    async fn list_editions(&self) -> Result<Vec<EditionRecord>, Fault> {
        let rows: Vec<Row> = sqlx::query_as(ALL).fetch_all(&mut *self.connections.reader().await?).await?;
        Ok(rows.into_iter().map(Row::read).collect::<Result<_, _>>()?)
    }
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
