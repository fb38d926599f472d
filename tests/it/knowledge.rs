//! What `zhengqitong check` cannot know about `faq_data`: ids that others rely on, numbers that may be public, sample marks.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::source::files;

/// The ids of the first edition, one a line: links and other programs name them, so none may disappear or change.
const COMMITTED_IDS: &str = include_str!("topics.txt");

/// The public hotlines. Numbers of windows and of people change, and nobody would notice.
const HOTLINES: [&str; 10] = ["12345", "96178", "12366", "12333", "12330", "12315", "12329", "12348", "12360", "95598"];

/// A question longer than this is a story; people ask shorter ones, and they are matched whole.
const LONGEST_QUESTION: usize = 60;

/// Path, line number and text of every line of the data.
fn lines() -> Vec<(String, usize, String)> {
    let files = ["yaml", "txt", "csv", "md"].into_iter().flat_map(|extension| files("faq_data", extension));
    files
        .flat_map(|(path, text)| {
            let numbered = text.lines().enumerate().map(|(at, line)| (path.clone(), at + 1, line.to_owned()));
            numbered.collect::<Vec<_>>()
        })
        .collect()
}

fn yaml(path: &str, text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The runs of digits in a line that stand for themselves, not within an identifier or a decimal number.
fn digit_runs(line: &str) -> impl Iterator<Item = &str> {
    let is_joined = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    line.split(move |c| !is_joined(c)).filter(|run| !run.is_empty() && run.bytes().all(|b| b.is_ascii_digit()))
}

fn is_mobile_number(run: &str) -> bool {
    run.len() == 11
        && run.starts_with('1')
        && !run.starts_with("10")
        && !run.starts_with("11")
        && !run.starts_with("12")
}

/// Five digits that begin like a service number.
fn is_hotline(run: &str) -> bool {
    run.len() == 5 && ["123", "961", "955"].iter().any(|begin| run.starts_with(begin))
}

/// A landline with area code, such as `0535-1234567`, or a 400 number.
fn has_landline(line: &str) -> bool {
    let parts: Vec<_> = digit_runs(line).collect();
    parts.windows(2).any(|pair| {
        let is_area_code = pair[0].starts_with('0') && (3..=4).contains(&pair[0].len());
        (is_area_code && (7..=8).contains(&pair[1].len()) || pair[0] == "400") && line.contains(&pair.join("-"))
    })
}

#[test]
fn every_committed_id_has_its_topic() {
    let topics: BTreeSet<_> = files("faq_data/topics", "yaml").into_iter().map(|(path, _)| path).collect();
    let missing: Vec<_> =
        COMMITTED_IDS.lines().filter(|id| !topics.contains(&format!("faq_data/topics/{id}.yaml"))).collect();
    assert!(missing.is_empty(), "links lead to these topics, but they are gone: {missing:?}");
}

#[test]
fn only_public_hotlines_are_given_as_phones() {
    let mut found = Vec::new();
    for (path, line, text) in lines() {
        let wrong = digit_runs(&text).filter(|run| is_hotline(run) && !HOTLINES.contains(run) || is_mobile_number(run));
        found.extend(wrong.map(|run| format!("{path}:{line}: {run}")));
        if has_landline(&text) {
            found.push(format!("{path}:{line}: a landline"));
        }
    }
    for (path, text) in files("faq_data", "yaml") {
        each_phone(&yaml(&path, &text), &mut |phone| {
            if !HOTLINES.contains(&phone) {
                found.push(format!("{path}: {phone}"));
            }
        });
    }
    assert!(found.is_empty(), "not a public hotline:\n{}", found.join("\n"));
}

/// Visits every value of a key `phone` or `hotline`.
fn each_phone(value: &Value, visit: &mut impl FnMut(&str)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| each_phone(item, visit)),
        Value::Object(entries) => {
            for (key, value) in entries {
                match (key.as_str(), value) {
                    ("phone" | "hotline", Value::String(phone)) => visit(phone),
                    ("phone" | "hotline", Value::Number(phone)) => visit(&phone.to_string()),
                    (_, value) => each_phone(value, visit),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn sample_people_and_places_are_marked_as_samples() {
    let mark = "示例";
    let (path, roster) = &files("faq_data/directory", "csv")[0];
    for row in roster.lines().skip(1).filter(|row| !row.trim().is_empty()) {
        let name = row.split(',').nth(1).unwrap_or_default();
        assert!(name.contains(mark), "{path}: {name} is not marked; a real roster is imported, not committed");
    }
    for (path, text) in files("faq_data/directory", "yaml") {
        for place in yaml(&path, &text).as_array().into_iter().flatten().filter(|place| place["sample"] == true) {
            let name = place["name"].as_str().unwrap_or_default();
            assert!(name.contains(mark), "{path}: {name} is a sample and does not say so");
        }
    }
}

#[test]
fn questions_are_as_short_as_people_ask() {
    let mut long = Vec::new();
    for (path, text) in files("faq_data/topics", "yaml") {
        let topic = yaml(&path, &text);
        let own = topic["questions"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let counter =
            topic["counter_questions"].as_array().into_iter().flatten().filter_map(|one| one["text"].as_str());
        let too_long = own.chain(counter).filter(|question| question.chars().count() > LONGEST_QUESTION);
        long.extend(too_long.map(|question| format!("{path}: {question}")));
    }
    assert!(long.is_empty(), "over {LONGEST_QUESTION} characters:\n{}", long.join("\n"));
}

#[test]
fn private_numbers_are_told_from_public_ones() {
    assert_eq!(
        digit_runs("拨打12345，文号〔2016〕32号，DB37_2020，1.5万元").collect::<Vec<_>>(),
        ["12345", "2016", "32"]
    );
    assert!(is_mobile_number("13800000000") && !is_mobile_number("12345"));
    assert!(is_hotline("12399") && !is_hotline("12000"));
    assert!(has_landline("电话0535-1234567") && has_landline("400-123-4567") && !has_landline("2026-11-22"));
}
