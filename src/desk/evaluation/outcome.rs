//! What came of one labelled row.

use serde::{Deserialize, Serialize};

use super::super::golden::describe;
use super::super::understand::Meaning;
use super::labelled::{FollowUp, OutOfScope, Question, WishForPerson};
use crate::domain::topic::TopicId;

/// What sort of row it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// A question in scope.
    Question,
    /// A message out of scope.
    OutOfScope,
    /// A half sentence about the topic before.
    FollowUp,
    /// A half sentence about another topic.
    Switch,
    /// A wish for a person.
    Human,
    /// What only looks like one.
    NotHuman,
}

/// What came of one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The row.
    pub id: String,
    /// What sort of row.
    pub sort: Sort,
    /// The style of a question, the kind of a message out of scope, the facet of a follow-up.
    pub style: String,
    /// The category of the right topic; empty where there is none.
    pub category: String,
    /// Whether it went as it should: a question answered rightly or asked back with the right topic among the choices, a message
    /// out of scope not answered, a follow-up understood, a wish recognised.
    pub is_right: bool,
    /// The right topic came first.
    pub is_first: bool,
    /// It was among the first three.
    pub is_in_three: bool,
    /// It was answered.
    pub is_answered: bool,
    /// It was asked back.
    pub is_clarified: bool,
    /// It was declined.
    pub is_declined: bool,
    /// The first candidate's confidence; `None` where nothing was searched.
    pub confidence: Option<f32>,
    /// The message.
    pub text: String,
    /// What was right.
    pub expected: String,
    /// What came.
    pub got: String,
}

impl Outcome {
    fn new(id: &str, sort: Sort, style: &str, text: &str, expected: String, meaning: &Meaning) -> Self {
        Self {
            id: id.to_owned(),
            sort,
            style: style.to_owned(),
            category: String::new(),
            is_right: false,
            is_first: false,
            is_in_three: false,
            is_answered: matches!(meaning, Meaning::Answer { .. }),
            is_clarified: matches!(meaning, Meaning::Clarify { .. }),
            is_declined: matches!(meaning, Meaning::Decline { .. }),
            confidence: candidates(meaning).first().map(|(_, confidence)| *confidence),
            text: text.to_owned(),
            expected,
            got: describe(meaning),
        }
    }

    /// Of a question in scope.
    pub(super) fn of_question(question: &Question, meaning: &Meaning) -> Self {
        let is_right = |topic: &TopicId| question.topics.contains(topic);
        let position = candidates(meaning).iter().position(|(topic, _)| is_right(topic));
        let expected: Vec<_> = question.topics.iter().map(TopicId::as_str).collect();
        Self {
            category: question.topics.first().map_or("", TopicId::category).to_owned(),
            is_right: match meaning {
                Meaning::Answer { topic, .. } => is_right(topic),
                Meaning::Clarify { choices, .. } => choices.iter().any(|choice| is_right(&choice.topic)),
                _ => false,
            },
            is_first: position == Some(0),
            is_in_three: position.is_some_and(|position| position < 3),
            ..Self::new(&question.id, Sort::Question, &question.style, &question.text, expected.join("|"), meaning)
        }
    }

    /// Of a message out of scope.
    pub(super) fn of_out_of_scope(other: &OutOfScope, meaning: &Meaning) -> Self {
        let outcome =
            Self::new(&other.id, Sort::OutOfScope, &other.kind, &other.text, "not answered".to_owned(), meaning);
        Self { is_right: !outcome.is_answered, ..outcome }
    }

    /// Of the second of two messages.
    pub(super) fn of_follow_up(row: &FollowUp, meaning: &Meaning) -> Self {
        let sort = if row.is_switch() { Sort::Switch } else { Sort::FollowUp };
        let is_right = match meaning {
            Meaning::Answer { topic, facet, .. } => {
                *topic == row.topic && (row.is_switch() || facet.map(<&str>::from) == Some(row.facet.as_str()))
            }
            _ => false,
        };
        Self {
            category: row.topic.category().to_owned(),
            is_right,
            ..Self::new(&row.id, sort, &row.facet, &row.second, format!("{} {}", row.topic, row.facet), meaning)
        }
    }

    /// Of a wish for a person, or what looks like one.
    pub(super) fn of_wish(row: &WishForPerson, meaning: &Meaning) -> Self {
        let (sort, expected) = if row.wants_human { (Sort::Human, "human") } else { (Sort::NotHuman, "not human") };
        let is_taken = matches!(meaning, Meaning::Human);
        Self {
            is_right: is_taken == row.wants_human,
            ..Self::new(&row.id, sort, "", &row.text, expected.to_owned(), meaning)
        }
    }

    /// Whether an answer came from the wrong topic.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.sort == Sort::Question && self.is_answered && !self.is_right
    }
}

fn candidates(meaning: &Meaning) -> Vec<(TopicId, f32)> {
    match meaning {
        Meaning::Answer { candidates, .. } | Meaning::Clarify { candidates, .. } | Meaning::Decline { candidates } => {
            candidates.iter().map(|candidate| (candidate.topic.clone(), candidate.confidence)).collect()
        }
        _ => Vec::new(),
    }
}
