//! What a message means in its conversation: route, topic, facet, decision. Pure but for the index.
//!
//! `question` looks one question up by itself; `context` reads what goes on from the turn before, `choice` what picks one of the
//! topics that were offered, `several` messages with more than one question.

mod choice;
mod context;
mod explain;
mod find;
mod place;
mod question;
mod several;
mod sound;

use jiff::Timestamp;

use super::dialogue::Dialogue;
use super::knowledge::Edition;
use super::ports::RetrieveError;
use crate::domain::answer::Candidate;
use crate::domain::compound;
use crate::domain::correction::{correction, new_topic};
use crate::domain::privacy::impersonal;
use crate::domain::route::{Abuse, Route, SmallTalk, route, without_courtesies};
use crate::domain::text;
use crate::domain::topic::{Facet, Topic, TopicId};
pub use explain::{
    CandidateExplanation, Explanation, MatchExplanation, Part, ScopeRecord, TermRecord, TopicRecord, explain,
};
pub use find::{find, read};
pub use place::{Subdistrict, subdistrict};
use sound::syllables;

/// How many candidates are looked at and reported.
pub const CANDIDATES: usize = 10;

/// A message of more characters is no question but a document; it is kept for a ticket and not searched.
pub const LONGEST_QUESTION: usize = 500;

/// What is at least this likely may be meant.
const LIKELY: f32 = 0.3;

/// What a message means.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// Nothing readable.
    Unreadable,
    /// Too long to be one question.
    TooLong,
    /// Must not be served.
    Abuse(Abuse),
    /// A citizen's own matter.
    Personal,
    /// Small talk.
    SmallTalk(SmallTalk),
    /// 换个问题: the company will ask something else.
    Afresh,
    /// A person is wanted.
    Human,
    /// How do my tickets stand.
    Progress,
    /// Answer from this topic, about these facets if any were asked for.
    Answer {
        /// The topic.
        topic: TopicId,
        /// The facet that is asked for in the first place.
        facet: Option<Facet>,
        /// Further facets that are asked for.
        also: Vec<Facet>,
        /// Calibrated confidence.
        confidence: f32,
        /// All candidates, best first.
        candidates: Vec<Candidate>,
    },
    /// Several questions in one message, at least one of which has an answer.
    Several {
        /// The answers, in the order in which they were asked for; each is a [`Meaning::Answer`].
        answers: Vec<Meaning>,
        /// Questions that have no answer, in the company's words.
        unanswered: Vec<String>,
        /// Questions beyond the number that is answered at once, in the company's words.
        left: Vec<String>,
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
    /// None of the topics that this turn offered.
    NoneOfThese(u32),
    /// The last answer was not what was asked for, and nothing else was said.
    Denied {
        /// What else may be meant, best first; may be empty.
        choices: Vec<Candidate>,
    },
    /// A facet without a matter: 要多久, when nothing was talked about.
    WhichMatter(Facet),
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
    if let Some(meaning) = choice::chosen(&message, dialogue, edition, now) {
        return Ok(meaning);
    }
    if let Some(denial) = correction(&message).filter(|correction| correction.is_denial && correction.meant.is_empty())
        && let Some(meaning) = context::corrected(&denial, dialogue, edition, now)?
    {
        return Ok(meaning);
    }
    match route(&message, &key, &syllables(&key)) {
        Route::Unreadable => Ok(Meaning::Unreadable),
        Route::Abuse(kind) => Ok(Meaning::Abuse(kind)),
        Route::Personal => Ok(Meaning::Personal),
        Route::SmallTalk(kind) => Ok(Meaning::SmallTalk(kind)),
        Route::Human => Ok(Meaning::Human),
        Route::Progress => Ok(Meaning::Progress),
        Route::Question if message.chars().count() > LONGEST_QUESTION => Ok(Meaning::TooLong),
        Route::Question => {
            let raw = impersonal(raw);
            questions(&raw, &text::normalise(&raw), dialogue, edition, now)
        }
    }
}

/// Tells whether a message never reaches the decision: it is unreadable, abusive, small talk, or asks for a person.
#[must_use]
pub fn routed_elsewhere(raw: &str) -> bool {
    let message = text::normalise(raw);
    let key = text::key(&message);
    route(&message, &key, &syllables(&key)) != Route::Question
}

/// The facets that `question` asks for, of a topic that is known.
#[must_use]
pub fn facets_asked(question: &str, topic: Option<&Topic>) -> Vec<Facet> {
    let facets = context::Facets::asked_in(&text::normalise(question));
    let first = facets.first_of(topic);
    first.into_iter().chain(facets.also.iter().copied().filter(|also| Some(*also) != first)).collect()
}

/// A message that asks something: anew, in correction of what was said, or several things at once.
fn questions(
    raw: &str,
    message: &str,
    dialogue: &Dialogue,
    edition: &Edition,
    now: Timestamp,
) -> Result<Meaning, RetrieveError> {
    let message = without_courtesies(message);
    if let Some(rest) = new_topic(message) {
        let is_empty = text::key(rest).is_empty();
        return if is_empty { Ok(Meaning::Afresh) } else { one(rest, &Dialogue::default(), edition, now) };
    }
    if let Some(correction) = correction(message)
        && let Some(meaning) = context::corrected(&correction, dialogue, edition, now)?
    {
        return Ok(meaning);
    }
    let parts = compound::questions(raw);
    if parts.len() > 1
        && let Some(meaning) = several::several(&parts, message, dialogue, edition, now)?
    {
        return Ok(meaning);
    }
    one(message, dialogue, edition, now)
}

/// One question in its context; `message` is normalised and without courtesies.
fn one(message: &str, dialogue: &Dialogue, edition: &Edition, now: Timestamp) -> Result<Meaning, RetrieveError> {
    context::question(message, dialogue, edition, now)
}

/// An answer from the best candidate, which is put first.
fn answer(best: Candidate, facets: &context::Facets, found: Vec<Candidate>, edition: &Edition) -> Meaning {
    let Candidate { topic, confidence } = best;
    let mut candidates = vec![Candidate { topic: topic.clone(), confidence }];
    candidates.extend(found.into_iter().filter(|other| other.topic != topic));
    candidates.truncate(CANDIDATES);
    let facet = facets.first_of(edition.base.topics.get(&topic));
    let also = facets.also.iter().copied().filter(|also| Some(*also) != facet).collect();
    Meaning::Answer { topic, facet, also, confidence, candidates }
}
