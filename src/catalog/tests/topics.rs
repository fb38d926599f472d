//! Topic files that are well shaped, and what may still be wrong.

use super::{ANNUAL_REPORT, annual_report, check, check_topic, loaded, other_topic};
use crate::domain::topic::{Comparison, Facet, NumberOperator, Status, TopicId};

#[test]
fn a_sound_topic_has_no_problems_and_becomes_a_topic() {
    check_topic(ANNUAL_REPORT, &[]);
    let base = loaded(&[]).base;
    let topic = &base.topics[&TopicId::parse("market/annual-report").unwrap()];
    assert_eq!(topic.title, "企业年报公示");
    assert_eq!(topic.validity.status, Status::Valid);
    assert_eq!(topic.citations[0].doc_no.as_deref(), Some("国务院令第777号"));
    assert_eq!(topic.facets[&Facet::Contact], ["市场监管热线：12315"]);
    assert!(topic.is_well_supported && !topic.facets.contains_key(&Facet::Fee));
}

#[test]
fn dates_the_wrong_way_round_are_told_for_topic_and_citation() {
    let text = annual_report("valid_from: 2014-10-01", "valid_from: 2027-10-01\nvalid_to: 2027-01-01")
        .replace("status: valid}", "valid_from: 2020-01-02, valid_to: 2020-01-01, status: valid}");
    check_topic(
        &text,
        &[
            "6:11: valid_to（2027-01-01）早于 valid_from（2027-10-01）",
            "11:78: valid_to（2020-01-01）早于 valid_from（2020-01-02）",
        ],
    );
}

#[test]
fn a_topic_that_begins_in_the_future_is_fine() {
    check_topic(&annual_report("valid_from: 2014-10-01", "valid_from: 2027-10-01"), &[]);
}

#[test]
fn a_topic_that_has_run_out_but_says_valid_is_a_warning() {
    let text = annual_report("valid_from: 2014-10-01", "valid_to: 2026-11-21");
    check_topic(&text, &["?5:11: 已在 2026-11-21 到期，但状态还是有效"]);
    let unverified = text.replace("status: valid\n", "status: unverified\n");
    check_topic(&unverified, &["?5:11: 已在 2026-11-21 到期，但状态还是待核"]);
}

#[test]
fn what_ends_within_thirty_days_is_a_warning() {
    let until = |day: &str| annual_report("valid_from: 2014-10-01", &format!("valid_to: {day}"));
    check_topic(&until("2026-11-22"), &["?5:11: 将在 2026-11-22 到期，还有0天"]);
    check_topic(&until("2026-12-22"), &["?5:11: 将在 2026-12-22 到期，还有30天"]);
    check_topic(&until("2026-12-23"), &[]);
    let document = |day: &str| annual_report("status: valid}", &format!("valid_to: {day}, status: valid}}"));
    check_topic(&document("2026-12-01"), &["?10:54: 所依据的“企业信息公示暂行条例”将在 2026-12-01 到期，还有9天"]);
    check_topic(
        &document("2026-11-01"),
        &["?10:54: 所依据的“企业信息公示暂行条例”已在 2026-11-01 到期，但状态还是有效"],
    );
    let known = document("2026-11-01").replace("status: valid}", "status: expired}");
    check_topic(&known, &[]);
}

#[test]
fn a_topic_that_is_over_but_reads_as_if_it_were_not_is_a_warning() {
    let over = annual_report("status: valid\n", "status: expired\n")
        .replace("valid_from: 2014-10-01", "valid_to: 2026-06-30")
        .replace(
            "[上一年年底前登记的企业]",
            "[政策正在执行, 执行到2027年底, 是否继续执行以通知为准, 原政策执行到2027年]",
        );
    check_topic(
        &over,
        &["?12:16: 已经到期或废止，这里却写着“正在执行”", "?12:24: 已经到期或废止，这里却写着“到2027年”"],
    );
}

#[test]
fn an_expired_topic_without_its_last_day_is_a_warning() {
    check_topic(&annual_report("status: valid", "status: expired"), &["?4:9: 状态是 expired，但没有写 valid_to"]);
}

#[test]
fn facts_checked_in_the_future_are_a_warning() {
    check_topic(&annual_report("2026-11-01", "2026-11-23"), &["?7:14: 核对日期 2026-11-23 还没有到"]);
}

#[test]
fn few_questions_are_a_warning_and_very_few_an_error() {
    let five = ANNUAL_REPORT.lines().take(19).collect::<Vec<_>>().join("\n");
    check_topic(&five, &["?15:3: 只有5个问题，最好有8个以上"]);
    let three = ANNUAL_REPORT.lines().take(17).collect::<Vec<_>>().join("\n");
    check_topic(&three, &["15:3: questions：至少4项，现在是3项"]);
}

#[test]
fn a_figure_without_a_source_is_told_once_a_text() {
    let text = annual_report("[上一年年底前登记的企业]", "[罚款2万元以下，2万元以下, 依据财税〔2018〕76号]");
    check_topic(&text, &["12:16: “2万元”没有在 facts 里写明出处", "12:31: “财税〔2018〕76号”没有在 facts 里写明出处"]);
}

#[test]
fn a_figure_in_facts_or_in_a_citation_has_a_source() {
    let text = annual_report("[上一年年底前登记的企业]", "[罚款2万元以下, 依据国务院令第777号]");
    check_topic(&format!("{text}facts: [{{figure: 20000元, source: 国务院令第777号}}]\n"), &[]);
}

#[test]
fn a_topic_of_medium_confidence_says_so_and_holds_no_amounts() {
    let text = annual_report("confidence: high", "confidence: medium").replace("[上一年年底前登记的企业]", "[补2万元]");
    check_topic(
        &format!("{text}facts: [{{figure: 2万元, source: 通知}}]\n"),
        &["?8:13: 把握程度是 medium，但状态是有效", "?12:16: 把握程度是 medium，却写了“2万元”"],
    );
}

#[test]
fn days_need_a_unit_and_a_topic_a_facet() {
    let text = annual_report("conditions: [上一年年底前登记的企业]", "time_limit: {statutory_days: 20}");
    check_topic(&text, &["12:15: 时限写了天数，没有写 unit"]);
    let none = annual_report("  conditions: [上一年年底前登记的企业]\n", "")
        .replace("[{name: 市场监管热线, phone: \"12315\"}]", "[]");
    check_topic(&none, &["12:3: facets 里一项也没有"]);
}

#[test]
fn a_question_in_two_topics_is_told_with_both_places() {
    let other = other_topic().replace("公章在哪个网站填", "年报 在哪个网站填?");
    check(
        &[("topics/market/annual-report.yaml", ANNUAL_REPORT), ("topics/market/seal.yaml", &other)],
        &[
            "topics/market/seal.yaml:18:5: 问题“年报 在哪个网站填?”与 faq_data/topics/market/annual-report.yaml:18 的相同",
        ],
    );
}

#[test]
fn a_question_twice_in_one_topic_is_told() {
    check_topic(
        &annual_report("年报要交钱吗", "年报在哪个网站填？"),
        &["19:5: 问题“年报在哪个网站填？”与 faq_data/topics/market/annual-report.yaml:18 的相同"],
    );
}

#[test]
fn references_to_no_topic_are_told() {
    let text = annual_report("status: valid\n", "status: repealed\nsuccessor_topic: tax/annual-report\n");
    let counters = "counter_questions:\n  - {text: 怎么刻公章, topic: market/seal}\n  - {text: 怎么开公司, topic: 开公司}\n  - {text: 谁要年报, topic: market/annual-report}\n";
    check_topic(
        &format!("{text}{counters}"),
        &[
            "5:18: 没有主题 tax/annual-report",
            "25:26: 没有主题 market/seal",
            "26:26: “开公司”不是主题编号",
            "27:25: counter_questions 的 topic 是主题自己",
        ],
    );
}

#[test]
fn a_reference_to_a_topic_that_cannot_be_read_is_no_second_problem() {
    let text = format!("{ANNUAL_REPORT}counter_questions: [{{text: 怎么刻公章, topic: market/seal}}]\n");
    check(
        &[("topics/market/annual-report.yaml", &text), ("topics/market/seal.yaml", "")],
        &["topics/market/seal.yaml:1:1: 文件是空的"],
    );
}

#[test]
fn a_counter_question_that_stands_in_a_third_topic_is_told() {
    let text =
        format!("{}counter_questions: [{{text: 没有生意还要报年报吗, topic: market/annual-report}}]\n", other_topic());
    let third = other_topic().replace("公章", "执照");
    let third = format!("{third}counter_questions: [{{text: 忘了报年报会怎样, topic: market/seal}}]\n");
    check(
        &[
            ("topics/market/annual-report.yaml", ANNUAL_REPORT),
            ("topics/market/license.yaml", &third),
            ("topics/market/seal.yaml", &text),
        ],
        &[
            "topics/market/license.yaml:23:28: “忘了报年报会怎样”说是 market/seal 的问题，却写在 faq_data/topics/market/annual-report.yaml:21",
        ],
    );
}

#[test]
fn two_topics_with_one_title_are_a_warning() {
    let other = other_topic().replace("企业公章公示", "企业年报公示");
    check(
        &[("topics/market/annual-report.yaml", ANNUAL_REPORT), ("topics/market/seal.yaml", &other)],
        &["?topics/market/seal.yaml:1:8: 标题与 faq_data/topics/market/annual-report.yaml 的相同"],
    );
}

#[test]
fn files_in_wrong_places_are_told() {
    check(
        &[
            ("topics/market/annual-report.yaml", ANNUAL_REPORT),
            ("topics/law/a.yaml", ANNUAL_REPORT),
            ("topics/stray.yaml", ANNUAL_REPORT),
            ("topics/market/年报.yaml", ANNUAL_REPORT),
            ("topics/tax/deep/a.yaml", ANNUAL_REPORT),
            ("topics/market/annual-report.yml", ANNUAL_REPORT),
        ],
        &[
            "topics/law/a.yaml:1:1: 没有类别 law",
            "topics/market/annual-report.yml:1:1: 主题文件的扩展名应是 .yaml",
            "topics/market/annual-report.yml:1:1: 主题编号 market/annual-report 与 faq_data/topics/market/annual-report.yaml 相同",
            "topics/market/年报.yaml:1:1: 文件名“年报”不能做主题编号",
            "topics/stray.yaml:1:1: 主题文件要放在类别文件夹里",
            "topics/tax/deep/a.yaml:1:1: 文件名“deep/a”不能做主题编号",
        ],
    );
}

#[test]
fn eligibility_compares_numbers_with_numbers_and_words_with_known_words() {
    let conditions = "eligibility:
  - {field: employees, op: le, value: 300, text: 不超过300人}
  - {field: employees, op: one_of, value: [一些], text: 一些人}
  - {field: scale, op: one_of, value: [micro, tiny], text: 小微企业}
  - {field: scale, op: le, value: 3, text: 小微企业}
  - {field: industry, op: none_of, value: [烟草], text: 烟草除外}
";
    let text = format!("{ANNUAL_REPORT}{conditions}");
    check_topic(
        &text,
        &[
            "25:43: eligibility：employees 比的是数字，op 只能是 lt、le、eq、ge、gt，value 是一个数字",
            "26:39: eligibility：scale 不能是“tiny”",
            "27:35: eligibility：scale 比的是词，op 只能是 one_of、none_of，value 是一列词",
        ],
    );
    let base = loaded(&[("topics/market/annual-report.yaml", &text)]).base;
    let topic = base.topics.values().next().unwrap();
    assert_eq!(topic.eligibility[0].comparison, Comparison::Number(NumberOperator::Le, 300.0));
    assert_eq!(topic.eligibility[1].comparison, Comparison::NoneOf(vec!["烟草".to_owned()]));
}

#[test]
fn a_link_must_be_a_link() {
    check_topic(
        &annual_report("status: valid}", "status: valid, url: 见官网}"),
        &["10:64: citations.url：不是网址，应以 https:// 开头；不确定就删去"],
    );
}

#[test]
fn a_folded_summary_has_no_spaces_between_chinese_characters() {
    let text = annual_report("summary: 每年1月1日至6月30日，企业", "summary: >-\n  每年1月1日至6月30日，\n  企业");
    let base = loaded(&[("topics/market/annual-report.yaml", &text)]).base;
    let summary = &base.topics.values().next().unwrap().summary;
    assert_eq!(summary, "每年1月1日至6月30日，企业要在公示系统报送上一年度的年报。");
}
