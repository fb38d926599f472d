//! What lies on the disk after a death: whole, and with everything that was acknowledged.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

const DATABASE: &str = "zhengqitong.db";

/// The database, and what was not yet moved into it. What is shared between processes is made anew from these.
const FILES: [&str; 2] = [DATABASE, "zhengqitong.db-wal"];

/// The first update of the fake Telegram.
const FIRST_UPDATE: u32 = 731_480_001;

/// What was found so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Found {
    pub(super) examined: usize,
    pub(super) acknowledged: usize,
    /// Questions of pages in the inbox, and handled.
    pub(super) asked_on_pages: usize,
    /// Answers to them in the outbox.
    pub(super) told_on_pages: usize,
}

/// Examines a copy of the database in `folder`: its integrity, and that everything acknowledged is in it, which are all updates
/// below a number and the messages of pages with these ids.
pub(super) async fn examine(folder: &Path, acknowledged: (u32, BTreeSet<String>), before: Found) -> Found {
    let copy = TempDir::new_in(folder).unwrap();
    for name in FILES.into_iter().filter(|name| folder.join(name).exists()) {
        fs::copy(folder.join(name), copy.path().join(name)).unwrap();
    }
    let url = format!("sqlite://{}", copy.path().join(DATABASE).display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    is_intact(&mut database).await;
    let (updates, pages) = acknowledged;
    let received: Vec<(String, String)> =
        sqlx::query_as("SELECT id, state FROM inbox").fetch_all(&mut database).await.unwrap();
    let known: BTreeSet<&str> = received.iter().map(|(id, _)| id.rsplit(':').next().unwrap()).collect();
    let updates = (FIRST_UPDATE..updates).map(|number| number.to_string());
    let lost: Vec<String> = updates.chain(pages).filter(|id| !known.contains(id.as_str())).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let told = "SELECT COUNT(*) FROM outbox WHERE channel = 'web'";
    let told: i64 = sqlx::query_scalar(told).fetch_one(&mut database).await.unwrap();
    database.close().await.unwrap();
    let handled = received.iter().filter(|(id, state)| id.starts_with("web:") && state == "handled").count();
    let told = usize::try_from(told).unwrap();
    // An answer is written together with the mark that its question is handled.
    assert_eq!(handled, told, "handled and told");
    assert!(told >= before.told_on_pages, "something is gone");
    Found { examined: before.examined + 1, acknowledged: known.len(), asked_on_pages: handled, told_on_pages: told }
}

async fn is_intact(database: &mut SqliteConnection) {
    let integrity: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut *database).await.unwrap();
    assert_eq!(integrity, "ok");
    let broken: Vec<(String,)> =
        sqlx::query_as("SELECT \"table\" FROM pragma_foreign_key_check").fetch_all(database).await.unwrap();
    assert!(broken.is_empty(), "rows that belong to nothing, in {broken:?}");
}
