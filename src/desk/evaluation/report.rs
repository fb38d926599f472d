//! All outcomes summed up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::outcome::{Outcome, Sort};
use super::share::{Share, calibration_error};

/// Steps of the curve.
const CURVE_STEPS: u8 = 50;

/// Confusions that are listed.
const CONFUSIONS: usize = 20;

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// In scope: the right topic came first.
    pub top1: Share,
    /// In scope: the right topic was among the first three.
    pub top3: Share,
    /// In scope: answered.
    pub answered: Share,
    /// Of what was answered in scope: from the wrong topic.
    pub wrong: Share,
    /// In scope: asked back.
    pub clarified: Share,
    /// In scope: answered rightly, or asked back with the right topic among the choices.
    pub served: Share,
    /// In scope: declined.
    pub declined: Share,
    /// Out of scope: answered, by kind.
    pub out_of_scope: Vec<(String, Share)>,
    /// Out of scope: answered, all kinds.
    pub out_of_scope_answered: Share,
    /// Follow-ups: the right topic and facet.
    pub follow_ups: Share,
    /// Changes of topic: noticed.
    pub switches: Share,
    /// Wishes for a person: recognised.
    pub human: Share,
    /// Messages that only look like a wish for a person: taken for one.
    pub human_false: Share,
    /// Expected calibration error over all questions that were searched, ten bins.
    pub calibration_error: f64,
    /// In scope, by style of the question.
    pub styles: Vec<Group>,
    /// In scope, by category of the right topic.
    pub categories: Vec<Group>,
    /// Which topics were put first in the place of which, most frequent first.
    pub confusions: Vec<Confusion>,
    /// What would be answered, and how much of it wrongly, at other thresholds.
    pub curve: Vec<CurvePoint>,
    /// Every row.
    pub rows: Vec<Outcome>,
}

/// Questions of one style or category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Which.
    pub name: String,
    /// The right topic came first.
    pub top1: Share,
    /// Answered.
    pub answered: Share,
    /// Answered rightly, or asked back with the right topic among the choices.
    pub served: Share,
}

/// One topic that was put first in the place of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// What was right.
    pub expected: String,
    /// What came.
    pub got: String,
    /// How often.
    pub count: usize,
}

/// What an answering threshold would do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Answer at this confidence or above.
    pub threshold: f32,
    /// Share of the questions in scope that are answered.
    pub coverage: f64,
    /// Share of right ones among those.
    pub precision: f64,
    /// Share of the messages out of scope that are answered.
    pub strayed: f64,
}

impl Report {
    /// Sums outcomes up.
    pub(super) fn of(rows: Vec<Outcome>) -> Self {
        let questions: Vec<&Outcome> = rows.iter().filter(|row| row.sort == Sort::Question).collect();
        let outside: Vec<&Outcome> = rows.iter().filter(|row| row.sort == Sort::OutOfScope).collect();
        let of = |is_counted: fn(&Outcome) -> bool| share(&questions, is_counted);
        let right = |sort| {
            let rows: Vec<&Outcome> = rows.iter().filter(|row| row.sort == sort).collect();
            share(&rows, |row| row.is_right)
        };
        let not_human = right(Sort::NotHuman);
        let judged: Vec<(f32, bool)> =
            questions.iter().chain(&outside).filter_map(|row| Some((row.confidence?, row.is_first))).collect();
        Self {
            top1: of(|row| row.is_first),
            top3: of(|row| row.is_in_three),
            answered: of(|row| row.is_answered),
            wrong: Share::new(
                questions.iter().filter(|row| row.is_wrong()).count(),
                questions.iter().filter(|row| row.is_answered).count(),
            ),
            clarified: of(|row| row.is_clarified),
            served: of(|row| row.is_right),
            declined: of(|row| row.is_declined),
            out_of_scope: grouped(&outside, |row| &row.style)
                .into_iter()
                .map(|(kind, rows)| (kind, share(&rows, |row| row.is_answered)))
                .collect(),
            out_of_scope_answered: share(&outside, |row| row.is_answered),
            follow_ups: right(Sort::FollowUp),
            switches: right(Sort::Switch),
            human: right(Sort::Human),
            human_false: Share::new(not_human.of - not_human.hits, not_human.of),
            calibration_error: calibration_error(&judged),
            styles: groups(&questions, |row| &row.style),
            categories: groups(&questions, |row| &row.category),
            confusions: confusions(&questions),
            curve: curve(&questions, &outside),
            rows,
        }
    }

    /// The rows that went wrong, and the questions whose topic did not come first.
    pub fn mistakes(&self) -> impl Iterator<Item = &Outcome> {
        self.rows.iter().filter(|row| !row.is_right || (row.sort == Sort::Question && !row.is_first))
    }
}

fn share(rows: &[&Outcome], is_counted: fn(&Outcome) -> bool) -> Share {
    Share::new(rows.iter().filter(|row| is_counted(row)).count(), rows.len())
}

fn grouped<'a>(rows: &[&'a Outcome], name: fn(&Outcome) -> &String) -> Vec<(String, Vec<&'a Outcome>)> {
    let mut groups: BTreeMap<&String, Vec<&Outcome>> = BTreeMap::new();
    for row in rows {
        groups.entry(name(row)).or_default().push(row);
    }
    groups.into_iter().map(|(name, rows)| (name.clone(), rows)).collect()
}

fn groups(rows: &[&Outcome], name: fn(&Outcome) -> &String) -> Vec<Group> {
    grouped(rows, name)
        .into_iter()
        .map(|(name, rows)| Group {
            name,
            top1: share(&rows, |row| row.is_first),
            answered: share(&rows, |row| row.is_answered),
            served: share(&rows, |row| row.is_right),
        })
        .collect()
}

fn confusions(questions: &[&Outcome]) -> Vec<Confusion> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for row in questions.iter().filter(|row| !row.is_first) {
        let topic = row.got.split_whitespace().nth(1).unwrap_or("-");
        *counts.entry((row.expected.as_str(), topic)).or_default() += 1;
    }
    let mut confusions: Vec<Confusion> = counts
        .into_iter()
        .map(|((expected, got), count)| Confusion { expected: expected.to_owned(), got: got.to_owned(), count })
        .collect();
    confusions.sort_by_key(|confusion| std::cmp::Reverse(confusion.count));
    confusions.truncate(CONFUSIONS);
    confusions
}

#[expect(clippy::cast_precision_loss, reason = "counts of labelled rows are small")]
fn curve(questions: &[&Outcome], outside: &[&Outcome]) -> Vec<CurvePoint> {
    let ratio = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    (0..=CURVE_STEPS)
        .map(|step| {
            let threshold = f32::from(step) / f32::from(CURVE_STEPS);
            let reaches = |row: &&&Outcome| row.confidence.is_some_and(|confidence| confidence >= threshold);
            let answered: Vec<_> = questions.iter().filter(reaches).collect();
            let right = answered.iter().filter(|row| row.is_first).count();
            CurvePoint {
                threshold,
                coverage: ratio(answered.len(), questions.len()),
                precision: if answered.is_empty() { 1.0 } else { ratio(right, answered.len()) },
                strayed: ratio(outside.iter().filter(reaches).count(), outside.len()),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(sort: Sort, expected: &str, got: &str, is_first: bool, confidence: f32) -> Outcome {
        Outcome {
            id: format!("{expected} {got}"),
            sort,
            style: "short".to_owned(),
            category: "market".to_owned(),
            is_right: is_first == (sort == Sort::Question),
            is_first,
            is_in_three: is_first,
            is_answered: got.starts_with("answer"),
            is_clarified: false,
            is_declined: got == "decline",
            confidence: Some(confidence),
            text: String::new(),
            expected: expected.to_owned(),
            got: got.to_owned(),
        }
    }

    #[test]
    fn a_curve_falls_with_the_threshold_and_confusions_are_counted() {
        let report = Report::of(vec![
            row(Sort::Question, "market/a", "answer market/a", true, 0.9),
            row(Sort::Question, "market/b", "answer market/a", false, 0.6),
            row(Sort::Question, "market/b", "answer market/a", false, 0.4),
            row(Sort::OutOfScope, "not answered", "decline", false, 0.3),
        ]);
        assert_eq!((report.wrong.hits, report.wrong.of), (2, 3));
        assert_eq!(report.confusions[0].count, 2);
        let at =
            |threshold: f32| *report.curve.iter().find(|point| (point.threshold - threshold).abs() < 1e-4).unwrap();
        assert!((at(0.5).coverage - 2.0 / 3.0).abs() < 1e-9 && (at(0.5).precision - 0.5).abs() < 1e-9);
        assert!((at(0.2).strayed - 1.0).abs() < 1e-9 && at(0.32).strayed.abs() < 1e-9);
    }
}
