//! What ends and when: a topic as a whole, or a document that part of it rests on.
//!
//! A topic may be for good while the subsidy it also tells of runs out. Whom to warn is the desk's business.

use jiff::civil::Date;

use super::topic::{Citation, ENDING_SOON_DAYS, Standing, Status, Topic, TopicId};

/// Whoever keeps the knowledge is warned this many days ahead, the earliest warning first.
pub const WARNED_DAYS_AHEAD: [i32; 2] = [30, 7];

/// Something with a last day on which it applies (到期).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ending {
    /// The last day on which it applies.
    pub last_day: Date,
    /// The topic it stands in.
    pub topic: TopicId,
    /// The topic's title.
    pub title: String,
    /// The document that ends, with its number where it has one; `None` when it is the topic as a whole.
    pub document: Option<String>,
}

impl Ending {
    /// How many days are left on `day`; 0 on the last day, negative afterwards.
    #[must_use]
    pub fn days_left(&self, day: Date) -> i32 {
        (self.last_day - day).get_days()
    }

    /// The warning that is due on `day`: the smallest of [`WARNED_DAYS_AHEAD`] that is not below the days left.
    ///
    /// `None` when the end is further away, or past.
    ///
    /// # Examples
    ///
    /// ```
    /// # use jiff::civil::date;
    /// # use zhengqitong::domain::ending::Ending;
    /// # use zhengqitong::domain::topic::TopicId;
    /// let topic = TopicId::parse("finance/service-loan-interest").unwrap();
    /// let ending = Ending { last_day: date(2026, 12, 31), topic, title: String::new(), document: None };
    /// assert_eq!(ending.warning_due(date(2026, 11, 30)), None);
    /// assert_eq!(ending.warning_due(date(2026, 12, 1)), Some(30));
    /// assert_eq!(ending.warning_due(date(2026, 12, 24)), Some(7));
    /// assert_eq!(ending.warning_due(date(2027, 1, 1)), None);
    /// ```
    #[must_use]
    pub fn warning_due(&self, day: Date) -> Option<i32> {
        let left = self.days_left(day);
        WARNED_DAYS_AHEAD.into_iter().filter(|ahead| (0..=*ahead).contains(&left)).min()
    }
}

/// Everything in `topics` that ends within `days` days from `day`, the soonest first; what is over is not among it.
pub fn endings_within<'a>(topics: impl IntoIterator<Item = &'a Topic>, day: Date, days: i32) -> Vec<Ending> {
    let mut endings: Vec<_> =
        topics.into_iter().flat_map(endings).filter(|ending| (0..=days).contains(&ending.days_left(day))).collect();
    endings.sort();
    endings
}

/// What of `topic` has a last day and is not marked as over: the topic, and documents that do not end with it or after it.
#[must_use]
pub fn endings(topic: &Topic) -> Vec<Ending> {
    let ending =
        |last_day, document| Ending { last_day, topic: topic.id.clone(), title: topic.title.clone(), document };
    if is_marked_over(topic.validity.status) {
        return Vec::new();
    }
    let whole = topic.validity.to;
    let mut endings: Vec<_> = whole.map(|to| ending(to, None)).into_iter().collect();
    for citation in &topic.citations {
        if let Some(to) = citation.valid_to.filter(|to| whole.is_none_or(|whole| *to < whole))
            && !is_marked_over(citation.status)
        {
            endings.push(ending(to, Some(document_name(citation))));
        }
    }
    endings
}

/// The documents of `topic` that end soon or have run out on `day` while the topic as a whole goes on, with their standing.
///
/// A document that is marked as over is not among them: whoever wrote the topic knew it.
#[must_use]
pub fn documents_ending(topic: &Topic, day: Date) -> Vec<(&Citation, Standing)> {
    if matches!(topic.validity.standing(day), Standing::Over(_)) {
        return Vec::new();
    }
    let own = topic.validity.to;
    topic
        .citations
        .iter()
        .filter(|citation| !is_marked_over(citation.status))
        .filter_map(|citation| {
            let to = citation.valid_to.filter(|to| own.is_none_or(|own| *to < own))?;
            let left = (to - day).get_days();
            let standing = match left {
                ..0 => Standing::Over(Some(to)),
                0..=ENDING_SOON_DAYS => Standing::EndingSoon(to),
                _ => return None,
            };
            Some((citation, standing))
        })
        .collect()
}

/// A document as people name it: `《…》（财金〔2026〕5号）`.
#[must_use]
pub fn document_name(citation: &Citation) -> String {
    let title = citation.title.trim_matches(['《', '》']);
    let number = citation.doc_no.as_ref().map(|number| format!("（{number}）")).unwrap_or_default();
    format!("《{title}》{number}")
}

fn is_marked_over(status: Status) -> bool {
    matches!(status, Status::Expired | Status::Repealed)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::*;
    use crate::domain::topic::{TopicKind, Validity};

    fn citation(title: &str, to: Option<Date>, status: Status) -> Citation {
        let doc_no = Some("财金〔2026〕4号".to_owned());
        Citation { title: title.to_owned(), doc_no, issuer: None, valid_from: None, valid_to: to, status, url: None }
    }

    fn topic(to: Option<Date>, status: Status, citations: Vec<Citation>) -> Topic {
        Topic {
            id: TopicId::parse("finance/loan").unwrap(),
            title: "贷款".to_owned(),
            kind: TopicKind::Policy,
            summary: String::new(),
            validity: Validity { status, from: None, to, successor: None, successor_topic: None },
            competent: Vec::new(),
            beneficiaries: Vec::new(),
            tags: Vec::new(),
            citations,
            facets: BTreeMap::new(),
            eligibility: Vec::new(),
            questions: Vec::new(),
            counter_questions: Vec::new(),
            verified_on: date(2026, 11, 22),
            is_well_supported: true,
        }
    }

    #[track_caller]
    fn check(topic: &Topic, day: Date, expected: &[Option<&str>]) {
        let found = endings_within([topic], day, 30);
        let documents: Vec<_> = found.iter().map(|ending| ending.document.as_deref()).collect();
        assert_eq!(documents, expected);
    }

    const LAST: Date = date(2026, 12, 31);
    const SUBSIDY: &str = "《贴息》（财金〔2026〕4号）";

    #[test]
    fn a_document_that_ends_before_its_topic_is_told_by_name() {
        let loan = topic(None, Status::Valid, vec![citation("《贴息》", Some(LAST), Status::Valid)]);
        check(&loan, date(2026, 12, 1), &[Some(SUBSIDY)]);
        check(&loan, date(2026, 11, 30), &[]);
        check(&loan, date(2027, 1, 1), &[]);
        assert_eq!(documents_ending(&loan, LAST)[0].1, Standing::EndingSoon(LAST));
        assert_eq!(documents_ending(&loan, date(2027, 1, 1))[0].1, Standing::Over(Some(LAST)));
    }

    #[test]
    fn what_ends_together_is_told_once_and_what_is_marked_as_over_not_at_all() {
        let together = topic(Some(LAST), Status::Valid, vec![citation("贴息", Some(LAST), Status::Valid)]);
        check(&together, LAST, &[None]);
        assert!(documents_ending(&together, LAST).is_empty());
        let known = topic(None, Status::Valid, vec![citation("旧办法", Some(LAST), Status::Expired)]);
        check(&known, LAST, &[]);
        check(&topic(Some(LAST), Status::Expired, Vec::new()), LAST, &[]);
    }
}
