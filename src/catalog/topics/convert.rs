//! A topic file → a topic of the domain.

use super::super::facet_lines::{facet_lines, one_line};
use super::super::known::Known;
use super::super::problem::Report;
use super::super::record::{
    CitationRecord, ConfidenceRecord, EligibilityRecord, FieldRecord, OperatorRecord, ThresholdRecord,
};
use super::TopicFile;
use crate::domain::topic::{Citation, Comparison, CounterQuestion, EligibilityCondition, Topic, Validity};

/// Converts `file`; reports and leaves out conditions that compare the wrong things and references to no topic.
pub(super) fn topic(file: &TopicFile, known: &Known, report: &mut Report) -> Topic {
    let record = &file.parsed.value;
    Topic {
        id: file.id.clone(),
        title: record.title.clone(),
        kind: record.kind.into(),
        summary: closed_up(&record.summary),
        validity: validity(file, known, report),
        competent: record.competent.clone(),
        beneficiaries: record.beneficiaries.clone(),
        tags: record.tags.clone(),
        citations: record.citations.iter().map(citation).collect(),
        facets: facet_lines(&record.facets),
        eligibility: eligibility(file, report),
        questions: record.questions.clone(),
        counter_questions: counter_questions(file, known, report),
        verified_on: record.verified_on,
        is_well_supported: record.confidence == ConfidenceRecord::High,
    }
}

/// One line without the spaces that folding leaves between Chinese characters.
fn closed_up(text: &str) -> String {
    let line = one_line(text);
    let chars: Vec<char> = line.chars().collect();
    let is_wide = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| !c.is_ascii());
    chars
        .iter()
        .enumerate()
        .filter(|(at, c)| **c != ' ' || !is_wide(at.checked_sub(1)) || !is_wide(Some(at + 1)))
        .map(|(_, c)| *c)
        .collect()
}

fn validity(file: &TopicFile, known: &Known, report: &mut Report) -> Validity {
    let record = &file.parsed.value;
    let successor_topic = record.successor_topic.as_deref().and_then(|text| {
        let place = file.parsed.place("successor_topic");
        let id = known.resolve(text, &file.parsed.file, place, report)?;
        if id == file.id {
            report.error(&file.parsed.file, place, "successor_topic 是主题自己").hint("写代替它的主题，或删去");
        }
        (id != file.id).then_some(id)
    });
    Validity {
        status: record.status.into(),
        from: record.valid_from,
        to: record.valid_to,
        successor: record.successor.as_deref().map(one_line),
        successor_topic,
    }
}

fn citation(record: &CitationRecord) -> Citation {
    Citation {
        title: one_line(&record.title),
        doc_no: record.doc_no.clone(),
        issuer: record.issuer.clone(),
        valid_from: record.valid_from,
        valid_to: record.valid_to,
        status: record.status.into(),
        url: record.url.clone(),
    }
}

fn counter_questions(file: &TopicFile, known: &Known, report: &mut Report) -> Vec<CounterQuestion> {
    let mut counters = Vec::new();
    for (at, record) in file.parsed.value.counter_questions.iter().enumerate() {
        let place = file.parsed.place(&format!("counter_questions[{at}].topic"));
        let Some(topic) = known.resolve(&record.topic, &file.parsed.file, place, report) else { continue };
        if topic == file.id {
            let error = report.error(&file.parsed.file, place, "counter_questions 的 topic 是主题自己");
            error.hint("写这个问题所属的另一个主题；属于本主题就移到 questions");
            continue;
        }
        counters.push(CounterQuestion { text: record.text.clone(), topic });
    }
    counters
}

fn eligibility(file: &TopicFile, report: &mut Report) -> Vec<EligibilityCondition> {
    let mut conditions = Vec::new();
    for (at, record) in file.parsed.value.eligibility.iter().enumerate() {
        let field: &'static str = record.field.into();
        match comparison(record) {
            Ok(comparison) => {
                conditions.push(EligibilityCondition {
                    field: field.to_owned(),
                    comparison,
                    text: record.text.clone(),
                });
            }
            Err(message) => {
                let place = file.parsed.place(&format!("eligibility[{at}].value"));
                report.error(&file.parsed.file, place, format!("eligibility：{message}")).hint("写法见 README.md");
            }
        }
    }
    conditions
}

fn comparison(record: &EligibilityRecord) -> Result<Comparison, String> {
    let field: &'static str = record.field.into();
    match (record.field.words(), record.op.of_numbers(), &record.value) {
        (None, Some(operator), ThresholdRecord::Number(value)) => Ok(Comparison::Number(operator, *value)),
        (None, ..) => Err(format!("{field} 比的是数字，op 只能是 lt、le、eq、ge、gt，value 是一个数字")),
        (Some(_), None, ThresholdRecord::Words(words)) if !words.is_empty() => {
            if let Some(word) = words.iter().find(|word| !is_allowed(record.field, word)) {
                return Err(format!("{field} 不能是“{word}”"));
            }
            let is_one_of = record.op == OperatorRecord::OneOf;
            Ok(if is_one_of { Comparison::OneOf(words.clone()) } else { Comparison::NoneOf(words.clone()) })
        }
        (Some(_), ..) => Err(format!("{field} 比的是词，op 只能是 one_of、none_of，value 是一列词")),
    }
}

fn is_allowed(field: FieldRecord, word: &str) -> bool {
    field.words().is_some_and(|words| if words.is_empty() { !word.trim().is_empty() } else { words.contains(&word) })
}
