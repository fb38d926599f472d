//! Questions to learn from, and feedback. Conversations are hashed here, so that nobody else needs the salt.
//!
//! The only rows that are ever deleted.

use async_trait::async_trait;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use sqlx::{FromRow, Row as _};

use super::commit::insert_audit;
use super::{Connection, DatabaseRow, Store, dialect};
use crate::desk::changes::AuditEntry;
use crate::desk::message::ChatAddress;
use crate::desk::ports::{Questions, StoreError};
use crate::desk::questions::{FeedbackChange, FeedbackCounts, KeptQuestion, OpenQuestion, QuestionChange, Settlement};
use crate::domain::topic::TopicId;
use crate::store::Fault;
use crate::store::record::{RecordError, read_count, read_time, read_word, storable};

const SALT: &str = "SELECT value FROM setting WHERE key = 'asker_salt'";

/// When it was asked, and what somebody has made of it meanwhile, stays.
const KEEP: &str = "
    INSERT INTO question (asker, turn, channel, text, key, reason, wants_person, topic, edition, asked_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (asker, turn) DO UPDATE SET
        text = excluded.text, key = excluded.key, reason = excluded.reason, wants_person = excluded.wants_person,
        topic = COALESCE(excluded.topic, question.topic), edition = excluded.edition";

const FORGET: &str = "DELETE FROM question WHERE asker = $1 AND turn = $2";

const DRAFT: &str =
    "UPDATE question SET state = 'drafted', draft = $2 WHERE id = $1 AND state IN ('waiting', 'drafted')";

const DISMISS: &str = "UPDATE question SET state = 'dismissed' WHERE id = $1 AND state IN ('waiting', 'drafted')";

const PUBLISHED: &str = "UPDATE question SET state = 'published' WHERE draft = $1 AND state = 'drafted'";

const SAY: &str = "
    INSERT INTO feedback (asker, turn, channel, verdict, topic, edition, given_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (asker, turn) DO UPDATE SET
        verdict = excluded.verdict, topic = excluded.topic, edition = excluded.edition, given_at = excluded.given_at";

const OPEN: &str = "
    SELECT id, asker, channel, text, reason, wants_person, topic, edition, asked_at, draft FROM question
    WHERE state IN ('waiting', 'drafted') ORDER BY asked_at, id";

const COUNTS: &str = "
    SELECT COUNT(CASE WHEN verdict = 'helpful' THEN 1 END), COUNT(CASE WHEN verdict = 'unhelpful' THEN 1 END)
    FROM feedback WHERE given_at >= $1";

const SWEEP: [&str; 2] = ["DELETE FROM question WHERE asked_at < $1", "DELETE FROM feedback WHERE given_at < $1"];

const ERASE: [&str; 2] = ["DELETE FROM question WHERE asker = $1", "DELETE FROM feedback WHERE asker = $1"];

/// One row of `question`.
struct Row {
    id: i64,
    asker: Option<String>,
    channel: String,
    text: String,
    reason: String,
    wants_person: bool,
    topic: Option<String>,
    edition: i64,
    asked_at: i64,
    draft: Option<String>,
}

impl FromRow<'_, DatabaseRow> for Row {
    fn from_row(row: &DatabaseRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            asker: row.try_get("asker")?,
            channel: row.try_get("channel")?,
            text: row.try_get("text")?,
            reason: row.try_get("reason")?,
            wants_person: row.try_get("wants_person")?,
            topic: row.try_get("topic")?,
            edition: row.try_get("edition")?,
            asked_at: row.try_get("asked_at")?,
            draft: row.try_get("draft")?,
        })
    }
}

impl Row {
    fn read(self) -> Result<OpenQuestion, RecordError> {
        Ok(OpenQuestion {
            id: self.id,
            asker: self.asker,
            channel: read_word("channel", &self.channel)?,
            text: self.text,
            reason: read_word("reason", &self.reason)?,
            wants_person: self.wants_person,
            topic: read_topic(self.topic)?,
            edition: read_count("edition number", self.edition)?,
            at: read_time(self.asked_at)?,
            draft: read_topic(self.draft)?,
        })
    }
}

fn read_topic(text: Option<String>) -> Result<Option<TopicId>, RecordError> {
    text.map(|text| TopicId::parse(&text).ok_or(RecordError::new("topic"))).transpose()
}

#[async_trait]
impl Questions for Store {
    async fn open_questions(&self) -> Result<Vec<OpenQuestion>, StoreError> {
        self.list_open_questions().await.map_err(|fault| fault.during("list kept questions"))
    }

    async fn feedback_since(&self, since: Timestamp) -> Result<FeedbackCounts, StoreError> {
        self.count_feedback(since).await.map_err(|fault| fault.during("count feedback"))
    }

    async fn sweep_questions(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.delete_before(before).await.map_err(|fault| fault.during("sweep kept questions"))
    }

    async fn erase_asker(&self, chat: &ChatAddress, by: &str, at: Timestamp) -> Result<u64, StoreError> {
        self.delete_of(chat, by, at).await.map_err(|fault| fault.during("erase kept questions"))
    }
}

impl Store {
    async fn list_open_questions(&self) -> Result<Vec<OpenQuestion>, Fault> {
        let rows: Vec<Row> = sqlx::query_as(OPEN).fetch_all(&mut *self.connections.reader().await?).await?;
        Ok(rows.into_iter().map(Row::read).collect::<Result<_, _>>()?)
    }

    async fn count_feedback(&self, since: Timestamp) -> Result<FeedbackCounts, Fault> {
        let query = sqlx::query_as(COUNTS).bind(since.as_millisecond());
        let (helpful, unhelpful): (i64, i64) = query.fetch_one(&mut *self.connections.reader().await?).await?;
        Ok(FeedbackCounts { helpful: read_count("count", helpful)?, unhelpful: read_count("count", unhelpful)? })
    }

    async fn delete_before(&self, before: Timestamp) -> Result<u64, Fault> {
        let mut writer = self.connections.writer().await?;
        dialect::overwrite_deleted(writer.connection()).await?;
        let mut transaction = writer.begin().await?;
        let mut questions = 0;
        for (at, sweep) in SWEEP.into_iter().enumerate() {
            let swept = sqlx::query(sweep).bind(before.as_millisecond()).execute(&mut *transaction).await?;
            questions += if at == 0 { swept.rows_affected() } else { 0 };
        }
        transaction.commit().await?;
        self.connections.keep(writer).await?;
        Ok(questions)
    }

    async fn delete_of(&self, chat: &ChatAddress, by: &str, at: Timestamp) -> Result<u64, Fault> {
        let mut writer = self.connections.writer().await?;
        dialect::overwrite_deleted(writer.connection()).await?;
        let mut transaction = writer.begin().await?;
        let asker = Askers::read(&mut transaction).await?.hash(chat);
        let mut questions = 0;
        for (number, erase) in ERASE.into_iter().enumerate() {
            let erased = sqlx::query(erase).bind(&asker).execute(&mut *transaction).await?;
            questions += if number == 0 { erased.rows_affected() } else { 0 };
        }
        let (action, detail) = ("questions.erase".to_owned(), format!("{questions} questions of one conversation"));
        insert_audit(&mut transaction, &AuditEntry { at, by: by.to_owned(), action, detail }).await?;
        transaction.commit().await?;
        self.connections.keep(writer).await?;
        Ok(questions)
    }
}

/// Hashes conversations.
struct Askers(String);

impl Askers {
    async fn read(connection: &mut Connection) -> Result<Self, Fault> {
        let salt: Option<String> = sqlx::query_scalar(SALT).fetch_optional(connection).await?;
        Ok(Self(salt.ok_or_else(|| Fault::from(RecordError::new("salt of the askers")))?))
    }

    /// 128 bits: enough to tell conversations apart.
    fn hash(&self, chat: &ChatAddress) -> String {
        let digest = Sha256::digest(format!("{}:{chat}", self.0));
        digest.iter().take(16).fold(String::with_capacity(32), |hex, byte| hex + &format!("{byte:02x}"))
    }
}

/// Writes what a decision changes, within its transaction.
pub(super) async fn save(
    connection: &mut Connection,
    questions: &[QuestionChange],
    feedback: &[FeedbackChange],
    at: Timestamp,
) -> Result<(), Fault> {
    if questions.is_empty() && feedback.is_empty() {
        return Ok(());
    }
    let askers = Askers::read(connection).await?;
    for change in questions {
        save_question(connection, change, &askers).await?;
    }
    for change in feedback {
        sqlx::query(SAY)
            .bind(askers.hash(&change.chat))
            .bind(i64::from(change.turn))
            .bind(change.chat.channel.to_string())
            .bind(change.verdict.to_string())
            .bind(change.topic.as_ref().map(TopicId::as_str))
            .bind(i64::from(change.edition))
            .bind(at.as_millisecond())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn save_question(connection: &mut Connection, change: &QuestionChange, askers: &Askers) -> Result<(), Fault> {
    match change {
        QuestionChange::Keep(question) => keep(connection, question, askers).await,
        QuestionChange::Forget { chat, turn } => {
            let query = sqlx::query(FORGET).bind(askers.hash(chat)).bind(i64::from(*turn));
            query.execute(connection).await?;
            Ok(())
        }
        QuestionChange::Settle { ids, settlement } => {
            for id in ids {
                match settlement {
                    Settlement::Drafted(topic) => sqlx::query(DRAFT).bind(id).bind(topic.as_str()),
                    Settlement::Dismissed => sqlx::query(DISMISS).bind(id),
                }
                .execute(&mut *connection)
                .await?;
            }
            Ok(())
        }
        QuestionChange::Published { topic } => {
            sqlx::query(PUBLISHED).bind(topic.as_str()).execute(connection).await?;
            Ok(())
        }
    }
}

async fn keep(connection: &mut Connection, question: &KeptQuestion, askers: &Askers) -> Result<(), Fault> {
    sqlx::query(KEEP)
        .bind(question.chat.as_ref().map(|chat| askers.hash(chat)))
        .bind(i64::from(question.turn))
        .bind(question.channel.to_string())
        .bind(storable(&question.text))
        .bind(storable(&question.key))
        .bind(question.reason.to_string())
        .bind(question.wants_person)
        .bind(question.topic.as_ref().map(TopicId::as_str))
        .bind(i64::from(question.edition))
        .bind(question.at.as_millisecond())
        .execute(connection)
        .await?;
    Ok(())
}
