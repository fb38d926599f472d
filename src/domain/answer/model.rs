//! The numbers behind a decision, by name, so that every confidence can be taken apart again.

use strum::{EnumIter, IntoEnumIterator};

use super::{Found, QuestionShape, TopicHit};

/// What a topic is ranked by.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::EnumCount,
)]
#[strum(serialize_all = "snake_case")]
pub enum TopicFeature {
    /// [`super::Evidence::question`].
    Question,
    /// [`super::Evidence::title`].
    Title,
    /// [`super::Evidence::body`].
    Body,
    /// [`super::Evidence::whole`].
    Whole,
    /// [`super::Evidence::coverage`].
    Coverage,
    /// [`super::Evidence::counter`].
    Counter,
    /// Nearness in meaning to one of the topic's questions.
    MeaningQuestion,
    /// Nearness in meaning to several of them.
    MeaningQuestions,
    /// Nearness in meaning to its title.
    MeaningTitle,
    /// Nearness in meaning to its body.
    MeaningBody,
    /// By how much a counter-question is nearer in meaning than the topic's own.
    MeaningCounter,
}

/// What tells whether any topic is meant.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::EnumCount,
)]
#[strum(serialize_all = "snake_case")]
pub enum ScopeFeature {
    /// Natural logarithm of the best topic's share: 0 when it stands alone, the lower the more contested it is.
    Share,
    /// The best topic's [`super::Evidence::question`].
    Question,
    /// The best topic's [`super::Evidence::title`].
    Title,
    /// The best topic's [`super::Evidence::whole`].
    Whole,
    /// The best topic's [`super::Evidence::coverage`].
    Coverage,
    /// Nearness in meaning to one of the best topic's questions.
    MeaningQuestion,
    /// Nearness in meaning to several of them.
    MeaningQuestions,
    /// Nearness in meaning to the best topic's title.
    MeaningTitle,
    /// Nearness in meaning to the best topic's body.
    MeaningBody,
    /// How much of the question's information occurs in the best topic, not as a share: a long question may match in part
    /// and yet say enough. Logarithmic; about 1 for a plain question that matches whole.
    Matched,
    /// Length of the question; 1 from 40 characters on.
    Length,
    /// [`QuestionShape::unknown`].
    Unknown,
    /// [`QuestionShape::outside`].
    Outside,
    /// [`QuestionShape::is_elsewhere`].
    Elsewhere,
    /// [`QuestionShape::is_personal`].
    Personal,
    /// [`QuestionShape::is_errand`].
    Errand,
}

/// The logarithm of a plain question's information (about ten telling terms), as [`ScopeFeature::Matched`] measures it.
const MATCHED_WHOLE: f32 = 4.0;

/// How many features topics are ranked by.
pub const TOPIC_FEATURES: usize = <TopicFeature as strum::EnumCount>::COUNT;

/// How many features the scope is judged by.
pub const SCOPE_FEATURES: usize = <ScopeFeature as strum::EnumCount>::COUNT;

/// The features of one topic, in the order of [`TopicFeature`].
#[must_use]
pub fn topic_features(hit: &TopicHit) -> [f32; TOPIC_FEATURES] {
    let words = hit.evidence;
    let meaning = hit.semantic.unwrap_or_default();
    let counter = (meaning.counter - meaning.question).max(0.0);
    [
        words.question,
        words.title,
        words.body,
        words.whole,
        words.coverage,
        words.counter,
        meaning.question,
        meaning.questions,
        meaning.title,
        meaning.body,
        counter,
    ]
}

/// The features of the scope, in the order of [`ScopeFeature`], given the best topic and its share.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "question lengths are small")]
pub fn scope_features(best: &TopicHit, share: f32, shape: &QuestionShape) -> [f32; SCOPE_FEATURES] {
    let words = best.evidence;
    let meaning = best.semantic.unwrap_or_default();
    let flag = |is_set: bool| f32::from(u8::from(is_set));
    [
        share.max(1e-6).ln(),
        words.question,
        words.title,
        words.whole,
        words.coverage,
        meaning.question,
        meaning.questions,
        meaning.title,
        meaning.body,
        (words.coverage * shape.information).ln_1p() / MATCHED_WHOLE,
        (shape.chars as f32 / 40.0).min(1.0),
        shape.unknown,
        shape.outside,
        flag(shape.is_elsewhere),
        flag(shape.is_personal),
        flag(shape.is_errand),
    ]
}

/// A feature's part in a sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution {
    /// The feature's name.
    pub name: &'static str,
    /// Its value.
    pub value: f32,
    /// What it is multiplied with.
    pub weight: f32,
}

impl Contribution {
    /// What it adds to the sum.
    #[must_use]
    pub fn part(&self) -> f32 {
        self.value * self.weight
    }
}

/// Two linear models and two thresholds.
///
/// The ranking is a softmax over all topics found: their shares sum to 1. The scope is a logistic model. A topic's confidence
/// is its share times the scope, so all confidences of a question sum to the probability that any topic is meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Weights of the ranking, in the order of [`TopicFeature`].
    pub ranking: [f32; TOPIC_FEATURES],
    /// Log-odds of the scope with all features at zero.
    pub intercept: f32,
    /// Weights of the scope, in the order of [`ScopeFeature`].
    pub scope: [f32; SCOPE_FEATURES],
    /// Answer at this confidence or above.
    pub answer_at: f32,
    /// Decline when the scope is below this; ask back in between.
    pub clarify_at: f32,
}

impl Default for Model {
    /// Cautious, and led by the names of topics; used until something better is fitted.
    fn default() -> Self {
        Self {
            ranking: [1.0, 9.0, 4.0, 8.0, 4.0, -3.0, 2.0, 2.0, 5.0, 4.0, -1.0],
            intercept: -7.0,
            scope: [0.2, 1.0, 5.0, 2.0, 3.0, 1.5, 1.0, 2.0, 1.0, 4.0, 0.0, -0.5, -4.0, -1.0, -1.0, -1.0],
            answer_at: 0.75,
            clarify_at: 0.25,
        }
    }
}

impl Model {
    /// How the topics share what the question may mean; they sum to 1.
    #[must_use]
    pub fn shares(&self, hits: &[TopicHit]) -> Vec<f32> {
        let sums: Vec<f32> = hits.iter().map(|hit| dot(&self.ranking, &topic_features(hit))).collect();
        let greatest = sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let odds: Vec<f32> = sums.iter().map(|sum| (sum - greatest).exp()).collect();
        let total: f32 = odds.iter().sum();
        odds.iter().map(|odds| odds / total).collect()
    }

    /// The probability, between 0 and 1, that any topic is meant.
    #[must_use]
    pub fn scope(&self, features: &[f32; SCOPE_FEATURES]) -> f32 {
        1.0 / (1.0 + (-(self.intercept + dot(&self.scope, features))).exp())
    }

    /// The parts of a topic's ranking.
    #[must_use]
    pub fn ranking_parts(&self, hit: &TopicHit) -> Vec<Contribution> {
        parts(TopicFeature::iter().map(Into::into), &self.ranking, &topic_features(hit))
    }

    /// The parts of the scope's log-odds, without the intercept.
    #[must_use]
    pub fn scope_parts(&self, features: &[f32; SCOPE_FEATURES]) -> Vec<Contribution> {
        parts(ScopeFeature::iter().map(Into::into), &self.scope, features)
    }
}

fn dot(weights: &[f32], values: &[f32]) -> f32 {
    weights.iter().zip(values).map(|(weight, value)| weight * value).sum()
}

fn parts(names: impl Iterator<Item = &'static str>, weights: &[f32], values: &[f32]) -> Vec<Contribution> {
    let numbers = weights.iter().zip(values);
    names.zip(numbers).map(|(name, (weight, value))| Contribution { name, value: *value, weight: *weight }).collect()
}

/// The models: one for when meanings are compared, one for words alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    /// For words alone.
    pub words: Model,
    /// For words and meanings.
    pub meanings: Model,
}

impl Calibration {
    /// The model for what was found.
    #[must_use]
    pub fn model(&self, found: &Found) -> &Model {
        if found.hits.iter().any(|hit| hit.semantic.is_some()) { &self.meanings } else { &self.words }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer::Evidence;
    use crate::domain::topic::TopicId;

    fn hit(title: f32) -> TopicHit {
        let topic = TopicId::parse("market/a").unwrap();
        TopicHit { topic, score: title, evidence: Evidence { title, ..Evidence::default() }, semantic: None }
    }

    #[test]
    fn shares_sum_to_one_and_follow_the_evidence() {
        let shares = Model::default().shares(&[hit(0.4), hit(0.1), hit(0.0)]);
        assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{shares:?}");
        assert!(shares[0] > shares[1] && shares[1] > shares[2], "{shares:?}");
        assert_eq!(Model::default().shares(&[]), [0.0; 0]);
    }

    #[test]
    fn the_parts_of_a_sum_are_all_of_it() {
        let model = Model::default();
        let features = scope_features(&hit(0.4), 0.9, &QuestionShape { information: 12.0, ..QuestionShape::default() });
        let sum: f32 = model.intercept + model.scope_parts(&features).iter().map(Contribution::part).sum::<f32>();
        assert!((1.0 / (1.0 + (-sum).exp()) - model.scope(&features)).abs() < 1e-6);
    }
}
