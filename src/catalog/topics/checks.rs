//! What must hold within one topic file, beyond the rules of single values.

use jiff::civil::Date;

use super::super::figures::{Figure, figures};
use super::super::problem::Report;
use super::super::record::{ConfidenceRecord, StatusRecord, TopicRecord};
use super::super::yaml::Parsed;
use super::validity;

/// Topics with fewer questions are found badly.
const FEW_QUESTIONS: usize = 8;

/// Reports what does not fit together within `topic`, as of `today`.
pub(in super::super) fn check(topic: &Parsed<TopicRecord>, today: Date, report: &mut Report) {
    check_dates(topic, report);
    validity::check(topic, &texts(&topic.value), today, report);
    check_status(topic, today, report);
    check_completeness(topic, report);
    check_figures(topic, report);
}

fn check_dates(topic: &Parsed<TopicRecord>, report: &mut Report) {
    let record = &topic.value;
    let citations = record.citations.iter().enumerate();
    let spans = citations
        .map(|(at, citation)| (format!("citations[{at}].valid_to"), citation.valid_from, citation.valid_to))
        .chain([("valid_to".to_owned(), record.valid_from, record.valid_to)]);
    for (path, from, to) in spans {
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            let message = format!("valid_to（{to}）早于 valid_from（{from}）");
            report.error(&topic.file, topic.place(&path), message).hint("核对两个日期，是否写反");
        }
    }
}

fn check_status(topic: &Parsed<TopicRecord>, today: Date, report: &mut Report) {
    let (file, record) = (&topic.file, &topic.value);
    if record.verified_on > today {
        let message = format!("核对日期 {} 还没有到", record.verified_on);
        report.warning(file, topic.place("verified_on"), message).hint("写实际核对的日期");
    }
    if record.confidence == ConfidenceRecord::Medium
        && matches!(record.status, StatusRecord::Valid | StatusRecord::Provisional)
    {
        let warning = report.warning(file, topic.place("confidence"), "把握程度是 medium，但状态是有效");
        warning.hint("把 status 改成 unverified；已核实则把 confidence 改成 high");
    }
}

fn check_completeness(topic: &Parsed<TopicRecord>, report: &mut Report) {
    let (file, record) = (&topic.file, &topic.value);
    let few = 4..FEW_QUESTIONS;
    if few.contains(&record.questions.len()) {
        let message = format!("只有{}个问题，最好有{FEW_QUESTIONS}个以上", record.questions.len());
        let warning = report.warning(file, topic.place("questions"), message);
        warning.hint("补上不同说法：正式的、口语的、说情况的、简称的");
    }
    if super::super::facet_lines::facet_lines(&record.facets).is_empty() {
        report
            .error(file, topic.place("facets"), "facets 里一项也没有")
            .hint("至少写一项，例如 conditions 或 contacts");
    }
    if let Some(limit) = &record.facets.time_limit
        && limit.unit.is_none()
        && (limit.statutory_days.is_some() || limit.promised_days.is_some())
    {
        let error = report.error(file, topic.place("facets.time_limit"), "时限写了天数，没有写 unit");
        error.hint("加上 unit: working（工作日）或 unit: calendar（自然日）");
    }
}

fn check_figures(topic: &Parsed<TopicRecord>, report: &mut Report) {
    let record = &topic.value;
    let declared = declared_figures(record);
    let is_declared = |figure: &Figure| declared.iter().any(|declared| declared.is_same(figure));
    for (path, text) in texts(record) {
        let mut reported: Vec<Figure> = Vec::new();
        for figure in figures(text) {
            if is_declared(&figure) || reported.iter().any(|reported| reported.is_same(&figure)) {
                continue;
            }
            let error =
                report.error(&topic.file, topic.place(&path), format!("“{}”没有在 facts 里写明出处", figure.shown));
            error.hint(format!("在 facts 里加 {{figure: {}, source: 文件名或文号}}，或删去这个数字", figure.shown));
            reported.push(figure);
        }
        if record.confidence == ConfidenceRecord::Medium
            && let Some(figure) = figures(text).iter().find(|figure| figure.is_amount())
        {
            let message = format!("把握程度是 medium，却写了“{}”", figure.shown);
            report.warning(&topic.file, topic.place(&path), message).hint("删去没有核实的数字，改为“以最新通知为准”");
        }
    }
}

fn declared_figures(record: &TopicRecord) -> Vec<Figure> {
    let facts = record.facts.iter().map(|fact| fact.figure.as_str());
    let numbers = record.citations.iter().filter_map(|citation| citation.doc_no.as_deref());
    facts.chain(numbers).flat_map(figures).collect()
}

/// Every text that people are shown as fact, with its path.
fn texts(record: &TopicRecord) -> Vec<(String, &str)> {
    let facets = &record.facets;
    let mut texts = vec![("title".to_owned(), record.title.as_str()), ("summary".to_owned(), &record.summary)];
    texts.extend(record.successor.as_deref().map(|text| ("successor".to_owned(), text)));
    let lists = [
        ("facets.conditions", Some(&facets.conditions)),
        ("facets.amount", Some(&facets.amount)),
        ("facets.steps", Some(&facets.steps)),
        ("facets.time_limit.text", facets.time_limit.as_ref().map(|limit| &limit.text)),
        ("facets.validity", Some(&facets.validity)),
        ("facets.basis", Some(&facets.basis)),
    ];
    for (path, lines) in lists {
        let lines = lines.into_iter().flatten().enumerate();
        texts.extend(lines.map(|(at, text)| (format!("{path}[{at}]"), text.as_str())));
    }
    for (at, material) in facets.materials.iter().enumerate() {
        texts.push((format!("facets.materials[{at}].name"), &material.name));
        texts.extend(material.note.as_deref().map(|note| (format!("facets.materials[{at}].note"), note)));
    }
    texts.extend(
        facets.places.iter().enumerate().map(|(at, place)| (format!("facets.places[{at}].name"), place.name.as_str())),
    );
    texts.extend(facets.fee.iter().map(|fee| ("facets.fee.text".to_owned(), fee.text.as_str())));
    let eligibility = record.eligibility.iter().enumerate();
    texts.extend(eligibility.map(|(at, condition)| (format!("eligibility[{at}].text"), condition.text.as_str())));
    texts
}
