//! What of a topic is compared: its questions and title as questions, its title and summary together as a passage.

use std::collections::HashSet;

use super::model::Side;
use crate::desk::knowledge::KnowledgeBase;
use crate::domain::text::{key, normalise};
use crate::domain::topic::{Topic, TopicId};

/// What part of a topic a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Its title.
    Title,
    /// A question that it answers.
    Question,
    /// A question that looks like it and belongs to another.
    Counter,
    /// Its title and summary.
    Body,
}

/// A text of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Passage {
    /// Ordinal of the topic among the ids in order.
    pub(super) owner: u32,
    pub(super) part: Part,
    /// As it is given to the model.
    pub(super) text: String,
}

impl Passage {
    /// The side it is read as.
    pub(super) fn side(&self) -> Side {
        if self.part == Part::Body { Side::Passage } else { Side::Question }
    }
}

/// All texts of a knowledge base, those of one topic together.
///
/// Facets are left out: they say how something is done, which topics have in common, and reading them takes ten times as long
/// as everything else. A counter-question is a question of the topic it belongs to as well.
pub(super) fn passages(base: &KnowledgeBase) -> Vec<Passage> {
    let mut passages = Vec::new();
    for (owner, topic) in (0..).zip(base.topics.values()) {
        let mut add = |part, text: &str| {
            let text = normalise(text);
            if !text.is_empty() {
                passages.push(Passage { owner, part, text });
            }
        };
        add(Part::Title, &topic.title);
        let mut seen = HashSet::new();
        for question in topic.questions.iter().map(String::as_str).chain(borrowed(base, &topic.id)) {
            if seen.insert(key(question)) {
                add(Part::Question, question);
            }
        }
        for counter in &topic.counter_questions {
            add(Part::Counter, &counter.text);
        }
        add(Part::Body, &body(topic));
    }
    passages
}

fn body(topic: &Topic) -> String {
    match (topic.title.is_empty(), topic.summary.is_empty()) {
        (_, true) => String::new(),
        (true, false) => topic.summary.clone(),
        (false, false) => format!("{}。{}", topic.title, topic.summary),
    }
}

/// Other topics' counter-questions that lead to `topic`.
fn borrowed<'a>(base: &'a KnowledgeBase, topic: &'a TopicId) -> impl Iterator<Item = &'a str> {
    let counters = base.topics.values().flat_map(|other| &other.counter_questions);
    counters.filter(move |counter| counter.topic == *topic).map(|counter| counter.text.as_str())
}
