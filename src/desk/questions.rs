//! Questions kept to learn from: what was not answered well, masked, and what companies thought of the answers.
//!
//! A turn is kept with the commit that ends it. Neither a chat nor a name is kept, only a salted hash of the conversation, so
//! that distinct askers can be counted and erased. Absent: what is made of the questions, see [`super::learning`].

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::message::{Channel, ChatAddress};
use super::ports::StoreError;
use crate::domain::topic::TopicId;

/// What a company thought of an answer.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    /// 有帮助.
    Helpful,
    /// 没帮助.
    Unhelpful,
}

/// Why a question is kept; of several reasons the last one in this order is told.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Reason {
    /// A person was wanted.
    PersonWanted,
    /// It was asked back, and nothing was chosen.
    AskedBack,
    /// It was not answered.
    Declined,
    /// None of the topics that were offered was meant.
    NoneFit,
    /// The answer did not help.
    Unhelpful,
}

/// A question as it is to be kept; it replaces what was kept of the same turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptQuestion {
    /// The conversation, of which only a hash is stored; `None` where there is none to come back to.
    pub chat: Option<ChatAddress>,
    /// The way it came in.
    pub channel: Channel,
    /// The turn within the conversation.
    pub turn: u32,
    /// The masked words.
    pub text: String,
    /// The same, made comparable; see [`crate::domain::text::key`].
    pub key: String,
    /// Why it is kept.
    pub reason: Reason,
    /// Whether a person was wanted as well.
    pub wants_person: bool,
    /// The topic that was guessed or answered from.
    pub topic: Option<TopicId>,
    /// The edition that did not answer it.
    pub edition: u32,
    /// When it was asked.
    pub at: Timestamp,
}

/// What becomes of kept questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuestionChange {
    /// Keep it.
    Keep(Box<KeptQuestion>),
    /// It was answered after all: forget the turn.
    Forget {
        /// The conversation.
        chat: ChatAddress,
        /// The turn.
        turn: u32,
    },
    /// Somebody has dealt with these.
    Settle {
        /// Their numbers.
        ids: Vec<i64>,
        /// How.
        settlement: Settlement,
    },
    /// The topic drafted from questions is published: all questions it was drafted from are settled.
    Published {
        /// The topic.
        topic: TopicId,
    },
}

/// How questions were dealt with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// A draft was made from them, which waits for being completed and published.
    Drafted(TopicId),
    /// Nothing will be made of them.
    Dismissed,
}

/// What somebody thought of an answer; replaces what the same conversation thought of the same turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedbackChange {
    /// The conversation, of which only a hash is stored.
    pub chat: ChatAddress,
    /// The turn.
    pub turn: u32,
    /// What they thought.
    pub verdict: Verdict,
    /// The topic that was answered from.
    pub topic: Option<TopicId>,
    /// The serving edition.
    pub edition: u32,
}

/// A kept question that nobody has settled yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenQuestion {
    /// Its number; ascending in the order of keeping, never used twice.
    pub id: i64,
    /// The salted hash of the conversation.
    pub asker: Option<String>,
    /// The way it came in.
    pub channel: Channel,
    /// The masked words.
    pub text: String,
    /// Why it was kept.
    pub reason: Reason,
    /// Whether a person was wanted as well.
    pub wants_person: bool,
    /// The topic that was guessed.
    pub topic: Option<TopicId>,
    /// The edition that did not answer it.
    pub edition: u32,
    /// When it was asked.
    pub at: Timestamp,
    /// The draft that was made from it.
    pub draft: Option<TopicId>,
}

/// How often answers helped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedbackCounts {
    /// 有帮助.
    pub helpful: u64,
    /// 没帮助.
    pub unhelpful: u64,
}

/// Keeps questions and feedback; they are written by [`super::ports::Files::commit`].
#[async_trait]
pub trait Questions: Send + Sync {
    /// Questions that are neither dismissed nor published, in the order of asking.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn open_questions(&self) -> Result<Vec<OpenQuestion>, StoreError>;

    /// Feedback given since an instant, each turn once.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn feedback_since(&self, since: Timestamp) -> Result<FeedbackCounts, StoreError>;

    /// Deletes questions and feedback from before an instant; returns how many questions.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn sweep_questions(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// Deletes all questions and feedback of one conversation and notes it in the audit log; returns how many questions.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails; nothing is deleted then.
    async fn erase_asker(&self, chat: &ChatAddress, by: &str, at: Timestamp) -> Result<u64, StoreError>;
}
