//! The index of one edition: reads messages, finds topics for questions.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tantivy::Index;

use super::analyzer::Analyzer;
use super::confusion::Confusion;
use super::generation::OpenFolder;
use super::query::QueryBuilder;
use super::rank::{Matches, Ranker, Scratch, TopicMatch};
use super::reader::{Segment, SegmentError};
use super::reading::Reader;
use super::schema::{Fields, Kind};
use super::scope::Scope;
use super::weights::Weights;
use crate::desk::knowledge::KnowledgeBase;
use crate::desk::ports::{Retrieve, RetrieveError};
use crate::domain::answer::{Evidence, Found, Matching, QuestionShape, TopicHit};
use crate::domain::reading::Reading;
use crate::domain::topic::TopicId;

/// As many sets of scratch room are kept as threads that ask at the same time, up to this.
const SCRATCHES: usize = 16;

/// Finds topics of one edition.
///
/// It keeps the ids, the lexicon and the dictionary of its edition, so it never mixes with another. Searching takes no lock
/// beyond the moment in which scratch room is fetched.
pub struct TopicIndex {
    pub(super) ids: Vec<TopicId>,
    pub(super) ranker: Ranker,
    pub(super) queries: QueryBuilder,
    pub(super) weights: Weights,
    reader: Reader,
    confusion: Confusion,
    scope: Scope,
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
        let is_misplaced = |(owner, kind): (&u32, &u8)| {
            let is_outside = *kind == Kind::Outside as u8;
            *owner as usize >= ids.len() + usize::from(is_outside)
        };
        if segment.owners.iter().zip(&segment.kinds).any(is_misplaced) {
            return Err(SegmentError::Shape("a passage belongs to a topic that the edition does not have"));
        }
        let has_questions = base.topics.values().any(|topic| !topic.questions.is_empty());
        let weights = if has_questions { Weights::default() } else { Weights::of_passages() };
        let ordinals: HashMap<TopicId, u32> = ids.iter().cloned().zip(0..).collect();
        Ok(Self {
            reader: Reader::new(base, &analyzer),
            confusion: Confusion::new(&base.lexicon, &ordinals),
            scope: Scope::new(&base.lexicon),
            ranker: Ranker::new(segment, ids.len(), &weights),
            queries: QueryBuilder::new(analyzer, &base.lexicon),
            ids,
            weights,
            scratches: Mutex::default(),
            _folder: folder,
        })
    }

    /// How many passages are indexed.
    pub fn passages(&self) -> usize {
        self.ranker.passages()
    }

    /// Lends scratch room to `work`.
    pub(super) fn with_scratch<T>(&self, work: impl FnOnce(&mut Scratch) -> T) -> T {
        let mut scratch = self.scratches.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let result = work(&mut scratch);
        let mut scratches = self.scratches.lock().unwrap_or_else(PoisonError::into_inner);
        if scratches.len() < SCRATCHES {
            scratches.push(scratch);
        }
        result
    }

    /// The best `limit` of `matches`, best first. Equal scores keep the order of the ids, so the same question always gets the
    /// same answer.
    fn best(matches: &mut Vec<TopicMatch>, limit: usize) {
        let order = |a: &TopicMatch, b: &TopicMatch| b.score.total_cmp(&a.score).then(a.topic.cmp(&b.topic));
        if limit < matches.len() && limit > 0 {
            matches.select_nth_unstable_by(limit - 1, order);
        }
        matches.truncate(limit);
        matches.sort_unstable_by(order);
    }

    fn hit(&self, found: &TopicMatch) -> TopicHit {
        let best = |kind: Kind| found.best[kind as usize].clamp(0.0, 1.0);
        let evidence = Evidence {
            question: best(Kind::Question),
            title: best(Kind::Title),
            body: best(Kind::Body),
            whole: found.whole.clamp(0.0, 1.0),
            coverage: found.coverage.clamp(0.0, 1.0),
            counter: (best(Kind::Counter) - best(Kind::Question)).max(0.0),
        };
        TopicHit { topic: self.ids[found.topic as usize].clone(), score: found.score, evidence, semantic: None }
    }
}

impl Retrieve for TopicIndex {
    fn read(&self, message: &str) -> Reading {
        self.reader.read(message, &self.queries.analyzer, &self.ranker.segment)
    }

    fn retrieve(&self, question: &str, limit: usize) -> Result<Found, RetrieveError> {
        let terms = self.queries.terms(question, &self.weights);
        let scored = self.with_scratch(|scratch| self.ranker.score(&terms, &self.weights, scratch));
        let Matches { mut topics, information, unknown, outside } =
            scored.map_err(|cause| RetrieveError(Box::new(cause)))?;
        let verdict = self.confusion.judge(question);
        for found in &mut topics {
            if verdict.chosen.contains(&found.topic) {
                found.score += self.weights.confusable;
            } else if verdict.excluded.contains(&found.topic) {
                found.score -= self.weights.confusable;
            }
        }
        Self::best(&mut topics, limit);
        let signs = self.scope.signs(question);
        let shape = QuestionShape {
            chars: question.chars().count(),
            information,
            unknown,
            outside: outside.clamp(0.0, 1.0),
            is_elsewhere: signs.is_elsewhere,
            is_personal: signs.is_personal,
            is_errand: signs.is_errand,
        };
        Ok(Found {
            hits: topics.iter().map(|found| self.hit(found)).collect(),
            shape,
            open: verdict.open.iter().map(|topic| self.ids[*topic as usize].clone()).collect(),
        })
    }

    fn explain(&self, question: &str, topic: &TopicId, base: &KnowledgeBase) -> Result<Matching, RetrieveError> {
        let Ok(ordinal) = self.ids.binary_search(topic) else { return Ok(Matching::default()) };
        let ordinal = u32::try_from(ordinal).unwrap_or(u32::MAX);
        self.take_apart(question, ordinal, base).map_err(|cause| RetrieveError(Box::new(cause)))
    }
}
