//! Files of the wrong shape.

use proptest::prelude::*;

use super::{ANNUAL_REPORT, annual_report, check, check_topic, loaded};

#[test]
fn every_unknown_missing_and_mistyped_key_is_told_at_once() {
    let text = annual_report("kind: procedure", "kind: law\nowner: 王")
        .replace("verified_on: 2026-11-01", "verified_on: 2026-13-01")
        .replace("competent: [市场监管局]", "competent: 市场监管局")
        .replace("title: 企业信息公示暂行条例, ", "");
    check_topic(
        &text,
        &[
            "2:7: kind：不能是“law”",
            "3:1: 不认识的键 owner",
            "7:12: competent：应是列表，现在是文字",
            "8:14: verified_on：“2026-13-01”不是日期",
            "11:5: citations：缺少 title",
        ],
    );
}

#[test]
fn limits_are_told_even_where_the_shape_is_wrong() {
    let text = annual_report("title: 企业年报公示", &format!("title: {}\nowner: 王", "年".repeat(41)));
    check_topic(&text, &["1:8: title：最多40个字，现在是41个字", "2:1: 不认识的键 owner"]);
}

#[test]
fn every_broken_rule_of_a_well_shaped_file_is_told_at_once() {
    let text = annual_report("企业年报公示", &"年".repeat(41))
        .replace("每年1月1日至6月30日", &"长".repeat(201))
        .replace("phone: \"12315\"", "phone: 市场监管局")
        .replace("[上一年年底前登记的企业]", "[\"\"]");
    check_topic(
        &text,
        &[
            "1:8: title：最多40个字，现在是41个字",
            "3:10: summary：最多200个字，现在是220个字",
            "12:16: facets.conditions：至少1个字，现在是0个字",
            "13:36: facets.contacts.phone：不是电话号码，应是 3 至 15 位数字，可以有短横线",
        ],
    );
}

#[test]
fn a_syntax_error_is_told_with_its_place() {
    check_topic(
        &annual_report("status: valid", "status: [valid"),
        &["5:11: YAML 语法错误：illegal placement of ':' indicator"],
    );
}

#[test]
fn a_key_written_twice_is_told() {
    check_topic(&annual_report("kind: procedure", "title: 再来一个"), &["2:1: 键 title 写了两次"]);
}

#[test]
fn an_empty_file_is_told() {
    check_topic("", &["1:1: 文件是空的"]);
    check_topic("# 还没写\n", &["1:1: 文件是空的"]);
}

#[test]
fn a_file_with_two_documents_is_told() {
    check_topic(&format!("{ANNUAL_REPORT}---\n{ANNUAL_REPORT}"), &["24:1: 一个文件里有几份文档（---）"]);
}

#[test]
fn a_bomb_of_aliases_is_defused() {
    let mut bomb = "a0: &a0 [哈, 哈, 哈, 哈, 哈, 哈, 哈, 哈, 哈, 哈]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    check_topic(&bomb, &["5:15: 文件嵌套太深、内容太多或引用太多，没有读完"]);
}

#[test]
fn deep_nesting_is_refused() {
    check_topic(
        &format!("{}{}", "[".repeat(5000), "]".repeat(5000)),
        &["1:256: 文件嵌套太深、内容太多或引用太多，没有读完"],
    );
}

#[test]
fn plain_numbers_pass_as_text() {
    check(&[("topics/market/annual-report.yaml", &annual_report("\"12315\"", "12315"))], &[]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_text_makes_the_loader_panic(text in "(\\PC|[\\[\\]{}:#&*\\- \n'\"|>]){0,200}", path in 0..5_usize) {
        let paths = ["topics/tax/a.yaml", "golden.yaml", "directory/commissioners.csv", "calendar/2026.json", "lexicon/synonyms.yaml"];
        let told = loaded(&[(paths[path], &text)]).problems;
        prop_assert!(told.iter().all(|problem| problem.line > 0 && problem.column > 0 && !problem.message.is_empty()));
    }

    #[test]
    fn no_mutation_of_a_topic_makes_the_loader_panic(at in 0..ANNUAL_REPORT.chars().count(), with in "\\PC{0,3}|[0-9%元〔〕号年万]{1,8}") {
        let text: String = ANNUAL_REPORT.chars().take(at).chain(with.chars()).chain(ANNUAL_REPORT.chars().skip(at)).collect();
        let _ = loaded(&[("topics/tax/a.yaml", &text)]);
    }
}
