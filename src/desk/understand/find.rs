//! One question by itself: how it is read, what the index finds, how sure that is, and what is done about it.

use super::CANDIDATES;
use crate::desk::knowledge::Edition;
use crate::desk::ports::RetrieveError;
use crate::domain::answer::{COMPARED, Candidate, Decision, Found, Judgement, judge, with_meanings};
use crate::domain::privacy::impersonal;
use crate::domain::reading::Reading;
use crate::domain::text::normalise;
use crate::domain::topic::TopicId;

/// So many topics are asked of the index where meanings are compared too: those that are near in meaning are to be found with
/// what the words say of them.
const REACH: usize = 256;

/// What came of looking a question up.
#[derive(Clone, Debug)]
pub(super) struct LookedUp {
    /// What was measured.
    pub(super) found: Found,
    /// What may be meant, likeliest first.
    pub(super) candidates: Vec<Candidate>,
    /// What is done about it.
    pub(super) decision: Decision,
}

/// How `raw` is read before it is looked up.
#[must_use]
pub fn read(raw: &str, edition: &Edition) -> Reading {
    edition.index.read(&normalise(&impersonal(raw)))
}

/// Looks up a normalised question; topics that are `not_meant` are left out.
pub(super) fn look_up(question: &str, not_meant: &[TopicId], edition: &Edition) -> Result<LookedUp, RetrieveError> {
    let mut found = find(&edition.index.read(question), edition)?;
    found.hits.retain(|hit| !not_meant.contains(&hit.topic));
    found.open.retain(|topic| !not_meant.contains(topic));
    let Judgement { mut candidates, decision, .. } = judge(&found, &edition.base.calibration);
    candidates.truncate(CANDIDATES);
    Ok(LookedUp { found, candidates, decision })
}

/// What is measured for a question as it was read: everything that a decision rests on.
///
/// Meanings count where they can be had in time; otherwise the words stand alone.
///
/// # Errors
///
/// Returns [`RetrieveError`] when the index cannot be searched.
pub fn find(reading: &Reading, edition: &Edition) -> Result<Found, RetrieveError> {
    match edition.meanings.similar(&reading.words, usize::MAX) {
        Some(meanings) => Ok(with_meanings(edition.index.retrieve(&reading.words, REACH)?, &meanings)),
        None => edition.index.retrieve(&reading.words, COMPARED),
    }
}
