//! A topic as far as it is written: every key may be missing, what is there follows the rules of a topic file.
//!
//! Every topic file reads as a draft too, so this record is also what spreadsheets are filled from and what files are written
//! from.

use garde::Validate;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    CitationRecord, ConfidenceRecord, CounterRecord, EligibilityRecord, FacetsRecord, FactRecord, KindRecord,
    StatusRecord, style,
};

/// The fewest questions of a topic.
const FEWEST_QUESTIONS: usize = 4;

/// A topic that may lack anything; the keys and their rules are those of [`super::TopicRecord`].
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(crate) struct DraftRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, min = 1, max = 40))]
    pub(crate) title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<KindRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "style::folded")]
    #[garde(length(chars, min = 1, max = 200))]
    pub(crate) summary: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<StatusRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) valid_from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) valid_to: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(length(chars, min = 1, max = 200))]
    pub(crate) successor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) successor_topic: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", serialize_with = "style::side_by_side")]
    #[garde(inner(length(chars, min = 1, max = 60)))]
    pub(crate) competent: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", serialize_with = "style::side_by_side")]
    #[garde(inner(length(chars, min = 1, max = 60)))]
    pub(crate) beneficiaries: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", serialize_with = "style::side_by_side")]
    #[garde(inner(length(chars, min = 1, max = 40)))]
    pub(crate) tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) verified_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) confidence: Option<ConfidenceRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", serialize_with = "style::lines_of_maps")]
    #[garde(dive)]
    pub(crate) citations: Vec<CitationRecord>,
    #[serde(default, skip_serializing_if = "FacetsRecord::is_empty")]
    #[garde(dive)]
    pub(crate) facets: FacetsRecord,
    #[serde(default, skip_serializing_if = "Vec::is_empty", serialize_with = "style::lines_of_maps")]
    #[garde(dive)]
    pub(crate) eligibility: Vec<EligibilityRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[garde(inner(length(chars, min = 2, max = 200)))]
    pub(crate) questions: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", serialize_with = "style::lines_of_maps")]
    #[garde(dive)]
    pub(crate) counter_questions: Vec<CounterRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", serialize_with = "style::lines_of_maps")]
    #[garde(dive)]
    pub(crate) facts: Vec<FactRecord>,
}

/// A key that a topic must have and a draft lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lack {
    /// The key, as files write it.
    pub(crate) key: &'static str,
    /// What people call it.
    pub(crate) name: &'static str,
}

impl DraftRecord {
    /// What a topic must have and this does not, in the order of a topic file; empty when it may become a topic.
    pub(crate) fn lacks(&self) -> Vec<Lack> {
        let lacks = [
            ("title", "标题", self.title.is_none()),
            ("kind", "类型", self.kind.is_none()),
            ("summary", "摘要", self.summary.is_none()),
            ("status", "状态", self.status.is_none()),
            ("competent", "主管部门", self.competent.is_empty()),
            ("verified_on", "核对日期", self.verified_on.is_none()),
            ("confidence", "把握程度", self.confidence.is_none()),
            ("citations", "依据文件", self.citations.is_empty()),
            ("facets", "至少一项要素", self.facets.is_empty()),
            ("questions", "至少四个问题", self.questions.len() < FEWEST_QUESTIONS),
        ];
        lacks.into_iter().filter(|(.., is_lacking)| *is_lacking).map(|(key, name, _)| Lack { key, name }).collect()
    }
}
