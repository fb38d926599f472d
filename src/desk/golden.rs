//! The golden run: questions that must keep their answer, asked of an edition before it is published.

use jiff::Timestamp;

use super::dialogue::Dialogue;
use super::knowledge::Edition;
use super::ports::RetrieveError;
use super::understand::{Meaning, understand};
use crate::domain::topic::Facet;

/// A golden question that did not get its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldenFailure {
    /// The question.
    pub question: String,
    /// The topic that must come first; `None` when it must not be answered.
    pub expected: Option<String>,
    /// The facet that the answer must be about, where that matters.
    pub facet: Option<Facet>,
    /// What came instead.
    pub got: String,
}

/// Asks every golden question of `edition`.
///
/// A question with a topic passes when it is answered from that topic, about the facet that is wanted where one is, or asked
/// back with that topic among the choices: an open question is not a wrong answer. A question without a topic passes when it
/// is not answered.
///
/// # Errors
///
/// Returns [`RetrieveError`] when the index cannot be searched.
pub fn run_golden(edition: &Edition) -> Result<Vec<GoldenFailure>, RetrieveError> {
    let mut failures = Vec::new();
    for golden in &edition.base.golden {
        let meaning = understand(&golden.question, &Dialogue::default(), edition, Timestamp::UNIX_EPOCH)?;
        let passes = match (&golden.topic, &meaning) {
            (Some(expected), Meaning::Answer { topic, facet, .. }) => {
                topic == expected && (golden.facet.is_none() || golden.facet == *facet)
            }
            (Some(expected), Meaning::Clarify { choices, .. }) => {
                choices.iter().any(|choice| choice.topic == *expected)
            }
            (Some(_), _) => false,
            (None, meaning) => !matches!(meaning, Meaning::Answer { .. }),
        };
        if !passes {
            let facet = match &meaning {
                Meaning::Answer { facet, .. } if golden.facet.is_some() => *facet,
                _ => None,
            };
            let facet = facet.map(|facet| format!(" {facet}")).unwrap_or_default();
            failures.push(GoldenFailure {
                question: golden.question.clone(),
                expected: golden.topic.as_ref().map(ToString::to_string),
                facet: golden.facet,
                got: describe(&meaning) + &facet,
            });
        }
    }
    Ok(failures)
}

/// A meaning in a few words, for reports.
pub(super) fn describe(meaning: &Meaning) -> String {
    match meaning {
        Meaning::Answer { topic, .. } => format!("answer {topic}"),
        Meaning::Clarify { choices, .. } => {
            let topics: Vec<_> = choices.iter().map(|choice| choice.topic.as_str()).collect();
            format!("clarify {}", topics.join(" "))
        }
        Meaning::Several { answers, .. } => answers.iter().map(describe).collect::<Vec<_>>().join(" and "),
        Meaning::Decline { .. } | Meaning::Personal => "decline".to_owned(),
        Meaning::Denied { .. } | Meaning::NoneOfThese(_) => "corrected".to_owned(),
        Meaning::WhichMatter(facet) => format!("which matter, for {facet}"),
        Meaning::Human => "human".to_owned(),
        Meaning::Progress => "progress".to_owned(),
        Meaning::SmallTalk(_) | Meaning::Afresh => "smalltalk".to_owned(),
        Meaning::Abuse(_) | Meaning::Unreadable | Meaning::TooLong => "rejected".to_owned(),
    }
}
