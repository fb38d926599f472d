//! From ranked topics to a decision: answer, ask back, or decline.
//!
//! A retrieval score is not a confidence. A [`Calibration`] turns what was measured into two things: how the topics share what
//! the question may mean, and the probability that any of them is meant at all. Its numbers are data, fitted on labelled
//! questions by `zhengqitong eval DIR --fit`.

mod explanation;
mod model;

pub use explanation::{Matching, TermPart};
pub use model::{
    Calibration, Contribution, Model, SCOPE_FEATURES, ScopeFeature, TOPIC_FEATURES, TopicFeature, scope_features,
    topic_features,
};

use super::semantic::{SemanticEvidence, TopicMeaning};
use super::topic::TopicId;

/// What the words of a question say for one topic; each number lies between 0 and 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Best match of the question with one of the topic's own questions, as a share of the greatest possible score.
    pub question: f32,
    /// Match with the title and tags, as a share of the greatest possible score.
    pub title: f32,
    /// Best match with a passage of the body, as a share of the greatest possible score.
    pub body: f32,
    /// Match with everything the topic says, taken as one text, as a share of the greatest possible score.
    pub whole: f32,
    /// Share of the question's information (by inverse document frequency) that occurs anywhere in the topic.
    pub coverage: f32,
    /// By how much a question that looks like the topic and belongs to another matches better than the topic's own.
    pub counter: f32,
}

/// One topic found for a question.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicHit {
    /// The topic.
    pub topic: TopicId,
    /// Retrieval score, comparable within one question only; higher is better.
    pub score: f32,
    /// What the words say.
    pub evidence: Evidence,
    /// What the meaning says; `None` where meanings were not compared.
    pub semantic: Option<SemanticEvidence>,
}

/// What is known of a question whatever the topic.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct QuestionShape {
    /// Its length in characters.
    pub chars: usize,
    /// How much it says: the sum of its terms' weights by inverse document frequency over topics, in nats.
    pub information: f32,
    /// Share of its information that occurs in no topic.
    pub unknown: f32,
    /// Best match with the name of a matter that no topic answers, as a share of the greatest possible score.
    pub outside: f32,
    /// Whether it names another place.
    pub is_elsewhere: bool,
    /// Whether it speaks of private life.
    pub is_personal: bool,
    /// Whether it wants something done rather than known.
    pub is_errand: bool,
}

/// What was found for a question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Topics, by their retrieval score, best first.
    pub hits: Vec<TopicHit>,
    /// The question itself.
    pub shape: QuestionShape,
    /// Topics between which the question's words leave open which is meant, and say little else (易混词): it must be asked.
    pub open: Vec<TopicId>,
}

/// Adds what the meanings say to what the words found, and the topics that only the meanings found.
///
/// A topic that the comparison left out gets no meaning at all: it is further away than all that are in.
#[must_use]
pub fn with_meanings(mut found: Found, meanings: &[TopicMeaning]) -> Found {
    for hit in &mut found.hits {
        let evidence = meanings.iter().find(|meaning| meaning.topic == hit.topic).map(|meaning| meaning.evidence);
        hit.semantic = Some(evidence.unwrap_or_default());
    }
    let is_new = |meaning: &&TopicMeaning| !found.hits.iter().any(|hit| hit.topic == meaning.topic);
    let new: Vec<_> = meanings.iter().filter(is_new).cloned().collect();
    found.hits.extend(new.into_iter().map(|TopicMeaning { topic, evidence }| TopicHit {
        topic,
        score: 0.0,
        evidence: Evidence::default(),
        semantic: Some(evidence),
    }));
    found
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

/// A question with its candidates and what to do with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// All topics that were found, likeliest first.
    pub candidates: Vec<Candidate>,
    /// The probability that any of them is meant.
    pub scope: f32,
    /// What to do.
    pub decision: Decision,
}

/// Most candidates that are offered when asking back.
pub const MAX_CHOICES: usize = 4;

/// Beyond the two best, candidates with less than this share of what the question may mean are not worth a button.
const WORTH_A_BUTTON: f32 = 0.04;

/// Ranks what was found and decides what to do with it.
///
/// Equal confidences keep the order of retrieval, so the same question always gets the same answer.
#[must_use]
pub fn judge(found: &Found, calibration: &Calibration) -> Judgement {
    let model = calibration.model(found);
    let mut shares: Vec<(usize, f32)> = model.shares(&found.hits).into_iter().enumerate().collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    let Some((best, share)) = shares.first().copied() else {
        return Judgement { candidates: Vec::new(), scope: 0.0, decision: Decision::Decline };
    };
    let scope = model.scope(&scope_features(&found.hits[best], share, &found.shape));
    let candidates: Vec<Candidate> = shares
        .iter()
        .map(|(at, share)| Candidate { topic: found.hits[*at].topic.clone(), confidence: scope * share })
        .collect();
    let decision = decide(&candidates, scope, &found.open, model);
    Judgement { candidates, scope, decision }
}

/// Decides over candidates, likeliest first.
///
/// What the words leave open is asked. Otherwise the best is answered when it is confident enough, and declined when it is
/// doubtful whether anything here is meant; in between the assistant asks back with at least the two best candidates,
/// provided there are two: a wrong answer costs more than none.
#[must_use]
pub fn decide(candidates: &[Candidate], scope: f32, open: &[TopicId], model: &Model) -> Decision {
    let Some(best) = candidates.first() else { return Decision::Decline };
    if scope < model.clarify_at {
        return Decision::Decline;
    }
    if open.contains(&best.topic) {
        let is_open = |candidate: &&Candidate| open.contains(&candidate.topic);
        let choices: Vec<_> = candidates.iter().filter(is_open).take(MAX_CHOICES).cloned().collect();
        if choices.len() >= 2 {
            return Decision::Clarify(choices);
        }
    }
    if best.confidence >= model.answer_at {
        return Decision::Answer(best.clone());
    }
    let floor = WORTH_A_BUTTON * scope;
    let is_choice = |(position, other): &(usize, &Candidate)| *position < 2 || other.confidence >= floor;
    let choices: Vec<_> =
        candidates.iter().enumerate().filter(is_choice).map(|(_, choice)| choice.clone()).take(MAX_CHOICES).collect();
    if choices.len() < 2 { Decision::Decline } else { Decision::Clarify(choices) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(n: usize) -> TopicId {
        TopicId::parse(&format!("market/t{n}")).unwrap()
    }

    #[track_caller]
    fn check(confidences: &[f32], open: &[usize], expected: &str) {
        let model = Model { answer_at: 0.7, clarify_at: 0.3, ..Model::default() };
        let candidates: Vec<_> = (0..)
            .zip(confidences)
            .map(|(n, confidence)| Candidate { topic: topic(n), confidence: *confidence })
            .collect();
        let open: Vec<_> = open.iter().map(|n| topic(*n)).collect();
        let decided = match decide(&candidates, confidences.iter().sum(), &open, &model) {
            Decision::Answer(best) => format!("answer {}", best.topic),
            Decision::Clarify(choices) => format!("clarify {}", choices.len()),
            Decision::Decline => "decline".to_owned(),
        };
        assert_eq!(decided, expected, "{confidences:?}");
    }

    #[test]
    fn a_confident_candidate_is_answered() {
        check(&[0.9, 0.05], &[], "answer market/t0");
    }

    #[test]
    fn doubt_between_several_asks_back_with_at_most_four() {
        check(&[0.3, 0.2, 0.2, 0.1, 0.1, 0.06], &[], "clarify 4");
        check(&[0.5, 0.2, 0.01], &[], "clarify 2");
    }

    #[test]
    fn doubt_about_a_single_candidate_declines() {
        check(&[0.5], &[], "decline");
    }

    #[test]
    fn what_is_probably_not_meant_at_all_declines() {
        check(&[0.2, 0.05], &[], "decline");
        check(&[], &[], "decline");
    }

    #[test]
    fn what_the_words_leave_open_is_asked_however_confident() {
        check(&[0.9, 0.05, 0.03], &[0, 2], "clarify 2");
        check(&[0.9, 0.05, 0.03], &[1, 2], "answer market/t0");
    }

    #[test]
    fn a_topic_that_only_the_meaning_finds_is_a_hit() {
        let meaning = TopicMeaning { topic: topic(1), evidence: SemanticEvidence { title: 0.8, ..Default::default() } };
        let hit = TopicHit { topic: topic(0), score: 1.0, evidence: Evidence::default(), semantic: None };
        let found = with_meanings(Found { hits: vec![hit], ..Found::default() }, &[meaning]);
        let titles: Vec<_> = found.hits.iter().map(|hit| hit.semantic.unwrap().title).collect();
        assert_eq!(titles, [0.0, 0.8]);
    }
}
