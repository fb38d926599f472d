//! Two runs over the same rows, held against each other by a paired bootstrap.

use std::collections::BTreeMap;

use serde::Serialize;

use super::outcome::{Outcome, Sort};
use super::report::Report;

/// Resamples.
const RESAMPLES: usize = 2000;

/// The same every time, so that the same two runs always compare alike.
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// How one measure changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The measure.
    pub measure: &'static str,
    /// Rows that both runs have.
    pub rows: usize,
    /// Share before.
    pub before: f64,
    /// Share now.
    pub now: f64,
    /// Lower bound of the change, 95 %.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// Whether it became worse by more than chance explains.
    pub is_worse: bool,
}

/// A measure: which rows count, what is counted, and whether more is better.
struct Measure {
    name: &'static str,
    sort: Sort,
    is_hit: fn(&Outcome) -> bool,
    more_is_better: bool,
}

const MEASURES: [Measure; 8] = [
    Measure { name: "top1", sort: Sort::Question, is_hit: |row| row.is_first, more_is_better: true },
    Measure { name: "top3", sort: Sort::Question, is_hit: |row| row.is_in_three, more_is_better: true },
    Measure { name: "served", sort: Sort::Question, is_hit: |row| row.is_right, more_is_better: true },
    Measure { name: "answered", sort: Sort::Question, is_hit: |row| row.is_answered, more_is_better: true },
    Measure { name: "answered wrongly", sort: Sort::Question, is_hit: Outcome::is_wrong, more_is_better: false },
    Measure {
        name: "out of scope answered",
        sort: Sort::OutOfScope,
        is_hit: |row| row.is_answered,
        more_is_better: false,
    },
    Measure { name: "follow-ups", sort: Sort::FollowUp, is_hit: |row| row.is_right, more_is_better: true },
    Measure { name: "wishes for a person", sort: Sort::Human, is_hit: |row| row.is_right, more_is_better: true },
];

/// Holds `now` against `before`, measure by measure, over the rows that both have.
#[must_use]
pub fn compare(before: &Report, now: &Report) -> Vec<Comparison> {
    let old: BTreeMap<&str, &Outcome> = before.rows.iter().map(|row| (row.id.as_str(), row)).collect();
    MEASURES
        .iter()
        .filter_map(|measure| {
            let rows = now.rows.iter().filter(|row| row.sort == measure.sort);
            let pairs: Vec<(f64, f64)> = rows
                .filter_map(|row| {
                    let hit = |row: &Outcome| f64::from(u8::from((measure.is_hit)(row)));
                    Some((hit(old.get(row.id.as_str())?), hit(row)))
                })
                .collect();
            (!pairs.is_empty()).then(|| measure.compared(&pairs))
        })
        .collect()
}

impl Measure {
    #[expect(clippy::cast_precision_loss, reason = "counts of labelled rows are small")]
    fn compared(&self, pairs: &[(f64, f64)]) -> Comparison {
        let count = pairs.len() as f64;
        let mean = |part: fn(&(f64, f64)) -> f64| pairs.iter().map(part).sum::<f64>() / count;
        let mut random = SEED;
        let mut changes: Vec<f64> = (0..RESAMPLES)
            .map(|_| (0..pairs.len()).map(|_| change(&pairs[pick(&mut random, pairs.len())])).sum::<f64>() / count)
            .collect();
        changes.sort_by(f64::total_cmp);
        let (low, high) = (changes[RESAMPLES / 40], changes[RESAMPLES - 1 - RESAMPLES / 40]);
        let is_worse = if self.more_is_better { high < 0.0 } else { low > 0.0 };
        let (before, now) = (mean(|pair| pair.0), mean(|pair| pair.1));
        Comparison { measure: self.name, rows: pairs.len(), before, now, low, high, is_worse }
    }
}

fn change(pair: &(f64, f64)) -> f64 {
    pair.1 - pair.0
}

/// A number below `below` (xorshift; Marsaglia 2003).
#[expect(clippy::cast_possible_truncation, reason = "the remainder is below a small number")]
fn pick(random: &mut u64, below: usize) -> usize {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    (*random % below.max(1) as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(more_is_better: bool) -> Measure {
        Measure { name: "test", sort: Sort::Question, is_hit: |row| row.is_first, more_is_better }
    }

    #[test]
    fn a_clear_loss_is_worse_and_noise_is_not() {
        let lost: Vec<_> = (0..100).map(|n| if n < 20 { (1.0, 0.0) } else { (1.0, 1.0) }).collect();
        assert!(measure(true).compared(&lost).is_worse);
        assert!(!measure(false).compared(&lost).is_worse);
        let noise: Vec<_> = (0..100).map(|n| (f64::from(n % 50 == 0), f64::from(n % 50 == 1))).collect();
        assert!(!measure(true).compared(&noise).is_worse);
    }

    #[test]
    fn the_same_run_is_no_change() {
        let same = measure(true).compared(&[(1.0, 1.0), (0.0, 0.0)]);
        assert_eq!((same.low, same.high), (0.0, 0.0));
    }
}
