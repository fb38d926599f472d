//! A knowledge base as passages, in the order of its topics.

use std::collections::{HashMap, HashSet};

use super::schema::Kind;
use crate::desk::knowledge::KnowledgeBase;
use crate::domain::text::key;
use crate::domain::topic::{Topic, TopicId};

/// A piece of text that is found by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Passage {
    /// Ordinal of the topic it belongs to; the number of topics where it belongs to none.
    pub(super) owner: u32,
    /// What part of the topic it is.
    pub(super) kind: Kind,
    /// Its text, as written.
    pub(super) text: String,
}

/// All passages of a knowledge base; a topic's ordinal is its place among the ids in order.
///
/// A counter-question is a question of the topic it belongs to as well: somebody has said where it leads.
pub(super) fn passages(base: &KnowledgeBase) -> Vec<Passage> {
    let borrowed = borrowed_questions(base);
    let mut passages = Vec::new();
    for (owner, topic) in (0..).zip(base.topics.values()) {
        let mut add = |kind, text: String| {
            if !text.is_empty() {
                passages.push(Passage { owner, kind, text });
            }
        };
        add(Kind::Title, [std::slice::from_ref(&topic.title), topic.tags.as_slice()].concat().join("\n"));
        let mut seen = HashSet::new();
        let borrowed = borrowed.get(&topic.id).into_iter().flatten().copied();
        for question in topic.questions.iter().map(String::as_str).chain(borrowed) {
            if seen.insert(key(question)) {
                add(Kind::Question, question.to_owned());
            }
        }
        for counter in &topic.counter_questions {
            add(Kind::Counter, counter.text.clone());
        }
        for body in bodies(topic).into_iter().chain(documents(base, &topic.id)) {
            add(Kind::Body, body);
        }
    }
    let nobody = u32::try_from(base.topics.len()).unwrap_or(u32::MAX);
    let outside = base.lexicon.outside.iter().flat_map(|matters| &matters.names);
    passages.extend(outside.map(|name| Passage { owner: nobody, kind: Kind::Outside, text: name.clone() }));
    passages
}

/// Counter-questions by the topic that they lead to.
fn borrowed_questions(base: &KnowledgeBase) -> HashMap<&TopicId, Vec<&str>> {
    let mut borrowed: HashMap<&TopicId, Vec<&str>> = HashMap::new();
    for counter in base.topics.values().flat_map(|other| &other.counter_questions) {
        borrowed.entry(&counter.topic).or_default().push(&counter.text);
    }
    borrowed
}

/// The documents that belong to `topic`: what they are, and each of their passages below its headings.
fn documents<'a>(base: &'a KnowledgeBase, topic: &'a TopicId) -> impl Iterator<Item = String> {
    let own = base.documents.values().filter(move |document| document.topics.contains(topic));
    own.flat_map(|document| {
        let names = [Some(&document.title), document.doc_no.as_ref(), document.issuer.as_ref()];
        let name = names.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
        let passages = document.passages.iter().map(|passage| format!("{}\n{}", passage.heading, passage.text));
        std::iter::once(name).chain(passages)
    })
}

/// The summary, each facet, and the documents with their numbers.
fn bodies(topic: &Topic) -> Vec<String> {
    let mut bodies = vec![topic.summary.clone()];
    bodies.extend(topic.facets.values().map(|lines| lines.join("\n")));
    let documents: Vec<String> = topic
        .citations
        .iter()
        .map(|citation| {
            let parts = [Some(&citation.title), citation.doc_no.as_ref(), citation.issuer.as_ref()];
            parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ")
        })
        .collect();
    bodies.push(documents.join("\n"));
    bodies
}
