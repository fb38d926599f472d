//! Dates and statuses of a topic and its documents, held against today; and texts that say otherwise.

use jiff::civil::Date;

use super::super::problem::Report;
use super::super::record::{StatusRecord, TopicRecord};
use super::super::yaml::Parsed;
use crate::domain::ending::WARNED_DAYS_AHEAD;

/// What a text about something that is over must not claim.
const CLAIMS: [&str; 10] = [
    "现行有效",
    "仍然有效",
    "目前有效",
    "长期有效",
    "正在执行",
    "仍在执行",
    "还在执行",
    "继续执行",
    "目前执行",
    "现在执行",
];

/// With one of these the clause leaves it open, denies it, or tells of the past.
const NOT_CLAIMED: [&str; 8] = ["是否", "能否", "会不会", "不再", "停止", "原", "曾", "如"];

/// What stands before a last day.
const UNTIL: [&str; 2] = ["至", "到"];

/// Reports what does not fit the calendar in `topic`, as of `today`; `texts` are its texts with their paths.
pub(super) fn check(topic: &Parsed<TopicRecord>, texts: &[(String, &str)], today: Date, report: &mut Report) {
    let (file, record) = (&topic.file, &topic.value);
    match (record.status, record.valid_to) {
        (StatusRecord::Expired, None) => {
            let warning = report.warning(file, topic.place("status"), "状态是 expired，但没有写 valid_to");
            warning.hint("写上适用的最后一天；确实查不到时可以不写");
        }
        (StatusRecord::Expired | StatusRecord::Repealed, _) | (_, None) => {}
        (status, Some(to)) if to < today => {
            let status = if status == StatusRecord::Unverified { "待核" } else { "有效" };
            let message = format!("已在 {to} 到期，但状态还是{status}");
            let warning = report.warning(file, topic.place("valid_to"), message);
            warning.hint("核对是否延续：延续则改 valid_to，否则把 status 改成 expired 并写 successor");
        }
        (_, Some(to)) => {
            if let Some(message) = ending_soon(to, today) {
                let warning = report.warning(file, topic.place("valid_to"), message);
                warning.hint("核对是否延续：延续则改 valid_to，不延续则写好 successor，到期后把 status 改成 expired");
            }
        }
    }
    check_documents(topic, today, report);
    let is_over = matches!(record.status, StatusRecord::Expired | StatusRecord::Repealed)
        || record.valid_to.is_some_and(|to| to < today);
    if is_over {
        check_claims(topic, texts, report);
    }
}

fn ending_soon(to: Date, today: Date) -> Option<String> {
    let left = (to - today).get_days();
    let days = WARNED_DAYS_AHEAD.into_iter().max().unwrap_or_default();
    (0..=days).contains(&left).then(|| format!("将在 {to} 到期，还有{left}天"))
}

/// Documents that end before the topic does, or although it does not.
fn check_documents(topic: &Parsed<TopicRecord>, today: Date, report: &mut Report) {
    let (file, record) = (&topic.file, &topic.value);
    for (at, citation) in record.citations.iter().enumerate() {
        let is_marked_over = |status| matches!(status, StatusRecord::Expired | StatusRecord::Repealed);
        let Some(to) = citation.valid_to.filter(|to| record.valid_to.is_none_or(|own| *to < own)) else { continue };
        let is_backwards = citation.valid_from.is_some_and(|from| from > to);
        if is_backwards || is_marked_over(citation.status) || is_marked_over(record.status) {
            continue;
        }
        let place = topic.place(&format!("citations[{at}].valid_to"));
        if to < today {
            let message = format!("所依据的“{}”已在 {to} 到期，但状态还是有效", citation.title);
            let warning = report.warning(file, place, message);
            warning.hint("核对这份文件是否延续：延续则改 valid_to，否则把它的 status 改成 expired，并改写相关内容");
        } else if let Some(message) = ending_soon(to, today) {
            let warning = report.warning(file, place, format!("所依据的“{}”{message}", citation.title));
            warning.hint("核对这份文件是否延续，准备好到期后的内容");
        }
    }
}

/// A topic that is over, in words that say it is not.
fn check_claims(topic: &Parsed<TopicRecord>, texts: &[(String, &str)], report: &mut Report) {
    for (path, text) in texts.iter().filter(|(path, _)| path != "successor") {
        let clauses = text.split(['，', '。', '；', ',', ';', '？']);
        for clause in clauses.filter(|clause| !NOT_CLAIMED.iter().any(|word| clause.contains(word))) {
            let claim = CLAIMS.iter().find(|claim| clause.contains(**claim)).map(|claim| (*claim).to_owned());
            let later = topic.value.valid_to.and_then(|to| later_end(clause, to));
            if let Some(claim) = claim.or(later) {
                let message = format!("已经到期或废止，这里却写着“{claim}”");
                report.warning(&topic.file, topic.place(path), message).hint("改成过去的说法，写明到期日，或删去");
                break;
            }
        }
    }
}

/// An end in `clause` that lies after `to`, as it is written: `到2027年12月31日`.
fn later_end(clause: &str, to: Date) -> Option<String> {
    for (at, word) in UNTIL.iter().flat_map(|word| clause.match_indices(word)) {
        let rest = &clause[at + word.len()..];
        let Some((year, rest)) = leading_number(rest).and_then(|(year, rest)| Some((year, rest.strip_prefix('年')?)))
        else {
            continue;
        };
        let month = leading_number(rest).and_then(|(month, rest)| Some((month, rest.strip_prefix('月')?)));
        let day = month.and_then(|(_, rest)| leading_number(rest)?.1.strip_prefix('日'));
        let end = day.or(month.map(|(_, rest)| rest)).unwrap_or(rest);
        let named = (year, month.map_or(0, |(month, _)| month));
        let own = (i32::from(to.year()), if named.1 == 0 { 0 } else { i32::from(to.month()) });
        if year > 1900 && named > own {
            return Some(clause[at..clause.len() - end.len()].to_owned());
        }
    }
    None
}

fn leading_number(text: &str) -> Option<(i32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[track_caller]
    fn check(clause: &str, expected: Option<&str>) {
        assert_eq!(later_end(clause, date(2026, 12, 31)).as_deref(), expected, "{clause}");
    }

    #[test]
    fn ends_after_the_last_day_are_found() {
        check("借款合同免印花税到2027年12月31日", Some("到2027年12月31日"));
        check("延长至2027年6月底", Some("至2027年6月"));
        check("目标期到2027年", Some("到2027年"));
        check("执行到2026年12月31日", None);
        check("到2026年", None);
        check("到3年期满", None);
        check("达到80分", None);
    }
}
