//! Drafts (草稿): topics that somebody still has to complete, one file each in `drafts/`.
//!
//! Whoever has something to tell (an import, an unanswered question, a closed ticket) fills in what is known. The loader does
//! not read the folder; `check` says what is missing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::known::CATEGORIES;
use super::super::record::{CitationRecord, DraftRecord, FacetsRecord, TimeLimitRecord};
use super::{Change, ChangeError, apply, emit, slug};
use crate::domain::topic::{Citation, Facet, TopicId, TopicKind};

/// As many drafts of one title get names of their own.
const MOST_OF_A_NAME: usize = 200;

/// What is known of a topic so far; everything but the title may be left empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// What it is about; also makes the file's name.
    pub title: String,
    /// What sort of matter it is.
    pub kind: Option<TopicKind>,
    /// What, how much and for whom, in plain words.
    pub summary: Option<String>,
    /// Competent departments.
    pub competent: Vec<String>,
    /// Search words that are not in the title.
    pub tags: Vec<String>,
    /// What was asked, in people's own words, without personal data.
    pub questions: Vec<String>,
    /// What is known of the facets, as lines. Materials, places, contacts and fee have a form of their own in a topic file, so
    /// their lines become notes.
    pub facets: BTreeMap<Facet, Vec<String>>,
    /// The documents it rests on.
    pub citations: Vec<Citation>,
    /// For who completes it, as comments on top of the file: where it comes from, what was replied.
    pub notes: Vec<String>,
}

/// A draft that has been written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenDraft {
    /// The id it will have as a topic.
    pub id: TopicId,
    /// Where it stands.
    pub path: PathBuf,
}

/// Why a draft was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteDraftError {
    /// There is no such category.
    #[error("there is no category `{0}`")]
    Category(String),
    /// The title makes no file name.
    #[error("`{0}` makes no file name")]
    Title(String),
    /// So many drafts have this title that something must be wrong.
    #[error("there are too many drafts called `{0}`")]
    TooMany(String),
    /// The file could not be written.
    #[error("could not keep the draft")]
    Write(#[source] ChangeError),
}

/// Writes `draft` as a file of its own below `drafts/` in the data folder `faq_data`, and says where.
///
/// Its name is made from the title and is taken by no topic and no other draft, so nothing is overwritten. The file appears
/// whole or not at all.
///
/// # Errors
///
/// Returns [`WriteDraftError`]; then nothing has been written.
///
/// # Examples
///
/// ```
/// use zhengqitong::catalog::{Draft, write_draft};
///
/// let faq_data = tempfile::tempdir()?;
/// let draft = Draft { title: "门头招牌备案".to_owned(), questions: vec!["换招牌要不要备案".to_owned()], ..Draft::default() };
/// let written = write_draft(faq_data.path(), "market", &draft)?;
/// assert_eq!(written.id.as_str(), "market/men-tou-zhao-pai-bei-an");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_draft(faq_data: &Path, category: &str, draft: &Draft) -> Result<WrittenDraft, WriteDraftError> {
    if !CATEGORIES.contains(&category) {
        return Err(WriteDraftError::Category(category.to_owned()));
    }
    let name = slug(&draft.title).ok_or_else(|| WriteDraftError::Title(draft.title.clone()))?;
    let (record, notes) = record(draft);
    let text = emit(&record, &notes);
    for count in 1..=MOST_OF_A_NAME {
        let name = if count == 1 { name.clone() } else { format!("{name}-{count}") };
        let Some(id) = TopicId::parse(&format!("{category}/{name}")) else {
            return Err(WriteDraftError::Title(draft.title.clone()));
        };
        if topic_path(faq_data, &id).exists() {
            continue;
        }
        let path = draft_path(faq_data, &id);
        match apply(&[Change::Create { path: path.clone(), content: text.clone().into_bytes() }]) {
            Ok(()) => return Ok(WrittenDraft { id, path }),
            Err(ChangeError::Exists { .. }) => {}
            Err(error) => return Err(WriteDraftError::Write(error)),
        }
    }
    Err(WriteDraftError::TooMany(draft.title.clone()))
}

/// Where the topic `id` stands.
pub(crate) fn topic_path(faq_data: &Path, id: &TopicId) -> PathBuf {
    faq_data.join("topics").join(format!("{id}.yaml"))
}

/// Where a draft of the topic `id` stands, below the data folder `faq_data`.
#[must_use]
pub fn draft_path(faq_data: &Path, id: &TopicId) -> PathBuf {
    faq_data.join("drafts").join(format!("{id}.yaml"))
}

/// The record, and what has no place in it.
fn record(draft: &Draft) -> (DraftRecord, Vec<String>) {
    let mut notes = draft.notes.clone();
    let mut facets = FacetsRecord::default();
    for (facet, lines) in &draft.facets {
        let lines = lines.clone();
        match facet {
            Facet::Conditions => facets.conditions = lines,
            Facet::Amount => facets.amount = lines,
            Facet::Steps => facets.steps = lines,
            Facet::Validity => facets.validity = lines,
            Facet::Basis => facets.basis = lines,
            Facet::TimeLimit if !lines.is_empty() => {
                facets.time_limit = Some(TimeLimitRecord { text: lines, ..TimeLimitRecord::default() });
            }
            Facet::Materials | Facet::Place | Facet::Contact | Facet::Fee | Facet::TimeLimit => {
                let name: &'static str = facet.into();
                notes.extend(lines.iter().map(|line| format!("{name}: {line}")));
            }
        }
    }
    let record = DraftRecord {
        title: Some(draft.title.clone()),
        kind: draft.kind.map(Into::into),
        summary: draft.summary.clone(),
        competent: draft.competent.clone(),
        tags: draft.tags.clone(),
        questions: draft.questions.clone(),
        citations: draft.citations.iter().map(CitationRecord::from).collect(),
        facets,
        ..DraftRecord::default()
    };
    (record, notes)
}
