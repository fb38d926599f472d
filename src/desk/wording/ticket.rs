//! Everything that is said about tickets, to companies and to commissioners.
//!
//! Each message carries the ticket number and the company's own words, so that it can be understood alone. What is said
//! before a ticket is opened is `opening`'s, what goes between sides while it is worked on `handling`'s.

use jiff::Timestamp;

use super::{
    CLOSE, COMMENT, CONTACTED, HUMAN, NEW_QUESTION, OTHER_ACTIONS, PROGRESS, REOPEN, SIGN, TRANSFER, URGE, WITHDRAW,
    button, card as card_name, clock as clock_name, excerpt, kind as kind_name, moment, rating as rating_name,
    state as state_name,
};
use crate::desk::dialogue::Purpose;
use crate::desk::message::Button;
use crate::desk::press::Press;
use crate::domain::calendar::{Calendar, china_time};
use crate::domain::sla::{Card, Clock, Deadline};
use crate::domain::ticket::{Rating, Refusal, Ticket, TicketNumber};

/// The company's words are quoted up to this length beside other text.
pub(super) const QUOTE_CHARS: usize = 120;

/// To the company: it has been opened; who, why, by when.
#[must_use]
pub fn opened(
    ticket: &Ticket,
    commissioner: &str,
    next: Option<(Clock, Deadline)>,
    calendar: &Calendar,
    now: Timestamp,
) -> String {
    let mut text = format!("{}\n已派给服务企业专员{commissioner}（{}）。", heading(ticket), ticket.reasons.join("；"));
    if let Some((_, deadline)) = next {
        if calendar.is_working_time(now) {
            text.push_str(&format!("\n{}前联系您。", moment(deadline.due_at, now)));
        } else {
            text.push_str(&format!(
                "\n现在不是办公时间（工作日{}），最迟{}前联系您。",
                office_hours(calendar),
                moment(deadline.due_at, now)
            ));
        }
    }
    text.push_str("\n签收和进展会在这里通知您。");
    text
}

/// Buttons for the company while a ticket is open.
#[must_use]
pub fn company_buttons(number: &TicketNumber) -> Vec<Vec<Button>> {
    vec![vec![
        button(PROGRESS, &Press::Progress(number.clone())),
        button(URGE, &Press::Urge(number.clone())),
        button(WITHDRAW, &Press::Withdraw(number.clone())),
    ]]
}

/// To the commissioner: a ticket has come to them.
#[must_use]
pub fn assigned(ticket: &Ticket, title: Option<&str>, next: Option<(Clock, Deadline)>, now: Timestamp) -> String {
    let submission = &ticket.submission;
    let mut text = format!("新工单 {}（{}）", ticket.number, kind_name(submission.kind));
    text.push_str(&format!("\n企业诉求：“{}”", submission.question));
    if let Some(title) = title {
        text.push_str(&format!("\n相关事项：{title}"));
    }
    if let Some(answered) = &submission.answered {
        text.push_str(&format!("\n系统已答复：{}", excerpt(answered, QUOTE_CHARS)));
    }
    if submission.is_anonymous {
        text.push_str("\n联系人：匿名");
    } else if let Some(company) = &submission.company {
        text.push_str(&format!("\n联系人：{company}"));
    }
    if let Some(contact) = &submission.contact {
        text.push_str(&format!("\n联系电话：{contact}"));
    }
    if let Some(street) = &submission.subdistrict {
        text.push_str(&format!("\n所在街道：{street}"));
    }
    text.push_str(&format!("\n派单理由：{}", ticket.reasons.join("；")));
    text.push_str(&deadline_line(next, now));
    text.push_str("\n请先签收；签收后直接“回复”本消息即可答复企业。");
    text
}

/// Buttons below [`assigned`].
#[must_use]
pub fn assigned_buttons(number: &TicketNumber) -> Vec<Vec<Button>> {
    vec![vec![
        button(SIGN, &Press::Sign(number.clone())),
        button(TRANSFER, &Press::Say(Purpose::Transfer, number.clone())),
    ]]
}

/// To the commissioner: signed for.
#[must_use]
pub fn signed(ticket: &Ticket, next: Option<(Clock, Deadline)>, now: Timestamp) -> String {
    format!("{}\n已签收。“回复”本消息，内容会转给企业。{}", heading(ticket), deadline_line(next, now))
}

/// Buttons for the commissioner who has a ticket in hand.
#[must_use]
pub fn in_hand_buttons(number: &TicketNumber) -> Vec<Vec<Button>> {
    vec![vec![
        button(CONTACTED, &Press::Contacted(number.clone())),
        button(TRANSFER, &Press::Say(Purpose::Transfer, number.clone())),
        button(CLOSE, &Press::Close(number.clone())),
        button(OTHER_ACTIONS, &Press::OtherActions(number.clone())),
    ]]
}

/// Buttons for whoever has a ticket, as it stands.
#[must_use]
pub fn holder_buttons(ticket: &Ticket) -> Vec<Vec<Button>> {
    if !ticket.state.is_open() {
        Vec::new()
    } else if ticket.state.is_in_hand() {
        in_hand_buttons(&ticket.number)
    } else {
        assigned_buttons(&ticket.number)
    }
}

/// To the company: a named person has taken it.
#[must_use]
pub fn signed_for_company(
    ticket: &Ticket,
    commissioner: &str,
    next: Option<(Clock, Deadline)>,
    now: Timestamp,
) -> String {
    let by = contact_by(next, now);
    format!(
        "{}\n服务企业专员{commissioner}已签收{by}\n现在起，您在这里发的消息会直接转给{commissioner}；想问别的政策，请点“{NEW_QUESTION}”。",
        heading(ticket)
    )
}

/// Buttons below [`signed_for_company`].
#[must_use]
pub fn signed_for_company_buttons(number: &TicketNumber) -> Vec<Vec<Button>> {
    let mut rows = company_buttons(number);
    rows.push(vec![button(NEW_QUESTION, &Press::NewQuestion)]);
    rows
}

/// To the commissioner: the contact was recorded.
#[must_use]
pub fn contact_recorded(ticket: &Ticket) -> String {
    format!("{}\n已记录首次联系。请按时反馈办理意见并办结。", heading(ticket))
}

/// To the former commissioner: handed on.
#[must_use]
pub fn transferred(ticket: &Ticket, to: &str) -> String {
    format!("{}\n已转办给{to}。", heading(ticket))
}

/// To the commissioner: a ticket has come to them from somebody who handed it on.
#[must_use]
pub fn handed_over(
    ticket: &Ticket,
    title: Option<&str>,
    reason: &str,
    next: Option<(Clock, Deadline)>,
    now: Timestamp,
) -> String {
    format!("{}\n转办原因：{reason}", assigned(ticket, title, next, now))
}

/// To the company: somebody else has it now.
#[must_use]
pub fn transferred_for_company(ticket: &Ticket, to: &str, next: Option<(Clock, Deadline)>, now: Timestamp) -> String {
    let by = contact_by(next, now);
    format!("{}\n您的诉求已转给服务企业专员{to}（{}）{by}", heading(ticket), ticket.reasons.join("；"))
}

/// To the company: closed, with what it has not been told yet; please rate.
#[must_use]
pub fn closed_for_company(ticket: &Ticket, commissioner: &str, told: Option<&str>) -> String {
    let result = told.map(|words| format!("办理结果：\n{words}\n")).unwrap_or_default();
    format!(
        "{}\n{result}专员{commissioner}已办结。请您评价；如果问题没有解决，请选“{}”，会自动重办。",
        heading(ticket),
        rating_name(Rating::Dissatisfied)
    )
}

/// The five levels, the best first.
#[must_use]
pub fn rating_buttons(number: &TicketNumber) -> Vec<Vec<Button>> {
    let rate = |rating| button(rating_name(rating), &Press::Rate(number.clone(), rating));
    vec![
        vec![rate(Rating::VerySatisfied), rate(Rating::Satisfied), rate(Rating::BasicallySatisfied)],
        vec![rate(Rating::Dissatisfied), rate(Rating::VeryDissatisfied)],
    ]
}

/// To the commissioner: closed.
#[must_use]
pub fn closed(ticket: &Ticket) -> String {
    format!("{}\n已办结，已请企业评价。", heading(ticket))
}

/// To the company: thanks for the rating.
#[must_use]
pub fn rated_for_company(ticket: &Ticket, rating: Rating) -> String {
    format!("{}\n已记录您的评价：{}。谢谢。还有问题可以直接提问。", heading(ticket), rating_name(rating))
}

/// The button below a rating: why, in words, once.
#[must_use]
pub fn comment_buttons(number: &TicketNumber) -> Vec<Vec<Button>> {
    vec![vec![button(COMMENT, &Press::Comment(number.clone()))]]
}

/// Asks why it was rated so.
#[must_use]
pub fn what_comment(ticket: &Ticket) -> String {
    format!("{}\n请用一句话说明评价的原因，承办专员会看到。", heading(ticket))
}

/// To the company: its words are kept.
#[must_use]
pub fn comment_kept(ticket: &Ticket) -> String {
    format!("{}\n已记录您的说明，谢谢。", heading(ticket))
}

/// To the commissioner: why it was rated so.
#[must_use]
pub fn commented(ticket: &Ticket, words: &str) -> String {
    format!("{}\n企业对评价的说明：\n{words}", heading(ticket))
}

/// To the commissioner: how it was rated.
#[must_use]
pub fn rated(ticket: &Ticket, rating: Rating) -> String {
    format!("{}\n企业评价：{}。", heading(ticket), rating_name(rating))
}

/// To the company: it will be done again.
#[must_use]
pub fn reworked_for_company(
    ticket: &Ticket,
    rating: Rating,
    commissioner: &str,
    is_supervised: bool,
    next: Option<(Clock, Deadline)>,
    now: Timestamp,
) -> String {
    let by = contact_by(next, now);
    let who = if is_supervised {
        format!("已提级由督办人员{commissioner}处理")
    } else {
        format!("由专员{commissioner}重办")
    };
    format!("{}\n已记录您的评价：{}。很抱歉没有解决您的问题，{who}{by}", heading(ticket), rating_name(rating))
}

/// To whoever had it: the company raised it again.
#[must_use]
pub fn reopened(ticket: &Ticket, next: Option<(Clock, Deadline)>, now: Timestamp) -> String {
    format!("{}\n企业重新提出，时限重新计算。{}", heading(ticket), deadline_line(next, now))
}

/// To the company: raised again.
#[must_use]
pub fn reopened_for_company(
    ticket: &Ticket,
    commissioner: &str,
    next: Option<(Clock, Deadline)>,
    now: Timestamp,
) -> String {
    let by = contact_by(next, now);
    format!("{}\n已重新提出，由专员{commissioner}继续办理{by}请在这里补充说明。", heading(ticket))
}

/// To the company, some days after closing: is it settled?
#[must_use]
pub fn follow_up(ticket: &Ticket) -> String {
    format!(
        "{}\n您的诉求已办结几天，问题解决了吗？请您评价；没有解决，可以点“{REOPEN}”，办结后15个工作日内有效。",
        heading(ticket)
    )
}

/// Buttons below [`follow_up`].
#[must_use]
pub fn follow_up_buttons(number: &TicketNumber) -> Vec<Vec<Button>> {
    let mut rows = rating_buttons(number);
    rows.push(vec![button(REOPEN, &Press::Reopen(number.clone()))]);
    rows
}

/// Why a supervisor has it: it was reopened this many times.
#[must_use]
pub fn supervised_rework(reworks: u32) -> String {
    format!("第{reworks}次重办，由督办人员处理")
}

/// To whoever has to do it again.
#[must_use]
pub fn reworked(ticket: &Ticket, rating: Rating, next: Option<(Clock, Deadline)>, now: Timestamp) -> String {
    format!(
        "{}\n企业评价：{}，工单已自动重办（第{}次），时限重新计算。{}",
        heading(ticket),
        rating_name(rating),
        ticket.reworks,
        deadline_line(next, now)
    )
}

/// To the former commissioner: a supervisor has it now.
#[must_use]
pub fn taken_over(ticket: &Ticket, rating: Rating, by: &str) -> String {
    format!("{}\n企业评价：{}。工单已提级，由督办人员{by}处理，您不必再办理。", heading(ticket), rating_name(rating))
}

/// A card, to the commissioner and to supervisors.
#[must_use]
pub fn card(ticket: &Ticket, clock: Clock, card: Card, due_at: Timestamp, holder: &str, now: Timestamp) -> String {
    let what = match card {
        Card::Yellow => format!("{}前须{}", moment(due_at, now), clock_name(clock)),
        Card::Red => format!("已超过{}时限（{}）", clock_name(clock), moment(due_at, now)),
    };
    format!(
        "【{}】{}\n{what}。\n目前：{}，负责人：{holder}。",
        card_name(card),
        heading(ticket),
        state_name(ticket.state)
    )
}

/// To the commissioner: the company urges.
#[must_use]
pub fn urged(ticket: &Ticket, next: Option<(Clock, Deadline)>, now: Timestamp) -> String {
    format!("{}\n企业催办，请尽快处理。{}", heading(ticket), deadline_line(next, now))
}

/// To the company: urged.
#[must_use]
pub fn urged_for_company(ticket: &Ticket, commissioner: &str) -> String {
    format!("{}\n已催办专员{commissioner}。", heading(ticket))
}

/// To the company: taken back.
#[must_use]
pub fn withdrawn_for_company(ticket: &Ticket) -> String {
    format!("{}\n已按您的要求撤回。", heading(ticket))
}

/// To the commissioner: the company took it back.
#[must_use]
pub fn withdrawn(ticket: &Ticket) -> String {
    format!("{}\n企业已撤回，不必再办理。", heading(ticket))
}

/// How one ticket stands.
#[must_use]
pub fn progress(
    ticket: &Ticket,
    commissioner: Option<&str>,
    next: Option<(Clock, Deadline)>,
    now: Timestamp,
) -> String {
    let holder = commissioner.map(|name| format!("，负责人：{name}")).unwrap_or_default();
    let mut text = format!("{}\n目前：{}{holder}。", heading(ticket), state_name(ticket.state));
    text.push_str(&deadline_line(next, now));
    text.push_str(&format!("\n提交时间：{}", china_time(ticket.opened_at).strftime("%Y-%m-%d %H:%M")));
    text
}

/// A commissioner's open tickets, the most pressing first.
#[must_use]
pub fn my_tickets(count: usize, lines: &[String]) -> String {
    format!("您有{count}个在办工单，按时限先后：\n\n{}", lines.join("\n\n"))
}

/// There is nothing to show.
#[must_use]
pub fn no_tickets() -> String {
    format!("您目前没有诉求工单。需要人工时，点“{HUMAN}”或说“找专员”。")
}

/// To a commissioner: their Telegram account is bound.
#[must_use]
pub fn bound(name: &str) -> String {
    format!("{name}，您好。您的账号已绑定，工单会发到这里：先“{SIGN}”，再“回复”工单消息答复企业，办完点“{CLOSE}”。")
}

/// The invitation is used up, expired or wrong.
#[must_use]
pub fn bad_invitation() -> &'static str {
    "这个邀请链接无效、已使用或已过期，请联系管理员重新生成。"
}

/// Why something cannot be done now.
#[must_use]
pub fn refusal(refusal: Refusal, number: &TicketNumber) -> String {
    let why = match refusal {
        Refusal::NotYours => "该工单目前不由您负责。",
        Refusal::NotOpen => "该工单已经结束，不能再操作。如仍需帮助，请重新找专员。",
        Refusal::AlreadySigned => "该工单已经签收，不必重复签收。",
        Refusal::NotSigned => "请先签收，再继续操作。",
        Refusal::NotClosed => "该工单还没有办结，办结后再评价。",
        Refusal::AlreadyRated => "已经评价过了，谢谢。",
        Refusal::NothingToExplain => "评价的说明已经记录过，或还没有评价。",
        Refusal::UrgedRecently => "一小时内已经催办过，请稍候。",
        Refusal::Undispatched => "该工单正在重新派单，请稍候。",
        Refusal::CardShown => "已经提醒过或处理过。",
        Refusal::NotSupervisor => "这项操作只有督办人员可以做。",
        Refusal::AssignedByHand => "该工单由督办人员指派，不能自动改派。",
        Refusal::TooLateToReturn => "派单已超过2个工作日，不能退单；确需移交，请转办或联系督办人员。",
        Refusal::TooLateToReopen => "办结已超过15个工作日，不能重新提出。请直接提出新的诉求。",
        Refusal::WaitsAlready => "已在等企业补充，不必重复操作。",
        Refusal::NotWaiting => "目前没有在等待企业补充。",
        Refusal::ExtensionKnown => "已经申请过延期。",
        Refusal::NoExtension => "目前没有待批的延期申请。",
        Refusal::SameTicket => "不能并入同一个工单。",
    };
    format!("工单 {number}\n{why}")
}

/// The number does not exist, or belongs to somebody else.
#[must_use]
pub fn no_such_ticket(number: &TicketNumber) -> String {
    format!("没有找到您名下的工单 {number}，请核对工单号。")
}

/// The ticket's number and the company's own words.
/// The ticket that a message of ours is about, by what it begins with; `None` where it is about several or none.
#[must_use]
pub fn number_at_head(text: &str) -> Option<TicketNumber> {
    if text.matches("工单 ZQ-").count() != 1 {
        return None;
    }
    let after = text.strip_prefix("新").unwrap_or(text).strip_prefix("工单 ")?;
    let end = after.find(|char: char| !char.is_ascii_alphanumeric() && char != '-').unwrap_or(after.len());
    TicketNumber::parse(&after[..end])
}

pub(super) fn heading(ticket: &Ticket) -> String {
    format!("工单 {}（“{}”）", ticket.number, excerpt(&ticket.submission.question, QUOTE_CHARS))
}

pub(super) fn deadline_line(next: Option<(Clock, Deadline)>, now: Timestamp) -> String {
    match next {
        Some((clock, deadline)) if deadline.due_at > now => {
            format!("\n下一时限：{}前{}。", moment(deadline.due_at, now), clock_name(clock))
        }
        Some((clock, deadline)) => format!("\n已超过{}时限（{}）。", clock_name(clock), moment(deadline.due_at, now)),
        None => String::new(),
    }
}

/// By when the company hears from somebody; says so when that time has passed.
fn contact_by(next: Option<(Clock, Deadline)>, now: Timestamp) -> String {
    match next {
        Some((_, deadline)) if deadline.due_at > now => format!("，{}前联系您。", moment(deadline.due_at, now)),
        Some(_) => "，很抱歉原定时限已过，已督促尽快联系您。".to_owned(),
        None => "。".to_owned(),
    }
}

/// Office hours in words.
#[must_use]
pub fn office_hours(calendar: &Calendar) -> String {
    calendar
        .spans()
        .iter()
        .map(|span| format!("{}–{}", span.start.strftime("%H:%M"), span.end.strftime("%H:%M")))
        .collect::<Vec<_>>()
        .join("、")
}
