//! The same scoring once more for a single topic, with every term's part kept: slow, and only for people who ask why.

use std::collections::HashMap;
use std::io;

use super::passage::passages;
use super::query::Origin;
use super::rank::{Scratch, TermWeight};
use super::schema::Kind;
use super::topics::TopicIndex;
use crate::desk::knowledge::KnowledgeBase;
use crate::domain::answer::{Matching, TermPart};

/// A term's occurrences in one topic, by document.
struct Seen {
    weight: TermWeight,
    frequencies: HashMap<usize, f32>,
}

impl TopicIndex {
    /// Takes the match of a question with the topic of ordinal `topic` apart.
    pub(super) fn take_apart(&self, question: &str, topic: u32, base: &KnowledgeBase) -> io::Result<Matching> {
        let terms = self.queries.terms(question, &self.weights);
        let seen = self.with_scratch(|scratch| {
            scratch.prepare(self.ranker.passages(), self.ids.len());
            (1..)
                .zip(&terms)
                .map(|(number, term)| self.see(number, term, topic, scratch))
                .collect::<io::Result<Vec<_>>>()
        })?;
        let mass: f32 = seen.iter().map(|seen| seen.weight.mass).sum();
        let best = |kind| self.best_document(&seen, kind);
        let (question_at, title_at, body_at) = (best(Kind::Question), best(Kind::Title), best(Kind::Body));
        let share = |part: f32| if mass > 0.0 { part / mass } else { 0.0 };
        let parts = terms.iter().zip(&seen).map(|(term, seen)| {
            let part = |document: Option<usize>| document.map_or(0.0, |document| share(self.part(seen, document)));
            TermPart {
                term: term.text.clone(),
                class: term.class.into(),
                synonym_of: match term.origin {
                    Origin::Own => None,
                    Origin::Synonym(group) => Some(self.queries.group(group).to_owned()),
                },
                is_by_sound: seen.weight.is_by_sound,
                is_untitled: seen.weight.topics > 0 && !seen.weight.is_titled,
                topics: seen.weight.topics,
                inverse_frequency: seen.weight.inverse_frequency,
                class_weight: term.weight,
                weight: seen.weight.weight,
                question: part(question_at),
                title: part(title_at),
                body: part(body_at),
                whole: share(self.whole_part(seen, topic)),
            }
        });
        let texts = passages(base);
        let text = |document: Option<usize>| document.and_then(|at| texts.get(at)).map(|passage| passage.text.clone());
        Ok(Matching { terms: parts.collect(), question: text(question_at), body: text(body_at) })
    }

    #[expect(clippy::cast_precision_loss, reason = "frequencies are small")]
    fn see(
        &self,
        number: u32,
        term: &super::query::WeightedTerm,
        topic: u32,
        scratch: &mut Scratch,
    ) -> io::Result<Seen> {
        let weight = self.ranker.weigh(term, number, &self.weights, scratch)?;
        let is_here = |document: usize| self.ranker.segment.owners[document] == topic;
        let here = scratch.postings.iter().map(|(document, frequency)| (*document as usize, *frequency as f32));
        Ok(Seen { weight, frequencies: here.filter(|(document, _)| is_here(*document)).collect() })
    }

    /// The document of a kind with the greatest score; the earlier one where two are equal.
    fn best_document(&self, seen: &[Seen], kind: Kind) -> Option<usize> {
        let mut scores: HashMap<usize, f32> = HashMap::new();
        for seen in seen {
            for document in seen.frequencies.keys() {
                if self.ranker.segment.kinds[*document] == kind as u8 {
                    *scores.entry(*document).or_default() += self.part(seen, *document);
                }
            }
        }
        let best = scores.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        best.map(|(document, _)| document)
    }

    fn part(&self, seen: &Seen, document: usize) -> f32 {
        let frequency = seen.frequencies.get(&document).copied().unwrap_or(0.0);
        if frequency > 0.0 { seen.weight.weight * frequency / (frequency + self.ranker.norms[document]) } else { 0.0 }
    }

    fn whole_part(&self, seen: &Seen, topic: u32) -> f32 {
        let is_own = |document: &usize| self.ranker.segment.kinds[*document] != Kind::Counter as u8;
        let occurrences: f32 =
            seen.frequencies.iter().filter(|(document, _)| is_own(document)).map(|(_, frequency)| frequency).sum();
        let norm = self.ranker.whole_norms[topic as usize];
        if occurrences > 0.0 { seen.weight.weight * occurrences / (occurrences + norm) } else { 0.0 }
    }
}
