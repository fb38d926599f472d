//! What counts how much. Few numbers, tuned on the development questions, and flat around these values.

use super::analyzer::CLASSES;
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
    /// Share of the best question.
    pub(super) question: f32,
    /// Share of the title.
    pub(super) title: f32,
    /// Share of the best body passage.
    pub(super) body: f32,
    /// Share of the topic as a whole.
    pub(super) whole: f32,
    /// How much a counter-question that matches better than the topic's own questions pushes it down.
    pub(super) counter: f32,
    /// Weight of the official term when the question has a variant.
    pub(super) synonym: f32,
    /// Weight of the variants when the question has the official term.
    pub(super) synonym_reverse: f32,
    /// What being singled out among terms that sound alike adds, and being ruled out takes away.
    pub(super) confusable: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            classes: [2.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.4, 0.2, 0.1],
            saturation: [1.2; KINDS],
            length: [0.3, 0.5, 0.3, 0.5],
            whole_saturation: 1.2,
            whole_length: 0.3,
            question: 1.0,
            title: 0.4,
            body: 0.2,
            whole: 0.3,
            counter: 0.5,
            synonym: 0.6,
            synonym_reverse: 0.1,
            confusable: 0.03,
        }
    }
}
