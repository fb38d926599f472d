//! The roster, who is bound to which Telegram account, and invitations.
//!
//! Nobody is ever deleted: who is no longer listed is marked as removed, and from then on is nobody to the desk.

use std::collections::BTreeSet;

use jiff::Timestamp;

use sqlx::{FromRow, Row as _};

use super::commit::insert_audit;
use super::{Connection, Connections, DatabaseRow, Store};
use crate::desk::changes::{AuditEntry, LeaveChange, ReachChange};
use crate::domain::commissioner::{Commissioner, CommissionerId};
use crate::store::record::{read_commissioner_id, read_count, read_json, read_time, read_word, write_json};
use crate::store::{Fault, Turn};

const ROSTER: &str = "
    SELECT id, name, phone, subdistricts, fields, role, backup, telegram_id, capacity, away_until, is_sample,
        companies, unreachable_since
    FROM commissioner WHERE removed_at IS NULL ORDER BY id";

const LISTED: &str = "SELECT id FROM commissioner WHERE removed_at IS NULL";

/// Those who come back after having been removed begin anew: the id may have gone to another person.
const UPSERT: &str = "
    INSERT INTO commissioner
        (id, name, phone, subdistricts, fields, role, backup, telegram_id, capacity, away_until, is_sample, companies,
         removed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL)
    ON CONFLICT (id) DO UPDATE SET
        name = excluded.name, phone = excluded.phone, subdistricts = excluded.subdistricts, fields = excluded.fields,
        role = excluded.role, backup = excluded.backup, capacity = excluded.capacity, is_sample = excluded.is_sample,
        companies = excluded.companies,
        unreachable_since = CASE WHEN commissioner.removed_at IS NULL AND (
            excluded.telegram_id IS NULL OR excluded.telegram_id = commissioner.telegram_id)
            THEN commissioner.unreachable_since END,
        telegram_id = COALESCE(
            excluded.telegram_id, CASE WHEN commissioner.removed_at IS NULL THEN commissioner.telegram_id END),
        away_until = COALESCE(
            excluded.away_until, CASE WHEN commissioner.removed_at IS NULL THEN commissioner.away_until END),
        removed_at = NULL";

const SAVE_LEAVE: &str = "UPDATE commissioner SET away_until = $2 WHERE id = $1";

/// Whoever is reached again begins anew.
const SAVE_REACH: &str = "UPDATE commissioner SET unreachable_since = $2 WHERE id = $1";

const REMOVE: &str = "UPDATE commissioner SET removed_at = $2 WHERE id = $1";

const UNBIND_OTHERS: &str = "UPDATE commissioner SET telegram_id = NULL WHERE telegram_id = $1 AND id <> $2";

const BIND: &str = "UPDATE commissioner SET telegram_id = $1, unreachable_since = NULL WHERE id = $2";

const DROP_INVITATIONS: &str = "DELETE FROM invitation WHERE commissioner = $1 AND used_at IS NULL";

const INVITE: &str = "
    INSERT INTO invitation (code_sha256, commissioner, expires_at, created_at, created_by) VALUES ($1, $2, $3, $4, $5)";

const REDEEM: &str = "
    UPDATE invitation SET used_at = $2
    WHERE code_sha256 = $1 AND used_at IS NULL AND expires_at > $2
        AND EXISTS (SELECT 1 FROM commissioner WHERE id = invitation.commissioner AND removed_at IS NULL)
    RETURNING commissioner";

/// One row of `commissioner`.
struct Row {
    id: String,
    name: String,
    phone: Option<String>,
    subdistricts: String,
    fields: String,
    role: String,
    backup: Option<String>,
    telegram_id: Option<i64>,
    capacity: i64,
    away_until: Option<i64>,
    is_sample: bool,
    companies: String,
    unreachable_since: Option<i64>,
}

impl FromRow<'_, DatabaseRow> for Row {
    fn from_row(row: &DatabaseRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            phone: row.try_get("phone")?,
            subdistricts: row.try_get("subdistricts")?,
            fields: row.try_get("fields")?,
            role: row.try_get("role")?,
            backup: row.try_get("backup")?,
            telegram_id: row.try_get("telegram_id")?,
            capacity: row.try_get("capacity")?,
            away_until: row.try_get("away_until")?,
            is_sample: row.try_get("is_sample")?,
            companies: row.try_get("companies")?,
            unreachable_since: row.try_get("unreachable_since")?,
        })
    }
}

/// Two people of a new roster are bound to one account.
#[derive(Debug, thiserror::Error)]
#[error("two people of the roster have the same id or the same Telegram account")]
pub(super) struct Ambiguous;

pub(super) async fn list(connections: &Connections) -> Result<Vec<Commissioner>, Fault> {
    let rows = sqlx::query_as::<_, Row>(ROSTER).fetch_all(&mut *connections.reader().await?).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Tells whether every id and every Telegram account occurs once.
pub(super) fn is_unambiguous(people: &[Commissioner]) -> bool {
    let mut ids = BTreeSet::new();
    let mut accounts = BTreeSet::new();
    people
        .iter()
        .all(|person| ids.insert(&person.id) && person.telegram_id.is_none_or(|account| accounts.insert(account)))
}

impl Store {
    pub(super) async fn write_roster(&self, people: &[Commissioner], by: &str, at: Timestamp) -> Result<(), Fault> {
        let mut writer = self.connections.writer().await?;
        let mut transaction = writer.begin_alone(Turn::Roster).await?;
        let listed: BTreeSet<String> =
            sqlx::query_scalar(LISTED).fetch_all(&mut *transaction).await?.into_iter().collect();
        let kept: BTreeSet<&str> = people.iter().map(|person| person.id.as_str()).collect();
        let gone: Vec<_> = listed.iter().filter(|id| !kept.contains(id.as_str())).collect();
        for id in &gone {
            sqlx::query(REMOVE).bind(id.as_str()).bind(at.as_millisecond()).execute(&mut *transaction).await?;
            sqlx::query(DROP_INVITATIONS).bind(id.as_str()).execute(&mut *transaction).await?;
        }
        for person in people {
            upsert(&mut transaction, person).await?;
        }
        let detail = format!("{} listed, {} removed", people.len(), gone.len());
        audit(&mut transaction, at, by, "roster.replace", detail).await?;
        transaction.commit().await?;
        self.connections.keep(writer).await
    }

    pub(super) async fn write_invitation(
        &self,
        commissioner: &CommissionerId,
        code_sha256: &str,
        expires_at: Timestamp,
        by: &str,
        at: Timestamp,
    ) -> Result<(), Fault> {
        let mut writer = self.connections.writer().await?;
        let mut transaction = writer.begin_alone(Turn::Roster).await?;
        sqlx::query(DROP_INVITATIONS).bind(commissioner.as_str()).execute(&mut *transaction).await?;
        sqlx::query(INVITE)
            .bind(code_sha256)
            .bind(commissioner.as_str())
            .bind(expires_at.as_millisecond())
            .bind(at.as_millisecond())
            .bind(by)
            .execute(&mut *transaction)
            .await?;
        audit(&mut transaction, at, by, "commissioner.invite", commissioner.to_string()).await?;
        transaction.commit().await?;
        self.connections.keep(writer).await
    }

    pub(super) async fn use_invitation(
        &self,
        code_sha256: &str,
        telegram_id: i64,
        at: Timestamp,
    ) -> Result<Option<CommissionerId>, Fault> {
        let mut writer = self.connections.writer().await?;
        let mut transaction = writer.begin_alone(Turn::Roster).await?;
        let query = sqlx::query_scalar::<_, String>(REDEEM).bind(code_sha256).bind(at.as_millisecond());
        let Some(id) = query.fetch_all(&mut *transaction).await?.pop() else { return Ok(None) };
        bind(&mut transaction, &id, telegram_id).await?;
        audit(&mut transaction, at, &id, "commissioner.bind", id.clone()).await?;
        transaction.commit().await?;
        self.connections.keep(writer).await?;
        Ok(Some(read_commissioner_id(&id)?))
    }
}

async fn bind(connection: &mut Connection, id: &str, telegram_id: i64) -> Result<(), sqlx::Error> {
    sqlx::query(UNBIND_OTHERS).bind(telegram_id).bind(id).execute(&mut *connection).await?;
    sqlx::query(BIND).bind(telegram_id).bind(id).execute(connection).await.map(drop)
}

async fn upsert(connection: &mut Connection, person: &Commissioner) -> Result<(), Fault> {
    if let Some(telegram_id) = person.telegram_id {
        sqlx::query(UNBIND_OTHERS).bind(telegram_id).bind(person.id.as_str()).execute(&mut *connection).await?;
    }
    sqlx::query(UPSERT)
        .bind(person.id.as_str())
        .bind(&person.name)
        .bind(&person.phone)
        .bind(write_json("subdistrict", &person.subdistricts)?)
        .bind(write_json("field", &person.fields)?)
        .bind(person.role.to_string())
        .bind(person.backup.as_ref().map(CommissionerId::as_str))
        .bind(person.telegram_id)
        .bind(i64::from(person.capacity))
        .bind(person.away_until.map(Timestamp::as_millisecond))
        .bind(person.is_sample)
        .bind(write_json("company", &person.companies)?)
        .execute(connection)
        .await?;
    Ok(())
}

async fn audit(
    connection: &mut Connection,
    at: Timestamp,
    by: &str,
    action: &str,
    detail: String,
) -> Result<(), Fault> {
    let entry = AuditEntry { at, by: by.to_owned(), action: action.to_owned(), detail };
    insert_audit(connection, &entry).await
}

impl Row {
    fn read(self) -> Result<Commissioner, Fault> {
        Ok(Commissioner {
            id: read_commissioner_id(&self.id)?,
            name: self.name,
            phone: self.phone,
            subdistricts: read_json("subdistrict", &self.subdistricts)?,
            fields: read_json("field", &self.fields)?,
            role: read_word("role", &self.role)?,
            backup: self.backup.as_deref().map(read_commissioner_id).transpose()?,
            telegram_id: self.telegram_id,
            capacity: read_count("capacity", self.capacity)?,
            away_until: self.away_until.map(read_time).transpose()?,
            companies: read_json("company", &self.companies)?,
            unreachable_since: self.unreachable_since.map(read_time).transpose()?,
            is_sample: self.is_sample,
        })
    }
}

/// Writes down that somebody is away or back, within a transaction.
pub(super) async fn save_leave(connection: &mut Connection, leave: &LeaveChange) -> Result<(), Fault> {
    let query = sqlx::query(SAVE_LEAVE).bind(leave.commissioner.as_str());
    query.bind(leave.away_until.map(Timestamp::as_millisecond)).execute(connection).await?;
    Ok(())
}

/// Writes down that messages no longer reach somebody, or do again, within a transaction.
pub(super) async fn save_reach(connection: &mut Connection, reach: &ReachChange) -> Result<(), Fault> {
    let query = sqlx::query(SAVE_REACH).bind(reach.commissioner.as_str());
    query.bind(reach.unreachable_since.map(Timestamp::as_millisecond)).execute(connection).await?;
    Ok(())
}
