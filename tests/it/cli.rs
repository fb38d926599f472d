//! Commands of the real binary: what they print, how they end, and what they say about bad input.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::support::bot_api::FakeBotApi;
use crate::support::installation::{Installation, Serving, repository};

const CANCELLATION: &str = "topics/market/cancellation.yaml";
const INTEREST: &str = "topics/finance/service-loan-interest.yaml";

/// Asks over the web, where there is no other way to ask.
async fn asks_on_the_web(serving: &Serving, question: &str) -> Value {
    let url = format!("{}/api/v1/ask", serving.url);
    let response = reqwest::Client::new().post(url).json(&json!({ "text": question })).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

#[test]
fn ask_answers_with_sources_and_says_when_it_cannot() {
    let installation = Installation::new();
    let answer = ["简易注销公示", "依据：", "国务院令第746号", "找专员]"];
    installation.run(&["ask", "简易注销公示要多少天"]).succeeds().says(&answer);
    let declined = installation.run(&["ask", "红烧肉怎么做才好吃"]).ends_with(1);
    declined.says(&["找专员"]);
    installation.run(&["ask"]).ends_with(2).complains(&["<TEXT>"]);
    installation.run(&["ask", "--batch", "nofile.jsonl"]).ends_with(2).complains(&["无法读取 nofile.jsonl"]);
}

#[test]
fn ask_in_json_has_the_shape_of_the_contract() {
    let installation = Installation::new();
    let reply = installation.run(&["ask", "简易注销公示要多少天", "--format", "json"]).succeeds().json();
    assert_eq!((&reply["status"], &reply["topic"]), (&"answer".into(), &"market/cancellation".into()));
    assert_eq!((&reply["facet"], &reply["edition"]), (&"time_limit".into(), &1.into()));
    let source = &reply["citations"][0];
    for key in ["title", "doc_no", "issuer", "valid_from", "valid_to", "status", "url"] {
        assert!(source.as_object().unwrap().contains_key(key), "no {key} in {source}");
    }
    assert!(reply["confidence"].as_f64().unwrap() > 0.5 && reply["elapsed_us"].is_u64(), "{reply}");
    assert!(reply["commissioner"]["name"].is_string() && reply["ticket"].is_null(), "{reply}");
    let declined = installation.run(&["ask", "红烧肉怎么做才好吃", "--format", "json"]).succeeds().json();
    assert_eq!((&declined["status"], &declined["text"].is_string()), (&"decline".into(), &true), "{declined}");
    assert!(declined["topic"].is_null() && declined["facet"].is_null() && declined["citations"] == json!([]));
}

#[test]
fn a_batch_keeps_order_ids_and_sessions() {
    let installation = Installation::new();
    let batch = "{\"id\":\"b\",\"text\":\"食品经营许可证有效期几年\",\"session\":\"one\"}\n\
                 {\"id\":7,\"text\":\"简易注销公示要多少天\",\"session\":\"two\"}\n\n\
                 {\"id\":\"a\",\"text\":\"要什么材料\",\"session\":\"one\"}\n\
                 {\"id\":\"c\",\"text\":\"红烧肉怎么做才好吃\"}\n";
    let replies = installation.run_with_input(&["ask", "--batch", "-", "--format", "json"], batch).succeeds();
    let replies = replies.json_lines();
    let ids: Vec<_> = replies.iter().map(|reply| reply["id"].clone()).collect();
    assert_eq!(ids, [json!("b"), json!(7), json!("a"), json!("c")]);
    assert_eq!(replies[0]["topic"], replies[2]["topic"], "the follow-up is about its own session's topic");
    assert_eq!(replies[2]["facet"], "materials");
    let file = installation.file("batch.jsonl", "{\"id\":1,\"text\":\"简易注销公示要多少天\"}\nnot json\n");
    let broken = installation.run(&["ask", "--batch", &file, "--format", "json"]).ends_with(2);
    broken.says(&["\"id\":1"]).complains(&["第 2 行不是有效的 JSON"]);
}

#[test]
fn a_session_remembers_what_it_is_about() {
    let installation = Installation::new();
    installation.run(&["ask", "简易注销公示要多少天", "--session", "s"]).succeeds();
    let reply = installation.run(&["ask", "那要什么材料？", "--session", "s", "--format", "json"]).succeeds().json();
    assert_eq!((&reply["topic"], &reply["facet"]), (&"market/cancellation".into(), &"materials".into()), "{reply}");
}

#[test]
fn an_expired_policy_is_named_as_expired() {
    let installation = Installation::new();
    let question = "服务业贷款贴息最高支持多少贷款";
    let later = installation.run(&["ask", question, "--as-of", "2027-01-02"]).succeeds();
    later.says(&["已于2026年12月31日到期", "不能作为现行政策使用", "后续政策"]);
    let now = installation.run(&["ask", question, "--as-of", "2026-11-22"]).succeeds();
    assert!(!now.stdout.contains("不能作为现行政策"), "{}", now.stdout);
    installation.run(&["ask", question, "--as-of", "tomorrow"]).ends_with(2).complains(&["--as-of"]);
}

#[test]
fn the_shipped_knowledge_has_no_problem() {
    let installation = Installation::bare();
    installation.run(&["check"]).succeeds().says(&["0 个错误"]);
    let schema = installation.run(&["check", "--schema"]).succeeds().json();
    assert!(schema["properties"]["facets"].is_object());
}

/// The number of the line that reads `line`, in a file of the knowledge.
fn line_of(installation: &Installation, file: &str, line: &str) -> usize {
    let text = fs::read_to_string(installation.knowledge(file)).unwrap();
    text.lines().position(|other| other == line).unwrap_or_else(|| panic!("no line {line} in {file}")) + 1
}

#[test]
fn check_names_every_problem_with_its_place() {
    let installation = Installation::bare().own_knowledge();
    installation.edit(CANCELLATION, "questions:\n", "questions:\n  - 服务业贴息\n");
    installation.edit(INTEREST, "valid_from: 2026-01-01\n", "valid_from: 2027-06-01\n");
    installation.edit("topics/market/company-setup.yaml", "title:", "colour: red\ntitle:");
    fs::write(installation.knowledge("topics/market/annual-report.yaml"), "title: [\n  broken: \"\n").unwrap();
    let checked = installation.run(&["check", "--format", "json"]).ends_with(1).json();
    let problems = checked["problems"].as_array().unwrap();
    let problem = |file: &str| {
        let found = problems.iter().find(|problem| problem["file"].as_str().unwrap().ends_with(file));
        found.unwrap_or_else(|| panic!("nothing about {file} in {checked}"))
    };
    assert_eq!((&problem(INTEREST)["line"], &problem(INTEREST)["column"]), (&7.into(), &11.into()));
    let twin = format!("service-loan-interest.yaml:{}", line_of(&installation, INTEREST, "  - 服务业贴息"));
    assert!(problem(CANCELLATION)["message"].as_str().unwrap().contains(&twin), "{twin}");
    assert_eq!(problem("company-setup.yaml")["line"], 1);
    assert!(problem("company-setup.yaml")["message"].as_str().unwrap().contains("不认识的键 colour"));
    assert_eq!(problem("annual-report.yaml")["line"], 2);
    assert!(problems.iter().all(|problem| problem["hint"].is_string()), "each says what to do: {checked}");

    let first = installation.run(&["reindex"]).ends_with(1);
    first.complains(&[
        "annual-report.yaml:2:",
        &format!("cancellation.yaml:{}:5", line_of(&installation, CANCELLATION, "  - 服务业贴息")),
        "没有发布",
    ]);
    assert_eq!(installation.run(&["editions", "--format", "json"]).succeeds().json(), json!([]));
}

#[test]
fn an_empty_folder_of_knowledge_is_a_problem() {
    let installation = Installation::bare();
    let empty = installation.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let empty = empty.to_str().unwrap();
    installation.run(&["check", "--faq-data", empty]).ends_with(1).says(&["empty:1:1: ", "没有任何主题文件"]);
    let serve = installation.run(&["serve", "--listen", "127.0.0.1:0", "--faq-data", empty]).ends_with(1);
    serve.complains(&["没有任何主题文件", "不能发布"]);
}

#[test]
fn reindex_with_a_broken_file_keeps_the_edition_and_publishes_nothing_twice() {
    let installation = Installation::new().own_knowledge();
    installation.run(&["reindex"]).succeeds().says(&["与版次 1 相同"]);
    installation.edit(INTEREST, "valid_from: 2026-01-01\n", "valid_from: 2027-06-01\n");
    installation.run(&["reindex"]).ends_with(1).complains(&["service-loan-interest.yaml:7:11", "原版次继续使用"]);
    let editions = installation.run(&["editions", "--format", "json"]).succeeds().json();
    assert_eq!((editions.as_array().unwrap().len(), &editions[0]["number"]), (1, &1.into()));
    assert_eq!(editions[0]["is_serving"], true);
    let reply = installation.run(&["ask", "服务业贷款贴息最高支持多少贷款", "--format", "json"]).succeeds().json();
    assert_eq!((&reply["status"], &reply["edition"]), (&"answer".into(), &1.into()));
}

#[test]
fn a_damaged_index_is_built_again() {
    let installation = Installation::new();
    for generation in fs::read_dir(installation.path().join("index")).unwrap() {
        let generation = generation.unwrap().path();
        if generation.is_dir() {
            fs::write(generation.join("meta.json"), "{").unwrap();
        }
    }
    installation.run(&["ask", "简易注销公示要多少天"]).succeeds().says(&["国务院令第746号"]);
    fs::remove_dir_all(installation.path().join("index")).unwrap();
    installation.run(&["ask", "简易注销公示要多少天"]).succeeds().says(&["国务院令第746号"]);
}

#[test]
fn a_port_in_use_is_told() {
    let installation = Installation::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    installation.run(&["serve", "--listen", &address]).ends_with(1).complains(&[&address, "--listen"]);
    installation.run(&["serve", "--listen", "here"]).ends_with(2).complains(&["listen", "127.0.0.1:8080"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_wrong_token_the_web_answers() {
    let telegram = FakeBotApi::start().await;
    let wrong = "7000000001:AAwrongwrongwrongwrongwrongwrongwron";
    let installation = Installation::new().with_telegram(wrong, &telegram.url());
    let serving = installation.serve();
    let reply = asks_on_the_web(&serving, "简易注销公示要多少天").await;
    assert_eq!(reply["status"], "answer");
    installation.run(&["doctor"]).ends_with(1).says(&["[异常] Telegram", "检查令牌"]);
    assert!(!serving.log().contains("AAwrong"), "the token stands in the log");
    serving.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_says_what_the_supervisors_group_lacks() {
    let telegram = FakeBotApi::start().await;
    let group = telegram.group(-1_001, "督办群");
    let asks_about = |chat: &str| {
        let installation = Installation::new().on(&telegram).told("ZHENGQITONG_TELEGRAM__GROUP", chat);
        installation.run(&["doctor", "--listen", "127.0.0.1:0"]).stdout
    };
    assert!(asks_about("-1001").contains("[正常] 督办群：“督办群”"));
    group.lets_the_bot_manage_topics(false);
    assert!(asks_about("-1001").contains("[提醒] 督办群：机器人不能管理话题"));
    assert!(asks_about("-1002").contains("[提醒] 督办群：没有这个群"));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_telegram_out_of_reach_the_web_answers() {
    let telegram = FakeBotApi::start().await;
    let installation = Installation::new().on(&telegram);
    telegram.stop().await;
    let serving = installation.serve();
    let reply = asks_on_the_web(&serving, "简易注销公示要多少天").await;
    assert_eq!(reply["status"], "answer");
    installation.run(&["doctor"]).ends_with(1).says(&["[异常] Telegram", "TELOXIDE_API_URL"]);
    serving.stop();
}

#[test]
fn a_roster_with_a_nameless_line_is_not_imported() {
    let installation = Installation::new();
    let head = "id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity\n";
    let good = installation.file("good.csv", format!("{head}wang,王晓,,,market,commissioner,,501,10\n"));
    installation.run(&["commissioner", "import", &good]).succeeds().says(&["已导入 1 人"]);
    let bad = format!("{head}chen,陈启,,,market,commissioner,,503,10\nli,,,,finance,commissioner,,502,10\n");
    let bad = installation.file("bad.csv", bad);
    let refused = installation.run(&["commissioner", "import", &bad]).ends_with(1);
    refused.complains(&["bad.csv:3:2", "name", "原名册不变"]);
    let roster = installation.run(&["commissioner", "list", "--format", "json"]).succeeds().json();
    let ids: Vec<_> = roster.as_array().unwrap().iter().map(|person| person["id"].clone()).collect();
    assert_eq!(ids, ["wang"]);
    installation.run(&["commissioner", "invite", "nobody"]).ends_with(1).complains(&["没有编号“nobody”"]);
}

#[test]
fn a_database_that_cannot_be_used_is_told() {
    let installation = Installation::bare();
    let text = installation.file("text.db", "this is not a database, whatever its name may be\n".repeat(40));
    for (url, words) in [
        (format!("sqlite://{text}"), "text.db"),
        ("sqlite:///proc/nowhere/z.db".to_owned(), "/proc/nowhere/z.db"),
        (format!("sqlite://{}", installation.path().display()), "打不开"),
        ("postgres://user:secret@127.0.0.1/x".to_owned(), "postgres"),
    ] {
        let refused = installation.run(&["editions", "--database-url", &url]).ends_with(2);
        assert!(!refused.stderr.contains("secret"), "{}", refused.stderr);
        refused.complains(&["--database-url", words]);
    }
    assert!(fs::read_to_string(&text).unwrap().starts_with("this is not a database"), "it is left as it was");
}

#[test]
fn an_unknown_key_of_the_configuration_is_told() {
    let installation = Installation::bare();
    let config = installation.file("my.toml", "nonsense = 1\n");
    installation.run(&["editions", "--config", &config]).ends_with(2).complains(&["my.toml", "nonsense"]);
    installation.run(&["editions", "--config", "nofile.toml"]).ends_with(2).complains(&["nofile.toml"]);
    installation.run(&["bogus"]).ends_with(2).complains(&["bogus"]);
}

#[test]
fn tickets_that_do_not_exist_are_told() {
    let installation = Installation::new();
    installation.run(&["ticket", "show", "ZQ-20261122-0007"]).ends_with(1).complains(&["没有工单 ZQ-20261122-0007"]);
    installation.run(&["ticket", "show", "7"]).ends_with(2).complains(&["ZQ-20261122-0007"]);
    installation.run(&["ticket", "list"]).succeeds().says(&["没有符合条件的工单"]);
}

#[test]
fn completions_help_and_version_need_no_database() {
    let installation = Installation::bare();
    installation.run(&["completions", "bash"]).succeeds().says(&["_zhengqitong()", "reindex"]);
    installation.run(&["--help"]).succeeds().says(&["serve", "退出码"]);
    installation.run(&["--version"]).succeeds().says(&["zhengqitong "]);
    assert!(!installation.path().join("zhengqitong.db").exists());
}

#[test]
fn the_development_questions_are_answered_as_well_as_before() {
    let installation = Installation::new();
    let (dir, baseline) = (repository("tests/eval"), repository("tests/eval/baseline.json"));
    let eval = ["eval", dir.to_str().unwrap(), "--compare", baseline.to_str().unwrap(), "--format", "json"];
    // Exit code 1 where any measure is worse than the baseline by more than chance explains.
    let report = installation.run(&eval).succeeds().json();
    assert!(report["top1"]["share"].as_f64().unwrap() > 0.95, "{report}");
    assert!(report["calibration_error"].is_f64());
    installation.run(&["eval", "nowhere"]).ends_with(2).complains(&["nowhere"]);
}

#[test]
fn doctor_finds_a_sound_installation_sound() {
    let installation = Installation::new();
    installation.run(&["ask", "简易注销公示要多少天"]).succeeds();
    let findings = installation.run(&["doctor", "--listen", "127.0.0.1:0", "--format", "json"]).succeeds().json();
    let state = |what: &str| {
        let found = findings.as_array().unwrap().iter().find(|finding| finding["what"] == what);
        found.unwrap_or_else(|| panic!("nothing about {what}: {findings}"))["state"].clone()
    };
    for what in ["配置", "知识目录", "数据库", "版次", "收件", "发件", "Telegram", "端口"] {
        assert_eq!(state(what), "good", "{what}: {findings}");
    }
    assert_eq!(state("名册"), "warning", "the roster is the sample one");
}

/// A company with a phone number in its words raises a ticket; returns the ticket's number.
fn raises(installation: &Installation) -> String {
    let said = "转人工\n我们厂房租约到期想续租，联系人张三，电话13900001234，请帮忙协调\n确认\n";
    installation.run_with_input(&["chat", "--session", "figures"], said).succeeds();
    let tickets = installation.run(&["ticket", "list", "--format", "json"]).succeeds().json();
    tickets[0]["number"].as_str().unwrap().to_owned()
}

#[test]
fn figures_and_tickets_are_exported_without_anybodys_number() {
    let installation = Installation::new();
    raises(&installation);
    let table = installation.run(&["ticket", "figures"]).succeeds();
    table.says(&["全区", "响应率", "口径"]);
    let json = installation.run(&["ticket", "figures", "--format", "json"]).succeeds().json();
    assert_eq!((&json["total"]["raised"], &json["total"]["satisfaction_rate"]["of"]), (&1.into(), &0.into()), "{json}");
    assert!(json["total"]["satisfaction_rate"]["rate"].is_null(), "out of nothing there is no rate");
    let csv = installation.run(&["ticket", "figures", "--format", "csv"]).succeeds();
    csv.says(&["响应分子,响应分母,响应率", "全区,全区"]);
    installation.run(&["ticket", "figures", "--format", "xlsx"]).ends_with(2).complains(&["--out"]);
    installation.run(&["ticket", "figures", "--out", "figures.xlsx"]).succeeds().says(&["已写入 figures.xlsx"]);
    installation.run(&["ticket", "figures", "--out", "figures.xlsx"]).ends_with(2).complains(&["--replace"]);
    let wrong = ["ticket", "figures", "--from", "2026-12-31", "--to", "2026-01-01"];
    installation.run(&wrong).ends_with(2).complains(&["晚于"]);
    installation.run(&["ticket", "export", "tickets.csv"]).succeeds().says(&["已导出 1 个工单"]);
    let exported = fs::read_to_string(installation.path().join("tickets.csv")).unwrap();
    assert!(exported.contains("续租") && exported.contains("[手机号]"), "{exported}");
    assert!(!exported.contains("13900001234") && !exported.contains("张三"), "{exported}");
}

#[test]
fn tickets_change_hands_on_an_administrators_order() {
    let installation = Installation::new();
    let number = raises(&installation);
    let reassign = |to: &str| installation.run(&["ticket", "reassign", &number, "--to", to, "--why", "熟悉情况"]);
    reassign("wang").succeeds().says(&["→ wang", "已移交 1 个工单"]);
    reassign("nobody").ends_with(1).complains(&["没有可以办件的"]);
    let missing = ["ticket", "reassign", "ZQ-20200101-0001", "--to", "wang", "--why", "试"];
    installation.run(&missing).ends_with(1).complains(&["没有工单"]);
    let handed = installation.run(&["commissioner", "hand-over", "wang", "--why", "调离岗位"]);
    handed.succeeds().says(&[&number, "已移交 1 个工单"]);
    let shown = installation.run(&["ticket", "show", &number]).succeeds();
    shown.says(&["指派：wang：熟悉情况", "转办：调离岗位"]);
}
