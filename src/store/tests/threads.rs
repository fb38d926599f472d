//! The contract of threads: one a conversation, found from either side.

use super::sample::{at, telegram};
use super::{Store, contract};
use crate::desk::message::ThreadPlace;
use crate::desk::threads::Thread;

contract!(a_thread_leads_to_its_ticket_and_a_new_one_replaces_it);

async fn a_thread_leads_to_its_ticket_and_a_new_one_replaces_it(store: &impl Store) {
    let (one, other) = (telegram("-1007/ZQ-20261122-0001"), telegram("-1008/ZQ-20261122-0002"));
    let thread = |number, is_closed| Thread { number, is_closed };
    let place = |group: &str, thread| ThreadPlace { group: group.to_owned(), thread };
    assert_eq!(store.thread(&one).await.unwrap(), None);
    store.keep_thread(&one, thread(5, false), at(0)).await.unwrap();
    store.keep_thread(&other, thread(5, true), at(1)).await.unwrap();
    assert_eq!(store.thread(&one).await.unwrap(), Some(thread(5, false)));
    assert_eq!(store.behind_thread(&place("-1007", 5)).await.unwrap(), Some(one.clone()));
    assert_eq!(store.behind_thread(&place("-1008", 5)).await.unwrap(), Some(other));
    assert_eq!(store.behind_thread(&place("-100", 5)).await.unwrap(), None, "a group's whole name counts");
    store.keep_thread(&one, thread(9, false), at(2)).await.unwrap();
    assert_eq!(store.behind_thread(&place("-1007", 5)).await.unwrap(), None, "the deleted one leads nowhere");
    assert_eq!(store.behind_thread(&place("-1007", 9)).await.unwrap(), Some(one));
}
