//! What only a database server brings with it: other processes, restarts, passwords, its own time.

use futures::future::join_all;
use jiff::SignedDuration;
use jiff::civil::date;
use sqlx::Connection;

use super::opening::chain;
use super::sample::{LEASE, about, at, number, opened, outgoing, received, saying, telegram, web};
use super::{on_server, postgres};
use crate::desk::changes::Changes;
use crate::desk::message::Channel;
use crate::desk::ports::{Files, Inbox, Outbox};
use crate::store::{Fault, OpenStore, OpenStoreError, PostgresStore, StoreUrl, open};

/// `count` stores over one database, as in so many processes.
async fn processes(count: usize) -> Vec<PostgresStore> {
    let (first, url) = on_server().await;
    let mut stores = vec![first];
    while stores.len() < count {
        stores.push(PostgresStore::open(&url).await.unwrap());
    }
    stores
}

#[tokio::test]
async fn several_processes_may_open_a_new_database_at_once() {
    let url = postgres::new_database().await;
    let stores: Vec<_> =
        join_all((0..5).map(|_| PostgresStore::open(&url))).await.into_iter().map(Result::unwrap).collect();
    let message = [received("a", &telegram("1"), 0)];
    let new = join_all(stores.iter().map(|store| store.receive(&message))).await;
    assert_eq!(new.into_iter().map(Result::unwrap).sum::<usize>(), 1);
}

#[tokio::test]
async fn whoever_may_not_create_tables_opens_what_is_up_to_date() {
    let (_store, url) = on_server().await;
    let mut owner = postgres::outsider(&url).await;
    let role = format!("reader_{}", url.rsplit('_').next().unwrap());
    for sql in [
        format!("CREATE ROLE {role} LOGIN"),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut owner).await.unwrap();
    }
    let store = PostgresStore::open(&url.replace("tester", &role)).await.unwrap();
    assert_eq!(store.receive(&[received("a", &telegram("1"), 0)]).await.unwrap(), 1);
    let empty = postgres::new_database().await;
    let refused = PostgresStore::open(&empty.replace("tester", &role)).await.unwrap_err();
    assert!(chain(&refused).contains("permission denied"), "{}", chain(&refused));
}

#[tokio::test]
async fn a_claim_of_another_process_is_kept_when_one_starts() {
    let stores = processes(2).await;
    let chat = telegram("1");
    stores[0].receive(&[received("a", &chat, 0), received("b", &chat, 0)]).await.unwrap();
    stores[0].commit(saying(0, vec![outgoing(&chat, "x")])).await.unwrap();
    assert!(stores[0].claim_incoming(Channel::Telegram, at(0), LEASE).await.unwrap().is_some());
    assert_eq!(stores[0].claim_outgoing(Channel::Telegram, at(0), LEASE, 10).await.unwrap().len(), 1);
    OpenStore::release_claims(&stores[1]).await.unwrap();
    assert_eq!(stores[1].claim_incoming(Channel::Telegram, at(29), LEASE).await.unwrap(), None);
    assert!(stores[1].claim_outgoing(Channel::Telegram, at(29), LEASE, 10).await.unwrap().is_empty());
    let taken_over = stores[1].claim_incoming(Channel::Telegram, at(30), LEASE).await.unwrap().unwrap();
    assert_eq!((taken_over.received.id.as_str(), taken_over.attempts), ("a", 2));
    assert_eq!(stores[1].claim_outgoing(Channel::Telegram, at(30), LEASE, 10).await.unwrap()[0].attempts, 2);
}

#[tokio::test]
async fn many_processes_handle_everything_once_and_each_conversation_in_order() {
    let stores = processes(3).await;
    let messages: Vec<_> = (0..60).map(|n| received(&format!("m{n:02}"), &telegram(&(n % 6).to_string()), n)).collect();
    stores[0].receive(&messages).await.unwrap();
    let work = async |store: &PostgresStore| {
        let mut handled = Vec::new();
        while let Some(item) = store.claim_incoming(Channel::Telegram, at(0), LEASE).await.unwrap() {
            let answer = vec![outgoing(&item.received.chat, &item.received.id)];
            let changes = Changes { handled: Some(item.received.id.clone()), ..saying(0, answer) };
            store.commit(changes).await.unwrap();
            handled.push(item.received.id);
        }
        handled
    };
    let mut rounds = 0;
    let mut handled = Vec::new();
    // Who finds every free conversation in somebody's hands goes home; somebody has to see to the rest.
    while handled.len() < 60 {
        rounds += 1;
        assert!(rounds < 60, "{handled:?}");
        let workers = stores.iter().flat_map(|store| [store, store]).map(work);
        handled.extend(join_all(workers).await.into_iter().flatten());
    }
    handled.sort();
    assert_eq!(handled, messages.iter().map(|message| message.id.clone()).collect::<Vec<_>>(), "each once");
    for chat in 0..6 {
        let said = stores[0].outgoing_since(&telegram(&chat.to_string()), 0).await.unwrap();
        let said: Vec<_> = said.into_iter().map(|item| item.message.text).collect();
        assert!(said.len() == 10 && said.is_sorted(), "{said:?}");
    }
}

/// Of two messages received at once the one with the lower number may be seen later.
#[tokio::test]
async fn a_message_that_appears_late_waits_for_the_one_that_is_being_handled() {
    let (store, url) = on_server().await;
    let chat = telegram("1");
    store.receive(&[received("b", &chat, 1)]).await.unwrap();
    assert!(store.claim_incoming(Channel::Telegram, at(1), LEASE).await.unwrap().is_some());
    let late = "INSERT INTO inbox (sequence, id, channel, chat, payload, received_at)
                VALUES (0, 'a', 'telegram', '1', '', 0)";
    sqlx::query(late).execute(&mut postgres::outsider(&url).await).await.unwrap();
    assert_eq!(store.claim_incoming(Channel::Telegram, at(2), LEASE).await.unwrap(), None);
    assert_eq!(store.claim_message("a", at(2), LEASE).await.unwrap(), None);
    store.commit(Changes { handled: Some("b".into()), ..saying(3, vec![]) }).await.unwrap();
    let next = store.claim_message("a", at(3), LEASE).await.unwrap();
    assert_eq!(next.map(|item| item.received.id).as_deref(), Some("a"));
}

#[tokio::test]
async fn numbers_of_tickets_are_given_once_over_all_processes() {
    let stores = processes(3).await;
    let day = date(2026, 11, 22);
    let given = join_all((0..30).map(|n| stores[n % 3].next_ticket_sequence(day))).await;
    let mut given: Vec<_> = given.into_iter().map(Result::unwrap).collect();
    given.sort_unstable();
    assert_eq!(given, (1..=30).collect::<Vec<_>>());
}

/// A page asks for what comes after the last number it has seen.
#[tokio::test]
async fn who_reads_on_from_a_number_misses_nothing_that_others_write_at_the_same_time() {
    let stores = processes(4).await;
    let chat = web("1");
    let write = async |store: &PostgresStore, name: usize| {
        for n in 0..25 {
            let both = vec![outgoing(&web("other"), "x"), outgoing(&chat, &format!("{name}-{n}"))];
            store.commit(saying(0, both)).await.unwrap();
        }
    };
    let read = async {
        let (mut last, mut seen) = (0, 0);
        while seen < 75 {
            let news = stores[3].outgoing_since(&chat, last).await.unwrap();
            seen += news.len();
            last = news.last().map_or(last, |item| item.id);
        }
    };
    let writing = join_all(stores[..3].iter().enumerate().map(|(name, store)| write(store, name)));
    let both = async { tokio::join!(writing, read) };
    assert!(tokio::time::timeout(std::time::Duration::from_mins(1), both).await.is_ok(), "something was passed over");
}

#[tokio::test]
async fn undelivered_messages_are_looked_into_by_one_process() {
    let stores = processes(2).await;
    let chat = telegram("1");
    stores[0].commit(saying(0, vec![outgoing(&chat, "x")])).await.unwrap();
    let item = stores[0].claim_outgoing(Channel::Telegram, at(0), LEASE, 1).await.unwrap().remove(0);
    stores[0].give_up_outgoing(item.id, item.attempts, "blocked", true, at(1)).await.unwrap();
    let tell = || Changes { looked_into: vec![item.id], ..saying(2, vec![outgoing(&telegram("2"), "unreachable")]) };
    let results = join_all(stores.iter().map(|store| store.commit(tell()))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert_eq!(stores[0].outgoing_since(&telegram("2"), 0).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_connection_that_was_cut_is_replaced() {
    let (store, url) = on_server().await;
    store.receive(&[received("a", &telegram("1"), 0)]).await.unwrap();
    let mut outsider = postgres::outsider(&url).await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    sqlx::query(cut).fetch_all(&mut outsider).await.unwrap();
    assert_eq!(store.inbox_backlog().await.unwrap().waiting, 1);
    assert_eq!(store.receive(&[received("b", &telegram("1"), 0)]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_process_stopped_in_the_middle_of_a_commit_does_not_hold_up_the_others() {
    let (store, url) = on_server().await;
    let change = opened(number(1), &telegram("1"), "wang", 0);
    store.commit(about(change.clone())).await.unwrap();
    let mut stopped = postgres::outsider(&url).await;
    // What the store asks of the server for its own connections, in short.
    sqlx::query("SET idle_in_transaction_session_timeout = '300ms'").execute(&mut stopped).await.unwrap();
    let mut transaction = stopped.begin().await.unwrap();
    sqlx::query("UPDATE ticket SET version = 9").execute(&mut *transaction).await.unwrap();
    let urge = super::sample::acted(
        &change.ticket,
        &crate::domain::ticket::Action::Urge,
        &crate::domain::ticket::Actor::Company,
        5,
    );
    store.commit(about(urge)).await.unwrap();
    assert_eq!(store.ticket_history(&number(1)).await.unwrap().len(), 3);
}

#[tokio::test]
async fn histories_and_the_audit_log_are_only_added_to() {
    let (store, url) = on_server().await;
    store.commit(about(opened(number(1), &telegram("1"), "wang", 0))).await.unwrap();
    let mut outsider = postgres::outsider(&url).await;
    for attempt in [
        "UPDATE ticket_event SET actor = 'system'",
        "DELETE FROM ticket_event",
        "TRUNCATE ticket_event",
        "TRUNCATE audit_log",
        "TRUNCATE serving_mark",
    ] {
        let error = sqlx::query(attempt).execute(&mut outsider).await.unwrap_err();
        assert!(error.to_string().contains("is append-only"), "{attempt}: {error}");
    }
}

#[tokio::test]
async fn text_that_the_database_cannot_hold_is_kept_without_what_it_cannot() {
    let (store, _url) = on_server().await;
    let chat = web("1");
    let mut message = received("a", &chat, 0);
    message.payload = "高\0企".into();
    store.receive(&[message]).await.unwrap();
    store.commit(saying(0, vec![outgoing(&chat, "您问的是\0")])).await.unwrap();
    assert_eq!(store.outgoing_since(&chat, 0).await.unwrap()[0].message.text, "您问的是\u{fffd}");
    assert_eq!(store.history(&chat, 10).await.unwrap()[0].text, "高\u{fffd}企");
}

#[tokio::test]
async fn times_are_the_servers() {
    let (store, _url) = on_server().await;
    let time = store.time().await.unwrap().unwrap();
    #[expect(clippy::disallowed_methods, reason = "the server runs on this very machine")]
    let here = jiff::Timestamp::now();
    assert!(time.duration_since(here).abs() < SignedDuration::from_secs(5), "{time} {here}");
}

#[tokio::test]
async fn no_error_and_no_display_says_the_password() {
    let (_store, url) = on_server().await;
    let server = url.rsplit_once('/').unwrap().0.replace("tester", "tester:geheim");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, says) in [
        (format!("{server}/nowhere"), "does not exist"),
        (format!("postgres://nobody:geheim@{free}/zqt"), "could not open the database at `127.0.0.1:"),
        (format!("{server}/x?sslmode=geheim2"), "not of the form"),
    ] {
        let error = open(&url).await.map(drop).unwrap_err();
        let said = format!("{} {error:?}", chain(&error));
        assert!(said.contains(says) && !said.contains("geheim:") && !said.contains("geheim@"), "{said}");
        assert!(!said.contains("geheim") || says == "not of the form", "{said}");
    }
    let shown: StoreUrl = format!("{server}/zqt").parse().unwrap();
    assert!(!format!("{shown} {shown:?}").contains("geheim"), "{shown}");
    let missing = open(&format!("{server}/nowhere")).await.map(drop).unwrap_err();
    assert!(matches!(missing, OpenStoreError::Database { cause: Fault::Denied(_), .. }), "{missing:?}");
}

/// Whoever waits for an answer may give up at any moment, in the middle of a transaction as well.
#[tokio::test]
async fn a_cancelled_commit_leaves_nothing_of_itself_and_the_store_usable() {
    let (store, _url) = on_server().await;
    let chat = telegram("1");
    for turns in 0..60_u32 {
        let commit = store.commit(saying(0, vec![outgoing(&chat, "x"), outgoing(&chat, "y")]));
        let impatient = async {
            for _ in 0..turns * 20 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! { biased; done = commit => done.unwrap(), () = impatient => {} }
    }
    let said = store.outgoing_since(&chat, 0).await.unwrap().len();
    assert!(said % 2 == 0 && said < 120, "each one as a whole, and some were cut off: {said}");
    store.commit(saying(0, vec![outgoing(&chat, "last")])).await.unwrap();
    assert_eq!(store.outgoing_since(&chat, 0).await.unwrap().len(), said + 1);
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let (store, _url) = on_server().await;
    OpenStore::close(&store).await.unwrap();
    let error = store.inbox_backlog().await.unwrap_err();
    assert!(matches!(error.cause.downcast_ref(), Some(Fault::Closed(_))), "{error:?}");
}
