//! Ways of retrieval compared: by words, by meaning, and both together. Pure arithmetic over what was found.

use std::collections::HashMap;

use crate::domain::answer::TopicHit;
use crate::domain::semantic::TopicMeaning;
use crate::domain::topic::TopicId;

/// Discounts ranks where they are fused (Cormack et al. 2009).
const RANK_CONSTANT: f32 = 60.0;

/// A way to rank topics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// By words only.
    Words,
    /// By meaning only.
    Meanings,
    /// The weighted sum of both scores as they are; the number is the share of the meaning.
    Sum(f32),
    /// The weighted sum after each was stretched to 0–1 for the question; the number is the share of the meaning.
    Stretched(f32),
    /// The sum of reciprocal ranks.
    Ranks,
}

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Words => f.write_str("words"),
            Self::Meanings => f.write_str("meanings"),
            Self::Sum(share) => write!(f, "sum {share:.1}"),
            Self::Stretched(share) => write!(f, "min-max {share:.1}"),
            Self::Ranks => f.write_str("ranks"),
        }
    }
}

/// The ways that are compared.
pub const WAYS: [Way; 11] = [
    Way::Words,
    Way::Meanings,
    Way::Stretched(0.4),
    Way::Stretched(0.5),
    Way::Stretched(0.6),
    Way::Stretched(0.7),
    Way::Stretched(0.8),
    Way::Sum(0.5),
    Way::Sum(0.6),
    Way::Sum(0.7),
    Way::Ranks,
];

/// What both found for one question.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// By words, best first.
    pub words: Vec<TopicHit>,
    /// By meaning, nearest first.
    pub meanings: Vec<TopicMeaning>,
}

impl Found {
    /// Topics by `way`, best first, with their scores; `full` is the score by words that counts as 1.
    #[must_use]
    pub fn ranked(&self, way: Way, full: f32) -> Vec<(TopicId, f32)> {
        let words: Scores<'_> =
            self.words.iter().map(|hit| (&hit.topic, hit.score / full.max(f32::MIN_POSITIVE))).collect();
        let meanings: Scores<'_> = self.meanings.iter().map(|meaning| (&meaning.topic, meaning.score)).collect();
        let parts = match way {
            Way::Words => vec![(words, 1.0)],
            Way::Meanings => vec![(meanings, 1.0)],
            Way::Sum(share) => vec![(words, 1.0 - share), (meanings, share)],
            Way::Stretched(share) => vec![(stretched(words), 1.0 - share), (stretched(meanings), share)],
            Way::Ranks => vec![(reciprocal(words), 1.0), (reciprocal(meanings), 1.0)],
        };
        let mut sums: HashMap<&TopicId, f32> = HashMap::new();
        for (scores, share) in parts {
            for (topic, score) in scores {
                *sums.entry(topic).or_default() += share * score;
            }
        }
        let mut ranked: Vec<_> = sums.into_iter().map(|(topic, score)| (topic.clone(), score)).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        ranked
    }

    /// The best score on a scale that is the same for all questions; stretched scores and ranks are not, so the plain sum is taken.
    #[must_use]
    pub fn best(&self, way: Way, full: f32) -> f32 {
        let way = match way {
            Way::Stretched(share) => Way::Sum(share),
            Way::Ranks => Way::Sum(0.5),
            other => other,
        };
        self.ranked(way, full).first().map_or(0.0, |(_, score)| *score)
    }
}

/// Topics with scores, best first.
type Scores<'a> = Vec<(&'a TopicId, f32)>;

/// Scores stretched so that the best is 1 and the worst 0.
fn stretched(scores: Scores<'_>) -> Scores<'_> {
    let (low, high) =
        scores.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), (_, s)| (low.min(*s), high.max(*s)));
    let span = (high - low).max(f32::MIN_POSITIVE);
    scores.into_iter().map(|(topic, score)| (topic, (score - low) / span)).collect()
}

fn reciprocal(scores: Scores<'_>) -> Scores<'_> {
    #[expect(clippy::cast_precision_loss, reason = "ranks are small")]
    let score = |rank: usize| 1.0 / (RANK_CONSTANT + rank as f32);
    scores.into_iter().enumerate().map(|(place, (topic, _))| (topic, score(place + 1))).collect()
}

/// How well scores tell `wanted` from `unwanted`: the chance that one of the first is higher than one of the second, ties half.
#[must_use]
pub fn discrimination(wanted: &[f32], unwanted: &[f32]) -> Option<f64> {
    if wanted.is_empty() || unwanted.is_empty() {
        return None;
    }
    let mut sorted = unwanted.to_vec();
    sorted.sort_by(f32::total_cmp);
    let mut won = 0;
    for score in wanted {
        won += sorted.partition_point(|other| other < score) + sorted.partition_point(|other| other <= score);
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of questions are small")]
    let share = won as f64 / (2 * wanted.len() * sorted.len()) as f64;
    Some(share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer::Evidence;
    use crate::domain::semantic::SemanticEvidence;

    fn topic(name: &str) -> TopicId {
        TopicId::parse(&format!("market/{name}")).unwrap()
    }

    fn found() -> Found {
        let hit = |name, score| TopicHit { topic: topic(name), score, evidence: Evidence::default(), semantic: None };
        let near = |name, score| TopicMeaning { topic: topic(name), score, evidence: SemanticEvidence::default() };
        Found {
            words: vec![hit("a", 4.0), hit("b", 2.0)],
            meanings: vec![near("b", 0.9), near("c", 0.8), near("a", 0.1)],
        }
    }

    #[track_caller]
    fn check(way: Way, expected: &str) {
        let ranked = found().ranked(way, 4.0);
        let names: Vec<_> =
            ranked.iter().map(|(topic, score)| format!("{} {score:.2}", &topic.as_str()[7..])).collect();
        assert_eq!(names.join(", "), expected, "{way}");
    }

    #[test]
    fn ways_rank_as_they_say() {
        check(Way::Words, "a 1.00, b 0.50");
        check(Way::Meanings, "b 0.90, c 0.80, a 0.10");
        check(Way::Sum(0.5), "b 0.70, a 0.55, c 0.40");
        check(Way::Stretched(0.5), "a 0.50, b 0.50, c 0.44");
        check(Way::Ranks, "b 0.03, a 0.03, c 0.02");
    }

    #[test]
    fn discrimination_is_one_when_all_are_apart_and_half_when_none_is() {
        assert_eq!(discrimination(&[0.8, 0.9], &[0.1, 0.7]), Some(1.0));
        assert_eq!(discrimination(&[0.5], &[0.5]), Some(0.5));
        assert_eq!(discrimination(&[], &[0.5]), None);
    }
}
