//! What is said about being away and being back.

use jiff::civil::Date;

use super::day;

/// Why a ticket has changed hands: its holder went away.
pub const HOLDER_AWAY: &str = "原专员离岗";

/// Why a ticket has changed hands: the one it was meant for is back.
pub const HOLDER_BACK: &str = "对口专员已返岗";

/// Only members of the roster go away.
#[must_use]
pub fn only_for_roster() -> &'static str {
    "这个命令只供服务企业专员使用。"
}

/// Asks for the last day.
#[must_use]
pub fn until_when() -> &'static str {
    "请发送离岗的最后一天，例如“11月30日”“明天”或“3天”。离岗期间新工单由AB角或其他专员承接。"
}

/// The day cannot be read, or has passed.
#[must_use]
pub fn bad_day(words: &str) -> String {
    format!("没有看懂“{}”。请发送离岗的最后一天，例如“11月30日”“明天”或“3天”，不早于今天。", super::excerpt(words, 20))
}

/// Away; how many tickets others have now, and how many stay by a supervisor's choice.
#[must_use]
pub fn away(last: Date, handed: usize, kept: usize) -> String {
    let mut text = format!("已登记离岗，到{}为止。", day(last));
    if handed > 0 {
        text.push_str(&format!("您的{handed}个在办工单已转给AB角或其他专员，企业已收到通知。"));
    }
    if kept > 0 {
        text.push_str(&format!("督办人员指派的{kept}个工单仍由您负责，如需移交请联系督办人员。"));
    }
    text.push_str("提前返岗请发送 /back。");
    text
}

/// Back; how many tickets came along.
#[must_use]
pub fn back(taken: usize) -> String {
    if taken == 0 {
        "已登记返岗。".to_owned()
    } else {
        format!("已登记返岗，{taken}个等待签收的工单已转给您，先提交的在前。")
    }
}
