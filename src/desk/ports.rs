//! What the desk needs from the world, named by need.

use crate::domain::answer::TopicHit;

/// Finds topics for a question within one edition.
pub trait Retrieve: Send + Sync {
    /// Ranks topics for `question`, a normalised text (see [`crate::domain::text::normalise`]); at most `limit`, best first.
    ///
    /// An empty result means that no word of the question occurs anywhere.
    ///
    /// # Errors
    ///
    /// Returns [`RetrieveError`] when the index cannot be read.
    fn retrieve(&self, question: &str, limit: usize) -> Result<Vec<TopicHit>, RetrieveError>;
}

/// The index could not be searched.
#[derive(Debug, thiserror::Error)]
#[error("could not search the index")]
pub struct RetrieveError(#[source] pub Box<dyn std::error::Error + Send + Sync>);
