//! Fitting the calibration: logistic regression on labelled questions, cross-validated by topic.

use std::collections::BTreeMap;

use super::super::knowledge::Edition;
use super::super::ports::RetrieveError;
use super::super::understand::CANDIDATES;
use super::{Labelled, calibration_error};
use crate::domain::answer::{Calibration, FEATURES, features};
use crate::domain::text::normalise;

/// Topics are dealt into this many folds.
const FOLDS: usize = 5;

/// Candidates of a question that take part in the fit: those that may be offered.
const POSITIONS: usize = 4;

/// Strength of the ridge penalty: a weight of 1 costs this much log-likelihood.
const RIDGE: f64 = 1.0;

/// Newton steps; the likelihood is concave and settles well before.
const STEPS: usize = 30;

/// Of what is answered, at most this share may be wrong, out-of-scope messages included.
const WRONG_AT_MOST: f64 = 0.03;

/// Of the messages out of scope that reach the decision, at most this share may be answered.
const STRAYED_AT_MOST: f64 = 0.05;

/// Of the questions whose topic is among the choices, at most this share may be declined.
const LOST_AT_MOST: f64 = 0.01;

/// A fitted calibration with what it promises on questions it was not fitted on.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Fitted on all rows.
    pub calibration: Calibration,
    /// Expected calibration error out of fold.
    pub calibration_error: f64,
    /// Share of in-scope questions answered out of fold.
    pub answered: f64,
    /// Share of wrong ones among all answered, out of fold.
    pub wrong: f64,
}

/// One candidate of one message.
#[expect(clippy::struct_excessive_bools, reason = "a row of a table of yes and no")]
struct Row {
    fold: usize,
    features: [f32; FEATURES],
    is_right: bool,
    is_first: bool,
    is_in_scope: bool,
    /// Whether the right topic is among the candidates that may be offered.
    is_offered: bool,
}

/// Fits the calibration to `labelled` questions and out-of-scope messages.
///
/// Thresholds are the smallest that keep wrong answers at or below 3 % of what is answered, and the largest that declines at
/// most 1 % of the questions whose topic could have been offered; both chosen on out-of-fold confidences.
///
/// # Errors
///
/// Returns [`RetrieveError`] when the index cannot be searched.
pub fn fit(edition: &Edition, labelled: &Labelled) -> Result<Fit, RetrieveError> {
    let rows = rows(edition, labelled)?;
    let mut confidences = vec![0.0_f32; rows.len()];
    for fold in 0..FOLDS {
        let weights = regress(rows.iter().filter(|row| row.fold != fold));
        for (row, confidence) in rows.iter().zip(&mut confidences).filter(|(row, _)| row.fold == fold) {
            *confidence = calibration(&weights, 1.0, 0.0).confidence(&row.features);
        }
    }
    let firsts: Vec<_> = rows
        .iter()
        .zip(&confidences)
        .filter(|(row, _)| row.is_first)
        .map(|(row, confidence)| (row, *confidence))
        .collect();
    let answer_at = answer_threshold(&firsts);
    let clarify_at = clarify_threshold(&firsts).min(answer_at);
    let answered: Vec<_> = firsts.iter().filter(|(_, confidence)| *confidence >= answer_at).collect();
    let judged: Vec<_> = firsts.iter().map(|(row, confidence)| (*confidence, row.is_right)).collect();
    let weights = regress(rows.iter());
    Ok(Fit {
        calibration: calibration(&weights, answer_at, clarify_at),
        calibration_error: calibration_error(&judged),
        answered: ratio(
            answered.iter().filter(|(row, _)| row.is_in_scope).count(),
            firsts.iter().filter(|(row, _)| row.is_in_scope).count(),
        ),
        wrong: ratio(answered.iter().filter(|(row, _)| !row.is_right).count(), answered.len()),
    })
}

fn rows(edition: &Edition, labelled: &Labelled) -> Result<Vec<Row>, RetrieveError> {
    let mut rows = Vec::new();
    let mut folds = BTreeMap::new();
    let mut add = |text: &str, fold: usize, is_right: &dyn Fn(&str) -> bool, is_in_scope| {
        let message = normalise(text);
        let hits = edition.index.retrieve(&message, CANDIDATES)?;
        let is_offered = hits.iter().take(POSITIONS).any(|hit| is_right(hit.topic.as_str()));
        for position in 0..hits.len().min(POSITIONS) {
            rows.push(Row {
                fold,
                features: features(&hits, position, message.chars().count()),
                is_right: is_right(hits[position].topic.as_str()),
                is_first: position == 0,
                is_in_scope,
                is_offered,
            });
        }
        Ok(())
    };
    for question in &labelled.questions {
        let next = folds.len() % FOLDS;
        let fold = *folds.entry(question.topics.first().cloned()).or_insert(next);
        add(&question.text, fold, &|topic| question.topics.iter().any(|right| right.as_str() == topic), true)?;
    }
    for (number, other) in labelled.out_of_scope.iter().enumerate() {
        // What the router catches never reaches the decision.
        let routed = super::super::understand::routed_elsewhere(&other.text);
        if !routed {
            add(&other.text, number % FOLDS, &|_| false, false)?;
        }
    }
    Ok(rows)
}

/// The smallest threshold at which, and above which, wrong answers and answers out of scope stay at or below their limits.
fn answer_threshold(firsts: &[(&Row, f32)]) -> f32 {
    let out_of_scope = firsts.iter().filter(|(row, _)| !row.is_in_scope).count();
    let mut by_confidence: Vec<_> = firsts.iter().collect();
    by_confidence.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (mut wrong, mut strayed, mut threshold) = (0_usize, 0_usize, 1.0);
    for (answered, (row, confidence)) in (1..).zip(by_confidence) {
        wrong += usize::from(!row.is_right);
        strayed += usize::from(!row.is_in_scope);
        if ratio(wrong, answered) <= WRONG_AT_MOST && ratio(strayed, out_of_scope) <= STRAYED_AT_MOST {
            threshold = *confidence;
        }
    }
    threshold
}

/// The largest threshold that declines few of the questions whose topic could have been offered.
fn clarify_threshold(firsts: &[(&Row, f32)]) -> f32 {
    let mut offered: Vec<_> =
        firsts.iter().filter(|(row, _)| row.is_offered).map(|(_, confidence)| *confidence).collect();
    offered.sort_by(f32::total_cmp);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small share of a small count"
    )]
    let lost = (offered.len() as f64 * LOST_AT_MOST) as usize;
    offered.get(lost).copied().unwrap_or(0.0)
}

#[expect(clippy::cast_precision_loss, reason = "counts of labelled rows are small")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// Intercept first, then one weight a feature.
type Weights = [f64; FEATURES + 1];

#[expect(clippy::cast_possible_truncation, reason = "weights are small numbers")]
fn calibration(weights: &Weights, answer_at: f32, clarify_at: f32) -> Calibration {
    let mut feature_weights = [0.0; FEATURES];
    for (weight, fitted) in feature_weights.iter_mut().zip(&weights[1..]) {
        *weight = *fitted as f32;
    }
    Calibration { intercept: weights[0] as f32, weights: feature_weights, answer_at, clarify_at }
}

/// Newton's method on the penalised log-likelihood; the intercept is not penalised.
fn regress<'a>(rows: impl Iterator<Item = &'a Row>) -> Weights {
    let samples: Vec<(Weights, f64)> = rows
        .map(|row| {
            let mut sample = [1.0; FEATURES + 1];
            for (value, feature) in sample[1..].iter_mut().zip(&row.features) {
                *value = f64::from(*feature);
            }
            (sample, f64::from(u8::from(row.is_right)))
        })
        .collect();
    let mut weights: Weights = [0.0; FEATURES + 1];
    for _ in 0..STEPS {
        let mut gradient: Weights = [0.0; FEATURES + 1];
        let mut hessian = [[0.0; FEATURES + 1]; FEATURES + 1];
        for (sample, label) in &samples {
            let log_odds: f64 = weights.iter().zip(sample).map(|(weight, value)| weight * value).sum();
            let probability = 1.0 / (1.0 + (-log_odds).exp());
            let slope = (probability * (1.0 - probability)).max(1e-9);
            for (i, value) in sample.iter().enumerate() {
                gradient[i] += value * (label - probability);
                for (j, other) in sample.iter().enumerate() {
                    hessian[i][j] += slope * value * other;
                }
            }
        }
        for i in 1..=FEATURES {
            gradient[i] -= RIDGE * weights[i];
            hessian[i][i] += RIDGE;
        }
        let step = solve(hessian, gradient);
        for (weight, change) in weights.iter_mut().zip(&step) {
            *weight += change;
        }
    }
    weights
}

/// Gaussian elimination with pivoting; the ridge keeps the matrix regular.
fn solve(mut matrix: [[f64; FEATURES + 1]; FEATURES + 1], mut right: Weights) -> Weights {
    for column in 0..=FEATURES {
        let pivot = (column..=FEATURES)
            .max_by(|a, b| matrix[*a][column].abs().total_cmp(&matrix[*b][column].abs()))
            .unwrap_or(column);
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        if matrix[column][column].abs() < 1e-12 {
            continue;
        }
        for row in column + 1..=FEATURES {
            let factor = matrix[row][column] / matrix[column][column];
            let above = matrix[column];
            for (value, pivot) in matrix[row].iter_mut().zip(above).skip(column) {
                *value -= factor * pivot;
            }
            right[row] -= factor * right[column];
        }
    }
    let mut solution: Weights = [0.0; FEATURES + 1];
    for row in (0..=FEATURES).rev() {
        let known: f64 = (row + 1..=FEATURES).map(|k| matrix[row][k] * solution[k]).sum();
        let pivot = matrix[row][row];
        solution[row] = if pivot.abs() < 1e-12 { 0.0 } else { (right[row] - known) / pivot };
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telling_feature_gets_a_telling_weight() {
        let row = |value: f32, is_right| {
            let mut features = [0.0; FEATURES];
            features[0] = value;
            Row { fold: 0, features, is_right, is_first: true, is_in_scope: true, is_offered: true }
        };
        let rows: Vec<_> = (0..200_u16).map(|n| row(f32::from(n) / 200.0, n % 7 == 0 || n > 100)).collect();
        let weights = calibration(&regress(rows.iter()), 0.5, 0.1);
        let confidence = |value| weights.confidence(&row(value, true).features);
        assert!(confidence(0.9) > 0.85 && confidence(0.1) < 0.3, "{weights:?}");
    }
}
