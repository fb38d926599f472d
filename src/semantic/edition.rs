//! What the topics of one edition mean, and how near a question comes to each.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use sha2::{Digest, Sha256};

use super::model::file::hex;
use super::passages::{Part, Passage, passages};
use super::reader::{Reader, Vector};
use super::vectors::{self, Known, MANY, Matrix, TextHash};
use crate::desk::knowledge::KnowledgeBase;
use crate::desk::ports::{Meanings, SemanticVariant};
use crate::domain::semantic::{SemanticEvidence, TopicMeaning, scaled};
use crate::domain::topic::TopicId;

/// So many of a topic's nearest questions are averaged.
const NEAREST: usize = 3;

/// The meanings of one edition's topics.
///
/// It is complete without vectors: it then compares nothing, and the edition is served by words. Vectors are put in place by
/// [`super::prepare_by_model`] and [`super::prepare_by_endpoint`], before or while the edition serves.
pub struct EditionMeanings {
    pub(super) reader: Arc<Reader>,
    topics: Vec<TopicId>,
    pub(super) passages: Vec<Passage>,
    pub(super) hashes: Vec<TextHash>,
    /// Where the vectors are kept; nowhere when `None`.
    folder: Option<PathBuf>,
    by_model: ArcSwapOption<Compared>,
    by_endpoint: ArcSwapOption<Compared>,
}

/// Vectors of one space, one a passage.
struct Compared {
    space: String,
    matrix: Matrix,
    /// The mean cosine of texts of different topics: 0 on the scale of the evidence.
    floor: f32,
}

/// Vectors that need not be computed.
#[derive(Default)]
pub(super) struct Kept {
    /// By text.
    pub(super) vectors: Known,
    /// Whether all of them are kept with the edition itself.
    pub(super) are_all_here: bool,
}

/// Whose vectors are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The model inside this process.
    Model,
    /// The server.
    Endpoint,
}

impl EditionMeanings {
    /// The meanings of `base`, without vectors yet; `folder` is where vectors are kept, usually that of the edition's index.
    #[must_use]
    pub fn new(reader: Arc<Reader>, base: &KnowledgeBase, folder: Option<PathBuf>) -> Self {
        let passages = passages(base);
        if passages.len() > MANY {
            tracing::warn!(texts = passages.len(), "so many texts are compared one by one that questions will feel it");
        }
        let hashes = passages.iter().map(|passage| TextHash::of(passage.side(), &passage.text)).collect();
        Self {
            reader,
            topics: base.topics.keys().cloned().collect(),
            passages,
            hashes,
            folder,
            by_model: ArcSwapOption::empty(),
            by_endpoint: ArcSwapOption::empty(),
        }
    }

    /// Whether the model's vectors are in place, and are those of the model in place.
    #[must_use]
    pub fn is_ready_for_model(&self) -> bool {
        let model = self.reader.model();
        let compared = self.by_model.load();
        matches!((&model, compared.as_ref()), (Some(model), Some(compared)) if model.space() == compared.space)
    }

    /// Whether the server's vectors are in place.
    #[must_use]
    pub fn is_ready_for_endpoint(&self) -> bool {
        self.by_endpoint.load().is_some()
    }

    /// Vectors of `space` that are kept, here or in the folders `elsewhere`, of texts that this edition has.
    pub(super) fn kept(&self, space: &str, elsewhere: &[PathBuf]) -> Kept {
        let mut kept = Kept::default();
        for (number, folder) in self.folder.iter().chain(elsewhere).enumerate() {
            // What cannot be read is computed again.
            if let Ok(found) = vectors::read(&kept_at(folder, space), space) {
                kept.vectors.extend(found);
            }
            if self.hashes.iter().all(|hash| kept.vectors.contains_key(hash)) {
                kept.are_all_here = number == 0 && self.folder.is_some();
                break;
            }
        }
        kept
    }

    /// Keeps what is known of the edition's vectors for the next time; whoever cannot write them computes them again.
    pub(super) fn keep(&self, space: &str, known: &Known) {
        let Some(folder) = &self.folder else { return };
        let path = kept_at(folder, space);
        let (hashes, rows): (Vec<_>, Vec<_>) =
            self.hashes.iter().filter_map(|hash| Some((*hash, known.get(hash)?.clone()))).unzip();
        let Some(matrix) = Matrix::new(&rows) else { return };
        let write = || {
            std::fs::create_dir_all(folder)?;
            vectors::write(&path, space, &hashes, &matrix)
        };
        if let Err(cause) = write() {
            tracing::warn!(error = %cause, path = %path.display(), "the meanings could not be kept");
        }
    }

    /// Puts vectors in place where there is one for every text; tells whether there was.
    pub(super) fn put(&self, by: By, space: &str, known: &Known) -> bool {
        let rows: Option<Vec<_>> = self.hashes.iter().map(|hash| known.get(hash).cloned()).collect();
        let Some(matrix) = rows.as_deref().and_then(Matrix::new) else { return false };
        let compared = Compared { space: space.to_owned(), floor: self.floor(&matrix), matrix };
        let place = match by {
            By::Model => &self.by_model,
            By::Endpoint => &self.by_endpoint,
        };
        place.store(Some(Arc::new(compared)));
        true
    }

    /// The mean cosine between questions and titles of different topics.
    ///
    /// Where nobody wrote questions it is 0, so cosines stay as they are: passages are nearer to each other than questions are to
    /// passages, so a mean of theirs would cut off what is right.
    fn floor(&self, matrix: &Matrix) -> f32 {
        if !self.passages.iter().any(|passage| passage.part == Part::Question) {
            return 0.0;
        }
        let takes_part = |part| matches!(part, Part::Title | Part::Question);
        let owners: Vec<_> =
            self.passages.iter().map(|passage| takes_part(passage.part).then_some(passage.owner)).collect();
        matrix.mean_between(&owners)
    }

    fn compare(&self, compared: &Compared, question: &Vector, limit: usize) -> Option<Vec<TopicMeaning>> {
        let cosines = compared.matrix.cosines(question)?;
        let mut found: Vec<TopicMeaning> = Vec::with_capacity(self.topics.len());
        let mut begin = 0;
        for of_topic in self.passages.chunk_by(|a, b| a.owner == b.owner) {
            let near = of_topic.iter().zip(&cosines[begin..]).map(|(passage, cosine)| (passage.part, *cosine));
            found.push(evidence(near, compared.floor, &self.topics[of_topic[0].owner as usize]));
            begin += of_topic.len();
        }
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.topic.cmp(&b.topic)));
        found.truncate(limit);
        Some(found)
    }
}

/// What the cosines of one topic's texts come to.
fn evidence(near: impl Iterator<Item = (Part, f32)>, floor: f32, topic: &TopicId) -> TopicMeaning {
    let mut evidence = SemanticEvidence::default();
    let mut nearest = [0.0_f32; NEAREST];
    let (mut counted, mut has_questions) = (0, false);
    for (part, cosine) in near {
        let near = scaled(cosine, floor);
        let best = match part {
            Part::Title => &mut evidence.title,
            Part::Question => &mut evidence.question,
            Part::Counter => &mut evidence.counter,
            Part::Body => &mut evidence.body,
        };
        *best = best.max(near);
        has_questions |= part == Part::Question;
        if matches!(part, Part::Title | Part::Question) {
            counted += 1;
            if near > nearest[NEAREST - 1] {
                nearest[NEAREST - 1] = near;
                nearest.sort_by(|a, b| b.total_cmp(a));
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "at most three")]
    let several = counted.clamp(1, NEAREST) as f32;
    evidence.questions = nearest.iter().sum::<f32>() / several;
    TopicMeaning { topic: topic.clone(), score: evidence.score(has_questions), evidence }
}

/// Where vectors of `space` are kept in `folder`.
fn kept_at(folder: &Path, space: &str) -> PathBuf {
    folder.join(format!("meanings-{}.safetensors", &hex(&Sha256::digest(space))[..12]))
}

impl Meanings for EditionMeanings {
    fn similar(&self, question: &str, limit: usize) -> Option<Vec<TopicMeaning>> {
        let by_endpoint = self.by_endpoint.load_full();
        if let Some(compared) = by_endpoint
            && let Some(vector) = self.reader.read_by_endpoint(question)
            && let Some(found) = self.compare(&compared, &vector, limit)
        {
            return Some(found);
        }
        let compared = self.by_model.load_full().filter(|_| self.is_ready_for_model())?;
        let vector = self.reader.read_by_model(question)?;
        self.compare(&compared, &vector, limit)
    }

    fn variant(&self) -> SemanticVariant {
        let endpoint_is_well = self.reader.endpoint().is_some_and(super::endpoint::Endpoint::is_well);
        if self.is_ready_for_endpoint() && endpoint_is_well {
            SemanticVariant::Endpoint
        } else if self.is_ready_for_model() {
            SemanticVariant::Model
        } else {
            SemanticVariant::Lexical
        }
    }
}
