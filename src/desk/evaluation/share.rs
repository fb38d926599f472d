//! Shares with their intervals, and how far confidences are from the truth.

use serde::{Deserialize, Serialize};

/// Bins of the calibration error.
const BINS: usize = 10;

/// A share with its 95 % interval (Wilson 1927).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// How many.
    pub hits: usize,
    /// Of how many.
    pub of: usize,
    /// `hits / of`; 0 when there are none.
    pub share: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

impl Share {
    /// `hits` of `of`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of labelled rows are small")]
    pub fn new(hits: usize, of: usize) -> Self {
        if of == 0 {
            return Self { hits, of, share: 0.0, low: 0.0, high: 1.0 };
        }
        let (n, p, z) = (of as f64, hits as f64 / of as f64, 1.959_964);
        let centre = p + z * z / (2.0 * n);
        let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z * z / n;
        Self {
            hits,
            of,
            share: p,
            low: ((centre - spread) / scale).max(0.0),
            high: ((centre + spread) / scale).min(1.0),
        }
    }
}

/// Mean distance between confidence and accuracy over equally wide bins, weighted by their size (Naeini et al. 2015).
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts are small and confidences lie between 0 and 1"
)]
pub fn calibration_error(judged: &[(f32, bool)]) -> f64 {
    let mut bins = [(0_usize, 0.0_f64, 0_usize); BINS];
    for (confidence, is_right) in judged {
        let bin = ((f64::from(*confidence) * BINS as f64) as usize).min(BINS - 1);
        let (size, sum, right) = &mut bins[bin];
        *size += 1;
        *sum += f64::from(*confidence);
        *right += usize::from(*is_right);
    }
    let total = judged.len().max(1) as f64;
    bins.iter().map(|(_, sum, right)| (sum - *right as f64).abs() / total).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_confidence_has_no_error_and_bold_nonsense_much() {
        assert!(calibration_error(&[(1.0, true), (0.0, false)]) < 1e-9);
        assert!((calibration_error(&[(0.9, false); 10]) - 0.9).abs() < 1e-6);
    }

    #[test]
    fn the_interval_holds_the_share() {
        let share = Share::new(95, 100);
        assert!(share.low > 0.88 && share.low < 0.95 && share.high > 0.95 && share.high < 0.99, "{share:?}");
    }
}
