//! The serving edition: topics, lexicon and index, swapped as one.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::ports::{Meanings, Retrieve};
use crate::domain::answer::Calibration;
use crate::domain::directory::ServicePoint;
use crate::domain::document::{Document, DocumentId};
use crate::domain::lexicon::Lexicon;
use crate::domain::topic::{Facet, Topic, TopicId};

/// The content of an edition, as loaded from `faq_data`: everything that is published together.
#[derive(Clone, Debug, PartialEq)]
pub struct KnowledgeBase {
    /// The topics by id.
    pub topics: BTreeMap<TopicId, Topic>,
    /// The longer texts by id.
    pub documents: BTreeMap<DocumentId, Document>,
    /// The field's words.
    pub lexicon: Lexicon,
    /// Questions that must keep their answer.
    pub golden: Vec<GoldenQuestion>,
    /// How match features become a confidence.
    pub calibration: Calibration,
    /// Where companies are served in person.
    pub service_points: Vec<ServicePoint>,
}

/// A question that must keep its answer (标准问).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldenQuestion {
    /// The question.
    pub question: String,
    /// The topic that must come first; `None` when it must not be answered.
    pub topic: Option<TopicId>,
    /// The facet that the answer must be about, where that matters.
    pub facet: Option<Facet>,
}

/// One published state of the knowledge (版次) with the index that serves it.
pub struct Edition {
    /// Its number; 1 is the first.
    pub number: u32,
    /// Its content.
    pub base: KnowledgeBase,
    /// Its index.
    pub index: Box<dyn Retrieve>,
    /// What its topics mean; [`super::ports::WordsOnly`] where nothing compares meanings.
    pub meanings: Arc<dyn Meanings>,
}

/// Holds the serving edition; a reader keeps the one it took until it is done, so no turn mixes two.
pub struct Shelf(ArcSwap<Edition>);

impl Shelf {
    /// Starts with `edition` serving.
    #[must_use]
    pub fn new(edition: Edition) -> Self {
        Self(ArcSwap::from_pointee(edition))
    }

    /// The serving edition.
    #[must_use]
    pub fn current(&self) -> Arc<Edition> {
        self.0.load_full()
    }

    /// Puts `edition` in its place; turns under way finish with the old one.
    pub fn swap(&self, edition: Edition) {
        self.0.store(Arc::new(edition));
    }
}
