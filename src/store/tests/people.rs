//! The contract of roster and invitations.

use super::sample::{about, at, id, number, opened, outgoing, person, telegram};
use super::{Store, contract};
use crate::desk::changes::{Changes, FiguresSent, ReachChange};
use crate::desk::ports::CommitError;
use crate::domain::commissioner::{Commissioner, Role};

contract!(
    a_new_roster_keeps_bindings_and_leave,
    somebody_removed_is_nobody_at_once,
    an_account_is_bound_to_one_person,
    an_ambiguous_roster_is_refused,
    an_invitation_is_used_once,
    an_invitation_binds_the_account_to_nobody_else,
    who_cannot_be_reached_stays_so_until_they_are_heard_of,
    figures_are_sent_to_somebody_once_a_week,
);

fn bound(name: &str, telegram_id: i64) -> Commissioner {
    Commissioner { telegram_id: Some(telegram_id), ..person(name) }
}

async fn ids(store: &impl Store) -> Vec<String> {
    store.roster().await.unwrap().into_iter().map(|person| person.id.to_string()).collect()
}

async fn bindings(store: &impl Store) -> Vec<(String, Option<i64>)> {
    let roster = store.roster().await.unwrap();
    roster.into_iter().map(|person| (person.id.to_string(), person.telegram_id)).collect()
}

async fn a_new_roster_keeps_bindings_and_leave(store: &impl Store) {
    let away = Commissioner { away_until: Some(at(900)), ..bound("wang", -7) };
    let chief = Commissioner {
        role: Role::Supervisor,
        phone: None,
        backup: None,
        subdistricts: vec![],
        fields: vec![],
        is_sample: false,
        capacity: u32::MAX,
        ..person("chief")
    };
    store.replace_roster(&[away.clone(), chief.clone()], "cli", at(0)).await.unwrap();
    assert_eq!(store.roster().await.unwrap(), [chief.clone(), away.clone()], "by id, nothing lost");
    let renamed = Commissioner { name: "王专员".into(), ..person("wang") };
    store.replace_roster(std::slice::from_ref(&renamed), "cli", at(1)).await.unwrap();
    let kept = Commissioner { away_until: Some(at(900)), telegram_id: Some(-7), ..renamed };
    assert_eq!(store.roster().await.unwrap(), [kept]);
    let moved = Commissioner { away_until: Some(at(5)), ..bound("wang", 8) };
    store.replace_roster(std::slice::from_ref(&moved), "cli", at(2)).await.unwrap();
    assert_eq!(store.roster().await.unwrap(), [moved], "what the new roster says counts");
    store.replace_roster(&[], "cli", at(3)).await.unwrap();
    store.replace_roster(&[person("wang")], "cli", at(4)).await.unwrap();
    assert_eq!(store.roster().await.unwrap(), [person("wang")], "somebody new may have the id");
}

async fn somebody_removed_is_nobody_at_once(store: &impl Store) {
    store.replace_roster(&[bound("wang", 7), bound("li", 8)], "cli", at(0)).await.unwrap();
    let change = opened(number(1), &telegram("1"), "wang", 1);
    store.commit(about(change.clone())).await.unwrap();
    store.replace_roster(&[person("zhao")], "cli", at(2)).await.unwrap();
    assert_eq!(ids(store).await, ["zhao"]);
    assert_eq!(store.loads().await.unwrap()[&id("wang")], 1, "the ticket waits for whoever gets it next");
    assert_eq!(store.ticket(&number(1)).await.unwrap(), Some(change.ticket));
}

async fn an_account_is_bound_to_one_person(store: &impl Store) {
    store.replace_roster(&[bound("li", 1), bound("wang", 2)], "cli", at(0)).await.unwrap();
    store.replace_roster(&[bound("li", 2), bound("wang", 1)], "cli", at(1)).await.unwrap();
    assert_eq!(bindings(store).await, [("li".into(), Some(2)), ("wang".into(), Some(1))], "swapped");
    store.replace_roster(&[person("li"), bound("wang", 2)], "cli", at(2)).await.unwrap();
    assert_eq!(bindings(store).await, [("li".into(), None), ("wang".into(), Some(2))], "taken over");
}

async fn an_ambiguous_roster_is_refused(store: &impl Store) {
    store.replace_roster(&[bound("li", 1)], "cli", at(0)).await.unwrap();
    assert!(store.replace_roster(&[bound("a", 5), bound("b", 5)], "cli", at(1)).await.is_err());
    assert!(store.replace_roster(&[person("a"), person("a")], "cli", at(1)).await.is_err());
    assert_eq!(ids(store).await, ["li"]);
}

async fn an_invitation_is_used_once(store: &impl Store) {
    store.replace_roster(&[person("li"), person("wang")], "cli", at(0)).await.unwrap();
    let invite = async |name: &str, code: &str| store.invite(&id(name), code, at(100), "cli", at(0)).await;
    let redeem = async |code: &str, seconds| store.redeem_invitation(code, 7, at(seconds)).await.unwrap();
    invite("wang", "first").await.unwrap();
    invite("wang", "second").await.unwrap();
    assert_eq!(redeem("first", 1).await, None, "replaced");
    assert_eq!(redeem("wrong", 1).await, None);
    assert_eq!(redeem("second", 100).await, None, "expired");
    assert_eq!(redeem("second", 99).await, Some(id("wang")));
    assert_eq!(redeem("second", 99).await, None, "used");
    assert_eq!(bindings(store).await[1], ("wang".into(), Some(7)));
    assert!(invite("nobody", "third").await.is_err());
    invite("li", "fourth").await.unwrap();
    store.replace_roster(&[person("wang")], "cli", at(50)).await.unwrap();
    assert_eq!(redeem("fourth", 51).await, None, "no longer on the roster");
}

async fn an_invitation_binds_the_account_to_nobody_else(store: &impl Store) {
    store.replace_roster(&[bound("li", 7), bound("wang", 8)], "cli", at(0)).await.unwrap();
    store.invite(&id("wang"), "code", at(100), "cli", at(0)).await.unwrap();
    assert_eq!(store.redeem_invitation("code", 7, at(1)).await.unwrap(), Some(id("wang")));
    assert_eq!(bindings(store).await, [("li".into(), None), ("wang".into(), Some(7))]);
}

async fn who_cannot_be_reached_stays_so_until_they_are_heard_of(store: &impl Store) {
    store.replace_roster(&[bound("wang", 7)], "cli", at(0)).await.unwrap();
    let reach = |unreachable_since| ReachChange { commissioner: id("wang"), unreachable_since };
    let saying = |seconds, reaches| Changes { reaches, at: at(seconds), ..Changes::default() };
    store.commit(saying(1, vec![reach(Some(at(1)))])).await.unwrap();
    store.replace_roster(&[person("wang")], "cli", at(2)).await.unwrap();
    assert_eq!(store.roster().await.unwrap()[0].unreachable_since, Some(at(1)), "another import changes nothing");
    store.commit(saying(3, vec![reach(None)])).await.unwrap();
    assert_eq!(store.roster().await.unwrap()[0].unreachable_since, None);
    store.commit(saying(4, vec![reach(Some(at(4)))])).await.unwrap();
    store.replace_roster(&[bound("wang", 8)], "cli", at(5)).await.unwrap();
    assert_eq!(store.roster().await.unwrap()[0].unreachable_since, None, "another account begins anew");
}

async fn figures_are_sent_to_somebody_once_a_week(store: &impl Store) {
    let week = |day| jiff::civil::date(2026, 11, day);
    let sent = |day, to: &str| Changes {
        figures_sent: vec![FiguresSent { week: week(day), to: id(to) }],
        outgoing: vec![outgoing(&telegram(to), "figures")],
        at: at(1),
        ..Changes::default()
    };
    store.commit(sent(16, "zhao")).await.unwrap();
    assert!(matches!(store.commit(sent(16, "zhao")).await, Err(CommitError::Conflict)));
    store.commit(sent(16, "sun")).await.unwrap();
    store.commit(sent(23, "zhao")).await.unwrap();
    assert_eq!(store.figures_sent(week(16)).await.unwrap(), [id("sun"), id("zhao")]);
    assert_eq!(store.figures_sent(week(23)).await.unwrap(), [id("zhao")]);
    assert_eq!(store.outgoing_since(&telegram("zhao"), 0).await.unwrap().len(), 2);
}
