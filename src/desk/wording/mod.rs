//! Every sentence people read: Chinese, polite, short, literal.
//!
//! What happened, what happens next and by when; policies by title, number and date. No jargon and no exclamation marks.
//! Only plain text leaves this module; channels escape it for their own markup.

pub mod answer;
pub mod back;
pub mod canned;
pub mod expiry;
pub mod feedback;
pub mod figures;
pub mod handling;
pub mod leave;
pub mod opening;
pub mod reach;
pub mod relay;
pub mod supervision;
pub mod talk;
pub mod thread;
pub mod ticket;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

use super::message::{Attachment, AttachmentKind, Button};
use super::press::Press;
use crate::domain::calendar::china_time;
use crate::domain::competence::LawfulWay;
use crate::domain::dispatch::Reason;
use crate::domain::sla::{Card, Clock};
use crate::domain::ticket::{Rating, State, TicketKind};
use crate::domain::topic::{Facet, Status};

/// The button under every answer, question back and refusal.
pub const HUMAN: &str = "找专员";
/// The button that calls an answer helpful.
pub const HELPFUL: &str = "有帮助";
/// The button that calls it not helpful.
pub const UNHELPFUL: &str = "没帮助";
/// The button that opens a ticket.
pub const CONFIRM: &str = "确认";
/// The button that does not open it.
pub const CANCEL: &str = "取消";
/// The button that signs for a ticket.
pub const SIGN: &str = "签收";
/// The button that hands a ticket on.
pub const TRANSFER: &str = "转办";
/// The button that closes a ticket.
pub const CLOSE: &str = "办结";
/// The button that records a contact made by phone.
pub const CONTACTED: &str = "已电话联系";
/// The button that shows the rest of a list.
pub const MORE: &str = "查看全部";
/// What people type for it.
pub const WORDS_FOR_MORE: [&str; 12] =
    ["更多", "还有呢", "还有吗", "剩下的", "剩下的呢", "其余的", "看全部", "全部", "继续", "接着说", "展开", "more"];
/// The choice that leads to a person.
pub const NONE_OF_THESE: &str = "都不是";
/// The button that urges.
pub const URGE: &str = "催办";
/// The button that takes a ticket back.
pub const WITHDRAW: &str = "撤回";
/// The button that shows how a ticket stands.
pub const PROGRESS: &str = "查看进度";
/// The button that lets the assistant answer again while a person has the case.
pub const NEW_QUESTION: &str = "问新问题";
/// The choice that makes a commissioner's message a question of their own.
pub const ASK_MYSELF: &str = "我要自己提问";

/// The button that shows what else can be done with a ticket.
pub const OTHER_ACTIONS: &str = "更多";
/// The button that gives the opinion.
pub const GIVE_OPINION: &str = "办理意见";
/// The button that waits for the company.
pub const WAIT: &str = "等企业补充";
/// The button that no longer waits for the company.
pub const RESUME: &str = "继续办理";
/// The button that asks for more time.
pub const EXTEND: &str = "申请延期";
/// The button that grants more time.
pub const APPROVE_EXTENSION: &str = "同意延期";
/// The button that refuses more time.
pub const REFUSE_EXTENSION: &str = "不同意延期";
/// The button that sends a ticket back.
pub const RETURN: &str = "退单";
/// The button that adds an internal note.
pub const NOTE: &str = "内部备注";
/// The button that joins a ticket to another one.
pub const MERGE: &str = "并单";
/// The button that closes a ticket with a summary.
pub const CLOSE_WITH_SUMMARY: &str = "附说明办结";
/// The button by which a backup stands in.
pub const STAND_IN: &str = "接手";
/// The button by which a supervisor takes a ticket.
pub const TAKE_OVER: &str = "接管";
/// The button by which a supervisor chooses the holder.
pub const ASSIGN: &str = "指派";
/// The button that raises a closed ticket again.
pub const REOPEN: &str = "重新提出";
/// The button that shows the subdistricts.
pub const SUBDISTRICTS: &str = "补充所在街道";
/// The button by which the company says its name.
pub const COMPANY: &str = "补充企业名称";
/// The button by which the company leaves a phone.
pub const PHONE: &str = "补充电话";
/// The button by which it leaves none.
pub const NO_PHONE: &str = "不留电话";
/// The button by which the company says why it rated so.
pub const COMMENT: &str = "补充说明";
/// The button that leaves the company unnamed.
pub const ANONYMOUS: &str = "匿名提交";

/// Words of buttons below messages about tickets, which arrive without having been asked for.
pub const BUTTONS_OF_TICKETS: [&str; 28] = [
    COMMENT,
    SIGN,
    TRANSFER,
    CLOSE,
    OTHER_ACTIONS,
    GIVE_OPINION,
    WAIT,
    RESUME,
    EXTEND,
    APPROVE_EXTENSION,
    REFUSE_EXTENSION,
    RETURN,
    NOTE,
    MERGE,
    CLOSE_WITH_SUMMARY,
    STAND_IN,
    TAKE_OVER,
    ASSIGN,
    REOPEN,
    CONTACTED,
    URGE,
    WITHDRAW,
    PROGRESS,
    "非常满意",
    "满意",
    "基本满意",
    "不满意",
    "非常不满意",
];

/// Streets people may live and work in are named without the suffix; this one goes with them.
pub const STREET_SUFFIX: &str = "街道";

/// A button with its meaning.
#[must_use]
pub fn button(label: impl Into<String>, press: &Press) -> Button {
    Button { label: label.into(), data: press.encode() }
}

/// A commissioner by name, where one is known.
#[must_use]
pub fn person(commissioner: Option<&str>) -> String {
    commissioner.map_or_else(|| "服务企业专员".to_owned(), |name| format!("服务企业专员{name}"))
}

/// What people call something attached.
#[must_use]
pub fn attachment(kind: AttachmentKind) -> &'static str {
    match kind {
        AttachmentKind::Photo => "图片",
        AttachmentKind::Animation => "动图",
        AttachmentKind::Document => "文件",
        AttachmentKind::Voice => "语音",
        AttachmentKind::Video | AttachmentKind::VideoNote => "视频",
        AttachmentKind::Audio => "音频",
        AttachmentKind::Location => "位置",
    }
}

/// Something attached, in words: `[文件 清单.pdf]`.
#[must_use]
pub fn in_brackets(attached: &Attachment) -> String {
    match &attached.name {
        Some(name) => format!("[{} {name}]", attachment(attached.kind)),
        None => format!("[{}]", attachment(attached.kind)),
    }
}

/// What was told, and that something attached is not shown in this channel.
#[must_use]
pub fn not_shown_here(told: &str, attached: &Attachment) -> String {
    format!("{told}\n{}\n这里看不到附件，请对方用文字说明，或在即时通讯里联系。", in_brackets(attached))
}

/// Words that correct earlier ones, as they are written down.
#[must_use]
pub fn corrected(words: &str) -> String {
    format!("更正：{words}")
}

/// A facet's name on a button and in a heading.
#[must_use]
pub fn facet(facet: Facet) -> &'static str {
    match facet {
        Facet::Conditions => "申请条件",
        Facet::Materials => "所需材料",
        Facet::Steps => "办理流程",
        Facet::TimeLimit => "办理时限",
        Facet::Place => "办理地点",
        Facet::Contact => "咨询电话",
        Facet::Fee => "收费情况",
        Facet::Amount => "政策标准",
        Facet::Validity => "有效期限",
        Facet::Basis => "政策依据",
    }
}

/// A topic category's name.
#[must_use]
pub fn category(category: &str) -> &str {
    match category {
        "market" => "市场准入",
        "tax" => "税费",
        "employment" => "就业社保",
        "talent" => "人才",
        "innovation" => "科技创新",
        "finance" => "融资",
        "construction" => "项目建设",
        "trade" => "外贸外资",
        "ip" => "知识产权",
        "emerging" => "新兴产业",
        "investment" => "招商投资",
        "delivery" => "政务服务",
        "rights" => "企业权益",
        other => other,
    }
}

/// A ticket kind's name.
#[must_use]
pub fn kind(kind: TicketKind) -> &'static str {
    match kind {
        TicketKind::Consultation => "咨询",
        TicketKind::Assistance => "求助",
        TicketKind::Complaint => "投诉",
        TicketKind::Report => "举报",
        TicketKind::Suggestion => "建议",
    }
}

/// A state's name, as companies and commissioners read it.
#[must_use]
pub fn state(state: State) -> &'static str {
    match state {
        State::Submitted => "已提交，等待派单",
        State::Dispatched => "已派单，等待签收",
        State::Signed => "已签收，等待联系",
        State::Contacted => "已联系企业",
        State::OpinionGiven => "已反馈办理意见",
        State::Replied => "已答复",
        State::Closed => "已办结",
        State::Returned => "已退回，等待重新派单",
        State::Escalated => "已提级督办",
        State::Merged => "已并单",
        State::Withdrawn => "已撤回",
    }
}

/// A rating's name; the words of the buttons.
#[must_use]
pub fn rating(rating: Rating) -> &'static str {
    match rating {
        Rating::VerySatisfied => "非常满意",
        Rating::Satisfied => "满意",
        Rating::BasicallySatisfied => "基本满意",
        Rating::Dissatisfied => "不满意",
        Rating::VeryDissatisfied => "非常不满意",
    }
}

/// A clock's name.
#[must_use]
pub fn clock(clock: Clock) -> &'static str {
    match clock {
        Clock::FirstContact => "首次联系",
        Clock::Opinion => "反馈办理意见",
        Clock::Close => "办结",
    }
}

/// A card's name.
#[must_use]
pub fn card(card: Card) -> &'static str {
    match card {
        Card::Yellow => "黄牌提醒",
        Card::Red => "红牌警示",
    }
}

/// A source's status.
#[must_use]
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Valid => "现行有效",
        Status::Provisional => "暂行",
        Status::Expired => "已到期",
        Status::Repealed => "已废止",
        Status::Unverified => "以最新通知为准",
    }
}

/// Why this person, in words for the company.
#[must_use]
pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Own => "贵企业的包联专员".to_owned(),
        Reason::SubdistrictAndField { subdistrict, category: field } => {
            format!("负责{subdistrict}{STREET_SUFFIX}的{}事项", category(field))
        }
        Reason::Subdistrict(subdistrict) => format!("负责{subdistrict}{STREET_SUFFIX}"),
        Reason::Field(field) => format!("负责{}事项", category(field)),
        Reason::DutyDesk => "区级值班专员".to_owned(),
        Reason::StandsInForAway(name) => stands_in_for(name),
        Reason::OthersFull => "其他对口专员不在岗或办件已满".to_owned(),
        Reason::FewestOpen => "在办工单相对较少".to_owned(),
    }
}

fn stands_in_for(away: &str) -> String {
    format!("{away}不在岗，由AB角代办")
}

/// Why a backup has it whose holder is not away but gone, or cannot be reached.
pub(super) fn backup_of(name: &str) -> String {
    format!("{name}的AB角")
}

/// Whether a reason in words says that somebody has a ticket only because `name` was away or out of reach, or
/// everybody who fits was away.
#[must_use]
pub fn is_stopgap(reason_in_words: &str, name: &str) -> bool {
    [stands_in_for(name), backup_of(name), reason(&Reason::OthersFull)].iter().any(|stopgap| stopgap == reason_in_words)
}

/// A lawful way outside the desk's competence, in words for the company.
#[must_use]
pub fn lawful_way(way: LawfulWay) -> &'static str {
    match way {
        LawfulWay::Court => "涉及诉讼或判决执行的，请依法向人民法院提出（诉讼服务热线12368）。",
        LawfulWay::Arbitration => "涉及仲裁的，请依法向有管辖权的仲裁机构提出；劳动争议可先咨询12333。",
        LawfulWay::Reconsideration => "涉及行政复议的，请依法向行政复议机构（司法行政部门）提出，可咨询12348。",
        LawfulWay::Disclosure => "申请政府信息公开，请按该机关公布的公开指南向其提出书面申请。",
        LawfulWay::Petition => "信访事项请依法向有权处理的机关、单位提出，可通过国家信访局网站或12345了解渠道。",
        LawfulWay::Discipline => "反映公职人员违纪违法问题，请向纪检监察机关反映（12388）。",
        LawfulWay::Police => "涉嫌违法犯罪的，请及时报警（110）。",
    }
}

/// A day as people write it: `2026年12月31日`.
#[must_use]
pub fn day(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// An instant as people say it from `now`: `今天16:40`, `明天10:00`, `11月25日(周三)10:00`.
#[must_use]
pub fn moment(instant: Timestamp, now: Timestamp) -> String {
    let (at, now) = (china_time(instant), china_time(now));
    let time = at.strftime("%H:%M");
    match (at.date() - now.date()).get_days() {
        0 => format!("今天{time}"),
        1 => format!("明天{time}"),
        _ => format!("{}月{}日（{}）{time}", at.month(), at.day(), weekday(at.date().weekday())),
    }
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "周一",
        Weekday::Tuesday => "周二",
        Weekday::Wednesday => "周三",
        Weekday::Thursday => "周四",
        Weekday::Friday => "周五",
        Weekday::Saturday => "周六",
        Weekday::Sunday => "周日",
    }
}

/// The first `chars` characters of somebody's words, marked when cut.
#[must_use]
pub fn excerpt(text: &str, chars: usize) -> String {
    let text = text.trim();
    match text.char_indices().nth(chars) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::calendar::china_instant;

    #[test]
    fn the_ticket_that_a_message_is_about_stands_at_its_head() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(ticket::number_at_head(text).as_ref().map(|number| number.as_str()), expected, "{text}");
        };
        check("新工单 ZQ-20261120-0001（咨询）\n企业诉求：“…”", Some("ZQ-20261120-0001"));
        check("工单 ZQ-20261120-0001（“…”）\n企业补充：\n好", Some("ZQ-20261120-0001"));
        check("工单 ZQ-20261120-0001（“…”）\n\n工单 ZQ-20261120-0002（“…”）", None);
        check("您有2个在办工单：\n工单 ZQ-20261120-0001（“…”）", None);
        check("“答复 ZQ-20261120-0001”\n这条消息要发给哪个工单的企业？", None);
        check("", None);
    }

    #[test]
    fn moments_are_said_from_today() {
        let now = china_instant(date(2026, 11, 20).at(15, 0, 0, 0));
        let at = |day: i8, hour: i8| china_instant(date(2026, 11, day).at(hour, 40, 0, 0));
        assert_eq!(moment(at(20, 16), now), "今天16:40");
        assert_eq!(moment(at(21, 9), now), "明天09:40");
        assert_eq!(moment(at(23, 9), now), "11月23日（周一）09:40");
    }
}
