//! Longer texts (文件正文) that topics rest on, in passages that can be found by themselves.
//!
//! A document says nothing to companies by itself: its passages help to find the topics it belongs to, and answers cite those
//! topics' own citations.

use std::fmt;

use jiff::civil::Date;

use super::topic::{Status, TopicId};

/// The id of a document: `<category>/<slug>`, of the same form as a topic's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(TopicId);

impl DocumentId {
    /// Reads an id of the form `<category>/<slug>`; `None` for anything else.
    ///
    /// # Examples
    ///
    /// ```
    /// # use zhengqitong::domain::document::DocumentId;
    /// assert_eq!(DocumentId::parse("tax/vat-law").unwrap().as_str(), "tax/vat-law");
    /// assert!(DocumentId::parse("../vat-law").is_none());
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        TopicId::parse(text).map(Self)
    }

    /// The whole id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The part before the slash.
    #[must_use]
    pub fn category(&self) -> &str {
        self.0.category()
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A piece of a document: an article, or what stands below a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentPassage {
    /// The headings above it, the outermost first; empty where there are none.
    pub heading: String,
    /// Its lines, without markup.
    pub text: String,
}

/// A document with its passages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// Its official name.
    pub title: String,
    /// Document number (文号).
    pub doc_no: Option<String>,
    /// Issuing bodies.
    pub issuer: Option<String>,
    /// When it was published.
    pub published_on: Option<Date>,
    /// First day on which it applies.
    pub valid_from: Option<Date>,
    /// Last day on which it applies.
    pub valid_to: Option<Date>,
    /// Its status as the source says.
    pub status: Status,
    /// Where it was taken from: a link, or words.
    pub source: Option<String>,
    /// The topics it belongs to.
    pub topics: Vec<TopicId>,
    /// What it says; never empty.
    pub passages: Vec<DocumentPassage>,
}
