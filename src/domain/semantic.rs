//! How near two texts are in meaning, on a scale that does not depend on the model that measured it.

use super::topic::TopicId;

/// How near in meaning a question comes to one topic; each number lies between 0 and 1.
///
/// 0 means no nearer than questions about different topics of the same knowledge are on average, 1 means the same text. So a
/// number can be read without knowing which model measured it: raw cosines of one model live between 0.75 and 0.95, those of
/// another around 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SemanticEvidence {
    /// The nearest of the topic's own questions.
    pub question: f32,
    /// The title.
    pub title: f32,
    /// The nearest passage of the body; 0 where bodies are not compared.
    pub body: f32,
    /// The nearest of the questions that look like this topic and belong to another.
    pub counter: f32,
}

impl SemanticEvidence {
    /// The nearest of what the topic says about itself: its questions, its title, its body.
    #[must_use]
    pub fn nearest(&self) -> f32 {
        self.question.max(self.title).max(self.body)
    }
}

/// One topic compared with a question.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicMeaning {
    /// The topic.
    pub topic: TopicId,
    /// How near it is.
    pub evidence: SemanticEvidence,
}

/// Puts a raw cosine on the scale of [`SemanticEvidence`]: `floor` becomes 0, 1 stays 1, what lies below is 0.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::semantic::scaled;
/// assert!((scaled(0.93, 0.86) - 0.5).abs() < 1e-6);
/// assert_eq!(scaled(0.80, 0.86), 0.0);
/// ```
#[must_use]
pub fn scaled(cosine: f32, floor: f32) -> f32 {
    ((cosine - floor) / (1.0 - floor).max(f32::EPSILON)).clamp(0.0, 1.0)
}
