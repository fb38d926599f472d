//! The port for published editions: what is kept of one, and which of them serves. Part of [`super::ports`].

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;

use super::changes::ExpiryWarning;
use super::ports::StoreError;

/// A published edition as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionRecord {
    /// Its number.
    pub number: u32,
    /// SHA-256 of its content.
    pub content_sha256: String,
    /// When it was published.
    pub published_at: Timestamp,
    /// Who published it.
    pub published_by: String,
    /// How many topics it has.
    pub topics: u32,
    /// Whether a failing golden run was overruled.
    pub is_forced: bool,
    /// Whether it is the serving one.
    pub is_serving: bool,
}

/// Which edition serves, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServingMark {
    /// Goes up with every mark, also when an earlier edition serves again.
    pub sequence: u64,
    /// The serving edition.
    pub edition: u32,
    /// Since when.
    pub at: Timestamp,
    /// Who published it or rolled back to it.
    pub by: String,
}

/// An edition to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEdition {
    /// The number it was built under: one above the highest so far.
    pub number: u32,
    /// The serving edition that it was compared with, if there was one.
    pub instead_of: Option<u32>,
    /// SHA-256 of its content.
    pub content_sha256: String,
    /// Its whole content, as the catalogue writes it.
    pub content: String,
    /// How many topics it has.
    pub topics: u32,
    /// Whether a failing golden run was overruled.
    pub is_forced: bool,
    /// Who publishes it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Why an edition was not published; the one that served still does.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Somebody else published or rolled back meanwhile: its number is taken, or it was compared with another edition.
    #[error("another edition was published meanwhile")]
    Superseded,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of the wish that an edition serve again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolledBack {
    /// It serves, instead of this one.
    InsteadOf(Option<u32>),
    /// It was the serving one already; nothing was changed.
    AlreadyServing,
    /// There is no edition of this number; nothing was changed.
    NoSuchEdition,
}

/// Keeps published editions. None is ever changed or deleted; which of them serves is told by marks.
#[async_trait]
pub trait Editions: Send + Sync {
    /// Publishes an edition and makes it the serving one. Written to the audit log.
    ///
    /// # Errors
    ///
    /// Returns [`PublishError`]; the old one stays the serving one.
    async fn publish(&self, edition: &NewEdition) -> Result<(), PublishError>;

    /// Makes a published edition the serving one again. Written to the audit log.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails; the present one stays the serving one.
    async fn roll_back(&self, number: u32, by: &str, at: Timestamp) -> Result<RolledBack, StoreError>;

    /// The serving edition and its content, if any was published.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn serving_edition(&self) -> Result<Option<(EditionRecord, String)>, StoreError>;

    /// An edition and its content; `None` when there is none of this number.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn edition(&self, number: u32) -> Result<Option<(EditionRecord, String)>, StoreError>;

    /// The last serving mark; cheap, for watching.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn serving_mark(&self) -> Result<Option<ServingMark>, StoreError>;

    /// The number of the serving edition; cheap.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn serving_number(&self) -> Result<Option<u32>, StoreError> {
        Ok(self.serving_mark().await?.map(|mark| mark.edition))
    }

    /// All editions, newest first.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn editions(&self) -> Result<Vec<EditionRecord>, StoreError>;

    /// Warnings given that something ends on `from` or later.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn expiry_warnings(&self, from: Date) -> Result<Vec<ExpiryWarning>, StoreError>;
}
