//! Stories about data folders: which files, and what the administrator is told.

mod documents;
mod drafts;
mod edit;
mod files;
mod import;
mod lexicon;
mod other_files;
mod roster;
mod schema;
mod shape;
mod topics;

use jiff::civil::{Date, date};

use super::{Bundle, Loaded, load_bundle};

/// The day on which all stories play.
const TODAY: Date = date(2026, 11, 22);

/// Files without which every story would begin with warnings.
const QUIET: [(&str, &str); 8] = [
    ("lexicon/synonyms.yaml", "[]"),
    ("lexicon/confusable.yaml", "[]"),
    ("lexicon/user_words.txt", ""),
    ("lexicon/stop_words.txt", ""),
    ("directory/service_points.yaml", "[]"),
    ("directory/departments.yaml", "[]"),
    ("golden.yaml", "[]"),
    (
        "calibration.yaml",
        "{words: {ranking: {title: 4}, scope: {share: 1}, intercept: -4, answer_at: 0.7, clarify_at: 0.3}, \
          meanings: {ranking: {title: 4}, scope: {share: 1}, intercept: -4, answer_at: 0.7, clarify_at: 0.3}}",
    ),
];

/// A topic without problems, at `market/annual-report` where a story does not say otherwise.
const ANNUAL_REPORT: &str = "\
title: 企业年报公示
kind: procedure
summary: 每年1月1日至6月30日，企业要在公示系统报送上一年度的年报。
status: valid
valid_from: 2014-10-01
competent: [市场监管局]
verified_on: 2026-11-01
confidence: high
citations:
  - {title: 企业信息公示暂行条例, doc_no: 国务院令第777号, status: valid}
facets:
  conditions: [上一年年底前登记的企业]
  contacts: [{name: 市场监管热线, phone: \"12315\"}]
questions:
  - 企业年报怎么报
  - 年报什么时候截止
  - 没有生意还要报年报吗
  - 年报在哪个网站填
  - 年报要交钱吗
  - 年报填错了能改吗
  - 忘了报年报会怎样
  - 新开的公司今年要年报吗
";

/// [`ANNUAL_REPORT`] with `from` replaced by `to`; fails where there is nothing to replace.
fn annual_report(from: &str, to: &str) -> String {
    assert!(ANNUAL_REPORT.contains(from), "no {from:?} in the topic");
    ANNUAL_REPORT.replacen(from, to, 1)
}

/// Another topic without problems: its own title and questions.
fn other_topic() -> String {
    ANNUAL_REPORT.replace("年报", "公章")
}

/// Writes a file below `dir`.
fn put(dir: &std::path::Path, name: &str, text: &str) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn loaded(files: &[(&str, &str)]) -> Loaded {
    let has_topic = files.iter().any(|(path, _)| path.starts_with("topics/"));
    let topic = (!has_topic).then_some(("topics/market/annual-report.yaml", ANNUAL_REPORT));
    let bundle: Bundle = QUIET.into_iter().chain(topic).chain(files.iter().copied()).collect();
    load_bundle(bundle, TODAY)
}

/// Loads `files`, completed by what a sound folder needs, and compares all problems.
///
/// Expected problems are `file:line:column: message` without the folder's name, with `?` before a warning.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let told: Vec<_> = loaded(files)
        .problems
        .iter()
        .map(|problem| {
            let mark = if problem.severity == super::Severity::Warning { "?" } else { "" };
            format!("{mark}{}", problem.to_string().trim_start_matches("faq_data/"))
        })
        .collect();
    assert_eq!(told, expected);
}

/// Like [`check`] for one topic file.
#[track_caller]
fn check_topic(text: &str, expected: &[&str]) {
    let path = "topics/market/annual-report.yaml";
    let expected: Vec<_> = expected
        .iter()
        .map(|problem| match problem.strip_prefix('?') {
            Some(warning) => format!("?{path}:{warning}"),
            None => format!("{path}:{problem}"),
        })
        .collect();
    check(&[(path, text)], &expected.iter().map(String::as_str).collect::<Vec<_>>());
}
