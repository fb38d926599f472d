//! The real binary with the model.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::provision::MODEL_DIR;
use crate::support::installation::Installation;

/// Working out the shipped knowledge takes a minute of one core, on a busy machine several.
const WORKED_OUT_WITHIN: Duration = Duration::from_mins(10);

#[tokio::test(flavor = "multi_thread")]
async fn serve_begins_by_words_and_goes_on_with_meanings() {
    let installation = Installation::new().told("ZHENGQITONG_MODEL__DIR", MODEL_DIR.display().to_string());
    installation.run(&["model", "status"]).succeeds().says(&["模型完好"]);
    let serving = installation.serve();
    let ready = || async {
        let response = reqwest::get(format!("{}/readyz", serving.url)).await.unwrap();
        assert_eq!(response.status(), 200, "it serves all the time");
        response.json::<Value>().await.unwrap()
    };
    let begun = Instant::now();
    loop {
        let ready = ready().await;
        if ready["semantic"] == true {
            assert_eq!(ready["semantic_variant"], "model");
            break;
        }
        assert_eq!(ready["semantic_variant"], "lexical");
        assert!(begun.elapsed() < WORKED_OUT_WITHIN, "{}", serving.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    serving.stop();
    installation.run(&["doctor"]).says(&["语义检索：模型完好"]);
    // The vectors lie with the edition: the next start has them at once.
    let serving = installation.serve();
    let ready: Value = reqwest::get(format!("{}/readyz", serving.url)).await.unwrap().json().await.unwrap();
    assert_eq!(ready["semantic_variant"], "model");
    let metrics = reqwest::get(format!("{}/metrics", serving.url)).await.unwrap().text().await.unwrap();
    assert!(!metrics.contains("outcome=\"failed\""), "{metrics}");
    serving.stop();
}
