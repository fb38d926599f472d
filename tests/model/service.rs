//! The real binary with the model.

use std::time::Duration;

use serde_json::Value;

use crate::provision::MODEL_DIR;
use crate::support::installation::Installation;

/// Few enough that even an unoptimised build works their meanings out in a moment.
const TOPICS: usize = 12;

/// Far longer than working out so few topics takes; only a failing test waits for so long.
const WORKED_OUT_WITHIN: Duration = Duration::from_mins(4);

async fn ready(url: &str) -> Value {
    let response = reqwest::get(format!("{url}/readyz")).await.unwrap();
    assert_eq!(response.status(), 200, "it serves all the time");
    response.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_begins_by_words_and_goes_on_with_meanings() {
    let installation =
        Installation::bare().with_generated(TOPICS).told("ZHENGQITONG_MODEL__DIR", MODEL_DIR.display().to_string());
    installation.run(&["model", "status"]).succeeds().says(&["模型完好"]);
    let serving = installation.serve();
    serving.logs("meanings serve", WORKED_OUT_WITHIN).await;
    let now = ready(&serving.url).await;
    assert_eq!((&now["semantic"], &now["semantic_variant"]), (&true.into(), &"model".into()), "{now}");
    serving.stop();
    installation.run(&["doctor"]).says(&["语义检索：模型完好"]);

    // The vectors lie with the edition: the next start has them at once.
    let serving = installation.serve();
    assert_eq!(ready(&serving.url).await["semantic_variant"], "model");
    let metrics = reqwest::get(format!("{}/metrics", serving.url)).await.unwrap().text().await.unwrap();
    assert!(!metrics.contains("outcome=\"failed\""), "{metrics}");
    serving.stop();
}
