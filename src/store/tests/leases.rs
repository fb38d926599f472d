//! The contract of leases: one holder at a time, and never nobody for long.

use futures::future::join_all;

use super::sample::at;
use super::{Store, contract, on_server};
use crate::store::PostgresStore;

contract!(
    one_holds_a_lease_until_it_ends,
    a_lease_given_back_is_free_at_once,
    a_lease_of_a_clock_that_was_wrong_is_taken,
);

async fn hold(store: &impl Store, holder: &str, second: i64) -> bool {
    store.hold("poll", holder, at(second), at(second + 10)).await.unwrap()
}

async fn one_holds_a_lease_until_it_ends(store: &impl Store) {
    assert!(hold(store, "one", 0).await);
    assert!(!hold(store, "other", 0).await && !hold(store, "other", 9).await);
    assert!(hold(store, "one", 9).await, "prolonged");
    assert!(!hold(store, "other", 18).await);
    assert!(hold(store, "other", 19).await, "the one is gone");
    assert!(!hold(store, "one", 20).await, "and comes too late");
    assert!(store.hold("something else", "one", at(20), at(30)).await.unwrap());
}

async fn a_lease_given_back_is_free_at_once(store: &impl Store) {
    assert!(hold(store, "one", 0).await);
    store.release("poll", "other").await.unwrap();
    assert!(!hold(store, "other", 1).await, "only who has it can give it back");
    store.release("poll", "one").await.unwrap();
    assert!(hold(store, "other", 1).await);
    store.release("unknown", "one").await.unwrap();
}

async fn a_lease_of_a_clock_that_was_wrong_is_taken(store: &impl Store) {
    assert!(hold(store, "one", 3600).await);
    assert!(hold(store, "other", 0).await);
}

#[tokio::test]
async fn of_many_processes_that_ask_at_once_one_gets_it() {
    let (first, url) = on_server().await;
    let stores = [first, PostgresStore::open(&url).await.unwrap(), PostgresStore::open(&url).await.unwrap()];
    for second in [0, 10, 20] {
        let names: Vec<String> = (0..15).map(|number| format!("{second}-{number}")).collect();
        let asked = names.iter().enumerate().map(|(number, name)| hold(&stores[number % 3], name, second));
        assert_eq!(join_all(asked).await.into_iter().filter(|has| *has).count(), 1);
    }
}

#[tokio::test]
async fn whoever_serves_from_a_file_is_alone_and_waits_for_nobody_who_died() {
    let (store, _folder) = super::in_file().await;
    assert!(hold(&store, "who died", 0).await);
    store.release_claims().await.unwrap();
    assert!(hold(&store, "who serves", 0).await);
}
