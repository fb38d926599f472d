//! One contract for every store, and what only one of them promises.
//!
//! The functions in `messages`, `decisions`, `editions`, `people`, `questions`, `threads`, `turns` and `leases` know only the ports, and are
//! run on both databases. `opening` is about the file, `server` about PostgreSQL, `schema` about both
//! having the same tables, `moving` about copies and backups.

mod decisions;
mod editions;
mod leases;
mod messages;
mod moving;
mod opening;
mod people;
#[path = "../../../tests/it/support/postgres.rs"]
mod postgres;
mod questions;
mod sample;
mod schema;
mod server;
mod threads;
mod turns;

use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::{PostgresStore, SqliteStore};
use crate::desk::ports::{DeadLetters, Editions, Files, Inbox, Leases, Outbox, Questions, Threads, Turns};

/// What the contract is about.
trait Store: Inbox + Outbox + DeadLetters + Files + Editions + Questions + Threads + Turns + Leases {}

impl<S: Inbox + Outbox + DeadLetters + Files + Editions + Questions + Threads + Turns + Leases> Store for S {}

/// A store in a file of its own, which is deleted with the folder.
async fn in_file() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&url(&folder)).await.unwrap();
    (store, folder)
}

async fn in_memory() -> SqliteStore {
    SqliteStore::open("sqlite::memory:").await.unwrap()
}

/// An empty store in a database of its own, and its URL.
async fn on_server() -> (PostgresStore, String) {
    static MIGRATED: OnceCell<String> = OnceCell::const_new();
    let migrated = MIGRATED.get_or_init(async || {
        let url = postgres::new_database().await;
        crate::store::OpenStore::close(&PostgresStore::open(&url).await.unwrap()).await.unwrap();
        url
    });
    let url = postgres::copy_of(migrated.await).await;
    (PostgresStore::open(&url).await.unwrap(), url)
}

fn url(folder: &TempDir) -> String {
    format!("sqlite://{}", folder.path().join("data/zhengqitong.db").display())
}

/// Runs each clause of the contract on a file, in memory and on a server, each time on an empty store.
macro_rules! contract {
    ($($clause:ident),+ $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test]
                async fn $clause() {
                    let (store, _folder) = super::super::in_file().await;
                    super::$clause(&store).await;
                    store.close().await.unwrap();
                    super::$clause(&super::super::in_memory().await).await;
                }
            )+
        }
        mod on_postgres {
            $(
                #[tokio::test]
                async fn $clause() {
                    let (store, _url) = super::super::on_server().await;
                    super::$clause(&store).await;
                    crate::store::OpenStore::close(&store).await.unwrap();
                }
            )+
        }
    };
}

use contract;
