//! The columns of a sheet of topics: what they are called, what to write in them, and which key of a topic file they are.

use super::super::record::{DraftRecord, TimeLimitRecord};
use super::cell::{self, CellFault, date, days, lines};
use super::parts::{self, Line, chosen};
use super::words::{CONFIDENCES, KINDS, STATUSES, UNITS, all, word_of};
use crate::catalog::facet_lines::one_line;

/// A key of a topic file that has a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
pub(crate) enum Field {
    Title,
    Kind,
    Summary,
    Status,
    ValidFrom,
    ValidTo,
    Successor,
    SuccessorTopic,
    Competent,
    Beneficiaries,
    Tags,
    VerifiedOn,
    Confidence,
    Citations,
    Conditions,
    Amount,
    Materials,
    Steps,
    TimeLimit,
    StatutoryDays,
    PromisedDays,
    DaysUnit,
    Places,
    Contacts,
    Fee,
    Validity,
    Basis,
    Eligibility,
    Questions,
    CounterQuestions,
    Facts,
}

impl Field {
    /// Where it stands in a topic file.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Kind => "kind",
            Self::Summary => "summary",
            Self::Status => "status",
            Self::ValidFrom => "valid_from",
            Self::ValidTo => "valid_to",
            Self::Successor => "successor",
            Self::SuccessorTopic => "successor_topic",
            Self::Competent => "competent",
            Self::Beneficiaries => "beneficiaries",
            Self::Tags => "tags",
            Self::VerifiedOn => "verified_on",
            Self::Confidence => "confidence",
            Self::Citations => "citations",
            Self::Conditions => "facets.conditions",
            Self::Amount => "facets.amount",
            Self::Materials => "facets.materials",
            Self::Steps => "facets.steps",
            Self::TimeLimit => "facets.time_limit.text",
            Self::StatutoryDays => "facets.time_limit.statutory_days",
            Self::PromisedDays => "facets.time_limit.promised_days",
            Self::DaysUnit => "facets.time_limit.unit",
            Self::Places => "facets.places",
            Self::Contacts => "facets.contacts",
            Self::Fee => "facets.fee",
            Self::Validity => "facets.validity",
            Self::Basis => "facets.basis",
            Self::Eligibility => "eligibility",
            Self::Questions => "questions",
            Self::CounterQuestions => "counter_questions",
            Self::Facts => "facts",
        }
    }

    /// The words a cell of it may hold; empty for any text.
    pub(super) fn choices(self) -> Vec<String> {
        match self {
            Self::Kind => all(KINDS),
            Self::Status => all(STATUSES),
            Self::Confidence => all(CONFIDENCES),
            Self::DaysUnit => all(UNITS),
            _ => Vec::new(),
        }
    }

    /// What a cell shows of `record`; empty where it says nothing.
    pub(crate) fn cell(self, record: &DraftRecord) -> String {
        let (facets, limit) = (&record.facets, record.facets.time_limit.as_ref());
        let text = |text: &Option<String>| text.as_deref().map(one_line).unwrap_or_default();
        let day = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string()).unwrap_or_default();
        let count = |days: Option<u32>| days.map(|days| days.to_string()).unwrap_or_default();
        match self {
            Self::Title => text(&record.title),
            Self::Kind => record.kind.map(|kind| word_of(KINDS, kind)).unwrap_or_default().to_owned(),
            Self::Summary => text(&record.summary),
            Self::Status => record.status.map(|status| word_of(STATUSES, status)).unwrap_or_default().to_owned(),
            Self::ValidFrom => day(record.valid_from),
            Self::ValidTo => day(record.valid_to),
            Self::Successor => text(&record.successor),
            Self::SuccessorTopic => text(&record.successor_topic),
            Self::Competent => cell::list(&record.competent),
            Self::Beneficiaries => cell::list(&record.beneficiaries),
            Self::Tags => cell::list(&record.tags),
            Self::VerifiedOn => day(record.verified_on),
            Self::Confidence => record.confidence.map(|it| word_of(CONFIDENCES, it)).unwrap_or_default().to_owned(),
            Self::Citations => parts::cell(&record.citations),
            Self::Conditions => cell::list(&facets.conditions),
            Self::Amount => cell::list(&facets.amount),
            Self::Materials => parts::cell(&facets.materials),
            Self::Steps => cell::list(&facets.steps),
            Self::TimeLimit => limit.map(|limit| cell::list(&limit.text)).unwrap_or_default(),
            Self::StatutoryDays => count(limit.and_then(|limit| limit.statutory_days)),
            Self::PromisedDays => count(limit.and_then(|limit| limit.promised_days)),
            Self::DaysUnit => {
                limit.and_then(|limit| limit.unit).map(|it| word_of(UNITS, it)).unwrap_or_default().to_owned()
            }
            Self::Places => parts::cell(&facets.places),
            Self::Contacts => parts::cell(&facets.contacts),
            Self::Fee => facets.fee.as_ref().map(Line::line).unwrap_or_default(),
            Self::Validity => cell::list(&facets.validity),
            Self::Basis => cell::list(&facets.basis),
            Self::Eligibility => parts::cell(&record.eligibility),
            Self::Questions => cell::list(&record.questions),
            Self::CounterQuestions => parts::cell(&record.counter_questions),
            Self::Facts => parts::cell(&record.facts),
        }
    }

    /// Puts what `cell` says into `record`.
    ///
    /// # Errors
    ///
    /// Returns every fault of the cell; the record is then of no use.
    pub(crate) fn put(self, record: &mut DraftRecord, cell: &str) -> Result<(), Vec<CellFault>> {
        let facets = &mut record.facets;
        match self {
            Self::Title => record.title = text(cell),
            Self::Kind => record.kind = optional(cell, |word| chosen(KINDS, word))?,
            Self::Summary => record.summary = text(cell),
            Self::Status => record.status = optional(cell, |word| chosen(STATUSES, word))?,
            Self::ValidFrom => record.valid_from = optional(cell, date)?,
            Self::ValidTo => record.valid_to = optional(cell, date)?,
            Self::Successor => record.successor = text(cell),
            Self::SuccessorTopic => record.successor_topic = text(cell),
            Self::Competent => record.competent = cell::texts(cell),
            Self::Beneficiaries => record.beneficiaries = cell::texts(cell),
            Self::Tags => record.tags = cell::texts(cell),
            Self::VerifiedOn => record.verified_on = optional(cell, date)?,
            Self::Confidence => record.confidence = optional(cell, |word| chosen(CONFIDENCES, word))?,
            Self::Citations => record.citations = records(cell)?,
            Self::Conditions => facets.conditions = cell::texts(cell),
            Self::Amount => facets.amount = cell::texts(cell),
            Self::Materials => facets.materials = records(cell)?,
            Self::Steps => facets.steps = cell::texts(cell),
            Self::TimeLimit => within_limit(record, |limit| limit.text = cell::texts(cell)),
            Self::StatutoryDays => {
                let days = optional(cell, days)?;
                within_limit(record, |limit| limit.statutory_days = days);
            }
            Self::PromisedDays => {
                let days = optional(cell, days)?;
                within_limit(record, |limit| limit.promised_days = days);
            }
            Self::DaysUnit => {
                let unit = optional(cell, |word| chosen(UNITS, word))?;
                within_limit(record, |limit| limit.unit = unit);
            }
            Self::Places => facets.places = records(cell)?,
            Self::Contacts => facets.contacts = records(cell)?,
            Self::Fee => facets.fee = optional(cell, Line::read)?,
            Self::Validity => facets.validity = cell::texts(cell),
            Self::Basis => facets.basis = cell::texts(cell),
            Self::Eligibility => record.eligibility = records(cell)?,
            Self::Questions => record.questions = cell::texts(cell),
            Self::CounterQuestions => record.counter_questions = records(cell)?,
            Self::Facts => record.facts = records(cell)?,
        }
        Ok(())
    }
}

fn text(cell: &str) -> Option<String> {
    Some(one_line(cell)).filter(|text| !text.is_empty())
}

fn optional<T>(cell: &str, read: impl Fn(&str) -> Result<T, CellFault>) -> Result<Option<T>, Vec<CellFault>> {
    let text = one_line(cell);
    if text.is_empty() { Ok(None) } else { read(&text).map(Some).map_err(|fault| vec![fault]) }
}

/// One record a line; all faults of all lines.
fn records<T: Line>(cell: &str) -> Result<Vec<T>, Vec<CellFault>> {
    let (mut records, mut faults) = (Vec::new(), Vec::new());
    for (number, line) in lines(cell) {
        match T::read(line) {
            Ok(record) => records.push(record),
            Err(CellFault { message, hint }) => {
                faults.push(CellFault { message: format!("第{number}行：{message}"), hint })
            }
        }
    }
    if faults.is_empty() { Ok(records) } else { Err(faults) }
}

/// Changes the time limit, which is there only where it says anything.
fn within_limit(record: &mut DraftRecord, change: impl FnOnce(&mut TimeLimitRecord)) {
    let mut limit = record.facets.time_limit.take().unwrap_or_default();
    change(&mut limit);
    record.facets.time_limit = Some(limit).filter(|limit| *limit != TimeLimitRecord::default());
}
