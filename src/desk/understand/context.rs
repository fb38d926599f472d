//! What goes on from the turn before: half sentences, changes of topic, corrections.

use jiff::Timestamp;

use super::question::{Found, clarify, look_up};
use super::{CANDIDATES, LIKELY, Meaning, answer};
use crate::desk::dialogue::{Dialogue, Turn};
use crate::desk::knowledge::Edition;
use crate::desk::ports::RetrieveError;
use crate::domain::answer::{Candidate, Decision};
use crate::domain::correction::Correction;
use crate::domain::facet::{self, Asked, FacetQuestion};
use crate::domain::text;
use crate::domain::topic::{Facet, Topic, TopicId};

/// Another topic is named when its name fits by this much better.
const NAMED_BETTER: f32 = 0.05;

/// A message of at least so many characters that is answered this surely from another topic when it is read by itself, while the topic
/// talked about is this unlikely, is a whole question and no half sentence.
const WHOLE_CHARS: usize = 8;
const SURELY: f32 = 0.9;
const UNLIKELY: f32 = 0.1;

/// A message that moves on to another topic without naming it in full is at most this long.
const SWITCH_CHARS: usize = 14;

/// How many candidates such a message may mean.
const SWITCH_CHOICES: usize = 4;

/// Whoever moves on stays in the same field more often than not.
const NEAR_BY: f32 = 0.1;

/// Follow-ups that name only a facet are right this often on the development dialogues.
const FOLLOW_UP_CONFIDENCE: f32 = 0.95;

/// What else may be meant when an answer is denied: at most this many are offered.
const OTHERS_OFFERED: usize = 3;

/// The facets that a message asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Facets {
    /// In the first place.
    pub(super) first: Option<Asked>,
    /// Further ones.
    pub(super) also: Vec<Facet>,
}

impl Facets {
    /// Those that a normalised message asks for.
    pub(super) fn asked_in(message: &str) -> Self {
        facet::detect(message).map(Self::of).unwrap_or_default()
    }

    fn of(question: FacetQuestion) -> Self {
        Self { first: Some(question.asked), also: question.also }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// The first one, where money means what it does for `topic`.
    pub(super) fn first_of(&self, topic: Option<&Topic>) -> Option<Facet> {
        let asked = self.first?;
        Some(match topic {
            Some(topic) if asked.is_money => topic.money_facet(),
            _ => asked.facet,
        })
    }
}

/// What was talked about before.
struct Before {
    /// The topic answered from, or the likeliest of those that were offered; `None` when nothing was found.
    topic: Option<TopicId>,
    /// The question, normalised.
    question: String,
    /// The facet it was about.
    facet: Option<Facet>,
    /// What the company said it does not mean.
    not_meant: Vec<TopicId>,
}

impl Before {
    fn of(turn: &Turn, edition: &Edition) -> Self {
        let known = |id: &String| TopicId::parse(id).filter(|topic| edition.base.topics.contains_key(topic));
        Self {
            topic: turn.topic.as_ref().or(turn.choices.first()).and_then(known),
            question: text::normalise(&turn.question),
            facet: turn.facet.as_deref().and_then(|facet| facet.parse().ok()),
            not_meant: turn.not_meant.iter().filter_map(known).collect(),
        }
    }
}

/// Asks for a facet and names nothing, or a single character that can be no name.
fn is_bare(question: &FacetQuestion) -> bool {
    question.residue.chars().count() <= 1
}

/// One question after what was said before; `message` is normalised and without courtesies.
pub(super) fn question(
    message: &str,
    dialogue: &Dialogue,
    edition: &Edition,
    now: Timestamp,
) -> Result<Meaning, RetrieveError> {
    let before = dialogue.context(now).map(|turn| Before::of(turn, edition));
    // As it was typed, failing that as it was read: 材廖 for 材料.
    let detected = facet::detect(message).or_else(|| facet::detect(&edition.index.read(message).text));
    let is_bare = detected.as_ref().is_some_and(is_bare);
    let is_naming = detected.as_ref().is_none_or(|question| question.names_generic && !question.is_pointing);
    let mut facets = detected.map(Facets::of).unwrap_or_default();
    // 要多久 - 请问您想了解哪件事的 - 公司注销.
    if facets.is_empty()
        && let Some(before) = before.as_ref().filter(|before| before.topic.is_none())
    {
        facets.first = before.facet.map(|facet| Asked { facet, is_money: false });
    }
    let topic = before.as_ref().and_then(|before| before.topic.clone());
    if let Some(topic) = &topic
        && is_bare
        && !is_naming
    {
        return Ok(follow_up(topic, &facets, Vec::new(), edition));
    }
    let found = look_up(message, &[], edition)?;
    if let Some(before) = &before
        && let Some(meaning) = going_on(message, before, &facets, is_bare, &found, edition)?
    {
        return Ok(meaning);
    }
    // Whatever a facet alone resembles, it resembles by chance.
    let alone = facets.first.filter(|_| is_bare && before.is_none());
    Ok(match (found.decision, alone) {
        (Decision::Answer(best), _) => answer(best, &facets, found.candidates, edition),
        (Decision::Clarify(_) | Decision::Decline, Some(asked)) => Meaning::WhichMatter(asked.facet),
        (Decision::Clarify(choices), None) => clarify(choices, found.candidates, edition),
        (Decision::Decline, None) => Meaning::Decline { candidates: found.candidates },
    })
}

/// A message that goes on from what was talked about; `None` when it stands by itself.
fn going_on(
    message: &str,
    before: &Before,
    facets: &Facets,
    is_bare: bool,
    found: &Found,
    edition: &Edition,
) -> Result<Option<Meaning>, RetrieveError> {
    match &before.topic {
        None if is_bare => return together(message, before, facets, edition).map(Some),
        Some(topic) if !facets.is_empty() && !names_another(message, topic, found, edition) => {
            return Ok(Some(follow_up(topic, facets, found.candidates.clone(), edition)));
        }
        _ => {}
    }
    let is_open = !matches!(found.decision, Decision::Answer(_));
    let is_moving_on = facet::is_moving_on(message);
    if !is_open && !is_moving_on {
        return Ok(None);
    }
    let Some(best) = switched(message, before, found, edition)? else { return Ok(None) };
    // Whoever does not say that they move on must name what they move on to.
    let is_named = || {
        let residue = facet::residue(message);
        edition.base.topics.get(&best.topic).is_some_and(|topic| is_called(topic, message, &residue))
    };
    if !is_moving_on && !is_named() {
        return Ok(None);
    }
    let facets = if facets.is_empty() { before.inherited(&best.topic, edition) } else { facets.clone() };
    Ok(Some(answer(best, &facets, found.candidates.clone(), edition)))
}

impl Before {
    /// 注销要多久, 那变更呢: the same is asked of another topic, if that topic has it.
    fn inherited(&self, topic: &TopicId, edition: &Edition) -> Facets {
        let has = |facet: &Facet| edition.base.topics.get(topic).is_some_and(|topic| topic.facets.contains_key(facet));
        let first = self.facet.filter(has).map(|facet| Asked { facet, is_money: false });
        Facets { first, also: Vec::new() }
    }
}

/// Nothing was found for the question before: a half sentence may complete it, and means nothing by itself.
fn together(message: &str, before: &Before, facets: &Facets, edition: &Edition) -> Result<Meaning, RetrieveError> {
    let likely_at = LIKELY;
    let found = look_up(&format!("{} {message}", before.question), &before.not_meant, edition)?;
    if let Some(best) = found.clear_best(likely_at) {
        return Ok(answer(best, facets, found.candidates, edition));
    }
    Ok(match found.decision {
        Decision::Answer(best) => answer(best, facets, found.candidates, edition),
        Decision::Clarify(choices) => clarify(choices, found.candidates, edition),
        Decision::Decline => {
            let may_be = |other: &&Candidate| other.confidence >= likely_at / 2.0;
            let choices: Vec<_> = found.candidates.iter().filter(may_be).take(OTHERS_OFFERED).cloned().collect();
            match choices.len() {
                0 | 1 => Meaning::Decline { candidates: found.candidates },
                _ => clarify(choices, found.candidates, edition),
            }
        }
    })
}

/// Tells whether a message that asks for a facet names another topic: one that it surely means when it is read by itself; or one
/// that may well be meant, and that is called by its name, or else fits the message better by its name, where the words are not to
/// be found in the topic talked about.
fn names_another(message: &str, topic: &TopicId, found: &Found, edition: &Edition) -> bool {
    let Some(best) = found.candidates.first() else { return false };
    if best.topic == *topic || best.confidence < LIKELY {
        return false;
    }
    let of = |id: &TopicId| edition.base.topics.get(id);
    let residue = facet::residue(message);
    // 小型微利企业要满足哪些条件 - 搞研发花的钱能多抵多少企业所得税: a whole question of its own.
    if matches!(&found.decision, Decision::Answer(answered) if answered.topic == best.topic)
        && best.confidence >= SURELY
        && found.confidence(topic) < UNLIKELY
        && message.chars().count() >= WHOLE_CHARS
    {
        return true;
    }
    if of(&best.topic).is_some_and(|other| {
        is_called(other, message, &residue) && !of(topic).is_some_and(|topic| is_called(topic, message, &residue))
    }) {
        return true;
    }
    let is_of_topic = of(topic).is_some_and(|topic| speaks_of(topic, &residue));
    !is_of_topic && found.named(&best.topic) > found.named(topic) + NAMED_BETTER
}

/// Names shorter than this are parts of too many words.
const NAME_CHARS: usize = 2;

/// Tells whether a message calls a topic by its name: holds its title or a tag, or the beginning of one is all it holds.
fn is_called(topic: &Topic, message: &str, residue: &str) -> bool {
    std::iter::once(&topic.title).chain(&topic.tags).any(|name| {
        let name = text::normalise(name);
        name.chars().count() >= NAME_CHARS
            && (message.contains(&name) || (residue.chars().count() >= NAME_CHARS && name.starts_with(residue)))
    })
}

/// Tells whether the topic's own text holds what a message names.
fn speaks_of(topic: &Topic, residue: &str) -> bool {
    let texts = std::iter::once(&topic.summary).chain(topic.facets.values().flatten()).chain(&topic.questions);
    !residue.is_empty() && texts.into_iter().any(|text| text.contains(residue))
}

/// A short message that moves on: "那…呢". Read by itself, without its small words, and together with the question before it;
/// the topic talked about is left out, since whoever moves on does not mean it.
fn switched(
    message: &str,
    before: &Before,
    found: &Found,
    edition: &Edition,
) -> Result<Option<Candidate>, RetrieveError> {
    if message.chars().count() > SWITCH_CHARS {
        return Ok(None);
    }
    let combined = look_up(&format!("{} {message}", before.question), &[], edition)?;
    let named = look_up(&facet::residue(message), &[], edition)?;
    let category = before.topic.as_ref().map(TopicId::category);
    let score = |topic: &TopicId| {
        let by_itself = found.confidence(topic).max(named.confidence(topic));
        let is_near = category == Some(topic.category());
        by_itself + combined.confidence(topic) + if is_near { NEAR_BY } else { 0.0 }
    };
    let best = found
        .candidates
        .iter()
        .take(SWITCH_CHOICES)
        .chain(named.candidates.iter().take(SWITCH_CHOICES))
        .filter(|candidate| Some(&candidate.topic) != before.topic.as_ref())
        .map(|candidate| (candidate, score(&candidate.topic)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    Ok(best.filter(|(_, sum)| *sum >= LIKELY).map(|(candidate, sum)| Candidate {
        topic: candidate.topic.clone(),
        confidence: sum.min(FOLLOW_UP_CONFIDENCE),
    }))
}

/// What a correction means; `None` when nothing was said that it could correct.
pub(super) fn corrected(
    correction: &Correction<'_>,
    dialogue: &Dialogue,
    edition: &Edition,
    now: Timestamp,
) -> Result<Option<Meaning>, RetrieveError> {
    let Some(turn) = dialogue.context(now) else { return Ok(None) };
    let before = Before::of(turn, edition);
    let mut not_meant = before.not_meant.clone();
    if correction.is_denial {
        not_meant.extend(before.topic.clone());
    }
    if correction.meant.is_empty() {
        return Ok(Some(denied(&before, &not_meant, edition)?));
    }
    let detected = facet::detect(correction.meant);
    let is_bare = detected.as_ref().is_some_and(is_bare);
    let mut facets = detected.map(Facets::of).unwrap_or_default();
    if let Some(topic) = &before.topic
        && is_bare
    {
        return Ok(Some(follow_up(topic, &facets, Vec::new(), edition)));
    }
    let by_itself = look_up(correction.meant, &not_meant, edition)?;
    let found = match by_itself.decision {
        Decision::Answer(_) => by_itself,
        // A few words may need the question they correct.
        _ => {
            let combined = look_up(&format!("{} {}", before.question, correction.meant), &not_meant, edition)?;
            if likelier(&combined, &by_itself) { combined } else { by_itself }
        }
    };
    // Whoever corrects names what is meant: a candidate that stands out will do.
    let clear = found.clear_best(LIKELY).map(Decision::Answer);
    Ok(Some(match clear.unwrap_or(found.decision) {
        Decision::Answer(best) => {
            if facets.is_empty() {
                facets = before.inherited(&best.topic, edition);
            }
            answer(best, &facets, found.candidates, edition)
        }
        Decision::Clarify(choices) => clarify(choices, found.candidates, edition),
        Decision::Decline => Meaning::Decline { candidates: found.candidates },
    }))
}

fn likelier(one: &Found, other: &Found) -> bool {
    let best = |found: &Found| found.candidates.first().map_or(0.0, |best| best.confidence);
    best(one) > best(other)
}

/// 不对, and nothing else: what else the question before may have meant.
fn denied(before: &Before, not_meant: &[TopicId], edition: &Edition) -> Result<Meaning, RetrieveError> {
    let found = look_up(&before.question, not_meant, edition)?;
    let likely_at = LIKELY;
    let choices = found.candidates.into_iter().filter(|other| other.confidence >= likely_at / 2.0);
    Ok(Meaning::Denied { choices: choices.take(OTHERS_OFFERED).collect() })
}

fn follow_up(topic: &TopicId, facets: &Facets, found: Vec<Candidate>, edition: &Edition) -> Meaning {
    debug_assert!(found.len() <= CANDIDATES, "the index was asked for no more");
    answer(Candidate { topic: topic.clone(), confidence: FOLLOW_UP_CONFIDENCE }, facets, found, edition)
}
