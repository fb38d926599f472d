//! The data folder is watched: what can be published is, what cannot is told, and the old edition goes on.

use std::time::Duration;

use serde_json::{Value, json};

use super::{CANCELLATION, editions};
use crate::support::installation::Installation;

const BEFORE: &str = "简易注销公示20日，期满";
const AFTER: &str = "简易注销公示期为20日，期满";

#[test]
fn a_change_is_published_and_a_mistake_is_told_with_its_place() {
    let installation = Installation::new().own_knowledge();
    let mut watching = installation.start(&["reindex", "--watch"]);
    watching.complains("正在留意");
    installation.edit(CANCELLATION, BEFORE, AFTER);
    watching.says("已发布版次 2");
    installation.edit(CANCELLATION, "title:", "titel:");
    watching.complains("cancellation.yaml:1:1");
    watching.complains("原版次继续使用");
    assert_eq!(editions(&installation), (vec![2, 1], Some(2)));
    installation.edit(CANCELLATION, "titel:", "title: 新版");
    watching.says("已发布版次 3");
    // What was rolled back is not published again by itself.
    installation.run(&["rollback", "1"]).succeeds();
    installation.edit(CANCELLATION, "title: 新版", "title:");
    watching.complains("内容与版次 2 相同");
    assert_eq!(editions(&installation), (vec![3, 2, 1], Some(1)));
    installation.edit(
        "golden.yaml",
        "公司没有债务，想走简易注销, topic: market/cancellation",
        "公司没有债务，想走简易注销, topic: tax/e-invoice",
    );
    watching.complains("个标准问没有通过");
    assert_eq!(watching.terminate().code, 0);
    assert_eq!(editions(&installation), (vec![3, 2, 1], Some(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_service_publishes_what_changes_where_it_is_told_to() {
    let installation = Installation::new().own_knowledge();
    installation.file("zhengqitong.toml", "[knowledge]\nwatch = true\n");
    let serving = installation.serve();
    let client = reqwest::Client::new();
    installation.edit(CANCELLATION, BEFORE, AFTER);
    let answered = async {
        let mut pace = tokio::time::interval(Duration::from_millis(100));
        loop {
            pace.tick().await;
            let question = json!({ "text": "简易注销公示要多少天" });
            let response = client.post(format!("{}/api/v1/ask", serving.url)).json(&question).send().await.unwrap();
            let reply: Value = response.json().await.unwrap();
            let text = reply["text"].as_str().unwrap();
            assert_eq!(text.contains(AFTER), reply["edition"] == 2, "{reply}");
            if reply["edition"] == 2 {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(3), answered).await.expect("the change is published in time");
    installation.edit(CANCELLATION, "title:", "titel:");
    serving.logs("cancellation.yaml:1:1", Duration::from_mins(3)).await;
    let metrics = client.get(format!("{}/metrics", serving.url)).send().await.unwrap().text().await.unwrap();
    assert!(
        metrics.contains("zhengqitong_edition 2") && metrics.contains("zhengqitong_topics_ending_soon"),
        "{metrics}"
    );
    serving.stop();
    assert_eq!(editions(&installation), (vec![2, 1], Some(2)));
}
