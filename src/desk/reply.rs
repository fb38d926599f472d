//! What a turn came to, as programs read it: the JSON of `ask` and of `POST /api/v1/ask`.

use jiff::civil::Date;
use serde::Serialize;

use super::message::Button;

/// What became of a turn; counted in the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, strum::Display, strum::IntoStaticStr, strum::EnumIter)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// Answered, with sources.
    Answer,
    /// Asked back.
    Clarify,
    /// Not known; a person is offered.
    Decline,
    /// A greeting and the like.
    Smalltalk,
    /// A ticket is being opened, or a person has the case.
    Handoff,
    /// How tickets stand.
    Progress,
    /// Refused, with a reason.
    Rejected,
}

/// The result of one turn. Keys may be added; names and meanings of existing ones stay.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reply {
    /// What became of it.
    pub status: Status,
    /// Probability between 0 and 1 that the first topic is right; 0 where no topic is concerned.
    pub confidence: f32,
    /// The day on which the answer applies.
    pub as_of: Date,
    /// The edition that answered.
    pub edition: u32,
    /// The topic that was answered from.
    pub topic: Option<String>,
    /// The facet that was asked for.
    pub facet: Option<String>,
    /// The topic's title.
    pub title: Option<String>,
    /// What the company reads.
    pub text: Option<String>,
    /// All answers, when several questions were answered at once; `topic` and `facet` are those of the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<AnswerRecord>,
    /// The sources of an answer; never empty for `answer`.
    pub citations: Vec<CitationRecord>,
    /// What mistyped words were taken for; `None` when nothing was mended.
    pub understood_as: Option<String>,
    /// Topics that may be meant, best first, at most ten.
    pub candidates: Vec<CandidateRecord>,
    /// Who would take, or has taken, the case.
    pub commissioner: Option<CommissionerRecord>,
    /// The ticket it is about.
    pub ticket: Option<String>,
    /// Buttons below the text.
    pub buttons: Vec<Vec<Button>>,
    /// Why it was refused.
    pub reason: Option<String>,
    /// Time taken, in microseconds.
    pub elapsed_us: u64,
}

impl Reply {
    /// A reply that says nothing yet.
    #[must_use]
    pub fn empty(as_of: Date, edition: u32) -> Self {
        Self {
            status: Status::Smalltalk,
            confidence: 0.0,
            as_of,
            edition,
            topic: None,
            facet: None,
            title: None,
            text: None,
            answers: Vec::new(),
            citations: Vec::new(),
            understood_as: None,
            candidates: Vec::new(),
            commissioner: None,
            ticket: None,
            buttons: Vec::new(),
            reason: None,
            elapsed_us: 0,
        }
    }
}

/// One of several answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnswerRecord {
    /// Its topic.
    pub topic: String,
    /// The facet that was asked for.
    pub facet: Option<String>,
    /// The topic's title.
    pub title: String,
}

/// A source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CitationRecord {
    /// Name of the document.
    pub title: String,
    /// Document number.
    pub doc_no: Option<String>,
    /// Issuing bodies.
    pub issuer: Option<String>,
    /// First day on which it applies.
    pub valid_from: Option<Date>,
    /// Last day on which it applies.
    pub valid_to: Option<Date>,
    /// `valid`, `provisional`, `expired`, `repealed` or `unverified`, as of the answer's day.
    pub status: String,
    /// A link.
    pub url: Option<String>,
}

/// A topic that may be meant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CandidateRecord {
    /// Its id.
    pub topic: String,
    /// Its title.
    pub title: String,
    /// Calibrated confidence.
    pub confidence: f32,
}

/// A commissioner, and why this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CommissionerRecord {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Reasons, the decisive one first.
    pub why: Vec<String>,
}
