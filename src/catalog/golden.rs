//! `golden.yaml`: questions that must keep their answer.

use std::collections::BTreeMap;

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::bundle::Bundle;
use super::problem::Report;
use super::topics::Topics;
use super::yaml;
use crate::desk::knowledge::GoldenQuestion;
use crate::domain::text;
use crate::domain::topic::Facet;

const GOLDEN: &str = "golden.yaml";

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(transparent)]
#[garde(transparent)]
struct GoldenFile(#[garde(dive)] Vec<GoldenRecord>);

/// A question that must keep its answer.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct GoldenRecord {
    /// The question.
    #[garde(length(chars, min = 1, max = 1000))]
    question: String,
    /// The topic that must come first; null where the question must not be answered.
    #[serde(default)]
    topic: Option<String>,
    /// The facet that is asked for.
    #[serde(default)]
    facet: Option<FacetRecord>,
}

/// A facet by name.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum FacetRecord {
    Conditions,
    Materials,
    Steps,
    TimeLimit,
    Place,
    Contact,
    Fee,
    Amount,
    Validity,
    Basis,
}

impl From<FacetRecord> for Facet {
    fn from(record: FacetRecord) -> Self {
        match record {
            FacetRecord::Conditions => Self::Conditions,
            FacetRecord::Materials => Self::Materials,
            FacetRecord::Steps => Self::Steps,
            FacetRecord::TimeLimit => Self::TimeLimit,
            FacetRecord::Place => Self::Place,
            FacetRecord::Contact => Self::Contact,
            FacetRecord::Fee => Self::Fee,
            FacetRecord::Amount => Self::Amount,
            FacetRecord::Validity => Self::Validity,
            FacetRecord::Basis => Self::Basis,
        }
    }
}

/// Reads the golden questions of `bundle`; a missing file is a warning.
pub(super) fn read(bundle: &Bundle, topics: &Topics, report: &mut Report) -> Vec<GoldenQuestion> {
    let (means, hint) = ("发布时不会检查答案是否变坏", "新建这个文件，写上必须答对的问题");
    let Some(text) = bundle.text_or_warn(GOLDEN, means, hint, report) else { return Vec::new() };
    let Some(file) = yaml::read::<GoldenFile>(GOLDEN, text, report) else { return Vec::new() };
    let mut golden = Vec::new();
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for (at, record) in file.value.0.iter().enumerate() {
        let place = file.place(&format!("[{at}].question"));
        let key = text::key(&record.question);
        if let Some(first) = lines.insert(key.clone(), place.line) {
            report.warning(GOLDEN, place, format!("与第{first}行的问题相同")).hint("删去一行");
        }
        let topic = match &record.topic {
            Some(text) => {
                let place = file.place(&format!("[{at}].topic"));
                let Some(topic) = topics.known.resolve(text, GOLDEN, place, report) else { continue };
                Some(topic)
            }
            None => None,
        };
        if let Some(owner) = topics.questions.get(&key).filter(|owner| Some(&owner.topic) != topic.as_ref()) {
            let there = format!("{}:{}", report.shown(&owner.file).display(), owner.place.line);
            let warning = report.warning(GOLDEN, place, format!("这个问题写在 {there}，主题却不是 {}", owner.topic));
            warning.hint("改 topic，或从那个主题的 questions 里删去");
        }
        if record.facet.is_some() && topic.is_none() {
            let place = file.place(&format!("[{at}].facet"));
            let warning = report.warning(GOLDEN, place, "不应答复的问题没有要素，facet 不起作用");
            warning.hint("删去 facet，或写上 topic");
        }
        golden.push(GoldenQuestion {
            question: record.question.clone(),
            facet: record.facet.map(Facet::from).filter(|_| topic.is_some()),
            topic,
        });
    }
    golden
}
