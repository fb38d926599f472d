//! An edition reaches every process; whoever cannot build it goes on with the old one and says so.

use std::time::Duration;

use serde_json::Value;

use super::{Visitor, ready};
use crate::support::installation::Installation;
use crate::support::postgres;

async fn metrics(url: &str) -> String {
    reqwest::get(format!("{url}/metrics")).await.unwrap().text().await.unwrap()
}

async fn becomes_ready(url: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let reached = async {
        let mut pace = tokio::time::interval(Duration::from_millis(100));
        loop {
            pace.tick().await;
            let record = ready(url).await;
            if wanted(&record) {
                return record;
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(2), reached).await.expect("it becomes as wanted")
}

/// Publishes an edition that this version of the program cannot read, as a newer one or a fault might.
async fn publishes_what_cannot_be_read(database: &str) {
    let mut connection = postgres::outsider(database).await;
    let sql = "INSERT INTO edition (number, content_sha256, published_at, published_by, topics, is_forced, content)
               SELECT 3, 'other', published_at, 'somebody', topics, FALSE, '{}' FROM edition WHERE number = 2;
               INSERT INTO serving_mark (edition, marked_at, marked_by) VALUES (3, 0, 'somebody')";
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_reaches_every_process_and_one_that_cannot_be_built_leaves_the_old_one_serving() {
    let database = postgres::new_database().await;
    let one = Installation::bare().over(&database).own_knowledge();
    let other = Installation::bare().over(&database);
    let (first, second) = (one.serve(), other.serve());
    // Where the other one keeps its indexes is suddenly a file: it has them in memory.
    let index = other.path().join("index");
    std::fs::rename(&index, other.path().join("aside")).unwrap();
    std::fs::write(&index, "not a folder").unwrap();
    one.edit("topics/market/cancellation.yaml", "简易注销公示20日，期满", "简易注销公示期为20日，期满");
    one.run(&["reindex"]).succeeds();
    for serving in [&first, &second] {
        becomes_ready(&serving.url, |record| record["edition"] == 2).await;
    }
    assert!(second.log().contains("the index is kept in memory"), "{}", second.log());

    publishes_what_cannot_be_read(&database).await;
    for serving in [&first, &second] {
        serving.logs("keeping the present edition", Duration::from_mins(2)).await;
        let record = ready(&serving.url).await;
        let editions = (&record["ready"], &record["edition"], &record["published_edition"]);
        assert_eq!(editions, (&true.into(), &2.into(), &3.into()));
        assert!(record["warnings"].to_string().contains("not taken over"), "{record}");
        let told = metrics(&serving.url).await;
        assert!(told.contains("zhengqitong_edition 2") && told.contains("zhengqitong_published_edition 3"), "{told}");
        let mut visitor = Visitor::opens(&serving.url).await;
        visitor.says(&serving.url, "m1", "简易注销公示要多少天", "公示期为20日").await;
    }

    one.run(&["rollback", "2"]).succeeds();
    for serving in [&first, &second] {
        let record = becomes_ready(&serving.url, |record| record["published_edition"] == 2).await;
        assert!(!record["warnings"].to_string().contains("not taken over"), "{record}");
    }
    first.stop();
    second.stop();
}
