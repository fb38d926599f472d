//! Two processes over one database: what one begins the other goes on with, and one may die.

use std::time::Duration;

use serde_json::json;
use zhengqitong::desk::ports::{Files, Inbox, TicketFilter};
use zhengqitong::store::PostgresStore;

use super::{Visitor, ready};
use crate::support::installation::{Installation, Serving};
use crate::support::postgres;

const CANCELLATION: &str = "topics/market/cancellation.yaml";

/// Starts both at once, as an orchestrator does.
fn start_both(one: &Installation, other: &Installation) -> (Serving, Serving) {
    std::thread::scope(|scope| {
        let (one, other) = (scope.spawn(|| one.serve()), scope.spawn(|| other.serve()));
        (one.join().unwrap(), other.join().unwrap())
    })
}

async fn serves_edition(url: &str, edition: u64) {
    let taken_over = async {
        let mut pace = tokio::time::interval(Duration::from_millis(100));
        while ready(url).await["edition"] != edition {
            pace.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(2), taken_over).await.expect("the edition is taken over");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_are_one_service_and_one_of_them_may_die() {
    let database = postgres::new_database().await;
    let one = Installation::bare().over(&database);
    let other = Installation::bare().over(&database).own_knowledge();
    let (first, second) = start_both(&one, &other);
    for serving in [&first, &second] {
        let ready = ready(&serving.url).await;
        assert_eq!((&ready["database"], &ready["edition"]), (&"postgresql".into(), &1.into()), "{ready}");
    }

    // A company asks through one process and raises a ticket through the other.
    let mut visitor = Visitor::opens(&first.url).await;
    visitor.says(&first.url, "m1", "简易注销公示要多少天", "简易注销公示").await;
    visitor.presses(&second.url, "m2", "找专员", "请核对").await;
    visitor.presses(&first.url, "m3", "确认", "已派给服务企业专员").await;
    assert_eq!(visitor.count("已派给服务企业专员"), 1, "{:?}", visitor.shown);

    // One dies in the middle of a turn; whoever sends the message again is answered by the other, once.
    let (dying, licence) = (first.url.clone(), json!({ "id": "m4", "text": "食品经营许可证有效期几年" }));
    let death = tokio::task::spawn_blocking(|| first.kill_9());
    let (answered, _died) = tokio::join!(visitor.sends(&dying, licence.clone()), death);
    if answered.is_none() {
        visitor.sends(&second.url, licence).await;
    }
    visitor.reads(&second.url, "食品经营许可").await;

    // The other takes over what is published meanwhile, and a new process finds everything.
    other.edit(CANCELLATION, "简易注销公示20日，期满", "简易注销公示期为20日，期满");
    other.run(&["reindex"]).succeeds().says(&["已发布版次 2"]);
    serves_edition(&second.url, 2).await;
    let first = one.serve();
    assert_eq!(ready(&first.url).await["edition"], 2);
    visitor.says(&first.url, "m5", "高企认定要什么材料", "高新技术企业认定").await;
    visitor.rereads(&second.url).await;
    for (words, times) in [("简易注销公示20日", 1), ("请核对", 1), ("已派给服务企业专员", 1), ("食品经营许可", 1)]
    {
        assert_eq!(visitor.count(words), times, "{words}: {:?}", visitor.shown);
    }
    let listed = one.run(&["ticket", "list", "--format", "json"]).succeeds().json();
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    one.run(&["doctor"]).says(&["PostgreSQL", "可以读写"]);
    one.run(&["editions"]).succeeds().says(&["使用中"]);
    one.run(&["commissioner", "list"]).succeeds();
    one.run(&["ask", "简易注销公示要多少天"]).succeeds().says(&["简易注销"]);
    first.stop();
    second.stop();

    let store = PostgresStore::open(&database).await.unwrap();
    let tickets = store.tickets(&TicketFilter::default()).await.unwrap();
    assert!(tickets.len() == 1 && tickets[0].assignee.is_some(), "{tickets:?}");
    assert_eq!(store.ticket_history(&tickets[0].number).await.unwrap().len(), 2, "raised and dispatched once");
    let backlog = store.inbox_backlog().await.unwrap();
    assert_eq!((backlog.waiting, backlog.dead), (0, 0));
}
