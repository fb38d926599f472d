//! Canned replies (常用语): sentences that commissioners send with one tap, filled with the ticket's own particulars.
//!
//! Placeholders are `{专员}`, `{工单}` and `{时限}`. A sentence whose particulars are not known is not sent.

use jiff::Timestamp;

use super::moment;
use crate::domain::sla::{Clock, Deadline};
use crate::domain::ticket::Ticket;

/// Label and sentence.
const REPLIES: [(&str, &str); 4] = [
    ("已收到", "您好，我是服务企业专员{专员}，您的诉求（{工单}）已收到，正在核实，{时限}前给您答复。"),
    ("请留电话", "您好，我是服务企业专员{专员}。为便于沟通，请留下您方便接听的电话和时间。"),
    ("已转部门核实", "您好，您的诉求（{工单}）已请主管部门核实，有结果马上告诉您，最迟{时限}前。"),
    ("是否已解决", "您好，您的诉求（{工单}）现在解决了吗？还有不清楚的地方请直接回复。"),
];

/// What the buttons say, in order.
pub fn labels() -> impl Iterator<Item = &'static str> {
    REPLIES.iter().map(|(label, _)| *label)
}

/// The `reply`-th sentence for a ticket; `None` when there is no such reply.
///
/// Where no deadline is left to be met, `{时限}` reads 尽快.
#[must_use]
pub fn fill(
    reply: usize,
    ticket: &Ticket,
    commissioner: &str,
    next: Option<(Clock, Deadline)>,
    now: Timestamp,
) -> Option<String> {
    let (_, sentence) = REPLIES.get(reply)?;
    let sentence = match next {
        Some((_, deadline)) => sentence.replace("{时限}", &moment(deadline.due_at, now)),
        None => sentence.replace("最迟{时限}前", "请稍候").replace("{时限}前", "尽快"),
    };
    Some(sentence.replace("{专员}", commissioner).replace("{工单}", ticket.number.as_str()))
}
