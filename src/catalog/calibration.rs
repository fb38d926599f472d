//! `calibration.yaml`: how match features become a confidence.

use std::collections::BTreeMap;
use std::str::FromStr;

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::bundle::Bundle;
use super::problem::Report;
use super::yaml::{self, Parsed};
use crate::domain::answer::{Calibration, Model, SCOPE_FEATURES, ScopeFeature, TOPIC_FEATURES, TopicFeature};

const CALIBRATION: &str = "calibration.yaml";

/// Two models: for words alone, and for words and meanings.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
struct CalibrationRecord {
    /// For words alone.
    #[garde(dive)]
    words: ModelRecord,
    /// For words and meanings.
    #[garde(dive)]
    meanings: ModelRecord,
    /// What it was fitted on, and when.
    #[serde(default, rename = "fitted_on")]
    #[garde(skip)]
    _fitted_on: Option<String>,
    /// Anything else worth knowing.
    #[serde(default, rename = "notes")]
    #[garde(skip)]
    _notes: Option<String>,
}

/// Weights by the names of their features, and two thresholds; a feature that is not named counts nothing.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct ModelRecord {
    /// What topics are ranked by.
    ranking: BTreeMap<String, f32>,
    /// What tells whether any topic is meant.
    scope: BTreeMap<String, f32>,
    /// Log-odds of the scope with all features at zero.
    intercept: f32,
    /// Answer at this confidence or above.
    #[garde(range(min = 0.0, max = 1.0))]
    answer_at: f32,
    /// Decline when the probability that any topic is meant is below this.
    #[garde(range(min = 0.0, max = 1.0))]
    clarify_at: f32,
}

/// Reads the calibration of `bundle`; without a sound one, the built-in one is used.
pub(super) fn read(bundle: &Bundle, report: &mut Report) -> Calibration {
    let (means, hint) = ("使用内置的置信度系数", "运行 zhengqitong eval 拟合系数，写入这个文件");
    let Some(text) = bundle.text_or_warn(CALIBRATION, means, hint, report) else { return Calibration::default() };
    let Some(file) = yaml::read::<CalibrationRecord>(CALIBRATION, text, report) else { return Calibration::default() };
    Calibration {
        words: model(&file, "words", &file.value.words, report),
        meanings: model(&file, "meanings", &file.value.meanings, report),
    }
}

fn model(file: &Parsed<CalibrationRecord>, part: &str, record: &ModelRecord, report: &mut Report) -> Model {
    if record.clarify_at > record.answer_at {
        let error = report.error(
            CALIBRATION,
            file.place(&format!("{part}.clarify_at")),
            "clarify_at 大于 answer_at，永远不会反问",
        );
        error.hint("clarify_at 应不超过 answer_at");
    }
    let (mut ranking, mut scope) = ([0.0; TOPIC_FEATURES], [0.0; SCOPE_FEATURES]);
    let mut unknown = Vec::new();
    for (name, weight) in &record.ranking {
        match TopicFeature::from_str(name) {
            Ok(feature) => ranking[feature as usize] = *weight,
            Err(_) => unknown.push(format!("{part}.ranking.{name}")),
        }
    }
    for (name, weight) in &record.scope {
        match ScopeFeature::from_str(name) {
            Ok(feature) => scope[feature as usize] = *weight,
            Err(_) => unknown.push(format!("{part}.scope.{name}")),
        }
    }
    for path in unknown {
        let error = report.error(CALIBRATION, file.place(&path), format!("没有叫 {path} 的特征"));
        error.hint("运行 zhengqitong eval DIR --fit 重新写出这个文件");
    }
    Model { ranking, scope, intercept: record.intercept, answer_at: record.answer_at, clarify_at: record.clarify_at }
}
