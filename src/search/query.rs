//! From a question to weighted terms, with what the lexicon knows about its words.

use std::collections::HashMap;

use super::analyzer::{Analyzer, QuestionTerm, TermClass};
use super::phrases::Phrases;
use super::sound;
use super::weights::Weights;
use crate::domain::lexicon::Lexicon;
use crate::domain::topic::TopicId;

/// Phrases up to this long count only where they are not parts of other words (`要钱` in `不要钱`).
const ALIGNED_BYTES: usize = 2 * '字'.len_utf8();

/// A term to look up.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WeightedTerm {
    /// As it stands in the index.
    pub(super) text: String,
    /// How much it counts, before its inverse document frequency.
    pub(super) weight: f32,
    /// Whether the person wrote it; otherwise a synonym brought it in.
    pub(super) is_own: bool,
    /// Whether it stands in the index of sounds.
    pub(super) is_sound: bool,
}

impl WeightedTerm {
    /// How the term sounds, for looking it up when it is not known as written; only of pairs of characters.
    pub(super) fn sound(&self) -> Option<String> {
        if !self.is_own || self.is_sound {
            return None;
        }
        let mut pairs = sound::of_characters(&self.text);
        if pairs.len() == 1 { pairs.pop() } else { None }
    }
}

/// The lexicon, made ready for questions.
pub(super) struct QueryBuilder {
    analyzer: Analyzer,
    /// Phrase → which group it belongs to, and whether it is the official term.
    synonyms: Phrases<(u32, bool)>,
    groups: Vec<Group>,
    /// Phrase → group and term that it speaks for.
    confusables: Phrases<(u32, u32)>,
    /// Topics by confusable group and term, as ordinals.
    confusable_topics: Vec<Vec<Vec<u32>>>,
}

/// A synonym group's terms.
struct Group {
    weight: f32,
    canonical: Vec<QuestionTerm>,
    variants: Vec<QuestionTerm>,
}

impl QueryBuilder {
    /// Prepares `lexicon`; `ordinals` numbers the topics.
    pub(super) fn new(analyzer: Analyzer, lexicon: &Lexicon, ordinals: &HashMap<TopicId, u32>) -> Self {
        let groups = lexicon
            .synonyms
            .iter()
            .map(|group| Group {
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
        let confusables = Phrases::new((0..).zip(&lexicon.confusables).flat_map(|(group_number, group)| {
            (0..).zip(&group.terms).flat_map(move |(number, term)| {
                term.words.iter().map(move |word| (word.clone(), (group_number, number)))
            })
        }));
        let confusable_topics = lexicon
            .confusables
            .iter()
            .map(|group| {
                let ordinals_of =
                    |topics: &Vec<TopicId>| topics.iter().filter_map(|id| ordinals.get(id).copied()).collect();
                group.terms.iter().map(|term| ordinals_of(&term.topics)).collect()
            })
            .collect();
        Self { analyzer, synonyms, groups, confusables, confusable_topics }
    }

    /// The terms of `question`, the person's own first.
    pub(super) fn terms(&self, question: &str, weights: &Weights) -> Vec<WeightedTerm> {
        let weigh = |term: &QuestionTerm| weights.classes[term.class as usize];
        let own = self.analyzer.question(question);
        let mut terms: Vec<WeightedTerm> = own
            .into_iter()
            .map(|term| WeightedTerm {
                weight: weigh(&term),
                is_own: true,
                is_sound: term.class == TermClass::Spelling,
                text: term.text,
            })
            .filter(|term| term.weight > 0.0)
            .collect();
        let mut groups_seen: Vec<(u32, bool)> = Vec::new();
        let word_ends = self.analyzer.word_ends(question);
        for (range, (number, is_canonical)) in self.synonyms.find(question) {
            let is_aligned = word_ends.contains(&range.start) && word_ends.contains(&range.end);
            if !is_aligned && range.len() <= ALIGNED_BYTES {
                continue;
            }
            if groups_seen.contains(&(number, is_canonical)) {
                continue;
            }
            groups_seen.push((number, is_canonical));
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
                    Some(known) if !known.is_own => known.weight = known.weight.max(weight),
                    Some(_) => {}
                    None => {
                        terms.push(WeightedTerm { text: term.text.clone(), weight, is_own: false, is_sound: false });
                    }
                }
            }
        }
        terms
    }

    /// Topics that the question's words single out among ones that sound alike, and those they rule out.
    ///
    /// In each group the term with most words in the question wins; on a tie the group says nothing.
    pub(super) fn singled_out(&self, question: &str) -> (Vec<u32>, Vec<u32>) {
        let mut hits: HashMap<u32, Vec<usize>> = HashMap::new();
        for (range, (group, term)) in self.confusables.find(question) {
            let lengths = hits.entry(group).or_insert_with(|| vec![0; self.confusable_topics[group as usize].len()]);
            lengths[term as usize] += range.len();
        }
        let (mut chosen, mut excluded) = (Vec::new(), Vec::new());
        for (group, lengths) in hits {
            let most = lengths.iter().copied().max().unwrap_or(0);
            if lengths.iter().filter(|length| **length == most).count() != 1 {
                continue;
            }
            for (topics, length) in self.confusable_topics[group as usize].iter().zip(lengths) {
                if length == most { chosen.extend(topics) } else { excluded.extend(topics) }
            }
        }
        excluded.retain(|topic| !chosen.contains(topic));
        (chosen, excluded)
    }
}
