//! What counts how much. Few numbers, tuned on the development questions, and flat around these values.

use super::analyzer::{CLASSES, TermClass};
use super::schema::KINDS;

/// The numbers behind the ranking of topics.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Weights {
    /// By [`super::analyzer::TermClass`].
    pub(super) classes: [f32; CLASSES],
    /// How soon a repeated term stops counting (BM25's k1), by kind.
    pub(super) saturation: [f32; KINDS],
    /// How much length discounts (BM25's b), by kind.
    pub(super) length: [f32; KINDS],
    /// The same two for the topic as a whole.
    pub(super) whole_saturation: f32,
    /// See `whole_saturation`.
    pub(super) whole_length: f32,
    /// Share of the best question, squared: only a close match with a question says more than its words do.
    pub(super) question: f32,
    /// Share of the title.
    pub(super) title: f32,
    /// Share of the best body passage.
    pub(super) body: f32,
    /// Share of the topic as a whole.
    pub(super) whole: f32,
    /// What a term counts that stands in no title and no tag: it says how something is asked rather than what about.
    pub(super) untitled: f32,
    /// What a term counts that is known by its sound only.
    pub(super) sound: f32,
    /// How much a counter-question that matches better than the topic's own questions pushes it down.
    pub(super) counter: f32,
    /// Weight of the official term when the question has a variant.
    pub(super) synonym: f32,
    /// Weight of the variants when the question has the official term.
    pub(super) synonym_reverse: f32,
    /// What being singled out among terms that sound alike adds, and being ruled out takes away.
    pub(super) confusable: f32,
}

impl Weights {
    /// Those for plain passages, none of which has questions: there the text as a whole says most, a title often only where it
    /// stands, and single characters and repetition count less than in short texts. Tuned on the development halves of the two
    /// public sets of retrieval that `eval` was made for.
    pub(super) fn of_passages() -> Self {
        let topics = Self::default();
        let mut classes = topics.classes;
        classes[TermClass::LongWord as usize] = 0.2;
        classes[TermClass::Part as usize] = 0.25;
        Self { classes, whole_saturation: 0.9, whole_length: 0.6, title: 0.0, body: 0.0, untitled: 1.0, ..topics }
    }
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            classes: [2.0, 1.0, 0.4, 1.0, 0.4, 0.6, 0.5, 0.35, 0.1, 0.2, 1.0],
            saturation: [1.2; KINDS],
            length: [0.3, 0.3, 0.3, 0.5, 0.3],
            whole_saturation: 1.2,
            whole_length: 0.35,
            question: 2.0,
            title: 0.5,
            body: 0.3,
            whole: 1.0,
            untitled: 0.6,
            sound: 0.6,
            counter: 0.3,
            synonym: 0.45,
            synonym_reverse: 0.15,
            confusable: 0.02,
        }
    }
}
