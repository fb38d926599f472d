//! What `reindex` tells before it publishes, and what it refuses to publish.

use std::fs;

use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use super::{CANCELLATION, INTEREST, editions};
use crate::support::installation::Installation;

#[test]
fn a_dry_run_tells_what_would_change_and_publishes_nothing() {
    let installation = Installation::new().own_knowledge();
    installation.edit(INTEREST, "valid_to: 2026-12-31\n", "valid_to: 2027-12-31\n");
    installation.edit(INTEREST, "年贴息1个百分点，贴息期限", "年贴息2个百分点，贴息期限");
    installation.edit(
        INTEREST,
        "figure: \"1个百分点\"",
        "figure: \"2个百分点\", source: 测试}\n  - {figure: \"1个百分点\"",
    );
    fs::remove_file(installation.knowledge("topics/employment/special-working-hours.yaml")).unwrap();
    installation.edit(
        "topics/employment/labor-dispute.yaml",
        "  - {text: 工资条里加班怎么合法排班, topic: employment/special-working-hours}\n",
        "",
    );
    let dry = installation.run(&["reindex", "--dry-run"]).succeeds();
    let dry = dry.says(&[
        "与使用中的版次 1 比较",
        "删除 employment/special-working-hours",
        "修改 finance/service-loan-interest",
        "有效性有变化",
        "到期日期：2026-12-31 → 2027-12-31",
        "数字：增加2个百分点",
        "可以发布为版次 2",
        "没有发布",
    ]);
    assert!(!dry.stdout.contains("已发布"), "{}", dry.stdout);
    assert_eq!(editions(&installation), (vec![1], Some(1)));
    let report = installation.run(&["reindex", "--format", "json"]).succeeds().json();
    assert_eq!((&report["verdict"], &report["edition"]), (&"published".into(), &2.into()), "{report}");
    assert_eq!(report["compared_with"], 1);
    let topics = &report["comparison"]["topics"];
    assert_eq!(topics["removed"][0]["topic"], "employment/special-working-hours");
    assert_eq!(topics["before"].as_u64().unwrap(), topics["after"].as_u64().unwrap() + 1);
    let changed = topics["changed"].as_array().unwrap();
    let changed = changed.iter().find(|change| change["topic"] == "finance/service-loan-interest").unwrap();
    assert_eq!((&changed["validity_changed"], &changed["figures_added"]), (&true.into(), &json!(["2个百分点"])));
    let answers = &report["comparison"]["answers"];
    assert!(
        answers["golden_asked"].as_u64().unwrap() >= 60 && answers["topic_questions_asked"].as_u64().unwrap() >= 500
    );
    let lost = answers["changed"].as_array().unwrap();
    let of_the_removed = |change: &&Value| change["before"]["topics"] == json!(["employment/special-working-hours"]);
    assert!(lost.iter().any(|change| of_the_removed(&change)), "its own questions lose their answer: {answers}");
    installation.run(&["reindex", "--dry-run", "--force"]).ends_with(2);
}

#[test]
fn a_golden_question_about_a_facet_must_get_that_facet() {
    let installation = Installation::new().own_knowledge();
    let golden = fs::read_to_string(installation.knowledge("golden.yaml")).unwrap();
    let question = "食品经营许可证有效期几年, topic: market/food-license, facet: validity";
    assert!(golden.contains(question));
    installation.edit("golden.yaml", question, &question.replace("validity", "place"));
    let refused = installation.run(&["reindex"]).ends_with(1);
    refused.complains(&["“食品经营许可证有效期几年”应为 market/food-license place", "实际为", "validity", "没有发布"]);
    let report = installation.run(&["reindex", "--format", "json"]).ends_with(1).json();
    assert_eq!((&report["verdict"], &report["golden_failures"][0]["facet"]), (&"golden".into(), &"place".into()));
    assert_eq!(editions(&installation), (vec![1], Some(1)));
}

#[tokio::test]
async fn what_is_forced_remains_in_the_audit_log() {
    let installation = Installation::new().own_knowledge();
    installation.edit(
        "golden.yaml",
        "公司没有债务，想走简易注销, topic: market/cancellation",
        "公司没有债务，想走简易注销, topic: tax/e-invoice",
    );
    installation.run(&["reindex"]).ends_with(1).complains(&["公司没有债务，想走简易注销", "reindex --force"]);
    installation.run(&["reindex", "--force"]).succeeds().says(&["已发布版次 2"]).complains(&["审计日志"]);
    let mut database = SqliteConnection::connect(&installation.database_url()).await.unwrap();
    let detail: String =
        sqlx::query_scalar("SELECT detail FROM audit_log WHERE action = 'edition.publish' ORDER BY id DESC")
            .fetch_one(&mut database)
            .await
            .unwrap();
    assert!(detail.starts_with("edition 2,") && detail.contains("forced"), "{detail}");
    let listed = installation.run(&["editions", "--format", "json"]).succeeds().json();
    assert_eq!((&listed[0]["is_forced"], &listed[1]["is_forced"]), (&true.into(), &false.into()));
}

#[test]
fn problems_are_told_in_json_as_well() {
    let installation = Installation::new().own_knowledge();
    installation.edit(CANCELLATION, "title:", "titel:");
    let report = installation.run(&["reindex", "--format", "json"]).ends_with(1).json();
    let problems = report["problems"].as_array().unwrap();
    let error = problems.iter().find(|problem| problem["severity"] == "error").unwrap();
    assert!(error["file"].as_str().unwrap().ends_with("cancellation.yaml") && error["line"] == 1, "{error}");
    assert_eq!((&report["verdict"], &report["comparison"]), (&"problems".into(), &Value::Null));
}
