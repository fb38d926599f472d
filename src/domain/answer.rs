//! From ranked topics to a decision: answer, ask back, or decline.
//!
//! A retrieval score is not a confidence. [`Calibration`] turns what retrieval measured into the probability that the first
//! topic is the right one; the coefficients are data, fitted on labelled questions by `zhengqitong eval`.

use super::semantic::SemanticEvidence;
use super::topic::TopicId;

/// What retrieval measured for one topic; each number lies between 0 and 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Best match of the question with one of the topic's own questions, as a share of the greatest possible score.
    pub question: f32,
    /// Match with the title and tags, as a share of the greatest possible score.
    pub title: f32,
    /// Best match with a passage of the body, as a share of the greatest possible score.
    pub body: f32,
    /// Share of the question's information (by inverse document frequency) that occurs anywhere in the topic.
    pub coverage: f32,
}

/// One topic found for a question.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicHit {
    /// The topic.
    pub topic: TopicId,
    /// Ranking score, comparable within one question only; higher is better.
    pub score: f32,
    /// What the words say.
    pub evidence: Evidence,
    /// What the meaning says; `None` where meanings were not compared.
    pub semantic: Option<SemanticEvidence>,
}

/// How many features a [`Calibration`] weighs, besides the intercept.
pub const FEATURES: usize = 6;

/// The features of the hit at `position`: its evidence, its lead over the best other hit, and the question's length.
///
/// All lie between -1 and 1, so the weights of a [`Calibration`] can be compared with each other.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "question lengths are small")]
pub fn features(hits: &[TopicHit], position: usize, question_chars: usize) -> [f32; FEATURES] {
    let Some(hit) = hits.get(position) else { return [0.0; FEATURES] };
    let rival = hits.iter().enumerate().filter(|(at, _)| *at != position).map(|(_, hit)| hit.score).fold(0.0, f32::max);
    let lead = if hit.score > 0.0 { ((hit.score - rival) / hit.score).clamp(-1.0, 1.0) } else { 0.0 };
    let length = (question_chars as f32 / 20.0).min(1.0);
    let Evidence { question, title, body, coverage } = hit.evidence;
    [question, title, body, coverage, lead, length]
}

/// A logistic model: the probability that a topic is right, given its features.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// Log-odds with all features at zero.
    pub intercept: f32,
    /// One weight a feature, in the order of [`features`].
    pub weights: [f32; FEATURES],
    /// Answer at this confidence or above.
    pub answer_at: f32,
    /// Ask back at this confidence or above; decline below.
    pub clarify_at: f32,
}

impl Calibration {
    /// The probability, between 0 and 1, that a topic with these features is the right one.
    #[must_use]
    pub fn confidence(&self, features: &[f32; FEATURES]) -> f32 {
        let log_odds: f32 = self.weights.iter().zip(features).map(|(weight, feature)| weight * feature).sum();
        1.0 / (1.0 + (-(self.intercept + log_odds)).exp())
    }
}

/// A topic with the probability that it is what was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The topic.
    pub topic: TopicId,
    /// Calibrated probability between 0 and 1.
    pub confidence: f32,
}

/// What to do with a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Answer from this topic.
    Answer(Candidate),
    /// Ask which of two to four candidates is meant.
    Clarify(Vec<Candidate>),
    /// Say that the answer is not known, and offer a person.
    Decline,
}

/// Most candidates that are offered when asking back.
pub const MAX_CHOICES: usize = 4;

/// Beyond the two best, candidates less likely than this are not worth a button.
const WORTH_A_BUTTON: f32 = 0.05;

/// Turns hits into candidates with confidences, best first.
#[must_use]
pub fn candidates(hits: &[TopicHit], question_chars: usize, calibration: &Calibration) -> Vec<Candidate> {
    (0..hits.len())
        .map(|position| Candidate {
            topic: hits[position].topic.clone(),
            confidence: calibration.confidence(&features(hits, position, question_chars)),
        })
        .collect()
}

/// Decides by the first candidate's confidence.
///
/// Between the two thresholds the assistant asks back with at least the two best candidates, provided there are two: a wrong
/// answer costs more than none.
#[must_use]
pub fn decide(candidates: &[Candidate], calibration: &Calibration) -> Decision {
    let Some(best) = candidates.first() else { return Decision::Decline };
    if best.confidence >= calibration.answer_at {
        return Decision::Answer(best.clone());
    }
    if best.confidence < calibration.clarify_at {
        return Decision::Decline;
    }
    let is_choice = |(position, other): &(usize, &Candidate)| *position < 2 || other.confidence >= WORTH_A_BUTTON;
    let choices: Vec<_> =
        candidates.iter().enumerate().filter(is_choice).map(|(_, choice)| choice.clone()).take(MAX_CHOICES).collect();
    if choices.len() < 2 { Decision::Decline } else { Decision::Clarify(choices) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALIBRATION: Calibration =
        Calibration { intercept: 0.0, weights: [0.0; FEATURES], answer_at: 0.7, clarify_at: 0.3 };

    #[track_caller]
    fn check(confidences: &[f32], expected: &str) {
        let candidates: Vec<_> = confidences
            .iter()
            .enumerate()
            .map(|(n, confidence)| Candidate {
                topic: TopicId::parse(&format!("market/t{n}")).unwrap(),
                confidence: *confidence,
            })
            .collect();
        let decided = match decide(&candidates, &CALIBRATION) {
            Decision::Answer(best) => format!("answer {}", best.topic),
            Decision::Clarify(choices) => format!("clarify {}", choices.len()),
            Decision::Decline => "decline".to_owned(),
        };
        assert_eq!(decided, expected, "{confidences:?}");
    }

    #[test]
    fn a_confident_candidate_is_answered() {
        check(&[0.9, 0.6], "answer market/t0");
    }

    #[test]
    fn doubt_between_several_asks_back_with_at_most_four() {
        check(&[0.5, 0.4, 0.3, 0.2, 0.1, 0.06], "clarify 4");
    }

    #[test]
    fn doubt_about_a_single_candidate_declines() {
        check(&[0.5], "decline");
    }

    #[test]
    fn nothing_found_declines() {
        check(&[], "decline");
    }
}
