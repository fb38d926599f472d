//! Editions side by side, and an earlier one that serves again.

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use super::{CANCELLATION, editions};
use crate::support::installation::{Installation, Serving};

const BEFORE: &str = "简易注销公示20日，期满";
const AFTER: &str = "简易注销公示期为20日，期满";

/// An installation with a second edition, which says it differently.
fn with_two_editions() -> Installation {
    let installation = Installation::new().own_knowledge();
    installation.edit(CANCELLATION, BEFORE, AFTER);
    installation.run(&["reindex"]).succeeds().says(&["已发布版次 2"]);
    installation
}

/// Asks until the answer comes from `edition`; every answer on the way is whole and of one of the two.
async fn answers_from(serving: &Serving, edition: u64) {
    let client = reqwest::Client::new();
    let question = json!({ "text": "简易注销公示要多少天" });
    let asked = async {
        let mut pace = tokio::time::interval(Duration::from_millis(100));
        loop {
            pace.tick().await;
            let response = client.post(format!("{}/api/v1/ask", serving.url)).json(&question).send().await.unwrap();
            let reply: Value = response.json().await.unwrap();
            let text = reply["text"].as_str().unwrap();
            let (right, wrong) = if reply["edition"] == 1 { (BEFORE, AFTER) } else { (AFTER, BEFORE) };
            assert!(text.contains(right) && !text.contains(wrong), "{reply}");
            if reply["edition"] == edition {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(3), asked).await.expect("the edition is taken over in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_edition_serves_again_and_forth_and_nothing_is_lost() {
    let installation = with_two_editions();
    let serving = installation.serve();
    answers_from(&serving, 2).await;
    let back = installation.run(&["rollback", "1"]).succeeds();
    back.says(&["版次 1 重新使用，代替版次 2（仍然保留）"]);
    answers_from(&serving, 1).await;
    assert_eq!(editions(&installation), (vec![2, 1], Some(1)));
    installation.run(&["rollback", "1"]).succeeds().says(&["正在使用"]);
    installation.run(&["rollback", "2"]).succeeds();
    answers_from(&serving, 2).await;
    serving.stop();
    installation.run(&["rollback", "7"]).ends_with(1).complains(&["没有版次 7"]);
    installation.run(&["rollback", "first"]).ends_with(2);
    let mut database = SqliteConnection::connect(&installation.database_url()).await.unwrap();
    let acts: Vec<String> =
        sqlx::query_scalar("SELECT detail FROM audit_log WHERE action = 'edition.rollback' ORDER BY id")
            .fetch_all(&mut database)
            .await
            .unwrap();
    assert_eq!(acts, ["edition 1 serves again, instead of 2", "edition 2 serves again, instead of 1"]);
}

#[test]
fn after_a_rollback_the_next_edition_gets_a_number_of_its_own() {
    let installation = with_two_editions();
    installation.run(&["rollback", "1"]).succeeds();
    let listed = installation.run(&["editions"]).succeeds();
    let row =
        |number: &str| listed.stdout.lines().find(|line| line.trim_start().starts_with(number)).unwrap().to_owned();
    assert!(row("1").contains("使用中") && !row("2").contains("使用中"), "{}", listed.stdout);
    let reply = installation.run(&["ask", "简易注销公示要多少天", "--format", "json"]).succeeds().json();
    assert_eq!(reply["edition"], 1);
    installation.run(&["reindex"]).succeeds().says(&["与使用中的版次 1 比较", "已发布版次 3"]);
    assert_eq!(editions(&installation), (vec![3, 2, 1], Some(3)));
}

#[test]
fn two_editions_and_the_folder_are_compared_in_plain_words() {
    let installation = with_two_editions();
    let text = installation.run(&["diff", "1", "2"]).succeeds();
    text.says(&["版次 1 → 版次 2", "修改 market/cancellation", "办理时限：", BEFORE, AFTER, "个标准问，0 个有变化"]);
    installation.edit(CANCELLATION, "title: ", "title: 新版");
    installation.edit("lexicon/synonyms.yaml", "variants: [", "variants: [测试叫法, ");
    let work = installation.run(&["diff", "2", "work", "--format", "json"]).succeeds().json();
    assert_eq!((&work["before"], &work["after"]), (&2.into(), &Value::Null));
    let changed = work["topics"]["changed"].as_array().unwrap();
    assert_eq!((changed.len(), &changed[0]["topic"]), (1, &"market/cancellation".into()));
    assert_eq!(changed[0]["changes"][0]["name"], "标题");
    assert_eq!(work["other"][0]["field"], "synonyms", "{work}");
    installation.run(&["diff", "2", "2"]).succeeds().says(&["新增 0，删除 0，修改 0"]);
    installation.run(&["diff", "2", "9"]).ends_with(1).complains(&["没有版次 9"]);
    installation.run(&["diff", "2", "now"]).ends_with(2).complains(&["work"]);
    installation.edit(CANCELLATION, "title:", "titel:");
    installation.run(&["diff", "2", "work"]).ends_with(1).complains(&["cancellation.yaml:1:1", "无法比较"]);
}
