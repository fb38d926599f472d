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

impl TopicHit {
    /// A topic that no word of the question leads to.
    fn unmatched(topic: TopicId) -> Self {
        Self { topic, score: 0.0, evidence: Evidence::default(), semantic: None }
    }
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

/// So many topics are compared with each other by words, and so many by meaning; beyond them nothing is likely.
pub const COMPARED: usize = 24;

/// Joins what the words found with what the meanings say: the best [`COMPARED`] of each, every one with all that is known of it.
///
/// Both lists are best first, and may be longer: what one of them ranks low is known for what the other ranks high. Topics that
/// only the meanings bring in stand behind those of the words, and have a score of 0 where no word leads to them.
#[must_use]
pub fn with_meanings(mut found: Found, meanings: &[TopicMeaning]) -> Found {
    let mut others = found.hits.split_off(COMPARED.min(found.hits.len()));
    for meaning in meanings.iter().take(COMPARED) {
        if found.hits.iter().any(|hit| hit.topic == meaning.topic) {
            continue;
        }
        let known = others.iter().position(|hit| hit.topic == meaning.topic);
        found.hits.push(known.map_or_else(|| TopicHit::unmatched(meaning.topic.clone()), |at| others.swap_remove(at)));
    }
    for hit in &mut found.hits {
        let evidence = meanings.iter().find(|meaning| meaning.topic == hit.topic).map(|meaning| meaning.evidence);
        hit.semantic = Some(evidence.unwrap_or_default());
    }
    found
}

/// Takes back what [`with_meanings`] did.
pub fn take_meanings_out(found: &mut Found) {
    found.hits.truncate(COMPARED);
    found.hits.retain(|hit| hit.score > 0.0);
    found.hits.iter_mut().for_each(|hit| hit.semantic = None);
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
    fn the_best_of_words_and_meanings_are_joined_and_taken_apart_again() {
        let hit = |n: usize, score| TopicHit { score, ..TopicHit::unmatched(topic(n)) };
        let near = |n: usize, score: f32| {
            let evidence = SemanticEvidence { title: score, ..SemanticEvidence::default() };
            TopicMeaning { topic: topic(n), score, evidence }
        };
        let many = COMPARED + 5;
        #[expect(clippy::cast_precision_loss, reason = "a few dozen")]
        let words: Vec<_> = (0..many).map(|n| hit(n, 1.0 / (n + 1) as f32)).collect();
        // The last of the words is the nearest, another has no word at all, and the first of the words is far away.
        let meanings = [near(many - 1, 0.9), near(many, 0.8), near(0, 0.1)];
        let mut found = with_meanings(Found { hits: words.clone(), ..Found::default() }, &meanings);
        let title =
            |n: usize| found.hits.iter().find(|hit| hit.topic == topic(n)).map(|hit| hit.semantic.unwrap().title);
        assert_eq!([title(0), title(1), title(many - 1), title(many)], [Some(0.1), Some(0.0), Some(0.9), Some(0.8)]);
        assert_eq!((found.hits.len(), title(COMPARED)), (COMPARED + 2, None));
        assert!(found.hits[COMPARED].score > 0.0, "its words are known");
        take_meanings_out(&mut found);
        assert_eq!(found.hits, words[..COMPARED]);
        let mut found = with_meanings(Found { hits: words[..2].to_vec(), ..Found::default() }, &meanings);
        take_meanings_out(&mut found);
        assert_eq!(found.hits, words[..2]);
    }
}
