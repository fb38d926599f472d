//! What stands in the threads of the supervisors' group.

use super::kind as kind_name;
use crate::domain::ticket::{Ticket, TicketNumber};

/// What a ticket's thread is called.
#[must_use]
pub fn name(ticket: &Ticket) -> String {
    format!("{} {}", ticket.number, kind_name(ticket.submission.kind))
}

/// What members of the roster are told, with their names.
#[must_use]
pub fn to(names: &[String], words: &str) -> String {
    if names.is_empty() { words.to_owned() } else { format!("致{}：\n{words}", names.join("、")) }
}

/// What a member of the roster said to the company, or noted.
#[must_use]
pub fn said(number: &TicketNumber, name: &str, words: &str, is_note: bool) -> String {
    let what = if is_note { "的内部备注" } else { "答复企业" };
    format!("工单 {number}\n{name}{what}：\n{words}")
}

/// To somebody in the group who is not on the roster.
#[must_use]
pub fn only_for_the_roster() -> &'static str {
    "这些按钮只供名册中的专员和督办人员使用。"
}
