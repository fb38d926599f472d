//! What the kept questions teach: groups that ask for the same, and the beginning of a topic made from one. Pure.
//!
//! Nothing here publishes anything: a draft is material for a person. Absent: reading, writing and the form of a file.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use pinyin::ToPinyin;

use super::changes::TicketMessage;
use super::dialogue::CONTEXT_LASTS;
use super::knowledge::KnowledgeBase;
use super::questions::{OpenQuestion, Reason};
use crate::domain::ticket::{Actor, State, Ticket};
use crate::domain::topic::TopicId;
use crate::domain::{likeness, privacy, text};

/// A draft begins with at most this many wordings.
const WORDINGS: usize = 12;

/// Syllables of a name made from a question.
const NAME_SYLLABLES: usize = 6;

/// Names are numbered up to this.
const MOST_NAMESAKES: u32 = 999;

/// Questions that ask for the same.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionGroup {
    /// The number of its first question, by which people name it; the number of any other one also finds it.
    pub id: i64,
    /// The questions, the most typical one first, the others in the order of asking.
    pub questions: Vec<OpenQuestion>,
    /// How many conversations they come from; those without one to come back to count as one.
    pub askers: usize,
    /// When the first was asked.
    pub first_at: Timestamp,
    /// When the last was asked.
    pub last_at: Timestamp,
    /// The topic that was guessed for half of the questions or more, if one exists.
    pub nearest_topic: Option<TopicId>,
    /// The draft that was made from it.
    pub draft: Option<TopicId>,
}

impl QuestionGroup {
    /// The most typical question, masked.
    #[must_use]
    pub fn representative(&self) -> &str {
        self.questions.first().map_or("", |question| question.text.as_str())
    }

    /// How often each reason occurs, the gravest first.
    #[must_use]
    pub fn reasons(&self) -> Vec<(Reason, usize)> {
        let mut counts = BTreeMap::new();
        for question in &self.questions {
            *counts.entry(question.reason).or_insert(0) += 1;
        }
        counts.into_iter().rev().collect()
    }

    /// Whether somebody still has to look at it.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.draft.is_none()
    }

    fn new(questions: Vec<OpenQuestion>, base: &KnowledgeBase) -> Option<Self> {
        let first = questions.iter().min_by_key(|question| (question.at, question.id))?;
        let last_at = questions.iter().map(|question| question.at).max()?;
        let (id, first_at) = (first.id, first.at);
        let askers: BTreeSet<_> = questions.iter().map(|question| question.asker.as_deref()).collect();
        let mut guesses: BTreeMap<&TopicId, usize> = BTreeMap::new();
        for topic in questions.iter().filter_map(|question| question.topic.as_ref()) {
            if base.topics.contains_key(topic) {
                *guesses.entry(topic).or_default() += 1;
            }
        }
        let nearest_topic = guesses
            .iter()
            .rev()
            .max_by_key(|(_, count)| **count)
            .filter(|(_, count)| **count * 2 >= questions.len())
            .map(|(topic, _)| (*topic).clone());
        let draft = questions.iter().rev().find_map(|question| question.draft.clone());
        Some(Self { id, askers: askers.len(), first_at, last_at, nearest_topic, draft, questions })
    }
}

/// Groups open questions by likeness, most asked first; the questions of `base` tell common words from rare ones.
///
/// A question back that may still be answered at `now` is left out.
#[must_use]
pub fn group(questions: Vec<OpenQuestion>, base: &KnowledgeBase, now: Timestamp) -> Vec<QuestionGroup> {
    let is_settled = |question: &OpenQuestion| {
        question.reason != Reason::AskedBack || now.duration_since(question.at) > CONTEXT_LASTS
    };
    let mut questions: Vec<_> = questions.into_iter().filter(is_settled).collect();
    questions.sort_by_key(|question| (question.at, question.id));
    let plain: Vec<_> = questions.iter().map(|question| privacy::without_masks(&question.text)).collect();
    let plain: Vec<_> = plain.iter().map(String::as_str).collect();
    let background: Vec<_> =
        base.topics.values().flat_map(|topic| topic.questions.iter().map(String::as_str)).collect();
    let mut questions: Vec<_> = questions.into_iter().map(Some).collect();
    let mut groups: Vec<_> = likeness::groups(&plain, &background)
        .into_iter()
        .filter_map(|members| {
            let members = members.into_iter().filter_map(|at| questions.get_mut(at)?.take()).collect();
            QuestionGroup::new(members, base)
        })
        .collect();
    groups.sort_by(|a, b| {
        (b.askers, b.questions.len(), a.first_at, a.id).cmp(&(a.askers, a.questions.len(), b.first_at, b.id))
    });
    groups
}

/// What a draft is made from.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'a> {
    /// A group of questions.
    Group(&'a QuestionGroup),
    /// A closed ticket with what was written on it.
    Ticket(&'a Ticket, &'a [TicketMessage]),
}

/// The beginning of a topic, for a person to complete.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicDraft {
    /// Its id.
    pub id: TopicId,
    /// What it was made from, for the audit log and the file: `group 17` or a ticket number.
    pub origin: String,
    /// How many asked, and when: from a group.
    pub asked: Option<(usize, usize, Timestamp, Timestamp)>,
    /// Differently worded questions without personal data, the most typical first.
    pub questions: Vec<String>,
    /// Questions that hold masked data: to be worded anew.
    pub masked_questions: Vec<String>,
    /// Masked words of the commissioner, as raw material.
    pub material: Vec<String>,
    /// The departments of the nearest topic, to be checked.
    pub competent: Vec<String>,
    /// The nearest topic, with its title: it may be better to complete that one.
    pub nearest: Option<(TopicId, String)>,
}

/// Why no draft can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftRefusal {
    /// No category is known.
    #[error("no category is known")]
    NoCategory,
    /// Category or name are no words of a topic id.
    #[error("category and name do not make a topic id")]
    BadName,
    /// The ticket is not closed.
    #[error("the ticket is not closed")]
    NotClosed,
    /// There is no other free name.
    #[error("no name is free")]
    NoFreeName,
}

/// Begins a topic from a group or a closed ticket.
///
/// `category` and `name` are chosen by the nearest topic and the first question where absent; `is_taken` tells which ids are
/// in use. What people wrote is masked.
///
/// # Errors
///
/// Returns [`DraftRefusal`]; nothing was made.
pub fn draft(
    origin: Origin<'_>,
    category: Option<&str>,
    name: Option<&str>,
    base: &KnowledgeBase,
    is_taken: impl Fn(&TopicId) -> bool,
) -> Result<TopicDraft, DraftRefusal> {
    let (words, nearest): (Vec<String>, _) = match origin {
        Origin::Group(group) => {
            let words = group.questions.iter().map(|question| question.text.clone()).collect();
            (words, group.nearest_topic.clone())
        }
        Origin::Ticket(ticket, _) if ticket.state != State::Closed => return Err(DraftRefusal::NotClosed),
        Origin::Ticket(ticket, _) => {
            (vec![privacy::mask(&ticket.submission.question)], ticket.submission.topic.clone())
        }
    };
    let nearest = nearest.and_then(|topic| base.topics.get(&topic));
    let category = category.or(nearest.map(|topic| topic.id.category())).ok_or(DraftRefusal::NoCategory)?;
    let id = match name {
        Some(name) => topic_id(category, name).filter(|id| !is_taken(id)).ok_or(DraftRefusal::BadName)?,
        None => free_id(category, words.first().map_or("", String::as_str), is_taken)?,
    };
    let mut seen = BTreeSet::new();
    let distinct = words.into_iter().filter(|words| seen.insert(text::key(words))).take(WORDINGS);
    let (masked_questions, questions) = distinct.partition(|words| privacy::is_masked(words));
    Ok(TopicDraft {
        id,
        origin: match origin {
            Origin::Group(group) => format!("group {}", group.id),
            Origin::Ticket(ticket, _) => ticket.number.to_string(),
        },
        asked: match origin {
            Origin::Group(group) => Some((group.questions.len(), group.askers, group.first_at, group.last_at)),
            Origin::Ticket(..) => None,
        },
        questions,
        masked_questions,
        material: match origin {
            Origin::Group(_) => Vec::new(),
            Origin::Ticket(_, messages) => replies(messages),
        },
        competent: nearest.map(|topic| topic.competent.clone()).unwrap_or_default(),
        nearest: nearest.map(|topic| (topic.id.clone(), topic.title.clone())),
    })
}

/// What commissioners wrote to the company, masked.
fn replies(messages: &[TicketMessage]) -> Vec<String> {
    let by_commissioner = messages.iter().filter(|message| matches!(message.from, Actor::Commissioner(_)));
    by_commissioner.map(|message| privacy::mask(&message.text)).collect()
}

fn topic_id(category: &str, name: &str) -> Option<TopicId> {
    TopicId::parse(&format!("{category}/{name}"))
}

/// A name from the first syllables of a question: `wu-ren-ji-fei-xing`; numbered when it is taken.
fn free_id(category: &str, question: &str, is_taken: impl Fn(&TopicId) -> bool) -> Result<TopicId, DraftRefusal> {
    let key = text::key(&privacy::without_masks(question));
    let syllables: Vec<_> = key.chars().filter_map(|c| c.to_pinyin()).map(pinyin::Pinyin::plain).collect();
    let mut name = syllables.iter().take(NAME_SYLLABLES).map(|syllable| syllable.replace('ü', "v")).collect::<Vec<_>>();
    if name.is_empty() {
        name.push("topic".to_owned());
    }
    let name = name.join("-");
    let plain = topic_id(category, &name).ok_or(DraftRefusal::BadName)?;
    let numbered = (2..=MOST_NAMESAKES).filter_map(|number| topic_id(category, &format!("{name}-{number}")));
    std::iter::once(plain).chain(numbered).find(|id| !is_taken(id)).ok_or(DraftRefusal::NoFreeName)
}

#[cfg(test)]
mod tests;
