//! How good the answers are, on labelled messages: accuracy, honesty, calibration. Pure but for the index.
//!
//! `evaluate` asks everything and keeps one outcome a row; `report` sums them up; `compare` holds two runs against each other.

mod compare;
mod fit;
mod labelled;
mod outcome;
mod regression;
mod report;
mod retrieval;
mod share;

use jiff::Timestamp;

pub use compare::{Comparison, compare};
pub use fit::{Fit, FitError, Fits, Indexer, OwnQuestions, fit};
pub use labelled::{FollowUp, LabelError, Labelled, OutOfScope, Question, WishForPerson};
pub use outcome::{Outcome, Sort};
pub use report::{Confusion, CurvePoint, Group, Report};
pub use retrieval::{Found, WAYS, Way, discrimination};
pub use share::{Share, calibration_error};

use super::dialogue::{Dialogue, Turn};
use super::knowledge::Edition;
use super::ports::RetrieveError;
use super::understand::{Meaning, understand};

/// Asks everything and sums up.
///
/// # Errors
///
/// Returns [`RetrieveError`] when the index cannot be searched.
pub fn evaluate(edition: &Edition, labelled: &Labelled) -> Result<Report, RetrieveError> {
    let mut outcomes = Vec::new();
    for question in &labelled.questions {
        outcomes.push(Outcome::of_question(question, &ask(&question.text, &Dialogue::default(), edition)?));
    }
    for other in &labelled.out_of_scope {
        outcomes.push(Outcome::of_out_of_scope(other, &ask(&other.text, &Dialogue::default(), edition)?));
    }
    for follow_up in &labelled.follow_ups {
        let first = ask(&follow_up.first, &Dialogue::default(), edition)?;
        let second = ask(&follow_up.second, &context_of(&follow_up.first, &first), edition)?;
        outcomes.push(Outcome::of_follow_up(follow_up, &second));
    }
    for wish in &labelled.wishes {
        outcomes.push(Outcome::of_wish(wish, &ask(&wish.text, &Dialogue::default(), edition)?));
    }
    Ok(Report::of(outcomes))
}

fn ask(text: &str, dialogue: &Dialogue, edition: &Edition) -> Result<Meaning, RetrieveError> {
    understand(text, dialogue, edition, Timestamp::UNIX_EPOCH)
}

/// The dialogue after a first message: what was answered, or the first choice that was offered and taken.
fn context_of(text: &str, meaning: &Meaning) -> Dialogue {
    let topic = match meaning {
        Meaning::Answer { topic, .. } => Some(topic),
        Meaning::Clarify { choices, .. } => choices.first().map(|choice| &choice.topic),
        _ => None,
    };
    let mut dialogue = Dialogue { last_at: Some(Timestamp::UNIX_EPOCH), ..Dialogue::default() };
    let topic = topic.map(ToString::to_string);
    dialogue.remember(Turn { question: text.to_owned(), topic, ..Turn::default() });
    dialogue
}
