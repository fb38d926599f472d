//! Scores topics for a question: one pass over the postings of its terms.
//!
//! A term's weight is its class times its inverse document frequency over *topics*: a word that stands in each of a topic's
//! twelve questions and nowhere else is as telling as a word can be. All scores are shares of the question's whole weight.

use std::io;

use super::query::WeightedTerm;
use super::reader::Segment;
use super::schema::{KINDS, Kind};
use super::weights::Weights;

/// Room for one question's sums, kept between questions.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    postings: Vec<(u32, u32)>,
    /// By document.
    scores: Vec<f32>,
    /// By topic.
    sums: Vec<TopicSums>,
    /// Topics that the current term occurs in.
    touched: Vec<u32>,
}

/// What is summed up for one topic.
#[derive(Clone, Copy, Debug, Default)]
struct TopicSums {
    /// 1 + number of the last term that was seen here.
    last_term: u32,
    /// Occurrences of that term.
    occurrences: f32,
    /// Score of the topic as a whole.
    whole: f32,
    /// Weight of the person's own terms that occur.
    coverage: f32,
    /// Best score by kind.
    best: [f32; KINDS],
}

/// A topic's match, in shares of the question's whole weight.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct TopicMatch {
    /// Ordinal.
    pub(super) topic: u32,
    /// What topics are ranked by.
    pub(super) score: f32,
    /// Best passage by kind.
    pub(super) best: [f32; KINDS],
    /// Share of the question that occurs anywhere in the topic.
    pub(super) coverage: f32,
}

/// A segment with what scoring needs beside it.
pub(super) struct Ranker {
    segment: Segment,
    topics: usize,
    /// k1 · (1 - b + b · relative length), by document.
    norms: Vec<f32>,
    /// The same by topic as a whole.
    whole_norms: Vec<f32>,
}

impl Ranker {
    /// How many passages there are.
    pub(super) fn passages(&self) -> usize {
        self.segment.documents()
    }

    /// Prepares `segment`, whose owners are below `topics`.
    pub(super) fn new(segment: Segment, topics: usize, weights: &Weights) -> Self {
        let mut ranker = Self { segment, topics, norms: Vec::new(), whole_norms: Vec::new() };
        ranker.reweigh(weights);
        ranker
    }

    /// Computes the norms for other weights.
    #[expect(clippy::cast_precision_loss, reason = "the number of topics is small")]
    pub(super) fn reweigh(&mut self, weights: &Weights) {
        let Segment { owners, kinds, lengths, .. } = &self.segment;
        let norm = |saturation: f32, length: f32, relative: f32| saturation * (1.0 - length + length * relative);
        self.norms = kinds
            .iter()
            .zip(lengths)
            .map(|(kind, relative)| {
                let kind = usize::from(*kind);
                norm(weights.saturation[kind], weights.length[kind], *relative)
            })
            .collect();
        let mut totals = vec![0.0_f32; self.topics];
        for ((owner, kind), relative) in owners.iter().zip(kinds).zip(lengths) {
            if *kind != Kind::Counter as u8 {
                totals[*owner as usize] += relative;
            }
        }
        let mean = (totals.iter().sum::<f32>() / self.topics.max(1) as f32).max(f32::MIN_POSITIVE);
        self.whole_norms =
            totals.iter().map(|total| norm(weights.whole_saturation, weights.whole_length, total / mean)).collect();
    }

    /// Scores every topic that has a term of the question, in no particular order.
    #[expect(clippy::cast_precision_loss, reason = "frequencies are small")]
    pub(super) fn score(
        &self,
        terms: &[WeightedTerm],
        weights: &Weights,
        scratch: &mut Scratch,
    ) -> io::Result<Vec<TopicMatch>> {
        let Scratch { postings, scores, sums, touched } = scratch;
        scores.clear();
        scores.resize(self.segment.documents(), 0.0);
        sums.clear();
        sums.resize(self.topics, TopicSums::default());
        let (mut mass, mut own_mass) = (0.0_f32, 0.0_f32);
        for (number, term) in (1..).zip(terms) {
            let is_known = self.segment.postings(&term.text, term.is_sound, postings)?;
            let mut by_sound = 1.0;
            if !is_known && let Some(sound) = term.sound() {
                self.segment.postings(&sound, true, postings)?;
                by_sound = weights.sound;
            }
            touched.clear();
            let mut is_titled = false;
            for (document, frequency) in postings.iter() {
                let document = *document as usize;
                if self.segment.kinds[document] == Kind::Counter as u8 {
                    continue;
                }
                is_titled |= self.segment.kinds[document] == Kind::Title as u8;
                let owner = self.segment.owners[document];
                let sums = &mut sums[owner as usize];
                if sums.last_term != number {
                    sums.last_term = number;
                    sums.occurrences = 0.0;
                    touched.push(owner);
                }
                sums.occurrences += *frequency as f32;
            }
            let mut weight = term.weight * inverse_frequency(touched.len(), self.topics);
            if !is_titled && !touched.is_empty() {
                weight *= weights.untitled;
            }

            if term.is_own {
                mass += weight;
                own_mass += weight;
            } else if !touched.is_empty() {
                mass += weight;
            }
            weight *= by_sound;
            for owner in touched.iter() {
                let sums = &mut sums[*owner as usize];
                sums.whole += weight * sums.occurrences / (sums.occurrences + self.whole_norms[*owner as usize]);
                if term.is_own {
                    sums.coverage += weight;
                }
            }
            for (document, frequency) in postings.iter() {
                let frequency = *frequency as f32;
                scores[*document as usize] += weight * frequency / (frequency + self.norms[*document as usize]);
            }
        }
        for (document, score) in scores.iter().enumerate().filter(|(_, score)| **score > 0.0) {
            let best =
                &mut sums[self.segment.owners[document] as usize].best[usize::from(self.segment.kinds[document])];
            *best = best.max(*score);
        }
        let found = (0..).zip(sums.iter()).filter(|(_, sums)| sums.whole > 0.0);
        Ok(found.map(|(topic, sums)| sums.share(topic, mass, own_mass, weights)).collect())
    }
}

impl TopicSums {
    /// The sums as shares.
    fn share(&self, topic: u32, mass: f32, own_mass: f32, weights: &Weights) -> TopicMatch {
        let best = self.best.map(|score| score / mass);
        let [title, question, counter, body] = best;
        let matched = weights.question * question * question + weights.title * title + weights.body * body;
        let pushed = weights.counter * (counter - question).max(0.0);
        let score = matched + weights.whole * self.whole / mass - pushed;
        let coverage = if own_mass > 0.0 { self.coverage / own_mass } else { 0.0 };
        TopicMatch { topic, score, best, coverage }
    }
}

/// How telling a term is that occurs in `found` of `all` topics; above 0.
#[expect(clippy::cast_precision_loss, reason = "the number of topics is small")]
fn inverse_frequency(found: usize, all: usize) -> f32 {
    let (found, all) = (found as f32, all.max(found) as f32);
    (1.0 + (all - found + 0.5) / (found + 0.5)).ln()
}
