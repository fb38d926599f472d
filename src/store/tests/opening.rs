//! Opening, closing and the safeguards of the SQLite file.

use std::fs;

use futures::future::join_all;
use jiff::civil::date;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use super::sample::{LEASE, about, at, number, opened, outgoing, person, received, saying, telegram};
use super::{in_file, url};
use crate::desk::ports::{Files, Inbox, Outbox};
use crate::store::{Fault, OpenStoreError, SqliteStore, open};

async fn outsider(url: &str) -> SqliteConnection {
    let options: SqliteConnectOptions = url.parse().unwrap();
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn refusal(url: &str) -> OpenStoreError {
    SqliteStore::open(url).await.unwrap_err()
}

/// The error and all its causes.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

fn fault(error: &crate::desk::ports::StoreError) -> &Fault {
    error.cause.downcast_ref().unwrap()
}

/// Changes a setting of the writing connection.
async fn pragma(store: &SqliteStore, sql: &'static str) {
    store.run(sql).await.unwrap();
}

#[tokio::test]
async fn what_was_stored_is_there_after_closing_and_opening() {
    let (store, folder) = in_file().await;
    store.receive(&[received("a", &telegram("1"), 0)]).await.unwrap();
    store.commit(about(opened(number(1), &telegram("1"), "wang", 0))).await.unwrap();
    store.close().await.unwrap();
    let companions: Vec<_> =
        fs::read_dir(folder.path().join("data")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(companions, ["zhengqitong.db"], "the log was written back");
    let error = store.receive(&[]).await.unwrap_err();
    assert!(matches!(fault(&error), Fault::Closed(_)), "{error:?}");
    let store = SqliteStore::open(&url(&folder)).await.unwrap();
    assert_eq!(store.inbox_backlog().await.unwrap().waiting, 1);
    assert!(store.ticket(&number(1)).await.unwrap().is_some());
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let (store, folder) = in_file().await;
    store.receive(&[received("a", &telegram("1"), 0)]).await.unwrap();
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data"), 0o700);
    for file in ["zhengqitong.db", "zhengqitong.db-wal", "zhengqitong.db-shm"] {
        assert_eq!(mode(&format!("data/{file}")), 0o600, "{file}");
    }
}

#[tokio::test]
async fn what_is_promised_is_on_disk_and_what_is_not_does_not_wait() {
    let (store, _folder) = in_file().await;
    let chat = telegram("1");
    let message = received("a", &chat, 0);
    store.receive(std::slice::from_ref(&message)).await.unwrap();
    assert_eq!(store.times_kept().await, 1);
    store.receive(&[message.clone(), message]).await.unwrap();
    assert_eq!(store.times_kept().await, 2, "a known message is acknowledged as well");
    store.claim_incoming(chat.channel, at(0), LEASE).await.unwrap().unwrap();
    store.next_ticket_sequence(date(2026, 11, 22)).await.unwrap();
    assert_eq!(store.times_kept().await, 2, "a claim is nothing without its commit");
    store.commit(saying(0, vec![outgoing(&chat, "x")])).await.unwrap();
    assert_eq!(store.times_kept().await, 3);
    let claimed = store.claim_outgoing(chat.channel, at(0), LEASE, 1).await.unwrap();
    assert_eq!(store.times_kept().await, 3);
    store.mark_sent(claimed[0].id, "m", at(0)).await.unwrap();
    assert_eq!(store.times_kept().await, 4);
    store.fail_incoming("a", 1, "unreadable", None).await.unwrap();
    store.replace_roster(&[person("wang")], "cli", at(0)).await.unwrap();
    assert_eq!(store.times_kept().await, 6);
}

#[tokio::test]
async fn two_processes_may_open_a_new_database_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = url(&folder);
    let stores: Vec<_> =
        join_all((0..6).map(|_| SqliteStore::open(&url))).await.into_iter().map(Result::unwrap).collect();
    let message = [received("a", &telegram("1"), 0)];
    let new = join_all(stores.iter().map(|store| store.receive(&message))).await;
    assert_eq!(new.into_iter().map(Result::unwrap).sum::<usize>(), 1);
}

#[tokio::test]
async fn other_databases_are_refused_by_name() {
    let other = open("mysql://user:secret@db/zhengqitong").await.map(drop).unwrap_err();
    assert!(matches!(&other, OpenStoreError::UnsupportedScheme { scheme } if scheme == "mysql"));
    assert!(!chain(&other).contains("secret"));
    for url in ["data/zhengqitong.db", "sqlite:", "sqlite://", "sqlite://?mode=rwc", "sqlite://x.db?colour=red"] {
        assert!(matches!(refusal(url).await, OpenStoreError::InvalidUrl { .. }), "{url}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    let text = "not a database ".repeat(1000);
    fs::write(&path, &text).unwrap();
    let error = refusal(&format!("sqlite://{}", path.display())).await;
    assert!(matches!(&error, OpenStoreError::Database { cause: Fault::NotADatabase(_), .. }), "{error:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_folder_is_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let error = refusal(&format!("sqlite://{}", folder.path().display())).await;
    assert!(matches!(&error, OpenStoreError::Database { cause: Fault::NotPermitted(_), .. }), "{error:?}");
    fs::write(folder.path().join("file"), "").unwrap();
    let error = refusal(&format!("sqlite://{}", folder.path().join("file/x.db").display())).await;
    assert!(matches!(&error, OpenStoreError::Create { .. }), "{error:?}");
    assert!(chain(&error).starts_with("could not create the database at `"), "{}", chain(&error));
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    let (store, folder) = in_file().await;
    store.close().await.unwrap();
    let mut connection = outsider(&url(&folder)).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (4711, 'later', TRUE, x'00', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let error = refusal(&url(&folder)).await;
    assert!(matches!(error, OpenStoreError::Newer { found: 4711, known: 1.., .. }), "{error:?}");
}

#[tokio::test]
async fn a_read_only_database_says_so() {
    let (store, folder) = in_file().await;
    store.close().await.unwrap();
    let error = refusal(&format!("{}?mode=ro", url(&folder))).await;
    assert!(matches!(&error, OpenStoreError::Database { cause: Fault::ReadOnly(_), .. }), "{error:?}");
}

#[tokio::test]
async fn a_full_disk_is_reported_and_survived() {
    let (store, _folder) = in_file().await;
    pragma(&store, "PRAGMA max_page_count = 1").await;
    let long = outgoing(&telegram("1"), &"长".repeat(200_000));
    let error = store.commit(saying(0, vec![long.clone()])).await.unwrap_err();
    let crate::desk::ports::CommitError::Store(error) = error else { panic!("{error:?}") };
    assert!(matches!(fault(&error), Fault::DiskFull(_)), "{error:?}");
    assert!(!fault(&error).is_passing());
    pragma(&store, "PRAGMA max_page_count = 100000").await;
    store.commit(saying(0, vec![long])).await.unwrap();
    assert_eq!(store.outbox_backlog().await.unwrap().waiting, 1);
}

#[tokio::test]
async fn a_locked_database_is_reported_and_may_pass() {
    let (store, folder) = in_file().await;
    pragma(&store, "PRAGMA busy_timeout = 50").await;
    let mut other = outsider(&url(&folder)).await;
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let error = store.receive(&[received("a", &telegram("1"), 0)]).await.unwrap_err();
    assert!(matches!(fault(&error), Fault::Locked(_)) && fault(&error).is_passing(), "{error:?}");
    assert_eq!(store.inbox_backlog().await.unwrap().waiting, 0, "reading goes on");
    lock.rollback().await.unwrap();
    assert_eq!(store.receive(&[received("a", &telegram("1"), 0)]).await.unwrap(), 1);
}

#[tokio::test]
async fn histories_and_the_audit_log_are_only_added_to() {
    let (store, folder) = in_file().await;
    store.commit(about(opened(number(1), &telegram("1"), "wang", 0))).await.unwrap();
    store.replace_roster(&[person("wang")], "cli", at(1)).await.unwrap();
    let mut connection = outsider(&url(&folder)).await;
    for attempt in [
        "UPDATE ticket_event SET actor = 'system'",
        "DELETE FROM ticket_event",
        "INSERT OR REPLACE INTO ticket_event SELECT * FROM ticket_event",
        "UPDATE audit_log SET done_by = 'nobody'",
        "DELETE FROM audit_log",
        "INSERT OR REPLACE INTO audit_log SELECT * FROM audit_log",
    ] {
        let error = sqlx::query(attempt).execute(&mut connection).await.unwrap_err();
        assert!(error.to_string().contains("is append-only"), "{attempt}: {error}");
    }
    let audit: (String, String, String) =
        sqlx::query_as("SELECT done_by, action, detail FROM audit_log").fetch_one(&mut connection).await.unwrap();
    assert_eq!(audit, ("cli".into(), "roster.replace".into(), "1 listed, 0 removed".into()));
}

#[tokio::test]
async fn a_record_of_another_version_is_an_error_and_no_panic() {
    let (store, folder) = in_file().await;
    store.commit(about(opened(number(1), &telegram("1"), "wang", 0))).await.unwrap();
    let mut connection = outsider(&url(&folder)).await;
    sqlx::query(
        "INSERT INTO ticket_event (ticket, sequence, at, actor, from_state, to_state, kind)
         VALUES ('ZQ-20261122-0001', 3, 0, 'system', 'dispatched', 'dispatched', 'teleported')",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let error = store.ticket(&number(1)).await.unwrap_err();
    assert!(matches!(fault(&error), Fault::Record(_)));
    assert!(
        chain(&error)
            .starts_with("could not read a ticket in the store: a stored event cannot be read by this version")
    );
}

#[tokio::test]
async fn a_cancelled_commit_leaves_the_store_usable() {
    let (store, _folder) = in_file().await;
    for turns in 0..40_u32 {
        let commit = store.commit(saying(0, vec![outgoing(&telegram("1"), "x"), outgoing(&telegram("1"), "y")]));
        let mut commit = std::pin::pin!(commit);
        let impatient = async {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! { biased; _ = &mut commit => {}, () = impatient => {} }
    }
    let said = store.outgoing_since(&telegram("1"), 0).await.unwrap().len();
    assert_eq!(said % 2, 0, "each one as a whole");
    store.commit(saying(0, vec![outgoing(&telegram("1"), "last")])).await.unwrap();
    assert_eq!(store.outgoing_since(&telegram("1"), 0).await.unwrap().len(), said + 1);
}
