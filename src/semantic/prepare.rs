//! Works out what an edition's topics mean: what is kept is read, what is new is computed, texts that did not change are not
//! computed again.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::{ThreadPoolBuildError, ThreadPoolBuilder};

use super::edition::{By, EditionMeanings, Kept};
use super::endpoint::EndpointError;
use super::model::{EmbedError, Model, Side};
use super::passages::Passage;
use super::reader::cores;
use super::vectors::{Known, TextHash};

/// Texts that are sent to a server together.
const BATCH: usize = 32;

/// After so many texts, about ten seconds, what was computed is kept.
const KEPT_EVERY: usize = 512;

/// Why the meanings of an edition are not in place; it is served by words.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// There is no model, or no server.
    #[error("there is nothing to work out meanings with")]
    Absent,
    /// It was asked to stop.
    #[error("working out meanings was stopped")]
    Stopped,
    /// No thread could be started.
    #[error("could not start the threads that work out meanings")]
    Threads(#[from] ThreadPoolBuildError),
    /// The model failed.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The server failed.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The vectors do not fit together.
    #[error("the vectors are of different lengths")]
    Unequal,
}

/// How much of the machine may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Every core: somebody waits for it.
    Full,
    /// One core, while the edition serves.
    Background,
}

/// What preparing an edition came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Texts of the edition.
    pub texts: usize,
    /// Those that had to be computed.
    pub computed: usize,
}

/// Whom to tell how far it is (done, of how many), and whether to go on.
pub struct Watch<'a> {
    /// Called with texts done and texts to compute.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
    /// Whether to stop.
    pub stops: &'a (dyn Fn() -> bool + Sync),
}

/// Puts in place what is kept of an edition's vectors, if that is all of them; computes nothing.
///
/// Vectors in the folders `elsewhere`, those of other editions, count as well.
pub fn restore(meanings: &EditionMeanings, elsewhere: &[PathBuf]) {
    let model = meanings.reader.model();
    let spaces = [
        (By::Model, model.as_ref().map(|model| model.space())),
        (By::Endpoint, meanings.reader.endpoint().map(super::endpoint::Endpoint::space)),
    ];
    for (by, space) in spaces {
        let Some(space) = space else { continue };
        let kept = meanings.kept(space, elsewhere);
        if meanings.put(by, space, &kept.vectors) && !kept.are_all_here {
            // The other edition's folder goes some day.
            meanings.keep(space, &kept.vectors);
        }
    }
}

/// Puts the model's vectors of an edition in place; takes about 20 ms a text that is not known, so call it where that may be.
///
/// Vectors in the folders `elsewhere`, those of other editions, spare computing what did not change. What was computed is kept
/// as it goes: whoever is stopped begins where it ended.
///
/// # Errors
///
/// Returns [`PrepareError`]; vectors that were in place before still are.
pub fn prepare_by_model(
    meanings: &EditionMeanings,
    elsewhere: &[PathBuf],
    effort: Effort,
    watch: &Watch<'_>,
) -> Result<Prepared, PrepareError> {
    let model = meanings.reader.model().ok_or(PrepareError::Absent)?;
    let mut kept = meanings.kept(model.space(), elsewhere);
    let missing = missing(meanings, &kept.vectors);
    if !missing.is_empty() {
        let threads = if effort == Effort::Full { cores() } else { 1 };
        let pool = ThreadPoolBuilder::new().num_threads(threads).thread_name(|_| "prepare".to_owned()).build()?;
        let done = AtomicUsize::new(0);
        for part in missing.chunks(KEPT_EVERY) {
            let result = pool.install(|| compute(&model, part, &done, missing.len(), watch));
            let is_all = result.as_ref().is_ok_and(|computed| computed.len() == part.len());
            kept.vectors.extend(result?);
            meanings.keep(model.space(), &kept.vectors);
            if !is_all {
                return Err(PrepareError::Stopped);
            }
        }
    }
    finish(meanings, By::Model, model.space(), &kept, missing.len())
}

/// Puts a server's vectors of an edition in place.
///
/// # Errors
///
/// Returns [`PrepareError`]; vectors that were in place before still are.
pub async fn prepare_by_endpoint(
    meanings: &EditionMeanings,
    elsewhere: &[PathBuf],
    watch: &Watch<'_>,
) -> Result<Prepared, PrepareError> {
    let endpoint = meanings.reader.endpoint().ok_or(PrepareError::Absent)?;
    let mut kept = meanings.kept(endpoint.space(), elsewhere);
    let missing = missing(meanings, &kept.vectors);
    let mut done = 0;
    for side in [Side::Question, Side::Passage] {
        let of_side: Vec<_> = missing.iter().filter(|(_, passage)| passage.side() == side).collect();
        for batch in of_side.chunks(BATCH) {
            if (watch.stops)() {
                return Err(PrepareError::Stopped);
            }
            let texts: Vec<&str> = batch.iter().map(|(_, passage)| passage.text.as_str()).collect();
            let vectors = endpoint.embed_batch(side, &texts).await?;
            kept.vectors.extend(batch.iter().map(|(hash, _)| *hash).zip(vectors));
            done += batch.len();
            (watch.progress)(done, missing.len());
        }
    }
    let computed = missing.len();
    if computed > 0 {
        meanings.keep(endpoint.space(), &kept.vectors);
    }
    finish(meanings, By::Endpoint, endpoint.space(), &kept, computed)
}

/// The texts without a vector, each once.
fn missing<'a>(meanings: &'a EditionMeanings, known: &Known) -> Vec<(TextHash, &'a Passage)> {
    let mut missing = HashMap::new();
    for (hash, passage) in meanings.hashes.iter().zip(&meanings.passages) {
        if !known.contains_key(hash) {
            missing.insert(*hash, passage);
        }
    }
    missing.into_iter().collect()
}

/// The vectors of a part of what is missing; fewer than there are texts where it was stopped.
fn compute(
    model: &Model,
    part: &[(TextHash, &Passage)],
    done: &AtomicUsize,
    all: usize,
    watch: &Watch<'_>,
) -> Result<Vec<(TextHash, Vec<f32>)>, EmbedError> {
    let compute = |(hash, passage): &(TextHash, &Passage)| {
        if (watch.stops)() {
            return None;
        }
        let vector = model.embed(passage.side(), &passage.text);
        (watch.progress)(done.fetch_add(1, Ordering::Relaxed) + 1, all);
        Some(vector.map(|vector| (*hash, vector)))
    };
    part.into_par_iter().filter_map(compute).collect()
}

fn finish(
    meanings: &EditionMeanings,
    by: By,
    space: &str,
    kept: &Kept,
    computed: usize,
) -> Result<Prepared, PrepareError> {
    if !meanings.put(by, space, &kept.vectors) {
        return Err(PrepareError::Unequal);
    }
    if computed == 0 && !kept.are_all_here {
        // The other edition's folder goes some day.
        meanings.keep(space, &kept.vectors);
    }
    Ok(Prepared { texts: meanings.hashes.len(), computed })
}
