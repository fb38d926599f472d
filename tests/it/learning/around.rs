//! The whole way on the real binary: asked in five wordings, grouped, drafted, completed, published, answered.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use sqlx::{Connection, SqliteConnection};

use crate::support::bot_api::FakeBotApi;
use crate::support::installation::{Installation, Serving};

const WORDINGS: [&str; 5] = [
    "无人机飞行要报备吗",
    "企业用无人机作业要去哪里报备",
    "飞无人机拍厂区需要审批吗",
    "无人机在市区飞要什么手续",
    "无人机航拍归哪里管",
];

const PHONE: &str = "13800001234";

/// What a person writes into the draft: no figures, a public hotline.
const COMPLETED: [(&str, &str); 9] = [
    ("#~ title:", "title: 无人机飞行报备"),
    ("#~ kind:", "kind: procedure"),
    ("#~ summary:", "summary: 企业使用无人机作业，要先实名登记，再按空域管理规定报备，具体以主管部门答复为准。"),
    ("#~ competent: [ ]", "competent: [区行政审批服务局]"),
    ("#~ verified_on:", "verified_on: 2026-11-22"),
    ("#~ citations:", "citations:"),
    (
        "#~   - {title: 文件名称, doc_no: 文号, issuer: 发文机关, status: unverified}",
        "  - {title: 无人机管理有关规定, status: unverified}",
    ),
    ("#~ facets:", "facets:"),
    ("#~   conditions: [ \"…\" ]", "  conditions: [先在平台实名登记]"),
];

fn groups(installation: &Installation) -> Vec<Value> {
    let listed = installation.run(&["unanswered", "--format", "json"]).succeeds().json();
    listed.as_array().unwrap().clone()
}

/// The bytes of a file that holds the two tables of kept questions and nothing else.
async fn bytes_of_tables(installation: &Installation) -> Vec<u8> {
    let copy = installation.path().join("tables.db");
    // An attached database is not created; an empty file is an empty one.
    fs::write(&copy, "").unwrap();
    let mut connection = SqliteConnection::connect(&installation.database_url()).await.unwrap();
    let attach = format!("ATTACH DATABASE '{}' AS copy", copy.display());
    for statement in [
        sqlx::AssertSqlSafe(attach),
        sqlx::AssertSqlSafe("CREATE TABLE copy.question AS SELECT * FROM question".to_owned()),
        sqlx::AssertSqlSafe("CREATE TABLE copy.feedback AS SELECT * FROM feedback".to_owned()),
    ] {
        sqlx::query(statement).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    fs::read(copy).unwrap()
}

/// The metrics, once they say `name`: groups are counted beside everything else.
async fn metrics_with(serving: &Serving, name: &str) -> String {
    let mut look = tokio::time::interval(Duration::from_millis(200));
    for _ in 0..100 {
        look.tick().await;
        let metrics = reqwest::get(format!("{}/metrics", serving.url)).await.unwrap().text().await.unwrap();
        if metrics.contains(name) {
            return metrics;
        }
    }
    panic!("{name} is never told")
}

fn contains(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|part| part == words.as_bytes())
}

fn complete(draft: &Path) {
    let mut text = fs::read_to_string(draft).unwrap();
    for (from, to) in COMPLETED {
        assert!(text.contains(from), "the draft does not say {from:?}:\n{text}");
        text = text.replacen(from, to, 1);
    }
    fs::write(draft, text).unwrap();
}

#[test]
fn five_companies_ask_and_the_sixth_is_answered() {
    let installation = Installation::new().own_knowledge();
    for (company, question) in WORDINGS.iter().enumerate() {
        let session = format!("company-{company}");
        let reply = installation.run(&["ask", question, "--session", &session, "--format", "json"]).succeeds().json();
        assert!(reply["status"] == "decline" || reply["status"] == "clarify", "{reply}");
    }
    let found = groups(&installation);
    assert_eq!((found.len(), &found[0]["askers"], &found[0]["count"]), (1, &5.into(), &5.into()), "{found:?}");
    let id = found[0]["id"].to_string();
    installation.run(&["unanswered", "show", &id]).succeeds().says(&WORDINGS);
    assert!(groups_at_least(&installation, "6").is_empty());

    let place = ["--category", "delivery", "--name", "drone-flights"];
    let drafted = installation.run(&[&["draft", "from-group", &id][..], &place].concat()).succeeds();
    drafted.says(&["drafts/delivery/drone-flights.yaml", "draft publish delivery/drone-flights"]);
    assert_eq!(groups(&installation)[0]["draft"], "delivery/drone-flights");
    installation.run(&["draft", "from-group", &id]).ends_with(1).complains(&["已经起草"]);
    installation.run(&["check"]).succeeds();
    installation.run(&["reindex"]).succeeds().says(&["与版次 1 相同"]);

    let refused = installation.run(&["draft", "publish", "delivery/drone-flights"]).ends_with(1);
    let place = "drafts/delivery/drone-flights.yaml:";
    refused.complains(&[place, "缺少 title", "缺少 summary", "缺少 citations", "没有发布"]);
    let draft = installation.knowledge("drafts/delivery/drone-flights.yaml");
    complete(&draft);
    installation.run(&["draft", "list"]).succeeds().says(&["可以发布"]);
    installation.run(&["draft", "publish", "delivery/drone-flights"]).succeeds().says(&["topics/delivery", "reindex"]);
    assert!(!draft.exists() && groups(&installation).is_empty());
    let still = installation.run(&["ask", "开无人机要不要报备", "--format", "json"]).succeeds().json();
    assert_ne!(still["status"], "answer", "nothing is published by itself: {still}");

    installation.run(&["reindex"]).succeeds().says(&["已发布版次 2", "153 个主题"]);
    let sixth = installation.run(&["ask", "公司的无人机要不要报备", "--format", "json"]).succeeds().json();
    assert_eq!((&sixth["status"], &sixth["topic"]), (&"answer".into(), &"delivery/drone-flights".into()), "{sixth}");
}

fn groups_at_least(installation: &Installation, askers: &str) -> Vec<Value> {
    let listed = installation.run(&["unanswered", "--min", askers, "--format", "json"]).succeeds().json();
    listed.as_array().unwrap().clone()
}

#[test]
fn a_dismissed_group_is_gone_and_the_audit_log_says_why() {
    let installation = Installation::new();
    installation.run(&["ask", "红烧肉怎么做才好吃", "--session", "a"]).ends_with(1);
    let id = groups(&installation)[0]["id"].to_string();
    installation.run(&["unanswered", "dismiss", &id]).ends_with(2).complains(&["--why"]);
    installation.run(&["unanswered", "dismiss", &id, "--why", "与企业服务无关"]).succeeds();
    assert!(groups(&installation).is_empty());
    installation.run(&["unanswered", "dismiss", &id, "--why", "再来一次"]).ends_with(1).complains(&["没有编号为"]);
    installation.run(&["unanswered", "show", "4711"]).ends_with(1).complains(&["没有编号为 4711"]);
    installation.run(&["draft", "from-group", "4711"]).ends_with(1).complains(&["没有编号为 4711"]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let noted: String = runtime.block_on(async {
        let mut connection = SqliteConnection::connect(&installation.database_url()).await.unwrap();
        let query = "SELECT detail FROM audit_log WHERE action = 'questions.dismiss'";
        sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap()
    });
    assert!(noted.contains("与企业服务无关"), "{noted}");
}

#[test]
fn a_list_for_spreadsheets_holds_no_formula() {
    let installation = Installation::new();
    installation.run(&["ask", "=红烧肉怎么做才好吃", "--session", "a"]).ends_with(1);
    let csv = installation.run(&["unanswered", "--format", "csv"]).succeeds();
    assert!(csv.stdout.starts_with("\u{feff}组号,"), "{}", csv.stdout);
    assert!(csv.stdout.contains(",'=红烧肉"), "{}", csv.stdout);
    installation.run(&["unanswered", "--since", "2100-01-01"]).succeeds().says(&["没有符合条件"]);
}

#[test]
fn measuring_with_a_batch_teaches_nothing_and_old_questions_are_swept() {
    let installation = Installation::new();
    let batch =
        "{\"id\":1,\"text\":\"红烧肉怎么做才好吃\",\"session\":\"x\"}\n{\"id\":2,\"text\":\"无人机飞行要报备吗\"}\n";
    installation.run_with_input(&["ask", "--batch", "-", "--format", "json"], batch).succeeds();
    assert!(groups(&installation).is_empty());
    installation.run(&["ask", "红烧肉怎么做才好吃"]).ends_with(1);
    assert_eq!(groups(&installation).len(), 1, "also without a conversation");
    let wrong = installation.file("wrong.toml", "[questions]\nkeep_days = 0\n");
    installation.run(&["unanswered", "--config", &wrong]).ends_with(2).complains(&["questions.keep_days"]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = SqliteConnection::connect(&installation.database_url()).await.unwrap();
        let age = "UPDATE question SET asked_at = asked_at - 181 * 86400000";
        sqlx::query(age).execute(&mut connection).await.unwrap();
    });
    let longer = installation.file("longer.toml", "[questions]\nkeep_days = 365\n");
    let listed = installation.run(&["unanswered", "--config", &longer, "--format", "json"]).succeeds().json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert!(groups(&installation).is_empty(), "180 days have passed");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_telegram_a_thumbed_down_answer_shows_up_and_no_phone_is_kept() {
    let telegram = FakeBotApi::start().await;
    let installation = Installation::new().on(&telegram);
    fs::write(installation.path().join("zhengqitong.toml"), "[log]\nfilter = 'debug'\n").unwrap();
    let company = telegram.person(9001, "企业");
    let serving = installation.serve();
    company.says(&format!("我叫张三丰，电话{PHONE}，简易注销公示要多少天"));
    let answer = company.waits_for_text("企业注销与简易注销").await;
    company.presses(&answer, "没帮助");
    company.waits_for_text("没有帮上忙").await;
    company.presses(&answer, "没帮助");
    company.waits_for_text("没有帮上忙").await;
    company.says("/new");
    company.says(&format!("我叫李四，{PHONE}，红烧肉怎么做才好吃"));
    let settles = |text: &str| text.contains("不敢随意答复") || text.contains("您想问的是哪一项");
    company.waits_for(|message| settles(&message.text), "a refusal or a question back").await;
    telegram.wait_until_confirmed().await;
    let metrics = metrics_with(&serving, "zhengqitong_question_groups_waiting").await;
    assert!(metrics.contains("zhengqitong_feedback_total{kind=\"unhelpful\"} 1"), "{metrics}");

    let found = groups(&installation);
    let unhelpful = found.iter().find(|group| group["reasons"][0]["reason"] == "unhelpful").unwrap();
    assert_eq!(unhelpful["question"], "我叫[姓名]，电话[手机号]，简易注销公示要多少天");
    assert_eq!(
        (&unhelpful["nearest_topic"], &unhelpful["count"]),
        (&"market/cancellation".into(), &1.into()),
        "{found:?}"
    );
    installation.run(&["doctor"]).says(&["未答问题", "没帮助 1"]);
    let bytes = bytes_of_tables(&installation).await;
    assert!(contains(&bytes, "红烧肉怎么做才好吃") && contains(&bytes, "[手机号]"), "the tables were copied");
    for secret in [PHONE, "张三丰", "李四", "9001"] {
        assert!(!contains(&bytes, secret), "{secret} is kept");
        assert!(secret == "9001" || !serving.log().contains(secret), "{secret} is logged");
    }
    installation.run(&["unanswered", "erase", "telegram:9001"]).succeeds().says(&["2 个问题"]);
    assert!(groups(&installation).is_empty());
    serving.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_ticket_becomes_a_draft_without_personal_data() {
    let telegram = FakeBotApi::start().await;
    let installation = Installation::new().own_knowledge().on(&telegram);
    let roster = "id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity\n\
                  wang,王晓,0535-0000001,,,commissioner,,501,30\n";
    let roster = installation.file("roster.csv", roster);
    installation.run(&["commissioner", "import", &roster]).succeeds();
    let (company, wang) = (telegram.person(9001, "企业"), telegram.person(501, "王晓"));
    let serving = installation.serve();
    company.says(&format!("无人机飞行要报备吗，我电话{PHONE}"));
    let declined = company.waits_for_text("不敢随意答复").await;
    company.presses(&declined, "找专员");
    let proposal = company.waits_for_text("请核对").await;
    company.presses(&proposal, "确认");
    let assigned = wang.waits_for_text("新工单").await;
    wang.presses(&assigned, "签收");
    wang.waits_for_text("已签收").await;
    let tickets = installation.run(&["ticket", "list", "--format", "json"]).succeeds().json();
    let number = tickets[0]["number"].as_str().unwrap().to_owned();
    installation.run(&["draft", "from-ticket", &number]).ends_with(1).complains(&["还没有办结"]);
    wang.replies_to(&assigned, &format!("先在平台实名登记，不清楚打我手机{PHONE}"));
    let passed_on = wang.waits_for_text("已转给企业").await;
    wang.presses(&passed_on, "办结");
    wang.waits_for_text("已请企业评价").await;
    telegram.wait_until_confirmed().await;
    serving.stop();

    installation.run(&["draft", "from-ticket", &number]).ends_with(1).complains(&["--category"]);
    let made = installation.run(&["draft", "from-ticket", &number, "--category", "delivery"]).succeeds();
    made.says(&["drafts/delivery/wu-ren-ji-fei-xing-yao.yaml"]);
    let draft = fs::read_to_string(installation.knowledge("drafts/delivery/wu-ren-ji-fei-xing-yao.yaml")).unwrap();
    assert!(draft.contains("先在平台实名登记，不清楚打我手机[手机号]") && draft.contains(&number), "{draft}");
    assert!(draft.contains("status: unverified") && !draft.contains(PHONE), "{draft}");
    installation.run(&["draft", "from-ticket", "ZQ-20261122-9999"]).ends_with(1).complains(&["没有工单"]);
    installation.run(&["draft", "from-ticket", "7"]).ends_with(2).complains(&["ZQ-20261122-0007"]);
    installation.run(&["draft", "publish", "delivery/nothing"]).ends_with(1).complains(&["没有草稿"]);
    installation.run(&["draft", "publish", "../../etc/passwd"]).ends_with(2).complains(&["不是主题编号"]);
}
