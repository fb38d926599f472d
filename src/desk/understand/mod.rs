//! What a message means in its conversation: route, topic, facet, decision. Pure but for the index.

mod explain;
mod find;

use jiff::Timestamp;
use pinyin::ToPinyin;

pub use explain::{
    CandidateExplanation, Explanation, MatchExplanation, Part, ScopeRecord, TermRecord, TopicRecord, explain,
};
pub use find::{find, read};

use super::dialogue::{Dialogue, Turn};
use super::knowledge::Edition;
use super::ports::RetrieveError;
use crate::domain::answer::{Candidate, Decision};
use crate::domain::facet::{self, FacetQuestion};
use crate::domain::route::{Route, SmallTalk, route};
use crate::domain::text;
use crate::domain::topic::{Facet, TopicId};

/// How many candidates are looked at and reported.
pub const CANDIDATES: usize = 10;

/// A message whose residue beside the facet is at most this long names no topic of its own.
const ELLIPTICAL_CHARS: usize = 2;

/// Another topic is named when its name fits by this much better.
const NAMED_BETTER: f32 = 0.05;

/// What is at least this likely may be meant.
const LIKELY: f32 = 0.3;

/// A message that moves on to another topic without naming it in full is at most this long.
const SWITCH_CHARS: usize = 14;

/// How many candidates such a message may mean.
const SWITCH_CHOICES: usize = 4;

/// The wish for a person is looked for in this many characters.
const SYLLABLES_READ: usize = 60;

/// Follow-ups that name only a facet are right this often on the development dialogues.
const FOLLOW_UP_CONFIDENCE: f32 = 0.95;

/// What a message means.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// Nothing readable.
    Unreadable,
    /// Must not be served.
    Abuse,
    /// Small talk.
    SmallTalk(SmallTalk),
    /// A person is wanted.
    Human,
    /// How do my tickets stand.
    Progress,
    /// Answer from this topic, about this facet if one was asked for.
    Answer {
        /// The topic.
        topic: TopicId,
        /// The facet.
        facet: Option<Facet>,
        /// Calibrated confidence.
        confidence: f32,
        /// All candidates, best first.
        candidates: Vec<Candidate>,
    },
    /// Ask which is meant.
    Clarify {
        /// Two to four choices, best first.
        choices: Vec<Candidate>,
        /// The question to ask back, where the lexicon has one for these topics.
        ask: Option<String>,
        /// All candidates, best first.
        candidates: Vec<Candidate>,
    },
    /// Not known.
    Decline {
        /// All candidates, best first.
        candidates: Vec<Candidate>,
    },
}

/// Works out what `raw` means after what was said before.
///
/// # Errors
///
/// Returns [`RetrieveError`] when the index cannot be searched.
pub fn understand(raw: &str, dialogue: &Dialogue, edition: &Edition, now: Timestamp) -> Result<Meaning, RetrieveError> {
    let message = text::normalise(raw);
    let key = text::key(&message);
    match route(&message, &key, &syllables(&key)) {
        Route::Unreadable => Ok(Meaning::Unreadable),
        Route::Abuse => Ok(Meaning::Abuse),
        Route::SmallTalk(kind) => Ok(Meaning::SmallTalk(kind)),
        Route::Human => Ok(Meaning::Human),
        Route::Progress => Ok(Meaning::Progress),
        Route::Question => question(&message, dialogue, edition, now),
    }
}

/// Tells whether a message never reaches the decision: it is unreadable, abusive, small talk, or asks for a person.
#[must_use]
pub fn routed_elsewhere(raw: &str) -> bool {
    let message = text::normalise(raw);
    let key = text::key(&message);
    route(&message, &key, &syllables(&key)) != Route::Question
}

fn question(message: &str, dialogue: &Dialogue, edition: &Edition, now: Timestamp) -> Result<Meaning, RetrieveError> {
    let asked = facet::detect(&edition.index.read(message).text);
    let before = dialogue.context(now).and_then(|turn| Before::of(turn, edition));
    if let (Some(before), Some(FacetQuestion { facet, residue })) = (&before, &asked)
        && residue.chars().count() <= ELLIPTICAL_CHARS
    {
        return Ok(follow_up(&before.topic, *facet, Vec::new()));
    }
    let looked_up = find::look_up(message, &[], edition)?;
    let (found, decision) = (looked_up.candidates.clone(), looked_up.decision.clone());
    let facet = asked.map(|asked| asked.facet);
    if let Some(before) = &before {
        if let Some(facet) = facet
            && !names_another(&before.topic, &looked_up)
        {
            return Ok(follow_up(&before.topic, facet, found));
        }
        if !matches!(decision, Decision::Answer(_))
            && let Some(best) = switched(message, before, &found, edition)?
        {
            return Ok(answer(best, facet, found));
        }
    }
    Ok(match decision {
        Decision::Answer(best) => answer(best, facet, found),
        Decision::Clarify(choices) => {
            Meaning::Clarify { ask: confusable_question(&choices, edition), choices, candidates: found }
        }
        Decision::Decline => Meaning::Decline { candidates: found },
    })
}

/// What was talked about before: the topic answered from, or the likeliest of those that were offered.
struct Before {
    topic: TopicId,
    question: String,
}

impl Before {
    fn of(turn: &Turn, edition: &Edition) -> Option<Self> {
        let topic = TopicId::parse(turn.topic.as_ref().or(turn.choices.first())?)?;
        edition.base.topics.contains_key(&topic).then(|| Self { topic, question: text::normalise(&turn.question) })
    }
}

/// Tells whether a message that asks for a facet names another topic: one that may well be meant, and whose own name fits the
/// message better than the name of the one talked about.
fn names_another(topic: &TopicId, looked_up: &find::LookedUp) -> bool {
    let Some(best) = looked_up.candidates.first() else { return false };
    let named = |topic: &TopicId| looked_up.hit(topic).map_or(0.0, |hit| hit.evidence.title);
    best.topic != *topic && best.confidence >= LIKELY && named(&best.topic) > named(topic) + NAMED_BETTER
}

/// A short message that moves on: "那…呢". Read by itself and together with the question before it; the topic talked about
/// is left out, since whoever moves on does not mean it.
fn switched(
    message: &str,
    before: &Before,
    found: &[Candidate],
    edition: &Edition,
) -> Result<Option<Candidate>, RetrieveError> {
    if message.chars().count() > SWITCH_CHARS {
        return Ok(None);
    }
    let together = format!("{} {message}", before.question);
    let combined = find::look_up(&together, &[], edition)?;
    let support = |topic: &TopicId| {
        combined
            .candidates
            .iter()
            .find(|candidate| candidate.topic == *topic)
            .map_or(0.0, |candidate| candidate.confidence)
    };
    let best = found
        .iter()
        .take(SWITCH_CHOICES)
        .filter(|candidate| candidate.topic != before.topic)
        .map(|candidate| (candidate, candidate.confidence + support(&candidate.topic)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    Ok(best.filter(|(_, sum)| *sum >= LIKELY).map(|(candidate, sum)| Candidate {
        topic: candidate.topic.clone(),
        confidence: sum.min(FOLLOW_UP_CONFIDENCE),
    }))
}

fn answer(best: Candidate, facet: Option<Facet>, found: Vec<Candidate>) -> Meaning {
    let Candidate { topic, confidence } = best;
    let mut candidates = vec![Candidate { topic: topic.clone(), confidence }];
    candidates.extend(found.into_iter().filter(|other| other.topic != topic));
    candidates.truncate(CANDIDATES);
    Meaning::Answer { topic, facet, confidence, candidates }
}

fn follow_up(topic: &TopicId, facet: Facet, found: Vec<Candidate>) -> Meaning {
    answer(Candidate { topic: topic.clone(), confidence: FOLLOW_UP_CONFIDENCE }, Some(facet), found)
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

/// The syllables of a key run together: characters by their usual reading, letters and digits as they are.
fn syllables(key: &str) -> String {
    key.chars().take(SYLLABLES_READ).fold(String::new(), |mut syllables, c| {
        match c.to_pinyin() {
            Some(reading) => syllables.push_str(reading.plain()),
            None => syllables.push(c),
        }
        syllables
    })
}
