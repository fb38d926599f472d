//! What must hold between topics: no question twice, no title twice, counter-questions that contradict nothing.

use std::collections::BTreeMap;

use super::super::problem::Report;
use super::{QuestionPlace, TopicFile};
use crate::domain::text;

/// Reports disagreements between `files`, and returns all questions by key.
pub(super) fn check(files: &[TopicFile], report: &mut Report) -> BTreeMap<String, QuestionPlace> {
    check_titles(files, report);
    let questions = check_questions(files, report);
    check_counter_questions(files, &questions, report);
    questions
}

fn check_titles(files: &[TopicFile], report: &mut Report) {
    let mut titles: BTreeMap<String, &TopicFile> = BTreeMap::new();
    for file in files {
        let title = text::key(&file.parsed.value.title);
        let Some(first) = titles.get(&title) else {
            titles.insert(title, file);
            continue;
        };
        let message = format!("标题与 {} 的相同", report.shown(&first.parsed.file).display());
        report.warning(&file.parsed.file, file.parsed.place("title"), message).hint("改得能区别开，或合并两个主题");
    }
}

fn check_questions(files: &[TopicFile], report: &mut Report) -> BTreeMap<String, QuestionPlace> {
    let mut questions: BTreeMap<String, QuestionPlace> = BTreeMap::new();
    for file in files {
        for (at, question) in file.parsed.value.questions.iter().enumerate() {
            let place = file.parsed.place(&format!("questions[{at}]"));
            let key = text::key(question);
            if key.is_empty() {
                report.error(&file.parsed.file, place, "问题里没有文字").hint("写一个问题，或删去这一行");
                continue;
            }
            if let Some(first) = questions.get(&key) {
                let there = format!("{}:{}", report.shown(&first.file).display(), first.place.line);
                let error = report.error(&file.parsed.file, place, format!("问题“{question}”与 {there} 的相同"));
                error.hint("同一个问题只能属于一个主题、写一次：删去一处，或改得能区别开");
                continue;
            }
            questions.insert(key, QuestionPlace { topic: file.id.clone(), file: file.parsed.file.clone(), place });
        }
    }
    questions
}

fn check_counter_questions(files: &[TopicFile], questions: &BTreeMap<String, QuestionPlace>, report: &mut Report) {
    for file in files {
        for (at, counter) in file.parsed.value.counter_questions.iter().enumerate() {
            let Some(owner) = questions.get(&text::key(&counter.text)) else { continue };
            if owner.topic.as_str() == counter.topic {
                continue;
            }
            let place = file.parsed.place(&format!("counter_questions[{at}].text"));
            let there = format!("{}:{}", report.shown(&owner.file).display(), owner.place.line);
            let message = format!("“{}”说是 {} 的问题，却写在 {there}", counter.text, counter.topic);
            report.error(&file.parsed.file, place, message).hint("改 topic，或从那个主题的 questions 里删去");
        }
    }
}
