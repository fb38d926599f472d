//! Terms that must not be mixed: which topics a question singles out, and which it leaves open.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::phrases::Phrases;
use crate::domain::facet;
use crate::domain::lexicon::Lexicon;
use crate::domain::topic::TopicId;

/// A question says little else when at most so many characters are left beside the ambiguous word, the facet and filler.
const LITTLE_ELSE: usize = 2;

/// The lexicon's confusable groups, made ready for questions.
pub(super) struct Confusion {
    /// Phrase → group and term that it speaks for.
    words: Phrases<(u32, u32)>,
    /// Topics by group and term, as ordinals.
    topics: Vec<Vec<Vec<u32>>>,
}

/// What the groups say about a question, as ordinals of topics.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Topics that the question's words single out.
    pub(super) chosen: Vec<u32>,
    /// Topics that they rule out.
    pub(super) excluded: Vec<u32>,
    /// Topics between which they leave open which is meant, while saying little else.
    pub(super) open: Vec<u32>,
}

impl Confusion {
    /// Prepares `lexicon`; `ordinals` numbers the topics.
    pub(super) fn new(lexicon: &Lexicon, ordinals: &HashMap<TopicId, u32>) -> Self {
        let words = Phrases::new((0..).zip(&lexicon.confusables).flat_map(|(group_number, group)| {
            (0..).zip(&group.terms).flat_map(move |(number, term)| {
                term.words.iter().map(move |word| (word.clone(), (group_number, number)))
            })
        }));
        let ordinals_of = |topics: &Vec<TopicId>| topics.iter().filter_map(|id| ordinals.get(id).copied()).collect();
        let topics = lexicon
            .confusables
            .iter()
            .map(|group| group.terms.iter().map(|term| ordinals_of(&term.topics)).collect())
            .collect();
        Self { words, topics }
    }

    /// In each group the term with most words in the question wins; where several have the same, the group leaves it open.
    pub(super) fn judge(&self, question: &str) -> Verdict {
        let mut hits: BTreeMap<u32, Vec<(Range<usize>, u32)>> = BTreeMap::new();
        for (range, (group, term)) in self.words.find(question) {
            hits.entry(group).or_default().push((range, term));
        }
        let mut verdict = Verdict::default();
        for (group, hits) in hits {
            let topics = &self.topics[group as usize];
            let mut lengths = vec![0; topics.len()];
            for (range, term) in &hits {
                lengths[*term as usize] += range.len();
            }
            let most = lengths.iter().copied().max().unwrap_or(0);
            if lengths.iter().filter(|length| **length == most).count() == 1 {
                for (topics, length) in topics.iter().zip(lengths) {
                    if length == most { verdict.chosen.extend(topics) } else { verdict.excluded.extend(topics) }
                }
            } else if says_little_else(question, hits.iter().map(|(range, _)| range)) {
                let tied = topics.iter().zip(lengths).filter(|(_, length)| *length == most);
                for topic in tied.flat_map(|(topics, _)| topics) {
                    if !verdict.open.contains(topic) {
                        verdict.open.push(*topic);
                    }
                }
            }
        }
        verdict.excluded.retain(|topic| !verdict.chosen.contains(topic));
        // What another group singles out is no longer open.
        if verdict.open.iter().any(|topic| verdict.chosen.contains(topic)) || verdict.open.len() < 2 {
            verdict.open.clear();
        }
        verdict
    }
}

/// Whether nothing is left of a question but the words in `ranges`, a facet and filler.
fn says_little_else<'a>(question: &str, ranges: impl Iterator<Item = &'a Range<usize>>) -> bool {
    let mut rest = question.as_bytes().to_vec();
    for range in ranges {
        rest[range.clone()].fill(b' ');
    }
    let Ok(rest) = String::from_utf8(rest) else { return false };
    let residue = facet::detect(&rest).map_or_else(|| facet::residue(&rest), |asked| asked.residue);
    residue.chars().count() <= LITTLE_ELSE
}
