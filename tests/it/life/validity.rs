//! Policies end: what is answered before and after, and who is warned in time.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, date};
use serde_json::Value;

use crate::support::desk::TestDesk;
use crate::support::installation::Installation;

/// The four interest subsidies that end on 2026-12-31: number, topic, and a question.
const SUBSIDIES: [(&str, &str, &str); 4] = [
    ("财金〔2026〕1号", "finance/consumer-loan-interest", "个人消费贷款贴息一年最多多少"),
    ("财金〔2026〕2号", "innovation/technical-renovation", "设备更新贷款财政贴息政策2026"),
    ("财金〔2026〕4号", "finance/inclusive-loan", "中小微企业贷款贴息的单户上限是多少"),
    ("财金〔2026〕5号", "finance/service-loan-interest", "服务业贷款贴息最高支持多少贷款"),
];

const LAST_DAY: Date = date(2026, 12, 31);

/// What is answered as of a day: the text, and the standing of each cited document by number.
fn answered(
    installation: &Installation,
    question: &str,
    topic: &str,
    as_of: Date,
) -> (String, BTreeMap<String, String>) {
    let as_of = as_of.to_string();
    let reply = installation.run(&["ask", question, "--as-of", &as_of, "--format", "json"]).succeeds().json();
    assert_eq!(
        (&reply["status"], &reply["topic"], &reply["as_of"]),
        (&"answer".into(), &topic.into(), &as_of.into()),
        "{reply}"
    );
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let citations = reply["citations"].as_array().unwrap().iter();
    let standings = citations.map(|citation| (word(&citation["doc_no"]), word(&citation["status"]))).collect();
    (word(&reply["text"]), standings)
}

#[test]
fn the_four_interest_subsidies_are_in_force_on_their_last_day_and_over_on_the_next() {
    let installation = Installation::new();
    for (number, topic, question) in SUBSIDIES {
        let (text, standings) = answered(&installation, question, topic, LAST_DAY);
        assert!(text.contains("有效期至2026年12月31日，当天是最后一天"), "{number}: {text}");
        assert!(!text.contains("不能作为现行政策"), "{number}: {text}");
        assert_eq!(standings[number], "valid", "{number}");

        let (text, standings) = answered(&installation, question, topic, LAST_DAY.tomorrow().unwrap());
        assert!(text.contains("已于2026年12月31日到期") && text.contains("不能作为现行政策使用"), "{number}: {text}");
        assert_eq!(standings[number], "expired", "{number}");
        let is_whole_topic = text.contains("本政策已于");
        assert_eq!(text.contains("后续政策："), is_whole_topic, "{number}: {text}");
        assert!(is_whole_topic || text.contains(number), "where a part ends, the document is named: {text}");
    }
}

const ROSTER: &str = "\
id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity
wang,王专员(示例),,,market;tax,commissioner,,501,10
sun,孙管理(示例),,,,administrator,,505,10
";

fn december(day: i8, hour: i8) -> DateTime {
    date(2026, 12, day).at(hour, 0, 0, 0)
}

async fn told(desk: &TestDesk) -> Vec<String> {
    desk.person(505, "孙管理").received().await.into_iter().map(|item| item.message.text).collect()
}

#[tokio::test]
async fn administrators_are_told_thirty_and_seven_days_ahead_once_each_and_in_working_hours() {
    let desk = TestDesk::with_roster(ROSTER).await;
    desk.at(date(2026, 11, 30).at(10, 0, 0, 0)).await;
    assert!(told(&desk).await.is_empty(), "31 days ahead is too early");
    desk.at(december(1, 8)).await;
    assert!(told(&desk).await.is_empty(), "not before working hours");
    desk.at(december(1, 9)).await;
    let first = told(&desk).await;
    assert_eq!(first.len(), 1, "one message for all of them: {first:?}");
    for (_, topic, _) in SUBSIDIES {
        assert!(first[0].contains(topic), "{topic}: {}", first[0]);
    }
    for words in ["将在30天内到期", "服务业经营主体贷款贴息：2026年12月31日到期，还有30天", "财金〔2026〕4号"]
    {
        assert!(first[0].contains(words), "{words}: {}", first[0]);
    }
    desk.at(december(2, 10)).await;
    desk.restarts().await.at(december(10, 10)).await;
    assert_eq!(told(&desk).await.len(), 1, "each once, also after a restart");
    desk.at(december(24, 10)).await;
    let second = told(&desk).await;
    assert_eq!(second.len(), 2);
    assert!(second[1].contains("将在7天内到期") && second[1].contains("还有7天"), "{}", second[1]);
    desk.at(december(31, 16)).await;
    assert_eq!(told(&desk).await.len(), 2);
    assert!(desk.wang().received().await.is_empty(), "only administrators are told");
}

#[tokio::test]
async fn a_topic_whose_date_moved_warns_anew_and_a_late_one_once() {
    let desk = TestDesk::with_roster(ROSTER).await;
    let only_one = |to: Date| {
        move |topics: &mut Vec<zhengqitong::domain::topic::Topic>| {
            topics.retain(|topic| topic.id.as_str() == "finance/service-loan-interest");
            topics[0].validity.to = Some(to);
        }
    };
    desk.publishes(only_one(date(2026, 12, 20)));
    desk.at(december(1, 10)).await;
    assert_eq!(told(&desk).await.len(), 1);
    desk.publishes(only_one(date(2026, 12, 22)));
    desk.at(december(2, 10)).await;
    let texts = told(&desk).await;
    assert!(texts.len() == 2 && texts[1].contains("2026年12月22日到期，还有20天"), "{texts:?}");
    // Seen for the first time when only five days are left: told once, not as thirty and as seven days ahead.
    desk.publishes(only_one(date(2026, 12, 7)));
    desk.at(december(2, 11)).await;
    let texts = told(&desk).await;
    assert!(texts.len() == 3 && texts[2].contains("将在7天内到期"), "{texts:?}");
}

#[tokio::test]
async fn without_an_administrator_the_warning_waits_for_one() {
    let desk = TestDesk::with_roster(ROSTER.lines().take(2).collect::<Vec<_>>().join("\n").as_str()).await;
    desk.at(december(1, 10)).await;
    desk.replaces_roster(ROSTER).await;
    desk.at(december(3, 10)).await;
    assert_eq!(told(&desk).await.len(), 1);
}

/// A policy whose last day is some days from the day of the test.
fn ending_in(installation: &Installation, days: i64) -> Date {
    #[expect(clippy::disallowed_methods, reason = "the real binary goes by the real day")]
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).date();
    let to = today + jiff::Span::new().days(days);
    installation.edit(super::INTEREST, "valid_to: 2026-12-31\n", &format!("valid_to: {to}\n"));
    installation.edit(super::INTEREST, "valid_from: 2026-01-01\n", "valid_from: 2020-01-01\n");
    to
}

#[test]
fn check_doctor_and_editions_warn_of_what_ends() {
    let installation = Installation::bare().own_knowledge();
    let to = ending_in(&installation, 5);
    let checked = installation.run(&["check"]).succeeds();
    checked.says(&["service-loan-interest.yaml:7:11: ", &format!("将在 {to} 到期，还有5天")]);
    installation.run(&["reindex"]).succeeds();
    let listed = installation.run(&["editions"]).succeeds();
    listed.says(&["即将到期", "服务业经营主体贷款贴息：", "还有5天（finance/service-loan-interest）"]);
    let listed = installation.run(&["editions", "--format", "json"]).succeeds().json();
    let ending = listed[0]["ending"].as_array().unwrap();
    let row = ending.iter().find(|row| row["topic"] == "finance/service-loan-interest").unwrap();
    assert_eq!((&row["last_day"], &row["days_left"]), (&to.to_string().into(), &5.into()));
    let doctor = installation.run(&["doctor", "--listen", "127.0.0.1:0", "--format", "json"]).json();
    let findings = doctor.as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["what"] == "有效期").unwrap();
    assert_eq!(finding["state"], "warning");
    assert!(finding["detail"].as_str().unwrap().contains("还有5天（finance/service-loan-interest）"), "{finding}");
}
