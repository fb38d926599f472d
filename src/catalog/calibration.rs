//! `calibration.yaml`: how match features become a confidence.

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::bundle::Bundle;
use super::problem::Report;
use super::yaml;
use crate::domain::answer::Calibration;

const CALIBRATION: &str = "calibration.yaml";

/// What is used until `zhengqitong eval` has fitted something better: cautious, and led by the question's own match.
const DEFAULT: Calibration =
    Calibration { intercept: -4.5, weights: [4.0, 1.5, 1.0, 3.0, 2.5, 0.5], answer_at: 0.7, clarify_at: 0.25 };

/// A logistic model with its two thresholds.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct CalibrationRecord {
    /// Log-odds with all features at zero.
    intercept: f32,
    /// One weight a feature.
    weights: WeightsRecord,
    /// Answer at this confidence or above.
    #[garde(range(min = 0.0, max = 1.0))]
    answer_at: f32,
    /// Ask back at this confidence or above.
    #[garde(range(min = 0.0, max = 1.0))]
    clarify_at: f32,
    /// What it was fitted on, and when.
    #[serde(default, rename = "fitted_on")]
    _fitted_on: Option<String>,
    /// Anything else worth knowing.
    #[serde(default, rename = "notes")]
    _notes: Option<String>,
}

/// The weights by the name of their feature.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WeightsRecord {
    question: f32,
    title: f32,
    body: f32,
    coverage: f32,
    lead: f32,
    length: f32,
}

/// Reads the calibration of `bundle`; without a sound one, the built-in one is used.
pub(super) fn read(bundle: &Bundle, report: &mut Report) -> Calibration {
    let (means, hint) = ("使用内置的置信度系数", "运行 zhengqitong eval 拟合系数，写入这个文件");
    let Some(text) = bundle.text_or_warn(CALIBRATION, means, hint, report) else { return DEFAULT };
    let Some(file) = yaml::read::<CalibrationRecord>(CALIBRATION, text, report) else { return DEFAULT };
    let record = &file.value;
    if record.clarify_at > record.answer_at {
        let place = file.place("clarify_at");
        let error = report.error(CALIBRATION, place, "clarify_at 大于 answer_at，永远不会反问");
        error.hint("clarify_at 应不超过 answer_at");
    }
    let WeightsRecord { question, title, body, coverage, lead, length } = record.weights;
    Calibration {
        intercept: record.intercept,
        weights: [question, title, body, coverage, lead, length],
        answer_at: record.answer_at,
        clarify_at: record.clarify_at,
    }
}
