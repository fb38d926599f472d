//! What the assistant knows: topics, their facets, sources and validity.
//!
//! A topic (主题) is a policy (政策), a procedure (办事指南) or a service, with everything an answer may be composed from.
//! How topics are written on disk is the catalogue's business; how they are found is the search's.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;

/// The id of a topic: `<category>/<slug>`, such as `tax/rd-super-deduction`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicId(Arc<str>);

impl TopicId {
    /// Reads an id of the form `<category>/<slug>`, both in lower-case ASCII letters, digits and hyphens.
    ///
    /// Returns `None` for anything else.
    ///
    /// # Examples
    ///
    /// ```
    /// # use zhengqitong::domain::topic::TopicId;
    /// assert_eq!(TopicId::parse("market/annual-report").unwrap().category(), "market");
    /// assert!(TopicId::parse("年报").is_none());
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (category, slug) = text.split_once('/')?;
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        (is_word(category) && is_word(slug)).then(|| Self(text.into()))
    }

    /// The whole id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the slash: the field a commissioner answers for.
    #[must_use]
    pub fn category(&self) -> &str {
        self.0.split_once('/').map_or("", |(category, _)| category)
    }
}

impl fmt::Display for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One aspect of a topic that a company can ask for (要素).
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::EnumIter,
)]
#[strum(serialize_all = "snake_case")]
pub enum Facet {
    /// 条件: who qualifies.
    Conditions,
    /// 材料: what to bring.
    Materials,
    /// 流程: what to do, in order.
    Steps,
    /// 时限: how long it takes.
    TimeLimit,
    /// 地点: where, including online entries.
    Place,
    /// 电话: whom to ask.
    Contact,
    /// 收费: what it costs.
    Fee,
    /// 标准: what one gets, rates and ceilings.
    Amount,
    /// 有效期: how long the policy or the certificate is valid.
    Validity,
    /// 依据: the documents it rests on.
    Basis,
}

/// What sort of matter a topic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum TopicKind {
    /// Money, tax or support (政策).
    Policy,
    /// A thing to be handled (办事指南).
    Procedure,
    /// An organisation or channel.
    Service,
}

/// Whether a policy is in force, as the source says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// In force.
    Valid,
    /// In force for the time being, may be prolonged (暂定).
    Provisional,
    /// Its time has run out.
    Expired,
    /// Repealed or replaced.
    Repealed,
    /// Real, but its figures or its being in force must be checked against the newest notice (待核).
    Unverified,
}

/// Whether something applies on a given day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It applies.
    InForce,
    /// It applies, and ends within [`ENDING_SOON_DAYS`] days.
    EndingSoon(Date),
    /// It has not begun.
    NotYet(Date),
    /// It is over; the date is the last day on which it applied, where known.
    Over(Option<Date>),
    /// Its standing must be checked against the newest notice.
    Unverified,
}

/// Policies that end within this many days are announced as ending.
pub const ENDING_SOON_DAYS: i32 = 60;

/// A document that an answer rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// Name of the document, or what it is about.
    pub title: String,
    /// Document number (文号).
    pub doc_no: Option<String>,
    /// Issuing bodies.
    pub issuer: Option<String>,
    /// First day on which it applies.
    pub valid_from: Option<Date>,
    /// Last day on which it applies.
    pub valid_to: Option<Date>,
    /// Its status as the source says.
    pub status: Status,
    /// A link to the document.
    pub url: Option<String>,
}

/// Where and until when something applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validity {
    /// Status as the source says.
    pub status: Status,
    /// First day on which it applies.
    pub from: Option<Date>,
    /// Last day on which it applies.
    pub to: Option<Date>,
    /// What replaces it, in words.
    pub successor: Option<String>,
    /// What replaces it, as a topic.
    pub successor_topic: Option<TopicId>,
}

impl Validity {
    /// Tells whether the policy applies on `day`.
    ///
    /// The last day counts as in force. A repealed or expired policy is over whatever the day.
    ///
    /// # Examples
    ///
    /// ```
    /// # use zhengqitong::domain::topic::{Standing, Status, Validity};
    /// # use jiff::civil::date;
    /// let subsidy = Validity { status: Status::Valid, from: None, to: Some(date(2026, 12, 31)), successor: None, successor_topic: None };
    /// assert_eq!(subsidy.standing(date(2026, 12, 31)), Standing::EndingSoon(date(2026, 12, 31)));
    /// assert_eq!(subsidy.standing(date(2027, 1, 1)), Standing::Over(Some(date(2026, 12, 31))));
    /// ```
    #[must_use]
    pub fn standing(&self, day: Date) -> Standing {
        if matches!(self.status, Status::Expired | Status::Repealed) {
            return Standing::Over(self.to);
        }
        match (self.from, self.to) {
            (_, Some(to)) if day > to => Standing::Over(Some(to)),
            (Some(from), _) if day < from => Standing::NotYet(from),
            _ if self.status == Status::Unverified => Standing::Unverified,
            (_, Some(to)) if (to - day).get_days() <= ENDING_SOON_DAYS => Standing::EndingSoon(to),
            _ => Standing::InForce,
        }
    }
}

/// A question that looks like one topic and belongs to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterQuestion {
    /// The question.
    pub text: String,
    /// The topic it belongs to.
    pub topic: TopicId,
}

/// A machine-readable condition over a company's profile.
#[derive(Clone, Debug, PartialEq)]
pub struct EligibilityCondition {
    /// What is measured, such as `employees` (the catalogue's format lists the names and units).
    pub field: String,
    /// How it is compared.
    pub comparison: Comparison,
    /// The condition in words.
    pub text: String,
}

/// The comparison of an [`EligibilityCondition`].
#[derive(Clone, Debug, PartialEq)]
pub enum Comparison {
    /// A number against a threshold.
    Number(NumberOperator, f64),
    /// The profile's word must be one of these.
    OneOf(Vec<String>),
    /// The profile's word must be none of these.
    NoneOf(Vec<String>),
}

/// How a number is held against a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum NumberOperator {
    /// Less than.
    Lt,
    /// At most.
    Le,
    /// Equal.
    Eq,
    /// At least.
    Ge,
    /// More than.
    Gt,
}

/// A policy, procedure or service with everything an answer may be composed from.
#[derive(Clone, Debug, PartialEq)]
pub struct Topic {
    /// Its id.
    pub id: TopicId,
    /// Official name.
    pub title: String,
    /// What sort of matter it is.
    pub kind: TopicKind,
    /// What, how much and for whom, in plain words.
    pub summary: String,
    /// Whether and how long it applies.
    pub validity: Validity,
    /// Competent departments (主管部门).
    pub competent: Vec<String>,
    /// Whom it is for.
    pub beneficiaries: Vec<String>,
    /// Search words that are not in the title.
    pub tags: Vec<String>,
    /// The documents it rests on; never empty.
    pub citations: Vec<Citation>,
    /// Facets as lines of plain text, ready to be shown.
    pub facets: BTreeMap<Facet, Vec<String>>,
    /// Machine-readable conditions.
    pub eligibility: Vec<EligibilityCondition>,
    /// Differently worded questions that this topic answers.
    pub questions: Vec<String>,
    /// Questions that look like this topic and belong to another.
    pub counter_questions: Vec<CounterQuestion>,
    /// When the facts were last checked.
    pub verified_on: Date,
    /// Whether figures, periods and document numbers are well supported.
    pub is_well_supported: bool,
}

impl Topic {
    /// What "多少钱" means here: the fee of what one has handled, the amount of what one gets; where only one is known, that.
    #[must_use]
    pub fn money_facet(&self) -> Facet {
        let has = |facet| self.facets.contains_key(&facet);
        let is_paid = self.kind == TopicKind::Procedure || !has(Facet::Amount);
        if is_paid && has(Facet::Fee) { Facet::Fee } else { Facet::Amount }
    }
}
