//! What goes from one side of a ticket to the other, and that it went.

use super::ticket::{QUOTE_CHARS, heading};
use super::{ASK_MYSELF, attachment, button, excerpt, in_brackets};
use crate::desk::message::{Button, Words};
use crate::desk::press::Press;
use crate::domain::ticket::Ticket;

/// To the company: what the commissioner wrote.
#[must_use]
pub fn from_commissioner(ticket: &Ticket, commissioner: &str, words: &Words) -> String {
    format!("{}\n{}", heading(ticket), said(&format!("专员{commissioner}"), "答复", words))
}

/// To the commissioner: what the company wrote.
#[must_use]
pub fn from_company(ticket: &Ticket, words: &Words) -> String {
    format!("{}\n{}\n（“回复”本消息即可答复企业）", heading(ticket), said("企业", "补充", words))
}

/// Who says what, and what goes with it.
fn said(who: &str, verb: &str, words: &Words) -> String {
    let verb = if words.is_correction { "更正" } else { verb };
    let text = words.text.trim();
    match &words.attachment {
        None => format!("{who}{verb}：\n{text}"),
        Some(attached) => {
            let what = attachment(attached.kind);
            let verb = if words.is_correction { "更正，重新发来" } else { "发来" };
            if text.is_empty() { format!("{who}{verb}{what}。") } else { format!("{who}{verb}{what}：\n{text}") }
        }
    }
}

/// To the commissioner: the message went out.
#[must_use]
pub fn passed_on(ticket: &Ticket) -> String {
    format!("{}\n已转给企业。", heading(ticket))
}

/// To the commissioner: the message went out, but the company cannot see what is attached.
#[must_use]
pub fn passed_on_unseen(ticket: &Ticket) -> String {
    format!("{}\n文字已转给企业；企业不在即时通讯里，看不到附件，请另用文字说明。", heading(ticket))
}

/// To the company: the message went to the commissioner.
#[must_use]
pub fn passed_on_to_commissioner(ticket: &Ticket, commissioner: &str) -> String {
    format!("{}\n已转给专员{commissioner}。", heading(ticket))
}

/// To a commissioner whose message names no ticket.
#[must_use]
pub fn which_ticket(words: &Words) -> String {
    let attached = words.attachment.as_ref().map(in_brackets).unwrap_or_default();
    format!(
        "“{}{attached}”\n这条消息要发给哪个工单的企业？（也可以直接“回复”工单消息）",
        excerpt(&words.text, QUOTE_CHARS)
    )
}

/// Buttons below [`which_ticket`].
#[must_use]
pub fn which_ticket_buttons(asked: u32, tickets: &[Ticket]) -> Vec<Vec<Button>> {
    let mut rows: Vec<_> = tickets
        .iter()
        .take(8)
        .map(|ticket| {
            let label = format!("{} {}", ticket.number, excerpt(&ticket.submission.question, 12));
            vec![button(label, &Press::WriteTo(asked, ticket.number.clone()))]
        })
        .collect();
    rows.push(vec![button(ASK_MYSELF, &Press::AskMyself(asked))]);
    rows
}
