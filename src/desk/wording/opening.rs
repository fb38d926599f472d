//! What is said before a ticket is opened: what will be sent to whom, and what is missing.

use strum::IntoEnumIterator;

use super::{
    ANONYMOUS, CANCEL, COMPANY, CONFIRM, HUMAN, NO_PHONE, PHONE, STREET_SUFFIX, SUBDISTRICTS, attachment, button,
    kind as kind_name, lawful_way,
};
use crate::desk::message::{Attachment, AttachmentKind, Button};
use crate::desk::press::Press;
use crate::domain::competence::LawfulWay;
use crate::domain::ticket::{TicketKind, TicketNumber};

/// What is shown before a ticket is opened.
#[derive(Clone, Copy, Debug)]
pub struct Confirmation<'a> {
    /// The company's own words.
    pub question: &'a str,
    /// The topic talked about.
    pub title: Option<&'a str>,
    /// What they want.
    pub kind: TicketKind,
    /// Who would get it.
    pub commissioner: &'a str,
    /// Why.
    pub why: &'a [String],
    /// The name under which the company writes, when it is passed on.
    pub company: Option<&'a str>,
    /// Whether the company stays unnamed.
    pub is_anonymous: bool,
    /// The phone on which it may be called, when it is passed on.
    pub phone: Option<&'a str>,
    /// Its subdistrict, if known.
    pub subdistrict: Option<&'a str>,
    /// What goes with it.
    pub attachments: &'a [Attachment],
    /// An open ticket about the same matter.
    pub alike: Option<&'a TicketNumber>,
    /// The lawful way that the matter needs, when it is not the desk's.
    pub lawful_way: Option<LawfulWay>,
}

/// What will be sent to whom, before a ticket is opened.
#[must_use]
pub fn confirm(shown: &Confirmation<'_>) -> String {
    let mut text = String::new();
    if let Some(way) = shown.lawful_way {
        text.push_str(&format!("{}专员不能代替法定程序，但可以为您指引和协调。\n", lawful_way(way)));
    }
    text.push_str(&format!(
        "将为您转给服务企业专员{}（{}），请核对：\n您的诉求：“{}”",
        shown.commissioner,
        shown.why.join("；"),
        shown.question
    ));
    if let Some(title) = shown.title {
        text.push_str(&format!("\n相关事项：{title}"));
    }
    text.push_str(&format!("\n类别：{}", kind_name(shown.kind)));
    if shown.is_anonymous {
        text.push_str("\n联系人：匿名（专员看不到您的名称，答复仍会发到这里）");
    } else if let Some(company) = shown.company {
        text.push_str(&format!("\n联系人：{company}"));
    }
    if let Some(phone) = shown.phone {
        text.push_str(&format!("\n联系电话：{phone}"));
    }
    if let Some(street) = shown.subdistrict {
        text.push_str(&format!("\n所在街道：{street}{STREET_SUFFIX}"));
    }
    if !shown.attachments.is_empty() {
        text.push_str(&format!("\n附件：{}", counted(shown.attachments)));
    }
    if let Some(number) = shown.alike {
        text.push_str(&format!("\n您已有同一事项的在办工单 {number}，可以补充到该工单，不必另提。"));
    }
    text.push_str(&format!("\n点“{CONFIRM}”后提交，提交后可以继续补充。"));
    text
}

/// How many attachments there are of which kind: `2张图片、1个文件`.
fn counted(attachments: &[Attachment]) -> String {
    let count = |kind| attachments.iter().filter(|attachment| attachment.kind == kind).count();
    let counts = AttachmentKind::iter().map(|kind| (kind, count(kind))).filter(|(_, count)| *count > 0);
    counts.map(|(kind, count)| format!("{count}{}{}", measure(kind), attachment(kind))).collect::<Vec<_>>().join("、")
}

fn measure(kind: AttachmentKind) -> &'static str {
    match kind {
        AttachmentKind::Photo | AttachmentKind::Animation => "张",
        AttachmentKind::Document | AttachmentKind::Location => "个",
        AttachmentKind::Voice => "条",
        AttachmentKind::Video | AttachmentKind::VideoNote | AttachmentKind::Audio => "段",
    }
}

/// What the buttons below [`confirm`] offer.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// The kind as it stands.
    pub kind: TicketKind,
    /// Whether the company may still choose to stay unnamed.
    pub may_be_anonymous: bool,
    /// Whether its subdistrict is not known yet.
    pub asks_subdistrict: bool,
    /// Whether the company has not said its name yet.
    pub asks_company: bool,
    /// Whether it has neither left a phone nor said that it leaves none.
    pub asks_phone: bool,
    /// An open ticket about the same matter.
    pub alike: Option<&'a TicketNumber>,
}

/// Buttons below [`confirm`]: confirm or not, what is missing, and the other kinds.
#[must_use]
pub fn confirm_buttons(turn: u32, offer: &Offer<'_>) -> Vec<Vec<Button>> {
    let mut rows = vec![vec![button(CONFIRM, &Press::Confirm(turn)), button(CANCEL, &Press::Cancel(turn))]];
    if let Some(number) = offer.alike {
        rows.push(vec![button(format!("补充到 {number}"), &Press::Join(turn, number.clone()))]);
    }
    let mut missing = Vec::new();
    if offer.asks_subdistrict {
        missing.push(button(SUBDISTRICTS, &Press::Subdistricts(turn)));
    }
    if offer.asks_company {
        missing.push(button(COMPANY, &Press::Company(turn)));
    }
    if offer.asks_phone {
        missing.push(button(PHONE, &Press::Phone(turn)));
    }
    if offer.may_be_anonymous {
        missing.push(button(ANONYMOUS, &Press::Anonymous(turn)));
    }
    if !missing.is_empty() {
        rows.push(missing);
    }
    let others = TicketKind::iter()
        .filter(|other| *other != offer.kind)
        .map(|other| button(format!("改为{}", kind_name(other)), &Press::Kind(turn, other)))
        .collect();
    rows.push(others);
    rows
}

/// Asks for the company's name.
#[must_use]
pub fn which_company() -> &'static str {
    "请发送企业全称或18位统一社会信用代码。有包联专员的企业，会优先派给包联专员。"
}

/// What was sent cannot be a company's name.
#[must_use]
pub fn bad_company() -> &'static str {
    "没有读懂企业名称，请只发送企业全称或18位统一社会信用代码。"
}

/// Asks for a phone.
#[must_use]
pub fn which_phone() -> &'static str {
    "请发送联系电话（手机号，或带区号的固定电话），只给承办专员看，方便在这里联系不上时找到您。也可以不留。"
}

/// The button below [`which_phone`].
#[must_use]
pub fn phone_buttons(turn: u32) -> Vec<Vec<Button>> {
    vec![vec![button(NO_PHONE, &Press::NoPhone(turn))]]
}

/// What was sent cannot be a phone.
#[must_use]
pub fn bad_phone() -> &'static str {
    "没有读懂电话号码，请只发送号码，例如11位手机号，或0535加固定电话号码。"
}

/// Asks for the subdistrict.
#[must_use]
pub fn which_street() -> &'static str {
    "请选择企业所在街道，便于派给负责该街道的专员。"
}

/// Buttons below [`which_street`].
#[must_use]
pub fn street_buttons(turn: u32, streets: &[String]) -> Vec<Vec<Button>> {
    let buttons: Vec<_> =
        streets.iter().enumerate().map(|(at, street)| button(street.as_str(), &Press::Subdistrict(turn, at))).collect();
    buttons.chunks(3).map(<[Button]>::to_vec).collect()
}

/// A person is wanted, but nothing was asked yet.
#[must_use]
pub fn what_about() -> &'static str {
    "好的，为您找服务企业专员。请先用一句话写下您要咨询或反映的问题，写好后我会说明由哪位专员负责。"
}

/// The ticket was not opened.
#[must_use]
pub fn cancelled() -> String {
    format!("已取消，没有提交。需要时随时可以再点“{HUMAN}”。")
}
