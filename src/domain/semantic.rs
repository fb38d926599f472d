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
    /// The mean of the nearest three of its questions and its title: one lucky wording counts less than several near ones.
    pub questions: f32,
    /// The title.
    pub title: f32,
    /// Title and summary, read as a passage that may answer the question; 0 where there is no summary.
    pub body: f32,
    /// The nearest of the questions that look like this topic and belong to another.
    pub counter: f32,
}

/// One topic compared with a question.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicMeaning {
    /// The topic.
    pub topic: TopicId,
    /// What topics are preselected by; between 0 and 1, comparable between questions.
    pub score: f32,
    /// What the score is made of.
    pub evidence: SemanticEvidence,
}

/// Share of the body in [`SemanticEvidence::score`]; flat between 0.2 and 0.35 on the development questions.
const BODY: f32 = 0.25;

impl SemanticEvidence {
    /// One number for ranking; `has_questions` tells whether the topic has questions of its own.
    ///
    /// Without any, the body speaks alone: it is read together with its title, which by itself often says no more than where a
    /// text stands (“第五十四条”).
    #[must_use]
    pub fn score(&self, has_questions: bool) -> f32 {
        if has_questions {
            (1.0 - BODY) * self.questions + BODY * self.body
        } else if self.body > 0.0 {
            self.body
        } else {
            self.title
        }
    }
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
