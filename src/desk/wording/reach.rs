//! What is said when messages do not arrive, and when somebody's tickets are handed over.

use super::ticket::heading;
use crate::domain::ticket::{Ticket, TicketNumber};

/// At most this many tickets are named in one message.
const TICKETS_NAMED: usize = 20;

/// What stands in the ticket when the company did not get a message.
pub const NOT_DELIVERED: &str = "消息没有送达企业";

/// Why a ticket has changed hands: its holder has left the roster.
pub const HOLDER_LEFT: &str = "原专员不再承担专员工作";

/// Why a ticket has changed hands: its holder cannot be reached.
#[must_use]
pub fn out_of_reach(name: &str) -> String {
    format!("消息送不到{name}，改由他人办理")
}

/// To supervisors: somebody cannot be reached; who has their tickets now, and which stay by a supervisor's choice.
#[must_use]
pub fn unreachable(name: &str, moved: &[(TicketNumber, String)], kept: &[TicketNumber]) -> String {
    let mut text = format!("消息送不到{name}：对方停用了机器人或账号已失效。恢复联系之前不再派单给{name}。");
    if !moved.is_empty() {
        text.push_str(&format!("\n{}个在办工单已转出：", moved.len()));
        for (number, to) in moved.iter().take(TICKETS_NAMED) {
            text.push_str(&format!("\n{number} {to}"));
        }
    }
    if !kept.is_empty() {
        let numbers: Vec<_> = kept.iter().take(TICKETS_NAMED).map(TicketNumber::as_str).collect();
        text.push_str(&format!("\n督办人员指派的{}个工单没有转出，请另行指派：{}。", kept.len(), numbers.join("、")));
    }
    text
}

/// To whoever has the ticket: the company did not get what was said.
#[must_use]
pub fn company_unreachable(ticket: &Ticket) -> String {
    let contact = match &ticket.submission.contact {
        Some(contact) => format!("请改用{contact}联系。"),
        None => "请用其他方式联系企业，并记录首次联系。".to_owned(),
    };
    format!("{}\n消息没有送达：企业停用了机器人或账号已失效。{contact}", heading(ticket))
}

/// To the person whose tickets were handed over, or to the supervisor who did it.
#[must_use]
pub fn handed_over(from: &str, moved: &[(TicketNumber, String)]) -> String {
    if moved.is_empty() {
        return format!("{from}没有在办工单，不需要移交。");
    }
    let mut text = format!("已移交{from}的{}个在办工单，企业和接手专员已收到通知：", moved.len());
    for (number, to) in moved.iter().take(TICKETS_NAMED) {
        text.push_str(&format!("\n{number} {to}"));
    }
    if moved.len() > TICKETS_NAMED {
        text.push_str(&format!("\n另有{}个，见工单列表。", moved.len() - TICKETS_NAMED));
    }
    text
}

/// Nothing was handed over.
#[must_use]
pub fn not_handed_over(from: &str) -> String {
    format!("{from}的工单没有移交：其中有工单不能转出，名册里可能没有其他人可以接手。")
}

/// How to hand over.
#[must_use]
pub fn how_to_hand_over() -> &'static str {
    "移交在办工单：/handover 原专员 [接手专员] [原因]。专员写编号或姓名，例如“/handover li wang 调离岗位”；不写接手专员时按派单规则分配。"
}

/// The name or id is not on the roster, or fits several.
#[must_use]
pub fn nobody_called(word: &str) -> String {
    format!("名册里没有找到“{}”，或不止一人，请写编号。", super::excerpt(word, 20))
}

/// Why tickets were handed over, where nothing was said.
pub const BY_SUPERVISOR: &str = "督办人员移交";
