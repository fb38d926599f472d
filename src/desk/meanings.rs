//! What the desk needs to compare meanings: a port of its own, since everything works without it as well, only less well.

use crate::domain::semantic::TopicMeaning;

/// What meanings are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SemanticVariant {
    /// Words only.
    Lexical,
    /// The model inside this process.
    Model,
    /// A server that speaks `/v1/embeddings`.
    Endpoint,
}

/// Compares what a question means with what the topics of one edition mean.
pub trait Meanings: Send + Sync {
    /// Topics by how near they are to `question`, the words of a reading; nearest first, at most `limit`.
    ///
    /// `None` where meanings cannot be compared now: nothing is installed, the edition's own meanings are still being worked
    /// out, or the question could not be read in time. The turn then goes on with words alone. Reading takes tens of
    /// milliseconds on threads of its own; the caller is kept waiting, and a runtime's worker is replaced meanwhile.
    fn similar(&self, question: &str, limit: usize) -> Option<Vec<TopicMeaning>>;

    /// What meanings are compared with just now.
    fn variant(&self) -> SemanticVariant;
}

/// Compares nothing: the setting that goes by words only.
#[derive(Clone, Copy, Debug, Default)]
pub struct WordsOnly;

impl Meanings for WordsOnly {
    fn similar(&self, _question: &str, _limit: usize) -> Option<Vec<TopicMeaning>> {
        None
    }

    fn variant(&self) -> SemanticVariant {
        SemanticVariant::Lexical
    }
}
