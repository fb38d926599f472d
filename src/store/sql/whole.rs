//! A whole store within one transaction, table by table, for copying; see [`mod@crate::store::copy`].
//!
//! Statements are put together from names that the database itself has given for its columns.

use async_trait::async_trait;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Row as _};

use super::{Arguments, Connection, Database, DatabaseRow, dialect};
use crate::store::Fault;
use crate::store::copy::{Column, Form, Layout, PAGE, Value, Whole};
use crate::store::record::storable;

/// A connection in a transaction; closed without a commit, the transaction is undone.
pub(in crate::store) struct Transfer(pub(in crate::store) Connection);

#[async_trait]
impl Whole for Transfer {
    async fn layout(&mut self, table: &'static str) -> Result<Layout, Fault> {
        let query = sqlx::query_as::<_, (String, String, i64)>(dialect::COLUMNS).bind(table);
        let mut columns: Vec<_> = query.fetch_all(&mut self.0).await?.into_iter().map(column).collect();
        columns.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Layout { name: table, columns })
    }

    async fn read(&mut self, table: &Layout, after: &[Value]) -> Result<Vec<Vec<Value>>, Fault> {
        let columns: Vec<_> = table.columns.iter().map(read_column).collect();
        let key: Vec<_> = table.key().into_iter().map(|column| quoted(&column.name)).collect();
        let after_key = if after.is_empty() {
            String::new()
        } else {
            format!("WHERE ({}) > ({}) ", key.join(", "), parameters(after.len()))
        };
        let (columns, key, name) = (columns.join(", "), key.join(", "), quoted(table.name));
        let sql = format!("SELECT {columns} FROM {name} {after_key}ORDER BY {key} LIMIT {PAGE}");
        let query = after.iter().fold(sqlx::query(AssertSqlSafe(sql)), bind);
        let rows = query.fetch_all(&mut self.0).await?;
        rows.iter().map(|row| Ok(values(row, table)?)).collect()
    }

    async fn write(&mut self, table: &Layout, row: &[Value]) -> Result<(), Fault> {
        let names: Vec<_> = table.columns.iter().map(|column| quoted(&column.name)).collect();
        let values: Vec<_> =
            table.columns.iter().zip(1..).map(|(column, number)| written(column.form, number)).collect();
        let (name, names, values) = (quoted(table.name), names.join(", "), values.join(", "));
        let sql = AssertSqlSafe(format!("INSERT INTO {name} ({names}) VALUES ({values})"));
        row.iter().fold(sqlx::query(sql), bind).execute(&mut self.0).await?;
        Ok(())
    }

    async fn clear_settings(&mut self) -> Result<(), Fault> {
        sqlx::query("DELETE FROM setting").execute(&mut self.0).await?;
        Ok(())
    }

    async fn counter(&mut self, table: &Layout) -> Result<Option<i64>, Fault> {
        let Some(key) = counted(table) else { return Ok(None) };
        let query = sqlx::query_scalar::<_, Option<i64>>(dialect::COUNTER).bind(table.name).bind(&key.name);
        let drawn = query.fetch_one(&mut self.0).await?;
        let sql = format!("SELECT MAX({}) FROM {}", quoted(&key.name), quoted(table.name));
        let highest: Option<i64> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut self.0).await?;
        Ok(drawn.max(highest))
    }

    async fn set_counter(&mut self, table: &Layout, last: i64) -> Result<(), Fault> {
        let Some(key) = counted(table) else { return Ok(()) };
        dialect::set_counter(&mut self.0, table.name, &key.name, last).await
    }

    async fn commit(mut self: Box<Self>) -> Result<(), Fault> {
        sqlx::query("COMMIT").execute(&mut self.0).await?;
        Ok(sqlx::Connection::close(self.0).await?)
    }
}

fn column((name, kind, place): (String, String, i64)) -> Column {
    let form = match kind.as_str() {
        "text" => Form::Text,
        "boolean" => Form::Truth,
        _ => Form::Number,
    };
    Column { name, form, place }
}

/// The one number that rows are counted by, where they are.
fn counted(table: &Layout) -> Option<&Column> {
    match table.key()[..] {
        [key] if key.form == Form::Number => Some(key),
        _ => None,
    }
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn parameters(count: usize) -> String {
    (1..=count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

/// A truth travels as 0 or 1, which is what it is in SQLite.
fn read_column(column: &Column) -> String {
    let name = quoted(&column.name);
    match column.form {
        Form::Number | Form::Text => name,
        Form::Truth => format!("CAST(CASE WHEN {name} THEN 1 WHEN NOT {name} THEN 0 END AS BIGINT) AS {name}"),
    }
}

fn written(form: Form, number: usize) -> String {
    match form {
        Form::Number | Form::Text => format!("${number}"),
        Form::Truth => format!("${number} <> 0"),
    }
}

fn bind<'q>(query: Query<'q, Database, Arguments>, value: &Value) -> Query<'q, Database, Arguments> {
    match value {
        Value::Number(number) => query.bind(*number),
        Value::Text(text) => query.bind(text.as_deref().map(|text| storable(text).into_owned())),
    }
}

fn values(row: &DatabaseRow, table: &Layout) -> sqlx::Result<Vec<Value>> {
    let value = |(at, column): (usize, &Column)| {
        Ok(match column.form {
            Form::Text => Value::Text(row.try_get(at)?),
            Form::Number | Form::Truth => Value::Number(row.try_get(at)?),
        })
    };
    table.columns.iter().enumerate().map(value).collect()
}
