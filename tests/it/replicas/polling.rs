//! Several processes with the token of one bot: one of them fetches updates, the others stand by.

use std::time::{Duration, Instant};

use crate::support::bot_api::{FakeBotApi, Outcome};
use crate::support::installation::{Installation, Serving};
use crate::support::postgres;

use super::{each_was_answered_once, hears, ready};

const QUESTION: &str = "简易注销公示要多少天";
const ANSWER: &str = "简易注销公示";

/// Another process takes over within this time after one has died: the lease, and the next look.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(15);
/// The same, after one that could say so.
const HANDED_OVER_WITHIN: Duration = Duration::from_secs(5);

async fn metric(serving: &Serving, name: &str) -> Option<f64> {
    let text = reqwest::get(format!("{}/metrics", serving.url)).await.ok()?.text().await.ok()?;
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

async fn is_on_duty(serving: &Serving) -> bool {
    metric(serving, "zhengqitong_telegram_poller ").await == Some(1.0)
}

/// Waits until it fetches updates; returns how long that took.
async fn comes_on_duty(serving: &Serving) -> Duration {
    let begun = Instant::now();
    let mut look = tokio::time::interval(Duration::from_millis(50));
    let waiting = async {
        while !is_on_duty(serving).await {
            look.tick().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(1), waiting).await.is_ok(), "{}", serving.log());
    begun.elapsed()
}

async fn stands_by(serving: &Serving) {
    serving.logs("standing by", Duration::from_secs(30)).await;
    assert!(!is_on_duty(serving).await);
    assert_eq!(metric(serving, "zhengqitong_telegram_up ").await, Some(1.0), "standing by is nothing to worry about");
    assert_eq!(ready(&serving.url).await["ready"], true);
}

/// How often Telegram had to refuse one of two polls.
fn conflicts(telegram: &FakeBotApi) -> usize {
    let polls = telegram.requests_of("getUpdates");
    polls.iter().filter(|poll| matches!(poll.outcome, Outcome::Answered { status: 409, .. })).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_processes_polls_and_when_it_dies_the_other_goes_on() {
    let telegram = FakeBotApi::start().await;
    let database = postgres::new_database().await;
    let [one, other] = [(), ()].map(|()| Installation::bare().over(&database).on(&telegram));
    let first = one.serve();
    comes_on_duty(&first).await;
    let second = other.serve();
    stands_by(&second).await;
    let companies: Vec<_> = (9001..9017).map(|id| telegram.person(id, "企业")).collect();
    for company in &companies[..8] {
        company.says(QUESTION);
    }
    companies[0].waits_for_text(ANSWER).await;

    // In the middle of it, with more on the way.
    first.kill_9();
    for company in &companies[8..12] {
        company.says(QUESTION);
    }
    let took = comes_on_duty(&second).await;
    assert!(took <= TAKEN_OVER_WITHIN, "{took:?}");
    for company in &companies[..12] {
        hears(company, ANSWER).await;
    }

    // Whoever ends in order hands over at once.
    let first = one.serve();
    assert!(!is_on_duty(&first).await);
    second.stop();
    let took = comes_on_duty(&first).await;
    assert!(took <= HANDED_OVER_WITHIN, "{took:?}");
    for company in &companies[12..] {
        company.says(QUESTION);
    }
    for company in &companies[12..] {
        hears(company, ANSWER).await;
    }
    telegram.wait_until_confirmed().await;
    each_was_answered_once(&database, 9001..9017).await;
    first.stop();
    assert_eq!(conflicts(&telegram), 0, "{}", telegram.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_stands_still_is_replaced_and_leaves_the_other_alone_when_it_goes_on() {
    let telegram = FakeBotApi::start().await;
    let database = postgres::new_database().await;
    let [one, other] = [(), ()].map(|()| Installation::bare().over(&database).on(&telegram));
    let first = one.serve();
    comes_on_duty(&first).await;
    let second = other.serve();
    stands_by(&second).await;
    first.pause();
    let took = comes_on_duty(&second).await;
    assert!(took <= TAKEN_OVER_WITHIN, "{took:?}");
    let company = telegram.person(9001, "企业");
    company.says(QUESTION);
    hears(&company, ANSWER).await;
    first.resume();
    stands_by(&first).await;
    let company = telegram.person(9002, "企业");
    company.says(QUESTION);
    hears(&company, ANSWER).await;
    telegram.wait_until_confirmed().await;
    each_was_answered_once(&database, 9001..9003).await;
    assert!(is_on_duty(&second).await);
    first.stop();
    second.stop();
    // The poll that was open when the first one stopped is the one that gives way.
    assert!(conflicts(&telegram) <= 1, "{}", conflicts(&telegram));
}
