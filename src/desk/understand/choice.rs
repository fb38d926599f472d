//! Which of the topics that were offered is meant: by number, by place, by part of a name, none of them.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::context::Facets;
use super::{Meaning, answer};
use crate::desk::dialogue::{Dialogue, Turn};
use crate::desk::knowledge::Edition;
use crate::domain::answer::Candidate;
use crate::domain::facet;
use crate::domain::reference::{Reference, reference};
use crate::domain::text;
use crate::domain::topic::{Topic, TopicId};

/// 第二个 may speak of choices that were offered this many turns ago.
const TURNS_BACK: usize = 3;

/// A message that picks by part of a name has at most this many characters beside facets and filler.
const NAME_CHARS: usize = 10;

/// So much of what a message names must stand in the name of a choice …
const NAMED_AT: f32 = 0.6;

/// … and so much more than in the name of any other.
const NAMED_MORE: f32 = 0.25;

/// What a message means that speaks of the choices; `None` when it does not.
pub(super) fn chosen(message: &str, dialogue: &Dialogue, edition: &Edition, now: Timestamp) -> Option<Meaning> {
    let offer = dialogue.offer(TURNS_BACK, now)?;
    let is_open = dialogue.turns.last().is_some_and(|last| last.number == offer.number && last.topic.is_none());
    match reference(message, offer.choices.len()) {
        Some((Reference::Choice(index), rest)) if is_open || is_spelled_out(message) => {
            pick(offer, index, rest, edition)
        }
        Some((Reference::None, _)) if is_open => Some(Meaning::NoneOfThese(offer.number)),
        Some((Reference::All, _)) if is_open => all(offer, edition),
        _ if is_open => by_name(message, offer, edition),
        _ => None,
    }
}

/// When nothing waits for a choice, a bare number is none.
fn is_spelled_out(message: &str) -> bool {
    message.chars().count() > 1 && !message.chars().all(|c| c.is_ascii_digit())
}

fn pick(offer: &Turn, index: usize, rest: &str, edition: &Edition) -> Option<Meaning> {
    let topic = TopicId::parse(offer.choices.get(index)?)?;
    edition.base.topics.contains_key(&topic).then(|| chosen_topic(topic, rest, offer, edition))
}

/// The chosen topic, about what is asked now or else was asked when the choices were offered.
fn chosen_topic(topic: TopicId, words: &str, offer: &Turn, edition: &Edition) -> Meaning {
    let mut facets = Facets::asked_in(words);
    if facets.is_empty() {
        facets = Facets::asked_in(&text::normalise(&offer.question));
    }
    answer(Candidate { topic, confidence: 1.0 }, &facets, Vec::new(), edition)
}

fn all(offer: &Turn, edition: &Edition) -> Option<Meaning> {
    let answers: Vec<_> = (0..offer.choices.len()).filter_map(|index| pick(offer, index, "", edition)).collect();
    let left = answers.iter().skip(super::several::ANSWERED_AT_ONCE).filter_map(|left| title(left, edition)).collect();
    let answers: Vec<_> = answers.into_iter().take(super::several::ANSWERED_AT_ONCE).collect();
    (!answers.is_empty()).then_some(Meaning::Several { answers, unanswered: Vec::new(), left })
}

fn title(meaning: &Meaning, edition: &Edition) -> Option<String> {
    let Meaning::Answer { topic, .. } = meaning else { return None };
    Some(edition.base.topics.get(topic)?.title.clone())
}

/// Part of a name: 就那个个体户的.
fn by_name(message: &str, offer: &Turn, edition: &Edition) -> Option<Meaning> {
    let named = facet::residue(message);
    if named.is_empty() || named.chars().count() > NAME_CHARS {
        return None;
    }
    let topics: Vec<_> = offer.choices.iter().filter_map(|id| edition.base.topics.get(&TopicId::parse(id)?)).collect();
    let mut fits: Vec<_> = topics.iter().map(|topic| (fit(&named, topic), *topic)).collect();
    fits.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (best, topic) = *fits.first()?;
    let next = fits.get(1).map_or(0.0, |(fit, _)| *fit);
    (best >= NAMED_AT && best >= next + NAMED_MORE).then(|| chosen_topic(topic.id.clone(), message, offer, edition))
}

/// The share of the pairs of characters in `named` that the topic's title or one of its tags holds; a single character counts as a pair.
#[expect(clippy::cast_precision_loss, reason = "names are short")]
fn fit(named: &str, topic: &Topic) -> f32 {
    let names: String =
        std::iter::once(&topic.title).chain(&topic.tags).map(|name| text::normalise(name) + "|").collect();
    let chars: Vec<char> = named.chars().collect();
    let pairs: BTreeSet<String> = chars.windows(2.min(chars.len())).map(|pair| pair.iter().collect()).collect();
    let held = pairs.iter().filter(|pair| names.contains(pair.as_str())).count();
    held as f32 / pairs.len().max(1) as f32
}
