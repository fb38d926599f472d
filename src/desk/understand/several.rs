//! Several questions in one message, each understood after the one before.

use jiff::Timestamp;

use super::{Meaning, one};
use crate::desk::dialogue::{Dialogue, Turn};
use crate::desk::knowledge::Edition;
use crate::desk::ports::RetrieveError;
use crate::domain::facet;
use crate::domain::route::{Route, route, without_courtesies};
use crate::domain::text;
use crate::domain::topic::TopicId;

/// At most this many questions are answered at once; the rest is asked for.
pub(super) const ANSWERED_AT_ONCE: usize = 3;

/// A part that names a matter in at least this many characters is worth saying that it was not answered.
const NAMING_CHARS: usize = 2;

/// Understands each of `parts`; `None` when the message is better read as one question.
///
/// That is so when nothing is answered, or when a part that is not answered names no matter of its own.
pub(super) fn several(
    parts: &[String],
    message: &str,
    dialogue: &Dialogue,
    edition: &Edition,
    now: Timestamp,
) -> Result<Option<Meaning>, RetrieveError> {
    let mut context = dialogue.clone();
    let (mut answers, mut unanswered, mut left): (Vec<Meaning>, Vec<String>, Vec<String>) = Default::default();
    for part in parts {
        let normalised = text::normalise(part);
        if route(&normalised, &text::key(&normalised), "") != Route::Question {
            continue;
        }
        if answers.len() == ANSWERED_AT_ONCE {
            left.push(part.clone());
            continue;
        }
        match one(without_courtesies(&normalised), &context, edition, now)? {
            Meaning::Answer { topic, facet, also, confidence, candidates } => {
                context.remember(Turn { question: part.clone(), topic: Some(topic.to_string()), ..Turn::default() });
                context.last_at = Some(now);
                let answer = Meaning::Answer { topic, facet, also, confidence, candidates };
                join(&mut answers, answer);
            }
            _ => unanswered.push(part.clone()),
        }
    }
    if answers.is_empty() || unanswered.iter().any(|part| !names_a_matter(part)) {
        return Ok(None);
    }
    if answers.len() == 1 {
        return alone(answers, unanswered, left, message, dialogue, edition, now);
    }
    Ok(Some(Meaning::Several { answers, unanswered, left }))
}

/// A single answer: all parts asked for facets of one topic, or the others were not answered.
///
/// Where the message as a whole leads to the same topic or nowhere, the parts are right; where it leads elsewhere, they were
/// fragments.
fn alone(
    mut answers: Vec<Meaning>,
    unanswered: Vec<String>,
    left: Vec<String>,
    message: &str,
    dialogue: &Dialogue,
    edition: &Edition,
    now: Timestamp,
) -> Result<Option<Meaning>, RetrieveError> {
    let whole = one(message, dialogue, edition, now)?;
    let Some(part) = answers.pop() else { return Ok(None) };
    let is_same = topic(&whole).is_none_or(|whole| topic(&part) == Some(whole));
    if !is_same {
        return Ok(None);
    }
    if unanswered.is_empty() && left.is_empty() {
        return Ok(Some(part));
    }
    Ok(Some(Meaning::Several { answers: vec![part], unanswered, left }))
}

fn topic(meaning: &Meaning) -> Option<&TopicId> {
    match meaning {
        Meaning::Answer { topic, .. } => Some(topic),
        _ => None,
    }
}

/// Adds an answer; one about the topic before adds its facets to it.
fn join(answers: &mut Vec<Meaning>, next: Meaning) {
    if let Some(Meaning::Answer { topic, facet, also, .. }) = answers.last_mut()
        && let Meaning::Answer { topic: next_topic, facet: next_facet, also: next_also, .. } = &next
        && topic == next_topic
    {
        for asked in next_facet.iter().chain(next_also) {
            if facet.is_none() {
                *facet = Some(*asked);
            } else if *facet != Some(*asked) && !also.contains(asked) {
                also.push(*asked);
            }
        }
        return;
    }
    answers.push(next);
}

fn names_a_matter(part: &str) -> bool {
    facet::residue(&text::normalise(part)).chars().count() >= NAMING_CHARS
}
