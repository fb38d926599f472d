//! Known questions, asked of two editions.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::thread;

use jiff::Timestamp;
use serde::Serialize;

use crate::desk::dialogue::Dialogue;
use crate::desk::knowledge::{Edition, KnowledgeBase};
use crate::desk::ports::RetrieveError;
use crate::desk::reply::Status;
use crate::desk::understand::{Meaning, understand};
use crate::domain::text;
use crate::domain::topic::Topic;

/// A question whose answer somebody relies on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownQuestion {
    /// The question.
    pub question: String,
    /// Whether it is a golden one; otherwise it stands in a topic.
    pub is_golden: bool,
}

/// What a question comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answered {
    /// As in the reply to a message.
    pub status: Status,
    /// The topic of an answer, or the choices of a question back, best first.
    pub topics: Vec<String>,
    /// The facet of an answer.
    pub facet: Option<String>,
}

impl Answered {
    /// Tells whether a person would call the two the same: the order of choices does not matter.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let set = |answered: &Self| answered.topics.iter().cloned().collect::<BTreeSet<_>>();
        self.status == other.status && self.facet == other.facet && set(self) == set(other)
    }
}

/// A question that is answered differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnswerChange {
    /// The question.
    pub question: String,
    /// Whether it is a golden one.
    pub is_golden: bool,
    /// What it came to.
    pub before: Answered,
    /// What it comes to.
    pub after: Answered,
}

/// Which known questions are answered differently.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AnswerDifference {
    /// How many golden questions were asked.
    pub golden_asked: usize,
    /// How many of the topics' own questions were asked.
    pub topic_questions_asked: usize,
    /// How many of those there are, golden ones left out.
    pub topic_questions: usize,
    /// Those that are answered differently, golden ones first.
    pub changed: Vec<AnswerChange>,
}

/// The golden questions of both editions, then at most `limit` of their topics' own ones: every topic's first question before
/// any topic's second one, so that each topic is tried. Each question once.
pub fn known_questions(before: &KnowledgeBase, after: &KnowledgeBase, limit: usize) -> Vec<KnownQuestion> {
    let mut seen = BTreeSet::new();
    let mut known = Vec::new();
    for golden in after.golden.iter().chain(&before.golden) {
        if seen.insert(text::key(&golden.question)) {
            known.push(KnownQuestion { question: golden.question.clone(), is_golden: true });
        }
    }
    let golden = known.len();
    let topics: Vec<&Topic> = before.topics.values().chain(after.topics.values()).collect();
    let longest = topics.iter().map(|topic| topic.questions.len()).max().unwrap_or(0);
    for question in (0..longest).flat_map(|at| topics.iter().filter_map(move |topic| topic.questions.get(at))) {
        if known.len() - golden == limit {
            break;
        }
        if seen.insert(text::key(question)) {
            known.push(KnownQuestion { question: question.clone(), is_golden: false });
        }
    }
    known
}

/// Asks `known` of both editions, each question as the first of a conversation.
///
/// # Errors
///
/// Returns [`RetrieveError`] when one of the indexes cannot be searched.
pub fn compare_answers(
    before: &Edition,
    after: &Edition,
    known: &[KnownQuestion],
) -> Result<AnswerDifference, RetrieveError> {
    let golden_asked = known.iter().filter(|known| known.is_golden).count();
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = known.len().div_ceil(threads).max(1);
    let changed = thread::scope(|scope| {
        let parts: Vec<_> =
            known.chunks(share).map(|part| scope.spawn(move || changed_in(before, after, part))).collect();
        let mut changed = Vec::new();
        for part in parts {
            changed.extend(part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(changed)
    })?;
    let all = known_questions(&before.base, &after.base, usize::MAX).len();
    Ok(AnswerDifference {
        golden_asked,
        topic_questions_asked: known.len() - golden_asked,
        topic_questions: all - golden_asked,
        changed,
    })
}

fn changed_in(before: &Edition, after: &Edition, known: &[KnownQuestion]) -> Result<Vec<AnswerChange>, RetrieveError> {
    let mut changed = Vec::new();
    for KnownQuestion { question, is_golden } in known {
        let (before, after) = (answered(question, before)?, answered(question, after)?);
        if !before.is_like(&after) {
            changed.push(AnswerChange { question: question.clone(), is_golden: *is_golden, before, after });
        }
    }
    Ok(changed)
}

fn answered(question: &str, edition: &Edition) -> Result<Answered, RetrieveError> {
    let meaning = understand(question, &Dialogue::default(), edition, Timestamp::UNIX_EPOCH)?;
    let (status, topics, facet) = match meaning {
        Meaning::Answer { topic, facet, .. } => (Status::Answer, vec![topic.to_string()], facet),
        Meaning::Clarify { choices, .. } => {
            (Status::Clarify, choices.iter().map(|choice| choice.topic.to_string()).collect(), None)
        }
        Meaning::Several { answers, .. } => (Status::Answer, answers.iter().filter_map(topic_of).collect(), None),
        Meaning::Denied { .. } | Meaning::WhichMatter(_) | Meaning::Decline { .. } => {
            (Status::Decline, Vec::new(), None)
        }
        Meaning::Human | Meaning::NoneOfThese(_) => (Status::Handoff, Vec::new(), None),
        Meaning::Progress => (Status::Progress, Vec::new(), None),
        Meaning::SmallTalk(_) | Meaning::Afresh => (Status::Smalltalk, Vec::new(), None),
        Meaning::Abuse(_) | Meaning::Personal | Meaning::TooLong | Meaning::Unreadable => {
            (Status::Rejected, Vec::new(), None)
        }
    };
    Ok(Answered { status, topics, facet: facet.map(|facet| facet.to_string()) })
}

fn topic_of(meaning: &Meaning) -> Option<String> {
    if let Meaning::Answer { topic, .. } = meaning { Some(topic.to_string()) } else { None }
}
