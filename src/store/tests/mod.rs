//! One contract for every store, and what only the file-based one promises.
//!
//! The functions in `messages`, `decisions`, `editions`, `people`, `questions` and `threads` know only the ports: another store runs the
//! same ones.

mod decisions;
mod editions;
mod messages;
mod opening;
mod people;
mod questions;
mod sample;
mod threads;

use tempfile::TempDir;

use super::SqliteStore;
use crate::desk::ports::{Editions, Files, Inbox, Outbox, Questions, Threads};

/// What the contract is about.
trait Store: Inbox + Outbox + Files + Editions + Questions + Threads {}

impl<S: Inbox + Outbox + Files + Editions + Questions + Threads> Store for S {}

/// A store in a file of its own, which is deleted with the folder.
async fn in_file() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&url(&folder)).await.unwrap();
    (store, folder)
}

async fn in_memory() -> SqliteStore {
    SqliteStore::open("sqlite::memory:").await.unwrap()
}

fn url(folder: &TempDir) -> String {
    format!("sqlite://{}", folder.path().join("data/zhengqitong.db").display())
}

/// Runs each clause of the contract on a file and in memory, each time on an empty store.
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
    };
}

use contract;
