//! How good the answers are, on labelled messages: accuracy, honesty, calibration. Pure but for the index.

mod fit;
mod labelled;

use jiff::Timestamp;
use serde::Serialize;

pub use fit::{Fit, fit};
pub use labelled::{FollowUp, LabelError, Labelled, OutOfScope, Question, WishForPerson};

use super::dialogue::{Dialogue, Turn};
use super::knowledge::Edition;
use super::ports::RetrieveError;
use super::understand::{Meaning, understand};
use crate::domain::topic::TopicId;

/// Bins of the calibration error.
const BINS: usize = 10;

/// A share with its 95 % interval (Wilson 1927).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// How many.
    pub hits: usize,
    /// Of how many.
    pub of: usize,
    /// `hits / of`; 0 when there are none.
    pub share: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

impl Share {
    /// `hits` of `of`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of labelled rows are small")]
    pub fn new(hits: usize, of: usize) -> Self {
        if of == 0 {
            return Self { hits, of, share: 0.0, low: 0.0, high: 1.0 };
        }
        let (n, p, z) = (of as f64, hits as f64 / of as f64, 1.959_964);
        let centre = p + z * z / (2.0 * n);
        let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z * z / n;
        Self {
            hits,
            of,
            share: p,
            low: ((centre - spread) / scale).max(0.0),
            high: ((centre + spread) / scale).min(1.0),
        }
    }
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// In scope: the right topic came first.
    pub top1: Share,
    /// In scope: the right topic was among the first three.
    pub top3: Share,
    /// In scope: answered.
    pub answered: Share,
    /// Of what was answered in scope: from the wrong topic.
    pub wrong: Share,
    /// In scope: asked back.
    pub clarified: Share,
    /// In scope: answered rightly, or asked back with the right topic among the choices.
    pub served: Share,
    /// In scope: declined.
    pub declined: Share,
    /// Out of scope: answered, by kind.
    pub out_of_scope: Vec<(String, Share)>,
    /// Out of scope: answered, all kinds.
    pub out_of_scope_answered: Share,
    /// Follow-ups: the right topic and facet.
    pub follow_ups: Share,
    /// Changes of topic: noticed.
    pub switches: Share,
    /// Wishes for a person: recognised.
    pub human: Share,
    /// Messages that only look like a wish for a person: taken for one.
    pub human_false: Share,
    /// Expected calibration error over all questions that were searched, ten bins.
    pub calibration_error: f64,
    /// Every row that went wrong: what was asked, what was right, what came.
    pub errors: Vec<Mistake>,
}

/// A row that went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// The row.
    pub id: String,
    /// The message.
    pub text: String,
    /// What was right.
    pub expected: String,
    /// What came.
    pub got: String,
}

/// Asks everything and counts.
///
/// # Errors
///
/// Returns [`RetrieveError`] when the index cannot be searched.
pub fn evaluate(edition: &Edition, labelled: &Labelled) -> Result<Report, RetrieveError> {
    let mut tally = Tally::default();
    for question in &labelled.questions {
        tally.question(question, &ask(&question.text, &Dialogue::default(), edition)?);
    }
    for other in &labelled.out_of_scope {
        tally.out_of_scope(other, &ask(&other.text, &Dialogue::default(), edition)?);
    }
    for follow_up in &labelled.follow_ups {
        let first = ask(&follow_up.first, &Dialogue::default(), edition)?;
        tally.follow_up(follow_up, &ask(&follow_up.second, &context_of(&follow_up.first, &first), edition)?);
    }
    for wish in &labelled.wishes {
        tally.wish(wish, &ask(&wish.text, &Dialogue::default(), edition)?);
    }
    Ok(tally.report())
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

#[derive(Default)]
struct Tally {
    questions: usize,
    top1: usize,
    top3: usize,
    answered: usize,
    wrong: usize,
    clarified: usize,
    served: usize,
    declined: usize,
    kinds: std::collections::BTreeMap<String, (usize, usize)>,
    follow_ups: (usize, usize),
    switches: (usize, usize),
    human: (usize, usize),
    human_false: (usize, usize),
    judged: Vec<(f32, bool)>,
    errors: Vec<Mistake>,
}

impl Tally {
    fn question(&mut self, question: &Question, meaning: &Meaning) {
        self.questions += 1;
        let is_right = |topic: &TopicId| question.topics.contains(topic);
        let candidates = candidates(meaning);
        let position = candidates.iter().position(|(topic, _)| is_right(topic));
        self.top1 += usize::from(position == Some(0));
        self.top3 += usize::from(position.is_some_and(|position| position < 3));
        let served = match meaning {
            Meaning::Answer { topic, .. } => {
                self.answered += 1;
                self.wrong += usize::from(!is_right(topic));
                is_right(topic)
            }
            Meaning::Clarify { choices, .. } => {
                self.clarified += 1;
                choices.iter().any(|choice| is_right(&choice.topic))
            }
            Meaning::Decline { .. } => {
                self.declined += 1;
                false
            }
            _ => false,
        };
        self.served += usize::from(served);
        if let Some((topic, confidence)) = candidates.first() {
            self.judged.push((*confidence, is_right(topic)));
        }
        if !served || position != Some(0) {
            let expected: Vec<_> = question.topics.iter().map(TopicId::as_str).collect();
            self.mistake(&question.id, &question.text, expected.join("|"), meaning);
        }
    }

    fn out_of_scope(&mut self, other: &OutOfScope, meaning: &Meaning) {
        let is_answered = matches!(meaning, Meaning::Answer { .. });
        let (hits, of) = self.kinds.entry(other.kind.clone()).or_default();
        *hits += usize::from(is_answered);
        *of += 1;
        if let Some((_, confidence)) = candidates(meaning).first() {
            self.judged.push((*confidence, false));
        }
        if is_answered {
            self.mistake(&other.id, &other.text, "not answered".to_owned(), meaning);
        }
    }

    fn follow_up(&mut self, row: &FollowUp, meaning: &Meaning) {
        let is_right = match meaning {
            Meaning::Answer { topic, facet, .. } => {
                *topic == row.topic && (row.is_switch() || facet.map(<&str>::from) == Some(row.facet.as_str()))
            }
            _ => false,
        };
        let (hits, of) = if row.is_switch() { &mut self.switches } else { &mut self.follow_ups };
        *hits += usize::from(is_right);
        *of += 1;
        if !is_right {
            self.mistake(&row.id, &row.second, format!("{} {}", row.topic, row.facet), meaning);
        }
    }

    fn wish(&mut self, row: &WishForPerson, meaning: &Meaning) {
        let is_taken = matches!(meaning, Meaning::Human);
        let (hits, of) = if row.wants_human { &mut self.human } else { &mut self.human_false };
        *hits += usize::from(is_taken);
        *of += 1;
        if is_taken != row.wants_human {
            let expected = if row.wants_human { "human" } else { "not human" };
            self.mistake(&row.id, &row.text, expected.to_owned(), meaning);
        }
    }

    fn mistake(&mut self, id: &str, text: &str, expected: String, meaning: &Meaning) {
        let got = super::golden::describe(meaning);
        self.errors.push(Mistake { id: id.to_owned(), text: text.to_owned(), expected, got });
    }

    fn report(self) -> Report {
        let share = |(hits, of): (usize, usize)| Share::new(hits, of);
        let of_questions = |hits| Share::new(hits, self.questions);
        let all = self.kinds.values().fold((0, 0), |sum, (hits, of)| (sum.0 + hits, sum.1 + of));
        Report {
            top1: of_questions(self.top1),
            top3: of_questions(self.top3),
            answered: of_questions(self.answered),
            wrong: Share::new(self.wrong, self.answered),
            clarified: of_questions(self.clarified),
            served: of_questions(self.served),
            declined: of_questions(self.declined),
            out_of_scope: self.kinds.iter().map(|(kind, counts)| (kind.clone(), share(*counts))).collect(),
            out_of_scope_answered: share(all),
            follow_ups: share(self.follow_ups),
            switches: share(self.switches),
            human: share(self.human),
            human_false: share(self.human_false),
            calibration_error: calibration_error(&self.judged),
            errors: self.errors,
        }
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

/// Mean distance between confidence and accuracy over equally wide bins, weighted by their size (Naeini et al. 2015).
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts are small and confidences lie between 0 and 1"
)]
pub fn calibration_error(judged: &[(f32, bool)]) -> f64 {
    let mut bins = [(0_usize, 0.0_f64, 0_usize); BINS];
    for (confidence, is_right) in judged {
        let bin = ((f64::from(*confidence) * BINS as f64) as usize).min(BINS - 1);
        let (size, sum, right) = &mut bins[bin];
        *size += 1;
        *sum += f64::from(*confidence);
        *right += usize::from(*is_right);
    }
    let total = judged.len().max(1) as f64;
    bins.iter().map(|(_, sum, right)| (sum - *right as f64).abs() / total).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_confidence_has_no_error_and_bold_nonsense_much() {
        assert!(calibration_error(&[(1.0, true), (0.0, false)]) < 1e-9);
        assert!((calibration_error(&[(0.9, false); 10]) - 0.9).abs() < 1e-6);
    }

    #[test]
    fn the_interval_holds_the_share() {
        let share = Share::new(95, 100);
        assert!(share.low > 0.88 && share.low < 0.95 && share.high > 0.95 && share.high < 0.99, "{share:?}");
    }
}
