//! `ticket`: lists and histories.

use serde::Serialize;

use super::house::House;
use super::output::Out;
use super::{Misuse, Outcome};
use crate::cli::Format;
use crate::desk::ports::TicketFilter;
use crate::desk::wording;
use crate::domain::calendar::china_time;
use crate::domain::commissioner::CommissionerId;
use crate::domain::sla::Rules;
use crate::domain::ticket::{Actor, Event, EventKind, Ticket, TicketNumber};

#[derive(Serialize)]
struct Line {
    number: String,
    kind: String,
    state: String,
    question: String,
    topic: Option<String>,
    subdistrict: Option<String>,
    assignee: Option<String>,
    reasons: Vec<String>,
    opened_at: String,
    next_clock: Option<String>,
    next_due_at: Option<String>,
    rating: Option<String>,
    reworks: u32,
    cards: Vec<String>,
}

#[derive(Serialize)]
struct Step {
    at: String,
    by: String,
    what: &'static str,
    from: String,
    to: String,
    why: Option<String>,
}

#[derive(Serialize)]
struct Message {
    at: String,
    from: String,
    text: String,
    /// What went with it, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment: Option<String>,
    /// Whether the company never saw it.
    note: bool,
}

#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    ticket: Line,
    history: Vec<Step>,
    messages: Vec<Message>,
}

/// `ticket list`.
pub(crate) async fn list(
    house: &House,
    open: bool,
    commissioner: Option<&str>,
    format: Format,
) -> anyhow::Result<Outcome> {
    let assignee = commissioner
        .map(|id| CommissionerId::parse(id).ok_or_else(|| Misuse(format!("专员编号“{id}”不对"))))
        .transpose()?;
    let filter = TicketFilter { assignee, only_open: open, ..TicketFilter::default() };
    let printer = Printer::new(house).await?;
    let lines: Vec<_> = house.store.tickets(&filter).await?.iter().map(|ticket| printer.line(ticket)).collect();
    let mut out = Out::new();
    if format == Format::Json {
        out.pretty(&lines)?;
        return Ok(Outcome::Done);
    }
    if lines.is_empty() {
        out.line("没有符合条件的工单。")?;
        return Ok(Outcome::Done);
    }
    let rows = lines
        .into_iter()
        .map(|line| {
            [
                line.number,
                line.state,
                line.assignee.unwrap_or_default(),
                line.next_due_at.unwrap_or_default(),
                line.cards.join(" "),
                wording::excerpt(&line.question, 24),
            ]
        })
        .collect();
    out.table(["工单号", "状态", "负责人", "下一时限", "牌", "诉求"], rows)?;
    Ok(Outcome::Done)
}

/// `ticket show`.
pub(crate) async fn show(house: &House, number: &str, format: Format) -> anyhow::Result<Outcome> {
    let parsed =
        TicketNumber::parse(number).ok_or_else(|| Misuse(format!("“{number}”不是工单号，应如 ZQ-20261122-0007")))?;
    let Some(ticket) = house.store.ticket(&parsed).await? else {
        Out::note(format!("没有工单 {parsed}。"));
        return Ok(Outcome::Failed);
    };
    let printer = Printer::new(house).await?;
    let messages = house.store.ticket_messages(&parsed).await?;
    let whole = Whole {
        ticket: printer.line(&ticket),
        history: house.store.ticket_history(&parsed).await?.iter().map(step).collect(),
        messages: messages
            .into_iter()
            .map(|message| Message {
                at: moment(message.at),
                from: actor(&message.from),
                attachment: message.attachment.as_ref().map(wording::in_brackets),
                text: message.text,
                note: message.is_note,
            })
            .collect(),
    };
    let mut out = Out::new();
    match format {
        Format::Json => out.pretty(&whole)?,
        Format::Text => print(&mut out, &whole)?,
    }
    Ok(Outcome::Done)
}

fn print(out: &mut Out, whole: &Whole) -> std::io::Result<()> {
    let Whole { ticket, history, messages } = whole;
    out.line(format!("工单 {}（{}）  {}", ticket.number, ticket.kind, ticket.state))?;
    out.line(format!("诉求：{}", ticket.question))?;
    out.line(format!("负责人：{}（{}）", ticket.assignee.as_deref().unwrap_or("无"), ticket.reasons.join("；")))?;
    if let (Some(clock), Some(due)) = (&ticket.next_clock, &ticket.next_due_at) {
        out.line(format!("下一时限：{due} 前{clock}"))?;
    }
    out.line("经过：")?;
    for step in history {
        let why = step.why.as_ref().map(|why| format!("：{why}")).unwrap_or_default();
        out.line(format!("  {}  {}  {}{why}", step.at, step.by, step.what))?;
    }
    if !messages.is_empty() {
        out.line("往来：")?;
    }
    for message in messages {
        let attachment = message.attachment.as_deref().unwrap_or_default();
        let note = if message.note { "（内部备注）" } else { "" };
        out.line(format!("  {}  {}{note}：{attachment}{}", message.at, message.from, message.text))?;
    }
    Ok(())
}

/// Deadlines are computed from the ticket, the calendar and the promises.
struct Printer {
    calendar: crate::domain::calendar::Calendar,
}

impl Printer {
    async fn new(house: &House) -> anyhow::Result<Self> {
        let (_, holidays) = house.serving().await?;
        Ok(Self { calendar: house.calendar(&holidays)? })
    }

    fn line(&self, ticket: &Ticket) -> Line {
        let promises = crate::domain::sla::Promises::shandong_2115(&self.calendar);
        let next = ticket.next_deadline(&Rules { calendar: &self.calendar, promises });
        let submission = &ticket.submission;
        Line {
            number: ticket.number.to_string(),
            kind: wording::kind(submission.kind).to_owned(),
            state: wording::state(ticket.state).to_owned(),
            question: submission.question.clone(),
            topic: submission.topic.as_ref().map(ToString::to_string),
            subdistrict: submission.subdistrict.clone(),
            assignee: ticket.assignee.as_ref().map(ToString::to_string),
            reasons: ticket.reasons.clone(),
            opened_at: moment(ticket.opened_at),
            next_clock: next.map(|(clock, _)| wording::clock(clock).to_owned()),
            next_due_at: next.map(|(_, deadline)| moment(deadline.due_at)),
            rating: ticket.rating.map(|rating| wording::rating(rating).to_owned()),
            reworks: ticket.reworks,
            cards: ticket
                .cards
                .iter()
                .map(|(clock, card)| format!("{}{}", wording::clock(*clock), wording::card(*card)))
                .collect(),
        }
    }
}

fn moment(at: jiff::Timestamp) -> String {
    china_time(at).strftime("%Y-%m-%d %H:%M").to_string()
}

fn actor(actor: &Actor) -> String {
    match actor {
        Actor::Company => "企业".to_owned(),
        Actor::Commissioner(id) | Actor::Supervisor(id) => id.to_string(),
        Actor::System => "系统".to_owned(),
    }
}

fn step(event: &Event) -> Step {
    let (what, why) = match &event.kind {
        EventKind::Submitted(_) => ("提交", None),
        EventKind::Dispatched { to, reasons } => ("派单", Some(format!("{to}（{}）", reasons.join("；")))),
        EventKind::Signed => ("签收", None),
        EventKind::Contacted => ("首次联系", None),
        EventKind::OpinionGiven => ("反馈办理意见", None),
        EventKind::Replied => ("答复", None),
        EventKind::Transferred { reason } => ("转办", Some(reason.clone())),
        EventKind::Returned { reason } => ("退单", Some(reason.clone())),
        EventKind::Assigned { to, reason } => ("指派", Some(format!("{to}：{reason}"))),
        EventKind::StoodIn { to, reason } => ("接手", Some(format!("{to}：{reason}"))),
        EventKind::WaitBegan { reason } => ("等企业补充", Some(reason.clone())),
        EventKind::WaitEnded => ("继续办理", None),
        EventKind::ExtensionRequested { reason } => ("申请延期", Some(reason.clone())),
        EventKind::ExtensionApproved => ("同意延期", None),
        EventKind::ExtensionRefused { reason } => ("不同意延期", Some(reason.clone())),
        EventKind::Merged { into } => ("并单", Some(format!("并入 {into}"))),
        EventKind::Absorbed { from } => ("并单", Some(format!("{from} 并入"))),
        EventKind::Reopened => ("重新提出", None),
        EventKind::FollowedUp => ("回访", None),
        EventKind::Closed { summary } => ("办结", summary.clone()),
        EventKind::Rated(rating) => ("评价", Some(wording::rating(*rating).to_owned())),
        EventKind::Commented { words } => ("评价说明", Some(words.clone())),
        EventKind::Reworked => ("重办", None),
        EventKind::Urged => ("催办", None),
        EventKind::Withdrawn => ("撤回", None),
        EventKind::CardShown(clock, card) => {
            ("亮牌", Some(format!("{}{}", wording::clock(*clock), wording::card(*card))))
        }
        EventKind::Escalated { to, reason } => ("提级", Some(format!("{to}：{reason}"))),
    };
    Step {
        at: moment(event.at),
        by: actor(&event.actor),
        what,
        from: event.from.to_string(),
        to: event.to.to_string(),
        why,
    }
}
