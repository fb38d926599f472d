//! Two small regressions by Newton's method: a logistic one, and one that tells which of several options was chosen.
//!
//! A feature may have an expected sign: a weight that comes out against it is held at zero and the others are fitted again, so
//! that no official ever reads that a better match makes a topic less likely.

/// Newton steps; both likelihoods settle well before.
const STEPS: usize = 40;

/// A step that changes every weight by less than this is the last one.
const SETTLED: f64 = 1e-6;

/// Numbers by feature.
pub(super) type Row = Vec<f64>;

/// A row with the answer, and how much it counts.
#[derive(Clone, Debug)]
pub(super) struct Labelled {
    /// Its features.
    pub(super) features: Row,
    /// Whether it is so.
    pub(super) is_so: bool,
    /// How much it counts.
    pub(super) weight: f64,
}

/// Several options, at least one of which is right.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// The options' features.
    pub(super) options: Vec<Row>,
    /// Which are right.
    pub(super) right: Vec<bool>,
    /// How much it counts.
    pub(super) weight: f64,
}

/// What a weight must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// Negative.
    Positive,
    /// Positive.
    Negative,
    /// Anything goes.
    Any,
}

impl Sign {
    fn allows(self, weight: f64) -> bool {
        match self {
            Self::Positive => weight >= 0.0,
            Self::Negative => weight <= 0.0,
            Self::Any => true,
        }
    }
}

/// Weights of a logistic model, the intercept first; `ridge` is what a weight of 1 costs, the intercept is free.
pub(super) fn logistic(rows: &[Labelled], signs: &[Sign], ridge: f64) -> Row {
    let samples: Vec<(Row, &Labelled)> =
        rows.iter().map(|row| ([&[1.0], row.features.as_slice()].concat(), row)).collect();
    let signs: Vec<Sign> = [&[Sign::Any], signs].concat();
    let costs: Vec<f64> = (0..signs.len()).map(|at| if at == 0 { 0.0 } else { ridge }).collect();
    within_signs(&signs, &costs, |weights, slope, curve| {
        let mut likelihood = 0.0;
        for (values, row) in &samples {
            let probability = 1.0 / (1.0 + (-dot(weights, values)).exp());
            let is_so = f64::from(u8::from(row.is_so));
            let right = if row.is_so { probability } else { 1.0 - probability };
            likelihood += row.weight * right.max(1e-12).ln();
            let spread = (row.weight * probability * (1.0 - probability)).max(1e-9);
            add(slope, values, row.weight * (is_so - probability));
            add_square(curve, values, spread);
        }
        likelihood
    })
}

/// Weights by which the softmax over the options of each choice makes the right ones likeliest.
pub(super) fn softmax(choices: &[Choice], signs: &[Sign], ridge: f64) -> Row {
    let costs = vec![ridge; signs.len()];
    within_signs(signs, &costs, |weights, slope, curve| {
        let mut likelihood = 0.0;
        for choice in choices {
            let sums: Row = choice.options.iter().map(|option| dot(weights, option)).collect();
            let greatest = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let odds: Row = sums.iter().map(|sum| (sum - greatest).exp()).collect();
            let total: f64 = odds.iter().sum();
            let right: f64 = odds.iter().zip(&choice.right).filter(|(_, right)| **right).map(|(odds, _)| odds).sum();
            likelihood += choice.weight * (right / total).max(1e-12).ln();
            let mut mean = vec![0.0; weights.len()];
            for ((option, odds), is_right) in choice.options.iter().zip(&odds).zip(&choice.right) {
                let probability = odds / total;
                let among_right = if *is_right { odds / right.max(1e-300) } else { 0.0 };
                add(&mut mean, option, probability);
                add(slope, option, choice.weight * (among_right - probability));
                add_square(curve, option, choice.weight * probability);
            }
            add_square(curve, &mean, -choice.weight);
        }
        likelihood
    })
}

/// Fits, holds weights of the wrong sign at zero, and fits again until none is left.
fn within_signs(signs: &[Sign], costs: &[f64], mut at: impl FnMut(&[f64], &mut Row, &mut Vec<Row>) -> f64) -> Row {
    let mut is_free = vec![true; signs.len()];
    loop {
        let weights = newton(&is_free, costs, &mut at);
        let wrong = |place: &usize| is_free[*place] && !signs[*place].allows(weights[*place]);
        let worst = (0..signs.len()).filter(wrong).max_by(|a, b| weights[*a].abs().total_cmp(&weights[*b].abs()));
        match worst {
            Some(worst) => is_free[worst] = false,
            None => return weights,
        }
    }
}

/// Climbs to the greatest penalised likelihood; `at` adds its slope and its curvature for given weights, and returns it.
fn newton(is_free: &[bool], costs: &[f64], at: &mut impl FnMut(&[f64], &mut Row, &mut Vec<Row>) -> f64) -> Row {
    let size = costs.len();
    let mut weights = vec![0.0; size];
    let mut before = f64::NEG_INFINITY;
    let mut last_step: Row = vec![0.0; size];
    for _ in 0..STEPS {
        let mut slope = vec![0.0; size];
        let mut curve = vec![vec![0.0; size]; size];
        let mut reached = at(&weights, &mut slope, &mut curve);
        for (place, cost) in costs.iter().enumerate() {
            reached -= 0.5 * cost * weights[place] * weights[place];
            slope[place] -= cost * weights[place];
            curve[place][place] += cost + 1e-9;
        }
        if reached < before - 1e-9 {
            // Too far: go half of the way back.
            for (weight, step) in weights.iter_mut().zip(&mut last_step) {
                *step /= 2.0;
                *weight -= *step;
            }
            continue;
        }
        before = reached;
        for place in (0..size).filter(|place| !is_free[*place]) {
            slope[place] = 0.0;
            curve[place].fill(0.0);
            curve.iter_mut().for_each(|row| row[place] = 0.0);
            curve[place][place] = 1.0;
        }
        last_step = solve(curve, slope);
        add(&mut weights, &last_step, 1.0);
        if last_step.iter().all(|step| step.abs() < SETTLED) {
            break;
        }
    }
    weights
}

/// Gaussian elimination with pivoting; the penalty keeps the matrix regular.
fn solve(mut matrix: Vec<Row>, mut right: Row) -> Row {
    let size = right.len();
    for column in 0..size {
        let pivot = (column..size)
            .max_by(|a, b| matrix[*a][column].abs().total_cmp(&matrix[*b][column].abs()))
            .unwrap_or(column);
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        if matrix[column][column].abs() < 1e-12 {
            continue;
        }
        let above = matrix[column].clone();
        for row in column + 1..size {
            let factor = matrix[row][column] / above[column];
            for (value, pivot) in matrix[row].iter_mut().zip(&above).skip(column) {
                *value -= factor * pivot;
            }
            right[row] -= factor * right[column];
        }
    }
    let mut solution = vec![0.0; size];
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|k| matrix[row][k] * solution[k]).sum();
        let pivot = matrix[row][row];
        solution[row] = if pivot.abs() < 1e-12 { 0.0 } else { (right[row] - known) / pivot };
    }
    solution
}

fn dot(weights: &[f64], values: &[f64]) -> f64 {
    weights.iter().zip(values).map(|(weight, value)| weight * value).sum()
}

fn add(sum: &mut [f64], values: &[f64], factor: f64) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += factor * value;
    }
}

fn add_square(sum: &mut [Row], values: &[f64], factor: f64) {
    for (row, value) in sum.iter_mut().zip(values) {
        add(row, values, factor * value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(features: &[f64], is_so: bool) -> Labelled {
        Labelled { features: features.to_vec(), is_so, weight: 1.0 }
    }

    #[test]
    fn a_telling_feature_gets_a_telling_weight() {
        let rows: Vec<_> =
            (0..200_u32).map(|n| row(&[f64::from(n) / 200.0, f64::from(n % 5)], n % 7 == 0 || n > 100)).collect();
        let weights = logistic(&rows, &[Sign::Any; 2], 0.1);
        let probability = |value: f64| 1.0 / (1.0 + (-(weights[0] + weights[1] * value)).exp());
        assert!(probability(0.95) > 0.85 && probability(0.05) < 0.3, "{weights:?}");
        assert!(weights[2].abs() < 0.3, "{weights:?}");
    }

    #[test]
    fn a_weight_against_its_sign_is_held_at_zero() {
        let rows: Vec<_> = (0..100_u32).map(|n| row(&[f64::from(n) / 100.0], n < 50)).collect();
        assert!(logistic(&rows, &[Sign::Any], 0.1)[1] < -1.0);
        assert_eq!(logistic(&rows, &[Sign::Positive], 0.1)[1].abs(), 0.0);
    }

    #[test]
    fn the_chosen_option_becomes_the_likeliest() {
        let choice = |n: u32| {
            let noise = f64::from(n % 3) / 10.0;
            let options = vec![vec![0.5 + noise, 0.2], vec![0.4, 0.9 - noise], vec![0.1, 0.1]];
            Choice { options, right: vec![true, false, false], weight: 1.0 }
        };
        let weights = softmax(&(0..60).map(choice).collect::<Vec<_>>(), &[Sign::Any, Sign::Any], 0.1);
        assert!(dot(&weights, &[0.5, 0.2]) > dot(&weights, &[0.4, 0.9]), "{weights:?}");
    }
}
