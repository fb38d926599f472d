//! Updates that cannot be handled, and a store that fails: nothing is lost, nobody else waits.

use super::parrot::Mood;
use super::stage::Stage;

/// The attempt after which the person is told.
const TOLD_AT: usize = 3;

#[tokio::test]
async fn a_bad_message_is_put_aside_and_holds_up_neither_its_chat_nor_others() {
    for mood in [Mood::Fails, Mood::Panics] {
        let stage = Stage::new().await;
        let (one, other) = (stage.telegram.person(7, "甲"), stage.telegram.person(8, "乙"));
        let process = stage.starts();
        process.parrot.set_mood("坏", mood);
        one.says("坏");
        one.says("好");
        other.says("好");
        assert_eq!(other.next_message().await.text, "收到:好");
        for attempt in 1..=8 {
            stage.inbox.records_failures(attempt).await;
            if attempt == TOLD_AT {
                // Before the clock moves on: past its lease the notice would be sent again.
                let notice = one.next_message().await;
                assert!(notice.text.contains("您的消息已保存"), "{}", notice.text);
                stage.outbox_becomes(|backlog| backlog.waiting == 0).await;
            }
            // Past every retry; after the last attempt there is none, and answers are on their way.
            if attempt < 8 {
                stage.clock.advance(70);
            }
        }
        assert_eq!(one.next_message().await.text, "收到:好");
        stage.inbox_becomes(|backlog| backlog.waiting == 0 && backlog.dead == 1).await;
        assert_eq!(process.parrot.heard().len(), 10);
        process.stops().await;
        assert!(one.unread().is_empty(), "told once");
    }
}

#[tokio::test]
async fn while_the_store_fails_nothing_is_acknowledged_and_nothing_is_lost() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    let process = stage.starts();
    company.says("之前");
    company.next_message().await;
    stage.inbox.shut(true);
    let number = company.says("期间");
    stage.inbox.refuses(3).await;
    let beyond = |request: &crate::support::bot_api::Request| {
        request.method == "getUpdates" && request.body["offset"].as_u64() > Some(number.into())
    };
    assert!(!stage.telegram.requests().iter().any(beyond));
    stage.inbox.shut(false);
    assert_eq!(company.next_message().await.text, "收到:期间");
    stage.telegram.wait_for_request(beyond, "the acknowledgement").await;
    assert_eq!(process.parrot.words_of(7), ["之前", "期间"]);
    process.stops().await;
}

#[tokio::test]
async fn stopped_while_the_store_fails_it_gets_the_update_again() {
    let stage = Stage::new().await;
    let company = stage.telegram.person(7, "甲");
    stage.inbox.shut(true);
    company.says("在吗");
    let process = stage.starts();
    stage.inbox.refuses(1).await;
    process.stops().await;
    stage.inbox.shut(false);
    let process = stage.starts();
    assert_eq!(company.next_message().await.text, "收到:在吗");
    process.stops().await;
}
