//! Both databases have the same tables, and a migration is never forgotten for one of them.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::SqliteConnection;

use super::{in_file, on_server, postgres, url};
use crate::store::copy::{OF_THE_MOMENT, TABLES};
use crate::store::migrations;

/// Name, kind, whether it may be missing, and place in the primary key.
type Column = (String, String, bool, i64);

type Tables = BTreeMap<String, BTreeSet<Column>>;

const SQLITE_COLUMNS: &str = "
    SELECT tables.name, columns.name, lower(columns.type), NOT columns.\"notnull\" AND columns.pk = 0, columns.pk
    FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%'";

const POSTGRES_COLUMNS: &str = "
    SELECT CAST(columns.table_name AS TEXT), CAST(columns.column_name AS TEXT), CAST(columns.data_type AS TEXT),
        columns.is_nullable = 'YES', CAST(COALESCE(keys.ordinal_position, 0) AS BIGINT)
    FROM information_schema.columns AS columns
    LEFT JOIN information_schema.table_constraints AS constraints
        ON constraints.table_name = columns.table_name AND constraints.constraint_type = 'PRIMARY KEY'
    LEFT JOIN information_schema.key_column_usage AS keys
        ON keys.constraint_name = constraints.constraint_name AND keys.column_name = columns.column_name
    WHERE columns.table_schema = 'public'";

const SQLITE_INDEXES: &str = "SELECT name FROM sqlite_schema WHERE type = 'index' AND name NOT LIKE 'sqlite%'";

/// Those that belong to a constraint have no counterpart by name.
const POSTGRES_INDEXES: &str = "
    SELECT CAST(indexname AS TEXT) FROM pg_indexes WHERE schemaname = 'public'
        AND indexname NOT IN (SELECT conname FROM pg_constraint)";

fn tables(rows: Vec<(String, String, String, bool, i64)>) -> Tables {
    let mut tables = Tables::new();
    for (table, column, kind, is_optional, place) in rows {
        tables.entry(table).or_default().insert((column, kind, is_optional, place));
    }
    // The driver's own.
    tables.remove("_sqlx_migrations");
    tables
}

/// A truth is a number in SQLite, and every number has 64 bits in PostgreSQL.
fn as_in_sqlite(tables: Tables) -> Tables {
    let kind = |kind: &str| if kind == "text" { "text".to_owned() } else { "integer".to_owned() };
    let column = |(name, of, is_optional, place): Column| {
        assert!(["text", "bigint", "boolean"].contains(&of.as_str()), "{name} is {of}");
        (name, kind(&of), is_optional, place)
    };
    tables.into_iter().map(|(name, columns)| (name, columns.into_iter().map(column).collect())).collect()
}

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_indexes() {
    let (store, folder) = in_file().await;
    let (_server, server_url) = on_server().await;
    let mut file = <SqliteConnection as sqlx::Connection>::connect(&url(&folder)).await.unwrap();
    let mut server = postgres::outsider(&server_url).await;
    let in_file = tables(sqlx::query_as(SQLITE_COLUMNS).fetch_all(&mut file).await.unwrap());
    let on_server = as_in_sqlite(tables(sqlx::query_as(POSTGRES_COLUMNS).fetch_all(&mut server).await.unwrap()));
    assert_eq!(in_file.keys().collect::<Vec<_>>(), on_server.keys().collect::<Vec<_>>());
    for (table, columns) in &in_file {
        assert_eq!(columns, &on_server[table], "{table}");
    }
    let copied: BTreeSet<&str> = TABLES.into_iter().chain(OF_THE_MOMENT).collect();
    assert_eq!(copied, in_file.keys().map(String::as_str).collect(), "what `store copy` knows of");
    let in_file: BTreeSet<String> =
        sqlx::query_scalar(SQLITE_INDEXES).fetch_all(&mut file).await.unwrap().into_iter().collect();
    let on_server: BTreeSet<String> =
        sqlx::query_scalar(POSTGRES_INDEXES).fetch_all(&mut server).await.unwrap().into_iter().collect();
    assert_eq!(in_file, on_server);
    store.close().await.unwrap();
}

/// Without this a file that nobody lists would simply never be applied.
#[test]
fn every_migration_is_listed_for_both_databases() {
    for (folder, known) in [("sqlite", &migrations::SQLITE), ("postgres", &migrations::POSTGRES)] {
        let path = format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
        let files: BTreeSet<String> = std::fs::read_dir(path)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".sql"))
            .collect();
        let listed: BTreeSet<String> =
            known.iter().map(|listed| format!("{:04}_{}.sql", listed.version, listed.description)).collect();
        assert_eq!(files, listed, "{folder}");
    }
}
