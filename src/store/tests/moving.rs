//! Copies, backups and what is put back: nothing lost, nothing replaced in passing.

use std::fs;
use std::path::Path;

use sqlx::Connection;
use tempfile::TempDir;

use super::opening::chain;
use super::sample::{LEASE, about, acted, at, id, kept, number, opened, outgoing, person, received, saying, telegram};
use super::{Store, in_file, postgres, url};
use crate::desk::changes::{Changes, DialogueChange, ExpiryWarning, FiguresSent, TicketMessage};
use crate::desk::dialogue::Dialogue;
use crate::desk::message::{Attachment, AttachmentKind, Channel};
use crate::desk::ports::{Editions, Files, Inbox, NewEdition, Outbox, Questions};
use crate::desk::questions::{FeedbackChange, Reason, Verdict};
use crate::desk::threads::Thread;
use crate::domain::ticket::{Action, Actor};
use crate::domain::topic::TopicId;
use crate::store::{
    BackupError, CopyError, PostgresStore, SqliteStore, back_up, copy, missing_migrations, open, restore,
};

/// Something in every table.
async fn fill(store: &impl Store) {
    let chat = telegram("1");
    let content = "版次的内容".to_owned();
    let edition = NewEdition {
        number: 1,
        instead_of: None,
        content_sha256: "sha".into(),
        content,
        topics: 3,
        is_forced: true,
        by: "cli".into(),
        at: at(0),
    };
    store.publish(&edition).await.unwrap();
    store.replace_roster(&[person("wang"), person("li")], "cli", at(0)).await.unwrap();
    store.invite(&id("wang"), "code", at(100), "cli", at(0)).await.unwrap();
    let messages: Vec<_> = (0..1200).map(|n| received(&format!("m{n:04}"), &chat, n)).collect();
    store.receive(&messages).await.unwrap();
    store.fail_incoming("m0000", 0, "unreadable", None).await.unwrap();
    store.next_ticket_sequence(jiff::civil::date(2026, 11, 22)).await.unwrap();
    let change = opened(number(1), &chat, "wang", 0);
    store.commit(about(change.clone())).await.unwrap();
    let signed = acted(&change.ticket, &Action::Sign, &Actor::Commissioner(id("wang")), 1);
    let said = TicketMessage {
        ticket: number(1),
        at: at(2),
        from: Actor::Company,
        text: "急，“加急”；\n第二行".into(),
        is_note: true,
        attachment: Some(Attachment { kind: AttachmentKind::Document, reference: "B".into(), name: None }),
    };
    let topic = TopicId::parse("finance/loan").unwrap();
    let last_day = jiff::civil::date(2026, 12, 31);
    let rest = Changes {
        handled: Some("m0001".into()),
        dialogues: vec![DialogueChange { chat: chat.clone(), dialogue: Dialogue::default(), version: 0 }],
        ticket_messages: vec![said],
        outgoing: vec![outgoing(&chat, "一"), outgoing(&telegram("2"), "二")],
        questions: (1..=3).map(|turn| kept(&chat, turn, "问", Reason::Declined, 2)).collect(),
        feedback: vec![FeedbackChange { chat, turn: 1, verdict: Verdict::Helpful, topic: None, edition: 1 }],
        figures_sent: vec![FiguresSent { week: jiff::civil::date(2026, 11, 16), to: id("wang") }],
        expiry_warnings: vec![ExpiryWarning { topic, document: None, last_day, days_ahead: 7 }],
        ..about(signed)
    };
    store.commit(rest).await.unwrap();
    store.keep_thread(&telegram("-100/ZQ-1"), Thread { number: 5, is_closed: false }, at(3)).await.unwrap();
}

/// A filled store in a file that nobody has open.
async fn filled_file() -> (String, TempDir) {
    let (store, folder) = in_file().await;
    fill(&store).await;
    store.close().await.unwrap();
    (url(&folder), folder)
}

#[tokio::test]
async fn a_store_moves_to_the_server_and_back_and_is_the_same() {
    let (file, _folder) = filled_file().await;
    let server = postgres::new_database().await;
    let there = copy(&file, &server).await.unwrap();
    assert!(there.iter().all(|table| table.rows > 0), "every table is tried: {there:?}");
    assert_eq!(there.iter().find(|table| table.name == "inbox").map(|table| table.rows), Some(1200));
    let folder = tempfile::tempdir().unwrap();
    let back = copy(&server, &url(&folder)).await.unwrap();
    assert_eq!(there, back, "the same rows with the same checksums");
    let (before, after) = (SqliteStore::open(&file).await.unwrap(), SqliteStore::open(&url(&folder)).await.unwrap());
    assert_eq!(before.ticket_history(&number(1)).await.unwrap(), after.ticket_history(&number(1)).await.unwrap());
    assert_eq!(before.roster().await.unwrap(), after.roster().await.unwrap());
}

#[tokio::test]
async fn on_the_server_everything_goes_on_where_it_stood() {
    let (file, _folder) = filled_file().await;
    let server = postgres::new_database().await;
    let store = SqliteStore::open(&file).await.unwrap();
    let chat = telegram("1");
    let newest = store.open_questions().await.unwrap().pop().unwrap();
    // The highest number is gone from the table, and is not given again all the same.
    let forget = crate::desk::questions::QuestionChange::Forget { chat: chat.clone(), turn: 3 };
    store.commit(Changes { questions: vec![forget], ..saying(3, vec![]) }).await.unwrap();
    let said = store.outgoing_since(&chat, 0).await.unwrap();
    store.close().await.unwrap();
    copy(&file, &server).await.unwrap();
    let store = PostgresStore::open(&server).await.unwrap();
    assert_eq!(store.outgoing_since(&chat, 0).await.unwrap(), said);
    store.commit(saying(9, vec![outgoing(&chat, "三")])).await.unwrap();
    assert!(store.outgoing_since(&chat, said.last().unwrap().id).await.unwrap()[0].message.text == "三");
    store
        .commit(Changes { questions: vec![kept(&chat, 9, "新", Reason::Declined, 9)], ..saying(9, vec![]) })
        .await
        .unwrap();
    assert!(store.open_questions().await.unwrap().pop().unwrap().id > newest.id);
    assert_eq!(store.receive(&[received("m0001", &chat, 9), received("new", &chat, 9)]).await.unwrap(), 1);
    assert_eq!(store.next_ticket_sequence(jiff::civil::date(2026, 11, 22)).await.unwrap(), 2);
    let next = store.claim_incoming(Channel::Telegram, at(9), LEASE).await.unwrap().unwrap();
    assert_eq!(next.received.id, "m0002");
    // The salt came along: the same conversation is the same asker.
    assert_eq!(store.erase_asker(&chat, "cli", at(10)).await.unwrap(), 3);
}

#[tokio::test]
async fn a_copy_is_refused_where_something_would_be_lost() {
    let (file, _folder) = filled_file().await;
    let server = postgres::new_database().await;
    assert!(matches!(copy(&file, &file).await, Err(CopyError::Same)));
    let nowhere = tempfile::tempdir().unwrap();
    assert!(matches!(copy(&url(&nowhere), &server).await, Err(CopyError::Missing { .. })));
    assert!(!nowhere.path().join("data").exists());

    let serving = SqliteStore::open(&file).await.unwrap();
    assert!(matches!(copy(&file, &server).await, Err(CopyError::InUse { .. })), "the source is in use");
    serving.close().await.unwrap();
    let serving = PostgresStore::open(&server).await.unwrap();
    serving.receive(&[]).await.unwrap();
    serving.inbox_backlog().await.unwrap();
    assert!(matches!(copy(&file, &server).await, Err(CopyError::InUse { .. })), "the target is in use");
    serving.replace_roster(&[person("zhao")], "cli", at(0)).await.unwrap();
    crate::store::OpenStore::close(&serving).await.unwrap();
    let refused = copy(&file, &server).await.unwrap_err();
    assert!(matches!(refused, CopyError::NotEmpty { table: "commissioner", .. }), "{refused:?}");
    let left = PostgresStore::open(&server).await.unwrap();
    assert!(left.serving_edition().await.unwrap().is_none(), "nothing of the copy stayed");
    assert_eq!(left.roster().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_backup_is_made_while_the_service_writes_and_put_back_when_it_has_ended() {
    let (store, folder) = in_file().await;
    fill(&store).await;
    let (url, backup) = (url(&folder), folder.path().join("backup.db"));
    let writing = async {
        for n in 0..200 {
            store.commit(saying(n, vec![outgoing(&telegram("9"), "x"), outgoing(&telegram("9"), "y")])).await.unwrap();
        }
    };
    let (bytes, ()) = tokio::join!(back_up(&url, &backup), writing);
    assert!(bytes.unwrap() > 0);
    assert!(matches!(back_up(&url, &backup).await, Err(BackupError::Exists { .. })));
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&backup).unwrap().permissions()) & 0o777, 0o600);

    assert!(matches!(restore(&url, &backup, "before").await, Err(BackupError::InUse { .. })));
    store.commit(saying(999, vec![outgoing(&telegram("9"), "after the backup")])).await.unwrap();
    store.close().await.unwrap();
    let kept = restore(&url, &backup, "before").await.unwrap().unwrap();
    let restored = SqliteStore::open(&url).await.unwrap();
    let said = restored.outgoing_since(&telegram("9"), 0).await.unwrap();
    assert!(said.len() % 2 == 0 && said.iter().all(|item| item.message.text != "after the backup"), "one moment");
    assert_eq!(restored.ticket_history(&number(1)).await.unwrap().len(), 3);
    let former = SqliteStore::open(&format!("sqlite://{}", kept.display())).await.unwrap();
    let last = former.outgoing_since(&telegram("9"), said.last().map_or(0, |item| item.id)).await.unwrap();
    assert!(last.iter().any(|item| item.message.text == "after the backup") || last.len() == 200);
}

#[tokio::test]
async fn what_is_no_backup_is_not_put_back() {
    let (file, folder) = filled_file().await;
    let place = |name: &str| folder.path().join(name);
    let before = fs::read(place("data/zhengqitong.db")).unwrap();
    let refused = async |path: &Path| restore(&file, path, "before").await.unwrap_err();

    fs::write(place("notes"), "not a database ".repeat(1000)).unwrap();
    assert!(matches!(refused(&place("notes")).await, BackupError::NotABackup { .. }));
    let other = format!("sqlite://{}?mode=rwc", place("other.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&other).await.unwrap();
    sqlx::raw_sql("CREATE TABLE note (text TEXT)").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    assert!(matches!(refused(&place("other.db")).await, BackupError::NotABackup { .. }));
    assert!(matches!(refused(&place("missing")).await, BackupError::File { .. }));

    let backup = place("backup.db");
    back_up(&file, &backup).await.unwrap();
    let mut torn = fs::read(&backup).unwrap();
    let middle = torn.len() / 2;
    torn[middle..middle + 4096].fill(0xa5);
    fs::write(place("torn.db"), torn).unwrap();
    assert!(matches!(refused(&place("torn.db")).await, BackupError::Damaged { .. }));
    let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite://{}", backup.display())).await.unwrap();
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (4711, 'later', TRUE, x'00', 0)";
    sqlx::raw_sql(later).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let newer = refused(&backup).await;
    assert!(chain(&newer).contains("newer version"), "{newer:?}");
    assert_eq!(fs::read(place("data/zhengqitong.db")).unwrap(), before);
    assert_eq!(fs::read_dir(place("data")).unwrap().count(), 1, "nothing is left lying about");
}

#[tokio::test]
async fn whether_a_migration_is_missing_can_be_asked_without_applying_it() {
    let folder = tempfile::tempdir().unwrap();
    for url in [url(&folder), postgres::new_database().await] {
        let missing = missing_migrations(&url).await.unwrap();
        assert!(missing.len() >= 5 && missing.is_sorted(), "{missing:?}");
        assert_eq!(missing_migrations(&url).await.unwrap(), missing, "asking changes nothing");
        open(&url).await.unwrap().close().await.unwrap();
        assert_eq!(missing_migrations(&url).await.unwrap(), [0_i64; 0]);
    }
    assert!(!folder.path().join("x").exists());
}
