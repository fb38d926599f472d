//! What supervisors read: the list of what needs them, and what comes of their decisions.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::ticket::{deadline_line, heading};
use super::{ASSIGN, TAKE_OVER, button, card as card_name, clock as clock_name, state as state_name};
use crate::desk::message::Button;
use crate::desk::press::Press;
use crate::domain::commissioner::Commissioner;
use crate::domain::sla::{Clock, Deadline};
use crate::domain::ticket::{Ticket, TicketNumber};

/// Why a ticket has changed hands: a supervisor took it.
pub const TAKEN_OVER: &str = "督办人员接管";

/// Why a ticket has changed hands: a supervisor chose the holder.
pub const ASSIGNED: &str = "督办人员指派";

/// Why a ticket has changed hands: the first contact was missed and the backup stands in.
pub const STANDS_IN: &str = "首次联系超时，由AB角接手";

/// Why a ticket has changed hands: the first contact was missed, and nobody else has made it.
pub const STILL_NO_CONTACT: &str = "首次联系超时，提级督办";

/// Only supervisors see the list.
#[must_use]
pub fn only_for_supervisors() -> &'static str {
    "这个命令只供督办人员使用。"
}

/// Nothing needs a supervisor.
#[must_use]
pub fn nothing_to_supervise() -> &'static str {
    "目前没有需要督办的工单：没有黄牌、红牌、退单、重办和待批延期。"
}

/// One ticket of the list.
#[must_use]
pub fn line(ticket: &Ticket, holder: &str, next: Option<(Clock, Deadline)>, now: Timestamp) -> String {
    let mut marks: Vec<String> =
        ticket.cards.iter().map(|(clock, card)| format!("{}（{}）", card_name(*card), clock_name(*clock))).collect();
    if ticket.returns > 0 {
        marks.push(format!("退单{}次", ticket.returns));
    }
    if ticket.reworks > 0 {
        marks.push(format!("重办{}次", ticket.reworks));
    }
    if ticket.is_escalated {
        marks.push("已提级".to_owned());
    }
    if ticket.extension_reason.is_some() {
        marks.push("待批延期".to_owned());
    }
    format!(
        "{}\n{}，负责人：{holder}；{}。{}",
        heading(ticket),
        state_name(ticket.state),
        marks.join("、"),
        deadline_line(next, now)
    )
}

/// The list.
#[must_use]
pub fn list(count: usize, lines: &[String], loads: &str) -> String {
    format!("需要督办的工单{count}个，按时限先后：\n\n{}\n\n{loads}", lines.join("\n\n"))
}

/// How much is open and how many are away.
#[must_use]
pub fn loads(open: u32, away: usize, now: DateTime) -> String {
    format!("全区在办{open}个，离岗{away}人（{}）。", now.strftime("%m-%d %H:%M"))
}

/// Buttons below [`list`].
#[must_use]
pub fn list_buttons(tickets: &[Ticket]) -> Vec<Vec<Button>> {
    tickets
        .iter()
        .map(|ticket| {
            vec![
                button(format!("{TAKE_OVER} {}", ticket.number), &Press::TakeOver(ticket.number.clone())),
                button(ASSIGN, &Press::Choices(ticket.number.clone())),
            ]
        })
        .collect()
}

/// Buttons below a card that a supervisor reads.
#[must_use]
pub fn card_buttons(number: &TicketNumber) -> Vec<Vec<Button>> {
    vec![vec![button(TAKE_OVER, &Press::TakeOver(number.clone())), button(ASSIGN, &Press::Choices(number.clone()))]]
}

/// Asks whom to give a ticket to.
#[must_use]
pub fn to_whom(ticket: &Ticket) -> String {
    format!("{}\n请选择承办专员（对口的在前）。", heading(ticket))
}

/// Buttons below [`to_whom`].
#[must_use]
pub fn people_buttons(number: &TicketNumber, people: &[&Commissioner]) -> Vec<Vec<Button>> {
    people
        .chunks(2)
        .map(|pair| {
            pair.iter()
                .map(|person| button(person.name.clone(), &Press::AssignTo(number.clone(), person.id.clone())))
                .collect()
        })
        .collect()
}

/// To the former holder: somebody else has it now.
#[must_use]
pub fn taken_away(ticket: &Ticket, to: &str, why: &str) -> String {
    format!("{}\n{why}，现由{to}负责，您不必再办理。", heading(ticket))
}
