//! The index of one edition: finds topics for questions.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tantivy::Index;

use super::analyzer::Analyzer;
use super::generation::OpenFolder;
use super::query::QueryBuilder;
use super::rank::{Ranker, Scratch, TopicMatch};
use super::reader::{Segment, SegmentError};
use super::schema::{Fields, Kind};
use super::weights::Weights;
use crate::desk::knowledge::KnowledgeBase;
use crate::desk::ports::{Retrieve, RetrieveError};
use crate::domain::answer::{Evidence, TopicHit};
use crate::domain::topic::TopicId;

/// As many sets of scratch room are kept as threads that ask at the same time, up to this.
const SCRATCHES: usize = 16;

/// Finds topics of one edition.
///
/// It keeps the ids, the lexicon and the dictionary of its edition, so it never mixes with another. Searching takes no lock
/// beyond the moment in which scratch room is fetched.
pub struct TopicIndex {
    ids: Vec<TopicId>,
    ranker: Ranker,
    queries: QueryBuilder,
    weights: Weights,
    scratches: Mutex<Vec<Scratch>>,
    /// Keeps the folder from being removed; `None` in memory.
    _folder: Option<OpenFolder>,
}

impl TopicIndex {
    /// Puts the parts together; `index` must have been built from `base`.
    pub(super) fn new(
        index: &Index,
        fields: &Fields,
        analyzer: Analyzer,
        base: &KnowledgeBase,
        folder: Option<OpenFolder>,
    ) -> Result<Self, SegmentError> {
        let segment = Segment::open(index, fields)?;
        let ids: Vec<TopicId> = base.topics.keys().cloned().collect();
        if segment.owners.iter().any(|owner| *owner as usize >= ids.len()) {
            return Err(SegmentError::Shape("a passage belongs to a topic that the edition does not have"));
        }
        let weights = Weights::default();
        let ordinals: HashMap<TopicId, u32> = ids.iter().cloned().zip(0..).collect();
        let queries = QueryBuilder::new(analyzer, &base.lexicon, &ordinals);
        let ranker = Ranker::new(segment, ids.len(), &weights);
        Ok(Self { ids, ranker, queries, weights, scratches: Mutex::default(), _folder: folder })
    }

    /// How many passages are indexed.
    pub fn passages(&self) -> usize {
        self.ranker.passages()
    }

    /// The matches of a question, best first.
    fn matches(&self, question: &str, limit: usize) -> std::io::Result<Vec<TopicMatch>> {
        let terms = self.queries.terms(question, &self.weights);
        let mut scratch = self.scratches.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let scored = self.ranker.score(&terms, &self.weights, &mut scratch);
        let mut scratches = self.scratches.lock().unwrap_or_else(PoisonError::into_inner);
        if scratches.len() < SCRATCHES {
            scratches.push(scratch);
        }
        drop(scratches);
        let mut matches = scored?;
        let (chosen, excluded) = self.queries.singled_out(question);
        for found in &mut matches {
            if chosen.contains(&found.topic) {
                found.score += self.weights.confusable;
            } else if excluded.contains(&found.topic) {
                found.score -= self.weights.confusable;
            }
        }
        // Equal scores keep the order of the ids, so the same question always gets the same answer.
        let order = |a: &TopicMatch, b: &TopicMatch| b.score.total_cmp(&a.score).then(a.topic.cmp(&b.topic));
        if limit < matches.len() && limit > 0 {
            matches.select_nth_unstable_by(limit - 1, order);
        }
        matches.truncate(limit);
        matches.sort_unstable_by(order);
        Ok(matches)
    }
}

impl Retrieve for TopicIndex {
    fn retrieve(&self, question: &str, limit: usize) -> Result<Vec<TopicHit>, RetrieveError> {
        let matches = self.matches(question, limit).map_err(|cause| RetrieveError(Box::new(cause)))?;
        let hit = |found: TopicMatch| {
            let best = |kind: Kind| found.best[kind as usize].clamp(0.0, 1.0);
            let evidence = Evidence {
                question: best(Kind::Question),
                title: best(Kind::Title),
                body: best(Kind::Body),
                coverage: found.coverage.clamp(0.0, 1.0),
            };
            TopicHit { topic: self.ids[found.topic as usize].clone(), score: found.score, evidence, semantic: None }
        };
        Ok(matches.into_iter().map(hit).collect())
    }
}
