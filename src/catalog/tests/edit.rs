//! Topic files that the program writes: they say what they said, and look like those that people wrote.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::super::edit::{emit, splice};
use super::super::record::{CounterRecord, DraftRecord, FactRecord, MaterialRecord};
use super::ANNUAL_REPORT;
use crate::catalog::record::FormRecord;

fn read(text: &str) -> DraftRecord {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The texts of the shipped topics by path.
fn shipped() -> BTreeMap<String, String> {
    let topics = Path::new(env!("CARGO_MANIFEST_DIR")).join("faq_data/topics");
    let folders = fs::read_dir(topics).unwrap().map(|entry| entry.unwrap().path());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    files.map(|path| (path.display().to_string(), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn every_shipped_topic_is_written_as_it_was_read() {
    let shipped = shipped();
    assert!(shipped.len() >= 151);
    for (path, text) in shipped {
        let record = read(&text);
        assert_eq!(read(&emit(&record, &[])), record, "{path}");
        assert_eq!(splice(&text, &record, &record), text, "{path}: nothing was edited");
    }
}

#[test]
fn a_topic_is_laid_out_like_the_shipped_ones() {
    let mut record = read(ANNUAL_REPORT);
    record.tags = vec!["年报".to_owned(), "a, b".to_owned()];
    record.facets.materials =
        vec![MaterialRecord { name: "营业执照".to_owned(), form: FormRecord::Copy, note: None, tolerated: true }];
    record.questions.truncate(2);
    let expected = "\
# 示例
title: 企业年报公示
kind: procedure
summary: >-
  每年1月1日至6月30日，企业要在公示系统报送上一年度的年报。
status: valid
valid_from: 2014-10-01
competent: [市场监管局]
tags: [年报, \"a, b\"]
verified_on: 2026-11-01
confidence: high
citations:
  - {title: 企业信息公示暂行条例, doc_no: 国务院令第777号, status: valid}
facets:
  conditions:
    - 上一年年底前登记的企业
  materials:
    - {name: 营业执照, form: copy, tolerated: true}
  contacts:
    - {name: 市场监管热线, phone: \"12315\"}
questions:
  - 企业年报怎么报
  - 年报什么时候截止
";
    assert_eq!(emit(&record, &["示例".to_owned()]), expected);
}

#[test]
fn an_edit_leaves_the_other_keys_as_they_were_written() {
    let text = ANNUAL_REPORT.replace("competent: [市场监管局]", "# who\ncompetent:\n  - \"市场监管局\"   # by law");
    let before = read(&text);
    let mut after = before.clone();
    after.summary = Some("年报每年报一次，不收费。".to_owned());
    after.valid_to = Some(jiff::civil::date(2030, 1, 1));
    after.facets.steps = vec!["填报".to_owned()];
    let edited = splice(&text, &before, &after);
    let is_new = |line: &&str| !text.contains(*line);
    let new: Vec<_> = edited.lines().filter(is_new).collect();
    assert_eq!(new, ["summary: >-", "  年报每年报一次，不收费。", "valid_to: 2030-01-01", "  steps:", "    - 填报"]);
    assert!(edited.contains("# who") && edited.contains("# by law"), "{edited}");
    assert!(edited.contains("  conditions: [上一年年底前登记的企业]\n"), "{edited}");
}

#[test]
fn a_file_in_braces_is_written_anew() {
    let text = "{title: 年报, tags: [a]}\n";
    let before = read(text);
    let after = DraftRecord { title: Some("公章".to_owned()), ..before.clone() };
    assert_eq!(read(&splice(text, &before, &after)), after);
}

#[test]
fn notes_cannot_break_out_of_their_comments() {
    let notes = ["一行\n两行\rtitle: evil\u{85}title: evil\u{2028}title: evil".to_owned()];
    let text = emit(&DraftRecord { title: Some("年报".to_owned()), ..DraftRecord::default() }, &notes);
    assert_eq!(read(&text).title.as_deref(), Some("年报"), "{text}");
}

/// Text as it may come out of a cell: trimmed, one line, whatever characters.
fn cell_text() -> impl Strategy<Value = String> {
    let signs = "[-:#&*!|>'\"%@`{}\\[\\], ?=~<0-9a-zA-Z年，：。（）“”｜\\\\]{1,24}";
    prop_oneof![signs, "\\PC{1,24}", Just("null".to_owned()), Just("2026-01-01".to_owned()), Just("1e3".to_owned())]
        .prop_map(|text| text.trim().to_owned())
        .prop_filter("empty", |text| !text.is_empty())
}

proptest! {
    #[test]
    fn any_text_is_read_back_as_it_was_written(texts in proptest::collection::vec(cell_text(), 8)) {
        let mut record = DraftRecord {
            title: Some(texts[0].clone()),
            summary: Some(texts[1].clone()),
            tags: vec![texts[2].clone(), texts[3].clone()],
            questions: vec![texts[4].clone()],
            facts: vec![FactRecord { figure: texts[5].clone(), source: texts[6].clone() }],
            counter_questions: vec![CounterRecord { text: texts[7].clone(), topic: "tax/vat".to_owned() }],
            ..DraftRecord::default()
        };
        record.facets.conditions = texts.clone();
        let text = emit(&record, &[]);
        prop_assert_eq!(serde_saphyr::from_str::<DraftRecord>(&text).map_err(|error| error.to_string()), Ok(record), "{}", text);
    }
}
