//! Stories about longer texts: what they may look like, what they belong to, and how they come in.

use std::fs;

use super::super::{DocumentSource, apply, draft_of, load, plan_document};
use super::{ANNUAL_REPORT, QUIET, TODAY, check, loaded, put};
use crate::domain::topic::Facet;

const DOCUMENT: &str = "\
---
title: 企业年报公示办法
doc_no: 示发〔2026〕1号
status: valid
topics: [market/annual-report]
---

第一章 总则

第一条 企业应当报送年报。

第二条 逾期的列入名录。
";

/// Compares all problems of a document at `documents/market/x.md`.
#[track_caller]
fn check_document(text: &str, expected: &[&str]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|problem| match problem.strip_prefix('?') {
            Some(warning) => format!("?documents/market/x.md:{warning}"),
            None => format!("documents/market/x.md:{problem}"),
        })
        .collect();
    check(&[("documents/market/x.md", text)], &expected.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_sound_document_becomes_passages_of_its_topics() {
    check_document(DOCUMENT, &[]);
    let loaded = loaded(&[("documents/market/x.md", DOCUMENT)]);
    let document = loaded.base.documents.values().next().unwrap();
    assert_eq!(document.topics[0].as_str(), "market/annual-report");
    let passages: Vec<_> = document.passages.iter().map(|it| (it.heading.as_str(), it.text.as_str())).collect();
    assert_eq!(passages, [("第一章 总则", "第一条 企业应当报送年报。"), ("第一章 总则", "第二条 逾期的列入名录。")]);
}

#[test]
fn what_is_wrong_with_a_document_is_told_with_its_place() {
    check_document("# 办法\n", &["1:1: 文档没有写明标题和来源（开头的 --- 部分）"]);
    check_document("---\ntitle: 办法\n", &["1:1: 开头的 --- 没有结束"]);
    check_document(&DOCUMENT.replace("status: valid", "status: good"), &["4:9: status：不能是“good”"]);
    check_document(
        &DOCUMENT.replace("topics: [market/annual-report]", "topics: [market/annual-report, tax/none]"),
        &["5:32: 没有主题 tax/none"],
    );
    check_document(
        &DOCUMENT.replace("status", "valid_to: 2020-01-01\nstatus"),
        &["?4:11: 已在 2020-01-01 到期，但状态还是有效"],
    );
    check_document(
        &DOCUMENT.replace("topics: [market/annual-report]", "topics: []"),
        &["?5:9: 文档不属于任何主题，不会帮助解答"],
    );
    check_document(&DOCUMENT.replace("第一条", "<div>\n\n第一条"), &["?10:1: 正文里有网页标签，不会被读取"]);
    check_document(DOCUMENT.split("第一章").next().unwrap(), &["7:1: 文档没有正文"]);
}

#[test]
fn documents_in_wrong_places_are_told() {
    check(
        &[("documents/nowhere/x.md", DOCUMENT), ("documents/market/大写.md", DOCUMENT)],
        &["documents/market/大写.md:1:1: 文件名“大写”不能做文档编号", "documents/nowhere/x.md:1:1: 没有类别 nowhere"],
    );
}

#[test]
fn the_same_document_twice_is_a_warning() {
    check(
        &[("documents/market/a.md", DOCUMENT), ("documents/market/b.md", DOCUMENT)],
        &["?documents/market/b.md:2:1: 标题与 faq_data/documents/market/a.md 的相同"],
    );
}

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    QUIET.iter().for_each(|(name, text)| put(dir.path(), name, text));
    put(dir.path(), "topics/market/annual-report.yaml", ANNUAL_REPORT);
    dir
}

fn source(markdown: &str) -> DocumentSource {
    DocumentSource {
        place: "办法.md".to_owned(),
        markdown: markdown.to_owned(),
        topics: vec!["market/annual-report".to_owned()],
        retrieved_on: Some(TODAY),
        ..DocumentSource::default()
    }
}

#[test]
fn a_text_without_front_matter_is_asked_about_itself() {
    let dir = folder();
    let text = "# 年报办法\n\n| 发文机关 | 示例局 | 文号 | 示发〔2026〕1号 |\n| --- | --- | --- | --- |\n| 有效性 | 有效 | 发布日期 | 2026-03-05 |\n\n第一条 要报。\n";
    let plan = plan_document(dir.path(), &source(text), false, TODAY).unwrap();
    assert_eq!(plan.document.id.as_str(), "market/nian-bao-ban-fa");
    apply(&plan.change.into_iter().collect::<Vec<_>>()).unwrap();
    let written = fs::read_to_string(&plan.path).unwrap();
    let front = "---\ntitle: 年报办法\ndoc_no: 示发〔2026〕1号\nissuer: 示例局\npublished_on: 2026-03-05\nstatus: valid\nretrieved_on: 2026-11-22\ntopics:\n  - market/annual-report\n---\n\n| 发文机关";
    assert!(written.starts_with(front), "{written}");
    assert!(load(dir.path(), TODAY).problems.is_empty(), "{:?}", load(dir.path(), TODAY).problems);

    let later = DocumentSource { retrieved_on: TODAY.checked_add(jiff::Span::new().days(9)).ok(), ..source(text) };
    assert_eq!(
        plan_document(dir.path(), &later, false, TODAY).unwrap().change,
        None,
        "taking it again changes nothing"
    );
    let other = source(&text.replace("要报", "不报"));
    assert!(plan_document(dir.path(), &other, false, TODAY).unwrap_err()[0].message.contains("已经有了"));
    assert!(plan_document(dir.path(), &other, true, TODAY).unwrap().change.is_some());
}

#[test]
fn a_document_that_fits_nowhere_says_what_is_missing() {
    let dir = folder();
    let refused =
        |source: DocumentSource| plan_document(dir.path(), &source, false, TODAY).unwrap_err()[0].message.clone();
    assert_eq!(refused(source("第一条 无题。\n")), "看不出文档的标题");
    let nowhere = DocumentSource { topics: Vec::new(), ..source("# 办法\n\n第一条 甲。\n") };
    assert_eq!(refused(nowhere), "不知道文档属于哪个类别");
    let unknown = DocumentSource { topics: vec!["tax/none".to_owned()], ..source("# 办法\n\n甲\n") };
    assert_eq!(refused(unknown), "没有主题 tax/none");
    let outside = DocumentSource { name: Some("../x".to_owned()), ..source("# 办法\n\n甲\n") };
    assert_eq!(refused(outside), "“../x”不能做文件名");
    assert_eq!(refused(source(&format!("# 办法\n\n{}\n", "长".repeat(100_000)))), "文档超过 256 KiB");
}

#[test]
fn a_guide_begins_a_topic() {
    let dir = folder();
    let text =
        "# 年报指南\n\n## 受理条件\n\n- 已登记\n\n## 申请材料\n\n- 营业执照\n\n## 办理流程\n\n1. 登录\n2. 填报\n";
    let plan = plan_document(dir.path(), &source(text), false, TODAY).unwrap();
    let draft = draft_of(&plan.document);
    assert_eq!(draft.facets[&Facet::Conditions], ["已登记"]);
    assert_eq!(draft.facets[&Facet::Steps], ["登录", "填报"]);
    assert_eq!(draft.facets[&Facet::Materials], ["营业执照"]);
    assert_eq!(draft.citations[0].title, "年报指南");
}
