//! Why a question was answered, asked back or declined: every step with its numbers, for people who check the assistant.
//!
//! It explains one question by itself. What a conversation adds (a topic talked about before) is not in it.

use serde::Serialize;

use super::find::{find, read};
use crate::desk::knowledge::Edition;
use crate::desk::ports::RetrieveError;
use crate::domain::answer::{Contribution, Decision, Model, TermPart, TopicHit, judge, scope_features};
use crate::domain::topic::TopicId;

/// So many topics are explained in full.
const EXPLAINED: usize = 3;

/// So many candidates are listed.
const LISTED: usize = 10;

/// Everything that a decision rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The message as it was read.
    pub read_as: String,
    /// The words that were looked up: for an English message, its Chinese gloss.
    pub looked_up: String,
    /// Mistyped stretches, and what they were taken for.
    pub corrections: Vec<(String, String)>,
    /// Whether meanings were compared, or words alone.
    pub with_meanings: bool,
    /// `answer`, `clarify` or `decline`.
    pub decision: &'static str,
    /// The topic answered from, or the choices offered.
    pub chosen: Vec<TopicRecord>,
    /// Topics between which the words leave open which is meant.
    pub open: Vec<TopicRecord>,
    /// Whether any topic is meant.
    pub scope: ScopeRecord,
    /// Answer at this confidence or above.
    pub answer_at: f32,
    /// Decline when the scope is below this.
    pub clarify_at: f32,
    /// What may be meant, likeliest first.
    pub candidates: Vec<CandidateExplanation>,
    /// The likeliest ones, term by term.
    pub matches: Vec<MatchExplanation>,
}

/// A topic by id and title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TopicRecord {
    /// Its id.
    pub topic: String,
    /// Its title.
    pub title: String,
}

/// The probability that any topic is meant, and its parts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScopeRecord {
    /// The probability.
    pub probability: f32,
    /// Log-odds with all features at zero.
    pub intercept: f32,
    /// What each feature adds to the log-odds.
    pub parts: Vec<Part>,
}

/// A feature's part in a sum.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// The feature.
    pub feature: &'static str,
    /// Its value.
    pub value: f32,
    /// What it is multiplied with.
    pub weight: f32,
    /// The product.
    pub part: f32,
}

/// A candidate, and what it is ranked by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CandidateExplanation {
    /// Which.
    #[serde(flatten)]
    pub topic: TopicRecord,
    /// Its share of what the question may mean, times the scope.
    pub confidence: f32,
    /// Its sum, of which the shares are made.
    pub sum: f32,
    /// What each feature adds to the sum.
    pub parts: Vec<Part>,
}

/// A candidate's match, term by term.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MatchExplanation {
    /// Which.
    #[serde(flatten)]
    pub topic: TopicRecord,
    /// The topic's question that matches best.
    pub question: Option<String>,
    /// The terms.
    pub terms: Vec<TermRecord>,
}

/// One term.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TermRecord {
    /// As it is looked up.
    pub term: String,
    /// What sort of term it is.
    pub class: &'static str,
    /// The official term whose synonyms brought it in.
    pub synonym_of: Option<String>,
    /// Found by its sound only.
    pub by_sound: bool,
    /// Stands in no title and no tag.
    pub untitled: bool,
    /// In how many topics it occurs.
    pub topics: usize,
    /// How telling that makes it.
    pub idf: f32,
    /// What its sort counts.
    pub class_weight: f32,
    /// What it counts in all.
    pub weight: f32,
    /// Its part of the match with the best question.
    pub question: f32,
    /// With title and tags.
    pub title: f32,
    /// With the best body passage.
    pub body: f32,
    /// With the topic as one text.
    pub whole: f32,
}

/// Explains what is done about `raw`, taken as a question by itself.
///
/// # Errors
///
/// Returns [`RetrieveError`] when the index cannot be searched.
pub fn explain(raw: &str, edition: &Edition) -> Result<Explanation, RetrieveError> {
    let reading = read(raw, edition);
    let found = find(&reading, edition)?;
    let model = edition.base.calibration.model(&found);
    let judgement = judge(&found, &edition.base.calibration);
    let record = |topic: &TopicId| TopicRecord {
        topic: topic.to_string(),
        title: edition.base.topics.get(topic).map(|topic| topic.title.clone()).unwrap_or_default(),
    };
    let hit = |topic: &TopicId| found.hits.iter().find(|hit| hit.topic == *topic);
    let candidates: Vec<_> = judgement
        .candidates
        .iter()
        .take(LISTED)
        .filter_map(|candidate| {
            let parts = parts(model.ranking_parts(hit(&candidate.topic)?));
            let sum = parts.iter().map(|part| part.part).sum();
            Some(CandidateExplanation { topic: record(&candidate.topic), confidence: candidate.confidence, sum, parts })
        })
        .collect();
    let mut matches = Vec::new();
    for candidate in judgement.candidates.iter().take(EXPLAINED) {
        let matching = edition.index.explain(&reading.words, &candidate.topic, &edition.base)?;
        let terms = matching.terms.into_iter().map(term).collect();
        matches.push(MatchExplanation { topic: record(&candidate.topic), question: matching.question, terms });
    }
    let (decision, chosen) = match &judgement.decision {
        Decision::Answer(best) => ("answer", vec![record(&best.topic)]),
        Decision::Clarify(choices) => ("clarify", choices.iter().map(|choice| record(&choice.topic)).collect()),
        Decision::Decline => ("decline", Vec::new()),
    };
    let best =
        judgement.candidates.first().and_then(|best| Some((hit(&best.topic)?, best.confidence / judgement.scope)));
    Ok(Explanation {
        corrections: reading.corrections.into_iter().map(|mended| (mended.typed, mended.read_as)).collect(),
        read_as: reading.text,
        looked_up: reading.words,
        with_meanings: found.hits.iter().any(|hit| hit.semantic.is_some()),
        decision,
        chosen,
        open: found.open.iter().map(record).collect(),
        scope: scope(best, judgement.scope, &found.shape, model),
        answer_at: model.answer_at,
        clarify_at: model.clarify_at,
        candidates,
        matches,
    })
}

fn scope(
    best: Option<(&TopicHit, f32)>,
    probability: f32,
    shape: &crate::domain::answer::QuestionShape,
    model: &Model,
) -> ScopeRecord {
    let features = best.map(|(hit, share)| scope_features(hit, share, shape));
    let parts = features.map(|features| parts(model.scope_parts(&features))).unwrap_or_default();
    ScopeRecord { probability, intercept: model.intercept, parts }
}

/// The parts that count; a feature without weight or value is left out.
fn parts(contributions: Vec<Contribution>) -> Vec<Part> {
    let counts = |part: &Contribution| part.weight != 0.0 && part.value != 0.0;
    let shown = contributions.into_iter().filter(counts);
    shown.map(|part| Part { feature: part.name, value: part.value, weight: part.weight, part: part.part() }).collect()
}

fn term(part: TermPart) -> TermRecord {
    TermRecord {
        term: part.term,
        class: part.class,
        synonym_of: part.synonym_of,
        by_sound: part.is_by_sound,
        untitled: part.is_untitled,
        topics: part.topics,
        idf: part.inverse_frequency,
        class_weight: part.class_weight,
        weight: part.weight,
        question: part.question,
        title: part.title,
        body: part.body,
        whole: part.whole,
    }
}
