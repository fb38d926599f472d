//! The contract of editions, serving marks and warnings of ends.

use futures::future::join_all;
use jiff::civil::date;
use sqlx::{Connection, SqliteConnection};

use super::sample::{at, outgoing, telegram};
use super::{Store, contract, url};
use crate::desk::changes::{Changes, ExpiryWarning};
use crate::desk::ports::{CommitError, EditionRecord, Editions, NewEdition, PublishError, RolledBack, ServingMark};
use crate::domain::topic::TopicId;
use crate::store::SqliteStore;

contract!(
    the_last_published_edition_is_the_serving_one,
    an_edition_compared_with_another_than_the_serving_one_is_refused,
    of_two_publications_at_once_one_succeeds,
    an_earlier_edition_serves_again_and_none_is_lost,
    a_warning_is_given_once,
);

fn edition(number: u32, instead_of: Option<u32>, is_forced: bool) -> NewEdition {
    NewEdition {
        number,
        instead_of,
        content_sha256: format!("sha of {number}"),
        content: format!("content of {number}"),
        topics: 3,
        is_forced,
        by: "cli".into(),
        at: at(i64::from(number)),
    }
}

fn record(number: u32, is_forced: bool, is_serving: bool) -> EditionRecord {
    EditionRecord {
        number,
        content_sha256: format!("sha of {number}"),
        published_at: at(i64::from(number)),
        published_by: "cli".into(),
        topics: 3,
        is_forced,
        is_serving,
    }
}

fn mark(sequence: u64, edition: u32, seconds: i64) -> ServingMark {
    ServingMark { sequence, edition, at: at(seconds), by: "cli".into() }
}

async fn the_last_published_edition_is_the_serving_one(store: &impl Store) {
    assert_eq!(store.serving_number().await.unwrap(), None);
    assert_eq!(store.serving_edition().await.unwrap(), None);
    assert_eq!(store.edition(1).await.unwrap(), None);
    assert!(store.editions().await.unwrap().is_empty());
    store.publish(&edition(1, None, false)).await.unwrap();
    store.publish(&edition(2, Some(1), true)).await.unwrap();
    assert_eq!(store.serving_number().await.unwrap(), Some(2));
    assert_eq!(store.serving_mark().await.unwrap(), Some(mark(2, 2, 2)));
    assert_eq!(store.serving_edition().await.unwrap(), Some((record(2, true, true), "content of 2".into())));
    assert_eq!(store.edition(1).await.unwrap(), Some((record(1, false, false), "content of 1".into())));
    assert_eq!(store.editions().await.unwrap(), [record(2, true, true), record(1, false, false)]);
}

async fn an_edition_compared_with_another_than_the_serving_one_is_refused(store: &impl Store) {
    store.publish(&edition(1, None, false)).await.unwrap();
    store.publish(&edition(2, Some(1), false)).await.unwrap();
    store.roll_back(1, "cli", at(9)).await.unwrap();
    for late in [edition(3, Some(2), false), edition(3, None, false), edition(2, Some(1), false)] {
        assert!(matches!(store.publish(&late).await, Err(PublishError::Superseded)), "{late:?}");
    }
    assert_eq!(store.editions().await.unwrap().len(), 2);
    assert_eq!(store.serving_number().await.unwrap(), Some(1));
    store.publish(&edition(3, Some(1), false)).await.unwrap();
}

async fn of_two_publications_at_once_one_succeeds(store: &impl Store) {
    let results = join_all((0..8).map(|_| async { store.publish(&edition(1, None, false)).await })).await;
    let published = results.iter().filter(|result| result.is_ok()).count();
    let superseded = results.iter().filter(|result| matches!(result, Err(PublishError::Superseded))).count();
    assert_eq!((published, superseded), (1, 7));
    assert_eq!(store.editions().await.unwrap(), [record(1, false, true)]);
}

async fn an_earlier_edition_serves_again_and_none_is_lost(store: &impl Store) {
    assert_eq!(store.roll_back(1, "cli", at(0)).await.unwrap(), RolledBack::NoSuchEdition);
    store.publish(&edition(1, None, false)).await.unwrap();
    store.publish(&edition(2, Some(1), false)).await.unwrap();
    assert_eq!(store.roll_back(2, "cli", at(3)).await.unwrap(), RolledBack::AlreadyServing);
    assert_eq!(store.roll_back(1, "cli", at(4)).await.unwrap(), RolledBack::InsteadOf(Some(2)));
    assert_eq!(
        store.serving_mark().await.unwrap(),
        Some(mark(3, 1, 4)),
        "the mark goes up although the number goes down"
    );
    assert_eq!(store.serving_edition().await.unwrap().unwrap().1, "content of 1");
    assert_eq!(store.editions().await.unwrap(), [record(2, false, false), record(1, false, true)]);
    assert_eq!(store.roll_back(2, "cli", at(5)).await.unwrap(), RolledBack::InsteadOf(Some(1)));
    assert_eq!(store.serving_mark().await.unwrap(), Some(mark(4, 2, 5)));
}

async fn a_warning_is_given_once(store: &impl Store) {
    let warning = |document: Option<&str>, days_ahead| ExpiryWarning {
        topic: TopicId::parse("finance/loan").unwrap(),
        document: document.map(str::to_owned),
        last_day: date(2026, 12, 31),
        days_ahead,
    };
    let given = |warnings: &[ExpiryWarning]| Changes {
        expiry_warnings: warnings.to_vec(),
        outgoing: vec![outgoing(&telegram("9"), "到期")],
        at: at(1),
        ..Changes::default()
    };
    store.commit(given(&[warning(None, 30), warning(Some("《通知》"), 30)])).await.unwrap();
    let again = store.commit(given(&[warning(None, 7), warning(None, 30)])).await;
    assert!(matches!(again, Err(CommitError::Conflict)));
    assert_eq!(store.outgoing_since(&telegram("9"), 0).await.unwrap().len(), 1);
    store.commit(given(&[warning(None, 7)])).await.unwrap();
    let kept = store.expiry_warnings(date(2026, 12, 31)).await.unwrap();
    assert_eq!(kept, [warning(None, 7), warning(None, 30), warning(Some("《通知》"), 30)]);
    assert!(store.expiry_warnings(date(2027, 1, 1)).await.unwrap().is_empty());
}

#[tokio::test]
async fn marks_are_not_changed_and_the_serving_edition_of_an_older_database_still_serves() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    let mut old = SqliteConnection::connect(&format!("{}?mode=rwc", url(&folder))).await.unwrap();
    let first = include_str!("../../../migrations/sqlite/0001_begin.sql");
    sqlx::raw_sql(first).execute(&mut old).await.unwrap();
    let editions = "
        INSERT INTO edition VALUES (1, 'sha of 1', 1000, 'cli', 3, 0, 'content of 1'),
            (2, 'sha of 2', 2000, 'cli', 3, 0, 'content of 2');
        INSERT INTO setting VALUES ('serving_edition', '2');";
    sqlx::raw_sql(editions).execute(&mut old).await.unwrap();
    let second = include_str!("../../../migrations/sqlite/0002_life.sql");
    sqlx::raw_sql(second).execute(&mut old).await.unwrap();
    let (edition, by): (i64, String) =
        sqlx::query_as("SELECT edition, marked_by FROM serving_mark").fetch_one(&mut old).await.unwrap();
    assert_eq!((edition, by.as_str()), (2, "cli"));
    for change in ["UPDATE serving_mark SET edition = 1", "DELETE FROM serving_mark"] {
        assert!(sqlx::query(change).execute(&mut old).await.is_err(), "{change}");
    }
    old.close().await.unwrap();
    // A new database has no serving edition.
    let store = SqliteStore::open("sqlite::memory:").await.unwrap();
    assert_eq!(store.serving_number().await.unwrap(), None);
}
