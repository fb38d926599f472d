//! What a message means in its conversation: route, topic, facet, decision. Pure but for the index.

use jiff::Timestamp;
use pinyin::ToPinyin;

use super::dialogue::Dialogue;
use super::knowledge::Edition;
use super::ports::RetrieveError;
use crate::domain::answer::{Candidate, Decision, candidates, decide};
use crate::domain::facet::{self, FacetQuestion};
use crate::domain::route::{Route, SmallTalk, route};
use crate::domain::text;
use crate::domain::topic::{Facet, TopicId};

/// How many candidates are looked at and reported.
pub const CANDIDATES: usize = 10;

/// A message whose residue beside the facet is at most this long names no topic of its own.
const ELLIPTICAL_CHARS: usize = 2;

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
    let asked = facet::detect(message);
    let context = dialogue
        .context(now)
        .and_then(|turn| TopicId::parse(turn.topic.as_deref()?))
        .filter(|topic| edition.base.topics.contains_key(topic));
    if let (Some(topic), Some(FacetQuestion { facet, residue })) = (&context, &asked)
        && residue.chars().count() <= ELLIPTICAL_CHARS
    {
        return Ok(follow_up(topic, *facet, FOLLOW_UP_CONFIDENCE, Vec::new()));
    }
    let found = find(message, edition)?;
    let decision = decide(&found, &edition.base.calibration);
    let facet = asked.as_ref().map(|asked| asked.facet);
    if let (Some(topic), Some(facet)) = (&context, facet) {
        let is_elsewhere = matches!(&decision, Decision::Answer(best) if best.topic != *topic);
        if !is_elsewhere {
            return Ok(follow_up(topic, facet, FOLLOW_UP_CONFIDENCE, found));
        }
    }
    Ok(match decision {
        Decision::Answer(best) => {
            Meaning::Answer { topic: best.topic, facet, confidence: best.confidence, candidates: found }
        }
        Decision::Clarify(choices) => {
            Meaning::Clarify { ask: confusable_question(&choices, edition), choices, candidates: found }
        }
        Decision::Decline => Meaning::Decline { candidates: found },
    })
}

fn follow_up(topic: &TopicId, facet: Facet, confidence: f32, found: Vec<Candidate>) -> Meaning {
    let mut candidates = vec![Candidate { topic: topic.clone(), confidence }];
    candidates.extend(found.into_iter().filter(|other| other.topic != *topic));
    candidates.truncate(CANDIDATES);
    Meaning::Answer { topic: topic.clone(), facet: Some(facet), confidence, candidates }
}

fn find(message: &str, edition: &Edition) -> Result<Vec<Candidate>, RetrieveError> {
    let hits = edition.index.retrieve(message, CANDIDATES)?;
    Ok(candidates(&hits, message.chars().count(), &edition.base.calibration))
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
