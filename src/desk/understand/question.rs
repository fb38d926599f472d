//! What was found for one question, as the conversation wants to know it; `find` looks it up.

use super::Meaning;
use super::find::{self, LookedUp};
use crate::desk::knowledge::Edition;
use crate::desk::ports::RetrieveError;
use crate::domain::answer::{Candidate, Decision, TopicHit};
use crate::domain::topic::TopicId;

/// A candidate so many times as likely as the next stands out.
const CLEARLY: f32 = 3.0;

/// What was found for a question.
pub(super) struct Found {
    /// What the index measured, best first.
    pub(super) hits: Vec<TopicHit>,
    /// The same as probabilities.
    pub(super) candidates: Vec<Candidate>,
    /// What is done about it.
    pub(super) decision: Decision,
}

/// Searches for a normalised question; `not_meant` are left out.
pub(super) fn look_up(question: &str, not_meant: &[TopicId], edition: &Edition) -> Result<Found, RetrieveError> {
    let LookedUp { found, candidates, decision } = find::look_up(question, not_meant, edition)?;
    Ok(Found { hits: found.hits, candidates, decision })
}

impl Found {
    /// How well the topic's own name fits the question.
    pub(super) fn named(&self, topic: &TopicId) -> f32 {
        self.hits.iter().find(|hit| hit.topic == *topic).map_or(0.0, |hit| hit.evidence.title)
    }

    /// The first candidate, if it may well be meant and no other comes near it.
    pub(super) fn clear_best(&self, likely_at: f32) -> Option<Candidate> {
        let best = self.candidates.first()?;
        let next = self.candidates.get(1).map_or(0.0, |next| next.confidence);
        (best.confidence >= likely_at && best.confidence >= CLEARLY * next).then(|| best.clone())
    }

    /// How likely the topic is meant.
    pub(super) fn confidence(&self, topic: &TopicId) -> f32 {
        self.candidates.iter().find(|found| found.topic == *topic).map_or(0.0, |found| found.confidence)
    }
}

/// The question back.
pub(super) fn clarify(choices: Vec<Candidate>, candidates: Vec<Candidate>, edition: &Edition) -> Meaning {
    Meaning::Clarify { ask: confusable_question(&choices, edition), choices, candidates }
}

/// The lexicon's question for the first group that holds two of the choices.
fn confusable_question(choices: &[Candidate], edition: &Edition) -> Option<String> {
    edition
        .base
        .lexicon
        .confusables
        .iter()
        .find(|group| {
            let terms_met = group
                .terms
                .iter()
                .filter(|term| choices.iter().any(|choice| term.topics.contains(&choice.topic)))
                .count();
            terms_met >= 2
        })
        .map(|group| group.ask.clone())
}
