//! Figures about tickets in words: every rate with what it is a rate of. No names and no words of companies.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{STREET_SUFFIX, category, day, moment};
use crate::domain::figures::{Breakdown, Figures, Share};

/// At most this many parts are listed in one message.
const PARTS_SHOWN: usize = 12;

/// The rates, as they are headed and found in [`Figures`].
pub const RATES: [(&str, fn(&Figures) -> Share); 6] = [
    ("响应率", |figures| figures.response),
    ("意见按时率", |figures| figures.opinion_on_time),
    ("按时办结率", |figures| figures.close_on_time),
    ("解决率", |figures| figures.resolution),
    ("满意率", |figures| figures.satisfaction),
    ("参评率", |figures| figures.rated),
];

/// The counts, as they are headed and found in [`Figures`].
pub const COUNTS: [(&str, fn(&Figures) -> u32); 7] = [
    ("提交", |figures| figures.raised),
    ("撤回或并单", |figures| figures.left_out),
    ("在办", |figures| figures.open),
    ("退单", |figures| figures.returns),
    ("重办", |figures| figures.reworks),
    ("重新提出", |figures| figures.reopenings),
    ("红牌", |figures| figures.red_cards),
];

/// The kinds of parts, as they are headed.
pub const TOTAL: &str = "全区";
/// Parts by subdistrict.
pub const BY_SUBDISTRICT: &str = "街道";
/// Parts by field.
pub const BY_FIELD: &str = "领域";

/// How the rates are counted.
#[must_use]
pub fn how_counted() -> &'static str {
    "口径：按提交日期归入本期，撤回和并单的不计入比率；重办、重新提出另计一轮。响应率为按时首次联系占应联系；意见和办结按时率为按时占应办；解决率为评价基本满意及以上的工单占办结工单；满意率为基本满意及以上占全部评价；参评率为有评价的占办结。未到时限的不计入。"
}

/// A rate with its numbers: `98.0%（49/50）`.
#[must_use]
pub fn share(share: Share) -> String {
    match share.rate() {
        Some(rate) => format!("{}（{}/{}）", percent(rate), share.met, share.of),
        None => "—".to_owned(),
    }
}

/// A rate alone: `98.0%`.
#[must_use]
pub fn percent(rate: f64) -> String {
    format!("{:.1}%", rate * 100.0)
}

/// A subdistrict's name.
#[must_use]
pub fn street_name(street: Option<&str>) -> String {
    street.map_or_else(|| "街道不详".to_owned(), |street| format!("{street}{STREET_SUFFIX}"))
}

/// A field's name.
#[must_use]
pub fn field_name(field: Option<&str>) -> String {
    field.map_or_else(|| "事项不详".to_owned(), |field| category(field).to_owned())
}

/// The report of a period, for a supervisor.
#[must_use]
pub fn report(breakdown: &Breakdown, from: Date, to: Date, now: Timestamp) -> String {
    let mut text = format!("【办件统计】{}至{}（截至{}）", day(from), day(to), moment(now, now));
    if breakdown.total.raised == 0 {
        text.push_str("\n这段时间没有企业提交诉求。");
        return text;
    }
    let counts: Vec<_> = COUNTS
        .iter()
        .filter(|(name, count)| *name == COUNTS[0].0 || count(&breakdown.total) > 0)
        .map(|(name, count)| format!("{name}{}", count(&breakdown.total)))
        .collect();
    text.push_str(&format!("\n{}。", counts.join("、")));
    for (name, rate) in RATES {
        text.push_str(&format!("\n{name} {}", share(rate(&breakdown.total))));
    }
    let streets = breakdown.by_subdistrict.iter().map(|(street, figures)| (street_name(street.as_deref()), figures));
    push_parts(&mut text, BY_SUBDISTRICT, streets.collect());
    let fields = breakdown.by_field.iter().map(|(field, figures)| (field_name(field.as_deref()), figures));
    push_parts(&mut text, BY_FIELD, fields.collect());
    text.push_str(&format!("\n\n{}", how_counted()));
    text
}

fn push_parts(text: &mut String, heading: &str, mut parts: Vec<(String, &Figures)>) {
    parts.sort_by_key(|(_, figures)| std::cmp::Reverse(figures.raised));
    text.push_str(&format!("\n\n按{heading}："));
    for (name, figures) in parts.iter().take(PARTS_SHOWN) {
        text.push_str(&format!(
            "\n{name} 提交{}，响应{}，办结{}，满意{}",
            figures.raised,
            share(figures.response),
            share(figures.close_on_time),
            share(figures.satisfaction)
        ));
    }
    if parts.len() > PARTS_SHOWN {
        text.push_str(&format!("\n另有{}项，可用 ticket figures 导出。", parts.len() - PARTS_SHOWN));
    }
}

/// How to name a period.
#[must_use]
pub fn which_period() -> &'static str {
    "请这样写：/figures（本周）、/figures 上周，或写明起止日期，例如 /figures 2026-11-01 2026-11-30。"
}
