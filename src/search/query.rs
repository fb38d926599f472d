//! From a question to weighted terms, with what the lexicon knows about its words.

use super::analyzer::{Analyzer, QuestionTerm, TermClass};
use super::phrases::Phrases;
use super::sound;
use super::weights::Weights;
use crate::domain::lexicon::Lexicon;

/// Phrases up to this long count only where they are not parts of other words (`要钱` in `不要钱`).
const ALIGNED_BYTES: usize = 2 * '字'.len_utf8();

/// Where a term comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The person wrote it.
    Own,
    /// The synonym group of this number brought it in.
    Synonym(u32),
}

/// A term to look up.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WeightedTerm {
    /// As it stands in the index.
    pub(super) text: String,
    /// Its class.
    pub(super) class: TermClass,
    /// How much it counts, before its inverse document frequency.
    pub(super) weight: f32,
    /// Where it comes from.
    pub(super) origin: Origin,
}

impl WeightedTerm {
    /// Whether the person wrote it.
    pub(super) fn is_own(&self) -> bool {
        self.origin == Origin::Own
    }

    /// Whether it stands in the index of sounds.
    pub(super) fn is_sound(&self) -> bool {
        self.class == TermClass::Spelling
    }

    /// Whether it says nothing when it occurs nowhere: figures of the asker's own case usually do not.
    pub(super) fn is_optional(&self) -> bool {
        self.class == TermClass::Quantity
    }

    /// How the term sounds, for looking it up when it is not known as written; only of pairs of characters.
    pub(super) fn sound(&self) -> Option<String> {
        if !self.is_own() || self.is_sound() {
            return None;
        }
        let mut pairs = sound::of_characters(&self.text);
        if pairs.len() == 1 { pairs.pop() } else { None }
    }
}

/// The lexicon's synonyms, made ready for questions.
pub(super) struct QueryBuilder {
    pub(super) analyzer: Analyzer,
    /// Phrase → which group it belongs to, and whether it is the official term.
    synonyms: Phrases<(u32, bool)>,
    groups: Vec<Group>,
}

/// A synonym group's terms.
struct Group {
    name: String,
    weight: f32,
    canonical: Vec<QuestionTerm>,
    variants: Vec<QuestionTerm>,
}

impl QueryBuilder {
    /// Prepares `lexicon`.
    pub(super) fn new(analyzer: Analyzer, lexicon: &Lexicon) -> Self {
        let groups = lexicon
            .synonyms
            .iter()
            .map(|group| Group {
                name: group.canonical.clone(),
                weight: group.weight,
                canonical: analyzer.question(&group.canonical),
                variants: group
                    .variants
                    .iter()
                    .flat_map(|variant| analyzer.question(variant))
                    .filter(|term| term.class <= TermClass::LongWord)
                    .collect(),
            })
            .collect();
        let synonyms = Phrases::new((0..).zip(&lexicon.synonyms).flat_map(|(number, group)| {
            let variants = group.variants.iter().map(move |variant| (variant.clone(), (number, false)));
            variants.chain([(group.canonical.clone(), (number, true))])
        }));
        Self { analyzer, synonyms, groups }
    }

    /// The official term of a synonym group.
    pub(super) fn group(&self, number: u32) -> &str {
        &self.groups[number as usize].name
    }

    /// The terms of `question`, the person's own first.
    pub(super) fn terms(&self, question: &str, weights: &Weights) -> Vec<WeightedTerm> {
        let weigh = |term: &QuestionTerm| weights.classes[term.class as usize];
        let own = self.analyzer.question(question);
        let mut terms: Vec<WeightedTerm> = own
            .into_iter()
            .map(|term| WeightedTerm { weight: weigh(&term), class: term.class, origin: Origin::Own, text: term.text })
            .filter(|term| term.weight > 0.0)
            .collect();
        for (number, is_canonical) in self.groups_met(question) {
            let group = &self.groups[number as usize];
            let (added, share) = if is_canonical {
                (&group.variants, weights.synonym_reverse)
            } else {
                (&group.canonical, weights.synonym)
            };
            for term in added {
                let weight = weigh(term) * group.weight * share;
                if weight <= 0.0 || term.class == TermClass::Spelling {
                    continue;
                }
                match terms.iter_mut().find(|known| known.text == term.text) {
                    Some(known) if !known.is_own() => known.weight = known.weight.max(weight),
                    Some(_) => {}
                    None => terms.push(WeightedTerm {
                        text: term.text.clone(),
                        class: term.class,
                        weight,
                        origin: Origin::Synonym(number),
                    }),
                }
            }
        }
        terms
    }

    /// The synonym groups that occur in a question, each once, and whether by their official term.
    fn groups_met(&self, question: &str) -> Vec<(u32, bool)> {
        let found = self.synonyms.find(question);
        if found.is_empty() {
            return Vec::new();
        }
        let word_ends = self.analyzer.word_ends(question);
        let mut met: Vec<(u32, bool)> = Vec::new();
        for (range, group) in found {
            let is_aligned = word_ends.contains(&range.start) && word_ends.contains(&range.end);
            if (is_aligned || range.len() > ALIGNED_BYTES) && !met.contains(&group) {
                met.push(group);
            }
        }
        met
    }
}
