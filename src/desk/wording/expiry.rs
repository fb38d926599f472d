//! What administrators are told about policies that end.

use jiff::civil::Date;

use super::day;
use crate::domain::ending::Ending;

/// To an administrator: these end within `days_ahead` days from `today`, and what to do about it.
#[must_use]
pub fn ending_soon(endings: &[&Ending], days_ahead: i32, today: Date) -> String {
    let mut text = format!("【有效期提醒】以下{}项将在{days_ahead}天内到期，请核对是否延续：", endings.len());
    for (number, ending) in (1..).zip(endings) {
        text.push_str(&format!("\n{number}. {}", ending_line(ending, today)));
    }
    text.push_str("\n延续的，请修改到期日并重新发布；不延续的，请在到期后把状态改为已到期，并写明后续政策。");
    text
}

/// One end: what, when, how many days are left, and the number of the topic.
#[must_use]
pub fn ending_line(ending: &Ending, today: Date) -> String {
    let what = match &ending.document {
        Some(document) => format!("{}所依据的{document}", ending.title),
        None => ending.title.clone(),
    };
    let left = match ending.days_left(today) {
        0 => "今天是最后一天".to_owned(),
        days => format!("还有{days}天"),
    };
    format!("{what}：{}到期，{left}（{}）", day(ending.last_day), ending.topic)
}
