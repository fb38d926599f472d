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
    pub(super) postings: Vec<(u32, u32)>,
    /// By document.
    scores: Vec<f32>,
    /// By topic, and one more for what belongs to none.
    sums: Vec<TopicSums>,
    /// Topics that the current term occurs in.
    touched: Vec<u32>,
}

impl Scratch {
    /// Makes room for one question.
    pub(super) fn prepare(&mut self, documents: usize, topics: usize) {
        self.scores.clear();
        self.scores.resize(documents, 0.0);
        self.sums.clear();
        self.sums.resize(topics + 1, TopicSums::default());
    }
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
    /// What topics are preselected by.
    pub(super) score: f32,
    /// Best passage by kind.
    pub(super) best: [f32; KINDS],
    /// The topic as one text.
    pub(super) whole: f32,
    /// Share of the question that occurs anywhere in the topic.
    pub(super) coverage: f32,
}

/// All matches of a question.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Matches {
    /// Every topic that has a term of the question, in no particular order.
    pub(super) topics: Vec<TopicMatch>,
    /// Weight of the person's own words.
    pub(super) information: f32,
    /// Share of it that occurs in no topic.
    pub(super) unknown: f32,
    /// Best match with the name of a matter that no topic answers.
    pub(super) outside: f32,
}

/// How one term of a question counts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct TermWeight {
    /// In how many topics it occurs.
    pub(super) topics: usize,
    /// How telling it is.
    pub(super) inverse_frequency: f32,
    /// What it adds to the question's whole weight.
    pub(super) mass: f32,
    /// What it counts where it occurs.
    pub(super) weight: f32,
    /// Whether it was found by its sound only.
    pub(super) is_by_sound: bool,
    /// Whether it stands in a title or a tag.
    pub(super) is_titled: bool,
}

/// A segment with what scoring needs beside it.
pub(super) struct Ranker {
    pub(super) segment: Segment,
    topics: usize,
    /// k1 · (1 - b + b · relative length), by document.
    pub(super) norms: Vec<f32>,
    /// The same by topic as a whole.
    pub(super) whole_norms: Vec<f32>,
}

impl Ranker {
    /// How many passages there are.
    pub(super) fn passages(&self) -> usize {
        self.segment.documents()
    }

    /// Prepares `segment`, whose owners are `topics` at most.
    #[expect(clippy::cast_precision_loss, reason = "the number of topics is small")]
    pub(super) fn new(segment: Segment, topics: usize, weights: &Weights) -> Self {
        let Segment { owners, kinds, lengths, .. } = &segment;
        let norm = |saturation: f32, length: f32, relative: f32| saturation * (1.0 - length + length * relative);
        let norms = kinds
            .iter()
            .zip(lengths)
            .map(|(kind, relative)| {
                let kind = usize::from(*kind);
                norm(weights.saturation[kind], weights.length[kind], *relative)
            })
            .collect();
        let mut totals = vec![0.0_f32; topics];
        for ((owner, kind), relative) in owners.iter().zip(kinds).zip(lengths) {
            if says_what_the_topic_is(*kind) {
                totals[*owner as usize] += relative;
            }
        }
        let mean = (totals.iter().sum::<f32>() / topics.max(1) as f32).max(f32::MIN_POSITIVE);
        let whole_norms =
            totals.iter().map(|total| norm(weights.whole_saturation, weights.whole_length, total / mean)).collect();
        Self { segment, topics, norms, whole_norms }
    }

    /// Scores every topic that has a term of the question.
    pub(super) fn score(
        &self,
        terms: &[WeightedTerm],
        weights: &Weights,
        scratch: &mut Scratch,
    ) -> io::Result<Matches> {
        scratch.prepare(self.segment.documents(), self.topics);
        let (mut mass, mut own_mass, mut unknown) = (0.0_f32, 0.0_f32, 0.0_f32);
        for (number, term) in (1..).zip(terms) {
            let weight = self.weigh(term, number, weights, scratch)?;
            mass += weight.mass;
            if term.is_own() {
                own_mass += weight.mass;
                unknown += if weight.topics == 0 { weight.mass } else { 0.0 };
            }
            self.add(term, &weight, scratch);
        }
        let Scratch { scores, sums, .. } = scratch;
        for (document, score) in scores.iter().enumerate().filter(|(_, score)| **score > 0.0) {
            let best =
                &mut sums[self.segment.owners[document] as usize].best[usize::from(self.segment.kinds[document])];
            *best = best.max(*score);
        }
        let found = (0..).zip(&sums[..self.topics]).filter(|(_, sums)| sums.whole > 0.0);
        let share = |part: f32, whole: f32| if whole > 0.0 { part / whole } else { 0.0 };
        Ok(Matches {
            topics: found.map(|(topic, sums)| sums.share(topic, mass, own_mass, weights)).collect(),
            information: own_mass,
            unknown: share(unknown, own_mass),
            outside: share(sums[self.topics].best[Kind::Outside as usize], mass),
        })
    }

    /// Reads a term's postings into `scratch`, and works out how much it counts; `number` tells it from the other terms.
    pub(super) fn weigh(
        &self,
        term: &WeightedTerm,
        number: u32,
        weights: &Weights,
        scratch: &mut Scratch,
    ) -> io::Result<TermWeight> {
        let Scratch { postings, sums, touched, .. } = scratch;
        let is_known = self.segment.postings(&term.text, term.is_sound(), postings)?;
        let mut is_by_sound = false;
        if !is_known && let Some(sound) = term.sound() {
            is_by_sound = self.segment.postings(&sound, true, postings)?;
        }
        touched.clear();
        let mut is_titled = false;
        for (document, frequency) in postings.iter() {
            let document = *document as usize;
            let kind = self.segment.kinds[document];
            if !says_what_the_topic_is(kind) {
                continue;
            }
            is_titled |= kind == Kind::Title as u8;
            let owner = self.segment.owners[document];
            let sums = &mut sums[owner as usize];
            if sums.last_term != number {
                sums.last_term = number;
                sums.occurrences = 0.0;
                touched.push(owner);
            }
            #[expect(clippy::cast_precision_loss, reason = "frequencies are small")]
            let occurrences = *frequency as f32;
            sums.occurrences += occurrences;
        }
        let inverse_frequency = inverse_frequency(touched.len(), self.topics);
        let mut mass = term.weight * inverse_frequency;
        if !is_titled && !touched.is_empty() {
            mass *= weights.untitled;
        }
        let weight = if is_by_sound { mass * weights.sound } else { mass };
        // What nobody wrote, or what says nothing by being missing, counts only where it is found.
        if postings.is_empty() && (!term.is_own() || term.is_optional()) {
            mass = 0.0;
        }
        Ok(TermWeight { topics: touched.len(), inverse_frequency, mass, weight, is_by_sound, is_titled })
    }

    /// Adds a term whose postings are in `scratch` to all sums.
    #[expect(clippy::cast_precision_loss, reason = "frequencies are small")]
    fn add(&self, term: &WeightedTerm, weight: &TermWeight, scratch: &mut Scratch) {
        let Scratch { postings, scores, sums, touched } = scratch;
        let weight = weight.weight;
        for owner in touched.iter() {
            let sums = &mut sums[*owner as usize];
            sums.whole += weight * sums.occurrences / (sums.occurrences + self.whole_norms[*owner as usize]);
            if term.is_own() {
                sums.coverage += weight;
            }
        }
        for (document, frequency) in postings.iter() {
            let frequency = *frequency as f32;
            scores[*document as usize] += weight * frequency / (frequency + self.norms[*document as usize]);
        }
    }
}

/// Whether passages of a kind belong to what a topic is about.
fn says_what_the_topic_is(kind: u8) -> bool {
    kind != Kind::Counter as u8 && kind != Kind::Outside as u8
}

impl TopicSums {
    /// The sums as shares.
    fn share(&self, topic: u32, mass: f32, own_mass: f32, weights: &Weights) -> TopicMatch {
        let best = self.best.map(|score| score / mass);
        let [title, question, counter, body, _] = best;
        let whole = self.whole / mass;
        let matched = weights.question * question * question + weights.title * title + weights.body * body;
        let pushed = weights.counter * (counter - question).max(0.0);
        let score = matched + weights.whole * whole - pushed;
        let coverage = if own_mass > 0.0 { self.coverage / own_mass } else { 0.0 };
        TopicMatch { topic, score, best, whole, coverage }
    }
}

/// How telling a term is that occurs in `found` of `all` topics; above 0.
#[expect(clippy::cast_precision_loss, reason = "the number of topics is small")]
fn inverse_frequency(found: usize, all: usize) -> f32 {
    let (found, all) = (found as f32, all.max(found) as f32);
    (1.0 + (all - found + 0.5) / (found + 0.5)).ln()
}
