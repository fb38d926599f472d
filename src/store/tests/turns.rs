//! The contract of turns: so many and no more, whoever asks, and nobody waits for ever.

use futures::future::join_all;
use jiff::SignedDuration;

use super::sample::at;
use super::{Store, contract, on_server};
use crate::desk::pace::{Pace, Turn, Turns};
use crate::store::PostgresStore;

contract!(
    a_few_pass_at_once_and_then_one_after_the_other,
    who_will_not_wait_so_long_takes_nothing,
    turns_of_one_key_are_nothing_to_another,
    what_is_over_is_forgotten_without_a_trace,
    a_clock_that_was_wrong_holds_up_nobody_afterwards,
);

const PACE: Pace = Pace { every: SignedDuration::from_secs(2), burst: 3 };
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);

async fn turn(store: &impl Store, key: &str, second: i64) -> Turn {
    store.take_turn(key, PACE, at(second), PATIENCE).await.unwrap()
}

async fn a_few_pass_at_once_and_then_one_after_the_other(store: &impl Store) {
    for second in [0, 0, 0, 2, 4, 6] {
        assert_eq!(turn(store, "chat", 0).await, Turn::At(at(second)));
    }
    assert_eq!(turn(store, "chat", 7).await, Turn::At(at(8)), "time has passed, but not enough");
    for second in [100, 100, 100, 102] {
        assert_eq!(turn(store, "chat", 100).await, Turn::At(at(second)), "after a pause it is as at the start");
    }
}

async fn who_will_not_wait_so_long_takes_nothing(store: &impl Store) {
    for _ in 0..8 {
        assert!(matches!(turn(store, "chat", 0).await, Turn::At(_)));
    }
    for _ in 0..3 {
        assert_eq!(turn(store, "chat", 0).await, Turn::NotBefore(at(12)), "and asking takes nothing either");
    }
    assert_eq!(turn(store, "chat", 2).await, Turn::At(at(12)));
    let impatient = store.take_turn("chat", PACE, at(2), SignedDuration::ZERO).await.unwrap();
    assert_eq!(impatient, Turn::NotBefore(at(14)));
}

async fn turns_of_one_key_are_nothing_to_another(store: &impl Store) {
    for _ in 0..5 {
        turn(store, "one", 0).await;
    }
    assert_eq!(turn(store, "other", 0).await, Turn::At(at(0)));
}

async fn what_is_over_is_forgotten_without_a_trace(store: &impl Store) {
    for key in ["one", "other"] {
        for _ in 0..5 {
            turn(store, key, 0).await;
        }
    }
    turn(store, "other", 9).await;
    store.forget_turns(at(11)).await.unwrap();
    for second in [11, 11, 11, 13] {
        assert_eq!(turn(store, "one", 11).await, Turn::At(at(second)));
    }
    assert_eq!(turn(store, "other", 11).await, Turn::At(at(11)));
    assert_eq!(turn(store, "other", 11).await, Turn::At(at(11)));
    assert_eq!(turn(store, "other", 11).await, Turn::At(at(12)), "its last turn was not over");
}

async fn a_clock_that_was_wrong_holds_up_nobody_afterwards(store: &impl Store) {
    for _ in 0..8 {
        turn(store, "chat", 3600).await;
    }
    for second in [0, 0, 0, 2] {
        assert_eq!(turn(store, "chat", 0).await, Turn::At(at(second)));
    }
}

#[tokio::test]
async fn processes_that_ask_at_the_same_time_share_the_turns() {
    let (first, url) = on_server().await;
    let stores = [first, PostgresStore::open(&url).await.unwrap(), PostgresStore::open(&url).await.unwrap()];
    let pace = Pace { every: SignedDuration::from_millis(40), burst: 2 };
    let patience = SignedDuration::from_mins(1);
    let asked = (0..90).map(|n| stores[n % 3].take_turn("all", pace, at(0), patience));
    let mut taken: Vec<_> = join_all(asked).await.into_iter().map(Result::unwrap).collect();
    taken.sort_by_key(|turn| match turn {
        Turn::At(at) | Turn::NotBefore(at) => *at,
    });
    let expected: Vec<_> = (0..90).map(|n| Turn::At(at(0) + pace.every * (n - 1).max(0))).collect();
    assert_eq!(taken, expected);
}
