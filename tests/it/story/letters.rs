//! What could not be handled is seen by whoever looks after the service, tried again, and settled.

use std::time::Duration;

use serde_json::Value;
use sqlx::Connection;

use crate::support::installation::Installation;

/// Puts a message into the inbox that no version of the program can read.
async fn receives_garbage(installation: &Installation) {
    let mut database = sqlx::SqliteConnection::connect(&installation.database_url()).await.unwrap();
    let sql =
        "INSERT INTO inbox (id, channel, chat, payload, received_at) VALUES ('web:x:m1', 'web', 'x', 'garbage', 0)";
    sqlx::query(sql).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
}

async fn waits_for_dead(url: &str, number: u64) {
    let reached = async {
        let mut pace = tokio::time::interval(Duration::from_millis(100));
        loop {
            pace.tick().await;
            let ready: Value = reqwest::get(format!("{url}/readyz")).await.unwrap().json().await.unwrap();
            if ready["inbox"]["dead"] == number && ready["inbox"]["waiting"] == 0 {
                return;
            }
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(1), reached).await.is_ok(), "never {number} dead letters");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_given_up_is_listed_tried_again_and_dismissed() {
    let installation = Installation::new();
    installation.run(&["dead-letters", "list"]).succeeds().says(&["没有处理失败"]);
    let serving = installation.serve();
    receives_garbage(&installation).await;
    waits_for_dead(&serving.url, 1).await;
    installation.run(&["dead-letters", "list"]).succeeds().says(&["in-1", "web", "cannot be read"]);
    installation.run(&["dead-letters", "retry", "--all"]).succeeds().says(&["in-1：已放回"]);
    waits_for_dead(&serving.url, 1).await;
    let listed = installation.run(&["dead-letters", "list", "--format", "json"]).succeeds().json();
    assert_eq!((&listed[0]["id"], &listed[0]["attempts"]), (&"in-1".into(), &1.into()), "{listed}");
    installation
        .run(&["dead-letters", "dismiss", "in-1", "out-9"])
        .ends_with(1)
        .says(&["in-1：不再提示", "out-9：没有"]);
    waits_for_dead(&serving.url, 0).await;
    installation.run(&["dead-letters", "retry", "x-1"]).ends_with(2).complains(&["in-12"]);
    serving.stop();
}
