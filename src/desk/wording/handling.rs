//! What is said while a commissioner works on a ticket: opinions, waiting, returning, extensions, notes, joining.

use jiff::Timestamp;

use super::ticket::{deadline_line, heading};
use super::{
    APPROVE_EXTENSION, CLOSE_WITH_SUMMARY, EXTEND, GIVE_OPINION, MERGE, NOTE, REFUSE_EXTENSION, RESUME, RETURN, WAIT,
    button, canned, moment,
};
use crate::desk::dialogue::Purpose;
use crate::desk::message::Button;
use crate::desk::press::Press;
use crate::domain::sla::{Clock, Deadline};
use crate::domain::ticket::{Ticket, TicketNumber};

/// What else can be done with a ticket.
#[must_use]
pub fn more(ticket: &Ticket) -> String {
    format!("{}\n请选择操作；常用语点一下即发给企业。", heading(ticket))
}

/// Buttons below [`more`].
#[must_use]
pub fn more_buttons(ticket: &Ticket) -> Vec<Vec<Button>> {
    let number = &ticket.number;
    let say = |label: &str, purpose| button(label, &Press::Say(purpose, number.clone()));
    let wait = if ticket.waits_since.is_some() {
        button(RESUME, &Press::Resume(number.clone()))
    } else {
        say(WAIT, Purpose::Wait)
    };
    let mut rows = vec![
        vec![say(GIVE_OPINION, Purpose::Opinion), wait, say(EXTEND, Purpose::Extension)],
        vec![say(RETURN, Purpose::Return), say(NOTE, Purpose::Note), say(MERGE, Purpose::Merge)],
        vec![say(CLOSE_WITH_SUMMARY, Purpose::Close)],
    ];
    rows.extend(
        canned::labels()
            .enumerate()
            .map(|(reply, label)| vec![button(format!("常用语：{label}"), &Press::Canned(number.clone(), reply))]),
    );
    rows
}

/// Asks for the words that something needs.
#[must_use]
pub fn what_words(ticket: &Ticket, purpose: Purpose) -> String {
    let what = match purpose {
        Purpose::Transfer => "请写明转办原因（直接发送一句话），写好后由系统重新派单。",
        Purpose::Return => "请写明退单原因（直接发送一句话）。派单后2个工作日内可以退单，第二次退单由督办人员处理。",
        Purpose::Opinion => "请写明办理意见（准备怎么办、大约多久），内容会转给企业。",
        Purpose::Wait => "请写明需要企业补充什么，内容会转给企业；企业回复前，办理意见和办结时限暂停计算。",
        Purpose::Extension => "请写明延期原因，由督办人员决定。",
        Purpose::RefuseExtension => "请写明不同意延期的原因，内容会转给承办专员。",
        Purpose::Note => "请写内部备注，企业看不到。",
        Purpose::Close => "请写明办理结果，内容会转给企业，工单随即办结。",
        Purpose::Merge => "请发送要并入的工单号（同一企业的另一个在办工单），例如 ZQ-20261122-0007。",
    };
    format!("{}\n{what}", heading(ticket))
}

/// To the company: how the matter will be handled.
#[must_use]
pub fn opinion_for_company(
    ticket: &Ticket,
    commissioner: &str,
    words: &str,
    next: Option<(Clock, Deadline)>,
    now: Timestamp,
) -> String {
    format!("{}\n专员{commissioner}的办理意见：\n{words}{}", heading(ticket), deadline_line(next, now))
}

/// To the company: the commissioner waits for something.
#[must_use]
pub fn waited_for(ticket: &Ticket, commissioner: &str, words: &str) -> String {
    format!(
        "{}\n专员{commissioner}需要您补充：\n{words}\n请直接在这里回复。您回复前，办结时限暂停计算，最多暂停5个工作日。",
        heading(ticket)
    )
}

/// To the commissioner: the clocks stand still.
#[must_use]
pub fn waiting(ticket: &Ticket) -> String {
    format!("{}\n已转给企业。企业回复前时限暂停，最多暂停5个工作日。", heading(ticket))
}

/// Buttons below [`waiting`].
#[must_use]
pub fn waiting_buttons(number: &TicketNumber) -> Vec<Vec<Button>> {
    let mut rows = vec![vec![button(RESUME, &Press::Resume(number.clone()))]];
    rows.extend(super::ticket::in_hand_buttons(number));
    rows
}

/// To the commissioner: the clocks go on.
#[must_use]
pub fn resumed(ticket: &Ticket, next: Option<(Clock, Deadline)>, now: Timestamp) -> String {
    format!("{}\n时限继续计算。{}", heading(ticket), deadline_line(next, now))
}

/// To the commissioner: the company was waited for as long as is allowed.
#[must_use]
pub fn wait_is_over(ticket: &Ticket, next: Option<(Clock, Deadline)>, now: Timestamp) -> String {
    format!("{}\n等待企业补充已满5个工作日，时限继续计算。{}", heading(ticket), deadline_line(next, now))
}

/// To the company: it was waited for as long as is allowed.
#[must_use]
pub fn wait_is_over_for_company(ticket: &Ticket) -> String {
    format!("{}\n还没有收到您的补充，专员将按现有情况继续办理。您仍可随时在这里补充。", heading(ticket))
}

/// To the commissioner: sent back.
#[must_use]
pub fn returned(ticket: &Ticket, to: &str) -> String {
    format!("{}\n已退单，现由{to}负责。", heading(ticket))
}

/// Why a supervisor has it: it was sent back this many times.
#[must_use]
pub fn returned_often(returns: u32) -> String {
    format!("已退单{returns}次，由督办人员处理")
}

/// To supervisors: more time is asked for.
#[must_use]
pub fn extension_requested(ticket: &Ticket, commissioner: &str, reason: &str) -> String {
    format!("{}\n专员{commissioner}申请延期：{reason}", heading(ticket))
}

/// Buttons below [`extension_requested`].
#[must_use]
pub fn extension_buttons(number: &TicketNumber) -> Vec<Vec<Button>> {
    vec![vec![
        button(APPROVE_EXTENSION, &Press::ApproveExtension(number.clone())),
        button(REFUSE_EXTENSION, &Press::Say(Purpose::RefuseExtension, number.clone())),
    ]]
}

/// To the commissioner: a supervisor decides.
#[must_use]
pub fn extension_waits(ticket: &Ticket) -> String {
    format!("{}\n延期申请已提交督办人员。批准前，原定时限不变。", heading(ticket))
}

/// To the commissioner and the supervisor: more time was granted.
#[must_use]
pub fn extended(ticket: &Ticket, due_at: Timestamp, now: Timestamp) -> String {
    format!("{}\n已同意延期，办结时限改为{}前。", heading(ticket), moment(due_at, now))
}

/// To the company: more time was granted.
#[must_use]
pub fn extended_for_company(ticket: &Ticket, due_at: Timestamp, now: Timestamp) -> String {
    format!(
        "{}\n因情况复杂，经督办人员批准，办结时限延至{}前。有进展会及时告诉您。",
        heading(ticket),
        moment(due_at, now)
    )
}

/// To the commissioner and the supervisor: more time was refused.
#[must_use]
pub fn extension_refused(ticket: &Ticket, reason: &str) -> String {
    format!("{}\n未同意延期：{reason}。原定时限不变。", heading(ticket))
}

/// To whoever wrote a note.
#[must_use]
pub fn noted(ticket: &Ticket) -> String {
    format!("{}\n已记录内部备注，企业看不到。", heading(ticket))
}

/// Only open tickets of the same company can be joined.
#[must_use]
pub fn cannot_merge(ticket: &Ticket) -> String {
    format!("{}\n没有找到同一企业的这个在办工单，未并单。请核对工单号。", heading(ticket))
}

/// To the company: the matter goes on under another number.
#[must_use]
pub fn merged_for_company(ticket: &Ticket, into: &Ticket) -> String {
    format!(
        "{}\n与工单 {} 反映同一事项，已并单，后续在 {} 办理，原有内容不会丢失。",
        heading(ticket),
        into.number,
        into.number
    )
}

/// To the commissioner: joined.
#[must_use]
pub fn merged(ticket: &Ticket, into: &Ticket) -> String {
    format!("{}\n已并入工单 {}。", heading(ticket), into.number)
}

/// To whoever has the other ticket: another one was joined to it.
#[must_use]
pub fn absorbed(ticket: &Ticket, from: &Ticket) -> String {
    format!("{}\n工单 {} 已并入本工单，其诉求：“{}”", heading(ticket), from.number, from.submission.question)
}
